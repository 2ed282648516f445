"""Chunks of replications, in this process or on an executor; one that fails does not end the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from itertools import islice
from multiprocessing import get_context, parent_process
from os import _exit
from queue import SimpleQueue
from threading import Thread
from traceback import format_exception
from typing import Any, ParamSpec, TypeVar

from posture.errors import PostureError, StudyError
from posture.model.draws import draw
from posture.model.engine import simulate
from posture.model.milestones import answer_all
from posture.model.plan import Plan
from posture.study.records import CHANGES, WAITS, Recorder, Records

IN_FLIGHT = 16
"""Chunks submitted and not yet taken back, of an executor that does not say how many it wants."""

AHEAD = 4
"""Chunks in flight for each worker: one in hand, others on their way; few enough to hold in memory."""

CONNECT_SECONDS = 10
"""How long a scheduler is waited for, and then its first worker."""

RETRIES = 2
"""How often a Dask cluster does again what it lost or what broke there."""

KILLED = "the process that had it was killed, each time it was tried"

Failure = tuple[int, int, str]
"""(design point, replication, what happened: its traceback)."""

Done = tuple[Records, list[Failure]]
"""What comes of a chunk."""

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Chunk:
    """Replications [first, first + count) of one plan under one seed: all a worker needs to know."""

    plan: Plan
    seed: int
    first: int
    count: int
    point: int = 0
    """The design point that the plan is of."""
    whole: bool = True
    """False: its outcomes alone are wanted; change points and waits, 95 % of the bytes, stay where they were made."""


def run_chunk(chunk: Chunk) -> Done:
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
    records = recorder.records()
    if not chunk.whole:
        records = replace(records, changes=CHANGES.empty_table(), waits=WAITS.empty_table())
    return records, failures


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
    """Yield chunks with their records and failures as they finish, in any order; few are asked for ahead.

    Raises
    ------
    StudyError
        Chunks ended the process that had them, again and again; raised when all others have finished.
    PostureError
        What was asked for was given up: a Dask scheduler went away.
    """
    if executor is None:
        for chunk in chunks:
            yield chunk, *run_chunk(chunk)
        return
    most, fatal = (executor.in_flight, executor.fatal) if isinstance(executor, Crew) else (IN_FLIGHT, ())
    lost: list[Failure] = []
    for chunk, future in _flown(iter(chunks), executor=executor, most=most):
        try:
            done = future.result()
        except fatal:
            lost += [(chunk.point, each, KILLED) for each in range(chunk.first, chunk.first + chunk.count)]
        except CancelledError as error:
            raise PostureError("the work was given up: its scheduler went away; what is done is kept") from error
        else:
            yield chunk, *done
    if lost:
        raise StudyError(sorted(lost))


def _flown(ahead: Iterator[Chunk], *, executor: Executor, most: int) -> Iterator[tuple[Chunk, Future[Done]]]:
    """Yield chunks as they finish; those still in flight when nobody asks any more are cancelled."""
    flying: dict[Future[Done], Chunk] = {}
    try:
        while True:
            for chunk in islice(ahead, most - len(flying)):
                flying[executor.submit(run_chunk, chunk)] = chunk
            if not flying:
                return
            for future in wait(flying, return_when=FIRST_COMPLETED).done:
                yield flying.pop(future), future
    finally:
        for future in flying:
            future.cancel()


class Crew(Executor):
    """An executor that knows how many chunks keep it busy, and what a chunk ends in that ends its processes."""

    fatal: tuple[type[BaseException], ...]
    """Raised for a chunk whose processes were killed as often as it was tried; no other chunk is concerned."""
    in_flight: int


class Processes(Crew):
    """Local processes, each alone in a pool: one that is killed costs what it had in hand, which is done once more."""

    fatal = (BrokenExecutor,)

    def __init__(self, workers: int) -> None:
        self.in_flight = AHEAD * workers
        self._threads = ThreadPoolExecutor(workers)
        self._idle: SimpleQueue[ProcessPoolExecutor] = SimpleQueue()
        for _ in range(workers):
            self._idle.put(_start_process())

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Ask for a call of `fn`, which a process must be able to import."""
        return self._threads.submit(self._call, partial(fn, *args, **kwargs))

    def _call(self, action: Callable[[], T]) -> T:
        process = self._idle.get()
        try:
            try:
                return process.submit(action).result()
            except BrokenExecutor:
                process = _start_process()
                return process.submit(action).result()
        except BrokenExecutor:
            process = _start_process()
            raise
        finally:
            self._idle.put(process)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes, when they have done what they have in hand."""
        self._threads.shutdown(wait=wait, cancel_futures=cancel_futures)
        while not self._idle.empty():
            self._idle.get().shutdown(wait=wait)


def _start_process() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_end_with_parent)


def _end_with_parent() -> None:
    """Let this process end when the one that started it has, by whatever signal: it would wait for ever."""
    Thread(target=_wait_for_parent, daemon=True).start()


def _wait_for_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        _exit(1)


class Cluster(Crew):
    """A Dask cluster, which does again what it loses with a worker."""

    def __init__(self, client: Any) -> None:
        from distributed import KilledWorker

        self.fatal = (KilledWorker,)
        self.in_flight = AHEAD * sum(client.nthreads().values())
        self._tasks = client.get_executor(pure=False, retries=RETRIES)

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Ask for a call of `fn`, which the workers must be able to import."""
        future: Future[T] = self._tasks.submit(partial(fn, *args, **kwargs))
        return future


@contextmanager
def processes(workers: int, *, dask: str | None = None) -> Iterator[Executor | None]:
    """Yield an executor of local processes or of a Dask cluster; None for a single worker: this process.

    Parameters
    ----------
    workers
        Local processes; a cluster has its own.
    dask
        Address of a scheduler, such as tcp://host:8786.

    Raises
    ------
    PostureError
        The extra is not installed; nothing answers at the address within `CONNECT_SECONDS`, or it has no worker; or
        its workers have no posture, or another version of it.
    """
    if dask is not None:
        with _connect(dask) as client:
            yield Cluster(client)
    elif workers == 1:
        yield None
    else:
        with Processes(workers) as executor:
            yield executor


@contextmanager
def _connect(address: str) -> Iterator[Any]:
    """Yield a client of a cluster that has a worker, each with this version of posture."""
    try:
        from distributed import Client
        from distributed.comm import get_address_host_port
    except ImportError as error:
        raise PostureError("found no Dask, wanted the extra `dask`: pip install 'posture[dask]'") from error
    try:
        get_address_host_port(address, strict=True)
        client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        wanted = "wanted the address of a running scheduler, such as tcp://host:8786"
        raise PostureError(f"found no Dask scheduler at {address!r}, {wanted}: {error}") from error
    with client:
        try:
            client.wait_for_workers(1, timeout=CONNECT_SECONDS)
        except TimeoutError as error:
            raise PostureError(f"found no worker at {address} in {CONNECT_SECONDS} s, wanted one or more") from error
        _compare_versions(client.run(version, "posture", on_error="return"))
        yield client


def _compare_versions(found: Mapping[str, object]) -> None:
    """Raise unless every worker has this version of posture: another might find other outcomes."""
    mine = version("posture")
    for worker, theirs in found.items():
        if theirs != mine:
            has = f"posture {theirs}" if isinstance(theirs, str) else f"no posture ({type(theirs).__name__})"
            raise PostureError(f"found {has} on the worker {worker}, wanted posture {mine}, as here")
