"""Back-tests: which days, which forecasts, what each knows; and the command."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

import posture
from posture.cli import cli
from posture.study.backtests import forecast_days, run_backtest
from posture.study.conditioning import COUNT_ERROR

CASE = """
posture: 1
name: A drawdown that went by plan
start: 2030-01-15
end: 2030-12-31
sources:
  PRESS: {title: Counts, publisher: A paper, date: 2031-01-01, restates: 2030-01-01}
locations:
  northport: {country: Northland}
  home: {outside: true}
contingents:
  alpha: {nation: Alphaland, personnel: 1000, at: northport, source: PRESS}
phases:
  exit:
    starts: 2030-01-15
    source: PRESS
    drawdowns: {alpha-home: {of: alpha, schedule: {2030-05-31: 0}, serial_persons: 10, to: home}}
milestones:
  out: {by: 2030-05-31, strength: {at: northport, at_most: 0}, source: PRESS}
  half: {by: 2030-03-31, strength: {at: northport, at_most: 500}, source: PRESS}
  settled: {by: 2030-05-31, strength: {at: northport, at_most: 900}, source: PRESS}
revisions:
  sooner:
    announced: 2030-03-10
    source: PRESS
    set: {phases.exit.drawdowns.alpha-home.schedule: {2030-05-31: null, 2030-04-30: 0}}
observed:
  strength: {alpha: {file: alpha.csv, of: alpha}}
  milestones:
    out: {met_on: 2030-04-25, source: PRESS}
    half: {met_on: never, source: PRESS}
    settled: {met_on: 2030-02-10, source: PRESS}
"""

COUNTS = """date,actual,low,high,source
2030-02-10,900,,,PRESS
2030-03-20,700,600,800,PRESS
2030-04-01,,,500,PRESS
2030-04-25,0,,,PRESS
"""


@pytest.fixture
def case(tmp_path) -> Path:
    """Write a case with its counts and return its file."""
    (tmp_path / "northland.yaml").write_text(CASE)
    (tmp_path / "alpha.csv").write_text(COUNTS)
    return tmp_path / "northland.yaml"


@pytest.fixture
def made(case):
    """Back-test it."""
    return run_backtest({"northland": posture.load(case)}, replications=200)


def test_a_case_is_forecast_as_of_its_start_each_announcement_and_the_first_of_each_month(case):
    """From 15 January; announced on 10 March; the last count, and day met, is 25 April."""
    days = [date(2030, 1, 15), date(2030, 2, 1), date(2030, 3, 1), date(2030, 3, 10), date(2030, 4, 1)]

    assert forecast_days(posture.load(case)) == days


def test_every_later_count_is_forecast(made):
    """Four counts after 15 January and 1 February, three after 1 and 10 March, the last after 1 April."""
    counts = {}
    for each in made.strengths:
        counts[each.as_of] = counts.get(each.as_of, 0) + 1

    assert list(counts.values()) == [4, 4, 3, 3, 1]
    assert made.card.unscored == 4


def test_a_forecast_knows_the_count_of_the_day_and_no_later_one(made):
    """As of 1 March 900 stand, of 10 February; straight to 0 on 31 May, 92 days on, of which 20 are gone on the 20th.

    900 x (1 - 20/92) = 704 in the last minute, give or take the serials of one line: nobody else is in the way.
    """
    (forecast,) = [each for each in made.strengths if each.as_of == date(2030, 3, 1) and each.day == date(2030, 3, 20)]

    assert np.median(forecast.samples) == pytest.approx(704, rel=0.02)
    assert forecast.baselines["no change"].tolist() == [900]


def test_the_error_of_counting_is_in_a_forecast(made):
    """Nothing else is uncertain here: a twentieth of what stands, standard deviation; nobody is nobody."""
    spread = [each.samples.std() / each.samples.mean() for each in made.strengths if each.samples.mean() > 0]

    assert spread == pytest.approx([COUNT_ERROR] * len(spread), rel=0.15)


def test_a_plan_is_unknown_before_its_day(made):
    """The count of 25 April: as of 1 March the line runs to 31 May, as of 10 March to 30 April."""
    by_day = {each.as_of: each for each in made.strengths if each.day == date(2030, 4, 25)}

    assert np.median(by_day[date(2030, 3, 1)].samples) > 2 * np.median(by_day[date(2030, 3, 10)].samples)
    assert by_day[date(2030, 3, 1)].baselines["plan to the letter"][0] > 200
    assert by_day[date(2030, 3, 10)].baselines["plan to the letter"][0] < 60


def test_milestones_are_forecast_until_they_are_settled(made):
    """`settled` came on 10 February, so two forecasts; `half`, never met, was due on 31 March: four; `out`: five."""
    counts = {}
    for each in made.milestones:
        counts[each.milestone] = counts.get(each.milestone, 0) + 1

    assert counts == {"settled": 2, "half": 4, "out": 5}
    assert {each.milestone: each.met for each in made.milestones} == {"settled": True, "half": False, "out": True}


def test_a_case_without_anything_observed_is_refused(scenario):
    """The smallest scenario has no counts and no outcomes."""
    with pytest.raises(ValueError, match="found nothing to foretell in small"):
        run_backtest({"small": scenario()}, replications=2)


def told(*arguments: object) -> Result:
    """Return what the command printed and its exit status."""
    return CliRunner().invoke(cli, ["backtest", *(str(each) for each in arguments)])


def test_the_command_takes_a_folder_and_prints_scores(case):
    """The folder has one case and a CSV file beside it; JSON has a row a score."""
    rows = json.loads(told(case.parent, "-n", 20, "--format", "json").stdout)

    assert {row["part"] for row in rows if row["scope"] == "case"} == {"northland"}
    assert "crps-skill" in {row["name"] for row in rows}


def test_the_command_writes_report_page_and_tables(case, tmp_path):
    """A folder that is not there yet is made; nothing but what was asked for is in it."""
    done = told(case, "-n", 20, "--report", tmp_path / "new" / "r.html", "--page", tmp_path / "new" / "p.md")

    assert done.exit_code == 0
    assert {each.name for each in (tmp_path / "new").iterdir()} == {"r.html", "p.md"}
    assert "Credibility card" in (tmp_path / "new" / "p.md").read_text()


def test_a_scenario_with_nothing_observed_is_a_usage_error(tmp_path):
    """A plain scenario: said what was found and what was wanted."""
    CliRunner().invoke(cli, ["new", str(tmp_path / "plan.yaml")])
    done = told(tmp_path / "plan.yaml")

    assert done.exit_code == 2
    assert "wanted a past drawdown to forecast" in done.stderr
