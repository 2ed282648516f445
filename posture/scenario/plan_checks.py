"""Errors of meaning in who stands where and in the plan: contingents, phases, drawdowns."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

from posture.scenario.checking import Checker
from posture.scenario.findings import Path, did_you_mean
from posture.scenario.plans import Drawdown, Phase
from posture.scenario.quantities import Plain
from posture.scenario.scenario_file import ScenarioFile
from posture.scenario.selections import cells_of, contingents_of, locations_at


def check_contingents(checker: Checker) -> None:
    """Check that a name that is an id and a nation or group means one thing, and that somebody stands somewhere."""
    file = checker.file
    for name, contingent in file.contingents.items():
        path = ("contingents", name)
        if (contingent.personnel is None) == (contingent.loads is None):
            checker.report(path, "found both or neither, wanted either `personnel` or `loads`", key=True)
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
        checker.expect("stations", destination.through or (), (*here, "through"))
    _check_cargo(checker, drawdown, path)
    _check_shares(checker, drawdown, path)
    _check_levels(checker, drawdown, path)


def _check_cargo(checker: Checker, drawdown: Drawdown, path: Path) -> None:
    """Report a drawdown of people and loads together, or of nobody."""
    file = checker.file
    kinds = {file.contingents[each].loads is not None for each in contingents_of(file, drawdown.of)}
    if len(kinds) > 1:
        where = (*path, "of") if drawdown.of else path
        checker.report(
            where, "found people and loads in one drawdown, wanted one of each: they are counted apart", key=True
        )
    if not cells_of(file, drawdown.of, drawdown.at):
        checker.report(path, "found a selection of nobody, wanted a contingent and a place", key=True)


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
