"""What a back-test shows, written down: verdicts, weaknesses, the card, the page, the report and the CSV files."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

import posture
from posture.scenario.observed import Observation
from posture.study.backtests import Backtest
from posture.study.estimates import Interval
from posture.study.forecasts import REFERENCE_CLASS, MilestoneForecast, StrengthForecast
from posture.study.scores import BEST_SIMPLE, Score, ScoreCard, score_forecasts
from posture.study.verdicts import judge, long_card, misjudged, worst_case
from posture.view.backtested import backtest as run
from posture.view.credibility import credibility_card, credibility_table
from posture.view.validation import (
    WANTED,
    forecast_csv,
    milestone_csv,
    page_text,
    report_text,
    score_csv,
    skill_grid,
    verdict_table,
)
from posture.view.weaknesses import COMMON_REASONS, REASONS, misjudged_table, reasons, weaknesses

START = date(2030, 1, 1)


def strength(case: str, lead: int, samples: list[int], counted: int | None, line: float = 60) -> StrengthForecast:
    """Return a forecast as of 1 January of a force of 100, with two baselines."""
    day = date.fromordinal(START.toordinal() + lead)
    return StrengthForecast(
        case=case,
        selection="all",
        as_of=START,
        day=day,
        observation=Observation(day, counted, None, 80, "S"),
        scale=100.0,
        samples=np.array(samples, dtype=np.int64),
        baselines={"straight line": np.array([line]), "no change": np.array([100.0])},
    )


def milestone(case: str, p: float, *, met: bool, name: str = "out") -> MilestoneForecast:
    """Return a forecast of a milestone due on 31 January, against a reference class that says one half."""
    p_met = Interval(p, max(0.0, p - 0.1), min(1.0, p + 0.1))
    return MilestoneForecast(case, name, START, date(2030, 1, 31), met, p_met, {REFERENCE_CLASS: 0.5})


@pytest.fixture
def made(scenario) -> Backtest:
    """Return three cases of made-up forecasts: short leads right on it, long ones 10 off where the line is 20 off."""
    cases = ("alpha|2030", "bravo", "charlie")
    strengths = [
        forecast
        for case in cases
        for forecast in (
            strength(case, 30, [40], 40),
            strength(case, 90, [50], 40),
            strength(case, 120, [40], None),
        )
    ]
    milestones = [milestone(case, 0.9, met=True) for case in cases]
    milestones.append(milestone("bravo", 0.8, met=False, name="<b>half"))
    card = score_forecasts(strengths, milestones)
    return Backtest(dict.fromkeys(cases, scenario()), 2, 1, True, tuple(strengths), tuple(milestones), card)


def found(backtest: Backtest) -> dict[str, tuple[float | None, bool]]:
    """Return what each verdict found and whether it is reached."""
    return {each.name: (each.score.value, each.reached) for each in judge(backtest)}


def test_each_figure_wanted_is_judged_by_its_number(made):
    """CRPS at 60 days and more is 10 % against the line's 20 %: skill 1/2. In half of all forecasts the band holds.

    Brier: 0.01, (0.01 + 0.64) / 2 and 0.01 by case, mean 0.115, against 0.25: skill 0.54. PIT of one member right on it
    is flat, of one above it flat up to a half: the outer tenths have (0.1 + 0.2) / 2 and 0.1 / 2, which just does.
    """
    verdicts = found(made)

    assert verdicts["bands-by-case"] == (0.5, False)
    assert verdicts["bands"] == (0.5, False)
    assert verdicts["pit"] == (pytest.approx(0.2), True)
    assert verdicts["long-skill"] == (pytest.approx(0.5), True)
    assert verdicts["worst-case"] == (pytest.approx(0.75), True)
    assert verdicts["brier"] == (pytest.approx(0.54), True)
    assert set(verdicts) == set(WANTED)


def test_a_lead_of_sixty_days_is_long_and_one_of_59_is_not(made):
    """Two forecasts of one case, one of them counts."""
    forecasts = (strength("alpha", 59, [50], 40), strength("alpha", 60, [50], 40))

    score = long_card(replace(made, strengths=forecasts)).find("crps")

    assert score is not None
    assert score.forecasts == 1


def test_the_worst_case_is_the_one_without_bound():
    """No skill at all, where the line made no error, is worse than a skill of -3."""
    scores = [
        Score("case", name, "crps-skill", "straight line", value, None, None, 5, 1)
        for name, value in (("alpha", -3.0), ("bravo", None), ("charlie", 0.5))
    ]

    worst = worst_case(ScoreCard(tuple(scores), (), 0))

    assert worst is not None
    assert worst.part == "bravo"
    assert worst_case(ScoreCard((), (), 0)) is None


def test_a_case_worse_than_the_line_by_more_than_a_twentieth_is_not_reached(made):
    """10.4 off against 10: skill -0.04; 10.6 off: -0.06."""
    within, beyond = (
        replace(made, card=score_forecasts([strength("alpha", 90, [49], 40, line=line)], []))
        for line in (40 + 9 / 1.04, 40 + 9 / 1.06)
    )

    assert found(within)["worst-case"] == (pytest.approx(-0.04), True)
    assert found(beyond)["worst-case"] == (pytest.approx(-0.06), False)


def test_a_milestone_is_misjudged_if_even_odds_had_done_better(made):
    """0.8 for what was missed scores 0.64; 0.9 for what was met scores 0.01."""
    assert [(each.case, each.milestone, each.brier) for each in misjudged(made)] == [
        ("bravo", "<b>half", pytest.approx(0.64))
    ]
    assert misjudged_table(made).rows == (("bravo", "<b>half", "1", "80%", "missed", "0.640"),)


def test_the_sentences_say_where_it_is_wrong(made):
    """Nowhere worse than the line; bands hold 1 of 2 in each case, none of those at 60 to 119 days."""
    told = weaknesses(made)

    assert told[0] == "Worse than the straight line in 0 of 3 cases."
    assert "The 80 % band held less than 70% in 3 of 3 cases: alpha|2030, 50% (9 to 91%)" in told[4]
    assert "in 1 of 2 bins of leads: 60-119 days ahead, 0% (0 to 56%)." in told[5]


def test_a_case_that_leans_to_one_side_is_named():
    """Of nine members all above what came, PIT is in the lowest tenth: fewer were there than foretold."""
    card = score_forecasts([strength("alpha", 90, [50] * 9, 40)], [])
    made = Backtest({}, 9, 1, False, (), (), card)

    assert "Fewer stood there than foretold, counts in the lowest tenth of the forecast: alpha, 100%." in weaknesses(
        made
    )


def test_reasons_are_of_the_cases_at_hand(made):
    """Invented cases have none of their own, only those of all."""
    known = replace(made, cases={"syria-2018-2019": made.cases["bravo"]})

    assert [case for case, _ in reasons(made)] == ["all"] * len(COMMON_REASONS)
    assert reasons(known)[0] == ("syria-2018-2019", REASONS["syria-2018-2019"])


def test_reasons_are_of_cases_that_ship(shipped):
    """A file renamed takes its reason along."""
    assert set(REASONS) <= {each.stem for each in shipped.glob("*.yaml")}


def test_the_card_has_the_seven_factors_each_on_the_scale():
    """In the order of the standard, with or without scores."""
    names = [
        "data pedigree",
        "verification",
        "validation",
        "input pedigree",
        "uncertainty",
        "robustness",
        "use history",
    ]

    for card in (None, ScoreCard((), (), 0)):
        assert [each.name for each in credibility_card(card)] == names
        assert all(0 <= each.level <= 4 for each in credibility_card(card))


@pytest.mark.parametrize(
    ("value", "low", "bands", "level"),
    [
        (0.3, 0.1, 0.8, 3),
        (0.3, 0.1, 0.6, 2),
        (0.3, -0.1, 0.8, 2),
        (0.3, None, 0.8, 2),
        (-0.1, -0.3, 0.8, 1),
        (None, None, 0.8, 1),
    ],
)
def test_validation_is_judged_by_skill_and_its_interval_and_by_the_bands(value, low, bands, level):
    """Better than the best simple baseline for sure and with bands that hold; without them or perhaps better; not."""
    skill = Score("all", "all", "crps-skill", BEST_SIMPLE, value, low, 0.5, 90, 5, "straight line")
    held = Score("all", "all", "coverage-80-by-case", None, bands, None, None, 90, 5)

    factor = next(each for each in credibility_card(ScoreCard((skill, held), (), 0)) if each.name == "validation")

    assert factor.level == level
    assert factor.evidence.startswith("5 cases replayed")


@pytest.mark.parametrize(("share", "level"), [(0.69, 2), (0.7, 3), (0.9, 3), (0.91, 2)])
def test_uncertainty_is_judged_by_the_bands(share, level):
    """From 70 to 90 % the 80 % bands hold what they say."""
    score = Score("all", "all", "coverage-80-by-case", None, share, share - 0.1, share + 0.05, 90, 5)

    factor = next(each for each in credibility_card(ScoreCard((score,), (), 0)) if each.name == "uncertainty")

    assert factor.level == level


def test_the_card_says_of_verification_what_its_page_says():
    """The number of planted faults, as docs/verification.md has it."""
    page = (Path(__file__).parent.parent / "docs" / "verification.md").read_text(encoding="utf-8")
    planted = re.search(r"planted (\d+) faults", page)
    evidence = next(each.evidence for each in credibility_card() if each.name == "verification")

    assert planted is not None
    assert f"each of {planted[1]} planted faults" in evidence


def test_the_grid_has_a_row_a_part_and_a_column_a_baseline(made):
    """All, three cases and two bins of leads; two baselines and the best of them, with its name."""
    grid = skill_grid(made.card, name="crps")

    assert grid.columns == ("of", "no change", "straight line", "best simple")
    assert [row[0] for row in grid.rows] == [
        "all",
        "alpha|2030",
        "bravo",
        "charlie",
        "30-59 days ahead",
        "60-119 days ahead",
    ]
    assert grid.rows[1] == ("alpha|2030", "+0.92", "+0.75", "+0.75 (straight line)")


def test_the_grid_of_nothing_has_no_rows():
    """Its heading stands all the same."""
    assert skill_grid(ScoreCard((), (), 0), name="brier").rows == ()


def test_the_table_of_verdicts_has_numbers_with_their_intervals(made):
    """All cases alike, so that intervals are points; a case has none."""
    rows = {row[0]: row[1:] for row in verdict_table(judge(made)).rows}

    assert rows[WANTED["bands-by-case"]] == ("50.0% (50.0 to 50.0%)", "not reached")
    assert rows[WANTED["long-skill"]] == ("skill +0.50 (+0.50 to +0.50), against straight line", "reached")
    assert rows[WANTED["worst-case"]] == ("skill +0.75, in alpha|2030", "reached")


def test_the_page_has_every_part_and_tables_that_names_cannot_break(made):
    """A name with a bar would make another cell, one with a tag would be one: both are escaped."""
    page = page_text(made)
    tables = [each for each in page.split("\n\n") if each.startswith("| ")]

    for heading in (
        "What was done",
        "What the model gets wrong, and why",
        "How far to trust it",
        "Strength",
        "Milestones",
    ):
        assert f"\n## {heading}\n" in page
    for table in tables:
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}) == 1
    assert r"alpha\|2030" in page
    assert r"\<b\>half" in page
    assert page.endswith("\n")
    assert not page.endswith("\n\n")


class Links(HTMLParser):
    """Everything that a page would fetch, and the tags in it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what is linked."""
        self.tags.append(tag)
        self.found += [value or "" for name, value in attrs if name in {"src", "href", "srcset", "data", "action"}]


def test_the_report_is_one_page_that_fetches_nothing(made):
    """Two figures are in it as they are; a name with a tag is text; no style or script reaches out."""
    text = report_text(made, {"pit": Figure(figsize=(1, 1)), "fan-bravo": Figure(figsize=(1, 1)), "other": Figure()})
    page = Links()
    page.feed(text)

    assert [each.split(",", 1)[0] for each in page.found] == ["data:image/png;base64"] * 2
    assert not {"script", "link", "iframe", "b"} & set(page.tags)
    assert "url(" not in text
    assert "@import" not in text
    assert "&lt;b&gt;half" in text


def test_the_same_backtest_is_the_same_page(made):
    """Byte for byte: no clock and no order of chance is in it."""
    figures = {"pit": Figure(figsize=(1, 1))}

    assert report_text(made, figures) == report_text(made, figures)
    assert page_text(made) == page_text(made)


def test_a_backtest_of_strength_alone_is_told_without_milestones(made):
    """Nothing to say of what was not foretold, and no empty table."""
    alone = replace(made, milestones=(), card=score_forecasts(made.strengths, []))

    assert "brier" not in found(alone)
    assert "Reliability" not in page_text(alone)


def read(text: str) -> list[dict[str, str]]:
    """Return the rows of a CSV text."""
    return list(csv.DictReader(io.StringIO(text)))


def test_each_forecast_of_strength_is_a_row(made):
    """One member of 50 where 40 came, of 100: every quantile 50, CRPS 0.1, the line's 0.2; unscored where unknown."""
    rows = read(forecast_csv(made))

    assert len(rows) == 9
    assert {rows[1][name] for name in ("q05", "q10", "q25", "q50", "q75", "q90", "q95")} == {"50"}
    assert (rows[1]["case"], rows[1]["lead"], rows[1]["counted"], rows[1]["high"]) == ("alpha|2030", "90", "40", "80")
    assert (rows[1]["crps"], rows[1]["crps of straight line"], rows[1]["crps of last rate"]) == ("0.1", "0.2", "")
    assert (rows[2]["counted"], rows[2]["crps"]) == ("", "")


def test_the_rows_add_up_to_the_scores(made):
    """The mean of `crps` over scored rows is `crps-plain` of all."""
    rows = [float(row["crps"]) for row in read(forecast_csv(made)) if row["crps"]]
    [plain] = [
        row
        for row in read(score_csv(made))
        if (row["scope"], row["name"], row["baseline"]) == ("all", "crps-plain", "")
    ]

    assert float(plain["value"]) == pytest.approx(sum(rows) / len(rows))


def test_each_forecast_of_a_milestone_is_a_row(made):
    """0.8 for what was missed."""
    rows = read(milestone_csv(made))

    assert len(rows) == 4
    assert (rows[-1]["milestone"], rows[-1]["lead"], rows[-1]["met"]) == ("<b>half", "30", "False")
    assert (rows[-1]["p_met"], rows[-1]["brier"], rows[-1]["p of reference-class"]) == ("0.8", "0.64", "0.5")


def test_a_backtest_shows_itself(shipped):
    """The smallest that ships, by name: frames, a table for notebooks, and figures on the axes given."""
    made = run("iraq-2020-2021", replications=3, seed=2)
    ax = Figure().add_subplot()

    assert repr(made) == "<Backtest of iraq-2020-2021, 3 replications a forecast, seed 2>"
    assert "worse than the straight line" in made._repr_html_()
    assert set(made.scores()["scope"]) == {"all", "case", "lead"}
    assert made.plot.chances("iraq-2020-2021", ax=ax) is ax
    assert made.plot.pit(ax=Figure().add_subplot()).get_xlabel().endswith("(PIT)")
    assert made.plot.reliability(ax=Figure().add_subplot()).get_xlabel() == "probability foretold"
    assert made.plot.skill(by="lead", ax=Figure().add_subplot()).get_xlabel().startswith("skill")
    assert str(made.cases["iraq-2020-2021"].document.file).endswith("iraq-2020-2021.yaml")
    assert (shipped / "iraq-2020-2021.yaml").exists()


def test_a_file_twice_and_no_workers_are_refused():
    """One name would hide the other."""
    with pytest.raises(ValueError, match="found 2 scenarios of 1 files, wanted each once"):
        run(["iraq-2020-2021", posture.load("iraq-2020-2021")], replications=2)
    with pytest.raises(ValueError, match="found 0 workers"):
        run("iraq-2020-2021", replications=2, workers=0)


def test_the_table_of_the_card_is_the_card():
    """A row a factor, with a note that it is our own reading."""
    table = credibility_table()

    assert len(table.rows) == 7
    assert "our own reading" in table.notes[0]
