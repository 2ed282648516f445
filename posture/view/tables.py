"""Tables of a run, as rows of text: what the command line prints and a notebook shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from posture.study.estimates import Interval, MilestoneEstimate
from posture.study.studies import Study
from posture.study.sweeps import estimate_points, varied_paths

FINE_INTERVAL = 0.02
"""An interval narrower than this earns its share one more digit."""


@dataclass(frozen=True, slots=True)
class Table:
    """A heading over columns, and rows of text."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    """Which columns line up on the right."""
    notes: tuple[str, ...] = ()
    """What to know when reading it."""


MILESTONE_COLUMNS = (
    "milestone",
    "due",
    "P(met)",
    "95 % interval",
    "median date met",
    "days late P10 / P50 / P90",
    "persons over",
    "bound by",
)


MILESTONE_NOTES = (
    "P(met) with its 95 % Wilson interval. Days late: of all replications, negative if early; > k: not within the run.",
    "Persons over the limit (negative: short of it) and what bound it: of the replications that missed.",
)


def milestone_table(estimates: Sequence[MilestoneEstimate]) -> Table:
    """Return the table of milestones.

    Days late are those of all replications; what is not achieved within the run is "> k", k the days from the due
    date to the last day. Persons over (short where negative) and what bound it are those of the misses.
    """
    rows = tuple(_milestone_row(each) for each in estimates)
    return Table(MILESTONE_COLUMNS, rows, (False, False, True, True, True, True, True, False), MILESTONE_NOTES)


def estimate_rows(estimates: Sequence[MilestoneEstimate]) -> list[dict[str, object]]:
    """Return the estimates as plain values, for JSON and CSV; None: not within the run, or nothing to say."""
    return [
        {
            "milestone": each.milestone,
            "due": each.due.isoformat(),
            "replications": each.replications,
            "p_met": each.met.estimate,
            "p_met_low": each.met.low,
            "p_met_high": each.met.high,
            "median_achieved": None if each.median_achieved is None else each.median_achieved.isoformat(),
            "days_late_p10": each.days_late[0],
            "days_late_p50": each.days_late[1],
            "days_late_p90": each.days_late[2],
            "persons_over": each.persons_over,
            "bound_by": each.bound_by,
            "bound_share": each.bound_share,
        }
        for each in estimates
    ]


def _milestone_row(each: MilestoneEstimate) -> tuple[str, ...]:
    met, interval = percent(each.met)
    late = "" if each.throughout else " / ".join(_days(day, each.beyond_days) for day in each.days_late)
    return (
        each.milestone,
        f"{each.due}",
        met,
        interval,
        _median(each),
        late,
        "" if each.persons_over is None else f"{each.persons_over:,}",
        "" if each.bound_by is None or each.bound_share is None else f"{each.bound_by} ({each.bound_share:.0%})",
    )


def _median(each: MilestoneEstimate) -> str:
    if each.throughout:
        return ""
    return "not in the run" if each.median_achieved is None else f"{each.median_achieved}"


def _days(day: int | None, beyond: int) -> str:
    return f"> {beyond}" if day is None else f"{day:,}"


def percent(share: Interval) -> tuple[str, str]:
    """Return a share and its interval in percent, with no more digits than the interval allows."""
    digits = 1 if share.high - share.low < FINE_INTERVAL else 0
    return f"{share.estimate:.{digits}%}", f"{100 * share.low:.{digits}f} to {share.high:.{digits}%}"


def points(difference: Interval) -> tuple[str, str]:
    """Return a difference of shares and its interval in percentage points, with no more digits than that allows."""
    digits = 1 if difference.high - difference.low < FINE_INTERVAL else 0
    estimate, low, high = (
        signed(100 * each, digits) for each in (difference.estimate, difference.low, difference.high)
    )
    return estimate, f"{low} to {high}"


def signed(number: float, digits: int) -> str:
    """Return a number with its sign; what rounds to nothing has none."""
    text = f"{number:+.{digits}f}"
    return text if float(text) else text[1:]


SWEEP_NOTES = ("P(met) with its 95 % Wilson interval. Days late: negative if early; never: not within the run.",)


def sweep_table(study: Study) -> Table:
    """Return what a study says, a row a design point and milestone, inputs first."""
    paths = varied_paths(study)
    rows = []
    for each in estimate_points(study):
        met, interval = percent(each.met)
        late = " / ".join("never" if day is None else f"{day:,}" for day in each.days_late)
        settings = (f"{study.points[each.point].get(path, '')}" for path in paths)
        rows.append((f"{each.point}", *settings, each.milestone, met, interval, late, each.bound_by or ""))
    columns = ("point", *paths, "milestone", "P(met)", "95 % interval", "days late P10 / P50 / P90", "bound by")
    numeric = (True, *(True for _ in paths), False, True, True, True, False)
    return Table(columns, tuple(rows), numeric, SWEEP_NOTES)
