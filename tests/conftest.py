"""The smallest valid scenario, changed as a test asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from posture.model.compiling import compile_plan
from posture.model.draws import draw
from posture.model.engine import simulate
from posture.model.outcome import Outcome
from posture.scenario.documents import parse_document
from posture.scenario.loading import validate
from posture.scenario.scenario import Scenario

SMALLEST = """
posture: 1
name: Two hundred leave northport
start: 2030-01-01
end: 2030-12-31
assumptions: {}
locations:
  northport: {country: Northland}
  home: {outside: true}
contingents:
  alpha: {nation: Alphaland, personnel: 180, at: northport, judgement: invented}
lift:
  trucks: {slots: 9, seats: 60, cycle_days: 0, transit_days: 0, judgement: invented}
phases:
  exit:
    starts: 2030-01-01
    judgement: invented
    drawdowns:
      alpha-home: {of: alpha, at: northport, schedule: {2030-01-09: 0}, to: {home: {by: trucks}}}
milestones:
  all-out: {by: 2030-01-09, strength: {at: northport, at_most: 0}, judgement: invented}
"""
"""180 persons in three serials of 60, even over nine days from 1 January 2030, on lift that is never short."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the one way to rewrite what is on record."""
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/golden from what comes out now")


Builder = Callable[..., Scenario]


def build(settings: Mapping[str, object] | None = None) -> Scenario:
    """Return the smallest scenario with values set by path."""
    document = parse_document(SMALLEST, file="smallest.yaml")
    parts, warnings = validate(document)
    smallest = Scenario(parts, document, warnings)
    return smallest.vary(settings) if settings else smallest


def play(settings: Mapping[str, object] | None = None, *, seed: int = 1, replication: int = 0) -> Outcome:
    """Return one replication of the smallest scenario with values set by path."""
    plan = compile_plan(build(settings))
    return simulate(plan, draw(plan, seed=seed, replications=1, first=replication), replication=replication)


@pytest.fixture
def scenario() -> Builder:
    """Build the smallest scenario, changed by path."""
    return build


@pytest.fixture
def outcome() -> Callable[..., Outcome]:
    """Run one replication of the smallest scenario, changed by path."""
    return play


@pytest.fixture
def shipped() -> Path:
    """Return the folder of scenarios that ships."""
    return Path(__file__).parent.parent / "scenarios"
