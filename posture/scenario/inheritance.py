"""`extends` and settings: merging by id, the origin of each value, settings laid over a document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from math import isfinite
from pathlib import Path as FilePath
from typing import Any

from posture.errors import ScenarioError
from posture.scenario.documents import DEEPEST, UNSEEN, Document, Marks, parse_value, read_document
from posture.scenario.findings import Finding, Mark, Path, did_you_mean, dotted, shortened
from posture.scenario.notation import describe, is_quantity
from posture.scenario.scenario_file import fields_at

Settings = list[tuple[Path, Any, dict[Path, Marks]]]
"""Values to lay over a document: each with its path, and the marks of what is in it."""

LONGEST_CHAIN = 8
"""Files that may extend one another in a row."""


def read_chain(path: FilePath) -> Document:
    """Read a file and all it extends, the extended ones first, merged by id.

    Raises
    ------
    ScenarioError
        A file cannot be read, lies outside the folder of the one that extends it, or extends itself.
    """
    documents = [read_document(path)]
    chain, folder = [path.resolve()], path.parent
    while (target := documents[-1].content.pop("extends", None)) is not None:
        shown = _extended(documents[-1], target, chain, folder)
        documents.append(read_document(chain[-1], name=str(shown)))
        folder = shown.parent
    merged = documents.pop()
    while documents:  # from the bottom up: a `null` removes what any file below it states
        merged = merge(merged, documents.pop())
    return replace(merged, content=without_nulls(merged.content))


def _extended(document: Document, target: object, chain: list[FilePath], folder: FilePath) -> FilePath:
    """Add the file that is extended to the chain; return how findings call it: as a path from `folder`."""
    try:
        if not isinstance(target, str) or not target or "://" in target:
            raise ValueError(f"found {describe(target)}, wanted the name of one file")
        chain.append(_link(target, chain))
    except (OSError, RuntimeError) as error:  # a name too long; symbolic links in a circle
        message = f"found {describe(target)}, which cannot be read: {getattr(error, 'strerror', None) or error}"
        raise ScenarioError([Finding(document.mark(("extends",)), ("extends",), message)]) from error
    except ValueError as error:
        raise ScenarioError([Finding(document.mark(("extends",)), ("extends",), str(error))]) from error
    return folder / target


def _link(target: str, chain: list[FilePath]) -> FilePath:
    """Return the file that the last of a chain extends; ValueError says why it may not."""
    folder = chain[-1].parent
    path = (folder / target).resolve()
    if not path.is_relative_to(folder):
        raise ValueError(f"found {describe(target)}, wanted a file in the same folder or below it")
    if path in chain:
        names = " -> ".join(each.name for each in [*chain, path])
        raise ValueError(f"found a circle: {names}")
    if len(chain) >= LONGEST_CHAIN:
        raise ValueError(f"found a chain of more than {LONGEST_CHAIN} files, wanted a shorter one")
    if not path.is_file():
        near = did_you_mean(target, (str(each.relative_to(folder)) for each in folder.glob("*.yaml")))
        raise ValueError(f"found no file {describe(target)}{near}")
    return path


def merge(below: Document, above: Document) -> Document:
    """Lay one document over another: mappings merge by key, `null` removes, anything else replaces."""
    replaced: set[Path] = set()
    content = _merged(below.content, above.content, (), replaced)
    marks = _standing_marks(below.marks, replaced) | above.marks
    return Document(content, marks, above.file, extended=below.extended | {below.file})


def _standing_marks(marks: Mapping[Path, Marks], replaced: set[Path]) -> dict[Path, Marks]:
    """Return the marks that lie in no value that was replaced."""
    if not replaced:
        return dict(marks)
    lengths = {len(path) for path in replaced}
    return {path: mark for path, mark in marks.items() if not any(path[:length] in replaced for length in lengths)}


def _merged(below: Mapping[str, Any], above: Mapping[str, Any], path: Path, replaced: set[Path]) -> dict[str, Any]:
    """Return the mappings merged; `replaced` gains the path of every value that gave way whole."""
    merged = dict(below)
    for key, value in above.items():
        standing, here = merged.get(key), (*path, key)
        whole = is_quantity(value) or is_quantity(standing) or holds_settings(here)
        if isinstance(value, dict) and isinstance(standing, dict) and not whole:
            merged[key] = _merged(standing, value, here, replaced)
            continue
        if merged.pop(key, None) is not None:
            replaced.add(here)
        if value is not None:
            merged[key] = without_nulls(value, here)
    return merged


def holds_settings(path: Path) -> bool:
    """Tell whether a mapping holds settings by path, in a revision or variant: what is `null` there removes later."""
    return len(path) == 3 and path[0] in ("revisions", "variants") and path[2] == "set"


def without_nulls(node: Any, path: Path = ()) -> Any:
    """Drop keys whose value is `null`: what is removed and what was never there are the same."""
    if not isinstance(node, dict) or holds_settings(path):
        return node
    return {key: without_nulls(value, (*path, key)) for key, value in node.items() if value is not None}


def read_settings(settings: Mapping[str, str]) -> Settings:
    """Read `path=value` settings whose values are YAML text, as `--set` takes them."""
    return [(tuple(path.split(".")), *parse_value(text, file=f"--set {path}")) for path, text in settings.items()]


def stated_settings(document: Document, section: str, name: str) -> Settings:
    """Return the settings that a revision or variant of a document states, with the marks of their values."""
    found: Settings = []
    for key, value in document.content[section][name]["set"].items():
        here = (section, name, "set", key)
        marks = {each: document.marks[*here, *each] for each in _paths(value) if (*here, *each) in document.marks}
        found.append((tuple(key.split(".")), value, {(): document.marks[()]} | marks))
    return found


def _paths(value: Any) -> Iterator[Path]:
    """Yield the path of every value inside a value, its own included."""
    yield ()
    if isinstance(value, (dict, tuple)):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from ((key, *each) for each in _paths(inner))


def plain_settings(settings: Mapping[str, object]) -> Settings:
    """Read settings given as Python values; dates become ISO text, lists tuples."""
    found: Settings = []
    for path, value in settings.items():
        mark = Mark(f"setting {path}")
        found.append((tuple(path.split(".")), _plain(value, mark), {(): Marks(mark, mark)}))
    return found


def _plain(value: object, mark: Mark) -> Any:
    """Return a value of Python as a file would state it."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(_plain(key, mark)): _plain(each, mark) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return tuple(_plain(each, mark) for each in value)
    if hasattr(value, "item"):  # numpy's scalars: a sweep's settings come as these
        value = value.item()
    if not isinstance(value, (str, int, float, type(None))):
        raise ScenarioError([Finding(mark, (), f"found a {type(value).__name__}, wanted what a file can state")])
    if isinstance(value, str) and UNSEEN.search(value):
        raise ScenarioError([Finding(mark, (), f"found a control character in {describe(value)}, wanted text")])
    if isinstance(value, float) and not isfinite(value):
        raise ScenarioError([Finding(mark, (), f"found {value}, wanted a number that means something")])
    return value


def lay_over(document: Document, settings: Settings) -> Document:
    """Lay values over a document, each at its path, one after the other.

    Raises
    ------
    ScenarioError
        A path names nothing that could hold the value, or nothing that could be removed.
    """
    content: dict[str, Any] = document.content
    marks: dict[Path, Marks] = {}
    replaced: set[Path] = set()
    for path, value, own in settings:
        here = own[()].value
        _refuse_lost_path(content, path, value, here)
        nested: Any = value
        for key in reversed(path):
            nested = {key: nested}
        for lost, legal in _lost_removals(content, nested, ()):
            message = f"found nothing to remove at '{shortened(dotted(lost))}'{did_you_mean(str(lost[-1]), legal)}"
            raise ScenarioError([Finding(here, path, message)])
        content = _merged(content, nested, (), replaced)
        marks |= {(*path, *each): mark for each, mark in own.items()}
    return replace(document, content=content, marks=_standing_marks(document.marks, replaced) | marks)


def _refuse_lost_path(content: dict[str, Any], path: Path, value: Any, mark: Mark) -> None:
    node: Any = content
    message = None
    if len(path) > DEEPEST:
        message = f"found a path of {len(path)} names, wanted at most {DEEPEST}"
    elif path[0] == "extends":
        message = "found `extends`, wanted it at the top of a file"
    for depth, key in enumerate(path if message is None else ()):
        if not isinstance(node, dict) or is_quantity(node):
            message = (
                f"found {describe(node)} at '{dotted(path[:depth])}', wanted a mapping: nothing can stand below it"
            )
            break
        if key not in node:
            if depth < len(path) - 1 and not isinstance(value, dict):
                near = did_you_mean(str(key), node)
                message = f"found no '{shortened(key)}' in {dotted(path[:depth]) or 'the file'}{near}"
            break
        node = node[key]
    if message is not None:
        raise ScenarioError([Finding(mark, path[:DEEPEST], message)])


def _lost_removals(standing: Any, nested: Any, path: Path) -> Iterator[tuple[Path, list[str]]]:
    """Yield every path that a `null` would remove though nothing stands or could stand there, and what does."""
    if not isinstance(nested, dict) or holds_settings(path):
        return
    there = standing if isinstance(standing, dict) else {}
    for key, value in nested.items():
        if value is not None:
            yield from _lost_removals(there.get(key), value, (*path, key))
        elif key not in there and key not in (legal := fields_at(path) or list(there)):
            yield (*path, key), legal
