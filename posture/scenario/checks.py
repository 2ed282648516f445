"""Errors of meaning: what each part of a file says against what the others say."""

from __future__ import annotations

from collections.abc import Callable

from posture.scenario.checking import Checker
from posture.scenario.conditions import LoadsCondition, StrengthCondition
from posture.scenario.event_checks import EVENT_CHECKS
from posture.scenario.findings import Path
from posture.scenario.part import Entry
from posture.scenario.plan_checks import check_contingents, check_phases
from posture.scenario.plans import Drawdown
from posture.scenario.quantity_checks import check_quantities
from posture.scenario.question_checks import check_conditions, check_days, check_milestones
from posture.scenario.questions import ObservedStrength, Standing
from posture.scenario.selections import contingents_of, locations_at

Selecting = Drawdown | StrengthCondition | LoadsCondition | ObservedStrength | Standing
"""Whatever selects by `of` and `at`."""


MOST_SELECTIONS = 2000
"""Drawdowns and conditions of one file."""

MOST_CELLS = 200_000
"""Contingents times locations, and times destinations in a drawdown, over all selections: what a plan spells out."""


def check_meaning(checker: Checker) -> None:
    """Report every error of meaning: whatever does not fit together."""
    if not is_too_large(checker):
        for check in CHECKS:
            check(checker)


def is_too_large(checker: Checker) -> bool:
    """Report a file whose selections are too many, or too wide, to be spelled out."""
    file = checker.file
    found: list[tuple[Path, Selecting]] = [(path, part) for path, part in checker.walked if isinstance(part, Selecting)]
    if len(found) > MOST_SELECTIONS:
        message = f"found {len(found)} drawdowns and conditions, wanted at most {MOST_SELECTIONS}"
        checker.report(found[-1][0], message, key=True)
        return True
    cells = 0
    for path, part in found:
        ways = len(part.to) if isinstance(part, Drawdown) else 1
        cells += len(contingents_of(file, part.of)) * len(locations_at(file, part.at)) * ways
        if cells > MOST_CELLS:
            message = f"found selections of more than {MOST_CELLS} contingents at locations, wanted narrower ones"
            checker.report(path, message, key=True)
            return True
    return False


def check_names(checker: Checker) -> None:
    """Check that every id that is named exists, in the section it is named from."""
    file = checker.file
    for path, part in checker.walked:
        if isinstance(part, Entry) and part.source:
            checker.expect("sources", part.source, (*path, "source"))
        if isinstance(part, Selecting):
            checker.selected(part.of or (), (*path, "of"))
            checker.selected(part.at or (), (*path, "at"))
    for name, contingent in file.contingents.items() if "contingents" not in checker.lost else ():
        checker.expect("locations", contingent.at, ("contingents", name, "at"))
    for name, phase in file.phases.items():
        checker.expect("phases", phase.after or (), ("phases", name, "after"))
    for name, milestone in file.milestones.items():
        checker.expect("phases", [milestone.phase] if milestone.phase else [], ("milestones", name, "phase"))
    checker.expect("observable", file.observed.milestones, ("observed", "milestones"), what="an id of milestones")


def check_provenance(checker: Checker) -> None:
    """Check that assumptions and milestones say where they come from."""
    for section in ("assumptions", "milestones"):
        for name, entry in getattr(checker.file, section).items():
            if not entry.source and not entry.judgement:
                checker.report((section, name), "found neither, wanted a `source` or a `judgement`", key=True)


CHECKS: tuple[Callable[[Checker], None], ...] = (
    check_days,
    check_names,
    check_quantities,
    check_provenance,
    check_contingents,
    check_phases,
    check_milestones,
    check_conditions,
    *EVENT_CHECKS,
)
