"""Sensitivity as notebooks show it: its answers in words and its tables as HTML, and its figure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from posture.scenario.scenario import Scenario, load
from posture.study.runs import DEFAULT_SEED
from posture.study.sensitivity import Response, declared_inputs
from posture.study.unknowns import (
    METHODS,
    SENSITIVITY_REPLICATIONS,
    Method,
    Sensitivity,
    estimate_sensitivity,
    plan_points,
)
from posture.study.workers import processes
from posture.view.markup import table_html
from posture.view.sensitivity_tables import sensitivity_sentences, sensitivity_tables

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, slots=True, repr=False)
class ShownSensitivity(Sensitivity):
    """A sensitivity that shows itself where it is the last line of a cell, and its figure by `figure`."""

    def figure(self) -> Figure:
        """Return its figure: the variance in two, indices, effects, whatever was asked."""
        from posture.view.sensitivity_plots import sensitivity_figure

        return sensitivity_figure(self)

    def _repr_html_(self) -> str:
        answers = "".join(f"<p>{escape(each)}</p>" for each in sensitivity_sentences(self))
        return answers + "".join(
            table_html(table, caption=heading) for heading, table in sensitivity_tables(self).items()
        )


def sensitivity(
    scenario: Scenario | str | Path,
    *,
    milestone: str,
    response: Response = "met",
    methods: Iterable[Method] = METHODS,
    points: int | None = None,
    replications: int = SENSITIVITY_REPLICATIONS,
    seed: int = DEFAULT_SEED,
    workers: int = 1,
) -> ShownSensitivity:
    """Return what a milestone hangs on: chance or what is not known, and which assumptions of it.

    Parameters
    ----------
    scenario
        Whose; a file, or the name of a scenario that ships, is loaded first.
    milestone
        Its id.
    response
        `met`, or `days_late`.
    methods
        `split`, `sobol` and `morris`, of which the last wants SALib.
    points
        See `plan_points`.
    replications, seed
        At each point, and under which seed.
    workers
        Processes to spread the work over; they change no number.

    Raises
    ------
    ValueError
        See `estimate_sensitivity`.
    ScenarioError
        The scenario cannot be loaded.
    PlanError
        It cannot be compiled.
    StudyError
        Replications failed.
    """
    loaded = scenario if isinstance(scenario, Scenario) else load(scenario)
    inputs = len(declared_inputs(loaded).names)
    with processes(workers) as executor:
        made = estimate_sensitivity(
            loaded,
            milestone,
            response=response,
            points=plan_points(inputs, methods=methods, points=points, replications=replications),
            replications=replications,
            seed=seed,
            executor=executor,
        )
    return ShownSensitivity(**{each.name: getattr(made, each.name) for each in fields(made)})
