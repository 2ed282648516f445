"""What `of` and `at` select: contingents by id or nation, locations by id, group or country."""

from __future__ import annotations

from collections.abc import Iterable

from posture.scenario.scenario_file import ScenarioFile

Cell = tuple[str, str]
"""One contingent at one location."""


def contingent_names(file: ScenarioFile) -> set[str]:
    """Return every name that `of` may use."""
    return set(file.contingents) | {each.nation for each in file.contingents.values() if each.nation}


def location_names(file: ScenarioFile) -> set[str]:
    """Return every name that `at` may use."""
    places = file.locations.values()
    groups = {group for each in places for group in each.groups}
    return set(file.locations) | groups | {each.country for each in places if each.country}


def contingents_of(file: ScenarioFile, names: Iterable[str] | None) -> list[str]:
    """Return the contingents selected, in plan order; one that is not counted only by its own id."""
    if names is None:
        return sorted(key for key, each in file.contingents.items() if each.counted)
    named, contingents = set(names), file.contingents
    nations = {name for name in named if name not in contingents}
    return sorted(key for key, each in contingents.items() if key in named or (each.counted and each.nation in nations))


def locations_at(file: ScenarioFile, names: Iterable[str] | None) -> list[str]:
    """Return the locations selected, in plan order; one that is outside only by its own id."""
    inside = {key: each for key, each in file.locations.items() if not each.outside}
    if names is None:
        return sorted(inside)
    named = set(names)
    groups = {name for name in named if name not in file.locations}
    by_group = {key for key, each in inside.items() if each.country in groups or not groups.isdisjoint(each.groups)}
    return sorted(by_group | (named & set(file.locations)))


def cells_of(file: ScenarioFile, of: Iterable[str] | None, at: Iterable[str] | None) -> list[Cell]:
    """Return the cells that `of` and `at` both name, in plan order."""
    locations = locations_at(file, at)
    return [(contingent, location) for contingent in contingents_of(file, of) for location in locations]


def brought_to(file: ScenarioFile) -> dict[str, set[str]]:
    """Return, for each contingent, the locations that a drawdown or an event may bring some of it to."""
    brought: dict[str, set[str]] = {name: set() for name in file.contingents}
    for phase in file.phases.values():
        for drawdown in phase.drawdowns.values():
            for name in contingents_of(file, drawdown.of):
                brought[name].update(drawdown.to)
    for event in file.events.values():
        for move in (each.move for each in event.effects.values() if each.move):
            for name in contingents_of(file, move.of):
                brought[name].update(locations_at(file, move.to))
    return brought
