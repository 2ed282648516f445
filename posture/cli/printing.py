"""What commands print: tables, rows for machines, and progress on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from posture.view.tables import Table

WIDE = 160
"""Columns of text where standard output is no terminal."""


@contextmanager
def progress_bar(replications: int | None) -> Iterator[Callable[[int], None]]:
    """Show a bar with the time left on standard error, where that is a terminal; None: it is not known how many."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("replications", total=replications)
        yield lambda done: bar.advance(task, done)


def print_table(table: Table, *, title: str) -> None:
    """Print a table with its notes, wide where standard output is no terminal."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

    from posture.scenario.findings import printable

    shown = RichTable(title=Text(printable(title)), box=SIMPLE_HEAD, title_justify="left")
    for name, numeric in zip(table.columns, table.numeric, strict=True):
        shown.add_column(name, justify="right" if numeric else "left", overflow="fold")
    for row in table.rows:
        shown.add_row(*(Text(cell) for cell in row))
    console = Console(highlight=False)
    console = console if console.is_terminal else Console(width=WIDE, highlight=False)
    console.print(shown)
    for line in table.notes:
        console.print(Text(line))


def print_rows(rows: Sequence[Mapping[str, object]], form: str) -> None:
    """Print rows of plain values as JSON or CSV; None: nothing to say."""
    if form == "json":
        click.echo(json.dumps(rows, indent=1))
        return
    import csv

    writer = csv.DictWriter(sys.stdout, fieldnames=list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
