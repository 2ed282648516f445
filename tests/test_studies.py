"""Studies on disk: resumed, extended and repeated, with the same outcomes however they came about."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from posture.errors import StoreError
from posture.study.locks import locked
from posture.study.parts import Part, find_parts, gaps, read_part
from posture.study.runs import run_scenario
from posture.study.studies import create_study, extend_study, open_study, rerun_failed, run_study
from posture.study.sweeps import estimate_points, point_frame

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
