"""What a study costs beside its replications: `python -m benchmarks.study [--scenario NAME] [--replications N]`.

Three questions: what a design point costs beyond its replications (validate, compile, store); how much faster two
workers are than one; whether memory grows with the number of points. Times are taken alternately in one process, round
by round, and given as the least and the median of the rounds: the machine may be shared. Memory is measured in
processes of their own, while a study runs and not while it is read.
"""

from __future__ import annotations

import argparse
import os
import pickle
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from posture.model.compiling import compile_plan
from posture.scenario.scenario import Scenario, load
from posture.study.designs import make_design, parse_factor
from posture.study.parts import write_part
from posture.study.studies import DesignPoint, Study, create_study, finish_study, open_study
from posture.study.workers import Chunk, run_chunk

VARIED = "lift.airlift.slots"
"""What the points differ in: of a scenario without that lift, name another by --vary."""
ROUNDS = 9
POINTS = 100
FEW, MANY = 50, 400
"""Points of the two studies whose memory is compared."""


def points_of(path: str, count: int) -> tuple[DesignPoint, ...]:
    """Return so many design points: the path at 1, 2, 3 and so on."""
    return make_design("grid", [parse_factor(f"{path}={','.join(str(1 + each) for each in range(count))}")])


def milliseconds(action: Callable[[], object]) -> float:
    """Return how long an action takes."""
    begin = time.perf_counter()
    action()
    return (time.perf_counter() - begin) * 1e3


def show(name: str, value: str) -> None:
    """Print a line of the table."""
    print(f"{name:<43}{value}", flush=True)


def told(values: list[float]) -> str:
    """Return the least and the median."""
    return f"{min(values):.2f} least, {median(values):.2f} median"


def measure_point(scenario: Scenario, *, path: str, replications: int) -> None:
    """Print milliseconds that a design point costs beyond its replications, and the size of what is kept of it."""
    taken: dict[str, list[float]] = {"validate": [], "compile": [], "store": [], "pickle": []}
    (point,) = points_of(path, 1)
    varied = scenario.vary(point)
    plan = compile_plan(varied)
    records, _ = run_chunk(Chunk(plan, 1, 0, replications, whole=False))
    with TemporaryDirectory() as folder:
        place = Path(folder)
        for _ in range(ROUNDS):
            taken["validate"].append(milliseconds(lambda: scenario.vary(point)))
            taken["compile"].append(milliseconds(lambda: compile_plan(varied)))
            taken["store"].append(
                milliseconds(lambda: write_part(place, records.outcomes, point=0, first=0, count=replications))
            )
            taken["pickle"].append(milliseconds(lambda: pickle.loads(pickle.dumps(plan))))
        size = sum(each.stat().st_size for each in place.iterdir())
    for name, values in taken.items():
        show(f"ms a design point, {name}", told(values))
    whole = [sum(each) for each in zip(taken["validate"], taken["compile"], taken["store"], strict=True)]
    show("ms a design point, the first three", told(whole))
    show(f"bytes of a part of {replications} replications", f"{size:,}, {size / replications:.1f} a replication")
    show("bytes of a compiled plan, pickled", f"{len(pickle.dumps(plan)):,}")


def made(scenario: Scenario, folder: Path, points: tuple[DesignPoint, ...], *, replications: int) -> Study:
    """Make a study with nothing done."""
    return create_study(folder, scenario, points, seed=1, replications=replications)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a sweep took, seconds: by the clock, and of processors in this process and in its workers."""

    clock: float
    here: float
    workers: float


def cost_of(study: Study, *, workers: int) -> Cost:
    """Do what is missing of a study and return what it took, the start and end of its workers included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    clock, here = time.perf_counter(), time.process_time()
    finish_study(study, workers=workers)
    clock, here = time.perf_counter() - clock, time.process_time() - here
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(clock, here, (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime))


def measure_workers(scenario: Scenario, *, path: str, replications: int, rounds: int) -> None:
    """Print how much faster two workers are than one on a sweep of 100 points, alternately, their start included."""
    points = points_of(path, POINTS)
    taken: dict[int, list[Cost]] = {1: [], 2: []}
    digests = set()
    with TemporaryDirectory() as folder:
        for turn in range(rounds):
            for workers, costs in taken.items():
                study = made(scenario, Path(folder) / f"{turn}-{workers}", points, replications=replications)
                costs.append(cost_of(study, workers=workers))
                digests.add(study.digest)
    show("points, replications of each", f"{POINTS}, {replications}")
    for workers, costs in taken.items():
        name = f"{workers} worker{'s' * (workers > 1)}"
        show(f"s by the clock, {name}", told([each.clock for each in costs]))
        show(f"s of processors, {name}: here", told([each.here for each in costs]))
        show(f"s of processors, {name}: in workers", told([each.workers for each in costs]))
    ratios = [one.clock / two.clock for one, two in zip(taken[1], taken[2], strict=True)]
    show("1 worker / 2 workers, round by round", f"{min(ratios):.2f} to {max(ratios):.2f}, median {median(ratios):.2f}")
    show("processors kept busy, 2 workers", told([(each.here + each.workers) / each.clock for each in taken[2]]))
    show("digests of these studies", str(len(digests)))


PEAK = """
import resource, sys
from pathlib import Path
from posture.study.studies import finish_study, open_study
finish_study(open_study(Path(sys.argv[1])), workers=int(sys.argv[2]))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def peak_mebibytes(study: Study, *, workers: int) -> float:
    """Return the peak memory of a process of its own that does what is missing of a study."""
    command = [sys.executable, "-c", PEAK, str(study.folder), str(workers)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def measure_memory(scenario: Scenario, *, path: str, replications: int) -> None:
    """Print the peak memory of running studies of few and many points, in one process and over two workers."""
    with TemporaryDirectory() as folder:
        for workers in (1, 2):
            for count in (FEW, MANY):
                place = Path(folder) / f"{workers}-{count}"
                study = made(scenario, place, points_of(path, count), replications=replications)
                peak = peak_mebibytes(study, workers=workers)
                show(f"peak MiB, {count} points, {workers} worker{'s' * (workers > 1)}", f"{peak:.0f}")
                assert open_study(place).missing() == []


def main() -> None:
    """Print every measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenario", default="agreement-2024")
    parser.add_argument("--vary", default=VARIED, help="What the points differ in.")
    parser.add_argument("--replications", type=int, default=40, help="Of each point of the sweep.")
    parser.add_argument("--rounds", type=int, default=3, help="Sweeps with either number of workers.")
    options = parser.parse_args()
    scenario = load(options.scenario)
    show("processors, and processes that want one", f"{os.cpu_count()}, {os.getloadavg()[0]:.1f} before this one began")
    measure_point(scenario, path=options.vary, replications=200)
    measure_workers(scenario, path=options.vary, replications=options.replications, rounds=options.rounds)
    measure_memory(scenario, path=options.vary, replications=2)


if __name__ == "__main__":
    main()
