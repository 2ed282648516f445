"""Studies on disk: resumed, extended and repeated, with the same outcomes however they came about."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from posture.errors import PostureError, StoreError, StudyError
from posture.model.compiling import compile_plan
from posture.scenario.scenario import load
from posture.study.locks import locked
from posture.study.parts import Part, find_parts, gaps, read_part
from posture.study.runs import run_scenario
from posture.study.studies import create_study, extend_study, finish_study, open_study, rerun_failed, run_study
from posture.study.sweeps import estimate_points, point_frame
from posture.study.workers import Chunk, finished, processes

ONE_SLOT = {"lift.trucks": {"slots": 1, "cycle_days": {"exponential": 2}}}
POINTS = [{}, {"lift.trucks.slots": 2}, {"contingents.alpha.personnel": 120}]
PARTS = "outcomes"


@pytest.fixture
def study(scenario, tmp_path):
    """Make a study of three points, ten replications each, with nothing done yet."""
    return create_study(tmp_path / "study", scenario(ONE_SLOT), POINTS, seed=3, replications=10)


def test_gaps_are_what_no_part_covers():
    """Points of ten: [0, 4) and [6, 8) are there; 4 to 6 and 8 to 10 are not; point 1 is not there at all."""
    parts = [Part(0, 6, 2, "b"), Part(0, 0, 4, "a")]

    assert list(gaps(parts, points=2, replications=10, chunk=7)) == [(0, 4, 2), (0, 8, 2), (1, 0, 7), (1, 7, 3)]


def test_each_point_is_the_run_of_its_scenario(study):
    """Point by point the outcomes are those of a run of that scenario under the study's seed."""
    run_study(study)
    rows = study.outcomes().to_pandas()

    for point, settings in enumerate(POINTS):
        alone = run_scenario(study.scenario.vary(settings) if settings else study.scenario, replications=10, seed=3)
        mine = rows[rows["design_point"] == point]
        assert mine["days_late"].tolist() == alone.milestones()["days_late"].tolist()
        assert mine["met"].tolist() == alone.milestones()["met"].tolist()


def test_a_study_is_the_same_in_any_chunks_and_after_any_loss(study, scenario, tmp_path):
    """Chunks of 10, and of 3 with two parts lost and made again: one digest."""
    run_study(study)
    other = create_study(tmp_path / "other", scenario(ONE_SLOT), POINTS, seed=3, replications=10)
    run_study(other, chunk=3)
    for part in find_parts(other.folder / PARTS)[2:4]:
        (other.folder / PARTS / part.name).unlink()
    assert other.missing() == [(0, 6, 4)]
    run_study(open_study(other.folder), chunk=2)

    assert other.missing() == []
    assert other.digest == study.digest


def test_an_extended_study_is_one_that_was_long_from_the_start(study, scenario, tmp_path):
    """Ten replications and ten more, and a point more, are twenty of four points."""
    run_study(study)
    longer = extend_study(study, replications=20, points=[{"lift.trucks.slots": 3}])
    run_study(longer)
    points = [*POINTS, {"lift.trucks.slots": 3}]
    whole = create_study(tmp_path / "whole", scenario(ONE_SLOT), points, seed=3, replications=20)
    run_study(whole)

    assert open_study(study.folder).points == tuple(points)
    assert longer.digest == whole.digest
    with pytest.raises(ValueError, match="wanted at least the 20"):
        extend_study(longer, replications=5)


def test_another_study_in_the_folder_is_refused(study, scenario, tmp_path):
    """The same one is opened, to go on with it; another design, and any other folder with files, are not touched."""
    same = create_study(study.folder, scenario(ONE_SLOT), POINTS, seed=3, replications=10)
    assert same == study or same.points == study.points

    with pytest.raises(StoreError, match="holds another study"):
        create_study(study.folder, scenario(ONE_SLOT), POINTS[:1], seed=3, replications=10)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(StoreError, match="no study"):
        create_study(tmp_path / "mine", scenario(ONE_SLOT), POINTS, seed=3, replications=10)


def test_a_changed_part_is_noticed_and_says_what_to_do(study):
    """One flipped bit: an error that names the file; removed, the study makes it again."""
    run_study(study)
    wanted = study.digest
    (part, *_) = study.parts()
    path = study.folder / PARTS / part.name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)

    with pytest.raises(StoreError, match="is not as it was written: remove it"):
        read_part(study.folder / PARTS, part)
    path.unlink()
    run_study(study)
    assert study.digest == wanted


def test_a_second_writer_is_refused_with_the_owner_named(study):
    """Whoever has the lock is told by process and machine; when it is over the next may write."""
    with locked(study.folder), pytest.raises(StoreError, match=f"process {os.getpid()} on "):
        run_study(study)
    run_study(study)

    assert study.missing() == []


def test_a_failing_replication_is_kept_and_ends_nothing(scenario, tmp_path):
    """A point with more serials than the budget fails in both replications; the others are there; a rerun fails too."""
    broken = {"contingents.alpha.personnel": 300_000, "lift.trucks.seats": 1}
    study = create_study(tmp_path / "study", scenario(), [{}, broken], seed=1, replications=2)
    run_study(study)

    assert [(point, replication) for point, replication, _ in study.failures()] == [(1, 0), (1, 1)]
    assert study.outcomes()["design_point"].to_pylist() == [0, 0]
    told = json.loads((study.folder / "failures" / "p000001-r00000001.json").read_text(encoding="utf-8"))
    assert "SimulationError" in told["what"]
    assert told["repeat"] == f"posture rerun {study.folder} --point 1 --replication 1"
    rerun_failed(study)
    assert len(study.failures()) == 2


def test_the_table_has_a_row_a_point_and_milestone_with_its_inputs(study):
    """Inputs as columns; P(met) is the share of replications that met, point by point."""
    run_study(study)
    table = point_frame(study)

    assert table["design_point"].tolist() == [0, 1, 2]
    assert table["lift.trucks.slots"].isna().tolist() == [True, False, True]
    rows = study.outcomes().to_pandas()
    assert table["p_met"].tolist() == rows.groupby("design_point")["met"].mean().tolist()
    assert all(each.met.low <= each.met.estimate <= each.met.high for each in estimate_points(study))


KILLED = """
import sys
from pathlib import Path
from posture.study.studies import open_study, run_study
run_study(open_study(Path(sys.argv[1])), chunk=2)
"""


@pytest.mark.parametrize("wait", [0.0, 0.15, 0.4])
def test_a_killed_study_goes_on_to_the_same_bytes(scenario, tmp_path, wait):
    """SIGKILL soon after the first part, then resumed: the outcomes of one that was left alone."""
    left_alone = create_study(tmp_path / "left-alone", scenario(ONE_SLOT), POINTS, seed=3, replications=200)
    run_study(left_alone)
    study = create_study(tmp_path / "killed", scenario(ONE_SLOT), POINTS, seed=3, replications=200)
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(study.folder)])
    deadline = time.monotonic() + 60
    while not study.parts() and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(wait)
    process.send_signal(signal.SIGKILL)
    process.wait()
    run_study(open_study(study.folder), chunk=50)

    assert study.missing() == []
    assert study.digest == left_alone.digest
    assert not list(Path(study.folder / "failures").iterdir())


def test_a_study_stands_without_the_folder_of_its_scenario(shipped, tmp_path):
    """The agreement names files of what was counted: the study keeps them, and opens to the same scenario."""
    agreement = load(str(shipped / "agreement-2024.yaml"))
    study = create_study(tmp_path / "study", agreement, [{}], seed=1, replications=1)
    again = open_study(study.folder)

    assert again.scenario.hash == agreement.hash
    assert agreement.observations()
    assert again.scenario.observations() == agreement.observations()
    assert create_study(study.folder, agreement, [{}], seed=1, replications=1).points == ({},)


def test_counts_attached_to_a_scenario_stay_with_its_study(scenario, tmp_path):
    """Counts given beside the file, not named in it, are found again in the study's own folder."""
    counted = tmp_path / "counted.csv"
    counted.write_text("date,actual,low,high,source\n2030-01-05,90,,,a-paper\n", encoding="utf-8")
    attached = scenario().observe(counted, at=["northport"])
    study = create_study(tmp_path / "study", attached, [{}], seed=1, replications=1)
    wanted = attached.observations()
    counted.unlink()

    assert [row.actual for rows in wanted.values() for row in rows] == [90]
    assert open_study(study.folder).scenario.observations() == wanted


def test_any_executor_of_concurrent_futures_will_do(study, scenario, tmp_path):
    """Two threads, which no code of ours knows, make what one process makes."""
    run_study(study)
    other = create_study(tmp_path / "other", scenario(ONE_SLOT), POINTS, seed=3, replications=10)
    with ThreadPoolExecutor(2) as executor:
        run_study(other, executor=executor, chunk=3)

    assert other.digest == study.digest


def test_a_process_killed_in_the_middle_costs_its_chunk_only(scenario, tmp_path):
    """Three points of 60 replications on two processes, one killed by SIGKILL when three chunks of 36 are there.

    What it had in hand is done again by another process: each chunk is taken back once, and the digest is that of one
    process left alone.
    """
    alone = create_study(tmp_path / "alone", scenario(ONE_SLOT), POINTS, seed=3, replications=60)
    run_study(alone)
    study = create_study(tmp_path / "study", scenario(ONE_SLOT), POINTS, seed=3, replications=60)
    done: list[int] = []
    killed: list[int] = []

    def kill_after_three(count: int) -> None:
        done.append(count)
        if len(done) == 3:
            process = multiprocessing.active_children()[0]
            process.kill()
            killed.append(process.pid)

    finish_study(study, workers=2, chunk=5, progress=kill_after_three)

    assert len(killed) == 1
    assert done == [5] * 36
    assert study.digest == alone.digest


class Deadly:
    """In the place of a plan: whoever unpacks it dies."""

    def __reduce__(self):
        """Be unpacked by ending the process."""
        return os._exit, (1,)


def test_a_chunk_that_ends_every_process_is_named_when_the_others_are_done(scenario):
    """Chunks of one replication at points 0 to 5; the two of point 2 end their process, twice: they alone are lost."""
    plan = compile_plan(scenario())
    chunks = [Chunk(Deadly() if point == 2 else plan, 1, 0, 2 if point == 2 else 1, point) for point in range(6)]
    points = []
    with processes(2) as executor, pytest.raises(StudyError, match="was killed, each time it was tried") as lost:
        points.extend(chunk.point for chunk, _, _ in finished(chunks, executor=executor))

    assert sorted(points) == [0, 1, 3, 4, 5]
    assert [(point, replication) for point, replication, _ in lost.value.failed] == [(2, 0), (2, 1)]


ORPHANED = """
import os, signal
from posture.study.workers import processes
if __name__ == "__main__":
    with processes(2) as executor:
        print(executor.submit(os.getpid).result(), flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_processes_end_with_the_one_that_started_them(tmp_path):
    """Killed by SIGKILL it cannot tell them; they see that it is gone: the output they share with it closes in time."""
    script = tmp_path / "orphaned.py"
    script.write_text(ORPHANED, encoding="utf-8")
    process = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    told, _ = process.communicate(timeout=30)

    assert process.returncode == -signal.SIGKILL
    assert told.strip().isdigit()


def test_a_cluster_without_the_extra_is_told(monkeypatch):
    """No `distributed` to import: the message says what to install."""
    monkeypatch.setitem(sys.modules, "distributed", None)

    with (
        pytest.raises(PostureError, match=r"wanted the extra `dask`: pip install 'posture\[dask\]'"),
        processes(1, dask="tcp://127.0.0.1:1"),
    ):
        pass
