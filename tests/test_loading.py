"""From a file to a checked scenario: every mistake at its line and column, all at once, with the nearest name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from posture.errors import ScenarioError
from posture.scenario.documents import parse_document
from posture.scenario.findings import Finding
from posture.scenario.loading import check, validate
from posture.scenario.scenario import load

SOUND = """\
posture: 1
name: Two contingents leave
start: 2030-01-01
end: 2030-12-31
sources:
  S1: {title: A statement, publisher: A ministry, date: 2029-11}
assumptions:
  friction: {value: {triangular: [1, 1.5, 3]}, unit: factor, source: S1}
  passes: {value: {pert: [0.2, 0.4, 0.7]}, unit: probability, source: S1}
locations:
  northport: {country: Northland, groups: [coast], capacity: 900}
  southport: {country: Southland}
  home: {outside: true}
contingents:
  alpha: {nation: Alphaland, personnel: 300, at: {northport: 2, southport: 1}, source: S1}
  bravo: {nation: Bravoland, personnel: 100, at: southport, source: S1}
  crates: {loads: 40, at: southport, source: S1}
lift:
  trucks: {slots: 2, seats: 30, loads: 5, cycle_days: {times: friction, of: 2}, transit_days: 1, source: S1}
stations:
  customs: {slots: 1, loads: 5, service_days: {uniform: [1, 2]}, source: S1}
events:
  attack:
    per_year: 4
    at: {northport: 1}
    effects: {shut: {close: here, for_days: 3}}
phases:
  first:
    starts: 2030-01-10
    source: S1
    gate: {review_every_days: 14, passes: passes}
    drawdowns:
      alpha-home: {of: alpha, at: northport, schedule: {2030-03-31: 100, 2030-05-31: 0}, to: {home: {by: trucks}}}
      crates-home: {of: crates, at: southport, schedule: {2030-05-31: 0}, to: {home: {through: customs, by: trucks}}}
  second:
    starts: 2030-02-01
    after: first
    source: S1
    drawdowns:
      rest-home:
        of: [alpha, bravo]
        at: southport
        schedule: {2030-06-15: 0}
        to: {home: {share: 1}}
milestones:
  north-clear: {by: 2030-05-31, strength: {at: northport, at_most: 0}, source: S1}
  finished: {by: 2030-06-15, phase: second, source: S1}
  all-done: {all: [north-clear, finished], source: S1}
"""
"""Three contingents in two phases; 200 of alpha stand at northport and 100 at southport, beside the 100 of bravo."""

MISTAKES = [
    (
        "posture: 1",
        "posture: true",
        "1:10",
        "posture: found true, wanted 1, the version of the language",
    ),
    (
        "posture: 1\n",
        "",
        "1:1",
        "found no 'posture', wanted one",
    ),
    (
        "end: 2030-12-31\n",
        "",
        "1:1",
        "found no 'end', wanted one",
    ),
    (
        "milestones:",
        "milestone:",
        "45:1",
        "milestone: found the unknown key 'milestone'; did you mean 'milestones'?",
    ),
    (
        "personnel: 300",
        "personel: 300",
        "15:30",
        "contingents.alpha.personel: found the unknown key 'personel'; did you mean 'personnel'?",
    ),
    (
        "outside: true",
        "outsid: true",
        "13:10",
        "locations.home.outsid: found the unknown key 'outsid'; did you mean 'outside'?",
    ),
    (
        "end: 2030-12-31",
        "end: 2029-12-31",
        "4:6",
        "end: found 2029-12-31, wanted a day on or after the start, 2030-01-01",
    ),
    (
        "end: 2030-12-31",
        "end: 2130-12-31",
        "4:6",
        "end: found 2130-12-31, wanted a run of at most 50 years from 2030-01-01",
    ),
    (
        "start: 2030-01-01",
        "start: 2030-02-30",
        "3:8",
        "start: found '2030-02-30', wanted a date of the calendar, YYYY-MM-DD",
    ),
    (
        "start: 2030-01-01",
        "start: 01/02/2030",
        "3:8",
        "start: found '01/02/2030', wanted a date of the calendar, YYYY-MM-DD",
    ),
    (
        "[1, 1.5, 3]",
        "[3, 1.5, 1]",
        "8:34",
        "assumptions.friction.value.triangular: found [3, 1.5, 1], wanted values in the order low <= mode <= high",
    ),
    (
        "[1, 2]",
        "[2, 1]",
        "21:57",
        "stations.customs.service_days.uniform: found [2, 1], wanted values in the order low <= high",
    ),
    (
        "passes: passes}",
        "passes: 1.2}",
        "31:43",
        "phases.first.gate.passes: found 1.2, wanted a probability from 0 to 1",
    ),
    (
        "passes: passes}",
        "passes: passing}",
        "31:43",
        "phases.first.gate.passes: found 'passing', wanted an id of assumptions; did you mean 'passes'?",
    ),
    (
        "passes: passes}",
        "passes: friction}",
        "31:43",
        "phases.first.gate.passes: found 'friction', whose unit is factor, wanted probability",
    ),
    (
        "of: 2}",
        "of: passes}",
        "19:55",
        "lift.trucks.cycle_days: found 'passes', whose unit is probability, wanted days",
    ),
    (
        "{times: friction",
        "{times: passes",
        "19:55",
        "lift.trucks.cycle_days: found 'passes', whose unit is probability, wanted factor",
    ),
    (
        "source: S1}\n  bravo",
        "source: S2}\n  bravo",
        "15:88",
        "contingents.alpha.source: found 'S2', wanted an id of sources (S1)",
    ),
    (
        "pert: [0.2, 0.4, 0.7]",
        "prt: [0.2, 0.4, 0.7]",
        "9:19",
        "assumptions.passes.value: found the keys prt, wanted one of uniform, triangular, pert, normal, "
        "lognormal, exponential, poisson, choice, empirical, or times with of",
    ),
    (
        "value: {triangular: [1, 1.5, 3]}",
        "value: {times: friction, of: 2}",
        "8:21",
        "assumptions.friction.value: found a circle: friction -> friction, wanted none",
    ),
    (
        "starts: 2030-01-10\n",
        "starts: 2030-01-10\n    after: second\n",
        "30:12",
        "phases.first.after: found a circle: first -> second -> first, wanted none",
    ),
    (
        "of: crates, at: southport",
        "of: alpha, at: northport",
        "34:7",
        "phases.first.drawdowns.crates-home: found alpha at northport, whom 'alpha-home' moves too, "
        "wanted one drawdown for them in a phase",
    ),
    (
        "2030-03-31: 100",
        "2030-03-31: 250",
        "33:69",
        "phases.first.drawdowns.alpha-home.schedule.2030-03-31: found 250 persons, wanted at most the "
        "200 persons that stand there",
    ),
    (
        "2030-05-31: 0}, to: {home: {by",
        "2030-05-31: 150}, to: {home: {by",
        "33:86",
        "phases.first.drawdowns.alpha-home.schedule.2030-05-31: found 150 persons after 100 persons, "
        "wanted a level that does not rise",
    ),
    (
        "2030-03-31: 100",
        "2030-03-31: 120%",
        "33:69",
        "phases.first.drawdowns.alpha-home.schedule.2030-03-31: found 120%, wanted at most 100%",
    ),
    (
        "2030-06-15: 0}",
        "2031-06-15: 0}",
        "43:20",
        "phases.second.drawdowns.rest-home.schedule.2031-06-15: found 2031-06-15, wanted a day from "
        "2030-01-01 to 2030-12-31, when the run ends",
    ),
    (
        "by: 2030-06-15",
        "by: 2031-06-15",
        "47:18",
        "milestones.finished.by: found 2031-06-15, wanted a day from 2030-01-01 to 2030-12-31, when the run ends",
    ),
    (
        "starts: 2030-02-01",
        "starts: 2031-02-01",
        "36:13",
        "phases.second.starts: found 2031-02-01, wanted a day from 2030-01-01 to 2030-12-31, when the run ends",
    ),
    (
        "share: 1}",
        "share: 0.6}, northport: {share: 0.3}",
        "44:13",
        "phases.second.drawdowns.rest-home.to: found shares that add up to 0.9, wanted 1",
    ),
    (
        "share: 1}",
        "share: 0.6}",
        "44:13",
        "phases.second.drawdowns.rest-home.to: found shares that add up to 0.6, wanted 1",
    ),
    (
        "starts: 2030-02-01",
        "starts: {times: 3, of: 9000-01-01}",
        "36:13",
        "phases.second.starts: found a date in `of`, wanted something that can be scaled: a date has no multiple",
    ),
    (
        "assumptions:\n",
        "assumptions:\n  day: {value: {times: 0, of: 2030-01-01}, unit: date, source: S1}\n",
        "8:16",
        "assumptions.day.value: found a date in `of`, wanted something that can be scaled: a date has no multiple",
    ),
    (
        "{by: 2030-06-15, phase: second",
        "{throughout: [2030-06-15], strength: {at: northport, at_most: 0}",
        "47:14",
        "milestones.finished.throughout: found a list of 1, wanted one of more items",
    ),
    (
        "share: 1}",
        "share: 0.6}, northport: {}",
        "44:34",
        "phases.second.drawdowns.rest-home.to.northport: found no `share`, wanted one for each of several destinations",
    ),
    (
        "{share: 1}}",
        "{share: 1}, southport: {share: 0}}",
        "44:32",
        "phases.second.drawdowns.rest-home.to.southport: found 'southport', where the drawdown takes "
        "them from, wanted another place",
    ),
    (
        "by: trucks}}}\n      crates",
        "by: truck}}}\n      crates",
        "33:106",
        "phases.first.drawdowns.alpha-home.to.home.by: found 'truck', wanted an id of lift; did you mean 'trucks'?",
    ),
    (
        "through: customs",
        "through: custom",
        "34:96",
        "phases.first.drawdowns.crates-home.to.home.through: found 'custom', wanted an id of stations; "
        "did you mean 'customs'?",
    ),
    (
        "of: [alpha, bravo]",
        "of: [alpha, alpha]",
        "41:21",
        "phases.second.drawdowns.rest-home.of[1]: found 'alpha' again, wanted each name once",
    ),
    (
        "of: [alpha, bravo]",
        "of: [alpha, brvo]",
        "41:21",
        "phases.second.drawdowns.rest-home.of[1]: found 'brvo', wanted a contingent or nation; did you mean 'bravo'?",
    ),
    (
        "of: [alpha, bravo]",
        "of: [alpha, crates]",
        "41:9",
        "phases.second.drawdowns.rest-home.of: found people and loads in one drawdown, wanted one of "
        "each: they are counted apart",
    ),
    (
        "at_most: 0}",
        "at_most: 0, at_least: 1}",
        "46:33",
        "milestones.north-clear.strength: found both or neither, wanted either `at_most` or `at_least`",
    ),
    (
        "phase: second, source",
        "phase: secnd, source",
        "47:37",
        "milestones.finished.phase: found 'secnd', wanted an id of phases; did you mean 'second'?",
    ),
    (
        "all: [north-clear, finished]",
        "all: [north-clear, all-done]",
        "48:3",
        "milestones.all-done: found a circle: all-done -> all-done, wanted none",
    ),
    (
        "by: 2030-06-15, phase",
        "phase",
        "47:3",
        "milestones.finished: found both or neither, wanted either `by` or `throughout`",
    ),
    (
        "by: 2030-05-31, strength: {at: northport, at_most: 0}",
        "by: 2030-05-31",
        "46:3",
        "milestones.north-clear: found 0 questions, wanted one of strength, loads, phase, handover, all, any",
    ),
    (
        ", source: S1}\n  finished",
        "}\n  finished",
        "46:3",
        "milestones.north-clear: found neither, wanted a `source` or a `judgement`",
    ),
    (
        "slots: 2",
        "slots: 1.5",
        "19:19",
        "lift.trucks.slots: found 1.5, wanted a whole number of slots",
    ),
    (
        "slots: 2",
        "slots: -1",
        "19:19",
        "lift.trucks.slots: found -1, wanted at least 0",
    ),
    (
        "personnel: 300",
        "personnel: '300'",
        "15:41",
        "contingents.alpha.personnel: found '300', wanted a number: digits, without quotes",
    ),
    (
        "personnel: 300",
        "personnel: 99999999",
        "15:41",
        "contingents.alpha.personnel: found 99,999,999, wanted from 0 to 10,000,000 persons",
    ),
    (
        "personnel: 300",
        "personnel: yes",
        "15:41",
        "contingents.alpha.personnel: found 'yes', wanted an id of assumptions (friction, passes)",
    ),
    (
        "nation: Alphaland",
        "nation: bravo",
        "16:3",
        "contingents.bravo: found 'bravo' as the nation of another contingent, wanted another id",
    ),
    (
        "per_year: 4",
        "per_year: 4\n    per_day: 1",
        "23:3",
        "events.attack: found no one time, wanted one of `per_day`, `per_year`, `on`, or a `probability`",
    ),
    (
        "per_year: 4",
        "per_year: {war: 4}",
        "24:16",
        "events.attack.per_year.war: found 'war', wanted a state of `regimes` (there are none)",
    ),
    (
        "close: here",
        "close: northprt",
        "26:29",
        "events.attack.effects.shut.close: found 'northprt', wanted an id of locations; did you mean 'northport'?",
    ),
    (
        "close: here",
        "hold: frist",
        "26:28",
        "events.attack.effects.shut.hold: found 'frist', wanted a phase, a drawdown or `all`; did you mean 'first'?",
    ),
    (
        "close: here",
        "hold: all, close: here",
        "26:15",
        "events.attack.effects.shut: found 2 of them, wanted exactly one of close, hold, hurry, move, "
        "regime, reschedule",
    ),
    (
        "for_days: 3",
        "for_days: -3",
        "26:45",
        "events.attack.effects.shut.for_days: found -3, wanted at least 0 days",
    ),
    (
        "review_every_days: 14",
        "review_every_days: 0",
        "31:31",
        "phases.first.gate.review_every_days: found 0, wanted days above 0",
    ),
    (
        "date: 2029-11",
        "date: 2029-13",
        "6:57",
        "sources.S1.date: found '2029-13', wanted a date: YYYY, YYYY-MM or YYYY-MM-DD",
    ),
    (
        "home: {outside: true}",
        "home: {outside: 'yes'}",
        "13:19",
        "locations.home.outside: found 'yes', wanted true or false",
    ),
    (
        "name: Two contingents leave",
        "name: ''",
        "2:7",
        "name: found '', wanted at least 1 character",
    ),
    (
        "capacity: 900",
        "coordinates: [1, 2, 3]",
        "11:65",
        "locations.northport.coordinates: found a list of 3, wanted at most 2 items",
    ),
    (
        "2030-06-15: 0}",
        "2030-06-15: -5}",
        "43:32",
        "phases.second.drawdowns.rest-home.schedule.2030-06-15: found -5, wanted at least 0 persons",
    ),
    (
        "schedule: {2030-06-15: 0}",
        "schedule: {}",
        "43:19",
        "phases.second.drawdowns.rest-home.schedule: found an empty mapping, wanted at least one entry",
    ),
    (
        "schedule: {2030-06-15: 0}",
        "schedule: {15 June: 0}",
        "43:20",
        "phases.second.drawdowns.rest-home.schedule.15 June: found '15 June', wanted a date of the "
        "calendar, YYYY-MM-DD",
    ),
]
"""What stands in the sound file, what a slip makes of it, where that is found, and what is said."""


def findings(text: str) -> list[Finding]:
    """Return the errors of a text."""
    with pytest.raises(ScenarioError) as caught:
        validate(parse_document(text, file="plan.yaml"))
    return [each for each in caught.value.findings if isinstance(each, Finding)]


def test_the_sound_file_has_no_mistake():
    """What the slips below are made in."""
    parts, warnings = validate(parse_document(SOUND, file="plan.yaml"))

    assert parts.name == "Two contingents leave"
    assert [each.message for each in warnings] == ["its figures have neither a `source` nor a `judgement`"] * 3


@pytest.mark.parametrize(("sound", "slip", "place", "message"), MISTAKES)
def test_one_slip_is_one_finding_at_its_place(sound: str, slip: str, place: str, message: str):
    """Line and column count from 1; what the message quotes is what stands there, or inside."""
    text = SOUND.replace(sound, slip, 1)

    (found,) = findings(text)

    assert str(found) == f"plan.yaml:{place}: error: {message}"
    quoted = re.match(r"found (?:the unknown key )?'([^']+)'", found.message)
    if quoted:
        there = text.splitlines()[found.mark.line - 1][found.mark.column - 1 :]
        assert there.lstrip("'\"").startswith((quoted[1], f"[{quoted[1]}", "{times:"))


def test_five_slips_in_one_file_are_five_findings():
    """A key, a date, a distribution, a probability and an id, in the order of the file."""
    text = SOUND
    for sound, slip in {
        "[1, 1.5, 3]": "[3, 1.5, 1]",
        "personnel: 100": "personel: 100",
        "passes: passes}": "passes: 1.2}",
        "by: 2030-06-15": "by: 2031-06-15",
        "all: [north-clear, finished]": "all: [north-clear, finishd]",
    }.items():
        assert sound in text
        text = text.replace(sound, slip, 1)

    lines = {each.mark.line: each.message for each in findings(text)}

    assert list(lines) == [8, 16, 31, 47, 48]
    assert lines[8] == "found [3, 1.5, 1], wanted values in the order low <= mode <= high"
    assert lines[16] == "found the unknown key 'personel'; did you mean 'personnel'?"
    assert lines[31] == "found 1.2, wanted a probability from 0 to 1"
    assert lines[47].startswith("found 2031-06-15, wanted a day from 2030-01-01 to 2030-12-31")
    assert lines[48] == "found 'finishd', wanted an id of milestones; did you mean 'finished'?"


def test_an_id_whose_entry_cannot_be_read_dangles_nowhere():
    """The entry of trucks has a misspelt key: who names trucks is not told that there are none."""
    assert len(findings(SOUND.replace("cycle_days:", "cicle_days:", 1))) == 2  # the unknown key, and the missing one


def test_of_very_many_mistakes_fifty_are_shown():
    """Sixty unknown keys: fifty by line, and that there are ten more."""
    found = findings(SOUND + "".join(f"x{number}: 1\n" for number in range(60)))

    assert len(found) == 51
    assert found[-1].message == "and 10 more errors not shown"


def test_what_a_file_says_never_reaches_the_terminal_raw():
    """Messages quote ids as written; whatever cannot be printed comes as an escape."""
    (found,) = findings(SOUND.replace("name: Two contingents leave", "name: ok\n'odd\u00a0\u200b\U000e0041key': 1"))

    assert str(found).isprintable()
    assert "\\u200b" in str(found)


def test_a_part_is_checked_as_far_as_it_goes_alone(tmp_path: Path):
    """It may lack what a scenario must state; a misspelt key in it is found all the same, and it cannot be run."""
    part = tmp_path / "part.yaml"
    part.write_text("posture: 1\nlift:\n  trucks: {slots: 1, seets: 9, cycle_days: 1, transit_days: 1}\n", "utf-8")

    found = check(part)

    assert [str(each).partition("part.yaml:")[2] for each in found] == [
        "3:22: error: lift.trucks.seets: found the unknown key 'seets'; did you mean 'seats'?"
    ]
    with pytest.raises(ScenarioError, match="it is a part"):
        load(part)


def test_what_is_wrong_once_a_variant_is_laid_over_is_found(tmp_path: Path):
    """A variant that sets a probability of 2, and one whose path ends nowhere: both at their own lines."""
    file = tmp_path / "plan.yaml"
    extra = (
        "variants:\n"
        "  sure: {set: {phases.first.gate.passes: 2}}\n"
        "  lost: {set: {phases.frist.gate.passes: 0.5}}\n"
        "  fine: {set: {phases.first.gate: null}}\n"
    )
    file.write_text(SOUND + extra, "utf-8")

    found = [str(each).partition("plan.yaml:")[2] for each in check(file) if each.severity == "error"]

    assert found == [
        "50:42: error: phases.first.gate.passes: found 2, wanted a probability from 0 to 1",
        "51:42: error: phases.frist.gate.passes: found no 'frist' in phases; did you mean 'first'?",
    ]


def test_a_scenario_is_found_by_its_name_in_the_library():
    """The name of a file that ships, without its ending; a slip is told the nearest."""
    assert load("agreement-2024").document.file.endswith("agreement-2024.yaml")
    with pytest.raises(ScenarioError, match="did you mean 'agreement-2024'"):
        load("agrement-2024")


def test_a_misspelt_place_is_not_also_said_to_be_empty():
    """What follows from a mistake is no second one."""
    (found,) = findings(SOUND.replace("strength: {at: northport", "strength: {at: nortport", 1))

    assert str(found) == (
        "plan.yaml:46:48: error: milestones.north-clear.strength.at: found 'nortport', "
        "wanted a location, group or country; did you mean 'northport'?"
    )
