"""Figures of a run: fans of strength, and when each milestone was achieved. The only module that draws."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes as Axes  # noqa: PLC0414  # re-exported: matplotlib comes in here alone
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, DayLocator, date2num
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from posture.scenario.observed import Observation
from posture.study.estimates import Band
from posture.study.timelines import (
    MilestoneTimeline,
    PhaseSpan,
    Target,
    dates_covered,
)
from posture.view.labels import met_text, shown, span_text, target_text, timeline_text
from posture.view.layout import LANE, POINTS, SMALL, SMALLER, lanes_of, letters_in, place_names

FAN, DUE, SEEN, PHASE, QUIET = "#0072B2", "#D55E00", "#000000", "#999999", "#595959"
"""Simulated, asked for, observed, planned, and words beside: told apart by the colour-blind.

Okabe and Ito (2008), "Color Universal Design".
"""

SHADES = (0.16, 0.34)
"""Opacity of a fan's outer and inner band."""

PHASE_SHADES = (0.12, 0.24)
"""Opacity of phases, by turns: where one ends and the next begins."""

MARGIN = 0.01
"""Of the days shown, before the first: what stands on it is seen beside the axis."""

MOST_NAMED = 4
"""Milestones named in one panel; all are marked."""

WORDS, CURVE, GROUND = 0.34, 0.5, 0.16
"""The height of a milestone's row: its words, its curve, and below that what was observed."""


def plot_strength(
    band: Band,
    *,
    observations: Sequence[Observation] = (),
    targets: Sequence[Target] = (),
    spans: Sequence[PhaseSpan] = (),
    title: str = "",
    legend: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Draw the fan of a selection's strength with what was asked of it, planned for it and observed of it.

    Parameters
    ----------
    band
        The fan; each day shows the strength in its last minute.
    observations, targets
        Counts of, and milestones on, the same selection.
    spans
        Phases, shaded from their planned start to the last date of their schedules.
    title
        What is counted.
    legend
        Whether to explain the fan and the observations; milestones are always named.
    ax
        Where to draw; None: pyplot's current axes.
    """
    ax = ax or current_axes()
    end = band.origin + timedelta(days=band.days)
    seen = [each for each in observations if band.start <= each.day < end]
    counts = [count for each in seen for count in (each.low, each.actual, each.high) if count is not None]
    top = 1.04 * max(1, int(band.strength.max()), int(band.histories.max()), *counts, *(each.level for each in targets))
    whole = band.before + band.days
    ax.set_xlim(_at(band.start) - MARGIN * whole, _at(end))
    ax.set_ylim(-0.03 * top, top)
    _format_axes(ax, days=whole)
    fan = _draw_fan(ax, band)
    if band.before:
        _draw_as_of(ax, band.origin, top=top)
    _draw_observations(ax, seen, top=top)
    _draw_targets(ax, targets, top=top)
    lanes = _draw_spans(ax, spans, band=band)
    ax.set_title(shown(title), loc="left", fontsize=10, pad=5 + LANE * lanes)
    explained = [*fan, *key_to(seen=bool(seen), spans=False)] if legend else []
    _add_legend(ax, [*explained, *_key_to_targets(ax, targets)], top=top)
    return ax


def current_axes() -> Axes:
    """Return pyplot's current axes."""
    from matplotlib import pyplot  # here alone: the figures of the command line need no windows

    return pyplot.gca()


def _at(day: date) -> float:
    """Return where a day stands on the axis of dates."""
    return float(date2num(day))  # type: ignore[no-untyped-call]  # matplotlib.dates has no types


def _inches(ax: Axes) -> tuple[float, float]:
    """Return the width and height of a panel."""
    box = ax.get_window_extent()
    return box.width / ax.figure.dpi, box.height / ax.figure.dpi


def _format_axes(ax: Axes, *, days: int) -> None:
    few = days <= 7
    locator = DayLocator() if few else AutoDateLocator(minticks=4, maxticks=9)  # type: ignore[no-untyped-call]  # none
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]  # as above
    ax.xaxis.get_offset_text().set_fontsize(SMALL)
    ax.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True, min_n_ticks=1))
    ax.yaxis.set_major_formatter("{x:,.0f}")
    ax.set_ylabel("strength (persons)", fontsize=SMALL)
    ax.set_xlabel("date (strength at the end of the day)", fontsize=SMALL)
    ax.tick_params(labelsize=SMALL)
    ax.spines[["top", "right"]].set_visible(False)


def _draw_fan(ax: Axes, band: Band) -> list[Artist]:
    """Draw bands, median and a few whole histories at change points only; return what a legend has to explain."""
    changes = 1 + np.flatnonzero(np.any(np.diff(band.strength, axis=1) != 0, axis=0))
    strength = band.strength[:, [0, *changes, band.days - 1]]
    days = _at(band.origin) + np.array([0, *changes, band.days], dtype=np.float64)
    half, odd = divmod(len(band.quantiles), 2)
    drawn: list[Artist] = []
    for low, shade in zip(range(half), SHADES, strict=False):
        high = len(band.quantiles) - 1 - low
        if np.any(strength[low] != strength[high]):
            between = f"{100 * band.quantiles[low]:g} to {100 * band.quantiles[high]:g} % of all"
            style: dict[str, Any] = {"step": "post", "color": FAN, "alpha": shade, "lw": 0, "label": between}
            drawn.append(ax.fill_between(days, strength[low], strength[high], **style))
    if odd:
        label = "median" if drawn else "strength"
        drawn[:0] = ax.plot(days, strength[half], color=FAN, lw=1.6, drawstyle="steps-post", label=label)
    return [*drawn, *(_draw_histories(ax, band) if len(drawn) > 1 else [])]


def _draw_as_of(ax: Axes, day: date, *, top: float) -> None:
    """Mark the day from which on the fan foretells: what is before it was known."""
    ax.vlines(_at(day), 0, top, color=SEEN, lw=0.8, ls=(0, (4, 2)), zorder=2.4)
    style: dict[str, Any] = {"fontsize": SMALLER, "color": SEEN, "ha": "right", "va": "bottom", "rotation": 90}
    ax.annotate(f"as of {day}", (_at(day), 0), xytext=(-2, 3), textcoords="offset points", **style)


def _draw_histories(ax: Axes, band: Band) -> list[Artist]:
    """Draw the first replications as they went: a fan has no steps, holds or returns, each of them has."""
    lines: list[Line2D] = []
    for number, history in enumerate(band.histories):
        changes = 1 + np.flatnonzero(np.diff(history))
        days = _at(band.origin) + np.array([0, *changes, band.days], dtype=np.float64)
        label = "single replications" if number == 0 else "_"
        style: dict[str, Any] = {"color": QUIET, "lw": 0.6, "alpha": 0.8, "drawstyle": "steps-post", "zorder": 1.9}
        lines += ax.plot(days, history[[0, *changes, band.days - 1]], label=label, **style)
    return [*lines[:1]]


def _draw_observations(ax: Axes, seen: Sequence[Observation], *, top: float) -> None:
    """Draw counts as points on bars from low to high; where only one bound was published, an arrow from it."""
    for each in seen:
        days = [_at(each.day)] * 2
        low = each.actual if each.low is None else each.low
        high = each.actual if each.high is None else each.high
        if low is not None and high is not None:
            ax.plot(days, [low, high], color=SEEN, lw=1.1, marker="_", ms=5, zorder=4)
        else:
            bound, away, reach = (low or 0, "^", 0.07 * top) if high is None else (high, "v", -0.07 * top)
            ax.plot(days, [bound, bound + reach], color=SEEN, lw=1.1, zorder=4)
            ax.plot(days[:1], [bound], color=SEEN, marker="_", ms=6, ls="none", zorder=4)
            ax.plot(days[:1], [bound + reach], color=SEEN, marker=away, ms=3.5, ls="none", zorder=4)
        if each.actual is not None:
            ax.plot(days[:1], [each.actual], color=SEEN, marker="o", ms=4, ls="none", zorder=4)


def _draw_targets(ax: Axes, targets: Sequence[Target], *, top: float) -> None:
    """Mark the level and day of each milestone: pointing down for at most, up for at least."""
    for each in targets:
        days = [_at(each.first or each.due), _at(each.due)]
        ax.vlines(sorted(set(days)), 0, top, color=DUE, lw=0.8, ls=":", zorder=2.5)
        ax.plot(days, [each.level] * 2, **_target_style(each), zorder=5)


def _target_style(target: Target) -> dict[str, Any]:
    marker = "v" if target.at_most else "^"
    return {"color": DUE, "lw": 1.6 if target.first else 0, "marker": marker, "ms": 6, "mec": "white", "mew": 0.6}


def _key_to_targets(ax: Axes, targets: Sequence[Target]) -> list[Artist]:
    """Return the milestones for a legend, those due first; of many also how many more there are."""
    most = letters_in(_inches(ax)[0]) - 6
    named = [Line2D([], [], **_target_style(each), label=target_text(each, most=most)) for each in targets[:MOST_NAMED]]
    more = len(targets) - len(named)
    return [*named, *([Line2D([], [], lw=0, label=f"and {more} more")] if more else [])]


def key_to(*, seen: bool, spans: bool) -> list[Artist]:
    """Return what a legend has to explain besides fan and milestones."""
    point = Line2D([], [], color=SEEN, marker="o", ms=4, lw=1.1, label="observed (arrow: a bound)")
    shade = Patch(color=PHASE, alpha=PHASE_SHADES[1], lw=0, label="phase as planned")
    return [*([point] if seen else []), *([shade] if spans else [])]


def _draw_spans(ax: Axes, spans: Sequence[PhaseSpan], *, band: Band) -> int:
    """Shade phases and name them above the panel, in lanes so that no names touch; return how many lanes."""
    faint = min(1.0, 3 / max(1, len(spans)))
    for number, each in enumerate(spans):
        shade = PHASE_SHADES[number % 2] * faint
        ax.axvspan(_at(each.first), _at(each.last) + 1, color=PHASE, alpha=shade, lw=0, zorder=0)
    placed = place_names(spans, first=band.start, days=band.before + band.days, inches=_inches(ax)[0])
    for name in placed:
        ax.annotate(
            span_text(name.span),
            (ax.get_xlim()[1] if name.ends_at_edge else _at(name.span.first), 1),
            xycoords=ax.get_xaxis_transform(),
            xytext=(0 if name.ends_at_edge else 1, 2 + LANE * name.lane),
            textcoords="offset points",
            ha="right" if name.ends_at_edge else "left",
            fontsize=SMALLER,
            color=QUIET,
            annotation_clip=False,
        )
    return lanes_of(placed)


def _add_legend(ax: Axes, handles: Sequence[Artist], *, top: float) -> None:
    """Explain in words, in room made for them above the data."""
    if handles:
        style: dict[str, Any] = {"fontsize": SMALL, "frameon": False, "borderaxespad": 0.2, "labelspacing": 0.3}
        legend = ax.legend(handles=handles, loc="upper left", **style)
        share = legend.get_window_extent().height / ax.get_window_extent().height
        ax.set_ylim(-0.03 * top, top / (1 - min(share + 0.03, 0.8)))


def plot_milestones(
    timelines: Sequence[MilestoneTimeline], *, window: tuple[date, date] | None = None, ax: Axes | None = None
) -> Axes:
    """Draw, a row each, the share of replications that had achieved a milestone by each date, and when it was due.

    Parameters
    ----------
    timelines
        From the first row down.
    window
        First and last day shown; None: from the first to the last date among the milestones.
    ax
        Where to draw; None: pyplot's current axes.
    """
    ax = ax or current_axes()
    first, last = window or dates_covered(timelines)
    days, rows = (last - first).days + 1, max(1, len(timelines))
    ax.set_xlim(_at(first) - MARGIN * days, _at(last) + 1)
    ax.set_ylim(-rows, 0)
    _format_axes(ax, days=days)
    size = max(4.0, min(float(SMALL), 0.8 * WORDS * POINTS * _inches(ax)[1] / rows))
    feet = [-1 - row + GROUND for row in range(len(timelines))]
    ax.set_yticks([each + share * CURVE for each in feet for share in (0, 1)], ["0 %", "100 %"] * len(feet))
    ax.tick_params(axis="y", labelsize=size - 1, length=2)
    ax.set_ylabel("share of replications", fontsize=SMALL)
    ax.set_xlabel("date", fontsize=SMALL)
    for foot, each in zip(feet, timelines, strict=True):
        _draw_row(ax, each, foot=foot)
        _write_row(ax, each, foot=foot, size=size)
    if not timelines:
        ax.text(0.5, 0.5, "the scenario has no milestones", transform=ax.transAxes, ha="center", color=QUIET)
    return ax


def _draw_row(ax: Axes, timeline: MilestoneTimeline, *, foot: float) -> None:
    """Draw one milestone above `foot`: a curve over the run, or a bar over the time that it is asked of."""
    begin, end = ax.get_xlim()
    if timeline.first is None:
        days = [begin, *(_at(each) for each in timeline.dates), end]
        shares = np.array([0.0, *timeline.shares, *(timeline.shares[-1:] or (0.0,))])
    else:
        days = [_at(timeline.first), _at(timeline.due)]
        shares = np.full(2, timeline.met.estimate)
    heights = foot + CURVE * shares
    ax.fill_between(days, foot, heights, step="post", color=FAN, alpha=SHADES[1], lw=0)
    ax.plot(days, heights, color=FAN, lw=1.4, drawstyle="steps-post", label=shown(timeline.label))
    ax.hlines([foot, foot + CURVE], begin, end, color=PHASE, lw=0.5, zorder=0.5)
    ax.vlines([_at(each) for each in (timeline.first, timeline.due) if each], foot, foot + CURVE, color=DUE, lw=1.6)
    if isinstance(timeline.met_on, date):
        ax.plot([_at(timeline.met_on)], [foot - GROUND / 2], color=SEEN, marker="D", ms=4, ls="none", zorder=5)


def _write_row(ax: Axes, timeline: MilestoneTimeline, *, foot: float, size: float) -> None:
    """Write what is asked above the curve, and how likely it is met beside its due date.

    The curve only rises: a likely one leaves room below it and later, an unlikely one above it and before. Where that
    is past the edge, how likely it is stands with what is asked.
    """
    style: dict[str, Any] = {"textcoords": "offset points", "fontsize": size, "annotation_clip": False}
    later, before = (0.06, 3, "left", "bottom"), (0.94, -3, "right", "top")
    height, offset, ha, va = later if timeline.met.estimate >= 0.5 else before
    likely, place = met_text(timeline), (_at(timeline.due), foot + CURVE * height)
    share = ax.annotate(likely, place, xytext=(offset, 0), ha=ha, va=va, **style)
    extent, box = share.get_window_extent(), ax.get_window_extent()
    beside = ""
    if not box.x0 <= extent.x0 < extent.x1 <= box.x1:
        share.remove()
        beside = f"; met: {likely}"
    words = timeline_text(timeline, most=letters_in(_inches(ax)[0], size=size) - len(beside)) + beside
    ax.annotate(words, (ax.get_xlim()[0], foot + CURVE), xytext=(2, 2), va="bottom", **style)
