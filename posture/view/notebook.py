"""Runs as notebooks show them: the milestone table as HTML, and figures by `run.plot`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from posture.scenario.scenario import Scenario, load
from posture.study import store
from posture.study.estimates import estimate_milestones
from posture.study.precision import FIRST_LOOK, run_until_precise
from posture.study.runs import CHUNK, DEFAULT_REPLICATIONS, DEFAULT_SEED, Run, run_scenario
from posture.study.workers import processes
from posture.view.markup import table_html
from posture.view.shown import Replication, ShownCauses, names_of, why
from posture.view.tables import estimate_rows, milestone_table

if TYPE_CHECKING:
    import pandas as pd

    from posture.view.plots import Axes


@dataclass(frozen=True, repr=False)
class ShownRun(Run):
    """A run that shows itself: as a table where it is the last line of a cell, as figures by `plot`."""

    @property
    def plot(self) -> Plots:
        """Its figures: `run.plot.strength()`, `run.plot.milestones()`."""
        return Plots(self)

    def summary(self) -> pd.DataFrame:
        """Return one row a milestone: P(met) with its interval, median date, days late, what bound most misses."""
        import pandas as pd

        rows = estimate_rows(estimate_milestones(self))
        return pd.DataFrame(rows, columns=None if rows else ["milestone"]).set_index("milestone")

    def why(self, milestone: str, *, workers: int = 1) -> ShownCauses:
        """Return why a milestone is missed: lateness by cause, what each cause costs, the assumptions it goes with.

        Raises
        ------
        ValueError
            The scenario has no such milestone.
        """
        with processes(workers) as pool:
            return why(self, milestone, executor=pool)

    def replication(self, number: int) -> Replication:
        """Return one replication: `run.replication(47).explain()` tells its story.

        Raises
        ------
        ValueError
            There is none of that number.
        """
        if not 0 <= number < self.replications:
            raise ValueError(f"found replication {number}, wanted 0 to {self.replications - 1}")
        return Replication(self, number)

    def _repr_html_(self) -> str:
        table = milestone_table(estimate_milestones(self))
        caption = f"{self.scenario.title}: {self.replications:,} replications, seed {self.seed}"
        return table_html(table, caption=caption)


@dataclass(frozen=True, slots=True)
class Plots:
    """The figures of a run, each on the axes given, else on pyplot's current ones."""

    run: Run

    def strength(
        self, ax: Axes | None = None, of: str | Sequence[str] | None = None, at: str | Sequence[str] | None = None
    ) -> Axes:
        """Draw the fan of a selection's strength, with the milestones and observations that are about it.

        Parameters
        ----------
        of, at
            Contingents or nations, and locations, groups or countries; None: all that count.

        Raises
        ------
        ValueError
            A name that the scenario does not have.
        """
        from posture.view.figures import plot_panel
        from posture.view.panels import make_panel

        return plot_panel(self.run, make_panel(self.run.scenario.parts, of=names_of(of), at=names_of(at)), ax=ax)

    def milestones(self, ax: Axes | None = None) -> Axes:
        """Draw when each milestone was achieved, a row each, and how likely it is to be met."""
        from posture.study.timelines import estimate_timelines, last_day
        from posture.view.plots import plot_milestones

        window = self.run.plan.origin, last_day(self.run.plan)
        return plot_milestones(estimate_timelines(self.run), window=window, ax=ax)

    def why(self, milestone: str, ax: Axes | None = None) -> Axes:
        """Draw what each cause of its misses costs a milestone; ValueError if there is none of that name."""
        return why(self.run, milestone).plot(ax=ax)


def run(
    scenario: Scenario | str | Path,
    *,
    replications: int = DEFAULT_REPLICATIONS,
    seed: int = DEFAULT_SEED,
    precision: Mapping[str, float] | None = None,
    workers: int = 1,
    executor: Executor | None = None,
    chunk: int = CHUNK,
    progress: Callable[[int], None] = lambda _: None,
) -> ShownRun:
    """Run a scenario many times.

    Parameters
    ----------
    scenario
        What to run; a file, or the name of a scenario that ships, is loaded first.
    replications, seed
        How many, and under which seed: any whole number.
    precision
        Half the width that the interval of P(met) may have, by milestone: replications are doubled, from those stated
        on (200 at least), until it is reached, or 102,400 at most. None: as many as stated.
    workers
        Processes to spread chunks over, where no executor is given.
    executor
        A `concurrent.futures.Executor` to spread chunks over; whoever made it shuts it down.
    chunk
        Replications in a chunk. Neither it nor where it is run changes any outcome.
    progress
        Called with the number of replications done, whenever a chunk is.

    Raises
    ------
    ValueError
        Fewer than one replication or worker, a chunk of none, both workers and an executor, no such milestone.
    ScenarioError
        The scenario cannot be loaded.
    PlanError
        It cannot be compiled.
    StudyError
        Replications failed; raised after the others have finished.
    """
    if workers < 1 or (workers > 1 and executor is not None):
        raise ValueError(f"found {workers} workers, wanted one or more, and one where there is an executor")
    loaded = scenario if isinstance(scenario, Scenario) else load(scenario)
    with processes(workers) as pool:
        spread = executor or pool
        if precision is not None:
            first = max(FIRST_LOOK, replications) if replications != DEFAULT_REPLICATIONS else FIRST_LOOK
            found = run_until_precise(
                loaded, precision, first=first, seed=seed, executor=spread, chunk=chunk, progress=progress
            )
            return _shown(found.run)
        made = run_scenario(
            loaded, replications=replications, seed=seed, executor=spread, chunk=chunk, progress=progress
        )
    return _shown(made)


def read_run(folder: str | Path) -> ShownRun:
    """Read a run back from the folder it was saved in.

    Raises
    ------
    StoreError
        There is no run, or a part of it is missing or was changed since.
    """
    return _shown(store.read_run(Path(folder)))


def _shown(run: Run) -> ShownRun:
    return ShownRun(**{each.name: getattr(run, each.name) for each in fields(run)})
