"""Observed counts: what a CSV file may say, and what is found where."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from conftest import SMALLEST

import posture
from posture.errors import ScenarioError
from posture.scenario.documents import LARGEST_BYTES
from posture.scenario.observed import MOST_ROWS, Observation, read_observations
from posture.scenario.scenario import load

HEAD = "date,actual,low,high,source\n"
NAMED = """
sources: {S1: {title: A count, publisher: A ministry, date: 2030}}
observed: {strength: {northport: {file: counts.csv, at: northport}}}
"""


def written(folder: Path, rows: str) -> Path:
    """Write a CSV file."""
    (folder / "counts.csv").write_text(rows, encoding="utf-8", newline="")
    return folder / "counts.csv"


def test_every_figure_may_be_left_out_but_one(tmp_path: Path):
    """A count, a range, a lower end; empty lines and the line ends of Windows change nothing."""
    file = written(tmp_path, f"{HEAD}2030-01-01,180,,,S1\r\n\r\n2030-01-05,,100,120,S1\n2030-01-05,,60,,S1\n")

    assert read_observations(file) == (
        Observation(date(2030, 1, 1), 180, None, None, "S1"),
        Observation(date(2030, 1, 5), None, 100, 120, "S1"),
        Observation(date(2030, 1, 5), None, 60, None, "S1"),
    )


@pytest.mark.parametrize(
    ("rows", "finding"),
    [
        ("", "1:1: error: found other columns, wanted date,actual,low,high,source"),
        ("date,actual\n", "1:1: error: found other columns"),
        (HEAD + "2030-01-01,180,,\n", "2:1: error: found 4 values, wanted 5"),
        (HEAD + "2030-02-30,180,,,S1\n", "2:1: error: found '2030-02-30', wanted a date of the calendar, YYYY-MM-DD"),
        (HEAD + "1/2/2030,180,,,S1\n", "2:1: error: found '1/2/2030', wanted a date of the calendar"),
        (HEAD + "2030-01-01,,,,S1\n", "2:1: error: found no figure, wanted actual, low or high"),
        (HEAD + "2030-01-01,180,200,,S1\n", "2:1: error: found 200 <= 180, wanted low <= actual <= high"),
        (HEAD + "2030-01-01,,200,100,S1\n", "2:1: error: found 200 <= 100, wanted low <= actual <= high"),
        (HEAD + "2030-01-01,-5,,,S1\n", "2:1: error: found '-5' as actual, wanted a whole number of persons"),
        (HEAD + "2030-01-01,1e3,,,S1\n", "2:1: error: found '1e3' as actual"),
        (HEAD + "2030-01-01,,9999999999,,S1\n", "2:1: error: found '9999999999' as low"),
        (HEAD + "2030-01-01,\u0661\u0662,,,S1\n", "2:1: error: found "),
        (HEAD + "2030-01-05,1,,,S1\n2030-01-01,1,,,S1\n", "3:1: error: found 2030-01-01 after 2030-01-05"),
        (HEAD + '2030-01-01,"1\n', "2:1: error: found "),
        (HEAD + "2030-01-01,\x1b[2J,,,S1\n", "2:1: error: found '\\x1b[2J' as actual"),
        (HEAD + "2030-01-01," + "9" * 200_000 + ",,,S1\n", "2:1: error: found "),
    ],
)
def test_a_bad_row_is_found_on_its_line(tmp_path: Path, rows: str, finding: str):
    """Figures are whole numbers of ASCII digits; the message is short and printable, whatever the row holds."""
    with pytest.raises(ScenarioError) as caught:
        read_observations(written(tmp_path, rows), file="counts.csv")

    message = str(caught.value)
    assert message.startswith(f"counts.csv:{finding}")
    assert message.isprintable()
    assert len(message) < 300


def test_every_bad_row_is_found_at_once(tmp_path: Path):
    """Lines 2 and 4."""
    rows = f"{HEAD}x,1,,,S1\n2030-01-01,1,,,S1\n2030-01-02,y,,,S1\n"

    with pytest.raises(ScenarioError) as caught:
        read_observations(written(tmp_path, rows), file="counts.csv")

    assert [each.split(":")[1] for each in str(caught.value).splitlines()] == ["2", "4"]


def test_too_many_rows_and_too_many_bytes_are_refused(tmp_path: Path):
    """5,000 rows below the head, empty lines not counted, and five million bytes."""
    row = "2030-01-01,1,,,S1\n"
    at_limit = read_observations(written(tmp_path, HEAD + "\n" * 9 + row * MOST_ROWS))

    with pytest.raises(ScenarioError, match="found more than 5000 rows"):
        read_observations(written(tmp_path, HEAD + "\n" * 9 + row * (MOST_ROWS + 1)))
    with pytest.raises(ScenarioError, match="larger than 5 MB"):
        read_observations(written(tmp_path, HEAD + row * (LARGEST_BYTES // len(row) + 1)))
    assert len(at_limit) == MOST_ROWS


def test_a_scenario_gives_its_observations(tmp_path: Path):
    """By the id of the selection, read from beside the file."""
    written(tmp_path, f"{HEAD}2030-01-05,90,,,S1\n")
    (tmp_path / "plan.yaml").write_text(SMALLEST + NAMED, encoding="utf-8")

    observations = load(tmp_path / "plan.yaml").observations()

    assert observations == {"northport": (Observation(date(2030, 1, 5), 90, None, None, "S1"),)}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../counts.csv", "found '../counts.csv', wanted a file beside the scenario or below it"),
        ("/etc/hostname", "found '/etc/hostname', wanted a file beside the scenario or below it"),
        ("link.csv", "found 'link.csv', wanted a file beside the scenario or below it"),
        ("none.csv", "found 'none.csv', which cannot be read: No such file or directory"),
        (".", "found '.', which cannot be read: it is not a regular file"),
        ("x" * 300, "found"),
    ],
)
def test_an_observed_file_stands_beside_the_scenario(tmp_path: Path, name: str, words: str):
    """Up, absolute, through a link out, missing, a folder, a name too long."""
    folder = tmp_path / "folder"
    folder.mkdir()
    written(tmp_path, f"{HEAD}2030-01-05,90,,,S1\n")
    (folder / "link.csv").symlink_to(tmp_path / "counts.csv")
    (folder / "plan.yaml").write_text(SMALLEST + NAMED.replace("counts.csv", name), encoding="utf-8")

    with pytest.raises(ScenarioError) as caught:
        load(folder / "plan.yaml")

    assert "observed.strength.northport.file: " + words in str(caught.value)


def test_a_source_that_the_scenario_does_not_have_is_a_warning(tmp_path: Path):
    """S9 is none of its sources, S1 is; both are joined in one row. The count stands all the same."""
    written(tmp_path, f"{HEAD}2030-01-05,90,,,S1|S9\n")
    (tmp_path / "plan.yaml").write_text(SMALLEST + NAMED, encoding="utf-8")
    scenario = load(tmp_path / "plan.yaml")

    assert [each.message for each in scenario.warnings if "S9" in each.message] == [
        "found the source 'S9' in it, wanted an id of sources (S1)"
    ]
    assert scenario.as_of(date(2030, 1, 5)).parts.as_of.strength["northport"].source == ("S1",)


def test_columns_may_stand_in_any_order_with_a_note(tmp_path: Path):
    """As the record has them: source_id for source, a note, the date last."""
    rows = "actual,low,high,source_id,note,date\n90,80,,S1,about,2030-01-05\n"

    assert read_observations(written(tmp_path, rows)) == (Observation(date(2030, 1, 5), 90, 80, None, "S1"),)


def test_a_mistake_in_an_observed_file_is_found_there_and_where_it_is_named(tmp_path: Path):
    """A number that is none, on line 2 of the file that line 24 of the scenario names."""
    written(tmp_path, f"{HEAD}2030-01-05,some,,,S1\n")
    (tmp_path / "plan.yaml").write_text(SMALLEST + NAMED, encoding="utf-8")

    with pytest.raises(ScenarioError) as caught:
        load(tmp_path / "plan.yaml")

    assert [each.replace(f"{tmp_path}/", "") for each in str(caught.value).splitlines()] == [
        "counts.csv:2:1: error: found 'some' as actual, wanted a whole number of persons",
        "plan.yaml:24:41: error: observed.strength.northport.file: found 'counts.csv', which has mistakes of its own",
    ]


def test_counts_may_come_from_a_file_of_their_own(tmp_path, scenario):
    """A file anywhere, of an unknown source: 90 at northport on 3 January, known on the 4th."""
    file = tmp_path / "My counts 2.csv"
    file.write_text("date,actual,low,high,source\n2030-01-03,90,80,120,my own count\n")
    observed = scenario().observe(file, at=["northport"])

    assert observed.observations() == {"my-counts-2": (Observation(date(2030, 1, 3), 90, 80, 120, "my own count"),)}
    assert observed.as_of(date(2030, 1, 4)).parts.as_of.strength["my-counts-2"].at == ("northport",)


def test_a_file_of_its_own_is_checked_as_any_other(tmp_path, scenario):
    """Low above actual: the row is named."""
    file = tmp_path / "counts.csv"
    file.write_text("date,actual,low,high,source\n2030-01-03,90,95,120,x\n")

    with pytest.raises(ScenarioError, match=r"counts\.csv:2.*wanted low <= actual <= high"):
        scenario().observe(file)


def test_a_run_keeps_the_counts_it_was_given(tmp_path, scenario):
    """Written and read back elsewhere: the counts are in the folder."""
    file = tmp_path / "counts.csv"
    file.write_text("date,actual,low,high,source\n2030-01-03,90,,,x\n")
    posture.write_run(posture.run(scenario().observe(file), replications=2), tmp_path / "run", command=["test"])
    file.unlink()

    assert posture.read_run(tmp_path / "run").scenario.observations()["counts"][0].actual == 90
