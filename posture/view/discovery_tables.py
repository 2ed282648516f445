"""Discoveries as tables and sentences: boxes, the tree beside them, and whether the two agree."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import floor

from posture.study.discoveries import Discovery, Fit, JudgedBox
from posture.study.estimates import Interval
from posture.study.inputs import Input
from posture.study.trees import Leaf
from posture.view.labels import in_words, shown
from posture.view.tables import Table, percent, points

AS_STATED = "as stated"
"""A design point that leaves a path as the scenario has it."""

Reach = tuple[float | None, float | None]
"""From where to where, None: as far as it goes."""


def value_text(one: Input, value: float) -> str:
    """Return one value of an input in words: `30 Sep 2025`, `12.5 %`, `1,200`, or what a category is called."""
    if one.kind == "date":
        return in_words(date.fromordinal(floor(value + 0.5)))
    if one.kind == "category":
        category = one.categories[round(value)]
        return AS_STATED if category is None else shown(str(category), most=24)
    text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return f"{text} %" if one.kind == "percent" else text


def reach_text(one: Input, reach: Reach, *, above: bool = False) -> str:
    """Return from where to where an input goes, in words; `above`: the lower end itself is outside."""
    low, high = reach
    if one.kind == "category":
        numbers = range(len(one.categories))
        kept = [each for each in numbers if (low is None or each > low or (each == low and not above))]
        return " or ".join(value_text(one, each) for each in kept if high is None or each <= high)
    if low is None or high is None:
        return f"at most {value_text(one, high)}" if high is not None else _from(one, low, above=above)
    return f"{value_text(one, low)} to {value_text(one, high)}"


def _from(one: Input, low: float | None, *, above: bool) -> str:
    return "" if low is None else f"{'above' if above else 'at least'} {value_text(one, low)}"


def leaf_reaches(leaf: Leaf) -> dict[str, Reach]:
    """Return from where, which is outside, to where each input goes in a leaf."""
    reaches: dict[str, Reach] = {}
    for each in leaf.cuts:
        low, high = reaches.get(each.input, (None, None))
        reaches[each.input] = (each.edge, high) if each.above else (low, each.edge)
    return reaches


def share_words(share: Interval | None) -> str:
    """Return a share with its interval in percent; of no row at all that there is none."""
    if share is None:
        return "no row"
    estimate, interval = percent(share)
    return f"{estimate} ({interval})"


def side(discovery: Discovery) -> str:
    """Return what is looked for: `missed` or `met`."""
    return "missed" if discovery.about.failed else "met"


def discovery_title(discovery: Discovery) -> str:
    """Return what was asked of what."""
    return f"{discovery.about.title}: where {shown(discovery.about.label)} is {side(discovery)}"


def halves_text(discovery: Discovery) -> str:
    """Return how many replications found, and how many judged."""
    where = f" at each of {discovery.points:,} design points" if discovery.about.is_study else ""
    counts = f"found in {discovery.found_in:,} replications{where}, judged in {discovery.judged_in:,} others"
    return f"{counts}, seed {discovery.about.seed}"


def box_table(discovery: Discovery) -> Table:
    """Return the boxes, a row a restriction, the one that does most first."""
    columns = ("box", "assumption", "restricted to", "unit", "without it", "found", "judged", "coverage", "of all")
    rows = [row for number, box in enumerate(discovery.boxes, 1) for row in _box_rows(discovery, box, number)]
    notes = (
        f"Found, judged: the share {side(discovery)} inside, in the replications where the box was sought and in the "
        "others; coverage: the share",
        f"of all {side(discovery)} that lies inside, and `of all` that of all rows, judged. Without it: found, were "
        "the restriction not made. 95 % intervals.",
    )
    return Table(columns, tuple(rows), (False, False, False, False, True, True, True, True, True), notes)


def _box_rows(discovery: Discovery, box: JudgedBox, number: int) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for index, limit in enumerate(box.limits):
        one = discovery.input(limit.restriction.input)
        reach = reach_text(one, (limit.restriction.low, limit.restriction.high))
        row = (shown(one.label), reach, one.unit, share_words(limit.without))
        fits = (share_words(box.found.density), *_judged_cells(box.judged)) if index == 0 else ("", "", "", "")
        rows.append((f"{number}" if index == 0 else "", *row, *fits))
    return rows


def _judged_cells(fit: Fit) -> tuple[str, str, str]:
    return share_words(fit.density), share_words(fit.coverage), f"{fit.mass:.0%}"


def tree_table(discovery: Discovery) -> Table:
    """Return the leaves of the tree, those of most hits first."""
    rows = []
    for each in reversed(discovery.leaves):
        reaches = leaf_reaches(each.leaf)
        named = [(discovery.input(name), reach) for name, reach in reaches.items()]
        words = "; ".join(f"{shown(one.label)} {reach_text(one, reach, above=True)}" for one, reach in named)
        rows.append((words, *_judged_cells(each.judged)))
    columns = ("where", f"{side(discovery)}, judged", "coverage", "of all")
    return Table(columns, tuple(rows), (False, True, True, True))


def discovery_sentences(discovery: Discovery) -> list[str]:
    """Return what a reader should take away: how often in all, whether the boxes hold, whether the check agrees."""
    rows = f"{discovery.judged_in:,} replications" + (
        f" of {discovery.points:,} design points" if discovery.about.is_study else ""
    )
    lines = [
        f"{shown(discovery.about.label)} is {side(discovery)} in {share_words(discovery.share)} of {rows}, judged."
    ]
    lines += [_holding(discovery, box, number) for number, box in enumerate(discovery.boxes, 1)]
    if not discovery.boxes:
        lines.append(f"No box: in none is it {side(discovery)} more often than in all by more than chance.")
    lines.append(_agreement(discovery))
    lines += [f"Left out: {name}, which goes wholly with {twin}." for name, twin in discovery.left_out]
    return lines


def _holding(discovery: Discovery, box: JudgedBox, number: int) -> str:
    if box.difference is None:
        return f"Box {number} cannot be judged: the other half has no row inside, or none outside."
    estimate, interval = points(box.difference)
    inside, outside = share_words(box.judged.density), share_words(box.outside)
    fares = f"{side(discovery)} in {inside} inside, {outside} outside, {estimate} points ({interval})"
    if box.difference.low > 0:
        return f"Box {number} holds out of sample: {fares}."
    if box.difference.estimate > 0:
        return f"Box {number} is in doubt out of sample: {fares}."
    return f"Box {number} does not hold out of sample: {fares}."


def _agreement(discovery: Discovery) -> str:
    found = discovery.agreement
    both, box, tree = (_names(discovery, each) for each in (found.both, found.box_alone, found.tree_alone))
    if not discovery.tree.gains:
        return "The check, a tree, makes no split" + (
            ": it does not bear the box out." if discovery.boxes else " either."
        )
    if not discovery.boxes:
        return f"The check, a tree, splits by {tree}: a weak sign that no box confirms."
    if not found.both:
        return f"The check, a tree, does not agree: it puts {tree} first, and the box {box}."
    if found.box_alone:
        beside = f"the box alone {box}" + (f", the tree alone {tree}" if tree else "")
        return f"The check, a tree, agrees in part: both put {both} first, {beside}."
    more = _names(discovery, [name for name, _ in discovery.tree.gains if name not in found.both])
    return f"The check, a tree, agrees: it puts the same first, {both}{f', then {more}' if more else ''}."


def _names(discovery: Discovery, names: Sequence[str]) -> str:
    return " and ".join(shown(discovery.input(each).label) for each in names)


def discovery_rows(discovery: Discovery) -> list[dict[str, object]]:
    """Return boxes and leaves as plain values, a row a restriction, for JSON and CSV.

    Keys: part (box, or leaf of the tree), number, input, unit, low, high (None: as far as it goes; the lower end of a
    leaf is outside; categories in the order of the design), found and judged density and coverage with intervals.
    """
    rows = []
    for number, box in enumerate(discovery.boxes, 1):
        fits = {**_fit_values("found", box.found), **_fit_values("judged", box.judged)}
        for each in box.limits:
            restriction = each.restriction
            reach = (restriction.low, restriction.high)
            rows.append(_row("box", number, discovery.input(restriction.input), reach) | fits)
    for number, leaf in enumerate(reversed(discovery.leaves), 1):
        found = {"found_rows": leaf.leaf.rows, "found_density": leaf.leaf.hits / leaf.leaf.rows}
        fits = dict.fromkeys(_fit_values("found", leaf.judged)) | found | _fit_values("judged", leaf.judged)
        for name, reach in leaf_reaches(leaf.leaf).items():
            rows.append(_row("leaf", number, discovery.input(name), reach) | fits)
    return rows


def _row(part: str, number: int, one: Input, reach: Reach) -> dict[str, object]:
    low, high = (None if end is None else _plain(one, end) for end in reach)
    return {"part": part, "number": number, "input": one.name, "unit": one.unit, "low": low, "high": high}


def _plain(one: Input, value: float) -> object:
    if one.kind == "date":
        return date.fromordinal(floor(value + 0.5)).isoformat()
    return one.categories[round(value)] if one.kind == "category" else value


def _fit_values(half: str, fit: Fit) -> dict[str, object]:
    values: dict[str, object] = {f"{half}_rows": fit.rows}
    for name, interval in (("density", fit.density), ("coverage", fit.coverage)):
        ends = (None, None, None) if interval is None else (interval.estimate, interval.low, interval.high)
        keys = (f"{half}_{name}", f"{half}_{name}_low", f"{half}_{name}_high")
        values |= dict(zip(keys, ends, strict=True))
    return values
