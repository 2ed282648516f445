"""What a back-test shows, written down: one HTML page, the page of the documentation, and tables for machines."""

from __future__ import annotations

import csv
import io
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

from posture.scenario.findings import printable
from posture.study.backtests import Backtest, forecast_days
from posture.study.baselines import BASELINES
from posture.study.conditioning import COUNT_ERROR
from posture.study.estimates import quantile_of
from posture.study.forecasts import MilestoneForecast, StrengthForecast
from posture.study.scores import OUTER_EXPECTED, Score, ScoreCard, brier, crps
from posture.study.store import versions
from posture.study.verdicts import COVERED, LONG_LEAD, LONG_SKILL, WORST_SKILL, Verdict, judge
from posture.view.credibility import credibility_table
from posture.view.figures import picture
from posture.view.score_tables import (
    NAMES,
    coverage_table,
    milestone_score_table,
    part_text,
    reliability_table,
    share_of,
    skill_text,
    strength_score_table,
)
from posture.view.tables import Table
from posture.view.weaknesses import misjudged_table, reasons, weaknesses

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "Is it true? The back-test of the model"

QUANTILES = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
"""Of each forecast, in its row for machines."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report: words, points, tables by their captions, and the names of its figures."""

    title: str
    words: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    tables: Mapping[str, Table] = field(default_factory=dict)
    figures: tuple[str, ...] = ()


def report_text(backtest: Backtest, figures: Mapping[str, Figure]) -> str:
    """Return the report as one HTML page that needs nothing else: figures are in it as they are.

    Parameters
    ----------
    figures
        By name, as of `posture.view.forecast_plots.backtest_figures`; what is not there is left out.
    """
    environment = Environment(
        loader=PackageLoader("posture", "view"),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    pictures = {name: _data_uri(figure) for name, figure in figures.items()}
    page = environment.get_template("backtest.html.j2")
    return page.render(title=TITLE, sections=_sections(backtest), pictures=pictures, made=_made(backtest))


def _data_uri(figure: Figure) -> str:
    return f"data:image/png;base64,{b64encode(picture(figure)).decode()}"


def page_text(backtest: Backtest) -> str:
    """Return the same as Markdown, without figures: `docs/validation.md`."""
    blocks = [f"# {TITLE}", f"This page was made by `posture backtest --page`: {_made(backtest)}."]
    for section in _sections(backtest):
        blocks += [f"## {section.title}"] if section.title else []
        blocks += [_escaped(each) for each in section.words]
        blocks += ["\n".join(f"- {_escaped(each)}" for each in section.points)] if section.points else []
        for caption, table in section.tables.items():
            blocks += [f"**{_escaped(caption)}**", _markdown(table)]
            blocks += ["\n".join(f"*{_escaped(each)}*  " for each in table.notes).rstrip()] if table.notes else []
    return "\n\n".join(blocks) + "\n"


def _escaped(text: str) -> str:
    """Return text as Markdown shows it, whatever names a file brings."""
    return "".join(f"\\{each}" if each in "\\`*_[]<>|#" else each for each in printable(text))


def _markdown(table: Table) -> str:
    """Return a table as Markdown."""
    rule = ["---:" if numeric else "---" for numeric in table.numeric]
    rows = [[_escaped(cell) for cell in row] for row in (table.columns, *table.rows)]
    return "\n".join(f"| {' | '.join(each)} |" for each in (rows[0], rule, *rows[1:]))


def _made(backtest: Backtest) -> str:
    left = "each case left out of its own assumptions" if backtest.left_out else "assumptions as they ship"
    made = f"{backtest.replications:,} replications a forecast, seed {backtest.seed}"
    return f"{made}, {left}, posture {versions()['posture']}"


def _sections(backtest: Backtest) -> list[Section]:
    """Return the report, top to bottom."""
    card = backtest.card
    return [
        Section("What was done", _done(backtest), tables={"The cases": case_table(backtest)}),
        Section(
            "What was wanted, and what came of it",
            (VERDICT_WORDS,),
            tables={"The figures wanted": verdict_table(judge(backtest))},
        ),
        Section("How far to trust it", tables={"Credibility card": credibility_table(card)}),
        Section("What the model gets wrong, and why", points=weaknesses(backtest), tables=_misjudged(backtest)),
        Section("", (REASON_WORDS,), tuple(f"{case}: {words}" for case, words in reasons(backtest))),
        Section("Strength", tables=_strength_tables(card), figures=("pit", "skill-by-case", "skill-by-lead")),
        Section("Milestones", tables=_milestone_tables(card), figures=("reliability",)),
        *(_case_section(backtest, name) for name in backtest.cases),
    ]


def _case_section(backtest: Backtest, name: str) -> Section:
    """Return the figures of one case."""
    words = (
        f"Case {name}. The fan is as of the first day and shows who stands where; the forecast of a count is wider by "
        f"the error of counting, {COUNT_ERROR:.0%}."
    )
    return Section(backtest.cases[name].title, (words,), figures=(f"chances-{name}", f"fan-{name}"))


REASON_WORDS = "Why, as far as the record tells:"

VERDICT_WORDS = "Set before the back-test was run. Where one is not reached, the number says by how much."


def _done(backtest: Backtest) -> tuple[str, ...]:
    strengths, milestones = f"{len(backtest.strengths):,}", f"{len(backtest.milestones):,}"
    rest = (
        "Each case rests on shared assumptions derived from the record of the other cases alone."
        if backtest.left_out
        else "The shared assumptions are as they ship: cases that gave to them are not forecast without hindsight."
    )
    return (
        f"Past drawdowns, {len(backtest.cases):,} of them, were forecast as of their first day, of every announcement "
        "and of the first of every month, from who had been counted and what was announced by then; the forecasts "
        f"were laid beside what came: {strengths} of strength and {milestones} of milestones. {rest}",
        "The scenarios were written by people who knew how the cases ended. Leaving a case out takes its numbers out "
        "of the shared assumptions, and not out of the minds of those who chose what to model.",
        "Scores were looked at while this was built. After a first look the replays took the curve of all steps on "
        "record where the calendar of tours was a guess, orders given on the way became orders of their own, what "
        "was announced later was stated with its day, the forecast of a count got the error of counting, and a step "
        "is believed to be straight before any is seen. No value was chosen for a case.",
    )


def case_table(backtest: Backtest) -> Table:
    """Return what each case was forecast as of, and how often, a row each."""
    rows = []
    for name, scenario in backtest.cases.items():
        days = forecast_days(scenario)
        strengths = sum(each.case == name for each in backtest.strengths)
        milestones = sum(each.case == name for each in backtest.milestones)
        span = (f"{days[0]}", f"{days[-1]}") if days else ("", "")
        rows.append((name, scenario.title, f"{len(days):,}", *span, f"{strengths:,}", f"{milestones:,}"))
    columns = ("case", "what it is", "days", "first", "last", "forecasts of strength", "of milestones")
    return Table(columns, tuple(rows), (False, False, True, True, True, True, True))


WANTED = {
    "bands-by-case": f"80 % bands hold {100 * COVERED[0]:.0f} to {COVERED[1]:.0%} of the counts, mean over cases",
    "bands": "the same, over all forecasts",
    "pit": f"PIT is not U-shaped: the outer tenths hold no more than {OUTER_EXPECTED:.0%}, by the 95 % interval",
    "long-skill": f"CRPS {LONG_LEAD} days ahead and more is {LONG_SKILL:.0%} better than the best simple baseline's",
    "worst-case": f"CRPS is in no case more than {-WORST_SKILL:.0%} worse than the straight line's",
    "brier": "the Brier score is better than the reference class's",
}
"""What each verdict is about, in words."""


def verdict_table(verdicts: Sequence[Verdict]) -> Table:
    """Return what was wanted, what was found and whether that will do, a row each."""
    rows = tuple((WANTED[each.name], _found(each), "reached" if each.reached else "not reached") for each in verdicts)
    return Table(("wanted", "found", "verdict"), rows, (False, False, False))


def _found(verdict: Verdict) -> str:
    """Return a number with its interval: a share, or a skill."""
    score = verdict.score
    if verdict.name in {"bands-by-case", "bands", "pit"}:
        return share_of(score)
    against = f", against {score.chosen}" if score.chosen else ""
    worst = f", in {score.part}" if verdict.name == "worst-case" else ""
    return f"skill {skill_text(score)}{against}{worst}"


def _misjudged(backtest: Backtest) -> dict[str, Table]:
    table = misjudged_table(backtest)
    return {"Milestones foretold worse than by even odds": table} if table.rows else {}


def _strength_tables(card: ScoreCard) -> dict[str, Table]:
    tables = {
        "Scores of strength": strength_score_table(card),
        "Skill in strength, against each baseline": skill_grid(card, name="crps"),
        "How often the bands held what was counted": coverage_table(card),
    }
    return {caption: each for caption, each in tables.items() if each.rows}


def _milestone_tables(card: ScoreCard) -> dict[str, Table]:
    tables = {
        "Scores of milestones": milestone_score_table(card),
        "Skill in milestones, against each baseline": skill_grid(card, name="brier"),
        "Reliability": reliability_table(card),
    }
    return {caption: each for caption, each in tables.items() if each.rows}


def skill_grid(card: ScoreCard, *, name: str) -> Table:
    """Return skills as a grid: a row for all, each case and each bin of leads, a column a baseline, the best last.

    Parameters
    ----------
    name
        `crps`: in strength; `brier`: in milestones.
    """
    skills = {(each.scope, each.part, each.baseline): each for each in card.scores if each.name == f"{name}-skill"}
    baselines = list(dict.fromkeys(baseline for *_, baseline in skills))
    parts = dict.fromkeys((scope, part) for scope, part, _ in skills)
    rows = [_grid_row(skills, each, baselines) for each in parts]
    columns = ("of", *((each or "").replace("-", " ") for each in baselines))
    notes = (
        f"Skill: 1 - {NAMES[name]} / the baseline's, in the same forecasts, with its 95 % interval by bootstrap over "
        "cases; below 0 is worse. None: the baseline made no error at all.",
    )
    return Table(columns, tuple(rows), (False, *[True] * len(baselines)), notes)


def _grid_row(
    skills: Mapping[tuple[str, str, str | None], Score], part: tuple[str, str], baselines: Sequence[str | None]
) -> tuple[str, ...]:
    found = [skills.get((*part, each)) for each in baselines]
    named = next(each for each in found if each is not None)
    return (part_text(named), *("" if each is None else _skill(each) for each in found))


def _skill(score: Score) -> str:
    return skill_text(score) + (f" ({score.chosen})" if score.chosen else "")


def forecast_csv(backtest: Backtest) -> str:
    """Return every forecast of strength as CSV, a row each.

    `lead` is in days, `crps` and those of the baselines in shares of `scale`, which, as all other numbers, is in
    persons; `counted` is blank where one bound alone was published, and then nothing is scored.
    """
    return _csv([_strength_row(each) for each in backtest.strengths])


def _strength_row(each: StrengthForecast) -> dict[str, object]:
    samples, counted = each.samples.tolist(), each.counted
    errors = {"crps": each.samples, **{f"crps of {name}": each.baselines.get(name) for name in BASELINES}}
    return {
        "case": each.case,
        "selection": each.selection,
        "as_of": each.as_of,
        "day": each.day,
        "lead": each.lead,
        "counted": counted,
        "low": each.observation.low,
        "high": each.observation.high,
        "scale": each.scale,
        **{f"q{100 * share:02.0f}": quantile_of(samples, share) for share in QUANTILES},
        **{
            name: None if counted is None or members is None else crps(members, counted) / each.scale
            for name, members in errors.items()
        },
    }


def milestone_csv(backtest: Backtest) -> str:
    """Return every forecast of a milestone as CSV, a row each; `lead` is in days from the forecast to the due date."""
    return _csv([_milestone_row(each) for each in backtest.milestones])


def _milestone_row(each: MilestoneForecast) -> dict[str, object]:
    return {
        "case": each.case,
        "milestone": each.milestone,
        "as_of": each.as_of,
        "due": each.due,
        "lead": each.lead,
        "met": each.met,
        "p_met": each.p_met.estimate,
        "p_met_low": each.p_met.low,
        "p_met_high": each.p_met.high,
        "brier": brier(each.p_met.estimate, met=each.met),
        **{f"p of {name}": each.baselines.get(name) for name in BASELINES},
    }


def score_csv(backtest: Backtest) -> str:
    """Return every score as CSV, a row each, as of `ScoreCard.rows`."""
    return _csv(backtest.card.rows())


def _csv(rows: Sequence[Mapping[str, object]]) -> str:
    """Return rows as CSV; numbers to nine digits, None as nothing."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, fieldnames=list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in each.items()} for each in rows)
    return stream.getvalue()


def _cell(value: object) -> object:
    return f"{value:.9g}" if isinstance(value, float) else value
