"""Runs on disk: written whole or not at all, read back as they were."""

from __future__ import annotations

import json

import pytest

from posture.errors import StoreError
from posture.study.runs import run_scenario
from posture.study.store import MANIFEST, read_run, write_run

ONE_SLOT = {"lift.trucks": {"slots": 1, "cycle_days": {"exponential": 2}}}


@pytest.fixture
def run(scenario):
    """Make a small run of three chunks."""
    return run_scenario(scenario(ONE_SLOT), replications=25, chunk=10)


def test_a_run_is_read_back_as_it_was(run, tmp_path):
    """Scenario, seed, rows and digest; three parts a table."""
    write_run(run, tmp_path / "run", command=["posture", "run"])

    again = read_run(tmp_path / "run")

    assert (again.digest, again.scenario.hash, again.seed, again.replications) == (run.digest, run.scenario.hash, 1, 25)
    assert sorted(each.name for each in (tmp_path / "run" / "outcomes").iterdir()) == [
        "000000.parquet",
        "000001.parquet",
        "000002.parquet",
    ]


def test_the_manifest_says_what_made_the_run(run, tmp_path):
    """Versions, command, seed and a checksum for each part; strict JSON."""
    write_run(run, tmp_path / "run", command=["posture", "run", "x.yaml"])

    manifest = json.loads((tmp_path / "run" / MANIFEST).read_text(encoding="utf-8"))

    assert manifest["command"] == ["posture", "run", "x.yaml"]
    assert (manifest["seed"], manifest["digest"]) == (1, run.digest)
    assert {len(each["sha256"]) for each in manifest["parts"]} == {64}
    assert set(manifest["versions"]) >= {"posture", "numpy", "simpy"}


def test_a_changed_part_is_noticed(run, tmp_path):
    """One flipped bit in a part is an error that names the file."""
    write_run(run, tmp_path / "run")
    part = tmp_path / "run" / "changes" / "000001.parquet"
    content = bytearray(part.read_bytes())
    content[len(content) // 2] ^= 1
    part.write_bytes(content)

    with pytest.raises(StoreError, match=r"000001\.parquet is not as it was written"):
        read_run(tmp_path / "run")


def test_a_missing_part_is_noticed(run, tmp_path):
    """A folder that lost a file is no run."""
    write_run(run, tmp_path / "run")
    (tmp_path / "run" / "waits" / "000000.parquet").unlink()

    with pytest.raises(StoreError, match="is missing from the run"):
        read_run(tmp_path / "run")


def test_writing_leaves_nothing_half_there(run, tmp_path):
    """A figure that cannot be written: no folder, no draft, and the run that was there before stays."""
    write_run(run, tmp_path / "run")

    with pytest.raises(StoreError, match="cannot be written"):
        write_run(run, tmp_path / "run", figures={"no/such/folder.png": b""})

    assert [each.name for each in tmp_path.iterdir()] == ["run"]
    assert read_run(tmp_path / "run").digest == run.digest


def test_another_run_is_not_overwritten(run, scenario, tmp_path):
    """The same run may be written again; another only with `replace`."""
    write_run(run, tmp_path / "run")
    other = run_scenario(scenario(), replications=5)
    write_run(run, tmp_path / "run")

    with pytest.raises(StoreError, match="holds another run"):
        write_run(other, tmp_path / "run")
    write_run(other, tmp_path / "run", replace=True)

    assert read_run(tmp_path / "run").replications == 5
