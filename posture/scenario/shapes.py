"""From a document to its parts: errors of shape, and what can be read in spite of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from posture.scenario.documents import Document
from posture.scenario.findings import MOST_SHOWN, Finding, Mark, Path, did_you_mean, shortened
from posture.scenario.notation import describe
from posture.scenario.scenario_file import ScenarioFile, fields_at

MOST_ROUNDS = 12
"""How often what cannot be read is set aside: a part lost for a value it needs may cost the part above it."""

STAND_INS: dict[str, Any] = {
    "posture": 1,
    "name": "?",
    "start": "1800-01-01",
    "end": "2999-12-31",
    "locations": {"nowhere": {}},
    "contingents": {"nobody": {"personnel": 0, "at": "nowhere"}},
}
"""Stand for what could not be read at the top, so that the rest can be checked all the same."""

WORDS = {"dictionary": "a mapping", "tuple": "a list", "string": "text", "boolean": "true or false"}


@dataclass(frozen=True, slots=True)
class Shape:
    """The parts of a document as far as they can be read, what is wrong with the rest, and where that is."""

    file: ScenarioFile | None
    findings: list[Finding]
    damaged: frozenset[Path]
    """Every path that could not be read, and every path above one: what is said of these may be a consequence."""
    lost: frozenset[str]
    """Sections that stand in the file and could not be read at all, or should stand there and do not."""


def read_parts(document: Document, *, whole: bool = True) -> Shape:
    """Validate a document; what cannot be read is set aside, to see what is wrong with the rest.

    With `whole` false the document is a part that others extend: it may lack what a scenario must state.
    """
    findings: list[Finding] = []
    unreadable: set[Path] = set()
    file: ScenarioFile | None = None
    content: Any = document.content
    for attempt in range(MOST_ROUNDS):
        try:
            file = ScenarioFile.model_validate(content)
            break
        except ValidationError as error:
            details = error.errors(include_url=False)
        if attempt == 0:
            wanted = [each for each in details if whole or not _is_missing_section(each)]
            findings = _findings(wanted, document)
            content = STAND_INS | content
        unreadable |= (paths := {_unreadable(each, content) for each in details})
        content = STAND_INS | _without(content, paths)
    tops = {path[0] for path in unreadable if len(path) == 1}
    lost = {str(each) for each in tops | (set(STAND_INS) - set(document.content))}
    above = {path[:length] for path in unreadable for length in range(1, len(path) + 1)}
    return Shape(file, findings, frozenset(above), frozenset(lost))


def _is_missing_section(error: ErrorDetails) -> bool:
    return error["type"] == "missing" and len(error["loc"]) == 1 and error["loc"] != ("posture",)


def _path_in(loc: tuple[int | str, ...], content: Any) -> Path:
    """Return the part of pydantic's location that stands in the file: its own labels are skipped."""
    path: list[str | int] = []
    node = content
    for item in loc:
        if isinstance(node, dict) and str(item) in node:
            path.append(str(item))
            node = node[str(item)]
        elif isinstance(node, tuple) and isinstance(item, int) and item < len(node):
            path.append(item)
            node = node[item]
    return tuple(path)


def _unreadable(error: ErrorDetails, content: Any) -> Path:
    """Return what to set aside: a list whole, whichever of its items it is."""
    path = _path_in(error["loc"], content)
    return path[:-1] if path and isinstance(path[-1], int) else path


def _without(node: Any, paths: set[Path]) -> Any:
    """Return a mapping less the values at `paths`."""
    if not isinstance(node, dict):
        return node
    below: dict[str | int, set[Path]] = {}
    for path in paths:
        if path:
            below.setdefault(path[0], set()).add(path[1:])
    kept = {key: value for key, value in node.items() if () not in below.get(key, ())}
    return {key: _without(value, below[key]) if key in below else value for key, value in kept.items()}


def _findings(details: list[ErrorDetails], document: Document) -> list[Finding]:
    """Turn errors into findings in the order of the file; only those that are shown look for the nearest name."""
    placed = [(*_place(each, document), each) for each in details]
    placed.sort(key=lambda each: (each[0].file, each[0].line, each[0].column))
    return [
        Finding(mark, path, _message(error, path, near=number < MOST_SHOWN))
        for number, (mark, path, error) in enumerate(placed)
    ]


def _place(error: ErrorDetails, document: Document) -> tuple[Mark, Path]:
    path = _path_in(error["loc"], document.content)
    if error["type"] == "posture":
        inside = error.get("ctx", {}).get("at", ())
        path = (*path, *(str(each) if isinstance(each, str) else each for each in inside))
    at_key = error["type"] in ("extra_forbidden", "missing") or error["loc"][-1:] == ("[key]",)
    return document.mark(path, key=at_key), path


def _message(error: ErrorDetails, path: Path, *, near: bool) -> str:
    if error["type"] == "posture":
        return str(error.get("ctx", {})["message"])
    if error["type"] == "extra_forbidden":
        name = str(error["loc"][-1])
        nearest = did_you_mean(name, fields_at(path[:-1]), most=30) if near else ""
        return f"found the unknown key '{shortened(name)}'{nearest}"
    if error["type"] == "missing" and isinstance(error["loc"][-1], int):
        return f"found a list of {error['loc'][-1]}, wanted one of more items"
    if error["type"] == "missing":
        return f"found no '{error['loc'][-1]}', wanted one"
    return f"found {describe(error['input'])}, wanted {_wanted(error)}"


def _wanted(error: ErrorDetails) -> str:
    if error["type"] == "model_type":
        return "a mapping"
    if match := re.search(r"valid (dictionary|tuple|string|boolean)", error["msg"]):
        return WORDS[match[1]]
    text = re.sub(r"^(Input|Value|String|Tuple) should (be|have) ", "", error["msg"])
    text = re.sub(r" after validation, not .*$", "", text)
    return text[0].lower() + text[1:]
