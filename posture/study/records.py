"""The rows of a run: what each replication leaves behind, as Arrow tables, one chunk of replications at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import pyarrow as pa

from posture.model.ledger import KINDS
from posture.model.milestones import Answer
from posture.model.outcome import Outcome
from posture.model.plan import Plan

_NAME = pa.dictionary(pa.int32(), pa.string())

OUTCOMES = pa.schema(
    [
        ("design_point", pa.int32()),
        ("replication", pa.int32()),
        ("milestone", _NAME),
        ("due", pa.date32()),
        ("achieved", pa.date32()),
        ("met", pa.bool_()),
        ("days_late", pa.int32()),
        ("persons_over", pa.int32()),
        ("bound_by", _NAME),
    ]
)
"""One row a replication and milestone, milestones in plan order."""

CHANGES = pa.schema(
    [
        ("design_point", pa.int32()),
        ("replication", pa.int32()),
        ("location", _NAME),
        ("contingent", _NAME),
        ("kind", _NAME),
        ("minute", pa.int32()),
        ("strength", pa.int32()),
    ]
)
"""One row a change point of a cell, by replication, location, contingent, kind and minute; the strength, persons,
holds from the minute (since the start of the scenario) until the next row of the cell."""

WAITS = pa.schema(
    [
        ("design_point", pa.int32()),
        ("replication", pa.int32()),
        ("drawdown", _NAME),
        ("contingent", _NAME),
        ("location", _NAME),
        ("destination", _NAME),
        ("cause", _NAME),
        ("serials", pa.int32()),
        ("wait_minutes", pa.int64()),
    ]
)
"""One row a queue and cause that anybody waited for: how many serials, and their minutes in all."""

SCHEMAS = {"outcomes": OUTCOMES, "changes": CHANGES, "waits": WAITS}


@dataclass(frozen=True, slots=True)
class Records:
    """The rows of consecutive replications."""

    first: int
    replications: int
    outcomes: pa.Table
    changes: pa.Table
    waits: pa.Table
    entries: int
    """Agenda entries the engine processed."""

    def table(self, name: str) -> pa.Table:
        """Return the table called `name` in `SCHEMAS`."""
        table: pa.Table = getattr(self, name)
        return table


class Recorder:
    """Collects the rows of a chunk, replication by replication."""

    def __init__(self, plan: Plan, *, first: int, point: int = 0) -> None:
        self._plan = plan
        self._first = first
        self._point = point
        self._count = 0
        self._entries = 0
        self._columns: dict[str, dict[str, list[object]]] = {
            name: {field.name: [] for field in schema} for name, schema in SCHEMAS.items()
        }
        self._cells = [plan.cell_names(cell) for cell in range(len(plan.contingents) * len(plan.locations))]

    def add(self, outcome: Outcome, answers: Sequence[Answer]) -> None:
        """Take down one replication."""
        self._count += 1
        self._entries += outcome.entries
        self._add_answers(outcome.replication, answers)
        self._add_changes(outcome)
        self._add_waits(outcome)

    def _extend(self, name: str, rows: Iterable[tuple[object, ...]], replication: int) -> None:
        columns = list(self._columns[name].values())
        for row in rows:
            for column, value in zip(columns, (self._point, replication, *row), strict=True):
                column.append(value)

    def _add_answers(self, replication: int, answers: Sequence[Answer]) -> None:
        origin = self._plan.origin
        rows = (
            (
                milestone.id,
                milestone.due,
                None if each.achieved_day is None else origin + timedelta(days=each.achieved_day),
                each.met,
                each.days_late,
                each.persons_over,
                each.bound_by,
            )
            for milestone, each in zip(self._plan.milestones, answers, strict=True)
        )
        self._extend("outcomes", rows, replication)

    def _add_changes(self, outcome: Outcome) -> None:
        by_cell = sorted(
            (self._cells[cell][::-1], kind, minute, change) for minute, cell, kind, change in outcome.changes
        )
        rows, before, strength = [], None, 0
        for (location, contingent), kind, minute, change in by_cell:
            cell = (location, contingent, kind)
            strength = change + (strength if cell == before else 0)
            before = cell
            rows.append((location, contingent, KINDS[kind], minute, strength))
        self._extend("changes", rows, outcome.replication)

    def _add_waits(self, outcome: Outcome) -> None:
        rows = []
        for index, record in enumerate(outcome.queues):
            totals: dict[str, tuple[int, int]] = {}
            for serial in record.gone + record.waiting:
                for cause, minutes in outcome.waits(index, serial).items():
                    count, total = totals.get(cause, (0, 0))
                    totals[cause] = (count + 1, total + minutes)
            plan = self._plan.queues[index]
            drawdown, contingent, location, destination = plan.name.split("/")
            rows += [(drawdown, contingent, location, destination, cause, *totals[cause]) for cause in sorted(totals)]
        self._extend("waits", rows, outcome.replication)

    def records(self) -> Records:
        """Return what was taken down."""
        tables = {name: pa.table(columns, schema=SCHEMAS[name]) for name, columns in self._columns.items()}
        return Records(self._first, self._count, tables["outcomes"], tables["changes"], tables["waits"], self._entries)


def digest(tables: Iterable[pa.Table]) -> str:
    """Return the SHA-256 of rows in their order, as 64 hexadecimal digits, however they are cut into chunks."""
    sha = hashlib.sha256()
    for table in tables:
        for field in table.schema:
            column = table.column(field.name)
            if pa.types.is_dictionary(field.type):
                column = column.cast(pa.string())
            sha.update(f"{field.name} {len(column)}\n".encode())
            sha.update(_bytes(column.is_valid()))
            sha.update(_bytes(column))
    return sha.hexdigest()


def _bytes(column: pa.ChunkedArray) -> bytes:
    """Return the values of a column, absent ones as zero or empty text."""
    if pa.types.is_string(column.type):
        return "\n".join(column.fill_null("").to_pylist()).encode()
    if pa.types.is_date(column.type):
        column = column.cast(pa.int32())
    filled = column if column.type == pa.bool_() else column.fill_null(0)
    return bytes(filled.to_numpy().astype("<i8").tobytes())
