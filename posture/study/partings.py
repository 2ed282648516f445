"""Partings: the nearest replication that met a milestone, what a milestone hung on, and where two stories parted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from posture.model.draws import draw
from posture.model.plan import Plan
from posture.scenario.clock import MINUTES_PER_DAY
from posture.study.assumptions import used_assumptions
from posture.study.pairing import met_in
from posture.study.runs import Run
from posture.study.stories import Acted, Befallen, Fact, Key, Story, find_milestone, only_assumptions

FEW_DAYS = 3
"""Replications that differ by no more days in something did not part there."""


def nearest_met(run: Run, replication: int, *, milestone: str) -> int | None:
    """Return the replication that met a milestone and is nearest to another in its named assumptions.

    The distance is that of Euclid over the percentiles of the assumptions in use among the run's replications, of equal
    values the middle; ties to the lower number. None: no other met it.

    Raises
    ------
    ValueError
        The run has no such replication or milestone.
    """
    if not 0 <= replication < run.replications:
        raise ValueError(f"found replication {replication}, wanted 0 to {run.replications - 1}")
    find_milestone(run.plan, milestone)
    drawn = draw(only_assumptions(run.plan), seed=run.seed, replications=run.replications).assumed
    distances = np.zeros(run.replications)
    for name in sorted(used_assumptions(run.plan)):
        values = np.broadcast_to(drawn[name], (run.replications, 1))
        _, which, counts = np.unique(values, return_inverse=True, return_counts=True)
        percentiles = ((np.cumsum(counts) - counts / 2) / len(which))[which.ravel()]
        distances += np.square(percentiles - percentiles[replication])
    others = np.where(met_in(run, milestone) == 1, distances, np.inf)
    others[replication] = np.inf
    nearest = int(np.argmin(others))
    return nearest if np.isfinite(others[nearest]) else None


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the chain that closed a milestone: when it came in each of two replications, None: not in the run."""

    kind: str
    subject: str
    here: int | None
    there: int | None


@dataclass(frozen=True, slots=True)
class Parting:
    """Where a replication that missed a milestone parted from one that met it.

    `links` lead from the last that did not come later here to the milestone; at `at` the most time was lost against
    the other replication. `befallen` are the events that held the chain up here between that link and the one before.
    """

    links: tuple[Link, ...]
    at: Link
    befallen: tuple[Befallen, ...]


def parting(here: Story, there: Story, *, milestone: str) -> Parting:
    """Return where two stories of one plan parted: `here` missed the milestone, `there` met it.

    The chain is followed from the milestone back for as long as its links came more than a few days later here. Of
    these the two parted at the one that added most to the days between them, of several the first.
    """
    keys = chain(here, milestone=milestone)
    links = [Link(*key, here.minute(key), there.minute(key)) for key in keys]
    links = links[:1] + [each for each in links[1:] if (each.here, each.there) != (None, None)]
    behind = next((i for i in range(1, len(links)) if not _is_later(links[i])), len(links))
    ordered = links[:behind][::-1]
    horizon = here.plan.horizon
    lags = [(horizon if each.here is None else each.here) - (each.there or 0) for each in ordered]
    added = [lag - before for before, lag in zip([0, *lags], lags, strict=False)]
    at = added.index(max(added))
    before = ordered[at - 1] if at else links[behind] if behind < len(links) else None
    since, until = (before.here or 0) if before else 0, ordered[at].here
    held_up = (each for each in _holding_up(here, keys) if each.minute < (horizon if until is None else until))
    befallen = tuple(each for each in held_up if _is_in_force(each, since, here.plan))
    bound_by = here.answers[find_milestone(here.plan, milestone)].bound_by
    is_milestone = ordered[at].kind == "milestone"
    if ordered[at].kind in UNHINDERED or (is_milestone and bound_by not in ("hold", "reschedule")):
        befallen = ()
    return Parting((*links[behind : behind + 1], *ordered), ordered[at], befallen)


UNHINDERED = ("gate passed", "phase started")
"""Links that no hold stops and no reschedule moves."""


def _is_later(link: Link) -> bool:
    few = 0 if link.kind == "milestone" else FEW_DAYS * MINUTES_PER_DAY
    return link.there is not None and (link.here is None or link.here - link.there > few)


def _holding_up(story: Story, keys: Iterable[Key]) -> Iterator[Befallen]:
    """Yield the events that held a chain up: by a hold in which somebody waited, or a later date for it."""
    subjects = {subject for _, subject in keys}
    for each in story.facts:
        if isinstance(each, Befallen) and any(_holds_up(effect, subjects, story.plan) for effect in each.effects):
            yield each


def _holds_up(effect: Acted, subjects: set[str], plan: Plan) -> bool:
    if effect.plan.verb != "reschedule":
        return effect.plan.verb == "hold" and not subjects.isdisjoint(effect.waited)
    targets = {plan.phases[each].id for each in effect.plan.phases}
    targets |= {plan.drawdowns[each].id for each in effect.plan.drawdowns}
    return not effect.is_idle and effect.drawn.get("by", 0) > 0 and not subjects.isdisjoint(targets)


def _is_in_force(befallen: Befallen, since: int, plan: Plan) -> bool:
    """Tell whether an event happened after a minute, or a hold of it still lasted then; dates moved are for good."""
    holds = [each.drawn.get("lasts", plan.horizon) for each in befallen.effects if each.plan.verb == "hold"]
    return befallen.minute + max(holds, default=plan.horizon) >= since


def bearing(story: Story, *, milestone: str) -> tuple[Fact, ...]:
    """Return the facts that bear on a milestone: the chain that closed it, and the events that held that up.

    Of a gate on the chain every review, of a drawdown its end.
    """
    keys = chain(story, milestone=milestone)
    ended = story.minute(keys[0])
    end = story.plan.horizon if ended is None else ended + MINUTES_PER_DAY
    held_up = {id(each) for each in _holding_up(story, keys) if each.minute < end}
    wanted = set(keys)
    for kind, subject in keys:
        wanted |= {(each, subject) for each in ALONGSIDE.get(kind, ())}
    return tuple(each for each in story.facts if id(each) in held_up or (each.kind, each.subject) in wanted)


ALONGSIDE = {
    "gate passed": ("review",),
    "first departure": ("drawdown done", "drawdown unfinished"),
    "handover done": ("handover unfinished",),
    "phase done": ("phase unfinished",),
    "phase started": ("phase unfinished",),
}
"""Kinds of facts that belong to a link of a chain."""


def chain(story: Story, *, milestone: str) -> tuple[Key, ...]:
    """Return what a milestone hung on, from it back to the plan: of what it waited for, always the last to come."""
    return tuple(_Chain(story).milestone(find_milestone(story.plan, milestone)))


@dataclass(frozen=True, slots=True)
class _Chain:
    """Follows one story backwards; each method yields the links from one part of the plan on, a phase once."""

    story: Story
    passed: set[int] = field(default_factory=set)
    """Phases whose end has been followed: of two that wait for each other neither ends."""

    def milestone(self, index: int) -> Iterator[Key]:
        plan, answers = self.story.plan.milestones[index], self.story.answers
        yield "milestone", plan.id
        if plan.parts:
            parts = [each for each in plan.parts if answers[each].met == answers[index].met]
            pick = max if plan.joined_by == "all" else min
            yield from self.milestone(pick(parts, key=lambda each: _or_never(answers[each].achieved_day)))
        elif plan.phase is not None:
            yield from self.phase(plan.phase)
        elif plan.location is not None:
            sites = [i for i, each in enumerate(self.story.plan.handovers) if each.location == plan.location]
            for each in sites[:1]:
                yield from self.site(each)
        else:
            yield from self.condition(index)

    def condition(self, index: int) -> Iterator[Key]:
        """Yield from the drawdown whose serial went on the day it was achieved; never: one still to go, or to start."""
        plan, day = self.story.plan, self.story.answers[index].achieved_day
        asked = plan.conditions[plan.milestones[index].condition or 0]
        moves, unstarted = list[tuple[int, int]](), list[tuple[int, int]]()
        for queue, record in zip(plan.queues, self.story.outcome.queues, strict=True):
            if (queue.cell in asked.cells, queue.arrival_cell in asked.cells) == (asked.at_most, not asked.at_most):
                moves += [(_or_never(each.departed_at), queue.drawdown) for each in record.gone + record.waiting]
                if self.story.outcome.phases[plan.drawdowns[queue.drawdown].phase].started_at is None:
                    unstarted.append((NEVER, queue.drawdown))
        last = NEVER // MINUTES_PER_DAY if day is None else day
        decisive = [each for each in moves if each[0] // MINUTES_PER_DAY == last]
        if found := max(decisive or (unstarted if day is None else ()) or moves, default=None):
            at, drawdown = found
            name = plan.drawdowns[drawdown].id
            was_last = self.story.minute(("last departure", name)) in (at, None)
            yield from self.drawdown(drawdown, link="last departure" if was_last else None)

    def phase(self, index: int) -> Iterator[Key]:
        plan = self.story.plan
        phase = plan.phases[index]
        if index in self.passed:
            return
        self.passed.add(index)
        yield "phase done", phase.id
        drawdowns = [(self.story.minute(("drawdown done", plan.drawdowns[i].id)), 0, i) for i in phase.drawdowns]
        sites = [(self.story.outcome.sites[i].done_at, 1, i) for i in phase.handovers]
        parts = [(_or_never(minute), is_site, i) for minute, is_site, i in drawdowns + sites]
        if not parts or self.story.outcome.phases[index].started_at is None:
            yield from self.start(index)
        else:
            _, is_site, last = max(parts)
            yield from self.site(last) if is_site else self.drawdown(last, link="drawdown done")

    def site(self, index: int) -> Iterator[Key]:
        plan = self.story.plan
        name, cells = plan.locations[plan.handovers[index].location].id, set(plan.handovers[index].cells)
        yield "handover done", name
        yield "handover begun", name
        leaving = [i for i, each in enumerate(plan.drawdowns) if cells & set(each.cells)]
        ends = [(_or_never(self.story.outcome.drawdowns_done_at[i]), i) for i in leaving]
        if ends:
            yield from self.drawdown(max(ends)[1], link="last departure")
        else:
            yield from self.start(plan.handovers[index].phase)

    def drawdown(self, index: int, *, link: str | None) -> Iterator[Key]:
        drawdown = self.story.plan.drawdowns[index]
        if link is not None:
            yield link, drawdown.id
        yield "first departure", drawdown.id
        if drawdown.gate is not None:
            yield "gate passed", drawdown.id
        yield from self.start(drawdown.phase)

    def start(self, index: int) -> Iterator[Key]:
        phase = self.story.plan.phases[index]
        yield "phase started", phase.id
        if phase.gate is not None:
            yield "gate passed", phase.id
        yield "phase ready", phase.id
        if phase.after:
            done = [(_or_never(self.story.outcome.phases[i].done_at), i) for i in phase.after]
            yield from self.phase(max(done)[1])


NEVER = 1 << 60
"""A minute or day after all others."""


def _or_never(minute: int | None) -> int:
    return NEVER if minute is None else minute
