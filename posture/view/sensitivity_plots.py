"""The figure of what a milestone hangs on: its variance in two, indices of assumptions, and their effects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from posture.study.estimates import Interval
from posture.study.sensitivity import ElementaryEffect, Response, SobolIndex, VarianceSplit
from posture.study.store import versions
from posture.study.unknowns import Sensitivity
from posture.view.figures import DPI
from posture.view.labels import shown
from posture.view.layout import POINTS, SMALL, SMALLER, TITLE, Page, lay_out
from posture.view.plots import DUE, FAN, PHASE, QUIET, SEEN, Axes, current_axes
from posture.view.sensitivity_tables import effect_scale, effect_unit, response_text, split_doubt, split_sentence

MOST_BARS = 12
"""Assumptions in the panel of indices; the rest is counted below them."""

MOST_NAMED = 8
"""Effects that are named; all have a point."""

BAR = 0.38
"""Height of a bar, in rows: two of them make a row, with a gap to the next."""

ROOM = 0.62
"""What a name may take beside its bars, as a share of all that bars and intervals cover."""

LONGEST_NAME = 24
"""Letters of an assumption's name."""

PANEL, WIDE_PANEL = 4.6, 6.4
"""Width of a panel beside another, and of one alone, inches."""

STRIP, STRIP_LANES = 0.16, 3
"""Height of the split above the panels, inches, and the lanes that make room for it and its words."""

LINE = 1.3
"""From one name of an effect to the next, in the height of its letters."""


def sensitivity_figure(found: Sensitivity) -> Figure:
    """Return the figure of whatever was asked: the split across the page, indices and effects side by side below."""
    count = max(1, (found.indices is not None) + (found.effects is not None))
    alone = found.indices is None and found.effects is None
    rows = min(MOST_BARS, max(6, len(found.inputs)))
    lanes = 0 if found.split is None else 1 if alone else STRIP_LANES
    size = (PANEL if count > 1 else WIDE_PANEL, STRIP if alone else 0.3 * rows)
    title = split_sentence(found) or f"What {response_text(found)} hangs on"
    name = f"{title.rstrip('.')}. {found.scenario.title}"
    page = lay_out(name, panels=count, columns=count, panel=size, lanes=lanes)
    figure = Figure(figsize=(page.width, page.height), dpi=DPI)
    grid = figure.add_gridspec(page.rows, page.columns, **page.margins)
    if found.split is not None:
        strip = figure.add_subplot(grid[0, 0]) if alone else _strip(figure, page)
        plot_split(found.split, doubt=split_doubt(found), ax=strip)
    if found.indices is not None:
        plot_indices(found.indices, ax=figure.add_subplot(grid[0, 0]))
    if found.effects is not None:
        plot_effects(found.effects, response=found.response, ax=figure.add_subplot(grid[0, count - 1]))
    _write_page(figure, page, found)
    return figure


def _strip(figure: Figure, page: Page) -> Axes:
    """Return axes across the page, between its title and its panels."""
    left, right = page.margins["left"], page.margins["right"]
    return figure.add_axes((left, page.margins["top"] + page.up(0.42), right - left, page.up(STRIP)))


def _write_page(figure: Figure, page: Page, found: Sensitivity) -> None:
    """Write the title, and what made the figure."""
    made = (
        f"{found.runs:,} replications, {found.replications:,} at each point, seed {found.seed}, "
        f"scenario {found.scenario.hash[:8]}, posture {versions()['posture']}"
    )
    figure.text(page.across(0.2), 1 - page.up(0.1), page.title, fontsize=TITLE, va="top")
    figure.text(page.across(0.2), page.up(0.1), made, fontsize=SMALL, color=QUIET, va="bottom")


def plot_split(split: VarianceSplit, *, doubt: str = "", ax: Axes | None = None) -> Axes:
    """Draw the share of chance as a bar from the left, what is not known as the rest, the interval where they meet.

    Parameters
    ----------
    split
        What is drawn.
    doubt
        Why the interval is not to be trusted: said above it.
    ax
        Where to draw; None: pyplot's current axes.
    """
    ax = ax or current_axes()
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 1)
    ax.axis("off")
    chance = split.chance
    if chance is None:
        ax.text(0.5, 0.5, "no variance", transform=ax.transAxes, ha="center", va="center", color=QUIET, fontsize=SMALL)
        return ax
    ax.barh([0.5], [chance.estimate], height=1, color=PHASE, lw=0)
    ax.barh([0.5], [1 - chance.estimate], left=[chance.estimate], height=1, color=FAN, lw=0)
    ax.plot([chance.low, chance.high], [0.5, 0.5], color=SEEN, lw=1.1, marker="|", ms=6, clip_on=False, zorder=4)
    above: dict[str, Any] = {"xytext": (0, 3), "textcoords": "offset points", "fontsize": SMALL, "va": "bottom"}
    ax.annotate("chance", (0, 1), ha="left", **above)
    ax.annotate("what is not known", (1, 1), ha="right", **above)
    if doubt:
        ax.annotate(f"beware: {doubt}", (0.5, 0), **{**above, "xytext": (0, -3), "va": "top"}, ha="center", color=DUE)
    return ax


def plot_indices(indices: Sequence[SobolIndex], *, ax: Axes | None = None) -> Axes:
    """Draw the total index of each assumption as a bar, the first below it, each with its interval.

    Parameters
    ----------
    indices
        From the top down; of many the first are drawn and the others counted.
    ax
        Where to draw; None: pyplot's current axes.
    """
    ax = ax or current_axes()
    drawn = indices[:MOST_BARS]
    ends = [0.0, *(end for each in drawn for order in (each.first, each.total) for end in (order.low, order.high))]
    room = ROOM * (max(ends) - min(ends)) or 1.0
    ax.set_xlim(min(ends) - room, max(ends) + 0.05 * room)
    ax.set_ylim(len(drawn) - 0.4, -0.6)
    ax.axvline(0, color=QUIET, lw=0.8)
    for row, each in enumerate(drawn):
        _draw_bar(ax, each.total, row - BAR / 2, colour=FAN)
        _draw_bar(ax, each.first, row + BAR / 2, colour=PHASE)
        _write_name(ax, each, row)
    if indices:
        handles = [Patch(color=FAN, lw=0, label="total"), Patch(color=PHASE, lw=0, label="first")]
        ax.legend(handles=handles, loc="lower right", fontsize=SMALL, frameon=False)
    else:
        _say_nothing(ax)
    more = f"; {len(indices) - len(drawn)} smaller not shown" if len(indices) > len(drawn) else ""
    ax.set_xlabel(f"share of the variance from what is not known{more}", fontsize=SMALL)
    ax.set_xticks([each for each in ax.get_xticks() if min(ends) <= each <= max(ends)])
    ax.set_yticks([])
    _format(ax, title="Sobol' indices", bare=["top", "right", "left"])
    return ax


def _draw_bar(ax: Axes, share: Interval, height: float, *, colour: str) -> None:
    ax.barh([height], [share.estimate], height=BAR, color=colour, lw=0)
    ax.plot([share.low, share.high], [height, height], color=SEEN, lw=0.9, marker="|", ms=4)


def _write_name(ax: Axes, index: SobolIndex, row: int) -> None:
    left = min(0.0, index.first.low, index.first.estimate, index.total.low)
    style: dict[str, Any] = {"textcoords": "offset points", "ha": "right", "va": "center", "fontsize": SMALL}
    ax.annotate(shown(index.input, most=LONGEST_NAME), (left, row), xytext=(-4, 0), **style)


def _say_nothing(ax: Axes) -> None:
    ax.text(0.5, 0.5, "nothing to show", transform=ax.transAxes, ha="center", color=QUIET)


def _format(ax: Axes, *, title: str, bare: Sequence[str]) -> None:
    ax.set_title(title, loc="left", fontsize=10)
    ax.tick_params(labelsize=SMALL)
    ax.spines[list(bare)].set_visible(False)


def plot_effects(effects: Sequence[ElementaryEffect], *, response: Response, ax: Axes | None = None) -> Axes:
    """Draw a point for each assumption: the size of its effect with its interval, and the effect's spread.

    Parameters
    ----------
    effects
        The largest first: the first few are named.
    response
        Of what: it tells the unit.
    ax
        Where to draw; None: pyplot's current axes.
    """
    ax = ax or current_axes()
    scale, unit = effect_scale(response), effect_unit(response)
    right = scale * max((each.size.high for each in effects), default=0.0) or 1.0
    top = scale * max((each.spread for each in effects), default=0.0) or 1.0
    ax.set_xlim(-0.02 * right, 1.45 * right)
    ax.set_ylim(-0.04 * top, 1.12 * top)
    ax.axline((0, 0), slope=1, color=PHASE, lw=0.8, ls=":", zorder=0)
    for each in effects:
        colour, marker = _sense(each)
        ax.plot([scale * each.size.low, scale * each.size.high], [scale * each.spread] * 2, color=PHASE, lw=0.9)
        ax.plot([scale * each.size.estimate], [scale * each.spread], color=colour, marker=marker, ms=5, ls="none")
    if any(each.size.estimate for each in effects):
        _name_effects(ax, effects[:MOST_NAMED], scale=scale)
        ax.legend(handles=_key_to_senses(), loc="lower right", fontsize=SMALLER, frameon=False)
    else:
        _say_nothing(ax)
    words = "percentage points of P(met)" if unit == "points" else unit
    ax.set_xlabel(f"size of the effect, mu* ({words})", fontsize=SMALL)
    ax.set_ylabel(f"its spread, sigma ({unit})", fontsize=SMALL)
    _format(ax, title="Elementary effects (Morris)", bare=["top", "right"])
    return ax


SENSES = {"raises it": (FAN, "^"), "lowers it": (DUE, "v"), "either": (QUIET, "o")}
"""Colour and marker of an effect by its sign."""


def _sense(effect: ElementaryEffect) -> tuple[str, str]:
    """Return how an effect is drawn: with a sign where the interval of its mean has one."""
    return SENSES["raises it" if effect.mean.low > 0 else "lowers it" if effect.mean.high < 0 else "either"]


def _key_to_senses() -> list[Line2D]:
    drawn = [
        Line2D([], [], color=colour, marker=marker, ms=5, ls="none", label=name)
        for name, (colour, marker) in SENSES.items()
    ]
    return [*drawn, Line2D([], [], color=PHASE, lw=0.8, ls=":", label="sigma = mu*")]


def _name_effects(ax: Axes, effects: Sequence[ElementaryEffect], *, scale: int) -> None:
    """Name effects right of their intervals, from below up, each name clear of the one before."""
    low, high = ax.get_ylim()
    panel = ax.get_window_extent().height / ax.figure.dpi * POINTS
    step, height = LINE * SMALLER / panel * (high - low), low
    for each in sorted(effects, key=lambda each: each.spread):
        height = max(scale * each.spread, height + step)
        ax.annotate(
            shown(each.input, most=LONGEST_NAME),
            (scale * each.size.high, scale * each.spread),
            xytext=(scale * each.size.high + 0.03 * ax.get_xlim()[1], height),
            fontsize=SMALLER,
            va="center",
            arrowprops={"arrowstyle": "-", "color": PHASE, "lw": 0.5},
        )
