"""Precision and ranking on the command line, as a user would ask for them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from conftest import SMALLEST

import posture
from posture.cli import cli

GATE = "\n    gate: {review_every_days: 400, passes: %s}\n    drawdowns:"
"""The phase starts if its only review passes: all-out is met with that probability."""


@pytest.fixture(autouse=True)
def plans(tmp_path, monkeypatch) -> None:
    """Write scenarios whose milestone is met with a probability of one half, of nine tenths, and always; run there."""
    monkeypatch.chdir(tmp_path)
    for name, passes in (("half", "0.5"), ("mostly", "0.9")):
        Path(f"{name}.yaml").write_text(SMALLEST.replace("\n    drawdowns:", GATE % passes), encoding="utf-8")
    Path("always.yaml").write_text(SMALLEST, encoding="utf-8")


def told(*arguments: object) -> Result:
    """Return what a command printed and its exit status."""
    return CliRunner().invoke(cli, [str(each) for each in arguments], standalone_mode=False)


def test_a_run_is_named_for_as_many_as_were_made():
    """P = 0.5: half a width of 0.05 takes 385, so 400; the rows are those of `-n 400`."""
    done = told("run", "half.yaml", "--precision", "all-out=5%")
    (folder,) = Path("runs").iterdir()
    told("run", "half.yaml", "-n", 400, "--out", "fixed")

    assert "precision reached with 400 replications\n" in done.stderr
    assert folder.name.endswith("-s1-n400")
    assert "400 replications, seed 1" in done.stdout
    assert posture.read_run(folder).digest == posture.read_run("fixed").digest


def test_replications_stated_are_the_first_look():
    """From 450 on, where 0.05 is reached at once; 50 are fewer than the 200 that are looked at."""
    later = told("run", "half.yaml", "-n", 450, "--precision", "all-out=0.05")
    fewer = told("run", "half.yaml", "-n", 50, "--precision", "all-out=0.2")

    assert "precision reached with 450 replications" in later.stderr
    assert "precision reached with 200 replications" in fewer.stderr


def test_the_same_run_may_be_made_again_into_its_folder():
    """400 replications both times, though the default is 1,000; another seed would be another run."""
    again = [told("run", "half.yaml", "--precision", "all-out=0.05", "--out", "kept") for _ in range(2)]
    other = told("run", "half.yaml", "--precision", "all-out=0.05", "--out", "kept", "--seed", 2)

    assert [each.exception for each in again] == [None, None]
    assert "holds another run" in str(other.exception)
    assert "precision" not in other.stderr


def test_a_longer_run_does_not_take_the_place_of_a_shorter_unasked():
    """200 are there, 400 are made: refused, and taken with --replace."""
    told("run", "half.yaml", "--precision", "all-out=0.1", "--out", "kept")
    longer = ["run", "half.yaml", "--precision", "all-out=0.05", "--out", "kept"]

    assert "holds another run" in str(told(*longer).exception)
    assert told(*longer, "--replace").exception is None
    assert posture.read_run("kept").replications == 400


def test_a_folder_that_is_no_run_is_refused_before_anything_is_run():
    """Somebody's notes."""
    Path("notes").mkdir()
    Path("notes/a.txt").write_text("mine", encoding="utf-8")
    done = told("run", "half.yaml", "--precision", "all-out=0.05", "--out", "notes")

    assert "holds something that is no run" in str(done.exception)
    assert "precision" not in done.stderr


def test_scenarios_are_compared_until_each_is_precise():
    """P = 0.5 takes 400, P = 1 only 200: both have 400; data on stdout, what it took on stderr."""
    done = told("compare", "half.yaml", "always.yaml", "--precision", "all-out=0.05", "--format", "json")
    (row,) = json.loads(done.stdout)

    assert done.stderr.endswith("precision reached with 400 replications\n")
    assert row["replications"] == 400
    assert (row["p_met_base_high"] - row["p_met_base_low"]) / 2 <= 0.05


def test_scenarios_are_compared_until_their_order_is_settled():
    """0.5, 0.9 and 1 are 10 points apart or more: settled at 200, the likeliest first, as in the order told."""
    done = told("compare", "half.yaml", "always.yaml", "mostly.yaml", "--until-ranked", "all-out")

    assert done.stderr == "settled with 200 replications each: always > mostly > half\n"
    assert "200 replications each, seed 1" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "half.yaml", "--precision", "all-out"], "wanted MILESTONE=WIDTH"),
        (["run", "half.yaml", "--precision", "al-out=0.1"], "found no milestone 'al-out' in 'Two hundred"),
        (["run", "half.yaml", "--precision", "all-out=60%"], "wanted one between 0 and 0.5"),
        (["run", "half.yaml", "--precision", "all-out=.1", "--precision", "all-out=.2"], "found two precisions"),
        (["run", "half.yaml", "-n", 200_000, "--precision", "all-out=.1"], "wanted one at 1 to 102,400"),
        (
            ["run", "half.yaml", "--as-of", "2030-01-04", "--given", "path", "--precision", "all-out=.1"],
            "found --given path and --precision, wanted one of the two",
        ),
        (["compare", "half.yaml", "always.yaml", "--precision", "all=0.1"], "found no milestone 'all' in 'half'"),
        (["compare", "half.yaml", "always.yaml", "--until-ranked", "none"], "found no milestone 'none' in 'half'"),
        (
            ["compare", "half.yaml", "always.yaml", "--until-ranked", "all-out", "--precision", "all-out=.1"],
            "found --precision and --until-ranked, wanted one of them",
        ),
        (
            ["compare", "half.yaml", "always.yaml", "--until-ranked", "all-out", "--waterfall", "all-out"],
            "found --waterfall and --until-ranked, wanted one of them",
        ),
    ],
)
def test_what_cannot_be_done_is_told(arguments, message):
    """Half an option, no such milestone, no such width, two of what there may be one of."""
    assert message in str(told(*arguments).exception)
    assert not Path("runs").exists()
