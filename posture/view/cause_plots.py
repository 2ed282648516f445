"""The tornado of a milestone: what each cause costs, and which assumptions it goes with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from posture.model.counterfactuals import EVERYTHING
from posture.study.assumptions import Association
from posture.study.causes import Causes, Counterfactual
from posture.study.estimates import Interval
from posture.study.runs import Run
from posture.view.cause_tables import cause_text
from posture.view.figures import new_figure
from posture.view.labels import in_words, shown
from posture.view.layout import SMALL, lay_out
from posture.view.plots import DUE, FAN, QUIET, SEEN, Axes, current_axes
from posture.view.tables import percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_BARS = 12
"""Bars in one panel; the rest is counted below them."""

ROOM = 0.7
"""What a name may take beside its bar, as a share of all that bars and intervals cover."""

BAR = 0.62
"""Height of a bar, in rows."""

PANEL = 4.6
"""Width of a panel, inches."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a tornado: its name, and how far it reaches, with its interval."""

    name: str
    reach: Interval
    is_total: bool = False
    """True: what several of the others make together."""


def cost_bars(counterfactuals: Sequence[Counterfactual]) -> list[Bar]:
    """Return what each cause costs as bars, in percentage points, all of them together on top."""
    bars = [Bar(cause_text(each.cause), _points(each.difference), each.cause == EVERYTHING) for each in counterfactuals]
    return sorted(bars, key=lambda each: not each.is_total)


def association_bars(associations: Sequence[Association]) -> list[Bar]:
    """Return the rank correlations of assumptions with being met as bars, the strongest on top."""
    bars = [Bar(each.label, each.met) for each in associations if each.met is not None]
    return sorted(bars, key=lambda each: -abs(each.reach.estimate))


def _points(share: Interval) -> Interval:
    return Interval(100 * share.estimate, 100 * share.low, 100 * share.high)


def plot_tornado(bars: Sequence[Bar], *, label: str = "", title: str = "", ax: Axes | None = None) -> Axes:
    """Draw bars from nothing, each with its interval as a line, its name opposite to it.

    Parameters
    ----------
    bars
        From the top down; of many the first are drawn and the others counted.
    label
        What the axis shows, with its unit.
    title
        Of the panel.
    ax
        Where to draw; None: pyplot's current axes.
    """
    ax = ax or current_axes()
    drawn = bars[:MOST_BARS]
    ax.set_xlim(_limits(drawn))
    ax.set_ylim(len(drawn) - 0.4, -0.6)
    ax.axvline(0, color=QUIET, lw=0.8)
    for row, each in enumerate(drawn):
        _draw_bar(ax, each, row)
    if len(bars) > len(drawn):
        ax.set_xlabel(f"{label}; {len(bars) - len(drawn)} smaller not shown", fontsize=SMALL)
    else:
        ax.set_xlabel(label, fontsize=SMALL)
    if not bars:
        ax.text(0.5, 0.5, "nothing to show", transform=ax.transAxes, ha="center", color=QUIET)
    ax.set_title(shown(title), loc="left", fontsize=10)
    ax.set_yticks([])
    ax.tick_params(labelsize=SMALL)
    ax.spines[["top", "right", "left"]].set_visible(False)
    return ax


def _limits(bars: Sequence[Bar]) -> tuple[float, float]:
    """Return where an axis begins and ends: with room for the names, each opposite to its bar."""
    ends = [0.0, *(end for each in bars for end in (each.reach.low, each.reach.high))]
    room = ROOM * (max(ends) - min(ends)) or 1.0
    names = [_beside(each) + (-room if each.reach.estimate >= 0 else room) for each in bars]
    margin = 0.05 * room
    return min(ends + names) - margin, max(ends + names) + margin


def _beside(bar: Bar) -> float:
    """Return where a name begins: where the interval of its bar is over on the other side of nothing."""
    return min(bar.reach.low, 0.0) if bar.reach.estimate >= 0 else max(bar.reach.high, 0.0)


def _draw_bar(ax: Axes, bar: Bar, row: int) -> None:
    """Draw one bar with its interval, and its name."""
    reach, is_right = bar.reach, bar.reach.estimate >= 0
    ax.barh([row], [reach.estimate], height=BAR, color=QUIET if bar.is_total else FAN if is_right else DUE, lw=0)
    ax.plot([reach.low, reach.high], [row, row], color=SEEN, lw=1.1, marker="|", ms=5)
    ax.annotate(
        shown(bar.name, most=32),
        (_beside(bar), row),
        xytext=(-4 if is_right else 4, 0),
        textcoords="offset points",
        ha="right" if is_right else "left",
        va="center",
        fontsize=SMALL,
    )


def causes_figure(run: Run, causes: Causes) -> Figure:
    """Return the tornado of a milestone: what each cause costs, beside the assumptions that it goes with."""
    costs, associations = cost_bars(causes.counterfactuals), association_bars(causes.associations)
    rows = max(3, min(MOST_BARS, max(len(costs), len(associations))))
    met, interval = percent(causes.met)
    name = f"{causes.label} by {in_words(causes.due)}: met in {met} ({interval}). {run.scenario.name}"
    page = lay_out(name, panels=2, columns=2, panel=(PANEL, 0.27 * rows))
    figure, [left, right] = new_figure(run, page, panels=2)
    plot_tornado(costs, label="percentage points of P(met) gained without it", title="What each cause costs", ax=left)
    plot_tornado(
        associations,
        label="Spearman's rank correlation with being met",
        title="Assumptions it goes with",
        ax=right,
    )
    return figure
