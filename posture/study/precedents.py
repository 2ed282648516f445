"""What happened in earlier drawdowns: the record that ships, one row a fact, each with its case and its source."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path as FilePath

from posture.scenario.documents import read_text
from posture.scenario.library import library_folder

ANYWHERE = "any"
"""The case of a fact about equipment, which no case is the source of: never left out."""

Row = Mapping[str, str]
Table = tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """What happened in earlier drawdowns: tables of rows, every row with its `case` and its `source`."""

    cases: Table
    """When each was ordered and ended, and the tours of its day."""
    targets: Table
    """What was to be reached by a date, and when it was."""
    levels: Table
    """Levels observed inside steps, in order of date."""
    decisions: Table
    """Orders, holds, postponements, reversals, and the word given for a step that hung on conditions."""
    sites: Table
    """Single sites: the day expected, the day of the hand-over, days from the last to leave to the flag."""
    durations: Table
    """Other durations, by kind: what they tell is how far two of a kind differ."""
    lift: Table
    """Convoys and aircraft."""

    def without(self, case: str) -> Record:
        """Return the record as if a case had never been; one that is not in it changes nothing."""
        tables = (tuple(row for row in getattr(self, name) if row["case"] != case) for name in self.__slots__)
        return Record(*tables)

    def names(self) -> tuple[str, ...]:
        """Return the cases that any row rests on, in order of name."""
        rows = (row for name in self.__slots__ for row in getattr(self, name))
        return tuple(sorted({row["case"] for row in rows} - {ANYWHERE}))


def read_record(folder: FilePath | None = None) -> Record:
    """Read the record that ships, or one in another folder.

    Raises
    ------
    ScenarioError
        A table cannot be read.
    """
    where = folder or library_folder() / "record"
    return Record(*(_read_table(where / f"{name}.csv") for name in Record.__slots__))


def _read_table(file: FilePath) -> Table:
    return tuple(csv.DictReader(io.StringIO(read_text(file, file=file.name))))


def days_between(first: str, last: str) -> int:
    """Return the days from one ISO date to another, below 0 where the second is the earlier."""
    return (date.fromisoformat(last) - date.fromisoformat(first)).days
