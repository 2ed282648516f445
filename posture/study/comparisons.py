"""Comparisons: several scenarios under common draws, and the differences that pairing makes narrow."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from posture.scenario.comparing import Difference
from posture.scenario.scenario import Scenario
from posture.study.estimates import (
    HISTORIES,
    QUANTILES,
    Band,
    daily_strength,
)
from posture.study.pairing import PairedMilestone, estimate_pairs, order_statistics, pair_row
from posture.study.runs import DEFAULT_REPLICATIONS, DEFAULT_SEED, Run, run_scenario
from posture.study.timelines import last_day

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class NotComparable:
    """A milestone that only one of the base and another scenario has; `held_by` names which."""

    scenario: str
    milestone: str
    held_by: str


@dataclass(frozen=True)
class Comparison:
    """Several scenarios under common draws: by name, in order, the first of them the base of every difference.

    Raises
    ------
    ValueError
        Fewer than two runs, or runs of other seeds or numbers of replications: they would not pair.
    """

    runs: Mapping[str, Run]

    def __post_init__(self) -> None:
        if len(self.runs) < 2:
            raise ValueError(f"found {len(self.runs)} scenarios to compare, wanted two or more")
        for name, run in self.runs.items():
            if (run.seed, run.replications) != (self.base.seed, self.base.replications):
                raise ValueError(
                    f"found {run.replications} replications under seed {run.seed} for '{name}', wanted "
                    f"{self.base.replications} under seed {self.base.seed}, as for '{self.base_name}'"
                )

    @property
    def base_name(self) -> str:
        """The scenario that others are compared with."""
        return next(iter(self.runs))

    @property
    def base(self) -> Run:
        """Its run."""
        return self.runs[self.base_name]

    @property
    def others(self) -> dict[str, Run]:
        """The runs that are compared with it."""
        return {name: run for name, run in self.runs.items() if name != self.base_name}

    @property
    def seed(self) -> int:
        """The seed of every run."""
        return self.base.seed

    @property
    def replications(self) -> int:
        """How many pairs there are."""
        return self.base.replications

    @cached_property
    def estimates(self) -> tuple[PairedMilestone, ...]:
        """One for each other scenario and milestone that it shares with the base: by scenario, then by due date."""
        return tuple(
            each for name, run in self.others.items() for each in estimate_pairs(self.base, run, scenario=name)
        )

    @property
    def not_comparable(self) -> tuple[NotComparable, ...]:
        """The milestones that the base or another scenario has alone."""
        base = {each.id for each in self.base.plan.milestones}
        found = []
        for name, run in self.others.items():
            other = {each.id for each in run.plan.milestones}
            held = dict.fromkeys(base - other, self.base_name)
            held |= dict.fromkeys(other - base, name)
            found += [NotComparable(name, each, held[each]) for each in sorted(held)]
        return tuple(found)

    def differences(self) -> dict[str, list[Difference]]:
        """Return, for each other scenario, every value that stands otherwise than in the base, by path."""
        return {name: self.base.scenario.diff(run.scenario) for name, run in self.others.items()}

    def strength(
        self,
        name: str,
        *,
        of: Sequence[str] | None = None,
        at: Sequence[str] | None = None,
        quantiles: Sequence[float] = QUANTILES,
    ) -> Band:
        """Return the fan of paired differences of a selection's strength: that of a scenario less that of the base.

        Parameters
        ----------
        name
            The other scenario.
        of, at, quantiles
            As of `estimate_band`; what they select is looked up in each scenario.

        Returns
        -------
        Band
            Persons, below 0 where fewer stand than in the base, on the days that both runs cover. Quantiles are of
            the differences, pair by pair: not the differences of quantiles.
        """
        base, other = self.base, self.runs[name]
        origin = max(base.plan.first_day, other.plan.first_day)
        days = (min(last_day(base.plan), last_day(other.plan)) - origin).days + 1
        if days < 1:
            raise ValueError(f"found no day that '{self.base_name}' and '{name}' both cover")
        daily = [
            daily_strength(run, of=of, at=at)[:, (origin - run.plan.first_day).days :][:, :days].astype(np.int64)
            for run in (base, other)
        ]
        apart = daily[1] - daily[0]
        return Band(tuple(quantiles), origin, strength=order_statistics(apart, quantiles), histories=apart[:HISTORIES])

    def rows(self) -> list[dict[str, object]]:
        """Return `estimates` as plain values, for JSON and CSV; see `milestones`."""
        return [pair_row(each) for each in self.estimates]

    def milestones(self) -> pd.DataFrame:
        """Return `estimates`, one row an other scenario and milestone.

        Columns: scenario, milestone, due_base, due, replications; p_met_base, p_met, p_earlier, p_same and p_later,
        each with _low and _high; difference (of p_met, with its own), variance_saved; days_later_p10, _p50 and _p90,
        censored_days and p_censored. Missing: see `PairedMilestone`.
        """
        import pandas as pd

        rows = self.rows()
        frame = pd.DataFrame(rows, columns=None if rows else ["scenario", "milestone"])
        days = [each for each in frame.columns if each.startswith("days_later") or each == "censored_days"]
        return frame.astype(dict.fromkeys(days, "Int32"))

    def __repr__(self) -> str:
        names = ", ".join(repr(each) for each in self.others)
        return f"<Comparison of {names} with {self.base_name!r}, {self.replications} replications, seed {self.seed}>"


def compare_runs(runs: Mapping[str, Run]) -> Comparison:
    """Compare runs that were made under one seed, by name, the first with each of the others.

    Raises
    ------
    ValueError
        See `Comparison`.
    """
    return Comparison(MappingProxyType(dict(runs)))


def run_comparison(
    scenarios: Mapping[str, Scenario],
    *,
    replications: int = DEFAULT_REPLICATIONS,
    seed: int = DEFAULT_SEED,
    executor: Executor | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Comparison:
    """Run scenarios under common draws and compare them, the first with each of the others.

    Parameters
    ----------
    scenarios
        What to run, by name.
    replications, seed, executor, progress
        As of `run_scenario`, for each of them.

    Raises
    ------
    ValueError, PlanError, StudyError
        See `Comparison` and `run_scenario`.
    """
    if len(scenarios) < 2:
        raise ValueError(f"found {len(scenarios)} scenarios to compare, wanted two or more")
    return compare_runs(
        {
            name: run_scenario(each, replications=replications, seed=seed, executor=executor, progress=progress)
            for name, each in scenarios.items()
        }
    )
