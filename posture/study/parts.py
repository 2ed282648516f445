"""Parts of a study on disk: outcomes of some replications of a design point, in a file whose name says and seals it."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from posture.errors import StoreError
from posture.study.records import OUTCOMES

_NAME = re.compile(r"p(\d{6,})-r(\d{8,})-n(\d+)-([0-9a-f]{16})\.parquet")


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """Replications [first, first + count) of a design point, and the seal of their file: 64 bits of its SHA-256."""

    point: int
    first: int
    count: int
    seal: str

    @property
    def name(self) -> str:
        """The name of its file, which says all of this."""
        return f"p{self.point:06d}-r{self.first:08d}-n{self.count}-{self.seal}.parquet"


def write_part(folder: Path, table: pa.Table, *, point: int, first: int, count: int) -> Part:
    """Write the outcomes of some replications: the file is there whole, on disk, or not at all."""
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    content = sink.getvalue().to_pybytes()
    part = Part(point, first, count, _seal(content))
    write_whole(folder / part.name, content)
    return part


def write_whole(path: Path, content: bytes) -> None:
    """Write a file by another name, flush it to disk, then put it in its place: readers see all of it or nothing."""
    draft = path.with_name(f".{path.name}.tmp")
    with draft.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)


def find_parts(folder: Path) -> list[Part]:
    """Return the parts in a folder, by point and first replication; drafts and anything else are no parts."""
    found = (_NAME.fullmatch(each.name) for each in folder.iterdir())
    return sorted(Part(int(m[1]), int(m[2]), int(m[3]), m[4]) for m in found if m is not None)


def read_part(folder: Path, part: Part) -> pa.Table:
    """Return the outcomes of a part.

    Raises
    ------
    StoreError
        Its file is gone, or not as it was written.
    """
    path = folder / part.name
    try:
        content = path.read_bytes()
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror or error}") from error
    if _seal(content) != part.seal:
        raise StoreError(f"{path} is not as it was written: remove it, and the study makes it again when resumed")
    table: pa.Table = pq.read_table(pa.BufferReader(content))
    return table.cast(OUTCOMES)


def _seal(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def gaps(parts: Iterable[Part], *, points: int, replications: int, chunk: int) -> Iterator[tuple[int, int, int]]:
    """Yield what no part covers, in chunks, by point: (point, first replication, how many)."""
    covered: dict[int, list[tuple[int, int]]] = {}
    for part in parts:
        covered.setdefault(part.point, []).append((part.first, part.first + part.count))
    for point in range(points):
        reached = 0
        for start, end in [*sorted(covered.get(point, ())), (replications, replications)]:
            for first in range(reached, min(start, replications), chunk):
                yield point, first, min(chunk, min(start, replications) - first)
            reached = max(reached, end)
