"""What runs and scenarios are asked, as notebooks show it: causes, stories, differences, goals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, fields
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from posture.scenario.scenario import Scenario, load
from posture.study.causes import Causes, estimate_causes
from posture.study.comparisons import Comparison, run_comparison
from posture.study.designs import parse_factor
from posture.study.goals import Solution, parse_goal, respond_met
from posture.study.goals import solve as seek
from posture.study.knobs import KnobSolution, turn_knobs
from posture.study.runs import DEFAULT_REPLICATIONS, DEFAULT_SEED, Run
from posture.study.workers import processes
from posture.view.cause_tables import association_table, counterfactual_table, lateness_table
from posture.view.comparison_tables import comparison_table, difference_lines
from posture.view.goal_tables import goal_sentence, goal_table, knob_sentence, knob_table
from posture.view.markup import table_html

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from posture.view.plots import Axes

Given = Scenario | str | Path
"""A scenario, its file, or the name of one that ships."""


@dataclass(frozen=True, repr=False)
class ShownCauses(Causes):
    """Why a milestone is missed, as tables where it is the last line of a cell, and as a tornado by `plot`."""

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw what each cause costs, the dearest on top."""
        from posture.view.cause_plots import cost_bars, plot_tornado

        label = "percentage points of P(met) gained without it"
        return plot_tornado(cost_bars(self.counterfactuals), label=label, title=self.label, ax=ax)

    def __repr__(self) -> str:
        return f"<Causes of {self.milestone!r}, {self.replications} replications>"

    def _repr_html_(self) -> str:
        tables = {
            "With one cause taken away": counterfactual_table(self.counterfactuals),
            "Assumptions it goes with": association_table(self.associations),
        }
        if self.lateness is not None:
            tables = {"Lateness by cause": lateness_table(self.lateness), **tables}
        return "".join(table_html(each, caption=f"{self.label}: {name}") for name, each in tables.items() if each.rows)


@dataclass(frozen=True)
class Replication:
    """One replication of a run."""

    run: Run
    number: int

    def explain(self, milestone: str | None = None) -> Told:
        """Return its story in dated sentences; of a missed milestone also where the nearest that met it parted.

        Raises
        ------
        ValueError
            The scenario has no such milestone.
        """
        from posture.view.explanation import explain

        return Told(explain(self.run, self.number, milestone=milestone))


class Told(str):
    """A text that a notebook shows line by line."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self)}</pre>"

    def __repr__(self) -> str:
        return str(self)


def why(run: Run, milestone: str, *, executor: Executor | None = None) -> ShownCauses:
    """Return why a milestone of a run is missed, as `estimate_causes` does."""
    found = estimate_causes(run, milestone, executor=executor)
    return ShownCauses(**{each.name: getattr(found, each.name) for each in fields(found)})


@dataclass(frozen=True, repr=False)
class ShownComparison(Comparison):
    """A comparison that shows itself: what differs and by how much; figures by `plot`."""

    @property
    def plot(self) -> ComparisonPlots:
        """Its figures: `comparison.plot.strength(at=["erbil"])`, `comparison.plot.scoreboard()`."""
        return ComparisonPlots(self)

    def _repr_html_(self) -> str:
        caption = f"{self.base.scenario.title}: {self.replications:,} replications each, seed {self.seed}"
        return f"<pre>{escape(chr(10).join(difference_lines(self)))}</pre>" + table_html(
            comparison_table(self), caption=caption
        )


@dataclass(frozen=True, slots=True)
class ComparisonPlots:
    """The figures of a comparison."""

    comparison: Comparison

    def strength(self, of: str | Sequence[str] | None = None, at: str | Sequence[str] | None = None) -> Figure:
        """Return the fans of a selection's strength side by side; ValueError for a name that the base does not have."""
        from posture.view.comparison_plots import comparison_figure

        return comparison_figure(self.comparison, of=names_of(of), at=names_of(at))

    def scoreboard(self) -> Figure:
        """Return P(met) of every milestone, a row each and a point a scenario."""
        from posture.view.comparison_plots import scoreboard_figure

        return scoreboard_figure(self.comparison)


def names_of(names: str | Sequence[str] | None) -> tuple[str, ...] | None:
    """Return the names of a selection; None: all."""
    if names is None:
        return None
    return (names,) if isinstance(names, str) else tuple(names)


def compare(
    *scenarios: Given | Mapping[str, Given],
    variants: Sequence[str] = (),
    replications: int = DEFAULT_REPLICATIONS,
    seed: int = DEFAULT_SEED,
    workers: int = 1,
    executor: Executor | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> ShownComparison:
    """Compare scenarios, the first with each of the others, under common draws.

    Parameters
    ----------
    scenarios
        Two or more, each called by the stem of its file or by its variant; or one mapping, by names of your own.
    variants
        Variants of the only scenario, to compare it with.
    replications, seed
        Of each of them.
    workers
        Processes to spread replications over, where no executor is given.
    executor, progress
        As of `run`.

    Raises
    ------
    ValueError
        Fewer than two scenarios, two of one name, or variants of several.
    ScenarioError
        One cannot be loaded, or has no such variant.
    """
    loaded = _named(scenarios, variants)
    with processes(workers) as pool:
        made = run_comparison(
            loaded, replications=replications, seed=seed, executor=executor or pool, progress=progress
        )
    return ShownComparison(made.runs)


def _named(scenarios: Sequence[Given | Mapping[str, Given]], variants: Sequence[str]) -> dict[str, Scenario]:
    """Return the scenarios by name, the base first."""
    if len(scenarios) == 1 and isinstance(scenarios[0], Mapping):
        return {name: _loaded(each) for name, each in scenarios[0].items()}
    found = [_loaded(each) for each in scenarios]
    if variants and len(found) != 1:
        raise ValueError(f"found variants of {len(found)} scenarios, wanted those of one")
    found += [found[0].variant(each) for each in variants]
    named = {each.taken[-1] if each.taken else Path(each.document.file).stem: each for each in found}
    if len(named) < len(found):
        raise ValueError("found two scenarios of one name, wanted a mapping with names of your own")
    return named


@dataclass(frozen=True, repr=False)
class ShownSolution(Solution):
    """The value of one factor that reaches a goal, in words and with every value that was looked at."""

    def __repr__(self) -> str:
        return goal_sentence(self)

    def _repr_html_(self) -> str:
        return table_html(goal_table(self), caption=goal_sentence(self))


@dataclass(frozen=True, repr=False)
class ShownKnobs(KnobSolution):
    """The cheapest settings of several factors that reach a goal, in words and with the cheapest that do."""

    def __repr__(self) -> str:
        return knob_sentence(self)

    def _repr_html_(self) -> str:
        return table_html(knob_table(self), caption=knob_sentence(self))


def solve(
    scenario: Given,
    *,
    vary: str | Sequence[str],
    goal: str,
    replications: int = DEFAULT_REPLICATIONS,
    seed: int = DEFAULT_SEED,
    workers: int = 1,
    executor: Executor | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> ShownSolution | ShownKnobs:
    """Seek the least or greatest value with which a goal is reached, or the cheapest settings of several factors.

    Parameters
    ----------
    vary
        Ranges as on the command line: `"lift.convoy.slots=1:9"`; one is bisected, several are turned together.
    goal
        `"mission-ended>=0.8"`.
    replications, seed, workers, executor, progress
        As of `run`, for each setting.

    Raises
    ------
    ValueError
        No range, no goal, no such milestone; several factors without the extra `optimise`.
    ScenarioError
        A setting makes no valid scenario.
    """
    factors = [parse_factor(each) for each in ([vary] if isinstance(vary, str) else vary)]
    wanted, loaded = parse_goal(goal), _loaded(scenario)
    with processes(workers) as pool:
        common: dict[str, Any] = {
            "replications": replications,
            "seed": seed,
            "executor": executor or pool,
            "progress": progress,
        }
        if len(factors) > 1:
            turned = turn_knobs(loaded, dict.fromkeys(factors, 1.0), goal=wanted, **common)
            return ShownKnobs(**{each.name: getattr(turned, each.name) for each in fields(turned)})
        respond = respond_met(loaded, milestone=wanted.milestone, path=factors[0].path, **common)
        found = seek(respond, factor=factors[0], goal=wanted)
    return ShownSolution(**{each.name: getattr(found, each.name) for each in fields(found)})


def _loaded(given: Any) -> Scenario:
    return given if isinstance(given, Scenario) else load(given)
