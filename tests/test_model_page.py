"""What docs/model.md promises: each rule has a test that exists, each module of the model its place on the page."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
PIN = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
MODULE = re.compile(r"`posture\.(\w+)\.(\w+)`")
MOST_LINES = 45
"""Lines of one submodel: a page."""

TITLES = (
    "1. Purpose and patterns",
    "2. Entities, state variables and scales",
    "3. Process overview and scheduling",
    "4. Design concepts",
    "5. Initialisation",
    "6. Input data",
    "7. Submodels",
)
CONCEPTS = (
    "Basic principles",
    "Emergence",
    "Adaptation",
    "Objectives",
    "Learning",
    "Prediction",
    "Sensing",
    "Interaction",
    "Stochasticity",
    "Collectives",
    "Observation",
)
WITHOUT_RULES = ("2", "4")
"""Sections that describe and rule nothing: entities, design concepts."""


def sections(text: str, mark: str) -> dict[str, str]:
    """Return the sections below headings of one rank, by title."""
    parts = re.split(rf"^{mark} (.+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


SECTIONS = sections(PAGE, "##")
SUBMODELS = sections(SECTIONS["7. Submodels"], "###")


def rules(text: str) -> list[str]:
    """Return the rows of tables, less their heads, and the items of lists of a text."""
    lines = text.split("\n")
    rows = [
        line
        for line, after in zip(lines, [*lines[1:], ""], strict=True)
        if line.startswith("|") and not line.startswith("|---") and not after.startswith("|---")
    ]
    return rows + [line for line in lines if re.match(r"\s*([-*]|\d+\.) ", line)]


def functions_of(path: str) -> frozenset[str]:
    """Return the names of the test functions of a file."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(each.name for each in tree.body if isinstance(each, ast.FunctionDef))


def test_the_page_has_the_sections_of_the_protocol():
    """Seven, in the order of Grimm et al. (2020)."""
    assert tuple(SECTIONS) == TITLES


def test_every_design_concept_is_spoken_of():
    """Eleven, in the protocol's order, also those that do not apply."""
    named = re.findall(r"^- \*\*([\w ]+)\.\*\*", SECTIONS["4. Design concepts"], flags=re.MULTILINE)

    assert tuple(named) == CONCEPTS


@pytest.mark.parametrize("path", sorted({path for path, _ in PIN.findall(PAGE)}))
def test_every_test_named_exists(path: str):
    """The file is there and has a function of each name that the page takes from it."""
    named = {name for each, name in PIN.findall(PAGE) if each == path}

    assert (ROOT / path).is_file()
    assert named - functions_of(path) == set()


def test_nothing_that_looks_like_a_test_escapes():
    """What names a test is written in full, `tests/file.py::test_name`; a file named as a whole exists."""
    written = PIN.sub("", PAGE)
    files = re.findall(r"`(tests/[\w/]+\.py)`", written)

    assert re.findall(r"tests/\S+|\btest_\w+", re.sub(r"`tests/[\w/]+\.py`", "", written)) == []
    assert [each for each in files if not (ROOT / each).is_file()] == []


@pytest.mark.parametrize("title", [each for each in TITLES if each[0] not in WITHOUT_RULES])
def test_every_rule_has_a_test(title: str):
    """Each row and each item of the sections that rule anything ends with the test that pins it."""
    found = rules(SECTIONS[title])

    assert found
    assert [each for each in found if not PIN.search(each)] == []


@pytest.mark.parametrize("title", sorted(SUBMODELS))
def test_a_submodel_has_rules_and_fits_a_page(title: str):
    """At least three rules, and no more lines than a page has."""
    assert len(rules(SUBMODELS[title])) >= 3
    assert len(SUBMODELS[title].strip().split("\n")) <= MOST_LINES


@pytest.mark.parametrize("title", sorted(each for each in SUBMODELS if "Readings" not in each))
def test_a_submodel_names_its_modules(title: str):
    """Where it stands in the code, before its first table."""
    assert MODULE.search(SUBMODELS[title].split("\n|")[0])


@pytest.mark.parametrize(("floor", "name"), sorted(set(MODULE.findall(PAGE))))
def test_every_module_named_exists(floor: str, name: str):
    """As posture/floor/name.py."""
    assert (ROOT / "posture" / floor / f"{name}.py").is_file()


def test_every_module_of_the_model_is_named():
    """A new module has to find its place on the page."""
    modules = {each.stem for each in (ROOT / "posture" / "model").glob("*.py")} - {"__init__"}

    assert modules - {name for floor, name in MODULE.findall(PAGE) if floor == "model"} == set()


def test_a_rule_without_a_test_is_noticed():
    """A row and an item without one are found, the head of a table is none."""
    text = "| rule | test |\n|---|---|\n| one | `tests/test_a.py::test_b` |\n| two | |\n\n- three\n"

    assert [each for each in rules(text) if not PIN.search(each)] == ["| two | |", "- three"]
