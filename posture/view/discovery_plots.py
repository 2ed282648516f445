"""A discovery as a figure: the two assumptions that do most, missed and met apart, with the boxes drawn."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from posture.scenario.distributions import Floats
from posture.study.discoveries import Discovery, JudgedBox
from posture.study.inputs import Input
from posture.study.store import versions
from posture.view.discovery_tables import discovery_title, halves_text, share_words, side
from posture.view.labels import shown
from posture.view.layout import SMALL, SMALLER, TITLE, lay_out, letters_in
from posture.view.plots import DUE, FAN, QUIET, SEEN, Axes
from posture.view.scales import format_axis, positions

DPI = 150

PANEL = (5.6, 4.0)
"""Width and height of the panel, inches."""

SIDES = {"missed": (DUE, "x"), "met": (FAN, "o")}
"""Colour and marker of a replication by what came of it."""

MOST_LARGE = 400
"""With more points than this they are drawn smaller and fainter."""

MOST_TOLD = 2
"""Boxes told of above the panel."""


def axes_of(discovery: Discovery) -> tuple[Input, ...]:
    """Return the inputs to draw, two where there are: those the first box restricts most, the tree's, then any."""
    box = [each.restriction.input for each in discovery.boxes[0].limits] if discovery.boxes else []
    ordered = [*box, *(name for name, _ in discovery.tree.gains), *(each.name for each in discovery.inputs)]
    return tuple(discovery.input(name) for name in list(dict.fromkeys(ordered))[:2])


def plot_discovery(discovery: Discovery, *, ax: Axes) -> Axes:
    """Draw the judged replications, or design points by their share of hits, over two inputs, with the boxes.

    A box that also restricts other inputs is dashed: not all that stands inside it keeps to those.
    """
    chosen = axes_of(discovery)
    table, shares = discovery.scatter.table, discovery.scatter.shares
    places = [positions(one, table.column(one.name)) for one in chosen]
    for one, which in zip(chosen, ("x", "y"), strict=False):
        format_axis(ax, one, table.column(one.name), which="x" if which == "x" else "y")
    if len(chosen) == 1:
        places.append(np.arange(len(shares)) / len(shares))
        ax.set_yticks([])
        ax.set_ylabel("one after the other", fontsize=SMALL)
    (_draw_shares if discovery.about.is_study else _draw_sides)(ax, discovery, places)
    for number, box in reversed(list(enumerate(discovery.boxes, 1))):
        _draw_box(ax, box, chosen, number=number)
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def _draw_sides(ax: Axes, discovery: Discovery, places: Sequence[Floats]) -> None:
    """Draw each replication by what came of it, the rarer over the commoner."""
    hit = discovery.scatter.shares > 0.5
    kinds = {side(discovery): hit, "met" if discovery.about.failed else "missed": ~hit}
    many = len(hit) > MOST_LARGE
    for name, which in sorted(kinds.items(), key=lambda each: -int(each[1].sum())):
        colour, marker = SIDES[name]
        style: dict[str, Any] = {"color": colour, "marker": marker, "ls": "none", "alpha": 0.55 if many else 0.8}
        style |= {"ms": 3 if many else 4.5, "mew": 0.9 if marker == "x" else 0}
        ax.plot(places[0][which], places[1][which], label=f"{name} ({int(which.sum()):,})", **style)


def _draw_shares(ax: Axes, discovery: Discovery, places: Sequence[Floats]) -> None:
    """Draw each design point with its share of hits as a shade."""
    shares = discovery.scatter.shares
    order = np.argsort(shares, kind="stable")
    size = 14 if len(shares) > MOST_LARGE else 36
    style: dict[str, Any] = {"cmap": "cividis_r", "vmin": 0, "vmax": 1, "s": size, "lw": 0.3, "edgecolors": QUIET}
    drawn = ax.scatter(places[0][order], places[1][order], c=shares[order], **style)
    bar = ax.figure.colorbar(drawn, ax=ax, pad=0.02, aspect=30, format=lambda at, _: f"{at:.0%}")
    bar.set_label(f"share {side(discovery)} of a design point's replications", fontsize=SMALL)
    bar.ax.tick_params(labelsize=SMALL)


def _draw_box(ax: Axes, box: JudgedBox, chosen: Sequence[Input], *, number: int) -> None:
    """Draw a box, with its number at its corner, where it restricts an input that is shown."""
    restricted = {each.restriction.input: each.restriction for each in box.limits}
    names = [each.name for each in chosen]
    if not set(restricted) & set(names):
        return
    ends = [ax.get_xlim(), ax.get_ylim()]
    for index, one in enumerate(chosen):
        if kept := restricted.get(one.name):
            low, high = (
                edge if end is None else float(positions(one, np.array([end]))[0])
                for end, edge in zip((kept.low, kept.high), ends[index], strict=True)
            )
            ends[index] = low, high
    (left, right), (bottom, top) = ends
    style: dict[str, Any] = {"fill": False, "edgecolor": SEEN, "lw": 1.6 if number == 1 else 1.0, "zorder": 4}
    style["ls"] = "--" if set(restricted) - set(names) else "-"
    ax.add_patch(Rectangle((left, bottom), right - left, top - bottom, **style))
    words: dict[str, Any] = {"xytext": (4, -4), "textcoords": "offset points", "ha": "left", "va": "top", "zorder": 5}
    words["bbox"] = {"boxstyle": "square,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.8}
    ax.annotate(f"box {number}", (left, top), fontsize=SMALL, **words)


def discovery_figure(discovery: Discovery) -> Figure:
    """Return the judged half over the two assumptions that do most, with the boxes and how they fare."""
    page = lay_out(discovery_title(discovery), panels=1, columns=1, panel=PANEL, lanes=MOST_TOLD, key=True)
    figure = Figure(figsize=(page.width, page.height), dpi=DPI)
    ax = figure.add_subplot(figure.add_gridspec(1, 1, **page.margins)[0])
    plot_discovery(discovery, ax=ax)
    by_what = f"scenario {discovery.about.scenario_hash[:8]}, posture {versions()['posture']}"
    left, made = page.across(0.2), f"drawn: the replications judged; {halves_text(discovery)}; {by_what}"
    figure.text(left, 1 - page.up(0.1), page.title, fontsize=TITLE, va="top")
    lines = textwrap.wrap(made, letters_in(page.width - 0.4, size=SMALLER))
    figure.text(left, page.up(0.08), "\n".join(lines), fontsize=SMALLER, color=QUIET, va="bottom")
    ax.set_title("\n".join(_told(discovery)), loc="left", fontsize=SMALL)
    handles = [*ax.get_legend_handles_labels()[0], *_key(discovery)]
    style: dict[str, Any] = {"fontsize": SMALL, "frameon": False, "borderaxespad": 0, "borderpad": 0}
    if handles:
        place = left, page.up(0.38)
        figure.legend(handles=handles, loc="lower left", bbox_to_anchor=place, ncols=len(handles), **style)
    return figure


def _told(discovery: Discovery) -> list[str]:
    """Return how often all are hits, and how the first boxes fare."""
    lines = [
        f"box {number}: {share_words(box.judged.density)} {side(discovery)} inside, out of sample"
        for number, box in enumerate(discovery.boxes[:MOST_TOLD], 1)
    ]
    return [*lines, f"in all: {share_words(discovery.share)}{'' if lines else '; no box'}"]


def _key(discovery: Discovery) -> list[Patch]:
    """Return what a legend has to explain of dashed boxes."""
    others = {each.restriction.input for box in discovery.boxes for each in box.limits}
    others -= {each.name for each in axes_of(discovery)}
    if not others:
        return []
    names = " and ".join(shown(discovery.input(each).label, most=24) for each in sorted(others))
    return [Patch(fill=False, edgecolor=SEEN, ls="--", label=f"dashed: also restricted by {names}")]
