"""Tables of comparisons and waterfalls, as rows of text, and lines for what differs in the inputs."""

from __future__ import annotations

from collections.abc import Iterator

from posture.scenario.findings import printable
from posture.study.comparisons import Comparison
from posture.study.estimates import Interval
from posture.study.pairing import PairedMilestone
from posture.study.waterfalls import Group, Waterfall
from posture.view.tables import Table, percent, points

MOST_LISTED = 12
"""Differences of one scenario that are listed; of more, how many."""

LONGEST_LINE = 150
"""Characters of one difference."""

COMPARISON_COLUMNS = ("milestone", "P(met)", "in the base", "points", "earlier", "later", "days later", "saved")

COMPARISON_NOTES = (
    "Points: the paired difference of P(met), percentage points. In brackets 95 % intervals: Bonett and Price's of the "
    "difference, Wilson's of shares.",
    "Earlier, later: shares of the replications in which it was achieved before, or after, the day it was in the base; "
    "never is after every day.",
    "Days later: P10 / P50 / P90 of the paired differences, negative if earlier. *: whatever is not achieved within k "
    "days of its due date, the same k in both, counts as k days late.",
    "Saved: by common draws, of the variance that the difference would have under independent ones.",
)

WATERFALL_COLUMNS = ("from the base to the other", "P(met), or points", "95 % interval", "Shapley share, points")


def comparison_table(comparison: Comparison) -> Table:
    """Return the table of a comparison, a row a milestone below the name of each other scenario."""
    rows: list[tuple[str, ...]] = []
    for name in comparison.others:
        rows.append((printable(name), *[""] * (len(COMPARISON_COLUMNS) - 1)))
        rows += [_paired_cells(each) for each in comparison.estimates if each.scenario == name]
    base = f"The base is {printable(comparison.base_name)}; {comparison.replications:,} pairs, seed {comparison.seed}."
    alone = [
        f"Not comparable: {each.milestone}, only in {printable(each.held_by)} (against {printable(each.scenario)})."
        for each in comparison.not_comparable
    ]
    numeric = (False, True, True, True, True, True, True, True)
    return Table(COMPARISON_COLUMNS, tuple(rows), numeric, (base, *COMPARISON_NOTES, *alone))


def _paired_cells(each: PairedMilestone) -> tuple[str, ...]:
    order, lateness = each.order, each.lateness
    late = "" if lateness is None else " / ".join(f"{day:,}" for day in lateness.days)
    censored = lateness is not None and lateness.censored.estimate > 0
    return (
        f"  {each.milestone}",
        share_text(each.met),
        share_text(each.met_base),
        points_text(each.difference),
        "" if order is None else share_text(order.earlier),
        "" if order is None else share_text(order.later),
        f"{late} *" if censored else late,
        "" if each.variance_saved is None else f"{each.variance_saved:.0%}",
    )


def share_text(share: Interval) -> str:
    """Return a share with its interval, such as `35% (24 to 48%)`."""
    met, interval = percent(share)
    return f"{met} ({interval})"


def points_text(change: Interval) -> str:
    """Return a change of a share with its interval, such as `+47 (+32 to +58)`."""
    estimate, interval = points(change)
    return f"{estimate} ({interval})"


def difference_lines(comparison: Comparison) -> list[str]:
    """Return what differs in the inputs, a heading for each other scenario and a line a value."""
    return [line for name in comparison.others for line in _lines(comparison, name)]


def _lines(comparison: Comparison, name: str) -> Iterator[str]:
    found = comparison.differences()[name]
    count = f"{len(found)} value{'' if len(found) == 1 else 's'}"
    yield printable(f"{name} differs from {comparison.base_name} in {count}{':' if found else ''}")
    for each in found[:MOST_LISTED]:
        line = printable(str(each))
        yield f"  {line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 1] + '…'}"
    if len(found) > MOST_LISTED:
        yield f"  and {len(found) - MOST_LISTED} more"


def waterfall_table(waterfall: Waterfall, *, names: tuple[str, str] = ("base", "other")) -> Table:
    """Return the table of a waterfall: the base, each part, their sum, the interaction, and the other."""
    first, last = (printable(each) for each in names)
    rows = [(first, *percent(waterfall.base), "")]
    for each in waterfall.parts:
        shapley = "" if each.shapley is None else points_text(each.shapley)
        rows.append((f"  {group_text(each.overrides)}", *points(each.change), shapley))
    rows += [
        ("sum of the parts", *points(waterfall.sum_of_parts), ""),
        ("interaction", *points(waterfall.interaction), ""),
        ("whole change", *points(waterfall.change), ""),
        (last, *percent(waterfall.other), ""),
    ]
    return Table(WATERFALL_COLUMNS, tuple(rows), (False, True, True, True), tuple(_waterfall_notes(waterfall)))


def group_text(group: Group) -> str:
    """Return the overrides of a group in a line."""
    return printable(" + ".join(group))


def _waterfall_notes(waterfall: Waterfall) -> Iterator[str]:
    yield f"P(met) of {waterfall.milestone}; {waterfall.replications:,} pairs, seed {waterfall.seed}."
    yield (
        "A part is what its override changes alone, in percentage points; the interaction is the whole change less "
        "their sum, in the same replications. Intervals of changes are those of Bonett and Price, carried over to sums."
    )
    if any(len(each.overrides) > 1 for each in waterfall.parts):
        yield "Overrides joined by + are no valid scenario without each other: they are laid over together."
    if all(each.shapley is None for each in waterfall.parts):
        yield "No Shapley shares: there are too many parts to lay over in every order, or some make no valid scenario."
    if waterfall.without_effect:
        yield f"Without effect on any run, and laid under all: {printable(', '.join(waterfall.without_effect))}."
