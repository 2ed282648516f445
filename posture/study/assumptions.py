"""What is assumed against what comes of it: the drawn value of each named assumption, and rank correlations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import atanh, sqrt, tanh
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from posture.model.draws import draw
from posture.model.plan import Plan
from posture.scenario.distributions import Kind
from posture.scenario.quantities import Expression, kind_of, references
from posture.study.estimates import CONFIDENCE, Interval
from posture.study.runs import Run

if TYPE_CHECKING:
    import pandas as pd

LEAST_REPLICATIONS = 4
"""Fewer leave a rank correlation without an interval."""


@dataclass(frozen=True, slots=True)
class Association:
    """Rank correlations of an assumption with a milestone: with being met, and with the days it was late.

    None: nothing to correlate with, as all replications came out the same, or a `throughout` has no days late.
    """

    assumption: str
    label: str
    unit: str
    met: Interval | None
    lateness: Interval | None

    @property
    def size(self) -> float:
        """The larger of the two correlations, whatever its sign."""
        return max((abs(each.estimate) for each in (self.met, self.lateness) if each is not None), default=0.0)


def used_assumptions(plan: Plan) -> frozenset[str]:
    """Return the names of the assumptions that anything in a plan rests on, directly or through others."""
    resting = dict(plan.assumptions)
    found: set[str] = set()
    ahead = [name for expression in _expressions(plan) for name in references(expression)]
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead += references(resting[name])
    return frozenset(found)


def _expressions(plan: Plan) -> Iterator[Expression]:
    for use in plan.uses:
        yield use.expression
    for group in (plan.values, plan.paces, *plan.shares):
        for value in group:
            yield value.expression


def assumption_values(plan: Plan, *, seed: int, replications: int, first: int = 0) -> pd.DataFrame:
    """Return what each assumption that anything rests on was drawn as; nothing is run for it.

    Returns
    -------
    DataFrame
        One row a replication, which is the index; one column an assumption, by name. In its own unit: dates are days
        since the start of the scenario, percentages 0 to 100.
    """
    import pandas as pd

    assumed = draw(plan, seed=seed, replications=replications, first=first).assumed
    used, kinds, columns = used_assumptions(plan), dict[str, Kind](), dict[str, npt.NDArray[np.float64]]()
    for name, expression in plan.assumptions:
        kinds[name] = kind_of(expression, kinds)
        if name in used:
            drawn = np.broadcast_to(assumed[name], (replications, 1))[:, 0]
            columns[name] = _in_its_unit(drawn, kinds[name], plan)
    index = pd.RangeIndex(first, first + replications, name="replication")
    return pd.DataFrame({name: columns[name] for name in sorted(columns)}, index=index)


def _in_its_unit(drawn: npt.NDArray[np.float64], kind: Kind, plan: Plan) -> npt.NDArray[np.float64]:
    if kind == "date":
        return drawn - plan.origin.toordinal()
    return drawn * 100 if kind == "percent" else drawn.copy()


def correlate_ranks(
    values: npt.NDArray[np.float64], with_: npt.NDArray[np.float64], *, confidence: float = CONFIDENCE
) -> Interval | None:
    """Return Spearman's rank correlation of two samples, ties at the mean of their ranks; None: one has no spread.

    Parameters
    ----------
    values, with_
        One value a replication each, shape (replications,); infinite ones have the rank they sort to.
    confidence
        Coverage wanted, in (0, 1).

    Raises
    ------
    ValueError
        Fewer than four replications.

    Notes
    -----
    Interval by Fisher's z with the standard error sqrt((1 + r^2 / 2) / (n - 3)): Bonett and Wright (2000), "Sample size
    requirements for estimating Pearson, Kendall and Spearman correlations", Psychometrika 65(1). Of perfect agreement
    it is the point itself.
    """
    from scipy.stats import norm, rankdata

    n = len(values)
    if n < LEAST_REPLICATIONS:
        raise ValueError(f"found {n} replications, wanted {LEAST_REPLICATIONS} or more for a rank correlation")
    ranks = [rankdata(each) - (n + 1) / 2 for each in (values, with_)]
    spread = float(ranks[0] @ ranks[0]) * float(ranks[1] @ ranks[1])
    if spread == 0:
        return None
    rho = float(ranks[0] @ ranks[1]) / sqrt(spread)
    if abs(rho) > 1 - 1e-12:
        perfect = 1.0 if rho > 0 else -1.0
        return Interval(perfect, perfect, perfect)
    reach = float(norm.ppf((1 + confidence) / 2)) * sqrt((1 + rho**2 / 2) / (n - 3))
    return Interval(rho, tanh(atanh(rho) - reach), tanh(atanh(rho) + reach))


def estimate_associations(run: Run, milestone: str) -> list[Association]:
    """Return how each assumption that varies goes with a milestone, the strongest first.

    Parameters
    ----------
    milestone
        Its id.

    Raises
    ------
    ValueError
        Fewer than four replications.

    Notes
    -----
    An association is no cause: what is drawn together with it may be behind it. Lateness is that of all replications,
    early ones below 0; never achieved within the run ranks above every number, alike among themselves.
    """
    outcomes = run.table("outcomes")
    rows = outcomes.filter(pc.equal(outcomes["milestone"], milestone))
    met = np.asarray(rows["met"].to_numpy(), dtype=np.float64)
    late = np.array([np.inf if each is None else float(each) for each in rows["days_late"].to_pylist()])
    is_dated = not pc.any(pc.and_(pc.is_valid(rows["achieved"]), pc.is_null(rows["days_late"]))).as_py()
    parts = run.scenario.parts.assumptions
    values = assumption_values(run.plan, seed=run.seed, replications=run.replications)
    found = []
    for name in sorted(used_assumptions(run.plan)):
        drawn = values[name].to_numpy()
        if np.ptp(drawn) > 0:
            lateness = correlate_ranks(drawn, late) if is_dated else None
            label = parts[name].title or name
            found.append(Association(name, label, parts[name].unit, correlate_ranks(drawn, met), lateness))
    return sorted(found, key=lambda each: (-each.size, each.assumption))
