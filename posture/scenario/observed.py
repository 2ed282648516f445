"""Observed levels: CSV files of what was counted, with low and high; never read by a run."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path as FilePath

from posture.errors import ScenarioError
from posture.scenario.documents import Document, read_text
from posture.scenario.findings import MOST_SHOWN, Finding, Mark, Path, did_you_mean, raise_errors
from posture.scenario.notation import ISO_DATE, describe
from posture.scenario.scenario_file import ScenarioFile

COLUMNS = ("date", "actual", "low", "high", "source")
"""In any order; `source` may be called `source_id`, and a `note` may stand beside it."""

SOURCE_ID, NOTE = "source_id", "note"
MOST_ROWS = 5_000
MOST_FILES = 50
WHOLE = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Observation:
    """One published count of a selection on a day, persons; None: not published."""

    day: date
    actual: int | None
    low: int | None
    high: int | None
    source: str

    @property
    def sources(self) -> tuple[str, ...]:
        """The ids of its sources; a file joins several by `|`."""
        return tuple(each.strip() for each in self.source.split("|") if each.strip())

    @property
    def counted(self) -> float | None:
        """The count as one number, persons: as published, else the middle of its bounds; None: one bound alone."""
        if self.actual is not None:
            return float(self.actual)
        return None if self.low is None or self.high is None else (self.low + self.high) / 2


def observed_file(document: Document, name: str) -> FilePath:
    """Return where an observed CSV stands: where it was attached from, else beside the scenario or below it."""
    return document.attached.get(name, FilePath(document.file).parent / name)


def read_observations(path: FilePath, *, file: str | None = None) -> tuple[Observation, ...]:
    """Read one CSV file.

    Raises
    ------
    ScenarioError
        Everything wrong with it: columns, dates out of order, numbers that are none, low above high.
    """
    name = file or str(path)
    observations: list[Observation] = []
    findings: list[Finding] = []
    columns, rows = _read_rows(read_text(path, file=name), name)
    for line, row in rows:
        try:
            observation = _parse_row(columns, row)
            if observations and observation.day < observations[-1].day:
                raise ValueError(f"found {observation.day} after {observations[-1].day}, wanted dates in order")
            observations.append(observation)
        except ValueError as error:
            findings.append(Finding(Mark(name, line, 1), (), str(error)))
    raise_errors(findings)
    return tuple(observations)


def _read_rows(text: str, name: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the heading, and the rows below it, each with its line."""
    reader = csv.reader(io.StringIO(text))
    try:
        rows = list(islice(((reader.line_num, row) for row in reader if row), MOST_ROWS + 2))
    except csv.Error as error:
        raise ScenarioError([Finding(Mark(name, reader.line_num, 1), (), f"found no CSV: {error}")]) from error
    columns = ["source" if each == SOURCE_ID else each for each in rows[0][1]] if rows else []
    if sorted(each for each in columns if each != NOTE) != sorted(COLUMNS) or columns.count(NOTE) > 1:
        raise ScenarioError([Finding(Mark(name, 1, 1), (), f"found other columns, wanted {','.join(COLUMNS)}")])
    if len(rows) > MOST_ROWS + 1:
        raise ScenarioError([Finding(Mark(name, rows[-1][0], 1), (), f"found more than {MOST_ROWS} rows")])
    return columns, rows[1:]


def _parse_row(columns: list[str], values: list[str]) -> Observation:
    if len(values) != len(columns):
        raise ValueError(f"found {len(values)} values, wanted {len(columns)}")
    row = dict(zip(columns, values, strict=True))
    try:
        day = date.fromisoformat(row["date"] if ISO_DATE.fullmatch(row["date"]) else "")
    except ValueError as error:
        raise ValueError(f"found {describe(row['date'])}, wanted a date of the calendar, YYYY-MM-DD") from error
    actual, low, high = (_parse_count(row[column], column) for column in COLUMNS[1:4])
    stated = [each for each in (low, actual, high) if each is not None]
    if not stated:
        raise ValueError("found no figure, wanted actual, low or high")
    if stated != sorted(stated):
        raise ValueError(f"found {' <= '.join(map(str, stated))}, wanted low <= actual <= high")
    return Observation(day, actual, low, high, row["source"])


def _parse_count(text: str, column: str) -> int | None:
    if not text:
        return None
    if not WHOLE.fullmatch(text):
        raise ValueError(f"found {describe(text)} as {column}, wanted a whole number of persons")
    return int(text)


def check_observed(file: ScenarioFile, document: Document) -> list[Finding]:
    """Return what is wrong with the observed files a scenario names; sources it does not have are warnings."""
    stated = file.observed.strength
    if len(stated) > MOST_FILES:
        path: Path = ("observed", "strength")
        message = f"found {len(stated)} of them, wanted at most {MOST_FILES}"
        return [Finding(document.mark(path, key=True), path, message)]
    findings: list[Finding] = []
    for name, part in stated.items():
        path = ("observed", "strength", name, "file")
        mark = document.mark(path)
        try:
            file_path = observed_file(document, part.file)
            is_attached = part.file in document.attached
            rows = read_observations(file_path if is_attached else _inside(file_path, part.file))
        except ValueError as error:
            findings.append(Finding(mark, path, str(error)))
        except ScenarioError as error:
            found = [each for each in error.findings if isinstance(each, Finding)]
            inside = [each for each in found if each.mark.line]
            why = "has mistakes of its own" if inside else found[0].message
            findings.extend([Finding(mark, path, f"found {describe(part.file)}, which {why}"), *inside])
        else:
            named = {each for row in rows for each in row.sources}
            unknown = sorted(named - set(document.content.get("sources") or ())) if not is_attached else []
            findings.extend(
                Finding(
                    mark, path, f"found the source {describe(each)} in it, wanted an id of sources{near}", "warning"
                )
                for each in unknown[:MOST_SHOWN]
                for near in [did_you_mean(each, file.sources)]
            )
    return findings


def _inside(path: FilePath, stated: str) -> FilePath:
    """Return the path of a file beside the scenario or below it; ValueError if it leads elsewhere."""
    try:
        leads_in = ".." not in FilePath(stated).parts and path.resolve().is_relative_to(
            path.parents[len(FilePath(stated).parts) - 1].resolve()
        )
    except (OSError, RuntimeError, IndexError):  # a name too long, symbolic links in a circle, a path from the root
        leads_in = False
    if not leads_in:
        raise ValueError(f"found {describe(stated)}, wanted a file beside the scenario or below it")
    return path
