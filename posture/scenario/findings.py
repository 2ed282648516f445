"""Errors and warnings as data: where, what was found, what would do, the nearest legal name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from posture.errors import ScenarioError

Path = tuple[str | int, ...]
"""The way to a value: keys and list positions from the top of the file."""

MOST_SHOWN = 50
"""Findings listed in one error; a file with more is told so."""

MOST_COMPARED = 300_000
"""Pairs of characters compared to find the nearest name: tens of milliseconds where all are alike."""

LONGEST_SHOWN = 60
"""Characters of a file's own words that a message repeats."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a file; lines and columns count from 1, both 0 where there is none."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake, or one thing to look at twice."""

    mark: Mark
    path: Path
    message: str
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        path = f"{dotted(self.path)}: " if self.path else ""
        return printable(f"{self.mark}: {self.severity}: {path}{self.message}")


def dotted(path: Path) -> str:
    """Return `phases.phase-1.pace` for its path; list positions in brackets."""
    text = ""
    for item in path:
        text += f"[{item}]" if isinstance(item, int) else f".{item}" if text else item
    return text


def printable(text: str) -> str:
    """Show control and direction characters as escapes, so that no file can rewrite the terminal."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


def did_you_mean(name: str, legal: Iterable[str], *, most: int = 8) -> str:
    """Return the nearest legal name as a question, or the list of them where it is short."""
    known = set(legal)
    if len(name[:64]) * sum(map(len, known)) > MOST_COMPARED:
        return ""
    names = sorted(known)
    by_lower = {each.lower(): each for each in names}
    near = difflib.get_close_matches(name.lower()[:64], by_lower, n=1, cutoff=0.6)
    if near:
        return f"; did you mean '{by_lower[near[0]]}'?"
    if not names:
        return " (there are none)"
    return f" ({', '.join(map(shortened, names[:most]))}{', ...' if len(names) > most else ''})"


def shortened(text: object) -> str:
    """Return the words of a file as a message repeats them: not all of them where they are many."""
    words = str(text)
    return words if len(words) <= LONGEST_SHOWN else words[: LONGEST_SHOWN - 3] + "..."


def listed(findings: Iterable[Finding], *, severity: Literal["error", "warning"]) -> list[Finding]:
    """Return the findings of one severity by file, line and column, each once; of very many the first ones."""
    found = sorted(dict.fromkeys(each for each in findings if each.severity == severity), key=_place)
    if len(found) <= MOST_SHOWN:
        return found
    rest = Finding(found[MOST_SHOWN].mark, (), f"and {len(found) - MOST_SHOWN} more {severity}s not shown", severity)
    return [*found[:MOST_SHOWN], rest]


def _place(finding: Finding) -> tuple[str, int, int]:
    return finding.mark.file, finding.mark.line, finding.mark.column


def raise_errors(findings: Iterable[Finding]) -> None:
    """Raise one `ScenarioError` with every error among `findings`; warnings alone raise nothing."""
    errors = listed(findings, severity="error")
    if errors:
        raise ScenarioError(errors)
