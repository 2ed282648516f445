"""Every notebook that ships: committed without outputs, and running from top to bottom."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))
REPLICATIONS = re.compile(r"^replications = \d+$", flags=re.MULTILINE)
FEW = 20
"""Enough for every figure and table; a minute's worth is for readers."""

every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=[each.stem for each in NOTEBOOKS])


def read(path: Path) -> nbformat.NotebookNode:
    """Return a notebook, checked against its format."""
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    return notebook


def test_there_are_notebooks():
    """The other tests of this file have something to look at."""
    assert NOTEBOOKS


@every_notebook
def test_it_is_committed_without_outputs(path):
    """What a notebook shows is made where it is read."""
    cells = [each for each in read(path).cells if each.cell_type == "code"]

    assert [(each.outputs, each.execution_count) for each in cells] == [([], None)] * len(cells)


@every_notebook
def test_it_imports_only_public_names(path):
    """`import posture`, and what is not ours; never a module of the package."""
    for cell in read(path).cells:
        if cell.cell_type == "code":
            for node in ast.walk(ast.parse(cell.source)):
                names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                assert not [each for each in names if each.startswith("posture.")]


@every_notebook
def test_it_runs_from_top_to_bottom(path, tmp_path):
    """With few replications; figures and tables come out, and no cell complains."""
    notebook = read(path)
    changed = 0
    for cell in notebook.cells:
        cell.source, count = REPLICATIONS.subn(f"replications = {FEW}", cell.source)
        changed += count

    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()

    outputs = [each for cell in notebook.cells if cell.cell_type == "code" for each in cell.outputs]
    assert changed == 1
    assert any("image/png" in each.get("data", {}) for each in outputs)
    assert not [each for each in outputs if each.output_type == "stream" and each.name == "stderr"]
