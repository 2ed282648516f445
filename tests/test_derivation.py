"""The shared part is what the record says, with any case left out, and nothing of its own in any replay."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from posture.cli import cli
from posture.cli.deriving import derive_command  # noqa: F401  # the command registers itself
from posture.scenario.documents import read_document
from posture.scenario.scenario import load
from posture.study.derivation import SHARED_FILE, block_text, differences_from_shipped, refitted, slips_without
from posture.study.lessons import derive, exponents, three_points
from posture.study.precedents import ANYWHERE, Record, read_record

PAST = ("afghanistan-2020-2021", "iraq-2009-2011", "iraq-2020-2021", "syria-2018-2019")


@pytest.fixture
def folder(shipped: Path) -> Path:
    """Return where the tables are."""
    return shipped / "record"


def told(*arguments: object) -> Result:
    """Return what the command printed and its exit status."""
    return CliRunner().invoke(cli, ["derive", *(str(each) for each in arguments)], standalone_mode=False)


def rows_of(record: Record) -> list[dict[str, str]]:
    """Return the rows of all tables."""
    return [row for name in Record.__slots__ for row in getattr(record, name)]


def test_the_shared_part_states_what_is_derived():
    """Value, unit, source and judgement of all sixteen, and no assumption besides."""
    assert differences_from_shipped(derive(read_record())) == []


def test_a_figure_written_by_hand_is_found(shipped: Path, tmp_path: Path):
    """One value changed, one assumption added, one taken away."""
    text = (shipped / SHARED_FILE).read_text(encoding="utf-8")
    text = text.replace("{exponential: 16}", "{exponential: 5}").replace("  tour-days:", "  tours-of-days:")
    (tmp_path / SHARED_FILE).write_text(text, encoding="utf-8")

    found = differences_from_shipped(derive(read_record()), file=tmp_path / SHARED_FILE)

    assert [each.split(":")[0] for each in found] == ["tours-of-days", "planning-margin.value", "tour-days"]
    assert "the file has {'exponential': 5}, derived {'exponential': 16}" in found[1]


@pytest.mark.parametrize("name", PAST)
def test_replays_set_no_assumption_but_facts_of_the_day(name: str, shipped: Path):
    """What a replay's own file states is sizes with a source, and none of what is derived; revisions too."""
    content = read_document(shipped / f"{name}.yaml").content
    derived = {each.name for each in derive(read_record())}
    own = content.get("assumptions", {})
    later = [path for each in content.get("revisions", {}).values() for path in each["set"]]

    assert derived.isdisjoint(own)
    assert all(each["unit"] == "persons" and each["source"] for each in own.values())
    assert not [path for path in later if path.startswith("assumptions.")]


@pytest.mark.parametrize("name", PAST)
def test_every_replay_is_a_case_that_can_be_left_out(name: str):
    """Something changes, nothing is left without a value, and the scenario is valid with it."""
    record = read_record()
    scenario = refitted(load(name), without=name)
    anew = {each.name: each for each in derive(record.without(name))}

    assert name in record.names()
    assert name not in block_text(anew.values())
    assert {each: part.judgement for each, part in scenario.parts.assumptions.items() if each in anew} == {
        each: anew[each].judgement for each in anew
    }
    assert [each for each in anew.values() if each not in derive(record)]


def test_any_case_of_the_record_can_be_left_out():
    """Also those that lend a single fact."""
    record = read_record()

    for name in record.names():
        assert [each.name for each in derive(record.without(name))] == [each.name for each in derive(record)]


def test_a_refit_leaves_alone_what_a_scenario_states_itself():
    """`undisturbed` sets the rates of the agreement to 0: without Iraq they are 0 as well, the rest is derived anew."""
    scenario = refitted(load("agreement-2024").variant("undisturbed"), without="iraq-2009-2011")
    shipped = load("agreement-2024").parts.assumptions

    assert scenario.parts.assumptions["reversal-rate"].value.plain == 0
    assert scenario.parts.assumptions["back-loading"] != shipped["back-loading"]
    assert scenario.parts.assumptions["go-ahead"] == shipped["go-ahead"]


def test_the_agreement_is_not_in_the_record():
    """To leave it out changes nothing, and no row is of a later day than its own: 27 September 2024."""
    record = read_record()
    agreement = load("agreement-2024")
    days = [row[key] for row in rows_of(record) for key in row if key.endswith("_on") or key in ("deadline", "date")]

    assert "agreement-2024" not in record.names()
    assert max(date.fromisoformat(each) for each in days if each) <= date(2024, 9, 27)
    assert refitted(agreement, without="agreement-2024").hash == agreement.hash


def test_who_does_not_extend_the_shared_part_is_returned_as_it_is(scenario):
    """The smallest scenario has none of its assumptions."""
    smallest = scenario()

    assert refitted(smallest, without="iraq-2009-2011").hash == smallest.hash


def test_slips_of_others_are_the_reference_class():
    """Without Afghanistan: Iraq 16, 7, 13 days early and Camp Adder 16 late, Syria never twice, and so on."""
    without = slips_without("afghanistan-2020-2021")

    assert without == [-16, -7, -13, 16, None, None, 0, 0, -41]


def test_a_date_replaced_by_a_later_one_is_late_by_its_days():
    """Out by 1 May 2021 under the agreement of 2020, in fact on 30 August: 121 days; Christmas 2020 never came."""
    slips = slips_without("iraq-2009-2011")

    assert 121 in slips
    assert slips.count(None) == 3
    assert len(slips) == len(slips_without("none")) - 4


def test_an_exponent_is_that_of_the_published_levels():
    """Afghanistan, spring 2020: of 4,400 in 110 days 3,000 had left on day 61 and all on day 88.

    Area: 61 x 3000/4400 / 2 + 27 x (3000/4400 + 1) / 2 + 22, over 110 days: 0.5955; 1 / 0.5955 - 1 = 0.679.
    """
    area = (61 * 3000 / 4400 / 2 + 27 * (3000 / 4400 + 1) / 2 + 22) / 110

    assert exponents(read_record())["afghanistan-2020-2021"][0] == pytest.approx(1 / area - 1)


def test_each_row_has_its_case_and_its_sources(folder: Path):
    """Every id stands in the table of sources, and those of a scenario have a date."""
    with (folder / "sources.csv").open(encoding="utf-8", newline="") as stream:
        sources = {row["source"]: row for row in csv.DictReader(stream)}
    dated, undated = set(), set()
    for row in rows_of(read_record()):
        assert row["case"]
        assert row["source"] or row.get("undated")

        dated |= set(row["source"].split("|")) | set(row.get("tour_source", "").split("|"))
        undated |= set(row.get("undated", "").split("|"))

    assert dated | undated == set(sources) | {""}
    assert not [each for each in dated - {""} if not sources[each]["date"]]
    assert not [each for each in undated - {""} if sources[each]["date"]]


def test_the_shared_part_has_the_sources_of_the_record(shipped: Path, folder: Path):
    """The same page under the same id."""
    with (folder / "sources.csv").open(encoding="utf-8", newline="") as stream:
        pages = {row["source"]: row["url"] for row in csv.DictReader(stream)}
    stated = read_document(shipped / SHARED_FILE).content["sources"]
    used = {source for each in derive(read_record()) for source in each.source}

    assert {each: stated[each]["url"] for each in used} == {each: pages[each] for each in used}


def test_levels_of_a_step_stand_in_order_of_date():
    """What `exponents` reads as the first and the last is."""
    seen: dict[tuple[str, str], list[str]] = {}
    for row in read_record().levels:
        seen.setdefault((row["case"], row["step"]), []).append(row["date"])

    assert all(days == sorted(days) for days in seen.values())


def test_facts_of_equipment_are_never_left_out():
    """A C-130 has its seats whatever war is forgotten."""
    record = read_record()

    assert ANYWHERE not in record.names()
    assert {row["quantity"] for row in record.without("iraq-2009-2011").lift} == {
        row["quantity"] for row in record.lift
    }


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ({"low": 12}, (12, 24, 48)),
        ({"typical": 30}, (15, 30, 60)),
        ({"high": 40}, (10, 20, 40)),
        ({"low": 1, "typical": 3, "high": 4}, (1, 3, 4)),
    ],
)
def test_a_point_that_nobody_published_is_a_factor_of_two_off(points, expected):
    """From the next one that was."""
    assert three_points([{"point": point, "value": str(value)} for point, value in points.items()]) == expected


def test_the_command_prints_what_ships(shipped: Path, tmp_path: Path):
    """Read back as YAML it is the assumptions of the file; written to a file it is the same."""
    found = told()
    written = told("--out", tmp_path / "shared.yaml")

    assert (found.return_value, written.return_value, written.stdout) == (0, 0, "")
    assert (tmp_path / "shared.yaml").read_text(encoding="utf-8") == found.stdout
    assert (
        read_document(tmp_path / "shared.yaml").content["assumptions"]
        == read_document(shipped / SHARED_FILE).content["assumptions"]
    )


def test_the_command_checks_what_ships():
    """Nothing differs; with a case left out something does."""
    assert told("--check").return_value == 0

    without = told("--check", "--without", "iraq-2009-2011")

    assert without.return_value == 1
    assert "back-loading.value: the file has" in without.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--without", "atlantis-1999"), "found no case 'atlantis-1999', wanted one of afghanistan-2011-2014"),
        (("--check", "--out", "x.yaml"), "found both --check and --out"),
    ],
)
def test_what_cannot_be_derived_is_told(arguments, message):
    """An unknown case; a comparison that would write a file."""
    assert message in str(told(*arguments).exception)


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path):
    """A folder in its place."""
    assert "cannot be written" in str(told("--out", tmp_path).exception)
