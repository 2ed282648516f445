"""Errors of meaning in dates and questions: what is dated lies inside the run, a milestone asks one thing."""

from __future__ import annotations

from datetime import date, timedelta
from graphlib import CycleError, TopologicalSorter

from posture.scenario.checking import Checker
from posture.scenario.conditions import LoadsCondition, StrengthCondition
from posture.scenario.events import Event
from posture.scenario.findings import Path
from posture.scenario.notation import number
from posture.scenario.plans import Drawdown, Phase
from posture.scenario.quantities import KIND_OF_UNIT, Scaled, bounds, kind_of
from posture.scenario.questions import AsOf, Milestone, ObservedStrength, Standing
from posture.scenario.selections import cells_of

LONGEST_RUN = timedelta(days=50 * 365)

QUESTIONS = ("strength", "loads", "phase", "handover", "all", "any")


def check_days(checker: Checker) -> None:
    """Check that the run ends after it starts, and that everything dated lies inside it."""
    file = checker.file
    if checker.lost & {"start", "end"}:
        return
    if file.end - file.start > LONGEST_RUN:
        years = LONGEST_RUN.days // 365
        checker.report(("end",), f"found {file.end}, wanted a run of at most {years} years from {file.start}")
    if file.end < file.start:
        checker.report(("end",), f"found {file.end}, wanted a day on or after the start, {file.start}")
        return
    for path, part in checker.walked:
        _check_part_days(checker, part, path)


def _check_part_days(checker: Checker, part: object, path: Path) -> None:
    if isinstance(part, Drawdown):
        for day in part.schedule:
            _inside(checker, day, (*path, "schedule", day.isoformat()), key=True)
    elif isinstance(part, Milestone):
        _check_milestone_days(checker, part, path)
    elif isinstance(part, Phase):
        _check_start(checker, part, (*path, "starts"))
    elif isinstance(part, Event):
        _check_event_days(checker, part, path)
    elif isinstance(part, AsOf):
        _check_as_of(checker, part, path)
    elif isinstance(part, date) and path[-1] == "first_review":
        _inside(checker, part, path)


def _check_as_of(checker: Checker, part: AsOf, path: Path) -> None:
    """Report a day outside the run, and counts that nobody can have known on it."""
    _inside(checker, part.day, (*path, "day"))
    for name, standing in part.strength.items():
        if standing.counted_on is not None and standing.counted_on > part.day:
            message = f"found {standing.counted_on}, wanted a day up to {part.day}, which the run is as of"
            checker.report((*path, "strength", name, "counted_on"), message)


def _check_start(checker: Checker, phase: Phase, path: Path) -> None:
    """Report a phase that can start on no day of the run."""
    expression, file = phase.starts.expression, checker.file
    known = set(phase.starts.references()) <= set(checker.ranges)
    kinds = {name: KIND_OF_UNIT[each.unit] for name, each in file.assumptions.items()}
    if not known or isinstance(expression, Scaled) or kind_of(expression, kinds) != "date":
        return
    low, high = bounds(expression, checker.ranges)
    if high < file.start.toordinal() or low >= file.end.toordinal() + 1:
        found = number(low, "date") if low == high else f"days from {number(low, 'date')} to {number(high, 'date')}"
        checker.report(path, f"found {found}, wanted a day from {file.start} to {file.end}, when the run ends")


def _inside(checker: Checker, day: date, path: Path, *, key: bool = False) -> None:
    file = checker.file
    if not file.start <= day <= file.end:
        checker.report(path, f"found {day}, wanted a day from {file.start} to {file.end}, when the run ends", key=key)


def _check_event_days(checker: Checker, event: Event, path: Path) -> None:
    if event.on is not None:
        _inside(checker, event.on, (*path, "on"))
    if event.between is not None:
        _check_span(checker, event.between, (*path, "between"))


def _check_span(checker: Checker, days: tuple[date, date], path: Path) -> None:
    first, last = days
    if last < first:
        checker.report(path, f"found [{first}, {last}], wanted the earlier day first")
    for position, day in enumerate(days):
        _inside(checker, day, (*path, position))


def _check_milestone_days(checker: Checker, milestone: Milestone, path: Path) -> None:
    if milestone.by is not None:
        _inside(checker, milestone.by, (*path, "by"))
    if milestone.throughout is not None:
        _check_span(checker, milestone.throughout, (*path, "throughout"))


def check_milestones(checker: Checker) -> None:
    """Check that a milestone asks one question about one time, or joins others."""
    file = checker.file
    joints = {name: (*(each.all or ()), *(each.any or ())) for name, each in file.milestones.items()}
    try:
        TopologicalSorter(joints).prepare()
    except CycleError as error:
        circle = error.args[1]
        checker.report(("milestones", min(circle)), f"found a circle: {' -> '.join(circle)}, wanted none", key=True)
    for name, milestone in file.milestones.items():
        _check_milestone(checker, milestone, ("milestones", name))


def _check_milestone(checker: Checker, milestone: Milestone, path: Path) -> None:
    asked = [each for each in QUESTIONS if getattr(milestone, each) is not None]
    if len(asked) != 1:
        checker.report(path, f"found {len(asked)} questions, wanted one of {', '.join(QUESTIONS)}", key=True)
        return
    (question,) = asked
    is_joint = question in ("all", "any")
    if is_joint and (milestone.by or milestone.throughout):
        checker.report(path, f"found a time beside `{question}`, wanted none: its parts have theirs", key=True)
    if not is_joint and (milestone.by is None) == (milestone.throughout is None):
        checker.report(path, "found both or neither, wanted either `by` or `throughout`", key=True)
    if question in ("phase", "handover") and milestone.throughout is not None:
        checker.report(
            (*path, "throughout"), f"found `throughout` with `{question}`, wanted `by`: done is for good", key=True
        )
    if milestone.sustained_days is not None and question not in ("strength", "loads"):
        checker.report(
            (*path, "sustained_days"), f"found it with `{question}`, wanted it with `strength` or `loads`", key=True
        )
    checker.expect("milestones", (*(milestone.all or ()), *(milestone.any or ())), (*path, question))


def check_conditions(checker: Checker) -> None:
    """Check that a condition has one limit, and that it and every count are of somebody, or something."""
    file = checker.file
    for path, part in checker.walked:
        if not isinstance(part, StrengthCondition | LoadsCondition | Standing | ObservedStrength):
            continue
        if isinstance(part, StrengthCondition | LoadsCondition) and (part.at_most is None) == (part.at_least is None):
            checker.report(path, "found both or neither, wanted either `at_most` or `at_least`", key=True)
        wants_loads = isinstance(part, LoadsCondition)
        cells = cells_of(file, part.of, part.at)
        counted = any((file.contingents[who].loads is not None) == wants_loads for who, _ in cells)
        named = checker.names["of"].issuperset(part.of or ()) and checker.names["at"].issuperset(part.at or ())
        if checker.everybody and named and not counted:
            what = "no loads" if wants_loads else "nobody"
            checker.report(path, f"found a selection of {what}, wanted a contingent and a place", key=True)
