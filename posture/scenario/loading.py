"""From a file to a checked scenario: read, merge what it extends, validate, report all findings at once."""

from __future__ import annotations

import re
import typing
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from posture.errors import ScenarioError
from posture.scenario.cautions import find_cautions
from posture.scenario.checking import Checker
from posture.scenario.checks import check_meaning
from posture.scenario.documents import Document
from posture.scenario.findings import Finding, Path, did_you_mean, raise_errors
from posture.scenario.inheritance import read_chain
from posture.scenario.library import find_scenario
from posture.scenario.notation import describe
from posture.scenario.observed import check_observed
from posture.scenario.part import Part
from posture.scenario.scenario_file import ScenarioFile

SECTIONS = (
    "sources",
    "assumptions",
    "locations",
    "contingents",
    "lift",
    "stations",
    "events",
    "phases",
    "milestones",
)
MOST_ROUNDS = 60
"""How often an unreadable value is set aside to see what else is wrong."""

STAND_INS = {"posture": 1, "name": "?", "start": "1800-01-01", "end": "2999-12-31"}
"""Stand for what could not be read at the top, so that the rest can be checked all the same."""

WORDS = {"dictionary": "a mapping", "tuple": "a list", "string": "text", "boolean": "true or false"}


def read(name: str | FilePath) -> tuple[Document, ScenarioFile, tuple[Finding, ...]]:
    """Read and check a scenario by its file, or by its name in the library that ships.

    Returns
    -------
    tuple
        The merged document, its parts, and the warnings.

    Raises
    ------
    ScenarioError
        Everything that is wrong with it, each at its line and column.
    """
    document = read_chain(find_scenario(name))
    if is_part(document):
        message = "found no `start`: it is a part, wanted a scenario (a part can only be extended)"
        raise ScenarioError([Finding(document.mark(()), (), message)])
    file, warnings = validate(document)
    return document, file, warnings


def check(name: str | FilePath) -> tuple[Finding, ...]:
    """Return every finding about a file, errors and warnings; a part is checked as far as it goes alone."""
    try:
        document = read_chain(find_scenario(name))
    except ScenarioError as error:
        return typing.cast("tuple[Finding, ...]", error.findings)
    if is_part(document):
        found, _ = _validate_shape(document, whole=False)
        return tuple(found)
    try:
        return validate(document)[1]
    except ScenarioError as error:
        return typing.cast("tuple[Finding, ...]", error.findings)


def is_part(document: Document) -> bool:
    """Tell whether a document can only be extended: it has neither a start nor people."""
    return not {"start", "contingents", "phases"} & set(document.content)


def validate(document: Document) -> tuple[ScenarioFile, tuple[Finding, ...]]:
    """Turn a merged document into its parts; see `read` for what it returns and raises."""
    findings, file = _validate_shape(document, whole=True)
    if file is not None:
        known = {section: _ids(document.content.get(section)) for section in SECTIONS}
        findings += check_meaning(file, document, known=known)
        findings += check_observed(file, document)
    raise_errors(findings)
    if file is None:  # pragma: no cover - a file without parts has findings
        raise ScenarioError([Finding(document.mark(()), (), "cannot be read")])
    checker = Checker(file, document, {})
    find_cautions(checker)
    return file, tuple(findings) + tuple(checker.findings)


def _ids(section: object) -> set[str]:
    return set(section) if isinstance(section, dict) else set()


def _validate_shape(document: Document, *, whole: bool) -> tuple[list[Finding], ScenarioFile | None]:
    """Return the findings about shape, and the parts with whatever could not be read set aside."""
    findings: list[Finding] = []
    content: Any = document.content
    for attempt in range(MOST_ROUNDS):
        try:
            return findings, ScenarioFile.model_validate(content)
        except ValidationError as error:
            details = error.errors(include_url=False, include_context=True)
        if attempt == 0:
            wanted = [each for each in details if whole or not (each["type"] == "missing" and len(each["loc"]) == 1)]
            findings = [_finding(each, document) for each in wanted]
        for path in sorted({_unreadable(each, content) for each in details}, key=len, reverse=True):
            content = _without(content, path) if path else content
        content = {**{key: STAND_INS[key] for key in STAND_INS if key not in content}, **content}
    return findings, None


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
    path = _path_in(error["loc"], content)
    return path[:-1] if path and isinstance(path[-1], int) else path


def _without(content: Any, path: Path) -> Any:
    """Return the content less the value at `path`, and less every mapping that this leaves without a required value."""
    key, rest = path[0], path[1:]
    if not isinstance(content, dict) or key not in content:
        return content
    if rest:
        return {**content, key: _without(content[key], rest)}
    return {each: value for each, value in content.items() if each != key}


def _finding(error: ErrorDetails, document: Document) -> Finding:
    path = _path_in(error["loc"], document.content)
    context = error.get("ctx", {})
    if error["type"] == "posture":
        deeper = (*path, *(str(each) if isinstance(each, str) else each for each in context.get("at", ())))
        key = error["loc"][-1:] == ("[key]",)
        return Finding(document.mark(deeper, key=key), deeper, str(context["message"]))
    if error["type"] == "extra_forbidden":
        name = str(error["loc"][-1])
        near = did_you_mean(name, fields_at(path[:-1]))
        return Finding(document.mark(path, key=True), path, f"found the unknown key '{name}'{near}")
    if error["type"] == "missing":
        return Finding(document.mark(path), path, f"found no '{error['loc'][-1]}', wanted one")
    return Finding(document.mark(path), path, f"found {describe(error['input'])}, wanted {_wanted(error)}")


def _wanted(error: ErrorDetails) -> str:
    if error["type"] == "model_type":
        return "a mapping"
    if match := re.search(r"valid (dictionary|tuple|string|boolean)", error["msg"]):
        return WORDS[match[1]]
    text = re.sub(r"^(Input|Value|String|Tuple) should (be|have) ", "", error["msg"])
    return text[0].lower() + text[1:]


def fields_at(path: Path) -> list[str]:
    """Return the keys that the language knows at `path`: the fields of the part that stands there."""
    kind: Any = ScenarioFile
    for item in path:
        kind = _plain_type(kind)
        if isinstance(kind, type) and issubclass(kind, Part):
            field = kind.model_fields.get(str(item))
            kind = field.annotation if field else None
        elif typing.get_origin(kind) is dict:
            kind = typing.get_args(kind)[1]
        else:
            return []
    kind = _plain_type(kind)
    names = list(kind.model_fields) if isinstance(kind, type) and issubclass(kind, Part) else []
    return ["extends", *names] if kind is ScenarioFile else names


def _plain_type(kind: Any) -> Any:
    """Strip `Annotated` and `| None`."""
    while typing.get_origin(kind) is not None and typing.get_origin(kind) is not dict:
        kind = next((each for each in typing.get_args(kind) if each is not type(None)), None)
    return kind
