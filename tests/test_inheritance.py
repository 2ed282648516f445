"""`extends` and settings: merging by id, what is replaced whole, and every way to lead out of the folder."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from conftest import SMALLEST, Builder

from posture.errors import ScenarioError
from posture.scenario.inheritance import LONGEST_CHAIN, read_chain


def refusal(path: Path) -> str:
    """Return what a file is refused with, less its folder."""
    with pytest.raises(ScenarioError) as caught:
        read_chain(path)
    return str(caught.value).replace(str(path.parent), "")


def written(folder: Path, files: dict[str, str]) -> Path:
    """Write files below a folder; return the first."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder / next(iter(files))


def test_mappings_merge_by_key_and_anything_else_replaces(tmp_path: Path):
    """One lift gains a key, a list and a quantity give way whole, a null removes."""
    file = written(
        tmp_path,
        {
            "a.yaml": "extends: b.yaml\nlift: {x: {slots: 3}, y: null}\nat: [2]\nv: {uniform: [1, 2]}\n",
            "b.yaml": "lift: {x: {slots: 1, seats: 5}, y: {slots: 2}}\nat: [0, 1]\nv: {pert: [1, 2, 3]}\nkept: 1\n",
        },
    )

    assert read_chain(file).content == {
        "lift": {"x": {"slots": 3, "seats": 5}},
        "at": (2,),
        "v": {"uniform": (1, 2)},
        "kept": 1,
    }


def test_every_value_remembers_the_file_and_line_that_set_it(tmp_path: Path):
    """Slots are set in a.yaml on line 3, seats in b.yaml on line 2."""
    file = written(
        tmp_path,
        {"a.yaml": "extends: b.yaml\nlift:\n  x: {slots: 3}\n", "b.yaml": "lift:\n  x: {slots: 1, seats: 5}\n"},
    )
    document = read_chain(file)

    marks = [document.mark(("lift", "x", key)) for key in ("slots", "seats")]

    assert [(Path(each.file).name, each.line, each.column) for each in marks] == [("a.yaml", 3, 14), ("b.yaml", 2, 24)]


def test_what_was_replaced_leaves_no_mark_behind(tmp_path: Path):
    """The middle of the pert of b.yaml is gone: a finding there points at what replaced it."""
    file = written(tmp_path, {"a.yaml": "extends: b.yaml\nv: 7\n", "b.yaml": "v: {pert: [1, 2, 3]}\n"})

    mark = read_chain(file).mark(("v", "pert", 1))

    assert (Path(mark.file).name, mark.line) == ("a.yaml", 2)


def test_a_chain_is_read_from_its_far_end(tmp_path: Path):
    """The last sets 1, the one above it 2: that stands. What a file in a folder below extends is sought there."""
    file = written(
        tmp_path,
        {"a.yaml": "extends: sub/b.yaml\n", "sub/b.yaml": "extends: c.yaml\nv: 2\n", "sub/c.yaml": "v: 1\nw: 1\n"},
    )

    assert read_chain(file).content == {"v": 2, "w": 1}


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("../b.yaml", "found '../b.yaml', wanted a file in the same folder or below it"),
        ("sub/../../b.yaml", "wanted a file in the same folder or below it"),
        ("/etc/hostname", "found '/etc/hostname', wanted a file in the same folder or below it"),
        ("/dev/zero", "wanted a file in the same folder or below it"),
        ("https://example.org/b.yaml", "wanted the name of one file"),
        ("out.yaml", "found 'out.yaml', wanted a file in the same folder or below it"),
        ("pipe.yaml", "found no file 'pipe.yaml'"),
        ("loop.yaml", "found"),
        ("sub", "found no file 'sub'"),
        (".", "found no file '.'"),
        ("''", "found '', wanted the name of one file"),
        ("7", "found 7, wanted the name of one file"),
        ("[b.yaml]", "found a list of 1, wanted the name of one file"),
        ("bass.yaml", "found no file 'bass.yaml'; did you mean 'base.yaml'?"),
        ("a.yaml", "found a circle: a.yaml -> a.yaml"),
        ("x" * 300, "found"),
        ('"x\\0y"', "found the control character U+0000"),
    ],
)
def test_whatever_is_no_file_beside_or_below_is_refused(tmp_path: Path, target: str, words: str):
    """Up, absolute, by address, through a link out, a pipe that never ends, a link in a circle, a folder, itself."""
    (tmp_path / "b.yaml").write_text("secret: 1\n", encoding="utf-8")
    folder = tmp_path / "folder"
    file = written(
        folder, {"a.yaml": f"posture: 1\nextends: {target}\n", "base.yaml": "v: 1\n", "sub/c.yaml": "w: 1\n"}
    )
    (folder / "out.yaml").symlink_to(tmp_path / "b.yaml")
    (folder / "loop.yaml").symlink_to(folder / "loop.yaml")
    os.mkfifo(folder / "pipe.yaml")

    message = refusal(file)

    assert message.startswith("/a.yaml:2:10: error: ")
    assert words in message


def test_a_pipe_is_not_waited_for(tmp_path: Path):
    """Opened for reading, a pipe nobody writes to would block for good."""
    os.mkfifo(tmp_path / "pipe.yaml")

    assert "it is not a regular file" in refusal(tmp_path / "pipe.yaml")


def test_a_link_that_stays_in_the_folder_is_followed(tmp_path: Path):
    """Only where it leads counts."""
    file = written(tmp_path, {"a.yaml": "extends: link.yaml\n", "sub/b.yaml": "v: 1\n"})
    (tmp_path / "link.yaml").symlink_to(tmp_path / "sub" / "b.yaml")

    assert read_chain(file).content == {"v": 1}


def test_a_circle_names_its_files(tmp_path: Path):
    """Of two files each extends the other."""
    file = written(tmp_path, {"a.yaml": "extends: b.yaml\n", "b.yaml": "extends: a.yaml\n"})

    assert "found a circle: a.yaml -> b.yaml -> a.yaml" in refusal(file)


def test_eight_files_may_extend_one_another_and_nine_may_not(tmp_path: Path):
    """The chain of eight reads what its last file states."""
    names = [f"f{number}.yaml" for number in range(LONGEST_CHAIN + 1)]
    texts = [f"extends: {after}\n" for after in names[1:]]
    file = written(tmp_path, dict(zip(names, [*texts[:-1], "v: 1\n"], strict=False)))
    content = read_chain(file).content
    written(tmp_path, {names[-2]: texts[-1], names[-1]: "v: 1\n"})

    assert content == {"v": 1}
    assert "found a chain of more than 8 files" in refusal(file)


def test_what_is_wrong_in_an_extended_file_is_found_there(tmp_path: Path):
    """The repeated key stands in b.yaml on line 2."""
    file = written(tmp_path, {"a.yaml": "extends: b.yaml\n", "b.yaml": "v: 1\nv: 2\n"})

    assert refusal(file).startswith("/b.yaml:2:1: error: v: found the key 'v' again")


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("phases.exti.starts", "2030-02-01", "found no 'exti' in phases; did you mean 'exit'?"),
        ("fases.exit.starts", "2030-02-01", "found no 'fases' in the file; did you mean 'phases'?"),
        ("phases.exit.startz", "2030-02-01", "found the unknown key 'startz'; did you mean 'starts'?"),
        ("start.day", 3, "found '2030-01-01' at 'start', wanted a mapping: nothing can stand below it"),
        ("lift.trucks.slots.mean", 3, "found 9 at 'lift.trucks.slots', wanted a mapping"),
        ("lift.truks", None, "found nothing to remove at 'lift.truks'; did you mean 'trucks'?"),
        ("milestones.all-out", None, ""),
        ("lift.trucks.slots", None, "found no 'slots', wanted one"),
        ("lift.trucks.slots", "many", "found 'many', wanted an id of assumptions"),
        ("lift.trucks.slots", float("nan"), "found nan, wanted a number that means something"),
        ("lift.trucks.slots", object(), "found a object, wanted what a file can state"),
        ("name", "a\x1b[2Jb", "found a control character"),
        ("name", "a\ud800b", "found a control character"),
        ("extends", "other.yaml", "found `extends`, wanted it at the top of a file"),
        ("a." * 50 + "b", 1, "found a path of 51 names, wanted at most 40"),
        ("", 1, "found the unknown key"),
        (".", 1, "found no ''"),
        ("posture", True, "found true, wanted 1, the version of the language"),
    ],
)
def test_a_setting_that_leads_nowhere_is_refused(scenario: Builder, path: str, value: object, words: str):
    """By path, what was found and the nearest name; taking away the only milestone is fine."""
    smallest = scenario()
    if not words:
        assert smallest.vary({path: value}).parts.milestones == {}
        return

    with pytest.raises(ScenarioError) as caught:
        smallest.vary({path: value})

    assert words in str(caught.value)
    assert str(caught.value).replace("\n", "").isprintable()


def test_settings_given_as_python_values_are_what_a_file_would_state(scenario: Builder):
    """A date, numpy's numbers, a list for a distribution."""
    given = scenario(
        {
            "end": date(2031, 3, 1),
            "contingents.alpha.personnel": np.int64(120),
            "lift.trucks.transit_days": {"uniform": [np.float64(0.5), 2]},
        }
    )
    written_out = scenario().vary_text(
        {
            "end": "2031-03-01",
            "contingents.alpha.personnel": "120",
            "lift.trucks.transit_days": "{uniform: [0.5, 2]}",
        }
    )

    assert given.hash == written_out.hash


def test_a_mapping_merges_and_a_quantity_gives_way_whole(scenario: Builder):
    """Setting slots by a mapping leaves the seats; a triangular after a uniform keeps nothing of it."""
    changed = scenario({"lift.trucks": {"slots": 2}, "lift.trucks.transit_days": {"uniform": [1, 2]}})

    twice = changed.vary({"lift.trucks.transit_days": {"triangular": [1, 2, 3]}})

    assert twice.document.content["lift"]["trucks"] == {
        "slots": 2,
        "seats": 60,
        "cycle_days": 0,
        "transit_days": {"triangular": (1, 2, 3)},
        "judgement": "invented",
    }


def test_none_removes(scenario: Builder):
    """One deadline gives way to another."""
    schedule = "phases.exit.drawdowns.alpha-home.schedule"

    changed = scenario({schedule: {"2030-01-09": None, "2030-02-01": 0}})

    assert [each.isoformat() for each in changed.parts.phases["exit"].drawdowns["alpha-home"].schedule] == [
        "2030-02-01"
    ]


def test_a_setting_leaves_the_scenario_it_was_laid_over_alone(scenario: Builder):
    """Frozen means frozen: the hash before is the hash after."""
    smallest = scenario()
    before = smallest.hash

    smallest.vary({"lift.trucks": {"slots": 2}, "milestones.all-out": None})

    assert smallest.hash == before == scenario().hash
    assert SMALLEST.count("slots: 9") == 1


@pytest.mark.parametrize("text", ["{a: 1", "*x", "!!int 3", "[1]: 2", "1e999", "a\x00", "- 1\n--- 2", "'open"])
def test_a_setting_written_badly_names_the_setting(scenario: Builder, text: str):
    """As on the command line: `--set path=text`."""
    with pytest.raises(ScenarioError, match=r"--set lift\.trucks\.slots:"):
        scenario().vary_text({"lift.trucks.slots": text})


@pytest.mark.parametrize(("above", "below"), [("{uniform: [1, 2]}", "{lull: 1, war: 2}"), ("{war: 2}", "{poisson: 3}")])
def test_a_quantity_and_a_mapping_never_mix(tmp_path: Path, above: str, below: str):
    """Rates by regime under one rate, and the other way round: what is laid over stands alone."""
    file = written(tmp_path, {"a.yaml": f"extends: b.yaml\nrate: {above}\n", "b.yaml": f"rate: {below}\n"})

    assert len(read_chain(file).content["rate"]) == 1


def test_null_removes_what_the_lowest_of_three_files_states(tmp_path):
    """The top file removes the capacity that the bottom one states; the middle one says nothing of it."""
    head = "posture: 1\n"
    (tmp_path / "low.yaml").write_text(
        head + "locations: {northport: {country: Northland, capacity: 5}}\n", encoding="utf-8"
    )
    (tmp_path / "middle.yaml").write_text(head + "extends: low.yaml\n", encoding="utf-8")
    (tmp_path / "top.yaml").write_text(
        head + "extends: middle.yaml\nlocations: {northport: {capacity: null}}\n", encoding="utf-8"
    )

    document = read_chain(tmp_path / "top.yaml")

    assert document.content["locations"]["northport"] == {"country": "Northland"}
