"""What README.md promises: its examples run, its words are the code's."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from posture.cli import cli
from posture.model.conditions import CAUSES
from posture.scenario.documents import parse_document
from posture.scenario.loading import validate

README = Path(__file__).parent.parent / "README.md"


def blocks(language: str) -> list[str]:
    """Return the fenced blocks of a language."""
    return re.findall(rf"```{language}\n(.*?)```", README.read_text(encoding="utf-8"), flags=re.DOTALL)


def test_the_python_example_runs_as_it_stands(tmp_path: Path):
    """Ten lines and the figure they save."""
    (example,) = blocks("python")

    done = subprocess.run([sys.executable, "-c", example], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "asad.png").is_file()
    assert len(example.strip().split("\n")) <= 14


def test_the_language_in_one_screen_is_the_language():
    """The example scenario is valid, less the file it extends."""
    (example,) = (each for each in blocks("yaml") if "posture: 1" in each)
    text = "\n".join(line for line in example.split("\n") if not line.startswith("extends:"))

    file, _ = validate(parse_document(text, file="README.md"))

    assert set(file.milestones) == {"half-by-summer", "mission-ended", "some-remain"}


@pytest.mark.parametrize("name", ["run", "test"])
def test_each_command_of_the_readme_is_one_line(name: str):
    """`.ci/run` reads them as they stand."""
    found = re.search(
        rf"<!-- command: {name} -->\n```sh\n(.*?)\n```", README.read_text(encoding="utf-8"), flags=re.DOTALL
    )

    assert found is not None
    assert "\n" not in found[1]


def test_every_command_on_the_command_line_exists():
    """A command the README shows is one that `posture` has."""
    shown = set(re.findall(r"^posture (\w+)", "\n".join(blocks("sh")), flags=re.MULTILINE))

    assert shown
    assert shown <= set(cli.commands)


def test_every_cause_is_named():
    """What a serial may wait for stands in the words."""
    text = README.read_text(encoding="utf-8")

    assert [each for each in CAUSES if each not in text] == []
