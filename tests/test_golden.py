"""What is on record: the outcomes of shipped scenarios, which nothing may move unnoticed.

A change that moves a row says in its commit which, by how much, and why that is right; then `pytest --update-golden`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from posture.scenario.scenario import load
from posture.study.runs import run_scenario

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("name", ["agreement-2024", "iraq-2009-2011"])
def test_the_outcomes_of_a_shipped_scenario_are_those_on_record(name: str, request: pytest.FixtureRequest):
    """Twelve replications under seed 1, every milestone: date achieved, days late, persons over, what bound it."""
    file = GOLDEN / f"{name}.csv"
    rows = run_scenario(load(name), replications=12, seed=1).milestones().to_csv(index=False)
    if request.config.getoption("--update-golden"):
        file.write_text(rows, encoding="utf-8")

    assert rows == file.read_text(encoding="utf-8")
