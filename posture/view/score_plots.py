"""Figures of scores: the histogram of PIT, the reliability of probabilities, and skill by case or by lead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from posture.study.scores import ALL, BEST_SIMPLE, OUTER_EXPECTED, PIT_BINS, Score, ScoreCard, pit_name
from posture.study.skills import BIN_EDGES
from posture.view.comparison_plots import SCENARIOS, SPREAD
from posture.view.labels import shown
from posture.view.layout import SMALL, SMALLER, letters_in
from posture.view.plots import DUE, FAN, PHASE, QUIET, SEEN, Axes, current_axes
from posture.view.score_tables import NAMES, baseline_text, part_text, share_of, skill_text

WORST = -1.0
"""Where the axis of skill ends: twice the baseline's error. What is below is at the edge, with its number."""


def plot_pit(card: ScoreCard, *, scope: str = ALL, part: str = ALL, ax: Axes | None = None) -> Axes:
    """Draw where in the forecasts of strength the counts fell: flat if calibrated, high at the ends if too narrow.

    Parameters
    ----------
    scope, part
        Which forecasts, as in a `Score`; every case among them weighs the same.
    ax
        Where to draw; None: pyplot's current axes.
    """
    ax = ax or current_axes()
    found = [card.find(pit_name(index), scope=scope, part=part) for index in range(PIT_BINS)]
    bars = [each for each in found if each is not None and each.value is not None]
    for index, each in enumerate(bars):
        ax.bar((index + 0.5) / PIT_BINS, each.value or 0.0, width=0.94 / PIT_BINS, color=FAN, alpha=0.64, lw=0)
        if each.low is not None and each.high is not None:
            ax.vlines((index + 0.5) / PIT_BINS, each.low, each.high, color=SEEN, lw=1.1, zorder=3)
    ax.axhline(1 / PIT_BINS, color=DUE, lw=1.2, ls="--", zorder=2)
    outer = card.find("pit-outer", scope=scope, part=part)
    if outer is None:
        _say_nothing(ax)
    else:
        ends = f"both ends: {share_of(outer)}; if calibrated (dashed): {OUTER_EXPECTED:.0%}"
        ax.set_title(f"{_counts(outer)}\n{ends}", loc="left", fontsize=SMALL, color=QUIET)
    ax.set_xlim(0, 1)
    ax.set_xlabel("share of the forecast below what was counted (PIT)", fontsize=SMALL)
    ax.set_ylabel("share of forecasts, each case alike", fontsize=SMALL)
    ax.yaxis.set_major_formatter("{x:.0%}")
    _trim(ax)
    return ax


def plot_reliability(card: ScoreCard, *, scope: str = ALL, part: str = ALL, ax: Axes | None = None) -> Axes:
    """Draw how often milestones were met against how likely they were said to be, with how many forecasts said so.

    Parameters
    ----------
    scope, part
        Which forecasts, as in a `Score`.
    ax
        Where to draw; None: pyplot's current axes.
    """
    ax = ax or current_axes()
    bins = [each for each in card.reliability if (each.scope, each.part) == (scope, part)]
    ax.plot([0, 1], [0, 1], color=DUE, lw=1.2, ls="--", zorder=2)
    for edge in BIN_EDGES[1:-1]:
        ax.axvline(edge, color=PHASE, lw=0.4, zorder=0)
    for each in bins:
        ax.vlines(each.forecast, each.observed.low, each.observed.high, color=FAN, lw=1.2, zorder=3)
        ax.plot([each.forecast], [each.observed.estimate], color=FAN, marker="o", ms=5, mec="white", mew=0.5, zorder=4)
        count: dict[str, Any] = {"ha": "center", "va": "bottom", "fontsize": SMALLER, "color": QUIET}
        ax.annotate(f"{each.forecasts:,}", ((each.low + each.high) / 2, 1.03), annotation_clip=False, **count)
    if not bins:
        _say_nothing(ax)
    ax.set_xlim(-0.01, 1.01)
    ax.set_ylim(-0.02, 1.02)
    ax.set_title("forecasts in each bin of probability:", loc="left", fontsize=SMALLER, color=QUIET, pad=14)
    ax.set_xlabel("probability foretold", fontsize=SMALL)
    ax.set_ylabel("share met, with its 95 % interval", fontsize=SMALL)
    ax.xaxis.set_major_formatter("{x:.0%}")
    ax.yaxis.set_major_formatter("{x:.0%}")
    _trim(ax)
    return ax


def plot_skill(
    card: ScoreCard, *, by: Literal["case", "lead"] = "case", name: str = "crps", ax: Axes | None = None
) -> Axes:
    """Draw the skill against each baseline, a row for all and for each case or bin of leads.

    Parameters
    ----------
    by
        What the rows are.
    name
        `crps`: of forecasts of strength; `brier`: of milestones.
    ax
        Where to draw; None: pyplot's current axes.
    """
    ax = ax or current_axes()
    rows = [each for each in card.scores if each.name == name and each.baseline is None and each.scope in (ALL, by)]
    skills = [each for each in card.scores if each.name == f"{name}-skill" and each.baseline != BEST_SIMPLE]
    baselines = sorted({each.baseline or "" for each in skills})
    places = {(each.scope, each.part): row for row, each in enumerate(rows)}
    ax.set_xlim(WORST - 0.04, 1.04)
    for number, baseline in enumerate(baselines):
        away = (number - (len(baselines) - 1) / 2) * SPREAD / len(baselines)
        drawn = [each for each in skills if each.baseline == baseline and (each.scope, each.part) in places]
        _draw_skills(ax, drawn, heights=[places[each.scope, each.part] + away for each in drawn], number=number)
    ax.axvline(0, color=QUIET, lw=0.8, zorder=1)
    for row in range(0, len(rows), 2):
        ax.axhspan(row - 0.5, row + 0.5, color=PHASE, alpha=0.12, lw=0, zorder=0)
    ax.set_yticks(range(len(rows)), [f"{shown(part_text(each), most=28)} ({each.forecasts:,})" for each in rows])
    ax.set_ylim(max(1, len(rows)) - 0.5, -0.5)
    ax.set_xlabel(f"skill: 1 - {NAMES[name]} / baseline's, with its 95 % interval", fontsize=SMALL)
    if baselines:
        _add_key(ax)
    else:
        _say_nothing(ax)
    _trim(ax)
    ax.tick_params(axis="y", length=0)
    return ax


def _draw_skills(ax: Axes, skills: Sequence[Score], *, heights: Sequence[float], number: int) -> None:
    """Draw the skills against one baseline; what is worse than the axis reaches stands at its edge with its number."""
    colour, marker = SCENARIOS[number % len(SCENARIOS)]
    style: dict[str, Any] = {"color": colour, "ms": 4.5, "mec": "white", "mew": 0.4, "ls": "none", "zorder": 3}
    inside = []
    for each, height in zip(skills, heights, strict=True):
        if each.value is None or each.value < WORST:
            ax.plot([WORST], [height], marker="<", clip_on=False, **style)
            words: dict[str, Any] = {"textcoords": "offset points", "va": "center", "fontsize": SMALLER}
            ax.annotate(skill_text(each), (WORST, height), xytext=(5, 0), color=colour, **words)
            continue
        inside.append((each.value, height))
        if each.high is not None:
            ax.hlines(height, WORST if each.low is None else max(WORST, each.low), each.high, color=colour, lw=1.2)
    label = shown(baseline_text(skills[0])) if skills else ""
    ax.plot(*zip(*inside, strict=True) if inside else ([], []), marker=marker, label=label, clip_on=False, **style)


def _add_key(ax: Axes) -> None:
    """Name the baselines above the panel, in as many columns as fit."""
    handles, names = ax.get_legend_handles_labels()
    across = letters_in(ax.get_window_extent().width / ax.figure.dpi)
    columns = max(1, min(len(names), across // (max(map(len, names)) + 5)))
    style: dict[str, Any] = {"fontsize": SMALL, "frameon": False, "borderaxespad": 0.3, "columnspacing": 1.2}
    ax.legend(handles, names, loc="lower left", bbox_to_anchor=(0, 1), ncols=columns, handlelength=1, **style)


def _counts(score: Score) -> str:
    """Return what a score is of, and how many forecasts and cases."""
    cases = f"{score.cases:,} case{'' if score.cases == 1 else 's'}"
    return f"{shown(part_text(score), most=28)}: {score.forecasts:,} forecasts, {cases}"


def _say_nothing(ax: Axes) -> None:
    ax.text(0.5, 0.5, "no forecasts to show", transform=ax.transAxes, ha="center", color=QUIET)


def _trim(ax: Axes) -> None:
    ax.tick_params(labelsize=SMALL)
    ax.spines[["top", "right"]].set_visible(False)
