"""What differs between two documents, value by value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from posture.scenario.documents import Document
from posture.scenario.findings import Mark, Path, dotted
from posture.scenario.notation import is_quantity


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that stands otherwise in another scenario; None: not there."""

    path: Path
    before: Any
    after: Any
    mark: Mark
    """Where the later of the two stands."""

    def __str__(self) -> str:
        return f"{dotted(self.path)}: {written(self.before)} -> {written(self.after)}"


def written(value: Any) -> str:
    """Return a value in one line, as a file would write it."""
    if value is None:
        return "-"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {written(each)}" for key, each in value.items()) + "}"
    if isinstance(value, tuple):
        return "[" + ", ".join(written(each) for each in value) + "]"
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def differences(before: Document, after: Document) -> list[Difference]:
    """Return every value that stands otherwise, by path; revisions and variants themselves are not compared."""
    found = []
    for path, old, new in _walk(before.content, after.content, ()):
        document = after if new is not None else before
        found.append(Difference(path, old, new, document.mark(path)))
    return found


def _walk(before: Any, after: Any, path: Path) -> Iterator[tuple[Path, Any, Any]]:
    if isinstance(before, dict) and isinstance(after, dict) and not (is_quantity(before) or is_quantity(after)):
        for key in sorted({**before, **after}):
            if path or key not in ("revisions", "variants"):
                yield from _walk(before.get(key), after.get(key), (*path, key))
    elif before != after:
        yield path, before, after


def origins(document: Document) -> Iterator[tuple[Path, Any, Mark]]:
    """Yield every value of a document that is no mapping, with the place that set it."""
    yield from _leaves(document, document.content, ())


def _leaves(document: Document, node: Any, path: Path) -> Iterator[tuple[Path, Any, Mark]]:
    if isinstance(node, dict) and not is_quantity(node) and node:
        for key in sorted(node):
            yield from _leaves(document, node[key], (*path, key))
    else:
        yield path, node, document.mark(path)
