"""Stories: what happened in one replication as dated facts, from the plan to what became of its milestones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from posture.model.draws import ReplicationDraws, draw
from posture.model.engine import simulate
from posture.model.ledger import RELIEF
from posture.model.milestones import Answer, answer_all
from posture.model.outcome import Outcome, waits_between
from posture.model.plan import EffectPlan, GatePlan, Plan
from posture.scenario.clock import MINUTES_PER_DAY, date_of_minute
from posture.scenario.findings import did_you_mean
from posture.study.assumptions import used_assumptions

KINDS = (
    "regime",
    "event",
    "phase ready",
    "review",
    "gate passed",
    "phase started",
    "first departure",
    "last departure",
    "drawdown done",
    "handover begun",
    "handover done",
    "phase done",
    "milestone",
    "drawdown unfinished",
    "handover unfinished",
    "phase unfinished",
)
"""What facts tell of, in the order of those of one minute. A `review` is one that did not pass. A `milestone` stands
in the last minute of the day it is due, what is `unfinished` at the end of the run."""

Key = tuple[str, str]
"""A kind of fact and its subject."""

REFERENCE = 1000
"""Replications, the first of the same seed, among which a drawn assumption has its percentile."""

DRAWN_FOR_EFFECTS = ("lasts", "keep", "times", "by", "within", "persons", "share")


@dataclass(frozen=True, slots=True)
class Fact:
    """Something at a minute: its kind, and the phase, drawdown, ... it is about, by id and by index in the plan.

    A gate is that of the phase or drawdown it stands in, a hand-over that of its location.
    """

    minute: int
    kind: str
    subject: str
    index: int


@dataclass(frozen=True, slots=True)
class Review(Fact):
    """The `number`-th review of a gate, from 1, whose first was at `first_at`.

    `forbidden`: its draw would have let it pass; `by` are the events, regimes and phases that kept the gate shut.
    """

    number: int
    first_at: int
    forbidden: bool
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Acted:
    """An effect that acted, the numbers drawn for it by the names of `EffectPlan`, and who waited for it.

    `waited` are the drawdowns in which somebody due waited while it was in force, with the longest time of a queue,
    minutes; of a hold or closure. `is_idle`: a reschedule when all it names was done.
    """

    plan: EffectPlan
    drawn: Mapping[str, int]
    waited: Mapping[str, int]
    is_idle: bool


@dataclass(frozen=True, slots=True)
class Befallen(Fact):
    """An event, where it took place (by index; None: nowhere in particular), and which of its effects acted."""

    location: int | None
    effects: tuple[Acted, ...]


@dataclass(frozen=True, slots=True)
class Departures(Fact):
    """A drawdown at its end: how many persons (or loads) left in how many serials, and how many of its serials did not.

    `first_at` and `last_at` are the first and last departure, None without any.
    """

    gone: int
    serials: int
    to_go: int
    first_at: int | None
    last_at: int | None


@dataclass(frozen=True, slots=True)
class Wait:
    """The longest wait of a serial of a drawdown for one cause; how many of its serials waited for it."""

    drawdown: str
    cause: str
    minutes: int
    planned_at: int
    serials: int


@dataclass(frozen=True, slots=True)
class Rotation:
    """How often successors came to a contingent, and the most there were beside those they relieved."""

    contingent: str
    times: int
    persons: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """A named assumption in use as drawn, beside its median; `percentile` is in [0, 1], of equal values the middle."""

    name: str
    value: float
    median: float
    percentile: float


@dataclass(frozen=True, slots=True)
class Story:
    """One replication told; `answers` are those of the plan's milestones."""

    seed: int
    outcome: Outcome
    answers: tuple[Answer, ...]
    facts: tuple[Fact, ...]
    waits: tuple[Wait, ...]
    rotations: tuple[Rotation, ...]
    assumptions: tuple[Drawn, ...]

    @property
    def plan(self) -> Plan:
        """The plan that was played."""
        return self.outcome.plan

    def day(self, minute: int) -> date:
        """Return the calendar day of a minute; of the horizon the last day of the run."""
        return date_of_minute(min(minute, self.plan.horizon - 1), origin=self.plan.origin)

    def minute(self, key: Key) -> int | None:
        """Return when something happened, None if not in the run; of a milestone 00:00 of the day it was achieved."""
        fact = next((each for each in self.facts if (each.kind, each.subject) == key), None)
        if fact is None or fact.kind != "milestone":
            return None if fact is None else fact.minute
        day = self.answers[fact.index].achieved_day
        return None if day is None else day * MINUTES_PER_DAY


def tell(plan: Plan, *, seed: int, replication: int) -> Story:
    """Play one replication of a run again, by its plan and seed, and tell what happened in it."""
    drawn = draw(plan, seed=seed, first=replication, replications=1)
    outcome = simulate(plan, drawn, replication=replication)
    regimes = (Fact(minute, "regime", plan.regimes[each].id, each) for minute, each in outcome.regimes)
    milestones = (
        Fact((each.due - plan.origin).days * MINUTES_PER_DAY + MINUTES_PER_DAY - 1, "milestone", each.id, index)
        for index, each in enumerate(plan.milestones)
    )
    draws = drawn.of(replication)
    facts = [*regimes, *milestones, *_progress(outcome), *_reviews(outcome, draws), *_events(outcome, draws)]
    facts += _departures(outcome)
    return Story(
        seed=seed,
        outcome=outcome,
        answers=tuple(answer_all(outcome)),
        facts=tuple(sorted(facts, key=lambda each: _order(each, plan))),
        waits=tuple(_waits(outcome)),
        rotations=tuple(_rotations(outcome)),
        assumptions=tuple(_assumptions(plan, seed, {name: each.item() for name, each in drawn.assumed.items()})),
    )


def _order(fact: Fact, plan: Plan) -> tuple[int, int, int]:
    """Return where a fact stands: of one minute, a phase after those before it, whose end may be its start."""
    kind = KINDS.index(fact.kind)
    if fact.kind in ("regime", "event", "milestone") or "unfinished" in fact.kind:
        return fact.minute, -1 if kind < KINDS.index("phase ready") else len(plan.phases), kind
    phases = {each.id: i for i, each in enumerate(plan.phases)}
    phases |= {each.id: each.phase for each in plan.drawdowns}
    if fact.kind.startswith("handover"):
        phases = {fact.subject: plan.handovers[fact.index].phase}
    return fact.minute, _stage(phases[fact.subject], plan), kind


def _stage(phase: int, plan: Plan) -> int:
    """Return how many phases come one after another before a phase."""
    return max((1 + _stage(each, plan) for each in plan.phases[phase].after), default=0)


def _progress(outcome: Outcome) -> Iterator[Fact]:
    """Yield how far phases and hand-overs came."""
    plan = outcome.plan
    for index, phase in enumerate(outcome.phases):
        ends = {"phase ready": phase.ready_at, "phase started": phase.started_at, "phase done": phase.done_at}
        yield from _reached(ends, plan.phases[index].id, index, plan.horizon)
    for index, site in enumerate(outcome.sites):
        ends = {"handover begun": site.begun_at, "handover done": site.done_at}
        yield from _reached(ends, plan.locations[plan.handovers[index].location].id, index, plan.horizon)


def _reached(minutes: Mapping[str, int | None], subject: str, index: int, horizon: int) -> Iterator[Fact]:
    for kind, minute in minutes.items():
        if minute is not None:
            yield Fact(minute, kind, subject, index)
    if minute is None:
        yield Fact(horizon, f"{kind.partition(' ')[0]} unfinished", subject, index)


def _reviews(outcome: Outcome, draws: ReplicationDraws) -> Iterator[Fact]:
    plan = outcome.plan
    owners = {each.gate: (each.id, index) for index, each in enumerate(plan.phases)}
    owners |= {each.gate: (each.id, index) for index, each in enumerate(plan.drawdowns)}
    for index, (gate, reviews) in enumerate(zip(plan.gates, outcome.reviews, strict=True)):
        for number, (minute, passed) in enumerate(reviews):
            forbidden = not passed and draws.use(gate.review, number) == 1
            by = tuple(_shut_by(gate, minute, outcome)) if forbidden else ()
            kind = "gate passed" if passed else "review"
            yield Review(minute, kind, *owners[index], number + 1, reviews[0][0], forbidden, by)


def _shut_by(gate: GatePlan, minute: int, outcome: Outcome) -> Iterator[str]:
    """Yield the events, regimes and phases for which a gate was shut at a minute."""
    plan, once = outcome.plan, outcome.once
    for each in gate.unless:
        if each.event is not None:
            since = -1 if each.within is None else minute - once[each.within]
            count = sum(h.event == each.event and since < h.minute <= minute for h in outcome.happenings)
            if count >= (1 if each.at_least is None else once[each.at_least]):
                yield plan.events[each.event].id
        elif each.regime is not None:
            if [regime for since, regime in outcome.regimes if since <= minute][-1] == each.regime:
                yield plan.regimes[each.regime].id
        elif each.phase is not None:
            done_at = outcome.phases[each.phase].done_at
            if done_at is not None and done_at <= minute:
                yield plan.phases[each.phase].id


def _events(outcome: Outcome, draws: ReplicationDraws) -> Iterator[Fact]:
    for each in outcome.happenings:
        event = outcome.plan.events[each.event]
        told = []
        for effect in event.effects:
            if effect.happens is None or draws.use(effect.happens, each.number):
                drawn = {name: draws.use(use, each.number) for name, use in _uses(effect)}
                place = each.location if effect.verb == "close" and effect.location is None else effect.location
                if effect.verb != "close" or place is not None:
                    told.append(_acted(replace(effect, location=place), each.minute, drawn, outcome))
        yield Befallen(each.minute, "event", event.id, each.event, each.location, tuple(told))


def _uses(effect: EffectPlan) -> Iterator[tuple[str, int]]:
    uses = ((name, getattr(effect, name)) for name in DRAWN_FOR_EFFECTS)
    yield from ((name, use) for name, use in uses if use is not None)


def _acted(effect: EffectPlan, minute: int, drawn: Mapping[str, int], outcome: Outcome) -> Acted:
    """Return an effect with who waited for it: until it was over, or to the horizon."""
    plan, waited = outcome.plan, dict[str, int]()
    until = min(plan.horizon, minute + drawn["lasts"]) if "lasts" in drawn else plan.horizon
    cause = {"hold": "hold", "close": "closure"}.get(effect.verb)
    for queue, record in zip(plan.queues, outcome.queues, strict=True):
        if cause is None or not (
            queue.drawdown in effect.drawdowns or effect.location in (queue.location, queue.destination)
        ):
            continue
        name = plan.drawdowns[queue.drawdown].id
        minutes = waits_between(record.causes, minute, until).get(cause, 0)
        if minutes > waited.get(name, 0):
            waited[name] = minutes
    return Acted(effect, drawn, waited, effect.verb == "reschedule" and _is_over(effect, minute, outcome))


def _is_over(effect: EffectPlan, minute: int, outcome: Outcome) -> bool:
    """Tell whether all phases and drawdowns that an effect names were over at a minute: none has an instant to move."""
    ends = [outcome.phases[each].ready_at for each in effect.phases]
    ends += [outcome.drawdowns_done_at[each] for each in effect.drawdowns]
    return all(each is not None and each <= minute for each in ends)


def _departures(outcome: Outcome) -> Iterator[Fact]:
    plan = outcome.plan
    for index, drawdown in enumerate(plan.drawdowns):
        records = [outcome.queues[each] for row in drawdown.queues for each in row]
        gone = [each for record in records for each in record.gone]
        to_go = sum(len(each.waiting) for each in records)
        minutes = [each.departed_at for each in gone if each.departed_at is not None]
        first_at, last_at = min(minutes, default=None), max(minutes, default=None)
        done_at = outcome.drawdowns_done_at[index]
        if first_at is not None and last_at is not None:
            yield Fact(first_at, "first departure", drawdown.id, index)
            if done_at is not None:
                yield Fact(last_at, "last departure", drawdown.id, index)
        kind = "drawdown unfinished" if done_at is None else "drawdown done"
        at = plan.horizon if done_at is None else done_at
        size = sum(each.size for each in gone)
        yield Departures(at, kind, drawdown.id, index, size, len(gone), to_go, first_at, last_at)


def _waits(outcome: Outcome) -> Iterator[Wait]:
    longest: dict[Key, Wait] = {}
    for index, record in enumerate(outcome.queues):
        drawdown = outcome.plan.drawdowns[outcome.plan.queues[index].drawdown].id
        for serial in record.gone + record.waiting:
            for cause, minutes in outcome.waits(index, serial).items():
                found = longest.get((drawdown, cause), Wait(drawdown, cause, 0, 0, 0))
                if minutes > found.minutes:
                    found = replace(found, minutes=minutes, planned_at=serial.planned_at)
                longest[drawdown, cause] = replace(found, serials=found.serials + 1)
    yield from sorted(longest.values(), key=lambda each: -each.minutes)


def _rotations(outcome: Outcome) -> Iterator[Rotation]:
    plan = outcome.plan
    for index, contingent in enumerate(plan.contingents):
        cells = range(plan.cell(index, 0), plan.cell(index + 1, 0))
        rows = [(minute, change) for minute, cell, kind, change in outcome.changes if kind == RELIEF and cell in cells]
        present = {minute: sum(change for at, change in rows if at <= minute) for minute, _ in rows}
        came = {minute for minute, change in rows if change > 0}
        if came:
            yield Rotation(contingent.id, len(came), max(present.values()))


def _assumptions(plan: Plan, seed: int, drawn: Mapping[str, float]) -> Iterator[Drawn]:
    medians = draw(only_assumptions(plan), seed=None, replications=1).assumed
    reference = draw(only_assumptions(plan), seed=seed, replications=REFERENCE).assumed
    used = used_assumptions(plan)
    for name, value in drawn.items():
        if name not in used:
            continue
        percentile = float(np.mean(reference[name] < value) + np.mean(reference[name] == value) / 2)
        yield Drawn(name, value, medians[name].item(), percentile)


def only_assumptions(plan: Plan) -> Plan:
    """Return a plan of which nothing but the named assumptions is drawn: a tenth of the work, and no table of paces."""
    return replace(plan, values=(), shares=(), paces=())


def find_milestone(plan: Plan, name: str) -> int:
    """Return the index of a milestone.

    Raises
    ------
    ValueError
        The plan has none of that name.
    """
    names = [each.id for each in plan.milestones]
    if name not in names:
        raise ValueError(f"found no milestone '{name}'{did_you_mean(name, names)}")
    return names.index(name)
