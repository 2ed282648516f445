"""Simulate drawdowns of military forces: will the dated milestones be met, how likely, and what holds them up."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from posture.errors import PlanError as PlanError
    from posture.errors import PostureError as PostureError
    from posture.errors import ScenarioError as ScenarioError
    from posture.errors import SimulationError as SimulationError
    from posture.errors import StoreError as StoreError
    from posture.errors import StudyError as StudyError
    from posture.model.compiling import compile_plan as compile_plan
    from posture.model.draws import draw as draw
    from posture.model.engine import simulate as simulate
    from posture.scenario.loading import check as check
    from posture.scenario.scenario import Scenario as Scenario
    from posture.scenario.scenario import load as load
    from posture.scenario.schema import scenario_schema as scenario_schema
    from posture.study.causes import estimate_causes as estimate_causes
    from posture.study.comparisons import Comparison as Comparison
    from posture.study.comparisons import run_comparison as run_comparison
    from posture.study.estimates import estimate_band as estimate_band
    from posture.study.estimates import estimate_milestones as estimate_milestones
    from posture.study.store import write_run as write_run
    from posture.study.studies import Study as Study
    from posture.study.studies import create_study as create_study
    from posture.study.studies import open_study as open_study
    from posture.study.studies import run_study as run_study
    from posture.study.study_files import sweep as sweep
    from posture.study.sweeps import point_frame as point_frame
    from posture.study.waterfalls import run_waterfall as run_waterfall
    from posture.study.waterfalls import variant_overrides as variant_overrides
    from posture.view.backtested import ShownBacktest as Backtest  # noqa: F401  # re-exported, as the others are
    from posture.view.backtested import backtest as backtest
    from posture.view.notebook import ShownRun as Run  # noqa: F401  # re-exported, as the others are
    from posture.view.notebook import read_run as read_run
    from posture.view.notebook import run as run
    from posture.view.sensing import ShownSensitivity as Sensitivity  # noqa: F401  # re-exported, as the others are
    from posture.view.sensing import sensitivity as sensitivity
    from posture.view.shown import compare as compare
    from posture.view.shown import solve as solve

_HOMES = {
    "PlanError": "posture.errors",
    "PostureError": "posture.errors",
    "ScenarioError": "posture.errors",
    "SimulationError": "posture.errors",
    "StoreError": "posture.errors",
    "StudyError": "posture.errors",
    "Run": "posture.view.notebook:ShownRun",
    "Backtest": "posture.view.backtested:ShownBacktest",
    "Comparison": "posture.study.comparisons",
    "Scenario": "posture.scenario.scenario",
    "Sensitivity": "posture.view.sensing:ShownSensitivity",
    "Study": "posture.study.studies",
    "backtest": "posture.view.backtested",
    "check": "posture.scenario.loading",
    "compare": "posture.view.shown",
    "compile_plan": "posture.model.compiling",
    "create_study": "posture.study.studies",
    "draw": "posture.model.draws",
    "estimate_band": "posture.study.estimates",
    "estimate_causes": "posture.study.causes",
    "estimate_milestones": "posture.study.estimates",
    "load": "posture.scenario.scenario",
    "open_study": "posture.study.studies",
    "point_frame": "posture.study.sweeps",
    "read_run": "posture.view.notebook",
    "run": "posture.view.notebook",
    "run_comparison": "posture.study.comparisons",
    "run_study": "posture.study.studies",
    "run_waterfall": "posture.study.waterfalls",
    "scenario_schema": "posture.scenario.schema",
    "sensitivity": "posture.view.sensing",
    "simulate": "posture.model.engine",
    "solve": "posture.view.shown",
    "sweep": "posture.study.study_files",
    "variant_overrides": "posture.study.waterfalls",
    "write_run": "posture.study.store",
}
"""Where each public name lives: imported when first asked for, so that importing posture stays cheap."""

__all__ = sorted(_HOMES)  # noqa: PLE0605  # one list of names, above


def __getattr__(name: str) -> Any:
    """Import a public name from its home."""
    if name not in _HOMES:
        raise AttributeError(f"module 'posture' has no attribute {name!r}")
    module, _, attribute = _HOMES[name].partition(":")
    return getattr(import_module(module), attribute or name)


def __dir__() -> list[str]:
    """Return the public names."""
    return __all__
