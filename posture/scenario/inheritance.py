"""`extends` and settings: merging by id, the origin of each value, settings laid over a document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path as FilePath
from typing import Any

from posture.errors import ScenarioError
from posture.scenario.documents import DEEPEST, Document, Marks, parse_value, read_document
from posture.scenario.findings import Finding, Mark, Path, did_you_mean, dotted
from posture.scenario.notation import describe, is_quantity

LONGEST_CHAIN = 8
"""Files that may extend one another in a row."""


def read_chain(path: FilePath) -> Document:
    """Read a file and all it extends, the extended ones first, merged by id.

    Raises
    ------
    ScenarioError
        A file cannot be read, lies outside the folder of the one that extends it, or extends itself.
    """
    document = read_document(path)
    chain = [path.resolve()]
    while (target := document.content.pop("extends", None)) is not None:
        document = _extend(document, target, chain)
    return replace(document, content=without_nulls(document.content))


def _extend(document: Document, target: object, chain: list[FilePath]) -> Document:
    mark = document.mark(("extends",))
    if not isinstance(target, str) or not target or "\0" in target or "://" in target:
        raise ScenarioError([Finding(mark, ("extends",), f"found {describe(target)}, wanted the name of one file")])
    path = (chain[-1].parent / target).resolve()
    if not path.is_relative_to(chain[-1].parent):
        wanted = "wanted a file in the same folder or below it"
        raise ScenarioError([Finding(mark, ("extends",), f"found {describe(target)}, {wanted}")])
    if path in chain:
        names = " -> ".join(each.name for each in [*chain, path])
        raise ScenarioError([Finding(mark, ("extends",), f"found a circle: {names}")])
    if len(chain) >= LONGEST_CHAIN:
        raise ScenarioError([Finding(mark, ("extends",), f"found a chain of more than {LONGEST_CHAIN} files")])
    if not path.is_file():
        near = did_you_mean(target, (each.name for each in chain[-1].parent.glob("*.yaml")))
        raise ScenarioError([Finding(mark, ("extends",), f"found no file '{target}'{near}")])
    chain.append(path)
    return merge(read_document(path, name=str(FilePath(document.file).parent / target)), document)


def merge(below: Document, above: Document) -> Document:
    """Lay one document over another: mappings merge by key, `null` removes, anything else replaces."""
    content = _merged(below.content, above.content)
    return Document(content, {**below.marks, **above.marks}, above.file)


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        standing = merged.get(key)
        if value is None:
            merged.pop(key, None)
        elif (
            isinstance(value, dict) and isinstance(standing, dict) and not (is_quantity(value) or is_quantity(standing))
        ):
            merged[key] = _merged(standing, value)
        else:
            merged[key] = without_nulls(value)
    return merged


def without_nulls(node: Any) -> Any:
    """Drop keys whose value is `null`: what is removed and what was never there are the same."""
    if not isinstance(node, dict):
        return node
    return {key: without_nulls(value) for key, value in node.items() if value is not None}


def read_settings(settings: Mapping[str, str]) -> list[tuple[Path, Any, dict[Path, Marks]]]:
    """Read `path=value` settings whose values are YAML text, as `--set` takes them."""
    return [(tuple(path.split(".")), *parse_value(text, file=f"--set {path}")) for path, text in settings.items()]


def plain_settings(settings: Mapping[str, object]) -> list[tuple[Path, Any, dict[Path, Marks]]]:
    """Read settings given as Python values; dates become ISO text, lists tuples."""
    found: list[tuple[Path, Any, dict[Path, Marks]]] = []
    for path, value in settings.items():
        mark = Mark(f"setting {path}")
        found.append((tuple(path.split(".")), _plain(value), {(): Marks(mark, mark)}))
    return found


def _plain(value: object) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(_plain(key)): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return tuple(_plain(each) for each in value)
    if hasattr(value, "item"):  # numpy's scalars: a sweep's settings come as these
        return value.item()
    return value


def set_path(document: Document, path: Path, value: Any, marks: Mapping[Path, Marks]) -> Document:
    """Lay one value over a document at a path.

    Raises
    ------
    ScenarioError
        The path names nothing that could hold the value.
    """
    _refuse_lost_path(document, path, value, marks[()].value)
    nested: Any = value
    for key in reversed(path):
        nested = {key: nested}
    placed: dict[Path, Marks] = {(*path, *each): mark for each, mark in marks.items()}
    return merge(document, Document(nested, placed | {(): document.marks[()]}, document.file))


def _refuse_lost_path(document: Document, path: Path, value: Any, mark: Mark) -> None:
    node: Any = document.content
    if len(path) > DEEPEST:
        raise ScenarioError([Finding(mark, path[:1], f"found a path of {len(path)} names, wanted at most {DEEPEST}")])
    for depth, key in enumerate(path[:-1]):
        if not isinstance(node, dict) or is_quantity(node):
            found = f"nothing can stand below '{dotted(path[:depth])}', which is {describe(node)}"
            raise ScenarioError([Finding(mark, path, found)])
        if key not in node:
            if isinstance(value, dict):
                return
            near = did_you_mean(str(key), node)
            raise ScenarioError(
                [Finding(mark, path, f"found no '{key}' in {dotted(path[:depth]) or 'the file'}{near}")]
            )
        node = node[key]
    if not isinstance(node, dict) or is_quantity(node):
        found = f"nothing can stand below '{dotted(path[:-1])}', which is {describe(node)}"
        raise ScenarioError([Finding(mark, path, found)])
