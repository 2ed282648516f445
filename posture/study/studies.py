"""A study: a design of scenario points, many replications of each under one seed, kept in a folder that survives."""

from __future__ import annotations

import json
import os
import platform
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from posture.errors import StoreError
from posture.model.compiling import compile_plan
from posture.scenario.scenario import Scenario
from posture.study.locks import locked
from posture.study.parts import Part, find_parts, gaps, read_part, write_part, write_whole
from posture.study.records import OUTCOMES, digest
from posture.study.runs import CHUNK
from posture.study.store import MANIFEST, copy_observed, read_manifest, scenario_of, versions
from posture.study.workers import Chunk, Failure, finished, processes, run_chunk

FORMAT = "study 1"
OUTCOME_PARTS, FAILURES = "outcomes", "failures"

DesignPoint = Mapping[str, object]
"""Settings by path: what a design point sets otherwise than the study's scenario."""


@dataclass(frozen=True)
class Study:
    """A design of scenario points and what has been found out of it so far."""

    folder: Path
    scenario: Scenario
    points: tuple[DesignPoint, ...]
    seed: int
    replications: int

    def parts(self) -> list[Part]:
        """Return what is there, by design point and first replication."""
        return find_parts(self.folder / OUTCOME_PARTS)

    def failures(self) -> list[Failure]:
        """Return what failed, by design point and replication, with its traceback."""
        files = sorted((self.folder / FAILURES).glob("p*.json"))
        told = [json.loads(each.read_text(encoding="utf-8")) for each in files]
        return [(each["point"], each["replication"], each["what"]) for each in told]

    def missing(self, *, chunk: int = CHUNK) -> list[tuple[int, int, int]]:
        """Return what is still to be done, in chunks: (design point, first replication, how many)."""
        return list(gaps(self.parts(), points=len(self.points), replications=self.replications, chunk=chunk))

    def outcomes(self) -> pa.Table:
        """Return every outcome, ordered by design point, replication and milestone: the same bytes however made.

        Raises
        ------
        StoreError
            A part is not as it was written.
        """
        folder = self.folder / OUTCOME_PARTS
        tables = [read_part(folder, each) for each in self.parts()]
        if not tables:
            return OUTCOMES.empty_table()
        whole = pa.concat_tables(tables).unify_dictionaries()
        plain = whole.set_column(2, "milestone", whole["milestone"].cast(pa.string()))
        order = [(name, "ascending") for name in ("design_point", "replication", "milestone")]
        return plain.sort_by(order).cast(OUTCOMES)

    @property
    def digest(self) -> str:
        """SHA-256 of every outcome: the same for any number of workers, chunks and interruptions."""
        return digest([self.outcomes()])


def create_study(
    folder: Path,
    scenario: Scenario,
    points: Sequence[DesignPoint],
    *,
    seed: int,
    replications: int,
    command: Sequence[str] = (),
) -> Study:
    """Make a study in a folder of its own, or open the same one to go on with it.

    Raises
    ------
    StoreError
        The folder holds another study, or something else, or cannot be written.
    """
    study = Study(folder, scenario, tuple(dict(each) for each in points), seed, replications)
    try:
        if (folder / MANIFEST).is_file():
            found = open_study(folder)
            if _identity(found) != _identity(study):
                raise StoreError(f"{folder} holds another study (of {found.scenario.name!r}): name another folder")
            return found
        if folder.exists() and any(folder.iterdir()):
            raise StoreError(f"{folder} holds something that is no study: name another folder")
        _make_folder(study, command)
    except OSError as error:
        raise StoreError(f"{folder} cannot be written: {error.strerror or error}") from error
    return study


def _make_folder(study: Study, command: Sequence[str]) -> None:
    """Make the folder of a study beside it, then rename it: it is there with all that it needs, or not at all."""
    draft = study.folder.parent / f".{study.folder.name}.{os.getpid()}.tmp"
    try:
        for name in (OUTCOME_PARTS, FAILURES):
            (draft / name).mkdir(parents=True, exist_ok=True)
        copy_observed(study.scenario, draft)
        _write_manifest(replace(study, folder=draft), command)
        draft.rename(study.folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _identity(study: Study) -> tuple[object, ...]:
    points = json.dumps(study.points, sort_keys=True)
    return study.scenario.hash, points, study.seed, study.replications


def _write_manifest(study: Study, command: Sequence[str]) -> None:
    manifest = {
        "format": FORMAT,
        "name": study.scenario.name,
        "file": Path(study.scenario.document.file).name,
        "scenario_hash": study.scenario.hash,
        "seed": study.seed,
        "replications": study.replications,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": list(command),
        "python": platform.python_version(),
        "versions": versions(),
        "points": list(study.points),
        "variants": list(study.scenario.taken),
        "attached": sorted(study.scenario.document.attached),
        "scenario": study.scenario.document.content,
    }
    text = json.dumps(manifest, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    write_whole(study.folder / MANIFEST, text.encode())


def open_study(folder: Path) -> Study:
    """Open a study.

    Raises
    ------
    StoreError
        There is none.
    """
    manifest = read_manifest(folder, form=FORMAT)
    scenario = scenario_of(manifest, folder)
    return Study(folder, scenario, tuple(manifest["points"]), manifest["seed"], manifest["replications"])


def extend_study(study: Study, *, replications: int | None = None, points: Sequence[DesignPoint] = ()) -> Study:
    """Add replications to every design point, or design points; what is there stays.

    Raises
    ------
    ValueError
        Fewer replications than there are.
    """
    wanted = study.replications if replications is None else replications
    if wanted < study.replications:
        raise ValueError(f"found {wanted} replications, wanted at least the {study.replications} there are")
    longer = replace(study, replications=wanted, points=(*study.points, *(dict(each) for each in points)))
    with locked(study.folder):
        _write_manifest(longer, read_manifest(study.folder, form=FORMAT)["command"])
    return longer


def run_study(
    study: Study,
    *,
    executor: Executor | None = None,
    chunk: int = CHUNK,
    progress: Callable[[int], None] = lambda _: None,
) -> None:
    """Do what is missing of a study; a replication that fails is kept as data and ends nothing.

    Parameters
    ----------
    executor
        Anything with `submit` as `concurrent.futures` has it; None: this process.
    chunk
        Replications in a part. No outcome depends on it.
    progress
        Told the replications done whenever a part is.

    Raises
    ------
    StoreError
        Somebody else is writing it, or it cannot be written.
    ScenarioError
        A design point is no valid scenario.
    """
    with locked(study.folder):
        _run(study, study.missing(chunk=chunk), executor=executor, progress=progress)


def rerun_failed(study: Study, *, executor: Executor | None = None) -> None:
    """Run what failed again; what succeeds now is added, what fails again stays a failure."""
    with locked(study.folder):
        again = [(point, replication, 1) for point, replication, _ in study.failures()]
        _run(study, again, executor=executor, progress=lambda _: None)


def _run(
    study: Study,
    spans: Iterable[tuple[int, int, int]],
    *,
    executor: Executor | None,
    progress: Callable[[int], None],
) -> None:
    folder = study.folder / OUTCOME_PARTS
    for done, records, failures in finished(_chunks(study, spans), executor=executor):
        for failure in failures:
            _keep_failure(study, failure)
        try:
            write_part(folder, records.outcomes, point=done.point, first=done.first, count=done.count)
        except OSError as error:
            raise StoreError(f"{folder} cannot be written: {error.strerror or error}") from error
        if done.count == 1 and not failures:
            _failure_file(study, done.point, done.first).unlink(missing_ok=True)
        progress(done.count)


def _chunks(study: Study, spans: Iterable[tuple[int, int, int]]) -> Iterator[Chunk]:
    """Yield chunks, the plan of each design point compiled when its first is asked for."""
    compiled: tuple[int, Any] | None = None
    for point, first, count in spans:
        if compiled is None or compiled[0] != point:
            compiled = point, compile_plan(scenario_at(study, point))
        yield Chunk(compiled[1], study.seed, first, count, point, whole=False)


def scenario_at(study: Study, point: int) -> Scenario:
    """Return the scenario of a design point.

    Raises
    ------
    ScenarioError
        Its settings do not make a valid scenario.
    """
    settings = study.points[point]
    return study.scenario.vary(settings) if settings else study.scenario


def _failure_file(study: Study, point: int, replication: int) -> Path:
    return study.folder / FAILURES / f"p{point:06d}-r{replication:08d}.json"


def _keep_failure(study: Study, failure: Failure) -> None:
    point, replication, what = failure
    repeat = f"posture rerun {study.folder} --point {point} --replication {replication}"
    told = {"point": point, "replication": replication, "what": what, "repeat": repeat}
    write_whole(_failure_file(study, point, replication), (json.dumps(told, indent=1) + "\n").encode())


def finish_study(
    study: Study,
    *,
    workers: int = 1,
    dask: str | None = None,
    chunk: int = CHUNK,
    progress: Callable[[int], None] = lambda _: None,
) -> None:
    """Do what is missing of a study on local processes, or on the Dask cluster at an address.

    A process that is killed costs the chunk it had in hand, which is done again.

    Raises
    ------
    StudyError
        A chunk ended its process each time it was tried; raised when all others are kept.
    PostureError
        There is no such cluster, or it went away.
    StoreError, ScenarioError
        As `run_study` does.
    """
    with processes(workers, dask=dask) as executor:
        run_study(study, executor=executor, chunk=chunk, progress=progress)


def rerun_one(study: Study, *, point: int, replication: int) -> tuple[list[dict[str, Any]], list[Failure]]:
    """Return the outcomes of one replication, played again, or why it fails; nothing is kept."""
    (chunk,) = _chunks(study, [(point, replication, 1)])
    records, failures = run_chunk(chunk)
    rows = records.outcomes.to_pylist()
    return [{name: _plain(value) for name, value in row.items()} for row in rows], failures


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
