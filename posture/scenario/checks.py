"""Errors of meaning: what each part of a file says against what the others say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from graphlib import CycleError, TopologicalSorter
from typing import Literal

from posture.scenario.conditions import StrengthCondition
from posture.scenario.distributions import Kind
from posture.scenario.documents import Document
from posture.scenario.findings import Finding, Path, did_you_mean
from posture.scenario.part import Entry, walk
from posture.scenario.plans import Drawdown, Phase
from posture.scenario.quantities import (
    KIND_OF_UNIT,
    UNITS,
    Plain,
    Quantity,
    Range,
    Scaled,
    bounds,
    in_order,
    kind_of,
    references,
)
from posture.scenario.questions import Milestone, ObservedStrength
from posture.scenario.scenario_file import ScenarioFile
from posture.scenario.selections import cells_of, contingent_names, contingents_of, location_names, locations_at

LONGEST_RUN = timedelta(days=50 * 365)


@dataclass(slots=True)
class Checker:
    """What a check sees, and where it reports."""

    file: ScenarioFile
    document: Document
    known: Mapping[str, set[str]]
    """Ids by section, those of entries that could not be read included: they dangle nowhere."""
    findings: list[Finding] = field(default_factory=list)

    def report(
        self, path: Path, message: str, *, key: bool = False, severity: Literal["error", "warning"] = "error"
    ) -> None:
        """Add a finding at `path`, or at its key."""
        self.findings.append(Finding(self.document.mark(path, key=key), path, message, severity))

    def expect(self, section: str, names: Iterable[str], path: Path) -> bool:
        """Report every name that `section` does not have; True if it has them all."""
        missing = [name for name in names if name not in self.known[section]]
        for name in missing:
            self.report(path, f"found '{name}', wanted an id of {section}{did_you_mean(name, self.known[section])}")
        return not missing


def check_meaning(file: ScenarioFile, document: Document, *, known: Mapping[str, set[str]]) -> list[Finding]:
    """Return every error of meaning; an empty list where the parts fit together."""
    checker = Checker(file, document, known)
    for check in CHECKS:
        check(checker)
    return checker.findings


def check_days(checker: Checker) -> None:
    """Check that the run ends after it starts, and that everything dated lies inside it."""
    file = checker.file
    if file.end - file.start > LONGEST_RUN:
        checker.report(
            ("end",), f"found {file.end}, wanted a run of at most {LONGEST_RUN.days // 365} years from {file.start}"
        )
    if file.end < file.start:
        checker.report(("end",), f"found {file.end}, wanted a day on or after the start, {file.start}")
        return
    for path, part in walk(file):
        if isinstance(part, Drawdown):
            for day in part.schedule:
                _inside(checker, day, (*path, "schedule", day.isoformat()), key=True)
        elif isinstance(part, Milestone):
            _check_milestone_days(checker, part, path)
        elif isinstance(part, Quantity) and path[-1] == "starts" and part.plain is not None:
            _inside(checker, date.fromordinal(int(part.plain)), path)
        elif isinstance(part, date) and path[-1] == "first_review":
            _inside(checker, part, path)


def _inside(checker: Checker, day: date, path: Path, *, key: bool = False) -> None:
    file = checker.file
    if not file.start <= day <= file.end:
        checker.report(path, f"found {day}, wanted a day from {file.start} to {file.end}, when the run ends", key=key)


def _check_milestone_days(checker: Checker, milestone: Milestone, path: Path) -> None:
    if milestone.by is not None:
        _inside(checker, milestone.by, (*path, "by"))
    if milestone.throughout is not None:
        first, last = milestone.throughout
        if last < first:
            checker.report((*path, "throughout"), f"found [{first}, {last}], wanted the earlier day first")
        for position, day in enumerate(milestone.throughout):
            _inside(checker, day, (*path, "throughout", position))


def check_names(checker: Checker) -> None:
    """Check that every id that is named exists, in the section it is named from."""
    file = checker.file
    for path, part in walk(file):
        if isinstance(part, Entry) and part.source:
            checker.expect("sources", part.source, (*path, "source"))
        if isinstance(part, Drawdown | StrengthCondition | ObservedStrength):
            _selected(checker, part.of or (), contingent_names(file) | checker.known["contingents"], (*path, "of"))
            _selected(checker, part.at or (), location_names(file) | checker.known["locations"], (*path, "at"))
    for name, contingent in file.contingents.items():
        checker.expect("locations", contingent.at, ("contingents", name, "at"))
    for name, phase in file.phases.items():
        checker.expect("phases", phase.after or (), ("phases", name, "after"))
    for name, milestone in file.milestones.items():
        checker.expect("phases", [milestone.phase] if milestone.phase else [], ("milestones", name, "phase"))
    checker.expect("milestones", file.observed.milestones, ("observed", "milestones"))


def _selected(checker: Checker, names: tuple[str, ...], legal: set[str], path: Path) -> None:
    for name in names:
        if name not in legal:
            what = "a contingent or nation" if path[-1] == "of" else "a location, group or country"
            checker.report(path, f"found '{name}', wanted {what}{did_you_mean(name, legal)}")


def check_quantities(checker: Checker) -> None:
    """Check that assumptions exist, form no circle, fit by unit, and keep to the range of the field."""
    file = checker.file
    values = {name: each.value.expression for name, each in file.assumptions.items()}
    for name, value in values.items():
        checker.expect("assumptions", sorted(set(references(value))), ("assumptions", name, "value"))
    order, circle = in_order(values)
    if circle:
        checker.report(("assumptions", min(circle), "value"), f"found a circle: {' -> '.join(circle)}")
    kinds: dict[str, Kind] = {}
    ranges: dict[str, Range] = {}
    for name in order:
        kinds[name], ranges[name] = kind_of(values[name], kinds), bounds(values[name], ranges)
        unit = file.assumptions[name].unit
        here = ("assumptions", name, "value")
        if kinds[name] != KIND_OF_UNIT[unit]:
            checker.report(here, f"found a {_word(kinds[name])}, wanted {_wanted_kind(unit)}: its unit is {unit}")
        else:
            _check_range(checker, Quantity(values[name], (unit,), *UNITS[unit]), here, ranges)
    for path, part in walk(file):
        if isinstance(part, Quantity) and path[0] != "assumptions":
            _check_quantity(checker, part, path, kinds, ranges)


def _word(kind: Kind) -> str:
    return "percentage" if kind == "percent" else kind


def _wanted_kind(unit: str) -> str:
    return {"number": "a number", "percent": "a percentage such as 25%", "date": "a date such as 2025-02-01"}[
        KIND_OF_UNIT[unit]
    ]


def _check_quantity(
    checker: Checker, quantity: Quantity, path: Path, kinds: Mapping[str, Kind], ranges: Mapping[str, Range]
) -> None:
    assumptions = checker.file.assumptions
    named = sorted(set(quantity.references()))
    if not checker.expect("assumptions", named, path) or not set(named) <= set(kinds):
        return
    value = quantity.expression
    factors: list[str] = []
    while isinstance(value, Scaled):
        factors.extend(references(value.times))
        value = value.of
    misfits = [(name, quantity.units) for name in references(value) if assumptions[name].unit not in quantity.units]
    misfits += [(name, ("factor",)) for name in factors if assumptions[name].unit != "factor"]
    for name, units in misfits:
        checker.report(path, f"found '{name}', whose unit is {assumptions[name].unit}, wanted {' or '.join(units)}")
    kind = kind_of(value, kinds)
    if not misfits and kind not in {KIND_OF_UNIT[unit] for unit in quantity.units}:
        checker.report(
            path, f"found a {_word(kind)}, wanted {' or '.join(_wanted_kind(unit) for unit in quantity.units)}"
        )
    elif not misfits:
        _check_range(checker, quantity, path, ranges)


def _check_range(checker: Checker, quantity: Quantity, path: Path, ranges: Mapping[str, Range]) -> None:
    low, high = bounds(quantity.expression, ranges)
    unit = quantity.units[0]
    if low < quantity.low or (quantity.above_low and low <= quantity.low and isinstance(quantity.expression, Plain)):
        wanted = f"{unit} above {quantity.low:g}" if quantity.above_low else f"at least {quantity.low:g} {unit}"
        checker.report(path, f"found {_extent(low, high)}, wanted {wanted}")
    elif high > quantity.high:
        checker.report(path, f"found {_extent(low, high)}, wanted a {unit} from {quantity.low:g} to {quantity.high:g}")
    elif path[-1] == "slots" and quantity.plain is not None and quantity.plain != int(quantity.plain):
        checker.report(path, f"found {quantity.plain:g}, wanted a whole number of slots")


def _extent(low: float, high: float) -> str:
    return f"{low:g}" if low == high else f"values from {low:g} to {high:g}"


def check_provenance(checker: Checker) -> None:
    """Check that assumptions and milestones say where they come from."""
    for section in ("assumptions", "milestones"):
        for name, entry in getattr(checker.file, section).items():
            if not entry.source and not entry.judgement:
                checker.report((section, name), "found neither, wanted a `source` or a `judgement`", key=True)


def check_contingents(checker: Checker) -> None:
    """Check that a name that is an id and a nation or group means one thing, and that somebody stands somewhere."""
    file = checker.file
    for name, contingent in file.contingents.items():
        path = ("contingents", name)
        if any(each.nation == name for each in file.contingents.values()) and contingent.nation != name:
            checker.report(path, f"found '{name}' as the nation of another contingent, wanted another id", key=True)
        weights = [each.plain for each in contingent.at.values()]
        if all(weight == 0 for weight in weights):
            checker.report((*path, "at"), "found weights that are all 0, wanted at least one above 0")
    for name, location in file.locations.items():
        others = {group for each in file.locations.values() for group in (*each.groups, each.country)}
        if name in others and not (location.country == name or name in location.groups):
            checker.report(
                ("locations", name), f"found '{name}' as a group or country of others, wanted another id", key=True
            )


def check_phases(checker: Checker) -> None:
    """Check that no phase waits for itself and every drawdown fits its phase."""
    phases = checker.file.phases
    try:
        TopologicalSorter({name: phase.after or () for name, phase in phases.items()}).prepare()
    except CycleError as error:
        circle = error.args[1]
        checker.report(("phases", min(circle), "after"), f"found a circle: {' -> '.join(circle)}")
    for name, phase in phases.items():
        _check_one_drawdown_a_cell(checker, name, phase)
        for key, drawdown in phase.drawdowns.items():
            _check_drawdown(checker, drawdown, ("phases", name, "drawdowns", key))


def _check_one_drawdown_a_cell(checker: Checker, name: str, phase: Phase) -> None:
    taken: dict[tuple[str, str], str] = {}
    for key in sorted(phase.drawdowns):
        drawdown = phase.drawdowns[key]
        both = [cell for cell in cells_of(checker.file, drawdown.of, drawdown.at) if cell in taken]
        for cell in both[:1]:
            message = (
                f"found {cell[0]} at {cell[1]}, whom '{taken[cell]}' moves too, wanted one drawdown for them in a phase"
            )
            checker.report(("phases", name, "drawdowns", key), message, key=True)
        for cell in cells_of(checker.file, drawdown.of, drawdown.at):
            taken.setdefault(cell, key)


def _check_drawdown(checker: Checker, drawdown: Drawdown, path: Path) -> None:
    file = checker.file
    locations = locations_at(file, drawdown.at)
    for name in drawdown.order or ():
        if checker.expect("locations", [name], (*path, "order")) and name not in locations:
            checker.report(
                (*path, "order"), f"found '{name}', wanted a location of the drawdown{did_you_mean(name, locations)}"
            )
    for name, destination in drawdown.to.items():
        here = (*path, "to", name)
        if checker.expect("locations", [name], here) and name in locations:
            checker.report(here, f"found '{name}', where the drawdown takes them from, wanted another place", key=True)
        checker.expect("lift", destination.by or (), (*here, "by"))
    _check_shares(checker, drawdown, path)
    _check_levels(checker, drawdown, path)


def _check_shares(checker: Checker, drawdown: Drawdown, path: Path) -> None:
    shares = {name: each.share for name, each in drawdown.to.items()}
    if len(shares) == 1:
        return
    for name, share in shares.items():
        if share is None:
            checker.report(
                (*path, "to", name), "found no `share`, wanted one for each of several destinations", key=True
            )
    plains = [each.plain for each in shares.values() if each is not None and each.plain is not None]
    if len(plains) == len(shares) and abs(sum(plains) - 1) > 1e-6:
        checker.report((*path, "to"), f"found shares that add up to {sum(plains):g}, wanted 1")


def _check_levels(checker: Checker, drawdown: Drawdown, path: Path) -> None:
    file = checker.file
    before: Plain | None = None
    standing = _plain_strength(file, drawdown)
    for day in sorted(drawdown.schedule):
        level = drawdown.schedule[day].expression
        here = (*path, "schedule", day.isoformat())
        if not isinstance(level, Plain):
            continue
        if before and before.kind == level.kind and level.value > before.value:
            checker.report(here, f"found {_level(level)} after {_level(before)}, wanted a level that does not rise")
        elif level.kind == "percent" and level.value > 1:
            checker.report(here, f"found {_level(level)}, wanted at most 100%")
        elif level.kind == "number" and standing is not None and level.value > standing:
            checker.report(here, f"found {_level(level)}, wanted at most the {standing:g} persons who stand there")
        before = level


def _level(level: Plain) -> str:
    return f"{level.value * 100:g}%" if level.kind == "percent" else f"{level.value:g} persons"


def _plain_strength(file: ScenarioFile, drawdown: Drawdown) -> float | None:
    """Return how many stand in the cells at `start` if the file states it outright and nobody shifts in."""
    cells = cells_of(file, drawdown.of, drawdown.at)
    destinations = {name for phase in file.phases.values() for each in phase.drawdowns.values() for name in each.to}
    total = 0.0
    for contingent in contingents_of(file, drawdown.of):
        part = file.contingents[contingent]
        places = {location for key, location in cells if key == contingent}
        weights = {key: weight.plain for key, weight in part.at.items()}
        whole = set(weights) <= places
        values = [value for value in weights.values() if value is not None]
        size = part.personnel or part.loads
        if size is None or size.plain is None or (not whole and len(values) < len(weights)) or places & destinations:
            return None
        share = 1.0 if whole else sum(weights[key] or 0 for key in weights if key in places) / (sum(values) or 1)
        total += size.plain * share
    return total


def check_milestones(checker: Checker) -> None:
    """Check that a milestone asks one question about one time."""
    for name, milestone in checker.file.milestones.items():
        path = ("milestones", name)
        if (milestone.by is None) == (milestone.throughout is None):
            checker.report(path, "found both or neither, wanted either `by` or `throughout`", key=True)
        if (milestone.strength is None) == (milestone.phase is None):
            checker.report(path, "found both or neither, wanted either `strength` or `phase`", key=True)
        if milestone.phase is not None and milestone.throughout is not None:
            checker.report(
                (*path, "throughout"), "found `throughout` with `phase`, wanted `by`: done is for good", key=True
            )
        strength = milestone.strength
        if strength is None:
            continue
        if (strength.at_most is None) == (strength.at_least is None):
            checker.report(
                (*path, "strength"), "found both or neither, wanted either `at_most` or `at_least`", key=True
            )
        if not cells_of(checker.file, strength.of, strength.at):
            checker.report(
                (*path, "strength"), "found a selection of nobody, wanted a contingent and a place", key=True
            )


CHECKS: tuple[Callable[[Checker], None], ...] = (
    check_days,
    check_names,
    check_quantities,
    check_provenance,
    check_contingents,
    check_phases,
    check_milestones,
)
