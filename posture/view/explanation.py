"""One replication explained in dated sentences, and where it parted from the nearest that met a milestone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from textwrap import fill

from posture.model.plan import Plan
from posture.scenario.clock import MINUTES_PER_DAY
from posture.scenario.distributions import Kind
from posture.scenario.findings import printable
from posture.scenario.notation import number
from posture.scenario.quantities import kind_of
from posture.study.partings import Link, Parting, bearing, nearest_met, parting
from posture.study.runs import Run
from posture.study.stories import Drawn, Story, find_milestone, tell
from posture.view.sentences import (
    BOUND,
    counted,
    dated_sentences,
    days_of,
    event_sentence,
    listed,
    ordinal,
    short_id,
    times,
)

WIDTH = 120
"""Columns of a line."""

INDENT = " " * 12
"""Under the sentence, beside the date."""

UNUSUAL = 0.1
"""Assumptions drawn below this percentile, or above as far from the top, are named."""

MOST_UNUSUAL = 6
MOST_DIFFERENT = 3


def explain(run: Run, replication: int, *, milestone: str | None = None) -> str:
    """Return the story of one replication of a run, and where it parted from the nearest that met a milestone.

    Parameters
    ----------
    milestone
        The one to explain; None: everything, and of the milestones missed the first due that another replication met.

    Raises
    ------
    ValueError
        The run has no such replication or milestone.
    """
    if not 0 <= replication < run.replications:
        raise ValueError(f"found replication {replication}, wanted 0 to {run.replications - 1}")
    if milestone is not None:
        find_milestone(run.plan, milestone)
    story = tell(run.plan, seed=run.seed, replication=replication)
    text = explanation(story, milestone=milestone)
    missed = [each for each in _by_due(story.plan) if not story.answers[each].met]
    asked = [each for each in missed if milestone in (None, story.plan.milestones[each].id)]
    for name in (story.plan.milestones[each].id for each in asked):
        nearest = nearest_met(run, replication, milestone=name)
        if nearest is not None:
            met = tell(run.plan, seed=run.seed, replication=nearest)
            return f"{text}\n{comparison(story, met, milestone=name)}"
    if not asked:
        return text
    none = "it" if milestone else "any milestone it missed"
    return f"{text}\nOf {run.replications:,} replications none met {none}.\n"


def explanation(story: Story, *, milestone: str | None = None) -> str:
    """Return one replication in dated sentences.

    Parameters
    ----------
    milestone
        Tell only what bears on it, from the plan to what bound it; None: everything.

    Raises
    ------
    ValueError
        The plan has no such milestone.
    """
    facts = story.facts if milestone is None else bearing(story, milestone=milestone)
    lines = [f"Replication {story.outcome.replication} under seed {story.seed}: {story.plan.name}"]
    lines += _verdict(story, milestone)
    lines += ["", *_drawn(story)]
    lines += [""] if story.assumptions else []
    lines += [_wrapped(text, story.day(minute).isoformat()) for minute, text in dated_sentences(story, facts)]
    lines += ["", *_closing(story)] if milestone is None else _binding(story, milestone)
    return printed(lines)


def printed(lines: Iterable[str]) -> str:
    """Return lines as text that a terminal shows as it stands."""
    return "\n".join(printable(line) for each in lines for line in each.split("\n")) + "\n"


def _wrapped(text: str, head: str = "") -> str:
    """Return a sentence beside its date, on as many lines as it takes."""
    first = head.ljust(len(INDENT)) if head else ""
    return fill(text, WIDTH, initial_indent=first, subsequent_indent=INDENT if head else "  ", break_on_hyphens=False)


def _by_due(plan: Plan) -> list[int]:
    """Return the milestones, those due first first; of a day those that join others last."""
    return sorted(range(len(plan.milestones)), key=lambda i: (plan.milestones[i].due, i))


def _verdict(story: Story, milestone: str | None) -> Iterator[str]:
    plan = story.plan
    if milestone is not None:
        index = find_milestone(plan, milestone)
        yield _wrapped(f"{plan.milestones[index].id} was {'met' if story.answers[index].met else 'missed'}.")
        return
    met = [plan.milestones[i].id for i in _by_due(plan) if story.answers[i].met]
    missed = [plan.milestones[i].id for i in _by_due(plan) if not story.answers[i].met]
    if met:
        yield _wrapped(f"Met: {', '.join(met)}.")
    if missed:
        yield _wrapped(f"Missed: {', '.join(missed)}.")


def _drawn(story: Story) -> Iterator[str]:
    """Yield the assumptions that were drawn far from their medians."""
    far = [each for each in story.assumptions if not UNUSUAL <= each.percentile <= 1 - UNUSUAL]
    far = sorted(far, key=lambda each: -abs(each.percentile - 0.5))[:MOST_UNUSUAL]
    if not far and story.assumptions:
        yield "No assumption was drawn below its 10th or above its 90th percentile."
    if not far:
        return
    kinds = _kinds(story.plan)
    told = (f"{each.name} {_value(each, kinds)} (median {_median(each, kinds)}, {_percentile(each)})" for each in far)
    yield _wrapped(f"Drawn far from the median: {'; '.join(told)}.")


def _kinds(plan: Plan) -> dict[str, Kind]:
    kinds: dict[str, Kind] = {}
    for name, expression in plan.assumptions:
        kinds[name] = kind_of(expression, kinds)
    return kinds


def _value(drawn: Drawn, kinds: dict[str, Kind]) -> str:
    return _number(drawn.value, kinds[drawn.name])


def _median(drawn: Drawn, kinds: dict[str, Kind]) -> str:
    return _number(drawn.median, kinds[drawn.name])


def _number(value: float, kind: Kind) -> str:
    """Return a value to three digits, whole from a hundred on."""
    digits = float(f"{value:.3g}") if abs(value) < 100 or kind == "percent" else float(round(value))
    return number(digits if kind != "date" else float(int(value)), kind)


def _percentile(drawn: Drawn) -> str:
    return f"{ordinal(min(99, max(1, round(100 * drawn.percentile))))} percentile"


def _closing(story: Story) -> Iterator[str]:
    """Yield what has no date: rotations, and the longest wait for each cause."""
    if story.rotations:
        told = (
            f"{each.contingent} {times(each.times)}, at most {each.persons:,} successors at once"
            for each in story.rotations
        )
        yield _wrapped(f"Rotations: {'; '.join(told)}.")
    by_cause = {each.cause: each for each in reversed(story.waits) if each.minutes * 2 >= MINUTES_PER_DAY}
    longest = sorted(by_cause.values(), key=lambda each: -each.minutes)
    waits = [
        f"{BOUND.get(each.cause, each.cause)} {days_of(each.minutes)} ({short_id(story.plan, each.drawdown)})"
        for each in longest
    ]
    yield _wrapped(f"The longest waits of a serial, by what it waited for: {', '.join(waits) or 'none of a day'}.")


def _binding(story: Story, milestone: str) -> Iterator[str]:
    """Yield the longest wait for what bound a milestone, among the drawdowns on its chain."""
    bound_by = story.answers[find_milestone(story.plan, milestone)].bound_by
    subjects = {each.subject for each in bearing(story, milestone=milestone)}
    waits = [each for each in story.waits if each.cause == bound_by and each.drawdown in subjects]
    if bound_by is None or not waits:
        return
    longest = max(waits, key=lambda each: each.minutes)
    yield ""
    yield _wrapped(
        f"What bound it: {BOUND.get(bound_by, bound_by)}. Of {short_id(story.plan, longest.drawdown)} "
        f"{counted(longest.serials, 'serial')} waited for it, the longest {days_of(longest.minutes)}, planned for "
        f"{story.day(longest.planned_at)}."
    )


def comparison(here: Story, there: Story, *, milestone: str) -> str:
    """Return where a replication that missed a milestone parted from one that met it.

    Parameters
    ----------
    here, there
        Who missed it, and who met it.

    Raises
    ------
    ValueError
        The plan has no such milestone.
    """
    parted = parting(here, there, milestone=milestone)
    other = there.outcome.replication
    lines = [
        _wrapped(
            f"{milestone} was met in replication {other}, the nearest in what was drawn. {_parted(parted, here, there)}"
        )
    ]
    if parted.befallen:
        lines.append("What held it up here:")
    lines += [
        _wrapped(event_sentence(here, each, verbs=("hold", "reschedule")), here.day(each.minute).isoformat())
        for each in parted.befallen
    ]
    lines += [*_links(parted, here, there), *_differences(here, there)]
    return printed(lines)


CLAUSES = {
    "phase ready": "{} was ready",
    "gate passed": "the gate of {} passed",
    "phase started": "{} started",
    "first departure": "the first serial of {} left",
    "last departure": "the last serial of {} left",
    "drawdown done": "{} was done",
    "handover begun": "the hand-over of {} began",
    "handover done": "{} was handed over",
    "phase done": "{} was done",
    "milestone": "{} was achieved",
}
"""What came with a link of a chain."""


def _clause(plan: Plan, link: Link) -> str:
    return CLAUSES[link.kind].format(short_id(plan, link.subject) if "." in link.subject else link.subject)


def _parted(parted: Parting, here: Story, there: Story) -> str:
    """Return where two stories parted: after the link before, where there is one, and with what came so much later."""
    link, before = parted.at, parted.links[max(0, parted.links.index(parted.at) - 1)]
    after = "" if before is link else f" after {_clause(here.plan, before)}"
    there_on = "" if link.there is None else f" on {there.day(link.there)}"
    here_on = "not within the run" if link.here is None else f"on {here.day(link.here)}"
    clause = _clause(here.plan, link)
    return f"The two parted{after}: {clause}{there_on} in replication {there.outcome.replication}, {here_on} here."


def _links(parted: Parting, here: Story, there: Story) -> Iterator[str]:
    """Yield the chain with its dates in both, from where the two were still alike."""
    rows = [
        (
            _clause(here.plan, each),
            "-" if each.here is None else f"{here.day(each.here)}",
            "-" if each.there is None else f"{there.day(each.there)}",
        )
        for each in parted.links
    ]
    width = max(len(text) for text, *_ in rows)
    head = f"  {''.ljust(width)}  {'here'.ljust(10)}  in {there.outcome.replication}"
    yield head
    yield from (f"  {text.ljust(width)}  {a.ljust(10)}  {b}" for text, a, b in rows)


def _differences(here: Story, there: Story) -> Iterator[str]:
    """Yield the assumptions in which two stories differ most, by their percentiles."""
    kinds = _kinds(here.plan)
    pairs = sorted(
        zip(here.assumptions, there.assumptions, strict=True), key=lambda e: -abs(e[0].percentile - e[1].percentile)
    )
    told = [f"{a.name} ({_value(a, kinds)} here, {_value(b, kinds)} there)" for a, b in pairs if a.value != b.value]
    if told:
        yield _wrapped(f"Of what was drawn they differ most in {listed(told[:MOST_DIFFERENT])}.")
