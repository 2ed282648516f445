"""A study on a real Dask cluster of this machine: a worker killed in the middle costs nothing but time."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from posture.cli import cli
from posture.errors import PostureError
from posture.study.studies import create_study, finish_study, run_study
from posture.study.workers import processes

distributed = pytest.importorskip("distributed", reason="the extra `dask` is not installed")

SLOW = {"contingents.alpha.personnel": 6_000, "lift.trucks.slots": 2, "lift.trucks.cycle_days": {"exponential": 1}}
"""100 serials: some 4 ms a replication, so that a chunk is still running when its worker is killed."""
POINTS = [{}, {"lift.trucks.slots": 3}]
REPLICATIONS = 100


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def started(kind: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start a scheduler or a worker in a process of its own, and end it, whatever happens."""
    command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", *arguments, "--no-dashboard"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def scheduler() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Start a scheduler; yield its address and process."""
    port = free_port()
    with started("scheduler", "--host", "127.0.0.1", "--port", str(port)) as process:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"tcp://127.0.0.1:{port}", process


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """Start a scheduler for the tests that leave it alive; yield its address."""
    with scheduler() as (address, _):
        yield address


@contextmanager
def worker(address: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start a worker of one thread, without a nanny that would start it again."""
    options = ("--host", "127.0.0.1", "--nthreads", "1", "--nworkers", "1", "--no-nanny", "--death-timeout", "20")
    with started("worker", address, *options) as process:
        yield process


def test_a_worker_killed_in_the_middle_loses_nothing_and_repeats_nothing(cluster, scenario, tmp_path):
    """Two points of 100 replications in chunks of 5; one of two workers dies by SIGKILL when 20 are there.

    Its chunk is done again by the other: the digest is that of a run in one process, and each of the 200 replications
    has its one row.
    """
    alone = create_study(tmp_path / "alone", scenario(SLOW), POINTS, seed=3, replications=REPLICATIONS)
    run_study(alone)
    study = create_study(tmp_path / "study", scenario(SLOW), POINTS, seed=3, replications=REPLICATIONS)
    done: list[int] = []
    with worker(cluster) as first, worker(cluster):
        with distributed.Client(cluster, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=20)

        def kill_after_four(count: int) -> None:
            done.append(count)
            if len(done) == 4:
                first.send_signal(signal.SIGKILL)

        finish_study(study, dask=cluster, chunk=5, progress=kill_after_four)
        assert first.wait(timeout=5) == -signal.SIGKILL

    rows = Counter((row["design_point"], row["replication"]) for row in study.outcomes().to_pylist())
    assert rows == {(point, replication): 1 for point in range(len(POINTS)) for replication in range(REPLICATIONS)}
    assert done == [5] * 40
    assert study.digest == alone.digest


def test_a_scheduler_that_goes_away_ends_the_study_and_what_is_done_is_kept(scenario, tmp_path):
    """Killed when two chunks are there: an error that says so, soon; one process does the rest."""
    study = create_study(tmp_path / "study", scenario(SLOW), POINTS, seed=3, replications=20)
    done: list[int] = []
    with scheduler() as (address, process), worker(address):

        def kill_after_two(count: int) -> None:
            done.append(count)
            if len(done) == 2:
                process.send_signal(signal.SIGKILL)

        with pytest.raises(PostureError, match="its scheduler went away; what is done is kept"):
            finish_study(study, dask=address, chunk=1, progress=kill_after_two)
    assert len(study.parts()) == len(done) < 40
    run_study(study)

    assert study.missing() == []


@pytest.mark.parametrize("address", ["127.0.0.1", "nowhere://127.0.0.1:1", "tcp://127.0.0.1:1"])
def test_an_address_where_nothing_answers_is_told(monkeypatch, address):
    """No port, no such protocol, nobody listening: each is told with what was wanted, the last when time is up."""
    monkeypatch.setattr("posture.study.workers.CONNECT_SECONDS", 1)

    with (
        pytest.raises(PostureError, match=f"found no Dask scheduler at '{address}', wanted the address"),
        processes(1, dask=address),
    ):
        pass


def test_a_cluster_without_workers_or_with_another_posture_is_told(cluster, monkeypatch, tmp_path):
    """A scheduler alone has nobody to do the work; a worker that has posture 0.0.9 might find other outcomes."""
    (tmp_path / "posture-0.0.9.dist-info").mkdir()
    metadata = "Metadata-Version: 2.1\nName: posture\nVersion: 0.0.9\n"
    (tmp_path / "posture-0.0.9.dist-info" / "METADATA").write_text(metadata, encoding="utf-8")
    with monkeypatch.context() as impatient:
        impatient.setattr("posture.study.workers.CONNECT_SECONDS", 1)
        with pytest.raises(PostureError, match="found no worker at"), processes(1, dask=cluster):
            pass
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with (
        worker(cluster),
        pytest.raises(PostureError, match=r"found posture 0\.0\.9 on the worker"),
        processes(1, dask=cluster),
    ):
        pass


@pytest.mark.nightly
def test_a_call_that_ends_its_workers_is_given_up_alone(monkeypatch):
    """One call ends the worker that has it: it is fatal, as `Cluster` says, and the others are answered.

    A scheduler is told here to allow no death; unless told it allows three, and four workers would have to die.
    """
    monkeypatch.setenv("DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES", "0")
    with scheduler() as (address, _), worker(address), worker(address), processes(1, dask=address) as executor:
        squares = [executor.submit(pow, each, 2) for each in range(5)]
        found = [each.result(timeout=10) for each in squares]
        with pytest.raises(executor.fatal):
            executor.submit(os._exit, 1).result(timeout=10)
        after = executor.submit(pow, 5, 2).result(timeout=10)

    assert [*found, after] == [0, 1, 4, 9, 16, 25]


def test_workers_and_a_cluster_are_refused_together(tmp_path: Path):
    """A cluster has its own workers: one of the two."""
    CliRunner().invoke(cli, ["new", str(tmp_path / "plan.yaml")])
    done = CliRunner().invoke(
        cli,
        [
            "solve",
            str(tmp_path / "plan.yaml"),
            "--vary",
            "end=1:2",
            "--goal",
            "x>=0.5",
            "--workers",
            "2",
            "--dask",
            "tcp://x:1",
        ],
    )

    assert done.exit_code == 2
    assert "found --workers and --dask, wanted one of the two" in done.stderr
