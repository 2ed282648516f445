"""Warnings of meaning: each in a file that runs, and gone once its author has seen to it."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import SMALLEST, Builder

from posture.scenario.loading import check

SOURCES = {"S1": {"title": "An order", "publisher": "A ministry", "date": "2030-02"}}


def said(scenario: Builder, settings: dict[str, object]) -> list[tuple[str, str]]:
    """Return the paths and messages of the warnings of the smallest scenario with values set."""
    return [(".".join(map(str, each.path)), each.message) for each in scenario(settings).warnings]


def test_the_smallest_scenario_is_quiet(scenario: Builder):
    """Whatever is said below is said because of what was set."""
    assert said(scenario, {}) == []


def assumption(value: object, unit: str) -> dict[str, object]:
    """Return an assumption of the test's own."""
    return {"value": value, "unit": unit, "judgement": "invented"}


UNSURE = {"review_every_days": {"uniform": [5, 9]}, "passes": 0.5}

CASES = [
    (
        {"assumptions.idle": assumption(3, "days")},
        "assumptions.idle",
        "nothing uses it, so it changes nothing",
    ),
    (
        {"phases.exit.gate": {"review_every_days": 7, "passes": 0}},
        "phases.exit.gate.passes",
        "the gate can never pass",
    ),
    (
        {
            "assumptions.never": assumption({"uniform": [0, 0]}, "probability"),
            "phases.exit.gate": {"review_every_days": 7, "passes": "never"},
        },
        "phases.exit.gate.passes",
        "the gate can never pass",
    ),
    (
        {"phases.exit.drawdowns.alpha-home.gate": {"review_every_days": 7, "passes": {"uniform": [0, 0]}}},
        "phases.exit.drawdowns.alpha-home.gate.passes",
        "the gate can never pass",
    ),
    (
        {"lift.trucks.slots": 0},
        "lift.trucks.slots",
        "it has no slots, so nobody ever goes by it",
    ),
    (
        {"stations": {"wash": {"slots": 0, "service_days": 1, "judgement": "invented"}}},
        "stations.wash.slots",
        "it has no slots, so nobody ever goes by it",
    ),
    (
        {"locations.northport.capacity": 179, "locations.northport.judgement": "invented"},
        "locations.northport.capacity",
        "180 stand there at the start, more than the 179 it can take",
    ),
    (
        {
            "locations.southport": {},
            "phases.exit.drawdowns.nobody": {
                "of": "alpha",
                "at": "southport",
                "schedule": {"2030-05-01": 0},
                "to": {"home": {}},
            },
        },
        "phases.exit.drawdowns.nobody",
        "nobody ever stands where it takes people from",
    ),
    (
        {
            "contingents.bravo": {"personnel": 5, "at": "northport", "judgement": "invented"},
            "milestones.bravo-out": {
                "by": "2030-05-01",
                "strength": {"of": "bravo", "at": "northport", "at_most": 0},
                "judgement": "invented",
            },
        },
        "milestones.bravo-out",
        "no drawdown moves towards it",
    ),
    (
        {"end": "2030-07-07"},
        "end",
        "2030-07-07 is less than 180 days after the last milestone, 2030-01-09: lateness beyond it is cut off",
    ),
    (
        {"phases.exit.gate": UNSURE, "lift.trucks.transit_days": {"uniform": [1, 2]}},
        "phases",
        "its 2 uncertain slips share no assumption: independent slips cancel out and look too sure",
    ),
    (
        {"contingents.alpha.judgement": None},
        "contingents.alpha",
        "its figures have neither a `source` nor a `judgement`",
    ),
    (
        {"phases.exit.judgement": None, "phases.exit.drawdowns.alpha-home.judgement": "invented"},
        "phases.exit",
        "its figures have neither a `source` nor a `judgement`",
    ),
    (
        {"sources": SOURCES, "contingents.alpha.source": "S1"},
        "contingents.alpha.source",
        "'S1' was published on 2030-02, after the start, 2030-01-01: hindsight",
    ),
]


@pytest.mark.parametrize(("settings", "path", "message"), CASES)
def test_what_runs_and_may_not_mean_what_was_meant_is_warned_of(
    scenario: Builder, settings: dict[str, object], path: str, message: str
):
    """One warning, at its path; 7 July is 179 days after 9 January."""
    assert said(scenario, settings) == [(path, message)]


@pytest.mark.parametrize(
    "settings",
    [
        {"end": "2030-07-08"},  # 180 days after 9 January
        {"locations.northport": {"capacity": 180, "judgement": "invented"}},
        {
            "locations.northport": {"capacity": 180, "judgement": "invented"},  # in persons: crates take none of it
            "contingents.crates": {"loads": 99, "at": "northport", "judgement": "invented"},
        },
        {
            "assumptions.friction": assumption({"uniform": [1, 2]}, "factor"),
            "phases.exit.gate": {"review_every_days": {"times": "friction", "of": 7}, "passes": 0.5},
            "lift.trucks.transit_days": {"times": "friction", "of": {"uniform": [1, 2]}},
        },
        {
            "assumptions.friction": assumption({"uniform": [1, 2]}, "factor"),
            "assumptions.transit": assumption({"times": "friction", "of": 2}, "days"),
            "lift.trucks.transit_days": "transit",
        },
        {"phases.exit.gate": UNSURE},  # a single slip
        {"phases.exit.gate": {"review_every_days": 7, "passes": 1e-9}},
        {"sources": SOURCES, "start": "2030-02-01", "phases.exit.starts": "2030-02-01"}
        | {"phases.exit.drawdowns.alpha-home.schedule": {"2030-01-09": None, "2030-02-09": 0}}
        | {"milestones.all-out.by": "2030-02-09", "contingents.alpha.source": "S1"},
        {
            "sources": {"S1": SOURCES["S1"] | {"restates": "2029"}},
            "contingents.alpha.source": "S1",
        },
        {
            "sources": SOURCES,
            "observed.milestones": {"all-out": {"met_on": "2030-02-01", "source": "S1"}},
        },
        {
            "contingents.bravo": {"personnel": 5, "at": "northport", "judgement": "invented"},
            "milestones.bravo-stays": {
                "throughout": ["2030-01-01", "2030-05-01"],
                "strength": {"of": "bravo", "at_least": 1},
                "judgement": "invented",
            },
        },
    ],
)
def test_what_was_seen_to_is_not_warned_of(scenario: Builder, settings: dict[str, object]):
    """At the limit, by one more assumption, by what a source restates; what is observed is no hindsight."""
    assert said(scenario, settings) == []


def test_a_run_may_end_with_the_calendar(scenario: Builder):
    """180 days after the last milestone there is no date; the warning comes all the same."""
    warned = said(
        scenario,
        {
            "start": "9999-01-01",
            "end": "9999-12-31",
            "phases.exit.starts": "9999-01-01",
            "phases.exit.drawdowns.alpha-home.schedule": {"2030-01-09": None, "9999-12-31": 0},
            "milestones.all-out.by": "9999-12-31",
        },
    )

    assert [path for path, _ in warned] == ["end"]


def test_warnings_have_a_place_and_come_in_its_order(scenario: Builder):
    """By line: the run, the location, the lift, the phase."""
    warnings = scenario(
        {"end": "2030-03-01", "lift.trucks.slots": 0, "phases.exit.gate": {"review_every_days": 7, "passes": 0}}
    ).warnings

    assert [each.severity for each in warnings] == ["warning"] * 3
    assert {str(each).split(":")[0] for each in warnings} == {
        "setting end",
        "setting lift.trucks.slots",
        "setting phases.exit.gate",
    }


PART = """
posture: 1
sources:
  S1: {title: A study, publisher: A university, date: 2030-05}
  S2: {title: Another, publisher: A university, date: 2031-01-01}
  S3: {title: An older one, publisher: A university, date: 2029}
assumptions:
  spare: {value: 3, unit: days, source: S1}
  pause: {value: 5, unit: days, source: [S1, S2, S3]}
events:
  strike: {per_year: 0.1, source: S2, effects: {stop: {hold: all, for_days: pause}}}
"""


def test_what_is_inherited_is_warned_of_once_for_its_file_and_may_be_idle(tmp_path: Path):
    """Two of three sources are later than 1 January 2030, named four times: one warning; `spare` is for others."""
    (tmp_path / "shared.yaml").write_text(PART, encoding="utf-8")
    file = tmp_path / "case.yaml"
    file.write_text(SMALLEST.replace("start:", "extends: shared.yaml\nstart:", 1), encoding="utf-8")

    (found,) = check(file)

    assert (found.mark.line, found.path, found.severity) == (4, ("extends",), "warning")
    assert found.message == (
        "2 sources of what shared.yaml assumes are later than the start, 2030-01-01: "
        "hindsight, unless this case is left out of what they were counted from"
    )


def test_what_was_announced_later_may_rest_on_what_was_published_later(scenario: Builder):
    """A revision is not known at the start, and says so by its day; so is no figure of it hindsight."""
    revision = {"announced": "2030-02-01", "source": "S1", "set": {"milestones.all-out.by": "2030-02-09"}}

    assert said(scenario, {"sources": SOURCES, "revisions": {"later": revision}}) == []


def test_a_milestone_may_be_observed_that_only_a_revision_asks_for(scenario: Builder):
    """`half-out` is set by the revision of 1 February: known by name, met on a day, asked of no plain run."""
    half = {"by": "2030-02-09", "strength": {"at_most": 90}, "judgement": "invented"}
    revision = {"announced": "2030-02-01", "set": {"milestones.half-out": half}}

    assert (
        said(scenario, {"revisions": {"later": revision}, "observed.milestones": {"half-out": {"met_on": "never"}}})
        == []
    )
