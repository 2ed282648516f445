"""The wheel as a stranger gets it: built from the source distribution, used where the repository is out of sight."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
SECONDS_TO_WAIT = 300
"""Far above the ten seconds that a step takes: a limit for one that hangs."""
NAME = "A name that only the installed copy has"


def call(*arguments: str | Path, cwd: Path, **variables: str) -> str:
    """Run Python with these arguments and return what it printed; what it complained of is the message of a failure."""
    done = subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=SECONDS_TO_WAIT,
        check=False,
    )

    assert done.returncode == 0, f"exit status {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the source distribution, and the wheel from that alone, without an index."""
    folder = tmp_path_factory.mktemp("dist")
    call("-m", "hatchling", "build", "-t", "sdist", "-d", folder, cwd=REPOSITORY)
    [source] = folder.glob("posture-*.tar.gz")
    offline = ("--no-deps", "--no-index", "--no-build-isolation")
    call("-m", "pip", "wheel", *offline, "--wheel-dir", folder, source, cwd=folder)
    [built] = folder.glob("posture-*.whl")
    return built


@pytest.fixture
def installed(wheel: Path, tmp_path: Path) -> Path:
    """Install the wheel into a folder of its own and return that folder."""
    folder = tmp_path / "site"
    call("-m", "pip", "install", "--no-deps", "--no-index", "--target", folder, wheel, cwd=tmp_path)
    return folder


def test_wheel_carries_the_types_and_the_scenario_library(wheel: Path):
    """Every file of scenarios/ is in posture/scenarios/, the mark of a typed package beside it, nothing else on top."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    library = REPOSITORY / "scenarios"
    files = [file for file in library.rglob("[!.]*") if file.is_file()]

    wanted = {f"posture/scenarios/{file.relative_to(library).as_posix()}" for file in files}

    assert "posture/scenarios/agreement-2024.yaml" in wanted
    assert wanted == {name for name in names if name.startswith("posture/scenarios/")}
    assert "posture/py.typed" in names
    assert {name.split("/")[0].split("-")[0] for name in names} == {"posture"}


def test_a_scenario_of_the_wheel_runs_by_its_name(installed: Path, tmp_path: Path):
    """The installed copy bears another name; the folder of the run tells that name, so no other copy was read."""
    scenario = installed / "posture" / "scenarios" / "agreement-2024.yaml"
    text = scenario.read_text(encoding="utf-8")
    lines = [f"name: {NAME}" if line.startswith("name:") else line for line in text.splitlines()]
    scenario.write_text("\n".join(lines) + "\n", encoding="utf-8")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    out = tmp_path / "out"

    command = ("-m", "posture.cli", "run", "agreement-2024", "--replications", "2", "--out", out)
    call(*command, cwd=elsewhere, PYTHONPATH=str(installed))

    assert lines.count(f"name: {NAME}") == 1
    assert any(NAME in file.read_text(encoding="utf-8") for file in out.rglob("*.json"))
    assert list(elsewhere.iterdir()) == []
