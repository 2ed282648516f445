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
    found = set()
    for name in names:
        by_nation = {key for key, each in file.contingents.items() if each.counted and each.nation == name}
        found |= {name} if name in file.contingents else by_nation
    return sorted(found)


def locations_at(file: ScenarioFile, names: Iterable[str] | None) -> list[str]:
    """Return the locations selected, in plan order; one that is outside only by its own id."""
    inside = {key: each for key, each in file.locations.items() if not each.outside}
    if names is None:
        return sorted(inside)
    found = set()
    for name in names:
        by_group = {key for key, each in inside.items() if name in each.groups or each.country == name}
        found |= {name} if name in file.locations else by_group
    return sorted(found)


def cells_of(file: ScenarioFile, of: Iterable[str] | None, at: Iterable[str] | None) -> list[Cell]:
    """Return the cells that `of` and `at` both name, in plan order."""
    locations = locations_at(file, at)
    return [(contingent, location) for contingent in contingents_of(file, of) for location in locations]
