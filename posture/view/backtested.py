"""Back-tests as notebooks show them: what was wanted and what came of it as HTML, frames, and figures by `plot`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from posture.scenario.scenario import Scenario, load
from posture.study.backtests import DEFAULT_REPLICATIONS, Backtest, run_backtest
from posture.study.runs import DEFAULT_SEED
from posture.study.scores import ALL
from posture.study.verdicts import judge
from posture.study.workers import processes
from posture.view.markup import table_html

if TYPE_CHECKING:
    import pandas as pd

    from posture.view.plots import Axes


@dataclass(frozen=True, repr=False)
class ShownBacktest(Backtest):
    """A back-test that shows itself: as a table where it is the last line of a cell, as figures by `plot`."""

    @property
    def plot(self) -> BacktestPlots:
        """Its figures: `backtest.plot.pit()`, `backtest.plot.chances("iraq-2020-2021")` and others."""
        return BacktestPlots(self)

    def scores(self) -> pd.DataFrame:
        """Return one row a score: scope, part, name, baseline, value, low, high, forecasts, cases, chosen."""
        import pandas as pd

        return pd.DataFrame(self.card.rows())

    def __repr__(self) -> str:
        return f"<Backtest of {', '.join(self.cases)}, {self.replications} replications a forecast, seed {self.seed}>"

    def _repr_html_(self) -> str:
        from posture.view.validation import verdict_table

        forecasts = f"{len(self.strengths):,} forecasts of strength, {len(self.milestones):,} of milestones"
        caption = f"{', '.join(self.cases)}: {forecasts}, {self.replications:,} replications each, seed {self.seed}"
        return table_html(verdict_table(judge(self)), caption=caption)


@dataclass(frozen=True, slots=True)
class BacktestPlots:
    """The figures of a back-test, each on the axes given, else on pyplot's current ones."""

    backtest: Backtest

    def chances(self, case: str, ax: Axes | None = None) -> Axes:
        """Draw how likely each milestone of a case was as of each day; ValueError if there is no such case."""
        from posture.view.forecast_plots import plot_chances

        return plot_chances(self.backtest, case, ax=ax)

    def pit(self, scope: str = ALL, part: str = ALL, ax: Axes | None = None) -> Axes:
        """Draw where in the forecasts the counts fell, of all, or of a `case` or `lead`."""
        from posture.view.score_plots import plot_pit

        return plot_pit(self.backtest.card, scope=scope, part=part, ax=ax)

    def reliability(self, scope: str = ALL, part: str = ALL, ax: Axes | None = None) -> Axes:
        """Draw how often milestones were met against how likely they were said to be."""
        from posture.view.score_plots import plot_reliability

        return plot_reliability(self.backtest.card, scope=scope, part=part, ax=ax)

    def skill(
        self, by: Literal["case", "lead"] = "case", name: Literal["crps", "brier"] = "crps", ax: Axes | None = None
    ) -> Axes:
        """Draw the skill in strength (`crps`) or in milestones (`brier`) against each baseline."""
        from posture.view.score_plots import plot_skill

        return plot_skill(self.backtest.card, by=by, name=name, ax=ax)


def backtest(
    scenarios: Scenario | str | Path | Iterable[Scenario | str | Path],
    *,
    replications: int = DEFAULT_REPLICATIONS,
    seed: int = DEFAULT_SEED,
    leave_out: bool = True,
    workers: int = 1,
    executor: Executor | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> ShownBacktest:
    """Forecast past drawdowns as of every day on which something was announced, and monthly; score the forecasts.

    Parameters
    ----------
    scenarios
        With something under `observed`: each a file, the name of one that ships, or loaded; one or several.
    replications, seed
        Of each forecast.
    leave_out
        Whether each case rests on assumptions derived from the other cases alone; else on what ships.
    workers
        Processes to spread replications over, where no executor is given.
    executor
        A `concurrent.futures.Executor` to spread them over; whoever made it shuts it down.
    progress
        Told 1 whenever a forecast is made.

    Raises
    ------
    ValueError
        None has anything to be foretold, two are of one file, fewer than one worker, or both workers and an executor.
    ScenarioError
        A scenario cannot be loaded, or is not valid as of some day.
    StudyError
        Replications failed; raised after the others have finished.
    """
    if workers < 1 or (workers > 1 and executor is not None):
        raise ValueError(f"found {workers} workers, wanted one or more, and one where there is an executor")
    given = [scenarios] if isinstance(scenarios, (Scenario, str, Path)) else list(scenarios)
    loaded = [each if isinstance(each, Scenario) else load(each) for each in given]
    cases = {Path(each.document.file).stem: each for each in loaded}
    if len(cases) < len(loaded):
        raise ValueError(f"found {len(loaded)} scenarios of {len(cases)} files, wanted each once")
    with processes(workers) as pool:
        made = run_backtest(
            cases,
            replications=replications,
            seed=seed,
            leave_out=leave_out,
            executor=executor or pool,
            progress=progress,
        )
    return ShownBacktest(**{each.name: getattr(made, each.name) for each in fields(made)})
