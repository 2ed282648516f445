"""Every scenario that ships loads without a finding, compiles and runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from posture.model.compiling import compile_plan
from posture.model.draws import draw
from posture.model.engine import simulate
from posture.scenario.library import starter_text
from posture.scenario.loading import check
from posture.scenario.scenario import load

SHIPPED = sorted((Path(__file__).parent.parent / "scenarios").glob("*.yaml"))
RUNNABLE = [each for each in SHIPPED if "\nstart:" in each.read_text(encoding="utf-8")]


@pytest.mark.parametrize("file", SHIPPED, ids=lambda each: each.stem)
def test_what_ships_has_no_finding(file: Path):
    """Neither error nor warning, its variants and revisions included."""
    assert [str(each) for each in check(file)] == []


@pytest.mark.parametrize("file", RUNNABLE, ids=lambda each: each.stem)
def test_what_ships_compiles_and_runs(file: Path):
    """One replication of the file, and of each of its variants, to the end."""
    scenario = load(file)

    for each in [scenario, *(scenario.variant(name) for name in scenario.parts.variants)]:
        plan = compile_plan(each)
        outcome = simulate(plan, draw(plan, seed=1, replications=1), replication=0)

        assert outcome is not None


def test_the_starter_has_no_finding(tmp_path: Path):
    """What `posture new` writes."""
    (tmp_path / "plan.yaml").write_text(starter_text(), encoding="utf-8")

    assert [str(each) for each in check(tmp_path / "plan.yaml")] == []
