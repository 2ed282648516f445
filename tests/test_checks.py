"""Errors of meaning: what each part of a file says against what the others say."""

from __future__ import annotations

import pytest

from posture.errors import ScenarioError
from posture.scenario.documents import parse_document
from posture.scenario.loading import validate

SOUND = """\
posture: 1
name: A year in a troubled theatre
start: 2030-01-01
end: 2030-12-31
assumptions:
  second-thoughts: {value: {pert: [0, 20, 90]}, unit: days, judgement: invented}
locations:
  northport: {country: Northland, groups: [coast]}
  southport: {country: Northland}
  home: {outside: true}
contingents:
  alpha:
    nation: Alphaland
    personnel: 300
    at: northport
    tours: {days: 180, units: 3, first_ends: 2030-02-01, overlap_days: 10}
    judgement: invented
  crates: {loads: 40, at: northport, judgement: invented}
lift:
  trucks: {slots: 2, seats: 30, loads: 5, cycle_days: 3, transit_days: 1, judgement: invented}
regimes:
  initial: lull
  states:
    lull: {lasts_days: {exponential: 90}, then: {war: 1}}
    war: {}
events:
  attack:
    per_day: {lull: 0.01, war: 1}
    at: {northport: 1}
    effects:
      shut: {close: here, for_days: 2}
      slow: {hurry: trucks, times: 0.5, for_days: 9}
  upheaval:
    probability: 0.3
    between: [2030-02-01, 2030-03-01]
    effects:
      stop: {hold: alpha-home, keep: 50, for_days: 30}
      later: {reschedule: exit, by_days: second-thoughts}
      more: {move: {of: alpha, from: home, to: southport, persons: 50}, for_days: 60}
      worse: {regime: war}
phases:
  exit:
    starts: 2030-02-01
    judgement: invented
    gate:
      review_every_days: 14
      passes: 0.5
      unless: {under-fire: {event: attack, at_least: 3, in_days: 30}, at-war: {regime: war}}
    drawdowns:
      alpha-home: {of: alpha, pace: at-tour-end, schedule: {2030-06-30: 0}, to: {home: {by: trucks}}}
      crates-home: {of: crates, schedule: {2030-06-30: 0}, to: {home: {by: trucks}}}
    handovers: {northport: {after: [personnel, loads], takes_days: 10}}
milestones:
  passed-on: {by: 2030-06-30, handover: northport, judgement: invented}
"""
"""One contingent whose units end tours, one of loads; a theatre in two states; a gate that looks at both."""


def refusal(text: str) -> list[str]:
    """Return what is wrong with a text, each error from its line on."""
    with pytest.raises(ScenarioError) as caught:
        validate(parse_document(text, file="plan.yaml"))
    return [str(each).removeprefix("plan.yaml:").replace(" error:", "") for each in caught.value.findings]


MISFITS = [
    (
        "initial: lull",
        "initial: lul",
        ["22:12: regimes.initial: found 'lul', wanted a state of `regimes`; did you mean 'lull'?"],
    ),
    (
        "then: {war: 1}",
        "then: {wra: 1}",
        ["24:50: regimes.states.lull.then.wra: found 'wra', wanted a state of `regimes`; did you mean 'war'?"],
    ),
    (
        "then: {war: 1}",
        "then: {war: 0}",
        ["24:49: regimes.states.lull.then: found weights that are all 0, wanted at least one above 0"],
    ),
    (
        ", then: {war: 1}",
        "",
        ["24:5: regimes.states.lull: found one of `lasts_days` and `then`, wanted both, or neither: for good"],
    ),
    (
        "war: 1}\n    at",
        "wr: 1}\n    at",
        ["28:27: events.attack.per_day.wr: found 'wr', wanted a state of `regimes`; did you mean 'war'?"],
    ),
    (
        "    at: {northport: 1}\n    eff",
        "    at: {nortport: 1}\n    eff",
        ["29:10: events.attack.at.nortport: found 'nortport', wanted an id of locations; did you mean 'northport'?"],
    ),
    (
        "    at: {northport: 1}\n    eff",
        "    at: {northport: {uniform: [0, 0]}}\n    eff",
        ["29:9: events.attack.at: found weights that are all 0, wanted at least one above 0"],
    ),
    (
        "per_day: {lull: 0.01, war: 1}",
        "on: 2031-02-01",
        ["28:9: events.attack.on: found 2031-02-01, wanted a day from 2030-01-01 to 2030-12-31, when the run ends"],
    ),
    (
        "per_day: {lull: 0.01, war: 1}",
        "on: 2030-02-01\n    per_year: 3",
        ["27:3: events.attack: found no one time, wanted one of `per_day`, `per_year`, `on`, or a `probability`"],
    ),
    (
        "between: [2030-02-01, 2030-03-01]",
        "between: [2030-03-01, 2030-02-01]",
        ["35:14: events.upheaval.between: found [2030-03-01, 2030-02-01], wanted the earlier day first"],
    ),
    (
        "between: [2030-02-01, 2030-03-01]",
        "between: [2030-02-01, 2031-03-01]",
        [
            "35:27: events.upheaval.between[1]: found 2031-03-01, wanted a day from 2030-01-01 to 2030-12-31, "
            "when the run ends"
        ],
    ),
    (
        "probability: 0.3",
        "probability: 0.3\n    per_day: 1",
        ["34:5: events.upheaval.probability: found `probability` beside a rate, wanted the rate alone"],
    ),
    (
        "probability: 0.3",
        "on: 2030-02-02",
        ["35:5: events.upheaval.between: found `between` beside `on`, wanted the one day alone"],
    ),
    (
        "close: here",
        "close: home, hold: all",
        [
            "31:7: events.attack.effects.shut: found 2 of them, wanted exactly one of close, hold, hurry, move, "
            "regime, reschedule"
        ],
    ),
    (
        "close: here, for_days: 2",
        "close: here, keep: 2",
        ["31:27: events.attack.effects.shut.keep: found `keep` with `close`, which takes none"],
    ),
    (
        "    at: {northport: 1}\n    eff",
        "    eff",
        ["30:21: events.attack.effects.shut.close: found `here`, wanted an event with `at`: it takes place nowhere"],
    ),
    (
        "hurry: trucks, times: 0.5",
        "hurry: truks, times: 0.5",
        ["32:21: events.attack.effects.slow.hurry: found 'truks', wanted an id of lift; did you mean 'trucks'?"],
    ),
    ("hurry: trucks, times: 0.5", "hurry: trucks", ["32:7: events.attack.effects.slow: found no `times`, wanted one"]),
    (
        "hold: alpha-home",
        "hold: alpha-hme",
        [
            "37:20: events.upheaval.effects.stop.hold: found 'alpha-hme', wanted a phase, a drawdown or `all`; "
            "did you mean 'alpha-home'?"
        ],
    ),
    (
        "by_days: second-thoughts",
        "within_days: 3, by_days: 3",
        ["38:7: events.upheaval.effects.later: found both or neither, wanted `by_days` or `within_days`"],
    ),
    (
        "reschedule: exit",
        "reschedule: exti",
        [
            "38:27: events.upheaval.effects.later.reschedule: found 'exti', wanted a phase, a drawdown or `all`; "
            "did you mean 'exit'?"
        ],
    ),
    (
        "from: home, to",
        "from: [home, northport], to",
        [
            "39:38: events.upheaval.effects.more.move.from: found an outside place, wanted it alone and with "
            "`persons`: nobody is counted there"
        ],
    ),
    (
        "persons: 50}",
        "share: 0.5}",
        [
            "39:38: events.upheaval.effects.more.move.from: found an outside place, wanted it alone and with "
            "`persons`: nobody is counted there"
        ],
    ),
    (
        "persons: 50}",
        "persons: 50, share: 0.5}",
        [
            "39:14: events.upheaval.effects.more.move: found both or neither, wanted `persons` or `share`",
            "39:38: events.upheaval.effects.more.move.from: found an outside place, wanted it alone and with "
            "`persons`: nobody is counted there",
        ],
    ),
    (
        "of: alpha, from",
        "of: alpa, from",
        [
            "39:25: events.upheaval.effects.more.move.of: found 'alpa', wanted a contingent or nation; did you "
            "mean 'alpha'?"
        ],
    ),
    (
        "to: southport",
        "to: suthport",
        [
            "39:48: events.upheaval.effects.more.move.to: found 'suthport', wanted a location, group or country; "
            "did you mean 'southport'?"
        ],
    ),
    (
        "{regime: war}\nph",
        "{regime: peace}\nph",
        ["40:23: events.upheaval.effects.worse.regime: found 'peace', wanted a state of `regimes` (lull, war)"],
    ),
    (
        "event: attack, at",
        "event: atack, at",
        [
            "48:36: phases.exit.gate.unless.under-fire.event: found 'atack', wanted an id of events; did you "
            "mean 'attack'?"
        ],
    ),
    (
        "event: attack, at_least: 3",
        "at_least: 3",
        [
            "48:16: phases.exit.gate.unless.under-fire: found 0 of them, wanted one of event, regime, strength, "
            "phase, handover",
            "48:16: phases.exit.gate.unless.under-fire: found `at_least` or `in_days` without `event`, wanted "
            "the event",
        ],
    ),
    (
        "{regime: war}}\n    dr",
        "{regime: wra}}\n    dr",
        ["48:88: phases.exit.gate.unless.at-war.regime: found 'wra', wanted a state of `regimes`; did you mean 'war'?"],
    ),
    (
        "{regime: war}}\n    dr",
        "{regime: war, phase: exit}}\n    dr",
        [
            "48:71: phases.exit.gate.unless.at-war: found 2 of them, wanted one of event, regime, strength, "
            "phase, handover"
        ],
    ),
    (
        "unless: {under-fire",
        "unless: {gone: {handover: suthport}, under-fire",
        [
            "48:33: phases.exit.gate.unless.gone.handover: found 'suthport', wanted a location that a phase "
            "hands over; did you mean 'northport'?"
        ],
    ),
    (
        "loads: 40, at: northport",
        "loads: 40, at: northport, tours: {days: 9, units: 1, first_ends: 2030-02-01}",
        ["18:38: contingents.crates.tours: found tours of loads, wanted people"],
    ),
    (
        "    tours: {days: 180, units: 3, first_ends: 2030-02-01, overlap_days: 10}\n",
        "",
        ["49:37: phases.exit.drawdowns.alpha-home.pace: found the pace at-tour-end, wanted a contingent with `tours`"],
    ),
    (
        "to: {home: {by: trucks}}}\n      cr",
        "to: {southport: {by: trucks}}}\n      cr",
        [
            "50:82: phases.exit.drawdowns.alpha-home.to.southport: found 'southport', where the drawdown takes "
            "them from, wanted another place",
            "50:82: phases.exit.drawdowns.alpha-home.to.southport: found a place inside, wanted an outside one: "
            "a unit goes home at tour end",
        ],
    ),
    (
        "handovers: {northport:",
        "handovers: {home:",
        [
            "52:17: phases.exit.handovers.home: found a place outside, wanted one inside",
            "54:41: milestones.passed-on.handover: found 'northport', wanted a location that a phase hands over (home)",
        ],
    ),
    (
        "handovers: {northport:",
        "handovers: {nortport:",
        [
            "52:17: phases.exit.handovers.nortport: found 'nortport', wanted an id of locations; did you mean "
            "'northport'?",
            "54:41: milestones.passed-on.handover: found 'northport', wanted a location that a phase hands over; "
            "did you mean 'nortport'?",
        ],
    ),
    (
        "handover: northport",
        "handover: southport",
        [
            "54:41: milestones.passed-on.handover: found 'southport', wanted a location that a phase hands over; "
            "did you mean 'northport'?"
        ],
    ),
    (
        "after: [personnel, loads]",
        "after: [personel]",
        ["52:37: phases.exit.handovers.northport.after[0]: found 'personel', wanted 'personnel' or 'loads'"],
    ),
    (
        "value: {pert: [0, 20, 90]}",
        "value: {pert: [-9, 20, 90]}",
        ["6:28: assumptions.second-thoughts.value: found values from -9 to 90, wanted at least 0 days"],
    ),
    ("units: 3", "units: 0", ["16:31: contingents.alpha.tours.units: found 0, wanted at least 1"]),
    ("days: 180", "days: 0", ["16:19: contingents.alpha.tours.days: found 0, wanted days above 0"]),
    (
        "loads: 40,",
        "personnel: 3, loads: 40,",
        ["18:3: contingents.crates: found both or neither, wanted either `personnel` or `loads`"],
    ),
    (
        "locations:\n",
        "locations:\n  Northland: {country: Southland}\n",
        ["8:3: locations.Northland: found 'Northland' as a group or country of others, wanted another id"],
    ),
    (
        "at: northport, judgement",
        "at: {northport: 0}, judgement",
        ["18:27: contingents.crates.at: found weights that are all 0, wanted at least one above 0"],
    ),
    (
        "milestones:\n",
        "milestones:\n  never: {all: [never-ever], judgement: invented}\n  never-ever: {any: [never], "
        "judgement: invented}\n",
        ["54:3: milestones.never: found a circle: never -> never-ever -> never, wanted none"],
    ),
    (
        "milestones:\n",
        "milestones:\n  done: {throughout: [2030-02-01, 2030-03-01], phase: exit, judgement: invented}\n",
        ["54:10: milestones.done.throughout: found `throughout` with `phase`, wanted `by`: done is for good"],
    ),
    (
        "milestones:\n",
        "milestones:\n  done: {by: 2030-03-01, phase: exit, sustained_days: 3, judgement: invented}\n",
        ["54:39: milestones.done.sustained_days: found it with `phase`, wanted it with `strength` or `loads`"],
    ),
    (
        "milestones:\n",
        "milestones:\n  both: {by: 2030-03-01, all: [passed-on], judgement: invented}\n",
        ["54:3: milestones.both: found a time beside `all`, wanted none: its parts have theirs"],
    ),
    (
        "milestones:\n",
        "milestones:\n  gone: {by: 2030-03-01, loads: {of: alpha, at_most: 0}, judgement: invented}\n",
        ["54:26: milestones.gone.loads: found a selection of no loads, wanted a contingent and a place"],
    ),
    (
        "milestones:\n",
        "milestones:\n  gone: {by: 2030-03-01, strength: {of: crates, at_most: 0}, judgement: invented}\n",
        ["54:26: milestones.gone.strength: found a selection of nobody, wanted a contingent and a place"],
    ),
    (
        "to: {home: {by: trucks}}}\n    hand",
        "order: [southport, homeland, home], to: {home: {by: trucks}}}\n    hand",
        [
            "51:79: phases.exit.drawdowns.crates-home.order[1]: found 'homeland', wanted an id of locations; did "
            "you mean 'home'?",
            "51:89: phases.exit.drawdowns.crates-home.order[2]: found 'home', wanted a location of the drawdown "
            "(northport, southport)",
        ],
    ),
    (
        "of: crates, sch",
        "of: crates, at: home, sch",
        [
            "51:75: phases.exit.drawdowns.crates-home.to.home: found 'home', where the drawdown takes them from, "
            "wanted another place"
        ],
    ),
    (
        "schedule: {2030-06-30: 0}, to: {home: {by: trucks}}}\n    hand",
        "schedule: {2030-05-31: 41, 2030-06-30: 0}, to: {home: {by: trucks}}}\n    hand",
        [
            "51:56: phases.exit.drawdowns.crates-home.schedule.2030-05-31: found 41 loads, wanted at most the 40 "
            "loads that stand there"
        ],
    ),
    (
        "schedule: {2030-06-30: 0}, to: {home: {by: trucks}}}\n    hand",
        "schedule: {2030-05-31: 50%, 2030-06-30: 60%}, to: {home: {by: trucks}}}\n    hand",
        [
            "51:73: phases.exit.drawdowns.crates-home.schedule.2030-06-30: found 60% after 50%, wanted a level "
            "that does not rise"
        ],
    ),
    (
        "gate:\n      review_every_days: 14",
        "gate:\n      first_review: 2031-01-01\n      review_every_days: 14",
        [
            "46:21: phases.exit.gate.first_review: found 2031-01-01, wanted a day from 2030-01-01 to 2030-12-31, "
            "when the run ends"
        ],
    ),
    (
        "milestones:\n",
        "observed: {milestones: {passed-n: {met_on: never}}}\nmilestones:\n",
        [
            "53:25: observed.milestones.passed-n: found 'passed-n', wanted an id of milestones; did you mean "
            "'passed-on'?"
        ],
    ),
    (
        "starts: 2030-02-01",
        "starts: {uniform: [2028-01-01, 2029-06-30]}",
        [
            "43:13: phases.exit.starts: found days from 2028-01-01 to 2029-06-30, wanted a day from 2030-01-01 "
            "to 2030-12-31, when the run ends"
        ],
    ),
    (
        "starts: 2030-02-01",
        "starts: 0",
        ["43:13: phases.exit.starts: found a number, wanted a date such as 2025-02-01"],
    ),
    (
        "starts: 2030-02-01",
        "starts: {uniform: [1, 2]}",
        ["43:13: phases.exit.starts: found a number, wanted a date such as 2025-02-01"],
    ),
    (
        "cycle_days: 3",
        "cycle_days: 1e9",
        ["20:55: lift.trucks.cycle_days: found 1,000,000,000, wanted at most 100,000 days"],
    ),
    (
        "cycle_days: 3",
        "cycle_days: {times: 1e6, of: {uniform: [1, 9]}}",
        ["20:55: lift.trucks.cycle_days: found values from 1,000,000 to 9,000,000, wanted at most 100,000 days"],
    ),
    ("cycle_days: 3", "cycle_days: 30%", ["20:55: lift.trucks.cycle_days: found a percentage, wanted a number"]),
    (
        "assumptions:\n",
        "assumptions:\n  early: {value: 1, unit: exponent, judgement: invented}\n",
        ["6:3: assumptions.early: found 'early', wanted another name: this one is a word of the language"],
    ),
    (
        "value: {pert: [0, 20, 90]}, unit: days",
        "value: 30%, unit: days",
        ["6:28: assumptions.second-thoughts.value: found a percentage, wanted a number: its unit is days"],
    ),
    (
        "value: {pert: [0, 20, 90]}, unit: days",
        "value: 30, unit: percent",
        [
            "6:28: assumptions.second-thoughts.value: found a number, wanted a percentage such as 25%: its unit "
            "is percent"
        ],
    ),
    (
        "value: {pert: [0, 20, 90]}, unit: days",
        "value: {uniform: [0, 2]}, unit: share",
        [
            "6:28: assumptions.second-thoughts.value: found values from 0 to 2, wanted a share from 0 to 1",
            "38:42: events.upheaval.effects.later.by_days: found 'second-thoughts', whose unit is share, wanted days",
        ],
    ),
]
"""What stands in the sound file, what a slip makes of it, and everything that is said then."""


def test_the_sound_file_is_sound():
    """What the slips are made in."""
    parts, _ = validate(parse_document(SOUND, file="plan.yaml"))

    assert parts.contingents["alpha"].tours is not None


@pytest.mark.parametrize(("sound", "slip", "said"), MISFITS)
def test_what_does_not_fit_together_is_found_where_it_stands(sound: str, slip: str, said: list[str]):
    """At the key where a key is wrong or something is missing, at the value where a value is."""
    assert sound in SOUND

    assert refusal(SOUND.replace(sound, slip, 1)) == said


def test_a_selection_too_wide_to_be_spelled_out_is_refused():
    """500 contingents at 500 locations are 250,000 cells, for one drawdown of everybody."""
    people = "".join(f"  c{number}: {{personnel: 1, at: northport}}\n" for number in range(500))
    places = "".join(f"  p{number}: {{}}\n" for number in range(500))
    text = SOUND.replace("contingents:\n", "contingents:\n" + people).replace("locations:\n", "locations:\n" + places)

    (said,) = refusal(text.replace("of: crates, schedule", "schedule", 1))

    assert "phases.exit.drawdowns.crates-home: found selections of more than 200000" in said


def test_too_many_selections_are_refused():
    """2,001 conditions in gates, of one contingent at one place each."""
    unless = ", ".join(f"u{number}: {{strength: {{of: alpha, at: northport, at_most: 0}}}}" for number in range(667))
    gate = f"gate: {{review_every_days: 1, passes: 0.5, unless: {{{unless}}}}}"
    phases = "".join(f"  p{number}: {{starts: 2030-02-01, {gate}}}\n" for number in range(3))

    (said,) = refusal(SOUND.replace("phases:\n", "phases:\n" + phases))

    assert "found 2003 drawdowns and conditions, wanted at most 2000" in said


def test_a_level_may_exceed_those_at_the_start_where_others_may_come():
    """Three hundred stand there and an event may bring fifty: a level of 350 says something, one of 351 crates not."""
    validate(parse_document(SOUND.replace("{2030-06-30: 0}", "{2030-05-31: 350, 2030-06-30: 0}", 1), file="plan.yaml"))

    (said,) = refusal(SOUND.replace("of: crates, schedule: {2030", "of: crates, schedule: {2030-05-31: 351, 2030", 1))

    assert "found 351 loads, wanted at most the 40 loads that stand there" in said
