"""What a replication of the agreement costs: `python -m benchmarks.engine [--replications N] [--scenario NAME]`.

Speeds are measured alternately in one process, round by round, and given as the least and the median of the
rounds: the machine may be shared. Memory and workers are measured in processes of their own.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from statistics import median

import simpy

from posture.model.compiling import compile_plan
from posture.model.draws import draw
from posture.model.engine import simulate
from posture.model.milestones import answer_all
from posture.model.plan import Plan
from posture.scenario.scenario import load
from posture.study.runs import run_scenario
from posture.study.workers import processes

ROUNDS = 9
PER_ROUND = 100


def seconds(action: Callable[[], object]) -> float:
    """Return the processor time that an action takes."""
    begin = time.process_time()
    action()
    return time.process_time() - begin


def bare_loop(timeouts: int) -> None:
    """Step SimPy through as many timeouts, doing nothing else."""
    environment = simpy.Environment()

    def wait() -> object:
        for _ in range(timeouts):
            yield environment.timeout(1)

    environment.process(wait())  # type: ignore[arg-type]  # a generator of events
    environment.run()


def measure_engine(plan: Plan) -> None:
    """Print milliseconds per replication and microseconds per entry beside the bare loop."""
    draws = draw(plan, seed=1, replications=PER_ROUND)

    def play() -> list[int]:
        return [simulate(plan, draws, replication=each).entries for each in range(PER_ROUND)]

    def ask() -> None:
        for outcome in outcomes:
            answer_all(outcome)

    entries = sum(play())
    outcomes = [simulate(plan, draws, replication=each) for each in range(PER_ROUND)]
    rounds = [
        (
            seconds(play),
            seconds(lambda: bare_loop(entries)),
            seconds(lambda: draw(plan, seed=1, replications=PER_ROUND)),
            seconds(ask),
        )
        for _ in range(ROUNDS)
    ]
    engine, bare, drawing, asking = zip(*rounds, strict=True)
    print(f"replications in a round, rounds            {PER_ROUND}, {ROUNDS}")
    print(f"entries on the agenda, a replication       {entries / PER_ROUND:.0f}")
    print(f"ms a replication, engine                   {_spread(engine, 1e3 / PER_ROUND)}")
    print(f"ms a replication, draws made beforehand    {_spread(drawing, 1e3 / PER_ROUND)}")
    print(f"ms a replication, milestones               {_spread(asking, 1e3 / PER_ROUND)}")
    print(f"us an entry, engine                        {_spread(engine, 1e6 / entries)}")
    print(f"us a timeout, bare SimPy loop              {_spread(bare, 1e6 / entries)}")
    print(f"engine / bare loop, round by round         {_ratios(engine, bare)}")


def _ratios(values: Sequence[float], others: Sequence[float]) -> str:
    ratios = [each / other for each, other in zip(values, others, strict=True)]
    return f"{min(ratios):.2f} to {max(ratios):.2f}, median {median(ratios):.2f}"


def _spread(values: tuple[float, ...], scale: float) -> str:
    return f"{min(values) * scale:.3f} least, {median(values) * scale:.3f} median"


def peak_mebibytes(scenario: str, replications: int) -> tuple[float, float]:
    """Return the peak memory of a process that runs so many replications, and the size of the rows it holds."""
    code = (
        "import resource, sys; from posture.scenario.scenario import load; from posture.study.runs import run_scenario;"
        f"made = run_scenario(load({scenario!r}), replications={replications});"
        "held = sum(each.table(n).nbytes for each in made.records for n in ('outcomes', 'changes', 'waits'));"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, held / 2**20)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    peak, held = done.stdout.split()
    return float(peak), float(held)


def measure_memory(scenario: str, replications: int) -> None:
    """Print peak memory for a tenth of the replications and for all, beside the rows they leave behind."""
    few, few_held = peak_mebibytes(scenario, replications // 10)
    many, many_held = peak_mebibytes(scenario, replications)
    print(f"peak MiB, {replications // 10:,} replications              {few:.0f}, of which rows {few_held:.1f}")
    print(f"peak MiB, {replications:,} replications             {many:.0f}, of which rows {many_held:.1f}")


def measure_workers(scenario: str, replications: int) -> None:
    """Print how much faster two workers are than one, alternately, their start included."""
    loaded = load(scenario)
    taken: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(3):
        for workers, times in taken.items():
            begin = time.perf_counter()
            with processes(workers) as executor:
                run_scenario(loaded, replications=replications, executor=executor)
            times.append(time.perf_counter() - begin)
    print(f"1 worker's time / 2 workers'               {_ratios(taken[1], taken[2])}")


def main() -> None:
    """Print every measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenario", default="agreement-2024")
    parser.add_argument("--replications", type=int, default=10_000)
    options = parser.parse_args()
    measure_engine(compile_plan(load(options.scenario)))
    measure_memory(options.scenario, options.replications)
    measure_workers(options.scenario, options.replications)
    print(f"peak MiB of this process                   {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}")


if __name__ == "__main__":
    main()
