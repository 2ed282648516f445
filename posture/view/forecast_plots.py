"""Figures of a back-test: how likely each milestone was as of each day and what came of it, fans, and scores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from posture.study.backtests import Backtest, forecast_days
from posture.study.derivation import refitted
from posture.study.forecasts import REFERENCE_CLASS, MilestoneForecast
from posture.study.runs import run_scenario
from posture.study.scores import ALL
from posture.study.store import versions
from posture.view.figures import DPI, strength_figure
from posture.view.labels import SHORTEST, in_words, shown
from posture.view.layout import LANE, POINTS, SMALL, TITLE, lay_out, letters_in
from posture.view.plots import DUE, FAN, PHASE, QUIET, SEEN, SHADES, Axes, current_axes
from posture.view.score_plots import plot_pit, plot_reliability, plot_skill

WORDS, CURVE, GROUND = 0.34, 0.56, 0.08
"""The height of a row: its words, its curve, and what keeps a mark at 0 % off the axis."""

ROW, FEWEST_ROWS = 0.78, 2
"""Height of a row, inches; of fewer rows a panel would be too flat to read."""

ROOM = 0.02
"""Of the days shown, before the first and after the last: marks on the edge stay whole."""

WIDE = (8.0, 3.6)
"""Width and height of a panel of scores, inches."""

HEIGHT_OF_SKILL, NAMES_OF_PARTS = 0.5, 1.5
"""A row of skill against five baselines, and what its name takes left of it; inches."""

SKILLS = {"crps": "Strength", "brier": "Milestones"}
"""What is foretold, by the name of its score."""

BYS: tuple[Literal["case", "lead"], ...] = ("case", "lead")
"""What scores are told apart by."""


@dataclass(frozen=True, slots=True)
class _Line:
    """The forecasts of one milestone, the earliest first, and what came of it."""

    name: str
    forecasts: tuple[MilestoneForecast, ...]
    met_on: date | Literal["never"] | None

    @property
    def due(self) -> date:
        """Its date as announced last."""
        return self.forecasts[-1].due

    @property
    def days(self) -> list[date]:
        """The days it was forecast as of."""
        return [each.as_of for each in self.forecasts]


def plot_chances(backtest: Backtest, case: str, ax: Axes | None = None) -> Axes:
    """Draw how likely each milestone of a case was taken to be as of each day, a row each, and what came of it.

    A row has the forecasts from 0 to 100 % with their 95 % intervals, those of the reference class dashed, and a mark
    on the day it was met, at 100 % if in time, at 0 % if too late; what never came is marked at the right end.

    Parameters
    ----------
    backtest, case
        The back-test, and the name of one of its cases.
    ax
        Where to draw; None: pyplot's current axes.

    Raises
    ------
    ValueError
        The back-test has no such case.
    """
    ax = ax or current_axes()
    lines = _lines(backtest, case)
    if not lines:
        ax.text(0.5, 0.5, "no milestones were forecast", transform=ax.transAxes, ha="center", color=QUIET)
        return ax
    shown_days = [day for each in lines for day in (*each.days, each.due, each.met_on) if isinstance(day, date)]
    first, last = min(shown_days), max(shown_days)
    room = ROOM * max(1, (last - first).days)
    ax.set_xlim(_at(first) - room, _at(last) + room)
    ax.set_ylim(-len(lines), 0)
    feet = [GROUND - 1 - row for row in range(len(lines))]
    size = min(float(SMALL), 0.8 * WORDS * POINTS * _inches(ax)[1] / len(lines))
    for foot, each in zip(feet, lines, strict=True):
        _draw_line(ax, each, foot=foot)
        _write_line(ax, each, foot=foot, size=max(4.0, size))
    _format(ax, feet, size=max(4.0, size - 1))
    return ax


def _lines(backtest: Backtest, case: str) -> list[_Line]:
    """Return the milestones of a case that were forecast, those due first first."""
    if case not in backtest.cases:
        raise ValueError(f"found the case {case!r}, wanted one of {', '.join(backtest.cases)}")
    observed = backtest.cases[case].parts.observed.milestones
    found: dict[str, list[MilestoneForecast]] = {}
    for each in backtest.milestones:
        if each.case == case:
            found.setdefault(each.milestone, []).append(each)
    lines = [
        _Line(
            name,
            tuple(sorted(forecasts, key=lambda each: each.as_of)),
            observed[name].met_on if name in observed else None,
        )
        for name, forecasts in found.items()
    ]
    return sorted(lines, key=lambda each: (each.due, each.name))


def _at(day: date) -> float:
    """Return where a day stands on the axis of dates."""
    return float(date2num(day))  # type: ignore[no-untyped-call]  # matplotlib.dates has no types


def _draw_line(ax: Axes, line: _Line, *, foot: float) -> None:
    """Draw the forecasts of a milestone above `foot`, when it was due, and what came."""
    begin, end = ax.get_xlim()
    days = [_at(each) for each in line.days]
    low, met, high = (
        [foot + CURVE * share for share in shares]
        for shares in zip(
            *((each.p_met.low, each.p_met.estimate, each.p_met.high) for each in line.forecasts), strict=True
        )
    )
    ax.hlines([foot, foot + CURVE], begin, end, color=PHASE, lw=0.5, zorder=0.5)
    ax.fill_between(days, low, high, color=FAN, alpha=SHADES[1], lw=0)
    if len(days) == 1:
        ax.vlines(days, low, high, color=FAN, alpha=SHADES[1], lw=3)
    ax.plot(days, met, color=FAN, lw=1.4, marker="o", ms=2.4, label=shown(line.name))
    named = [each for each in line.forecasts if REFERENCE_CLASS in each.baselines]
    heights = [foot + CURVE * each.baselines[REFERENCE_CLASS] for each in named]
    style: dict[str, Any] = {"color": QUIET, "lw": 0.8, "ls": (0, (4, 3)), "zorder": 1.8}
    if len(named) == 1:
        style |= {"marker": "_", "ms": 6}
    ax.plot([_at(each.as_of) for each in named], heights, **style)
    ax.vlines(_at(line.due), foot, foot + CURVE, color=DUE, lw=1.6)
    _mark_outcome(ax, line, foot=foot)


def _mark_outcome(ax: Axes, line: _Line, *, foot: float) -> None:
    """Mark the day a milestone was met where a sure forecast would have been, or say at the end that it never was."""
    style: dict[str, Any] = {"color": SEEN, "ls": "none", "zorder": 5, "clip_on": False}
    if isinstance(line.met_on, date):
        in_time = line.met_on <= line.due
        ax.plot([_at(line.met_on)], [foot + CURVE * in_time], marker="D", ms=4.5, mec="white", mew=0.5, **style)
    elif line.met_on == "never":
        ax.plot([ax.get_xlim()[1]], [foot], marker="x", ms=5, **style)


def _inches(ax: Axes) -> tuple[float, float]:
    """Return the width and height of a panel."""
    box = ax.get_window_extent()
    return box.width / ax.figure.dpi, box.height / ax.figure.dpi


def _write_line(ax: Axes, line: _Line, *, foot: float, size: float) -> None:
    """Write above a row which milestone it is, when it was due and what came of it."""
    rest = f" by {in_words(line.due)}: {_outcome(line)}"
    name = shown(line.name, most=max(SHORTEST, letters_in(_inches(ax)[0], size=size) - len(rest)))
    style: dict[str, Any] = {"textcoords": "offset points", "va": "bottom", "fontsize": size, "annotation_clip": False}
    ax.annotate(name + rest, (ax.get_xlim()[0], foot + CURVE), xytext=(2, 2), **style)


def _outcome(line: _Line) -> str:
    if not isinstance(line.met_on, date):
        return "never met" if line.met_on == "never" else "what came of it is not on record"
    late = (line.met_on - line.due).days
    when = f"{late:,} day{'s' if late != 1 else ''} late" if late > 0 else "in time"
    return f"met {in_words(line.met_on)}, {when}"


def _format(ax: Axes, feet: Sequence[float], *, size: float) -> None:
    locator = AutoDateLocator(minticks=4, maxticks=9)  # type: ignore[no-untyped-call]  # matplotlib.dates has no types
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]  # as above
    ax.xaxis.get_offset_text().set_fontsize(SMALL)
    ax.set_yticks([foot + share * CURVE for foot in feet for share in (0, 1)], ["0 %", "100 %"] * len(feet))
    ax.tick_params(labelsize=SMALL)
    ax.tick_params(axis="y", labelsize=size, length=2)
    ax.set_xlabel("day of the forecast", fontsize=SMALL)
    ax.set_ylabel("P(met) as of that day", fontsize=SMALL)
    ax.spines[["top", "right"]].set_visible(False)


def key_to_chances() -> list[Line2D | Patch]:
    """Return what a legend has to explain of `plot_chances`."""
    mark: dict[str, Any] = {"color": SEEN, "lw": 0, "mec": "white", "mew": 0.5}
    return [
        Line2D([], [], color=FAN, lw=1.4, marker="o", ms=2.4, label="forecast"),
        Patch(color=FAN, alpha=SHADES[1], lw=0, label="its 95 % interval"),
        Line2D([], [], color=QUIET, lw=0.8, ls=(0, (4, 3)), label="reference class"),
        Line2D([], [], color=DUE, lw=1.6, label="due"),
        Line2D([], [], marker="D", ms=4.5, label="met (100 %: in time, 0 %: late)", **mark),
        Line2D([], [], color=SEEN, lw=0, marker="x", ms=5, label="never met"),
    ]


def chances_figure(backtest: Backtest, case: str) -> Figure:
    """Return `plot_chances` of a case with its key, as high as it has milestones."""
    rows = max(FEWEST_ROWS, len(_lines(backtest, case)))
    title = f"How likely each milestone was: {backtest.cases[case].title}"
    figure, [ax] = _new_figure(backtest, title, size=(WIDE[0], ROW * rows), key=True)
    plot_chances(backtest, case, ax=ax)
    handles = key_to_chances()
    place = 0.2 / figure.get_figwidth(), 0.27 / figure.get_figheight()
    style: dict[str, Any] = {"fontsize": SMALL, "frameon": False, "borderaxespad": 0, "borderpad": 0}
    figure.legend(handles=handles, loc="lower left", bbox_to_anchor=place, ncols=len(handles), **style)
    return figure


def fan_figure(backtest: Backtest, case: str) -> Figure:
    """Return the fans of a case as of its first day, with all that was counted later; the run is made again."""
    scenario = backtest.cases[case]
    fitted = refitted(scenario, without=case) if backtest.left_out else scenario
    known = fitted.as_of(forecast_days(scenario)[0])
    return strength_figure(run_scenario(known, replications=backtest.replications, seed=backtest.seed))


def backtest_figures(backtest: Backtest) -> dict[str, Figure]:
    """Return every figure of a back-test by the stem of its file.

    `pit`, `reliability`, `skill-by-case`, `skill-by-lead`, then `chances-CASE` and `fan-CASE` of each case that has
    forecasts of milestones and of strength.

    Raises
    ------
    ScenarioError, PlanError, StudyError
        The run of a fan cannot be made again.
    """
    figures: dict[str, Figure] = {}
    if backtest.strengths:
        figures["pit"] = _score_figure(backtest, "Where the counts fell in the forecasts", plot_pit)
    if backtest.milestones:
        figures["reliability"] = _score_figure(backtest, "How often milestones were met", plot_reliability)
    for by in BYS:
        figures[f"skill-by-{by}"] = _skill_figure(backtest, by)
    for case in backtest.cases:
        if any(each.case == case for each in backtest.milestones):
            figures[f"chances-{case}"] = chances_figure(backtest, case)
        if any(each.case == case for each in backtest.strengths):
            figures[f"fan-{case}"] = fan_figure(backtest, case)
    return figures


def _score_figure(backtest: Backtest, title: str, plot: Callable[..., Axes]) -> Figure:
    figure, [ax] = _new_figure(backtest, title, size=WIDE, lanes=2)
    plot(backtest.card, ax=ax)
    return figure


def _skill_figure(backtest: Backtest, by: Literal["case", "lead"]) -> Figure:
    """Return the skill in strength and, below it, in milestones, whichever was foretold."""
    card = backtest.card
    names = [name for name in SKILLS if any(each.name == name for each in card.scores)]
    own = [each.name for each in card.scores if each.baseline is None and each.scope in {ALL, by}]
    rows = max(own.count(name) for name in names)
    size = (WIDE[0] - NAMES_OF_PARTS, HEIGHT_OF_SKILL * rows)
    figure, axes = _new_figure(backtest, f"Skill by {by}", size=size, panels=len(names), left=NAMES_OF_PARTS, lanes=4)
    for name, ax in zip(names, axes, strict=True):
        plot_skill(card, by=by, name=name, ax=ax)
        ax.set_title(SKILLS[name], loc="left", fontsize=10, pad=5 + 3 * LANE)
    return figure


def _new_figure(
    backtest: Backtest,
    title: str,
    *,
    size: tuple[float, float],
    panels: int = 1,
    left: float = 0.0,
    lanes: int = 0,
    key: bool = False,
) -> tuple[Figure, list[Axes]]:
    """Return panels one below the other, with a title above and below them what made the forecasts.

    Parameters
    ----------
    size, left
        Width and height of a panel, and what its rows' names take beside it; inches.
    lanes, key
        As of `lay_out`.
    """
    page = lay_out(title, panels=panels, columns=1, panel=(left + size[0], size[1]), lanes=lanes, key=key)
    figure = Figure(figsize=(page.width, page.height), dpi=DPI)
    grid = figure.add_gridspec(page.rows, 1, **page.margins | {"left": page.margins["left"] + page.across(left)})
    figure.text(page.across(0.2), 1 - page.up(0.1), page.title, fontsize=TITLE, va="top")
    figure.text(page.across(0.2), page.up(0.1), _made(backtest), fontsize=SMALL, color=QUIET, va="bottom")
    return figure, [figure.add_subplot(grid[row, 0]) for row in range(panels)]


def _made(backtest: Backtest) -> str:
    left = "each case left out of its assumptions" if backtest.left_out else "assumptions as they ship"
    made = f"{backtest.replications:,} replications a forecast, seed {backtest.seed}"
    return f"{made}, {left}, posture {versions()['posture']}"
