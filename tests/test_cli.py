"""The command line, as a person meets it: in processes of its own."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

STARTER_RUN = ("--replications", "40", "--chunk", "15")


def posture(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run one command in a folder and return what it printed."""
    return subprocess.run(
        [sys.executable, "-m", "posture.cli", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """Write the starter scenario to a folder."""
    made = posture("new", "plan.yaml", cwd=tmp_path)

    assert made.returncode == 0, made.stderr
    return tmp_path / "plan.yaml"


def test_new_writes_a_scenario_without_findings_and_its_schema(plan: Path):
    """What a newcomer starts from must not begin with a warning."""
    checked = posture("check", str(plan), cwd=plan.parent)

    assert (checked.returncode, checked.stdout) == (0, "")
    assert (plan.parent / "scenario.schema.json").is_file()


def test_new_overwrites_nothing(plan: Path):
    """A second `new` on the same file leaves it as it is and exits with 1."""
    plan.write_text("mine", encoding="utf-8")

    again = posture("new", "plan.yaml", cwd=plan.parent)

    assert again.returncode == 1
    assert plan.read_text(encoding="utf-8") == "mine"


def test_check_names_five_mistakes_at_their_line_and_column(plan: Path):
    """A misspelt key, a dangling id, an inverted distribution, a chance above 1 and a date outside the run."""
    text = plan.read_text(encoding="utf-8")
    for right, wrong in {
        "margin_days:": "margin_dayz:",
        "by: convoy": "by: convoi",
        "pert: [0.3, 0.5, 0.8]": "pert: [0.8, 0.5, 0.9]",
        "passes: go-ahead": "passes: 1.5",
        "by: 2027-06-30": "by: 2037-06-30",
    }.items():
        assert right in text
        text = text.replace(right, wrong, 1)
    plan.write_text(text, encoding="utf-8")
    places = {}
    for wrong in ("margin_dayz", "convoi", "[0.8, 0.5, 0.9]", "1.5}", "2037-06-30"):
        line = next(i for i, each in enumerate(text.split("\n"), start=1) if wrong in each)
        places[wrong] = f"plan.yaml:{line}:{text.split(chr(10))[line - 1].index(wrong) + 1}: error: "

    checked = posture("check", "plan.yaml", cwd=plan.parent)

    assert checked.returncode == 2
    for wrong, place in places.items():
        assert place in checked.stdout, (wrong, place, checked.stdout)
    assert "did you mean 'margin_days'?" in checked.stdout
    assert "did you mean 'convoy'?" in checked.stdout


def test_run_prints_the_table_and_saves_the_run(plan: Path):
    """Every milestone has its row; manifest, parts and both figures are there."""
    done = posture("run", "plan.yaml", *STARTER_RUN, "--out", "out", cwd=plan.parent)

    assert done.returncode == 0, done.stderr
    assert "half-by-summer" in done.stdout
    assert "all-home" in done.stdout
    assert {each.name for each in (plan.parent / "out").iterdir()} == {
        "_manifest.json",
        "changes",
        "milestones.png",
        "outcomes",
        "strength.png",
        "waits",
    }
    assert "saved in out" in done.stderr


def test_workers_and_chunks_change_no_outcome(plan: Path):
    """One worker, two workers and another chunk size leave the same digest in the manifest."""
    digests = set()
    for number, options in enumerate((("--workers", "1"), ("--workers", "2"), ("--chunk", "7"))):
        done = posture("run", "plan.yaml", *STARTER_RUN, *options, "--out", f"out{number}", cwd=plan.parent)
        assert done.returncode == 0, done.stderr
        manifest = json.loads((plan.parent / f"out{number}" / "_manifest.json").read_text(encoding="utf-8"))
        digests.add(manifest["digest"])

    assert len(digests) == 1


def test_run_gives_json_and_csv_for_machines(plan: Path):
    """The same rows either way; standard output holds nothing else."""
    as_json = posture("run", "plan.yaml", *STARTER_RUN, "--format", "json", cwd=plan.parent)
    as_csv = posture("run", "plan.yaml", *STARTER_RUN, "--format", "csv", cwd=plan.parent)

    rows = json.loads(as_json.stdout)
    table = list(csv.DictReader(io.StringIO(as_csv.stdout)))
    assert [each["milestone"] for each in rows] == ["half-by-summer", "all-home"]
    assert [float(each["p_met"]) for each in table] == [each["p_met"] for each in rows]


def test_a_requirement_decides_the_exit_status(plan: Path):
    """P >= 0 always holds, P >= 1 of one that is sometimes missed does not; an unknown name is a usage error."""
    kept = posture("run", "plan.yaml", *STARTER_RUN, "--require", "all-home>=0", cwd=plan.parent)
    unmet = posture("run", "plan.yaml", *STARTER_RUN, "--require", "half-by-summer>=100%", cwd=plan.parent)
    unknown = posture("run", "plan.yaml", *STARTER_RUN, "--require", "all-hom>=0.5", cwd=plan.parent)

    assert (kept.returncode, unmet.returncode, unknown.returncode) == (0, 3, 2)
    assert "did you mean 'all-home'?" in unknown.stderr


def test_set_changes_a_value_and_names_a_lost_path(plan: Path):
    """Without its gate the phase waits for nobody; a misspelt id is told with the nearest, and no run is made."""
    shown = posture("show", "plan.yaml", "--set", "phases.withdrawal.gate=null", cwd=plan.parent)
    lost = posture("run", "plan.yaml", "--set", "phases.withdrawl.pace=early", cwd=plan.parent)

    assert "Gates" not in shown.stdout
    assert lost.returncode == 2
    assert "did you mean 'withdrawal'?" in lost.stderr
    assert not (plan.parent / "runs").exists()


def test_run_refuses_a_folder_that_holds_something_else(plan: Path):
    """Another run, or a stranger's files, stay; --replace takes the place of another run alone."""
    first = posture("run", "plan.yaml", *STARTER_RUN, "--out", "out", cwd=plan.parent)
    other = posture("run", "plan.yaml", *STARTER_RUN, "--seed", "2", "--out", "out", cwd=plan.parent)
    replaced = posture("run", "plan.yaml", *STARTER_RUN, "--seed", "2", "--out", "out", "--replace", cwd=plan.parent)
    (plan.parent / "mine").mkdir()
    (plan.parent / "mine" / "note.txt").write_text("mine", encoding="utf-8")
    stranger = posture("run", "plan.yaml", *STARTER_RUN, "--out", "mine", "--replace", cwd=plan.parent)

    assert [each.returncode for each in (first, other, replaced, stranger)] == [0, 1, 0, 1]
    assert "holds another run" in other.stderr
    assert [each.name for each in (plan.parent / "mine").iterdir()] == ["note.txt"]


def test_plot_draws_the_figures_of_a_saved_run_again(plan: Path):
    """The same picture, byte for byte, without the scenario's file; and as SVG."""
    posture("run", "plan.yaml", *STARTER_RUN, "--out", "out", cwd=plan.parent)
    before = (plan.parent / "out" / "strength.png").read_bytes()
    plan.unlink()

    again = posture("plot", "out", "--out", "again", cwd=plan.parent)
    vector = posture("plot", "out", "--format", "svg", "--figure", "milestones", "--out", "again", cwd=plan.parent)

    assert (again.returncode, vector.returncode) == (0, 0), again.stderr + vector.stderr
    assert (plan.parent / "again" / "strength.png").read_bytes() == before
    assert (plan.parent / "again" / "milestones.svg").read_text(encoding="utf-8").startswith("<?xml")


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("run", "no-such-plan"), 2),
        (("run", "agreement-2042"), 2),
        (("show", "."), 2),
        (("check", "no-such-plan.yaml"), 2),
        (("plot", "no-such-run"), 1),
        (("run", "agreement-2024", "--set", "nonsense"), 2),
        (("run", "agreement-2024", "--replications", "0"), 2),
        (("nonsense",), 2),
    ],
)
def test_bad_usage_gets_a_message_and_never_a_traceback(tmp_path: Path, arguments: tuple[str, ...], status: int):
    """What is wrong is said on standard error (findings of `check` on standard output); nothing is written."""
    done = posture(*arguments, cwd=tmp_path)

    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr
    assert not list(tmp_path.iterdir())


def test_schema_prints_json(tmp_path: Path):
    """What editors read."""
    done = posture("schema", cwd=tmp_path)

    assert json.loads(done.stdout)["properties"]["phases"]["description"] == "The parts of the plan, by id."


def test_importing_the_command_line_stays_cheap():
    """Heavy libraries are imported inside the commands that need them: `--help` answers at once."""
    heavy = "{'numpy', 'pandas', 'scipy', 'matplotlib', 'pydantic', 'rich'}"
    code = f"import sys, posture.cli; print(sorted({heavy} & set(sys.modules)))"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
