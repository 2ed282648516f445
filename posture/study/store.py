"""A run on disk: a folder with a manifest and parts of Parquet, written whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from posture.errors import StoreError
from posture.model.compiling import compile_plan
from posture.scenario.documents import Document, Marks
from posture.scenario.findings import Mark
from posture.scenario.loading import validate
from posture.scenario.observed import observed_file
from posture.scenario.scenario import Scenario
from posture.study.records import SCHEMAS, Records
from posture.study.runs import Run

MANIFEST = "_manifest.json"
FORMAT = "run 1"
"""Version of the layout of the folder."""

RECORDED_VERSIONS = ("posture", "numpy", "scipy", "simpy", "pandas", "pyarrow")


def identity(run: Run) -> dict[str, Any]:
    """Return what makes two runs the same: scenario, seed and replications."""
    return {"scenario_hash": run.scenario.hash, "seed": run.seed, "replications": run.replications}


def refuse_taken(folder: Path, scenario: Scenario, *, seed: int, replications: int, replace: bool = False) -> None:
    """Raise unless a run can be written to `folder`: it is free, holds the same run, or any run may be replaced.

    Raises
    ------
    StoreError
        It holds another run, or something that is no run at all.
    """
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    if not (folder / MANIFEST).is_file():
        raise StoreError(f"{folder} holds something that is no run: name another folder with --out")
    manifest = read_manifest(folder)
    wanted = {"scenario_hash": scenario.hash, "seed": seed, "replications": replications}
    if not replace and {key: manifest.get(key) for key in wanted} != wanted:
        raise StoreError(
            f"{folder} holds another run (of {manifest.get('name')!r}): name another folder, or --replace it"
        )


def write_run(
    run: Run,
    folder: Path,
    *,
    command: Sequence[str] = (),
    replace: bool = False,
    figures: Mapping[str, bytes] = MappingProxyType({}),
) -> None:
    """Write a run to a folder of its own, replacing the same run if it is there.

    Parameters
    ----------
    folder
        Made with its parents; what is written beside it is renamed to it when whole.
    command
        The command line that made it, for the manifest.
    replace
        Replace another run too.
    figures
        Pictures to keep with it, by file name.

    Raises
    ------
    StoreError
        The folder holds something else, or cannot be written.
    """
    refuse_taken(folder, run.scenario, seed=run.seed, replications=run.replications, replace=replace)
    draft = folder.parent / f".{folder.name}.{os.getpid()}.tmp"
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft.mkdir()
        try:
            parts = _write_parts(run, draft)
            copy_observed(run.scenario, draft)
            for name, picture in figures.items():
                (draft / name).write_bytes(picture)
            _write_manifest(run, draft, parts=parts, command=command)
            _swap(draft, folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        raise StoreError(f"{folder} cannot be written: {error.strerror or error}") from error


def _write_parts(run: Run, draft: Path) -> list[dict[str, Any]]:
    parts = []
    for name in SCHEMAS:
        (draft / name).mkdir()
        for number, records in enumerate(run.records):
            path = draft / name / f"{number:06d}.parquet"
            table = records.table(name)
            pq.write_table(table, path, compression="zstd")
            parts.append(
                {
                    "file": f"{name}/{path.name}",
                    "first": records.first,
                    "replications": records.replications,
                    "entries": records.entries,
                    "rows": table.num_rows,
                    "sha256": _sealed(path),
                }
            )
    return parts


def _sealed(path: Path) -> str:
    """Flush a file to disk and return its SHA-256."""
    with path.open("rb") as stream:
        os.fsync(stream.fileno())
        return hashlib.file_digest(stream, "sha256").hexdigest()


def copy_observed(scenario: Scenario, folder: Path) -> None:
    """Keep the observed counts with what is made of the scenario: it is read again without the scenario's folder."""
    for part in scenario.parts.observed.strength.values():
        target = folder / part.file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(observed_file(scenario.document, part.file), target)


def _write_manifest(run: Run, draft: Path, *, parts: list[dict[str, Any]], command: Sequence[str]) -> None:
    manifest = {
        "format": FORMAT,
        "name": run.scenario.name,
        "file": Path(run.scenario.document.file).name,
        **identity(run),
        "digest": run.digest,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": list(command),
        "python": platform.python_version(),
        "versions": versions(),
        "parts": parts,
        "variants": list(run.scenario.taken),
        "attached": sorted(run.scenario.document.attached),
        "scenario": run.scenario.document.content,
    }
    path = draft / MANIFEST
    path.write_text(json.dumps(manifest, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")
    _sealed(path)


def versions() -> dict[str, str]:
    """Return the versions of posture and of what its numbers rest on."""
    found = {}
    for name in RECORDED_VERSIONS:
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # run from a source tree that was never installed
            found[name] = "not installed"
    return found


def _swap(draft: Path, folder: Path) -> None:
    """Put the draft in the folder's place: readers see the old run or the new one, never a part of either."""
    if folder.exists():
        old = draft.with_suffix(".old")
        folder.rename(old)
        draft.rename(folder)
        shutil.rmtree(old)
    else:
        draft.rename(folder)


def read_manifest(folder: Path, *, form: str = FORMAT) -> dict[str, Any]:
    """Return the manifest of a folder.

    Raises
    ------
    StoreError
        It has none, or one of another form.
    """
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StoreError(f"{path} cannot be read: {error}") from error
    if not isinstance(manifest, dict) or manifest.get("format") != form:
        raise StoreError(f"{path} is no manifest in the format of a {form}")
    return manifest


def read_run(folder: Path) -> Run:
    """Read a run back from its folder.

    Raises
    ------
    StoreError
        There is no run, or a part of it is missing or was changed since.
    """
    manifest = read_manifest(folder)
    scenario = scenario_of(manifest, folder)
    tables: dict[int, dict[str, Any]] = {}
    for part in manifest["parts"]:
        number = tables.setdefault(part["first"], dict(part))
        number[part["file"].split("/")[0]] = _read_part(folder / part["file"], part["sha256"])
    records = tuple(
        Records(each["first"], each["replications"], each["outcomes"], each["changes"], each["waits"], each["entries"])
        for _, each in sorted(tables.items())
    )
    return Run(scenario, compile_plan(scenario), manifest["seed"], manifest["replications"], records)


def scenario_of(manifest: dict[str, Any], folder: Path) -> Scenario:
    """Return the scenario that a manifest holds."""
    file = str(folder / manifest["file"])
    mark = Mark(file)
    attached = {each: folder / each for each in manifest.get("attached", ())}
    document = Document(_as_loaded(manifest["scenario"]), {(): Marks(mark, mark)}, file, attached=attached)
    parts, warnings = validate(document)
    return Scenario(parts, document, warnings, tuple(manifest["variants"]))


def _as_loaded(node: Any) -> Any:
    """Return JSON data as a document has it: lists as tuples."""
    if isinstance(node, dict):
        return {key: _as_loaded(value) for key, value in node.items()}
    return tuple(_as_loaded(each) for each in node) if isinstance(node, list) else node


def _read_part(path: Path, expected: str) -> pa.Table:
    try:
        found = _sealed(path)
    except OSError as error:
        raise StoreError(f"{path} is missing from the run: {error.strerror}") from error
    if found != expected:
        raise StoreError(f"{path} is not as it was written: its checksum differs from the manifest's")
    table: pa.Table = pq.read_table(path)
    return table.cast(SCHEMAS[path.parent.name])
