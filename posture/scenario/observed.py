"""Observed levels: CSV files of what was counted, with low and high; never read by a run."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path as FilePath

from posture.errors import ScenarioError
from posture.scenario.documents import Document, read_text
from posture.scenario.findings import Finding, Mark, Path
from posture.scenario.scenario_file import ScenarioFile

COLUMNS = ("date", "actual", "low", "high", "source")
MOST_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Observation:
    """One published count of a selection on a day, persons; None: not published."""

    day: date
    actual: int | None
    low: int | None
    high: int | None
    source: str


def observed_file(document: Document, name: str) -> FilePath:
    """Return where an observed CSV stands: beside the scenario or below it."""
    return FilePath(document.file).parent / name


def read_observations(path: FilePath, *, file: str | None = None) -> tuple[Observation, ...]:
    """Read one CSV file.

    Raises
    ------
    ScenarioError
        Everything wrong with it: columns, dates out of order, numbers that are none, low above high.
    """
    name = file or str(path)
    text = read_text(path, file=name)
    findings: list[Finding] = []
    reader = csv.reader(io.StringIO(text))
    try:
        rows = [(reader.line_num, row) for row in reader if row]
    except csv.Error as error:
        raise ScenarioError([Finding(Mark(name, reader.line_num, 1), (), f"found no CSV: {error}")]) from error
    if not rows or tuple(rows[0][1]) != COLUMNS:
        raise ScenarioError([Finding(Mark(name, 1, 1), (), f"found other columns, wanted {','.join(COLUMNS)}")])
    if len(rows) > MOST_ROWS:
        raise ScenarioError([Finding(Mark(name), (), f"found {len(rows)} rows, wanted at most {MOST_ROWS}")])
    observations: list[Observation] = []
    for line, row in rows[1:]:
        try:
            observation = _parse_row(row)
            if observations and observation.day < observations[-1].day:
                raise ValueError(f"found {observation.day} after {observations[-1].day}, wanted dates in order")
            observations.append(observation)
        except ValueError as error:
            findings.append(Finding(Mark(name, line, 1), (), str(error)))
    if findings:
        raise ScenarioError(findings)
    return tuple(observations)


def _parse_row(row: list[str]) -> Observation:
    if len(row) != len(COLUMNS):
        raise ValueError(f"found {len(row)} values, wanted {len(COLUMNS)}")
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", row[0]):
        raise ValueError(f"found {row[0][:40]!r}, wanted a date, YYYY-MM-DD")
    day = date.fromisoformat(row[0])
    counts = [_parse_count(text, column) for text, column in zip(row[1:4], COLUMNS[1:4], strict=True)]
    stated = [each for each in (counts[1], counts[0], counts[2]) if each is not None]
    if not stated:
        raise ValueError("found no figure, wanted actual, low or high")
    if stated != sorted(stated):
        raise ValueError(f"found {stated}, wanted low <= actual <= high")
    return Observation(day, counts[0], counts[1], counts[2], row[4])


def _parse_count(text: str, column: str) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"\d{1,9}", text):
        raise ValueError(f"found {text[:40]!r} as {column}, wanted a whole number of persons")
    return int(text)


def check_observed(file: ScenarioFile, document: Document) -> list[Finding]:
    """Return what is wrong with the observed files a scenario names."""
    findings: list[Finding] = []
    for name, part in file.observed.strength.items():
        path: Path = ("observed", "strength", name, "file")
        mark = document.mark(path)
        base = FilePath(mark.file).parent
        if ".." in FilePath(part.file).parts or not (base / part.file).resolve().is_relative_to(base.resolve()):
            findings.append(
                Finding(mark, path, "found a path that leads out, wanted a file beside the scenario or below it")
            )
            continue
        try:
            rows = read_observations(base / part.file)
        except ScenarioError as error:
            findings.append(Finding(mark, path, "found a file that cannot be used:"))
            findings.extend(each for each in error.findings if isinstance(each, Finding))
            continue
        missing = {row.source for row in rows} - set(file.sources)
        findings.extend(
            Finding(mark, path, f"found the source '{each}' in {part.file}, which `sources` does not have")
            for each in sorted(missing)
        )
    return findings
