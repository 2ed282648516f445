"""Chunks of replications, in this process or on an executor; one that fails does not end the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from traceback import format_exception

from posture.errors import StudyError
from posture.model.draws import draw
from posture.model.engine import simulate
from posture.model.milestones import answer_all
from posture.model.plan import Plan
from posture.study.records import Recorder, Records

IN_FLIGHT = 16
"""Chunks submitted and not yet taken back: enough to keep any worker busy, few enough to hold in memory."""

Failure = tuple[int, int, str]
"""(design point, replication, what happened: its traceback)."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Replications [first, first + count) of one plan under one seed: all a worker needs to know."""

    plan: Plan
    seed: int
    first: int
    count: int
    point: int = 0
    """The design point that the plan is of."""


def run_chunk(chunk: Chunk) -> tuple[Records, list[Failure]]:
    """Run the replications of a chunk; those that fail are returned apart."""
    draws = draw(chunk.plan, seed=chunk.seed, first=chunk.first, replications=chunk.count)
    recorder = Recorder(chunk.plan, first=chunk.first, point=chunk.point)
    failures: list[Failure] = []
    for replication in range(chunk.first, chunk.first + chunk.count):
        try:
            outcome = simulate(chunk.plan, draws, replication=replication)
            recorder.add(outcome, answer_all(outcome))
        except Exception as error:  # one replication's failure is data; the others go on
            failures.append((chunk.point, replication, "".join(format_exception(error))))
    return recorder.records(), failures


def run_chunks(chunks: list[Chunk], *, executor: Executor | None, progress: Callable[[int], None]) -> list[Records]:
    """Run chunks and return their records in the order of the chunks, however they finish.

    Parameters
    ----------
    executor
        Anything with `submit` as `concurrent.futures` has it; None: this process. Whoever made it shuts it down.
    progress
        Told the replications done whenever a chunk is.

    Raises
    ------
    StudyError
        Replications failed; raised when all others have finished.
    """
    done: dict[int, Records] = {}
    failures: list[Failure] = []
    for chunk, records, failed in finished(chunks, executor=executor):
        done[chunk.first] = records
        failures += failed
        progress(chunk.count)
    if failures:
        raise StudyError(sorted(failures))
    return [done[each.first] for each in chunks]


def finished(chunks: Iterable[Chunk], *, executor: Executor | None) -> Iterator[tuple[Chunk, Records, list[Failure]]]:
    """Yield chunks with their records and failures as they finish, in any order; few are asked for ahead."""
    if executor is None:
        for chunk in chunks:
            yield chunk, *run_chunk(chunk)
        return
    ahead = iter(chunks)
    flying: dict[Future[tuple[Records, list[Failure]]], Chunk] = {}
    try:
        while True:
            for chunk in islice(ahead, IN_FLIGHT - len(flying)):
                flying[executor.submit(run_chunk, chunk)] = chunk
            if not flying:
                return
            for future in wait(flying, return_when=FIRST_COMPLETED).done:
                yield flying.pop(future), *future.result()
    finally:
        for future in flying:
            future.cancel()


@contextmanager
def processes(workers: int) -> Iterator[Executor | None]:
    """Yield an executor of local processes, or None for a single worker: this process."""
    if workers == 1:
        yield None
        return
    with ProcessPoolExecutor(max_workers=workers, mp_context=get_context("spawn")) as executor:
        yield executor
