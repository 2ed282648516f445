"""Statistics over replications: shares with intervals, quantiles over what was never reached, fans of strength."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from posture.model.ledger import KINDS, LOADS
from posture.model.plan import MilestonePlan
from posture.scenario.clock import MINUTES_PER_DAY
from posture.scenario.selections import cells_of
from posture.study.runs import Run

CONFIDENCE = 0.95
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Of a fan: its middle, the half and the nine tenths around it."""

HISTORIES = 3
"""Replications that a fan keeps whole: steps, holds and shocks that quantiles smooth away."""


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its confidence interval."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class MilestoneEstimate:
    """What a run says of one milestone.

    Quantiles are order statistics; None stands for "not within the run", which sorts above every number: no mean is
    taken of it. `persons_over` is the median over the replications that missed; `bound_by` what bound most of them,
    with its share.
    """

    milestone: str
    label: str
    due: date
    throughout: bool
    replications: int
    met: Interval
    median_achieved: date | None
    days_late: tuple[int | None, int | None, int | None]
    """10th, 50th and 90th percentile."""
    beyond_days: int
    """The last day of the run is so many days after the due date."""
    persons_over: int | None
    bound_by: str | None
    bound_share: float | None


@dataclass(frozen=True, slots=True)
class Band:
    """A fan: quantiles over replications of a selection's strength in the last minute of each day.

    `strength` has shape (len(quantiles), days), persons; day 0 is `origin`, the first of the run: the scenario's
    start, or the day it is as of. `histories` are the first replications as they went, shape (at most HISTORIES, days).
    """

    quantiles: tuple[float, ...]
    origin: date
    strength: npt.NDArray[np.int64]
    histories: npt.NDArray[np.int64]
    before: int = 0
    """Days from the scenario's start to `origin`, of which the run says nothing: it is as of a later day."""

    @property
    def start(self) -> date:
        """The scenario's first day."""
        return self.origin - timedelta(days=self.before)

    @property
    def days(self) -> int:
        """How many days the fan covers."""
        return int(self.strength.shape[1])


@dataclass(frozen=True, slots=True)
class AchievedCurve:
    """The share of replications in which a milestone had been achieved by the end of each day it was."""

    milestone: str
    label: str
    due: date
    dates: tuple[date, ...]
    shares: tuple[float, ...]


def estimate_share(count: int, of: int, *, confidence: float = CONFIDENCE) -> Interval:
    """Return a share with its interval.

    Notes
    -----
    Wilson (1927), "Probable inference, the law of succession, and statistical inference", JASA 22.
    """
    from scipy.stats import binomtest

    interval = binomtest(count, of).proportion_ci(confidence_level=confidence, method="wilson")
    return Interval(count / of, float(interval.low), float(interval.high))


def quantile_of(values: Sequence[int | None], share: float) -> int | None:
    """Return the least value that at least `share` of `values` do not exceed; None sorts above every number."""
    ordered = sorted(each for each in values if each is not None)
    rank = max(1, ceil(share * len(values) - 1e-9))
    return ordered[rank - 1] if rank <= len(ordered) else None


def estimate_milestones(run: Run) -> list[MilestoneEstimate]:
    """Return what a run says of each of its milestones, those due first first."""
    outcomes = run.table("outcomes")
    plans = sorted(run.plan.milestones, key=lambda each: (each.due, each.id))
    return [_estimate(run, each, outcomes.filter(pc.equal(outcomes["milestone"], each.id))) for each in plans]


def _estimate(run: Run, plan: MilestonePlan, rows: pa.Table) -> MilestoneEstimate:
    met = int(pc.sum(rows["met"]).as_py() or 0)
    achieved = [None if each is None else each.toordinal() for each in rows["achieved"].to_pylist()]
    median = quantile_of(achieved, 0.5)
    late = rows["days_late"].to_pylist()
    missed = rows.filter(pc.invert(rows["met"]))
    over = [each for each in missed["persons_over"].to_pylist() if each is not None]
    causes = [each for each in missed["bound_by"].to_pylist() if each is not None]
    commonest = max(sorted(set(causes)), key=causes.count) if causes else None
    last_day = run.plan.origin + timedelta(days=run.plan.horizon // MINUTES_PER_DAY - 1)
    return MilestoneEstimate(
        milestone=plan.id,
        label=plan.label,
        due=plan.due,
        throughout=plan.throughout,
        replications=rows.num_rows,
        met=estimate_share(met, rows.num_rows),
        median_achieved=None if median is None else date.fromordinal(median),
        days_late=(quantile_of(late, 0.1), quantile_of(late, 0.5), quantile_of(late, 0.9)),
        beyond_days=(last_day - plan.due).days,
        persons_over=quantile_of(over, 0.5) if over else None,
        bound_by=commonest,
        bound_share=None if commonest is None else causes.count(commonest) / len(causes),
    )


def estimate_achieved(run: Run) -> list[AchievedCurve]:
    """Return when each `by` milestone was achieved, those due first first."""
    outcomes = run.table("outcomes")
    curves = []
    for plan in sorted(run.plan.milestones, key=lambda each: (each.due, each.id)):
        if plan.throughout:
            continue
        rows = outcomes.filter(pc.equal(outcomes["milestone"], plan.id))
        days = sorted(each for each in rows["achieved"].to_pylist() if each is not None)
        dates = sorted(set(days))
        counts = np.searchsorted(
            np.array(days, dtype="datetime64[D]"), np.array(dates, dtype="datetime64[D]"), side="right"
        )
        shares = tuple(float(each) / rows.num_rows for each in counts)
        curves.append(AchievedCurve(plan.id, plan.label, plan.due, tuple(dates), shares))
    return curves


def estimate_band(
    run: Run,
    *,
    of: Sequence[str] | None = None,
    at: Sequence[str] | None = None,
    quantiles: Sequence[float] = QUANTILES,
) -> Band:
    """Return the fan of a selection's strength.

    Parameters
    ----------
    of, at
        Contingents or nations, and locations, groups or countries, as in a milestone; None: all.
    quantiles
        Shares of replications, in [0, 1].
    """
    daily, plan = daily_strength(run, of=of, at=at), run.plan
    histories = daily[:HISTORIES].astype(np.int64)
    daily.sort(axis=0)
    ranks = [max(1, ceil(each * run.replications - 1e-9)) - 1 for each in quantiles]
    return Band(
        tuple(quantiles),
        plan.first_day,
        strength=daily[ranks].astype(np.int64),
        histories=histories,
        before=(plan.first_day - plan.origin).days,
    )


def daily_strength(
    run: Run, *, of: Sequence[str] | None = None, at: Sequence[str] | None = None
) -> npt.NDArray[np.int32]:
    """Return a selection's strength by replication in the last minute of each day of the run.

    Returns
    -------
    ndarray
        Shape (replications, days), persons; day 0 is `Plan.first_day`.
    """
    cells = cells_of(run.scenario.parts, of, at)
    chosen = {f"{location}/{who}/{kind}" for who, location in cells for kind in KINDS if kind != KINDS[LOADS]}
    first, days = run.plan.begins // MINUTES_PER_DAY, (run.plan.horizon - run.plan.begins) // MINUTES_PER_DAY
    steps = np.zeros((run.replications, days), dtype=np.int32)
    for records in run.records:
        changes = records.changes
        cell = pc.binary_join_element_wise(
            *(changes[name].cast(pa.string()) for name in ("location", "contingent", "kind")), "/"
        )
        strength = changes["strength"].to_numpy()
        replication = changes["replication"].to_numpy()
        minute = changes["minute"].to_numpy()
        names = cell.dictionary_encode().combine_chunks()
        codes = names.indices.to_numpy()
        same = np.zeros(len(strength), dtype=bool)
        same[1:] = (codes[1:] == codes[:-1]) & (replication[1:] == replication[:-1]) & (minute[1:] > minute[:-1])
        change = strength - np.where(same, np.roll(strength, 1), 0)
        wanted = np.array([each in chosen for each in names.dictionary.to_pylist()], dtype=bool)[codes]
        np.add.at(steps, (replication[wanted], minute[wanted] // MINUTES_PER_DAY - first), change[wanted])
    return np.cumsum(steps, axis=1, dtype=np.int32)
