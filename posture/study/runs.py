"""A run: one scenario, many replications, and the tables they make."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, cast

import pyarrow as pa

from posture.model.compiling import compile_plan
from posture.model.plan import Plan
from posture.scenario.clock import MINUTES_PER_DAY
from posture.scenario.scenario import Scenario
from posture.study.records import SCHEMAS, Records, digest
from posture.study.workers import Chunk, run_chunks

if TYPE_CHECKING:
    import pandas as pd

DEFAULT_REPLICATIONS = 1000
DEFAULT_SEED = 1
CHUNK = 200
"""Replications in one chunk: about half a second of work; the outcomes do not depend on it."""

MOST_REPLICATIONS = 10_000_000


@dataclass(frozen=True)
class Run:
    """One scenario, many replications under one seed, and what came of them."""

    scenario: Scenario
    plan: Plan
    seed: int
    replications: int
    records: tuple[Records, ...]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of every row: the same for the same version, scenario, seed and replications, with any workers."""
        return digest(self.table(name) for name in SCHEMAS)

    @property
    def entries(self) -> int:
        """Agenda entries the engine processed in all replications."""
        return sum(each.entries for each in self.records)

    def table(self, name: str) -> pa.Table:
        """Return `outcomes`, `changes` or `waits` as one Arrow table."""
        return pa.concat_tables([each.table(name) for each in self.records]).unify_dictionaries()

    def milestones(self) -> pd.DataFrame:
        """Return one row a replication and milestone.

        Columns: design_point, replication, milestone, due, achieved (missing: never in the run), met, days_late (of
        `by` only; missing: never in the run), persons_over (above 0 over a limit, below 0 short of it), bound_by.
        """
        return _frame(self.table("outcomes"))

    def strength(self) -> pd.DataFrame:
        """Return one row a change point of a cell: the strength holds from `day` until the cell's next row.

        Columns: design_point, replication, location, contingent, kind, day (since the start of the scenario, with
        its fraction), strength (persons).
        """
        frame = _frame(self.table("changes"))
        frame["minute"] = frame["minute"] / MINUTES_PER_DAY
        return frame.rename(columns={"minute": "day"})

    def waits(self) -> pd.DataFrame:
        """Return one row a queue and cause that its serials waited for.

        Columns: design_point, replication, drawdown, contingent, location, destination, cause, serials (how many
        waited for it), wait_days (in all).
        """
        frame = _frame(self.table("waits"))
        frame["wait_minutes"] = frame["wait_minutes"] / MINUTES_PER_DAY
        return frame.rename(columns={"wait_minutes": "wait_days"})

    def __repr__(self) -> str:
        return f"<Run of {self.scenario.name!r}, {self.replications} replications, seed {self.seed}>"


NULLABLE = ("days_late", "persons_over")


def _frame(table: pa.Table) -> pd.DataFrame:
    frame = cast("pd.DataFrame", table.to_pandas(date_as_object=False))
    return frame.astype({name: "Int32" for name in NULLABLE if name in frame.columns})


def run_scenario(
    scenario: Scenario,
    *,
    replications: int = DEFAULT_REPLICATIONS,
    seed: int = DEFAULT_SEED,
    executor: Executor | None = None,
    chunk: int = CHUNK,
    progress: Callable[[int], None] = lambda _: None,
) -> Run:
    """Run a scenario many times.

    Parameters
    ----------
    scenario
        What to run.
    replications, seed
        How many, and under which seed: any whole number.
    executor
        A `concurrent.futures.Executor` to spread chunks over; None: this process.
    chunk
        Replications in a chunk. Neither it nor the executor changes any outcome.
    progress
        Called with the number of replications done, whenever a chunk is.

    Raises
    ------
    ValueError
        Fewer than one replication, or a chunk of none.
    PlanError
        The scenario cannot be compiled.
    StudyError
        Replications failed; raised after the others have finished.
    """
    run = start_run(scenario, seed=seed)
    return extend_run(run, replications=replications, executor=executor, chunk=chunk, progress=progress)


def start_run(scenario: Scenario, *, seed: int = DEFAULT_SEED) -> Run:
    """Return a run of a scenario without any replication yet; PlanError if it cannot be compiled."""
    return Run(scenario, compile_plan(scenario), seed, 0, ())


def extend_run(
    run: Run,
    *,
    replications: int,
    executor: Executor | None = None,
    chunk: int = CHUNK,
    progress: Callable[[int], None] = lambda _: None,
) -> Run:
    """Return a run with as many replications in all: those it has stay as they are, the others are made.

    Parameters
    ----------
    replications
        How many in all, more than there are.
    executor, chunk, progress
        As of `run_scenario`.

    Raises
    ------
    ValueError, StudyError
        As `run_scenario`.
    """
    there = run.replications
    if not there < replications <= MOST_REPLICATIONS or chunk < 1:
        wanted = f"wanted {there + 1} to {MOST_REPLICATIONS} in chunks of 1 or more"
        raise ValueError(f"found {replications} replications in chunks of {chunk}, {wanted}")
    starts = range(there, replications, chunk)
    chunks = [Chunk(run.plan, run.seed, first, min(chunk, replications - first)) for first in starts]
    made = run_chunks(chunks, executor=executor, progress=progress)
    return Run(run.scenario, run.plan, run.seed, replications, (*run.records, *made))
