"""What `of` and `at` select."""

from __future__ import annotations

import pytest
from conftest import Builder

from posture.scenario.scenario_file import ScenarioFile
from posture.scenario.selections import (
    brought_to,
    cells_of,
    contingent_names,
    contingents_of,
    location_names,
    locations_at,
)


@pytest.fixture
def file(scenario: Builder) -> ScenarioFile:
    """Three contingents of two nations, one not counted; two places in a country, one in a group, and home."""
    return scenario(
        {
            "locations.southport": {"country": "Northland", "groups": ["coast"]},
            "contingents.bravo": {"nation": "Alphaland", "personnel": 50, "at": "southport", "judgement": "invented"},
            "contingents.cooks": {
                "nation": "Alphaland",
                "personnel": 9,
                "at": "southport",
                "counted": False,
                "judgement": "invented",
            },
        }
    ).parts


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (None, ["alpha", "bravo"]),
        (["Alphaland"], ["alpha", "bravo"]),
        (["bravo", "alpha"], ["alpha", "bravo"]),
        (["cooks"], ["cooks"]),
        (["Alphaland", "cooks"], ["alpha", "bravo", "cooks"]),
        (["nobody"], []),
    ],
)
def test_who_is_not_counted_is_selected_by_its_own_id_alone(file: ScenarioFile, names: list[str], chosen: list[str]):
    """The nation has three, the cooks are left out of it; the order is that of ids, never that of the list."""
    assert contingents_of(file, names) == chosen


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (None, ["northport", "southport"]),
        (["Northland"], ["northport", "southport"]),
        (["coast"], ["southport"]),
        (["home"], ["home"]),
        (["coast", "northport"], ["northport", "southport"]),
        (["nowhere"], []),
    ],
)
def test_what_is_outside_is_selected_by_its_own_id_alone(file: ScenarioFile, names: list[str], chosen: list[str]):
    """A country and a group name the places in them; home is in none."""
    assert locations_at(file, names) == chosen


def test_cells_are_all_pairs_in_plan_order(file: ScenarioFile):
    """Two contingents at two places, whoever stands where: contingents first."""
    assert cells_of(file, None, None) == [
        ("alpha", "northport"),
        ("alpha", "southport"),
        ("bravo", "northport"),
        ("bravo", "southport"),
    ]


def test_names_are_ids_nations_groups_and_countries(file: ScenarioFile):
    """What a selection may say."""
    assert contingent_names(file) == {"alpha", "bravo", "cooks", "Alphaland"}
    assert location_names(file) == {"northport", "southport", "home", "coast", "Northland"}


def test_drawdowns_and_moves_bring_those_they_select(scenario: Builder):
    """The drawdown takes alpha home, the event brings bravo, and bravo alone, to the coast."""
    move = {"of": "bravo", "from": "northport", "to": "coast", "persons": 5}
    file = scenario(
        {
            "locations.southport": {"groups": ["coast"]},
            "contingents.bravo": {"personnel": 50, "at": "northport", "judgement": "invented"},
            "events": {"alarm": {"on": "2030-01-05", "effects": {"shift": {"move": move}}, "judgement": "invented"}},
        }
    ).parts

    assert brought_to(file) == {"alpha": {"home"}, "bravo": {"southport"}}
