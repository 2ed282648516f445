"""Errors of meaning in who stands where and in the plan: contingents, phases, drawdowns."""

from __future__ import annotations

from collections import Counter
from graphlib import CycleError, TopologicalSorter

from posture.scenario.checking import Checker
from posture.scenario.findings import Path, did_you_mean
from posture.scenario.plans import Drawdown, Phase
from posture.scenario.quantities import Plain
from posture.scenario.scenario_file import ScenarioFile
from posture.scenario.selections import Cell, cells_of, contingents_of, locations_at


def check_contingents(checker: Checker) -> None:
    """Check that a name that is an id and a nation or group means one thing, and that somebody stands somewhere."""
    file = checker.file
    nations = Counter(each.nation for each in file.contingents.values())
    for name, contingent in file.contingents.items():
        path = ("contingents", name)
        if (contingent.personnel is None) == (contingent.loads is None):
            checker.report(path, "found both or neither, wanted either `personnel` or `loads`", key=True)
        if nations[name] > (contingent.nation == name):
            checker.report(path, f"found '{name}' as the nation of another contingent, wanted another id", key=True)
        checker.weigh(contingent.at, (*path, "at"))
    groups = Counter(group for each in file.locations.values() for group in {*each.groups, each.country})
    for name, location in file.locations.items():
        if groups[name] > (name in {*location.groups, location.country}):
            message = f"found '{name}' as a group or country of others, wanted another id"
            checker.report(("locations", name), message, key=True)


def check_phases(checker: Checker) -> None:
    """Check that no phase waits for itself and every drawdown fits its phase."""
    phases = checker.file.phases
    try:
        TopologicalSorter({name: phase.after or () for name, phase in phases.items()}).prepare()
    except CycleError as error:
        circle = error.args[1]
        checker.report(("phases", min(circle), "after"), f"found a circle: {' -> '.join(circle)}, wanted none")
    for name, phase in phases.items():
        _check_one_drawdown_a_cell(checker, name, phase)
        for key, drawdown in phase.drawdowns.items():
            _check_drawdown(checker, drawdown, ("phases", name, "drawdowns", key))


def _check_one_drawdown_a_cell(checker: Checker, name: str, phase: Phase) -> None:
    taken: dict[Cell, str] = {}
    for key in sorted(phase.drawdowns):
        drawdown, path = phase.drawdowns[key], ("phases", name, "drawdowns", key)
        if path in checker.damaged:
            continue
        cells = cells_of(checker.file, drawdown.of, drawdown.at)
        who, where = next((cell for cell in cells if cell in taken), ("", ""))
        if who:
            also = taken[who, where]
            message = f"found {who} at {where}, whom '{also}' moves too, wanted one drawdown for them in a phase"
            checker.report(path, message, key=True)
        for cell in cells:
            taken.setdefault(cell, key)


def _check_drawdown(checker: Checker, drawdown: Drawdown, path: Path) -> None:
    if checker.everybody and path not in checker.damaged:
        _check_places(checker, drawdown, path)
        _check_cargo(checker, drawdown, path)
        _check_levels(checker, drawdown, path)
    checker.expect("locations", drawdown.order or (), (*path, "order"))
    checker.expect("locations", drawdown.to, (*path, "to"))
    for name, destination in drawdown.to.items():
        here = (*path, "to", name)
        checker.expect("lift", destination.by or (), (*here, "by"))
        checker.expect("stations", destination.through or (), (*here, "through"))
    _check_shares(checker, drawdown, path)


def _check_places(checker: Checker, drawdown: Drawdown, path: Path) -> None:
    """Report an order of other places, and a destination that people are taken from."""
    file = checker.file
    locations = locations_at(file, drawdown.at)
    for index, name in enumerate(drawdown.order or ()):
        if name in file.locations and name not in locations:
            near = did_you_mean(name, locations)
            checker.report((*path, "order", index), f"found '{name}', wanted a location of the drawdown{near}")
    for name in drawdown.to:
        if name in locations:
            message = f"found '{name}', where the drawdown takes them from, wanted another place"
            checker.report((*path, "to", name), message, key=True)


def _check_cargo(checker: Checker, drawdown: Drawdown, path: Path) -> None:
    """Report a drawdown of people and loads together, or of nobody."""
    file = checker.file
    if not cells_of(file, drawdown.of, drawdown.at):
        checker.report(path, "found a selection of nobody, wanted a contingent and a place", key=True)
        return
    if len({file.contingents[each].loads is not None for each in contingents_of(file, drawdown.of)}) > 1:
        where = (*path, "of") if drawdown.of else path
        message = "found people and loads in one drawdown, wanted one of each: they are counted apart"
        checker.report(where, message, key=True)


def _check_shares(checker: Checker, drawdown: Drawdown, path: Path) -> None:
    shares = {name: each.share for name, each in drawdown.to.items()}
    for name, share in shares.items():
        if share is None and len(shares) > 1:
            message = "found no `share`, wanted one for each of several destinations"
            checker.report((*path, "to", name), message, key=True)
    plains = [each.plain for each in shares.values() if each is not None and each.plain is not None]
    if len(plains) == len(shares) and abs(sum(plains) - 1) > 1e-6:
        checker.report((*path, "to"), f"found shares that add up to {sum(plains):g}, wanted 1")


def _check_levels(checker: Checker, drawdown: Drawdown, path: Path) -> None:
    file = checker.file
    before: Plain | None = None
    standing = _plain_strength(checker, drawdown)
    unit = "loads" if all(file.contingents[each].loads for each in contingents_of(file, drawdown.of)) else "persons"
    for day in sorted(drawdown.schedule):
        level = drawdown.schedule[day].expression
        here = (*path, "schedule", day.isoformat())
        if not isinstance(level, Plain):
            continue
        found = _level(level, unit)
        if before and before.kind == level.kind and level.value > before.value:
            checker.report(here, f"found {found} after {_level(before, unit)}, wanted a level that does not rise")
        elif level.kind == "percent" and level.value > 1:
            checker.report(here, f"found {found}, wanted at most 100%")
        elif level.kind == "number" and standing is not None and level.value > standing:
            checker.report(here, f"found {found}, wanted at most the {standing:g} {unit} that stand there")
        before = level


def _level(level: Plain, unit: str) -> str:
    return f"{level.value * 100:g}%" if level.kind == "percent" else f"{level.value:g} {unit}"


def _plain_strength(checker: Checker, drawdown: Drawdown) -> float | None:
    """Return how many stand in the cells at `start` if the file states it outright and nobody shifts in."""
    contingents = contingents_of(checker.file, drawdown.of)
    places = set(locations_at(checker.file, drawdown.at))
    shifted = any(places & checker.brought[each] for each in contingents)
    return None if shifted else standing_at_start(checker.file, contingents, places)


def standing_at_start(file: ScenarioFile, contingents: list[str], places: set[str]) -> float | None:
    """Return how many of some contingents stand at some locations at `start`, if the file states it outright."""
    total = 0.0
    for contingent in contingents:
        part = file.contingents[contingent]
        weights = {key: weight.plain for key, weight in part.at.items()}
        if not places & set(weights):
            continue
        values = [value for value in weights.values() if value is not None]
        size, whole = part.personnel or part.loads, set(weights) <= places
        if size is None or size.plain is None or (not whole and len(values) < len(weights)):
            return None
        share = 1.0 if whole else sum(weights[key] or 0 for key in weights if key in places) / (sum(values) or 1)
        total += size.plain * share
    return total
