"""A run as a person holds it: its tables, its figures, and how it shows itself in a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from posture.scenario.scenario import Scenario, load
from posture.study import store
from posture.study.estimates import estimate_achieved, estimate_band, estimate_milestones
from posture.study.runs import CHUNK, DEFAULT_REPLICATIONS, DEFAULT_SEED, Run, run_scenario
from posture.study.timelines import phase_spans
from posture.study.workers import processes
from posture.view.tables import estimate_rows, milestone_table

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a run."""

    run: Run

    def strength(
        self, *, of: Sequence[str] | None = None, at: Sequence[str] | None = None, ax: Axes | None = None
    ) -> Axes:
        """Draw the fan of a selection's strength: contingents or nations, locations, groups or countries; None: all."""
        from posture.view.plots import plot_strength

        band = estimate_band(self.run, of=of, at=at)
        title = f"{', '.join(of or ('All',))}: {', '.join(at or ('all places',))}"
        return plot_strength(band, spans=phase_spans(self.run), title=title, ax=ax)

    def milestones(self, *, ax: Axes | None = None) -> Axes:
        """Draw when each milestone is achieved, against its due date."""
        from posture.view.plots import plot_milestones

        axes = plot_milestones(estimate_achieved(self.run), horizon=self.run.scenario.parts.end, ax=ax)
        axes.legend(loc="upper left", fontsize=7)
        return axes


@dataclass(frozen=True, repr=False)
class ShownRun(Run):
    """A run with its figures, and its table of milestones where a notebook shows it."""

    @property
    def plot(self) -> Figures:
        """Its figures: `plot.strength(at=["Iraq"])`, `plot.milestones()`."""
        return Figures(self)

    def summary(self) -> pd.DataFrame:
        """Return one row a milestone: P(met) with its 95 % interval, median date, days late, what bound it most."""
        import pandas as pd

        return pd.DataFrame(estimate_rows(estimate_milestones(self))).set_index("milestone")

    def _repr_html_(self) -> str:
        table = milestone_table(estimate_milestones(self))
        head = "".join(f"<th>{escape(each)}</th>" for each in table.columns)
        body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in table.rows)
        notes = "".join(f"<br><small>{escape(each)}</small>" for each in table.notes)
        title = f"{self.scenario.name}: {self.replications:,} replications, seed {self.seed}"
        caption = f"<caption>{escape(title)}{notes}</caption>"
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def run(
    scenario: Scenario | str | Path,
    *,
    replications: int = DEFAULT_REPLICATIONS,
    seed: int = DEFAULT_SEED,
    workers: int = 1,
    executor: Executor | None = None,
    chunk: int = CHUNK,
) -> ShownRun:
    """Simulate a scenario many times.

    Parameters
    ----------
    scenario
        A scenario, a file, or the name of one that ships.
    replications, seed
        How many histories, and the seed of their random numbers: any whole number.
    workers
        Local processes to spread the work over.
    executor
        Any `concurrent.futures.Executor` instead; whoever made it shuts it down.
    chunk
        Replications a worker takes at a time. None of these three changes any outcome.

    Raises
    ------
    ScenarioError, PlanError
        The scenario is not valid, or cannot be compiled.
    StudyError
        Replications failed; raised after the others have finished.
    """
    loaded = scenario if isinstance(scenario, Scenario) else load(scenario)
    with processes(1 if executor is not None else workers) as local:
        made = run_scenario(loaded, replications=replications, seed=seed, executor=executor or local, chunk=chunk)
    return _shown(made)


def read_run(folder: Path | str) -> ShownRun:
    """Read a run back from its folder; see `posture.study.store.read_run` for what it raises."""
    return _shown(store.read_run(Path(folder)))


def _shown(made: Run) -> ShownRun:
    return ShownRun(made.scenario, made.plan, made.seed, made.replications, made.records)
