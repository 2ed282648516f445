"""Where scenarios are found, and the one to start from."""

from __future__ import annotations

from pathlib import Path

import pytest

from posture.errors import ScenarioError
from posture.scenario.library import find_scenario, library_folder, starter_text
from posture.scenario.loading import check


def test_a_path_comes_before_a_name_of_the_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A file called as one that ships, in the folder one stands in, is meant by its name."""
    monkeypatch.chdir(tmp_path)
    shipped = find_scenario("agreement-2024")
    Path("agreement-2024").write_text("posture: 1\n", encoding="utf-8")

    assert shipped == library_folder() / "agreement-2024.yaml"
    assert find_scenario("agreement-2024") == Path("agreement-2024")


@pytest.mark.parametrize("name", ["no-such", "a\0b", "x" * 5000, "../scenarios/agreement-2024", "~", "a\x1b[2Jb"])
def test_what_is_neither_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str):
    """Names with a NUL, with an escape, too long, out of the library: found no such file, in words one can print."""
    monkeypatch.chdir(tmp_path)

    with pytest.raises(ScenarioError) as caught:
        find_scenario(name)
    assert str(caught.value).isprintable()
    assert "found no such file, nor a scenario of that name" in str(caught.value)


def test_the_starter_loads_without_a_finding(tmp_path: Path):
    """What `posture new` writes can be run as it is, and gives no bad example."""
    file = tmp_path / "mine.yaml"
    file.write_text(starter_text(), encoding="utf-8")

    assert check(file) == ()
