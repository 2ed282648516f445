"""Figures of a run: the fan of strength over time, and when each milestone is achieved. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from posture.errors import StoreError
from posture.scenario.findings import printable
from posture.scenario.observed import Observation
from posture.study.estimates import (
    AchievedCurve,
    Band,
    MilestoneEstimate,
    estimate_achieved,
    estimate_band,
    estimate_milestones,
)
from posture.study.runs import Run
from posture.study.store import versions
from posture.study.timelines import PhaseSpan, phase_spans
from posture.view.panels import Panel, Target, choose_panels, selections

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FANS = ("#c9d8ea", "#86a9d0")
"""The nine tenths, and the half."""
MEDIAN, SEEN, TARGET, PHASE = "#22466b", "#cc3311", "#117733", "#ddaa33"
LINES = ("#4477aa", "#ee6677", "#228833", "#aa8800", "#66ccee", "#aa3377", "#555555", "#004488", "#bb5566", "#000000")
DPI = 150
LONGEST_LABEL = 48


def label_of(text: str, *, most: int = LONGEST_LABEL) -> str:
    """Return text from a scenario file fit for a figure: no formulas, no control characters, not too long."""
    shown = printable(text)
    shown = shown if len(shown) <= most else shown[: most - 1] + "…"
    return shown.replace("$", r"\$").lstrip("_") or "-"


def plot_strength(
    band: Band,
    *,
    observations: Sequence[Observation] = (),
    targets: Sequence[Target] = (),
    spans: Sequence[PhaseSpan] = (),
    title: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw the fan of a selection's strength: median, half and nine tenths of the replications, by day.

    Parameters
    ----------
    band
        The fan, as `estimate_band` makes it.
    observations
        What was counted, drawn as points with low-high bars; a bound alone is an arrowhead.
    targets
        Milestones on the selection, with their due dates and levels.
    spans
        Phases to shade.
    ax
        Where to draw; pyplot's current axes unless stated.
    """
    axes = _axes(ax)
    _shade(axes, spans)
    days = [_number(band.origin + timedelta(days=each)) for each in range(band.days + 1)]
    rows = np.column_stack([band.at_start, band.strength])
    half = len(rows) // 2
    for depth in range(half):
        share = band.quantiles[-1 - depth] - band.quantiles[depth]
        colour = FANS[min(depth, len(FANS) - 1)]
        label = f"{share:.0%} of replications"
        axes.fill_between(days, rows[depth], rows[-1 - depth], step="pre", color=colour, linewidth=0, label=label)
    axes.plot(days, rows[half], drawstyle="steps-pre", color=MEDIAN, linewidth=1.4, label="median")
    _mark_targets(axes, targets)
    _mark_observations(axes, [each for each in observations if days[0] <= _number(each.day) <= days[-1]])
    axes.set_xlim(days[0], days[-1])
    axes.set_ylim(bottom=0, top=max(1.0, axes.get_ylim()[1]) * 1.12)
    axes.set_ylabel("persons")
    axes.set_title(label_of(title, most=60), fontsize=10, loc="left")
    _date_ticks(axes)
    return axes


def _axes(ax: Axes | None) -> Axes:
    if ax is not None:
        return ax
    from matplotlib import pyplot

    return pyplot.gca()


def _date_ticks(axes: Axes) -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    locator = AutoDateLocator(minticks=3, maxticks=7)  # type: ignore[no-untyped-call]  # matplotlib's dates have no types
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]  # as above
    axes.tick_params(labelsize=8)
    axes.grid(axis="y", linewidth=0.4, alpha=0.5)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _shade(axes: Axes, spans: Sequence[PhaseSpan]) -> None:
    """Shade phases, with their names along the top."""
    for number, span in enumerate(spans):
        axes.axvspan(
            _number(span.begins), _number(span.ends), color=PHASE, alpha=0.10 + 0.06 * (number % 2), linewidth=0
        )
        middle = span.begins + (span.ends - span.begins) / 2
        axes.annotate(
            label_of(span.label, most=18),
            (_number(middle), 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(0, -3),
            textcoords="offset points",
            ha="center",
            va="top",
            fontsize=7,
            color="#8a6d00",
        )


def _number(day: date) -> float:
    from matplotlib.dates import date2num

    return float(date2num(day))  # type: ignore[no-untyped-call]  # as above


def _mark_targets(axes: Axes, targets: Sequence[Target]) -> None:
    """Mark each milestone: its date, and the level it asks for there, or throughout."""
    for number, target in enumerate(targets):
        axes.axvline(_number(target.due), color=TARGET, linewidth=0.8, linestyle=":")
        if target.persons is None:
            continue
        if target.first < target.due:
            ends = [_number(target.first), _number(target.due)]
            axes.plot(ends, [target.persons] * 2, color=TARGET, linewidth=1.6)
        axes.plot(
            _number(target.due),
            target.persons,
            linestyle="none",
            marker="v" if target.at_most else "^",
            color=TARGET,
            markersize=7,
            clip_on=False,
            zorder=5,
            label="milestone (down: at most, up: at least)" if number == 0 else None,
        )


def _mark_observations(axes: Axes, observations: Sequence[Observation]) -> None:
    """Draw what was counted: points, with bars from low to high; a bound alone as an arrow towards what it allows."""
    for each in observations:
        low, high = each.low, each.high
        if low is not None and high is not None:
            axes.vlines(_number(each.day), low, high, color=SEEN, linewidth=1.2, zorder=6)
        elif low is not None or high is not None:
            bound, marker = (high, r"$\downarrow$") if high is not None else (low, r"$\uparrow$")
            axes.plot(
                _number(each.day), bound or 0, linestyle="none", marker=marker, color=SEEN, markersize=7, zorder=6
            )
    counted = [(_number(each.day), each.actual) for each in observations if each.actual is not None]
    if counted:
        axes.plot(
            [day for day, _ in counted],
            [actual for _, actual in counted],
            linestyle="none",
            marker="o",
            markersize=4,
            color=SEEN,
            zorder=7,
            label="observed (bars: low to high; arrows: a bound)",
        )


def plot_milestones(curves: Sequence[AchievedCurve], *, horizon: date | None = None, ax: Axes | None = None) -> Axes:
    """Draw when each milestone is achieved: the share of replications in which it had been, by date and due date.

    Parameters
    ----------
    curves
        As `estimate_achieved` makes them; those asked `throughout` a time have none.
    horizon
        The last day to show; the last of the dates unless stated.
    ax
        Where to draw; pyplot's current axes unless stated.
    """
    axes = _axes(ax)
    last = horizon or max((day for each in curves for day in (each.due, *each.dates)), default=date(2000, 1, 1))
    for due in sorted({each.due for each in curves}):
        axes.axvline(_number(due), color="#999999", linewidth=0.8, linestyle=":")
        axes.annotate(f"{due}", (_number(due), 1.05), fontsize=7, rotation=30, va="bottom", annotation_clip=False)
    for number, curve in enumerate(curves):
        _draw_curve(axes, curve, number, of=len(curves), last=last)
    axes.set_ylim(-0.02, 1.04)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    axes.set_ylabel("replications in which it had been achieved")
    _date_ticks(axes)
    return axes


def _draw_curve(axes: Axes, curve: AchievedCurve, number: int, *, of: int, last: date) -> None:
    """Draw one curve; the first are the widest, so that those that coincide are all seen."""
    colour, style = LINES[number % len(LINES)], "-" if number < len(LINES) else "--"
    days = [_number(each) for each in (*curve.dates, last)] if curve.dates else [_number(curve.due), _number(last)]
    shares = [*curve.shares, curve.shares[-1]] if curve.shares else [0.0, 0.0]
    width = 1.2 + 0.4 * (of - 1 - number)
    axes.plot([days[0], *days], [0.0, *shares], drawstyle="steps-post", color=colour, linestyle=style, linewidth=width)
    at_due = max((share for day, share in zip(curve.dates, curve.shares, strict=True) if day <= curve.due), default=0.0)
    axes.plot(_number(curve.due), at_due, marker="o", color=colour, markersize=6 + width / 2, linestyle="none")
    axes.plot([], [], color=colour, linestyle=style, marker="o", label=_legend(curve, at_due))


def _legend(curve: AchievedCurve, at_due: float) -> str:
    return f"{label_of(curve.label, most=34)}, due {curve.due}: {at_due:.0%} by then"


def strength_figure(run: Run) -> Figure:
    """Return the figure of a run's strengths: a panel for all, and for each selection that is asked of or observed."""
    from matplotlib.figure import Figure

    start = [
        float(estimate_band(run, of=of, at=at, quantiles=(0.5,)).at_start[0]) for of, at in selections(run.scenario)
    ]
    panels = choose_panels(run, start=start)
    columns = min(len(panels), 3)
    rows = -(-len(panels) // columns)
    figure = Figure(figsize=(4.9 * columns + 0.4, 3.1 * rows + 1.5), dpi=DPI, layout="constrained")
    spans = phase_spans(run)
    axes = [figure.add_subplot(rows, columns, number + 1) for number in range(len(panels))]
    for panel, each in zip(panels, axes, strict=True):
        _draw_panel(run, panel, spans, each)
    handles: dict[str, Artist] = {}
    for each in axes:
        handles |= {text: handle for handle, text in zip(*each.get_legend_handles_labels(), strict=True)}
    figure.legend(
        list(handles.values()), list(handles), loc="outside lower center", ncols=min(5, len(handles)), fontsize=8
    )
    _head(figure, run, "Strength over time")
    return figure


def _draw_panel(run: Run, panel: Panel, spans: Sequence[PhaseSpan], axes: Axes) -> None:
    band = estimate_band(run, of=panel.of, at=panel.at)
    plot_strength(band, observations=panel.observations, targets=panel.targets, spans=spans, title=panel.title, ax=axes)


def _head(figure: Figure, run: Run, what: str) -> None:
    """Say what the figure shows, and of which run."""
    run_words = f"{run.replications:,} replications, seed {run.seed}, scenario {run.scenario.hash[:8]}"
    version = versions()["posture"]
    figure.suptitle(f"{what}: {label_of(run.scenario.name, most=90)}\n{run_words}, posture {version}", fontsize=11)


def milestones_figure(run: Run) -> Figure:
    """Return the figure of when each milestone is achieved, with those asked throughout a time in words."""
    from matplotlib.figure import Figure

    curves = estimate_achieved(run)
    figure = Figure(figsize=(11, 6.8), dpi=DPI, layout="constrained")
    axes = figure.add_subplot()
    plot_milestones(curves, horizon=run.scenario.parts.end, ax=axes)
    axes.set_xlim(_number(run.scenario.parts.start), _number(run.scenario.parts.end))
    for each in estimate_milestones(run):
        if each.throughout:
            axes.plot([], [], linestyle="none", label=_throughout(each))
    figure.legend(loc="outside lower center", ncols=2, fontsize=8)
    _head(figure, run, "When milestones are achieved")
    return figure


def _throughout(each: MilestoneEstimate) -> str:
    return f"{label_of(each.label, most=34)}, throughout to {each.due}: {each.met.estimate:.0%}"


def picture(figure: Figure, *, form: str = "png") -> bytes:
    """Return a figure as the bytes of a file, the same for the same figure."""
    from matplotlib import rc_context

    metadata = {"png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}[form]
    stream = BytesIO()
    with rc_context({"svg.hashsalt": "posture", "svg.fonttype": "none"}):
        figure.savefig(stream, format=form, metadata=metadata)
    return stream.getvalue()


def save_figure(figure: Figure, path: Path) -> None:
    """Write a figure to a file whose ending says the format.

    Raises
    ------
    StoreError
        The file cannot be written.
    """
    content = picture(figure, form=path.suffix.removeprefix("."))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.tmp")
        draft.write_bytes(content)
        draft.replace(path)
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror or error}") from error
