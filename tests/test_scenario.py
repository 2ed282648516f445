"""A scenario as a value: its hash, its copies, its words."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import SMALLEST, Builder

from posture.errors import ScenarioError
from posture.scenario.findings import Finding, Mark
from posture.scenario.scenario import Scenario, load

RELAID = """\
# The same, laid out otherwise.
lift: {trucks: {judgement: invented, transit_days: 0.0, "cycle_days": 0, 'seats': 0x3C, slots: 9.0}}
milestones: {all-out: {strength: {at_most: 0, at: northport}, by: '2030-01-09', judgement: "invented"}}
phases: {exit: {judgement: invented, drawdowns: {alpha-home: {to: {home: {by: trucks}},
  schedule: {'2030-01-09': 0e0}, of: alpha, at: northport}}, starts: 2030-01-01}}
contingents: {alpha: {at: northport, judgement: invented, nation: Alphaland, personnel: 1.8e2, tours: ~}}
locations: {home: {outside: TRUE}, northport: {country: Northland, capacity: null}}
assumptions: {}
end: 2030-12-31
start: 2030-01-01
name: >-
  Two hundred
  leave northport
posture: 1
"""


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str], Scenario]:
    """Load a text."""

    def loaded(text: str) -> Scenario:
        (tmp_path / "plan.yaml").write_text(text, encoding="utf-8")
        return load(tmp_path / "plan.yaml")

    return loaded


def test_the_hash_does_not_depend_on_the_layout(read: Callable[[str], Scenario]):
    """Order of keys, quotes, comments, folding, 180 as 1.8e2, keys that are null: all the same statement."""
    assert read(RELAID).hash == read(SMALLEST).hash


@pytest.mark.parametrize(
    ("stated", "otherwise"),
    [
        ("personnel: 180", "personnel: 181"),
        ("name: Two", "name: two"),
        ("transit_days: 0,", "transit_days: 0.0001,"),
        ("outside: true", "outside: true, title: Home"),
        ("nation: Alphaland", "nation: Alphalånd"),
    ],
)
def test_the_hash_depends_on_every_statement(read: Callable[[str], Scenario], stated: str, otherwise: str):
    """One person, one letter, one title more."""
    assert read(SMALLEST.replace(stated, otherwise)).hash != read(SMALLEST).hash


def test_the_canonical_form_is_json_that_states_the_same(read: Callable[[str], Scenario], scenario: Builder):
    """Sorted keys, whole numbers whole; read as a file it gives the same hash."""
    canonical = scenario().canonical_json()

    assert list(json.loads(canonical)) == sorted(json.loads(canonical))
    assert read(canonical).hash == scenario().hash


def test_the_hash_is_the_same_after_extending(tmp_path: Path):
    """Split over two files it states the same."""
    head, rest = SMALLEST.split("assumptions: {}\n")
    (tmp_path / "whole.yaml").write_text(SMALLEST, encoding="utf-8")
    (tmp_path / "split.yaml").write_text(head + "extends: rest.yaml\n", encoding="utf-8")
    (tmp_path / "rest.yaml").write_text("assumptions: {}\n" + rest, encoding="utf-8")

    assert load(tmp_path / "split.yaml").hash == load(tmp_path / "whole.yaml").hash


def test_a_scenario_survives_pickling(scenario: Builder):
    """A worker gets it by pickle: the same hash, the same warnings, and it can still be varied."""
    original = scenario({"lift.trucks.slots": 2})

    copy = pickle.loads(pickle.dumps(original))  # our own bytes

    assert (copy.hash, copy.warnings, copy.document) == (original.hash, original.warnings, original.document)
    assert copy.vary({"lift.trucks.slots": 3}).hash == original.vary({"lift.trucks.slots": 3}).hash


def test_an_error_survives_pickling():
    """It comes back from a worker with its findings."""
    error = ScenarioError([Finding(Mark("plan.yaml", 3, 4), ("end",), "found it")])

    copy = pickle.loads(pickle.dumps(error))  # our own bytes

    assert (copy.findings, str(copy)) == (error.findings, "plan.yaml:3:4: error: end: found it")


def test_nothing_of_a_scenario_can_be_set(scenario: Builder):
    """Parts are frozen, and so is the scenario."""
    smallest = scenario()

    with pytest.raises(AttributeError):
        smallest.document = smallest.document  # type: ignore[misc]
    with pytest.raises(ValueError, match="frozen"):
        smallest.parts.name = "another"  # type: ignore[misc]


def test_a_scenario_says_what_it_is(scenario: Builder):
    """Name, days and the first eight digits of the hash."""
    smallest = scenario()

    assert repr(smallest) == (
        f"<Scenario 'Two hundred leave northport', 2030-01-01 to 2030-12-31, {smallest.hash[:8]}>"
    )


def test_an_unknown_variant_is_told_the_nearest(scenario: Builder):
    """Variants are asked for by id."""
    varied = scenario({"variants": {"slow-lift": {"set": {"lift.trucks.slots": 1}}}})

    with pytest.raises(ScenarioError, match="found no 'slow-lft'; did you mean 'slow-lift'"):
        varied.variant("slow-lft")
