"""Pairs: one milestone in two runs under common draws, replication by replication."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, sqrt

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from posture.model.plan import MilestonePlan
from posture.study.estimates import CONFIDENCE, Interval, estimate_share
from posture.study.runs import Run
from posture.study.timelines import last_day

EPOCH = date(1970, 1, 1)

LATENESS_QUANTILES = (0.1, 0.5, 0.9)

NEVER = np.iinfo(np.int32).max
"""Stands after every day that a run can reach, in days late and in days since 1970."""


@dataclass(frozen=True, slots=True)
class PairedOrder:
    """The shares of replications in which a milestone was achieved earlier than in the base, that day, or later.

    What either never achieved by the last day that both runs cover sorts after every date; two such are the same.
    """

    earlier: Interval
    same: Interval
    later: Interval


@dataclass(frozen=True, slots=True)
class PairedLateness:
    """How many more days late a milestone was than in the base, pair by pair.

    `days` are the 10th, 50th and 90th percentile over replications of min(days_late, k) less the same of the base, k
    being `censored_days`, the fewer of the days that the two runs go on after their due dates. `censored` is the share
    of pairs of which either was not achieved by then: their differences are bounds.
    """

    days: tuple[int, int, int]
    censored_days: int
    censored: Interval


@dataclass(frozen=True, slots=True)
class PairedMilestone:
    """What a comparison says of one milestone in one scenario against the base.

    `order` and `lateness` are None where one of the two has no dates: a `throughout`. `variance_saved` is the share of
    the variance of the difference that common draws save, None where nothing varies.
    """

    scenario: str
    milestone: str
    label: str
    due_base: date
    due: date
    replications: int
    met_base: Interval
    met: Interval
    difference: Interval
    variance_saved: float | None
    order: PairedOrder | None
    lateness: PairedLateness | None


def estimate_difference(
    differences: npt.NDArray[np.float64], *, most: int = 1, confidence: float = CONFIDENCE
) -> Interval:
    """Return the mean of paired differences with its adjusted Wald interval.

    Parameters
    ----------
    differences
        One value a replication, shape (replications,): of met (1) or not (0) in two scenarios, -1, 0 or 1; or a sum of
        several such.
    most
        No value can be further from 0; the interval ends there.
    confidence
        Coverage wanted, in (0, 1).

    Notes
    -----
    Bonett and Price (2012), "Adjusted Wald confidence interval for a difference of binomial proportions based on paired
    data", JEBS 37(4), 479-488. With a pair added to each of the two discordant counts, p12 = (f12 + 1) / (n + 2) and
    p21 = (f21 + 1) / (n + 2), it is p12 - p21 -+ z sqrt((p12 + p21 - (p12 - p21)^2) / (n + 2)): the normal interval of
    the sample with one difference of +1 and one of -1 added. So it is reckoned here, which gives the same for -1, 0 and
    1, and for sums of them an interval that does not shrink to a point where nothing was seen to differ.
    """
    from scipy.stats import norm

    n = len(differences) + 2
    centre = float(np.sum(differences)) / n
    square = (float(np.sum(np.square(differences))) + 2) / n
    reach = float(norm.ppf((1 + confidence) / 2)) * sqrt((square - centre**2) / n)
    return Interval(float(np.mean(differences)), max(-most, centre - reach), min(most, centre + reach))


def order_statistics(values: npt.NDArray[np.int64], quantiles: Sequence[float]) -> npt.NDArray[np.int64]:
    """Return, for each quantile, the least value that at least that share of the first axis does not exceed."""
    ranks = [max(1, ceil(each * len(values) - 1e-9)) - 1 for each in quantiles]
    ordered: npt.NDArray[np.int64] = np.sort(values, axis=0)[ranks]
    return ordered


def variance_saved(base: npt.NDArray[np.float64], other: npt.NDArray[np.float64]) -> float | None:
    """Return the share of the variance of a difference that pairing saves, None where neither side varies.

    1 - Var(other - base) / (Var(other) + Var(base)). 0: nothing; 1: the difference is the same in every pair; below 0:
    independent draws would do better. Of whole numbers it is exact: sums of products, divided once.
    """
    n = len(base)
    covariance = n * float(base @ other) - float(base.sum()) * float(other.sum())
    variances = sum(n * float(each @ each) - float(each.sum()) ** 2 for each in (base, other))
    return 2 * covariance / variances if variances else None


def met_in(run: Run, milestone: str) -> npt.NDArray[np.float64]:
    """Return whether a milestone was met, 1 or 0, by replication."""
    return _met(_rows_of(run.table("outcomes"), milestone))


def estimate_pairs(base: Run, other: Run, *, scenario: str) -> Iterator[PairedMilestone]:
    """Yield a pair for each milestone that both runs have, those due first in the base first.

    Parameters
    ----------
    base, other
        Runs under one seed, with as many replications.
    scenario
        What the other is called.
    """
    plans = [{each.id: each for each in run.plan.milestones} for run in (base, other)]
    outcomes = [run.table("outcomes") for run in (base, other)]
    for name in sorted(plans[0].keys() & plans[1].keys(), key=lambda each: (plans[0][each].due, each)):
        sides = [
            _Side(plan[name], run.plan.first_day, last_day(run.plan), _rows_of(rows, name))
            for plan, run, rows in zip(plans, (base, other), outcomes, strict=True)
        ]
        yield _estimate(*sides, scenario=scenario)


@dataclass(frozen=True, slots=True)
class _Side:
    """One milestone in one of the two runs: its rows by replication, and the first and last day of the run."""

    plan: MilestonePlan
    first: date
    last: date
    rows: pa.Table

    @property
    def dated(self) -> bool:
        """Whether it has days: not a `throughout`, nor a joint of those alone, which is achieved without being late."""
        undated = pc.and_(pc.is_valid(self.rows["achieved"]), pc.is_null(self.rows["days_late"]))
        return not (self.plan.throughout or pc.any(undated).as_py())

    def achieved(self, *, first: date, last: date) -> npt.NDArray[np.int32]:
        """Return the day it was achieved on, since 1970, by replication, from `first` on; NEVER where not by `last`."""
        days = np.maximum(self.rows["achieved"].cast(pa.int32()).fill_null(NEVER).to_numpy(), (first - EPOCH).days)
        return np.where(days > (last - EPOCH).days, NEVER, days).astype(np.int32)

    def days_late(self, *, first: date) -> npt.NDArray[np.int64]:
        """Return how many days late it was, by replication, as if achieved on `first` at the earliest; or NEVER."""
        late = np.asarray(self.rows["days_late"].fill_null(NEVER).to_numpy(), dtype=np.int64)
        return np.maximum(late, (first - self.plan.due).days)


def _rows_of(outcomes: pa.Table, milestone: str) -> pa.Table:
    return outcomes.filter(pc.equal(outcomes["milestone"], milestone))


def _met(rows: pa.Table) -> npt.NDArray[np.float64]:
    return np.asarray(rows["met"].to_numpy(), dtype=np.float64)


def _estimate(base: _Side, other: _Side, *, scenario: str) -> PairedMilestone:
    met_base, met = _met(base.rows), _met(other.rows)
    dated = base.dated and other.dated
    return PairedMilestone(
        scenario=scenario,
        milestone=base.plan.id,
        label=base.plan.label,
        due_base=base.plan.due,
        due=other.plan.due,
        replications=len(met),
        met_base=estimate_share(int(met_base.sum()), len(met)),
        met=estimate_share(int(met.sum()), len(met)),
        difference=estimate_difference(met - met_base),
        variance_saved=variance_saved(met_base, met),
        order=_order(base, other) if dated else None,
        lateness=_lateness(base, other) if dated else None,
    )


def _order(base: _Side, other: _Side) -> PairedOrder:
    first, last = max(base.first, other.first), min(base.last, other.last)
    days_base, days = base.achieved(first=first, last=last), other.achieved(first=first, last=last)
    counts = np.sum(days < days_base), np.sum(days == days_base), np.sum(days > days_base)
    return PairedOrder(*(estimate_share(int(each), len(days)) for each in counts))


def _lateness(base: _Side, other: _Side) -> PairedLateness:
    most = min((each.last - each.plan.due).days for each in (base, other))
    first = max(base.first, other.first)
    late_base, late = base.days_late(first=first), other.days_late(first=first)
    later = np.minimum(late, most) - np.minimum(late_base, most)
    low, middle, high = order_statistics(later, LATENESS_QUANTILES).tolist()
    censored = int(np.sum((late_base > most) | (late > most)))
    return PairedLateness((low, middle, high), most, estimate_share(censored, len(later)))


def pair_row(each: PairedMilestone) -> dict[str, object]:
    """Return a pair as plain values, for JSON and CSV; None: nothing to say."""
    order, lateness = each.order, each.lateness
    days = (None, None, None) if lateness is None else lateness.days
    return {
        "scenario": each.scenario,
        "milestone": each.milestone,
        "due_base": each.due_base.isoformat(),
        "due": each.due.isoformat(),
        "replications": each.replications,
        **_columns("p_met_base", each.met_base),
        **_columns("p_met", each.met),
        **_columns("difference", each.difference),
        "variance_saved": each.variance_saved,
        **_columns("p_earlier", None if order is None else order.earlier),
        **_columns("p_same", None if order is None else order.same),
        **_columns("p_later", None if order is None else order.later),
        "days_later_p10": days[0],
        "days_later_p50": days[1],
        "days_later_p90": days[2],
        "censored_days": None if lateness is None else lateness.censored_days,
        **_columns("p_censored", None if lateness is None else lateness.censored),
    }


def _columns(name: str, share: Interval | None) -> dict[str, float | None]:
    if share is None:
        return {name: None, f"{name}_low": None, f"{name}_high": None}
    return {name: share.estimate, f"{name}_low": share.low, f"{name}_high": share.high}
