"""Errors of meaning: what each part of a file says against what the others say."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from posture.scenario.checking import Checker
from posture.scenario.conditions import LoadsCondition, StrengthCondition
from posture.scenario.documents import Document
from posture.scenario.event_checks import EVENT_CHECKS
from posture.scenario.findings import Finding
from posture.scenario.part import Entry, walk
from posture.scenario.plan_checks import check_contingents, check_phases
from posture.scenario.plans import Drawdown
from posture.scenario.quantity_checks import check_quantities
from posture.scenario.question_checks import check_conditions, check_days, check_milestones
from posture.scenario.questions import ObservedStrength
from posture.scenario.scenario_file import ScenarioFile
from posture.scenario.selections import contingent_names, location_names


def check_meaning(file: ScenarioFile, document: Document, *, known: Mapping[str, set[str]]) -> list[Finding]:
    """Return every error of meaning; an empty list where the parts fit together."""
    checker = Checker(file, document, known)
    for check in CHECKS:
        check(checker)
    return checker.findings


def check_names(checker: Checker) -> None:
    """Check that every id that is named exists, in the section it is named from."""
    file = checker.file
    for path, part in walk(file):
        if isinstance(part, Entry) and part.source:
            checker.expect("sources", part.source, (*path, "source"))
        if isinstance(part, Drawdown | StrengthCondition | LoadsCondition | ObservedStrength):
            checker.selected(part.of or (), contingent_names(file) | checker.known["contingents"], (*path, "of"))
            checker.selected(part.at or (), location_names(file) | checker.known["locations"], (*path, "at"))
    for name, contingent in file.contingents.items():
        checker.expect("locations", contingent.at, ("contingents", name, "at"))
    for name, phase in file.phases.items():
        checker.expect("phases", phase.after or (), ("phases", name, "after"))
    for name, milestone in file.milestones.items():
        checker.expect("phases", [milestone.phase] if milestone.phase else [], ("milestones", name, "phase"))
    checker.expect("milestones", file.observed.milestones, ("observed", "milestones"))


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
