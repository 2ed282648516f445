"""Inputs on an axis: numbers, percentages, dates and categories, each labelled so that it reads."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

from posture.scenario.distributions import Floats
from posture.study.inputs import Input
from posture.view.discovery_tables import value_text
from posture.view.labels import shown
from posture.view.layout import SMALL

EPOCH = 719163
"""The ordinal of 1 January 1970, from which matplotlib counts days."""

MOST_TICKS = 7

MARGIN = 0.05
"""Of the values shown, to both sides."""

MOST_NAME = 56
"""Letters of an input beside its axis."""

UNSAID = ("", "date", "percent")
"""Units that the numbers on an axis say themselves."""


def positions(one: Input, values: Floats) -> Floats:
    """Return where values of an input stand on its axis: of dates days since 1970, else as they are."""
    return values - EPOCH if one.kind == "date" else values


def axis_name(one: Input, *, most: int = MOST_NAME) -> str:
    """Return what an axis shows, with its unit."""
    unit = "" if one.unit in UNSAID else f" ({one.unit.replace('_', ' ')})"
    return shown(one.label, most=most - len(unit)) + unit


def format_axis(ax: Axes, one: Input, values: Floats, *, which: Literal["x", "y"] = "x") -> None:
    """Scale and label an axis for the values of an input: few ones each at its tick, many at round ones."""
    axis = ax.xaxis if which == "x" else ax.yaxis
    there = np.unique(positions(one, values))
    reach = float(there[-1] - there[0]) or 1.0
    limits = float(there[0]) - MARGIN * reach, float(there[-1]) + MARGIN * reach
    (ax.set_xlim if which == "x" else ax.set_ylim)(*limits)
    locator: Any = MaxNLocator(nbins=MOST_TICKS - 1)
    formatter: Any = FuncFormatter(lambda at, _: tick_text(one, at))
    if one.kind == "category" or len(there) <= MOST_TICKS:
        locator = FixedLocator(there.tolist())
    elif one.kind == "date":
        locator = AutoDateLocator(minticks=3, maxticks=MOST_TICKS)  # type: ignore[no-untyped-call]  # it has no types
        formatter = ConciseDateFormatter(locator)  # type: ignore[no-untyped-call]  # as above
        axis.get_offset_text().set_fontsize(SMALL)
    axis.set_major_locator(locator)
    axis.set_major_formatter(formatter)
    axis.set_label_text(axis_name(one), fontsize=SMALL)
    ax.tick_params(axis=which, labelsize=SMALL)


def tick_text(one: Input, at: float) -> str:
    """Return the words at a tick; a date in two lines, its year below."""
    if one.kind != "date":
        return value_text(one, at)
    day, month, year = value_text(one, at + EPOCH).split()
    return f"{day} {month}\n{year}"
