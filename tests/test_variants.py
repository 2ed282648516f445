"""Variants, revisions and differences: what is laid over a scenario, and what then stands otherwise."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from posture.errors import ScenarioError
from posture.scenario.loading import check
from posture.scenario.scenario import Scenario, load
from posture.study.runs import run_scenario
from posture.study.store import read_run, write_run

PART = """
posture: 1
locations: {northport: {country: Northland}, home: {outside: true}}
contingents: {alpha: {nation: Alphaland, personnel: 100, at: northport, judgement: invented}}
lift: {trucks: {slots: 1, seats: 10, cycle_days: 1, transit_days: 1, judgement: invented}}
phases:
  exit:
    starts: 2030-01-01
    gate: {review_every_days: 3, passes: 0.5}
    judgement: invented
    drawdowns:
      alpha-home: {of: alpha, schedule: {2030-06-30: 0}, to: {home: {by: trucks}}}
milestones:
  ended: {by: 2030-06-30, phase: exit, judgement: invented}
"""
SCENARIO = """posture: 1
name: A hundred leave
extends: part.yaml
start: 2030-01-01
end: 2031-01-01
variants:
  no-gate: {title: Nobody decides, set: {phases.exit.gate: null, contingents.alpha.personnel: 50}}
revisions:
  known: {announced: 2029-12-01, judgement: invented, set: {contingents.alpha.personnel: 90}}
  second: {announced: 2030-04-01, judgement: invented, set: {phases.exit.drawdowns.alpha-home.schedule: {2030-07-31: 50, 2030-08-31: 0}}}
  first: {announced: 2030-03-01, judgement: invented, set: {phases.exit.drawdowns.alpha-home.schedule: {2030-06-30: null, 2030-07-31: 0}}}
"""  # noqa: E501  # one entry a line, as files are written


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Write the scenario and the part it extends."""
    (tmp_path / "part.yaml").write_text(PART, encoding="utf-8")
    (tmp_path / "plan.yaml").write_text(SCENARIO, encoding="utf-8")
    return tmp_path / "plan.yaml"


def schedule(scenario: Scenario) -> dict[str, float | None]:
    """Return the one schedule as plain numbers."""
    steps = scenario.parts.phases["exit"].drawdowns["alpha-home"].schedule
    return {day.isoformat(): level.plain for day, level in sorted(steps.items())}


def test_a_plain_load_sees_what_was_known_at_the_start(file: Path):
    """The revision of December 2029 counts, those of 2030 do not."""
    scenario = load(file)

    assert scenario.parts.contingents["alpha"].personnel.plain == 90
    assert schedule(scenario) == {"2030-06-30": 0}


def test_revisions_are_laid_over_in_the_order_of_their_announcement(file: Path):
    """In March the exit moves to July; in April half of it moves on to August. The file names April first."""
    scenario = load(file)

    march, april = scenario.revised(date(2030, 3, 1)), scenario.revised(date(2030, 4, 1))

    assert schedule(march) == {"2030-07-31": 0}
    assert schedule(april) == {"2030-07-31": 50, "2030-08-31": 0}


def test_a_variant_is_applied_only_when_asked_for(file: Path):
    """Without its gate, and fifty in place of ninety; an unknown one is told with the nearest."""
    scenario = load(file)

    variant = scenario.variant("no-gate")

    assert scenario.parts.phases["exit"].gate is not None
    assert variant.parts.phases["exit"].gate is None
    with pytest.raises(ScenarioError, match="did you mean 'no-gate'"):
        scenario.variant("no-gat")


def test_what_a_variant_shows_is_headed_by_it(file: Path, tmp_path: Path):
    """Its title after the name, also with a value set on top of it, and in a run that is read back."""
    varied = load(file).variant("no-gate").vary({"contingents.alpha.personnel": 40})
    write_run(run_scenario(varied, replications=1), tmp_path / "run")

    assert load(file).title == "A hundred leave"
    assert varied.title == "A hundred leave: Nobody decides"
    assert read_run(tmp_path / "run").scenario.title == varied.title


def test_a_difference_names_every_value_that_stands_otherwise(file: Path):
    """Two overrides, two lines; a scenario differs from itself in nothing."""
    scenario = load(file)

    found = [str(each) for each in scenario.diff(scenario.variant("no-gate"))]

    assert found == [
        "contingents.alpha.personnel: 90 -> 50",
        "phases.exit.gate: {review_every_days: 3, passes: 0.5} -> -",
    ]
    assert scenario.diff(scenario) == []


def test_each_value_remembers_the_file_and_line_that_set_it(file: Path):
    """The gate stands in the part, line 8; the personnel of the variant in the scenario itself, line 7."""
    variant = load(file).variant("no-gate")

    gate = load(file).document.mark(("phases", "exit", "gate", "passes"))
    personnel = variant.document.mark(("contingents", "alpha", "personnel"))

    assert (Path(gate.file).name, gate.line) == ("part.yaml", 9)
    assert (Path(personnel.file).name, personnel.line) == ("plan.yaml", 7)


@pytest.mark.parametrize(
    ("right", "wrong", "line"),
    [
        ("phases.exit.gate: null", "phases.exit.gat: 3", 7),
        ("2030-08-31: 0", "2035-08-31: 0", 10),
        ("set: {contingents.alpha.personnel: 90}", "set: {contingents.alhpa.personnel: 90}", 9),
    ],
)
def test_what_is_wrong_in_a_variant_or_revision_is_found_at_its_line(file: Path, right: str, wrong: str, line: int):
    """A misspelt key, a date after the end, a misspelt id: each found before anybody asks for it."""
    text = file.read_text(encoding="utf-8")
    assert right in text
    file.write_text(text.replace(right, wrong), encoding="utf-8")

    findings = check(file)

    assert [(each.mark.line, each.severity) for each in findings if each.severity == "error"] == [(line, "error")]
