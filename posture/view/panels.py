"""Which selections a figure of strength shows: totals, then what milestones and observations name, then places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from posture.scenario.findings import did_you_mean
from posture.scenario.questions import Milestone
from posture.scenario.scenario_file import ScenarioFile
from posture.scenario.selections import Cell, cells_of, contingent_names, location_names
from posture.view.labels import selection_title

MOST_PANELS = 9
"""More would be too small to read."""

Names = tuple[str, ...] | None
"""Of a selection; None: all."""


@dataclass(frozen=True, slots=True)
class Panel:
    """One selection, with the milestones and the observed series that are about exactly its people."""

    title: str
    of: Names
    at: Names
    milestones: tuple[str, ...]
    observed: tuple[str, ...]


def choose_panels(file: ScenarioFile, *, moved: Iterable[Cell]) -> tuple[Panel, ...]:
    """Return the panels worth drawing, the most important first, each selection once.

    Parameters
    ----------
    moved
        Cells whose strength changes during the run; where none does, a place is shown only if it was asked about.
    """
    people: dict[frozenset[Cell], tuple[Names, Names]] = {}
    for of, at in _candidates(file, set(moved)):
        if cells := _cells(file, of, at):
            people.setdefault(cells, (of, at))
    selections = list(people.values()) or [(None, None)]
    return tuple(make_panel(file, of=of, at=at) for of, at in selections[:MOST_PANELS])


def make_panel(file: ScenarioFile, *, of: Names = None, at: Names = None) -> Panel:
    """Return the panel of a selection.

    Raises
    ------
    ValueError
        A name is neither a contingent, a nation, a location, a group nor a country.
    """
    for names, legal in ((of, contingent_names(file)), (at, location_names(file))):
        for name in names or ():
            if name not in legal:
                raise ValueError(f"the scenario has no {name!r}{did_you_mean(name, legal)}")
    cells = _cells(file, of, at)
    return Panel(
        title=selection_title(file, of, at),
        of=of,
        at=at,
        milestones=tuple(
            name
            for name, each in file.milestones.items()
            if each.strength and _cells(file, each.strength.of, each.strength.at) == cells
        ),
        observed=tuple(
            name for name, each in file.observed.strength.items() if _cells(file, each.of, each.at) == cells
        ),
    )


def _cells(file: ScenarioFile, of: Names, at: Names) -> frozenset[Cell]:
    """Return the people selected: loads of materiel have no strength."""
    return frozenset(each for each in cells_of(file, of, at) if file.contingents[each[0]].loads is None)


def _candidates(file: ScenarioFile, moved: set[Cell]) -> Iterator[tuple[Names, Names]]:
    yield from _totals(file, moved)
    for milestone in sorted(file.milestones.values(), key=_due):
        if milestone.strength:
            yield milestone.strength.of, milestone.strength.at
    for series in file.observed.strength.values():
        yield series.of, series.at
    for place in sorted(file.locations):
        if not file.locations[place].outside and _cells(file, None, (place,)) & moved:
            yield None, (place,)


def _totals(file: ScenarioFile, moved: set[Cell]) -> Iterator[tuple[Names, Names]]:
    """Yield everybody, where somebody moves in no country; then each country where somebody does."""
    places = sorted({place for _, place in _cells(file, None, None) & moved})
    countries = {file.locations[place].country for place in places}
    if None in countries:
        yield None, None
    for country in sorted(each for each in countries if each is not None):
        yield None, (country,)


def _due(milestone: Milestone) -> date:
    return milestone.by or (milestone.throughout[1] if milestone.throughout else date.max)
