"""Runs: the same rows whatever spreads the work, and the tables they give."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import pytest

from posture.errors import StudyError
from posture.model.compiling import compile_plan
from posture.study.runs import run_scenario
from posture.study.workers import Chunk, run_chunks

UNCERTAIN = {
    "lift.trucks": {"slots": 1, "cycle_days": {"exponential": 2}, "transit_days": {"triangular": [0.5, 1, 2]}},
    "phases.exit.gate": {"review_every_days": 5, "passes": 0.5},
}


def test_chunks_and_executors_change_no_row(scenario):
    """30 replications in chunks of 30, 7 and 1, in threads and in two processes: one digest."""
    plan = scenario(UNCERTAIN)
    with ThreadPoolExecutor(3) as threads, ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        digests = {
            run_scenario(plan, replications=30, chunk=chunk, executor=executor).digest
            for chunk, executor in ((30, None), (7, None), (1, None), (4, threads), (11, pool))
        }

    assert len(digests) == 1


def test_seeds_give_different_rows(scenario):
    """Zero is a seed like any other."""
    digests = {run_scenario(scenario(UNCERTAIN), replications=20, seed=seed).digest for seed in (0, 1, 2)}

    assert len(digests) == 3


def test_more_replications_begin_with_the_same_ones(scenario):
    """The first 10 of 25 replications are the 10 of a shorter run."""
    few = run_scenario(scenario(UNCERTAIN), replications=10).milestones()
    many = run_scenario(scenario(UNCERTAIN), replications=25).milestones()

    assert few.astype(str).equals(many[many["replication"] < 10].reset_index(drop=True).astype(str))


def test_tables_have_the_columns_of_the_design(scenario):
    """One row a replication and milestone; change points hold until the next row of the cell."""
    run = run_scenario(scenario(UNCERTAIN), replications=5)

    assert list(run.milestones().columns) == [
        "design_point",
        "replication",
        "milestone",
        "due",
        "achieved",
        "met",
        "days_late",
        "persons_over",
        "bound_by",
    ]
    strength = run.strength()
    assert list(strength.columns) == [
        "design_point",
        "replication",
        "location",
        "contingent",
        "kind",
        "day",
        "strength",
    ]
    assert (strength[strength["day"] == 0]["strength"] == 180).all()
    ends = strength[strength["location"] == "home"].groupby("replication")["strength"].last()
    assert (ends == 180).all()


def test_waits_are_what_serials_waited_for(scenario):
    """Three serials due at once, one slot for 10 days: the second waits 10 days for lift, the third 20."""
    settings = {"lift.trucks": {"slots": 1, "cycle_days": 10}, "phases.exit.drawdowns.alpha-home.margin_days": 300}

    waits = run_scenario(scenario(settings), replications=1).waits()

    row = waits.iloc[0]
    assert (len(waits), row["cause"], row["serials"], row["wait_days"]) == (1, "lift", 2, 30.0)


def test_failing_replications_are_told_after_the_others_have_finished(scenario):
    """A plan that breaks an invariant in every replication: all are named, the progress is told to the end."""
    broken = compile_plan(scenario({"contingents.alpha.personnel": 300_000, "lift.trucks.seats": 1}))
    told = []

    with pytest.raises(StudyError, match="3 of the replications failed") as error:
        run_chunks([Chunk(broken, 1, 0, 2), Chunk(broken, 1, 2, 1)], executor=None, progress=told.append)

    assert [replication for _, replication, _ in error.value.failed] == [0, 1, 2]
    assert told == [2, 1]


@pytest.mark.parametrize(("replications", "chunk"), [(0, 1), (-1, 1), (10, 0)])
def test_no_replications_are_refused(scenario, replications, chunk):
    """A run of nothing has no probability."""
    with pytest.raises(ValueError, match="wanted 1 to"):
        run_scenario(scenario(), replications=replications, chunk=chunk)
