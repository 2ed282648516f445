"""A sweep by command, ended by SIGKILL again and again and resumed each time, is the sweep that was left alone."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import SMALLEST

from posture.study.locks import locked
from posture.study.studies import open_study

POINTS, REPLICATIONS, KILLS = 200, 200, 10
VARY = "lift.trucks.transit_days=0.05:10:200"
SETTINGS = ("--set", "lift.trucks.slots=1", "--set", "lift.trucks.cycle_days={exponential: 2}")
PATIENCE = 60
"""Seconds that a process may take to get somewhere; it takes a few."""


@pytest.fixture
def file(tmp_path) -> Path:
    """Write the smallest scenario to a file."""
    path = tmp_path / "plan.yaml"
    path.write_text(SMALLEST, encoding="utf-8")
    return path


@contextmanager
def started(*arguments: object) -> Iterator[subprocess.Popen[str]]:
    """Start a command in a process of its own; it is ended, whatever happens."""
    command = [sys.executable, "-m", "posture.cli", *(str(each) for each in arguments), "--format", "json"]
    pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as process:  # type: ignore[call-overload]  # as a mapping
        try:
            yield process
        finally:
            process.kill()


def sweep(file: Path, study: Path) -> tuple[object, ...]:
    """Return the command of 200 points of 200 replications: 3 serials on one truck, its transit varied."""
    return ("sweep", file, *SETTINGS, "--vary", VARY, "-n", REPLICATIONS, "--seed", 5, "--out", study)


def wait_until(true: Callable[[], bool], *, process: subprocess.Popen[str]) -> None:
    """Wait until something is true while a process runs; that it ends before, or never gets there, is a failure."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert process.poll() is None, process.stderr and process.stderr.read()
        assert time.monotonic() < deadline
        time.sleep(0.005)


def count_parts(study: Path) -> int:
    """Return how many parts a study has; a folder that is not there yet has none."""
    return len(list((study / "outcomes").glob("p*.parquet")))


def canonical(study: Path) -> bytes:
    """Return every outcome of a study, in order, as the bytes of one Parquet file."""
    sink = pa.BufferOutputStream()
    pq.write_table(open_study(study).outcomes(), sink)
    return bytes(sink.getvalue())


def killed_parts(file: Path, study: Path, *, random: Random) -> list[int]:
    """Start the sweep, and kill it and resume it ten times; return how many parts were there at each kill.

    The kills are spread over the sweep by parts, at random; within a part's 60 ms each falls anywhere.
    """
    seen: list[int] = [0]
    for wanted in sorted(random.sample(range(1, POINTS - KILLS), KILLS)):
        command = sweep(file, study) if len(seen) == 1 else ("resume", study, "--chunk", random.choice([200, 150]))
        with started(*command) as process:
            enough = max(wanted, seen[-1] + 1)
            wait_until(lambda enough=enough: count_parts(study) >= enough, process=process)
            time.sleep(random.uniform(0, 0.06))
            process.send_signal(signal.SIGKILL)
            assert process.wait() == -signal.SIGKILL
        seen.append(count_parts(study))
    return seen


def test_a_sweep_killed_at_ten_random_moments_is_the_one_that_was_left_alone(file, tmp_path):
    """200 points x 200 replications, with SIGKILL ten times at random; resumed, the canonical bytes are the same.

    Every process was at work when it was killed: each left more parts behind than it had found.
    """
    alone, study = tmp_path / "alone", tmp_path / "study"
    with started(*sweep(file, alone), "--workers", 2) as process:
        assert process.wait(timeout=2 * PATIENCE) == 0
    seen = killed_parts(file, study, random=Random(20))
    unfinished = open_study(study).missing()
    with started("resume", study) as process:
        assert process.wait(timeout=2 * PATIENCE) == 0

    assert len(seen) == KILLS + 1
    assert all(before < after for before, after in pairwise(seen))
    assert unfinished
    assert open_study(study).missing() == []
    assert open_study(study).outcomes().num_rows == POINTS * REPLICATIONS
    assert canonical(study) == canonical(alone)
    assert open_study(study).digest == open_study(alone).digest


def children(process: subprocess.Popen[str]) -> list[int]:
    """Return the processes that a process has started and that still run, by /proc."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text(encoding="utf-8").rpartition(")")[2].split()[:2]
        except OSError:  # it has just ended
            continue
        if int(parent) == process.pid and state != "Z":
            found.append(int(stat.parent.name))
    return found


def is_running(pid: int) -> bool:
    """Return whether a process is there and is not a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="found no /proc")
def test_the_workers_of_a_killed_command_end_with_it(file, tmp_path):
    """Two processes work for a command that dies by SIGKILL: within seconds neither is there any more."""
    study = tmp_path / "study"
    with started(*sweep(file, study), "--workers", 2) as process:
        wait_until(lambda: count_parts(study) >= 3, process=process)
        workers = children(process)
        process.send_signal(signal.SIGKILL)
        process.wait()
    deadline = time.monotonic() + 10
    while any(is_running(each) for each in workers) and time.monotonic() < deadline:
        time.sleep(0.02)
    left = [each for each in workers if is_running(each)]
    for each in left:
        os.kill(each, signal.SIGKILL)

    assert len(workers) >= 2
    assert not left


def test_a_second_command_that_would_write_is_refused_with_the_owner_named(file, tmp_path):
    """While one command writes, another ends with status 1, names the process that has the study, and changes nothing.

    Killed, the first lets go of the study at once: what is left may be done.
    """
    study = tmp_path / "study"
    with started(*sweep(file, study)) as first:
        wait_until(lambda: count_parts(study) >= 1, process=first)
        with started("resume", study) as second:
            _, told = second.communicate(timeout=PATIENCE)
        assert first.poll() is None
        first.send_signal(signal.SIGKILL)
        first.wait()
    with locked(study):
        left = sum(count for _, _, count in open_study(study).missing())

    assert second.returncode == 1
    assert f"{study} is being written by process {first.pid} on {socket.gethostname()} since " in told
    assert "wait for it to end" in told
    assert left > 0
