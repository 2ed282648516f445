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


PAST = ("afghanistan-2020-2021", "iraq-2009-2011", "iraq-2020-2021", "syria-2018-2019")
"""Replays: what they inherit was counted over drawdowns of which they are one."""


@pytest.mark.parametrize("file", [each for each in SHIPPED if each.stem not in PAST], ids=lambda each: each.stem)
def test_what_ships_has_no_finding(file: Path):
    """Neither error nor warning, its variants and revisions included."""
    assert [str(each) for each in check(file)] == []


@pytest.mark.parametrize("name", PAST)
def test_a_replay_is_told_that_it_inherits_hindsight(name: str, shipped: Path):
    """One warning, at `extends`: no figure of its own is later than its day, what it shares with all others is."""
    (found,) = check(shipped / f"{name}.yaml")

    assert (found.severity, found.path) == ("warning", ("extends",))
    assert "hindsight" in found.message


@pytest.mark.parametrize("name", PAST)
def test_a_replay_states_facts_of_its_day_alone(name: str, shipped: Path):
    """How plans fare is the same for all: no assumption is set anew, and those of its own are sizes with a source."""
    general = load(shipped / "agreement-2024.yaml").parts
    replay = load(shipped / f"{name}.yaml").parts
    shared = set(replay.assumptions) & set(general.assumptions)

    assert {each: replay.assumptions[each] for each in shared} == {each: general.assumptions[each] for each in shared}
    assert all(replay.assumptions[each].unit == "persons" for each in set(replay.assumptions) - shared)
    assert all(replay.assumptions[each].source for each in set(replay.assumptions) - shared)


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
