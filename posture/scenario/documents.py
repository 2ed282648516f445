"""YAML text to plain data with a mark for every value, from the parser's event stream alone.

Nothing is composed by the YAML library: aliases, tags, duplicate keys and hostile sizes are refused on
its events, and plain scalars are read by the YAML 1.2 core rules, so that `no` and `12:30` stay text.
"""

from __future__ import annotations

import math
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

import yaml

from posture.errors import ScenarioError
from posture.scenario.findings import MOST_SHOWN, Finding, Mark, Path, raise_errors, shortened

LARGEST_BYTES = 5_000_000
DEEPEST = 40
MOST_NODES = 200_000
MOST_ENTRIES = 1000
"""Keys of one mapping, or items of one list."""
LONGEST_TEXT = 10_000
LONGEST_KEY = 1000

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

WHOLES = (
    (re.compile(r"[-+]?(0|[1-9][0-9]*)"), 10),
    (re.compile(r"0o[0-7]+"), 8),
    (re.compile(r"0x[0-9a-fA-F]+"), 16),
)
LONGEST_NUMBER = 40
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]")
"""Control characters, foreign line breaks, changes of direction, halves of characters: none belongs in a text."""
ESCAPED = re.compile(UNSEEN.pattern.replace("\x0e", "\r\x0e"))
"""The same where an escape made it: a carriage return as well."""
DIRECTIVE = re.compile("^%", re.MULTILINE)
CONSTANTS = {"true": True, "false": False, "null": None, "~": None, "": None}


@dataclass(frozen=True, slots=True)
class Marks:
    """Where a key and its value stand; list items and the whole file have no key of their own."""

    key: Mark
    value: Mark


@dataclass(frozen=True, slots=True)
class Document:
    """One file as plain data: mappings with text keys, tuples and scalars, and a mark for every value."""

    content: dict[str, Any]
    marks: dict[Path, Marks]
    file: str
    extended: frozenset[str] = frozenset()
    """The files it extends, as marks name them."""
    attached: Mapping[str, FilePath] = field(default_factory=dict)
    """Where observed files are that were given beside the file and not named in it, by how they are named now."""

    def mark(self, path: Path, *, key: bool = False) -> Mark:
        """Return the mark of `path`, or of the nearest part of it that stands in a file."""
        for length in range(len(path), -1, -1):
            marks = self.marks.get(path[:length])
            if marks is not None:
                return marks.key if key and length == len(path) else marks.value
        return Mark(self.file)


def read_document(path: FilePath, *, name: str | None = None) -> Document:
    """Read one file; `name` is how marks call it, as given by `path` unless stated.

    Raises
    ------
    ScenarioError
        The file cannot be read (see `read_text`), or is not the subset of YAML that scenarios are written in.
    """
    file = name or str(path)
    return parse_document(read_text(path, file=file), file=file)


def read_text(path: FilePath, *, file: str) -> str:
    """Return the text of a regular file of UTF-8, at most 5 MB; `file` is how findings call it.

    Raises
    ------
    ScenarioError
        It cannot be read, is no regular file, is too large, or is not UTF-8.
    """
    try:
        raw = _read_bytes(path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ScenarioError([Finding(Mark(file), (), f"cannot be read: {reason}")]) from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        where = _place(raw[: error.start].decode("utf-8-sig"), error.start, file=file)
        raise ScenarioError([Finding(where, (), "found bytes that are not UTF-8 text")]) from error


def _place(text: str, position: int, *, file: str) -> Mark:
    """Return the line and column of a position in a text."""
    before = text[:position]
    return Mark(file, before.count("\n") + 1, len(before) - before.rfind("\n"))


def _read_bytes(path: FilePath) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ValueError("it is not a regular file")
        with os.fdopen(descriptor, "rb", closefd=False) as stream:
            content = stream.read(LARGEST_BYTES + 1)
    finally:
        os.close(descriptor)
    if len(content) > LARGEST_BYTES:
        raise ValueError(f"it is larger than {LARGEST_BYTES // 1_000_000} MB")
    return content


def parse_document(text: str, *, file: str) -> Document:
    """Parse text whose top is a mapping; see `read_document` for what it refuses."""
    reader = _Reader(file)
    content = reader.read(text)
    if content is None:
        content = {}
    if not isinstance(content, dict):
        top = reader.marks[()].value
        raise ScenarioError([Finding(top, (), "found no mapping at the top, wanted keys such as `posture: 1`")])
    return Document(content, reader.marks, file)


def parse_value(text: str, *, file: str) -> tuple[Any, dict[Path, Marks]]:
    """Parse any one value written as YAML, such as the right-hand side of `--set`."""
    reader = _Reader(file)
    return reader.read(text), reader.marks


@dataclass(slots=True)
class _Open:
    """A collection that the parser is inside of."""

    path: Path
    node: dict[str, Any] | list[Any]
    key: str | None = None
    key_mark: Mark | None = None


@dataclass(slots=True)
class _Reader:
    """Builds plain data from the events of one document."""

    file: str
    marks: dict[Path, Marks] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)
    top: Any = None
    nodes: int = 0
    documents: int = 0

    def read(self, text: str) -> Any:
        """Return the data; raises every finding at once."""
        self._refuse_unseen(text)
        try:
            for event in yaml.parse(text, Loader=LOADER):
                self._take(event)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            where = Mark(self.file, mark.line + 1, mark.column + 1) if mark else Mark(self.file, 1, 1)
            context = f" {error.context}" if error.context else ""
            self.findings.append(Finding(where, (), f"found text that is not YAML: {error.problem}{context}"))
        except (yaml.YAMLError, ValueError, OverflowError) as error:  # such as an escape beyond Unicode
            self.findings.append(Finding(Mark(self.file, 1, 1), (), f"found text that is not YAML: {shortened(error)}"))
        raise_errors(self.findings)
        self.marks.setdefault((), Marks(Mark(self.file, 1, 1), Mark(self.file, 1, 1)))
        return _frozen(self.top)

    def _refuse_unseen(self, text: str) -> None:
        """Refuse what the parser would take a line too late, or very long, to see."""
        for match in UNSEEN.finditer(text):
            message = f"found the control character U+{ord(match[0]):04X}, wanted text"
            self.findings.append(Finding(_place(text, match.start(), file=self.file), (), message))
            if len(self.findings) > MOST_SHOWN:
                break
        if directive := DIRECTIVE.search(text):
            message = "found a line that begins with %, wanted none: directives are not part of the language"
            self.findings.append(Finding(_place(text, directive.start(), file=self.file), (), message))
        raise_errors(self.findings)

    def _take(self, event: Any) -> None:
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                self._stop(event, "found a second document after `---`, wanted one document a file")
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            self.stack.pop()
        elif isinstance(event, yaml.NodeEvent):
            self._node(event)

    def _node(self, event: Any) -> None:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            self._stop(event, f"found more than {MOST_NODES} values")
        if isinstance(event, yaml.AliasEvent):
            alias = shortened(event.anchor)
            self._find(event, f"found an alias *{alias}, wanted the value: aliases are not part of the language")
            self._put(event, None)
            return
        self._refuse_properties(event)
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
            return
        node: dict[str, Any] | list[Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
        path = self._put(event, node)
        self.stack.append(_Open(path, node))
        if len(self.stack) > DEEPEST:
            self._stop(event, f"found values nested more than {DEEPEST} deep")

    def _refuse_properties(self, event: Any) -> None:
        if event.anchor is not None:
            anchor = shortened(event.anchor)
            self._find(event, f"found an anchor &{anchor}, wanted an entry of `assumptions`: that shares a value")
        if event.tag is not None and not (event.tag == "!" and isinstance(event, yaml.ScalarEvent)):
            tag = shortened(event.tag)
            self._find(event, f"found the tag {tag}, wanted the value alone: tags are not part of the language")

    def _scalar(self, event: Any) -> None:
        plain = event.implicit[0] and not event.style  # `! "12"` is quoted, whatever the parser says
        parent = self.stack[-1] if self.stack else None
        if parent is not None and isinstance(parent.node, dict) and parent.key is None:
            self._key(event, parent)
            return
        if len(event.value) > LONGEST_TEXT:
            self._find(event, f"found a text of {len(event.value)} characters, wanted at most {LONGEST_TEXT}")
        self._put(event, self._resolve(event) if plain else self._checked(event))

    def _key(self, event: Any, parent: _Open) -> None:
        if len(event.value) > LONGEST_KEY:
            self._stop(event, f"found a key of {len(event.value)} characters, wanted at most {LONGEST_KEY}")
        key, mark = self._checked(event), self._mark(event)
        parent.key, parent.key_mark = key, mark
        earlier = self.marks.get((*parent.path, key))
        if earlier is not None:
            message = (
                f"found the key '{shortened(key)}' again, wanted it once: it stands on line {earlier.key.line} too"
            )
            self._find(event, message)

    def _put(self, event: Any, value: Any) -> Path:
        mark = self._mark(event)
        if not self.stack:
            self.top = value
            self.marks[()] = Marks(mark, mark)
            return ()
        parent = self.stack[-1]
        if len(parent.node) >= MOST_ENTRIES:
            self._stop(event, f"found more than {MOST_ENTRIES} entries in one mapping or list")
        if isinstance(parent.node, list):
            path = (*parent.path, len(parent.node))
            parent.node.append(value)
            self.marks[path] = Marks(mark, mark)
            return path
        if parent.key is None:
            self._stop(event, "found a collection as a key, wanted text")
        key = parent.key or ""
        path = (*parent.path, key)
        parent.node[key] = value
        self.marks[path] = Marks(parent.key_mark or mark, mark)
        parent.key = parent.key_mark = None
        return path

    def _resolve(self, event: Any) -> Any:
        text = event.value
        lower = text.lower()
        if lower in CONSTANTS and text in (lower, lower.capitalize(), lower.upper()):
            return CONSTANTS[lower]
        if len(text) > LONGEST_NUMBER:
            if FLOAT.fullmatch(text):
                self._find(event, f"found a number of {len(text)} characters, wanted at most {LONGEST_NUMBER}")
            return self._checked(event)
        for pattern, base in WHOLES:
            if pattern.fullmatch(text):
                return int(text, base)
        if FLOAT.fullmatch(text):
            value = float(text)
            if math.isinf(value):
                self._find(event, f"found {text}, wanted a number that means something")
            return value
        return self._checked(event)

    def _checked(self, event: Any) -> str:
        text: str = event.value
        if match := ESCAPED.search(text):
            self._find(event, f"found the control character U+{ord(match[0]):04X} in a text")
            return ""
        return text

    def _mark(self, event: Any) -> Mark:
        return Mark(self.file, event.start_mark.line + 1, event.start_mark.column + 1)

    def _find(self, event: Any, message: str) -> None:
        self.findings.append(Finding(self._mark(event), self._here(), message))

    def _here(self) -> Path:
        """Return the path of the value that comes next."""
        if not self.stack:
            return ()
        parent = self.stack[-1]
        if isinstance(parent.node, list):
            return (*parent.path, len(parent.node))
        return parent.path if parent.key is None else (*parent.path, parent.key)

    def _stop(self, event: Any, message: str) -> None:
        self._find(event, message)
        raise_errors(self.findings)


def _frozen(node: Any) -> Any:
    """Turn lists into tuples, bottom up; depth is bounded by `DEEPEST`."""
    if isinstance(node, dict):
        return {key: _frozen(value) for key, value in node.items()}
    return tuple(_frozen(value) for value in node) if isinstance(node, list) else node
