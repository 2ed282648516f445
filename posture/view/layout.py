"""Where things go on a figure, as numbers: pages of panels, letters in a width, names in lanes."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from posture.study.timelines import PhaseSpan
from posture.view.labels import shown, span_text

POINTS = 72
"""In an inch."""

TITLE, SMALL, SMALLER = 13, 8, 7
"""Heights of letters, points: the name of a figure, words inside it, words beside."""

LETTER = 0.55
"""Width of a letter, in its height: a little more than the mean, so that what is cut to fit does fit."""

LANE = 10
"""Height of a lane of names above a panel, points."""

MOST_LANES = 3

GAP = 0.8
"""Left of a panel, for the numbers of its axis, persons by the million included; inches."""

BELOW, KEY = 0.7, 0.25
"""Below a panel, for its dates, their label and what made the figure; below the lowest, for the key; inches."""


@dataclass(frozen=True, slots=True)
class Page:
    """A figure of panels; `width` and `height` in inches, the margins and gaps as matplotlib's grids take them."""

    title: str
    width: float
    height: float
    rows: int
    columns: int
    margins: dict[str, float]

    def across(self, inches: float) -> float:
        """Return a distance as a share of the width."""
        return inches / self.width

    def up(self, inches: float) -> float:
        """Return a distance as a share of the height."""
        return inches / self.height


@dataclass(frozen=True, slots=True)
class PlacedName:
    """The name of a phase: which lane it is in, from the panel up; whether it ends at the panel's right edge."""

    span: PhaseSpan
    lane: int
    ends_at_edge: bool


def lay_out(
    name: str, *, panels: int, columns: int, panel: tuple[float, float], lanes: int = 0, key: bool = False
) -> Page:
    """Return the page for panels of one size, with a name above.

    Parameters
    ----------
    panel
        Width and height of the part of a panel that is drawn in, inches.
    lanes
        Of names above each panel.
    key
        Whether there is one below.
    """
    rows = -(-panels // columns)
    above = 0.4 + LANE / POINTS * lanes
    width = (GAP + panel[0]) * columns + 0.35
    lines = textwrap.wrap(name, letters_in(width - 0.4, size=TITLE), max_lines=2, placeholder=" …")
    head = above + 0.1 + 0.22 * len(lines)
    foot = BELOW + KEY * key
    height = head + foot + rows * panel[1] + (rows - 1) * (above + BELOW - 0.3)
    margins = {
        "left": (GAP + 0.1) / width,
        "right": 1 - 0.25 / width,
        "top": 1 - head / height,
        "bottom": foot / height,
        "wspace": GAP / panel[0],
        "hspace": (above + BELOW - 0.3) / panel[1],
    }
    return Page("\n".join(shown(line, most=len(line)) for line in lines), width, height, rows, columns, margins)


def letters_in(inches: float, *, size: float = SMALL) -> int:
    """Return how many letters of a size in points fit beside each other."""
    return max(1, int(inches * POINTS / (size * LETTER)))


def place_names(spans: Sequence[PhaseSpan], *, first: date, days: int, inches: float) -> list[PlacedName]:
    """Give the name of each phase the lowest lane it fits into; those that fit into none are left out.

    Parameters
    ----------
    first, days, inches
        The first day that a panel shows, how many, and how wide they are drawn.
    """
    ends = [0.0] * MOST_LANES
    placed = []
    for span in spans:
        length = (2 + len(span_text(span))) * SMALLER * LETTER / POINTS
        begin = (span.first - first).days / days * inches
        left = min(begin, inches - length)
        lane = next((lane for lane, end in enumerate(ends) if end <= left), None)
        if lane is not None:
            ends[lane] = left + length
            placed.append(PlacedName(span, lane, left < begin))
    return placed


def lanes_of(names: Sequence[PlacedName]) -> int:
    """Return how many lanes are in use."""
    return 1 + max((each.lane for each in names), default=-1)
