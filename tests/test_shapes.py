"""Errors of shape: what cannot be read is found, and what hangs on it is not said to be wrong as well."""

from __future__ import annotations

import pytest
from test_checks import SOUND, refusal

DAMAGE = [
    (
        "personnel: 300",
        "personnel: true",
        ["14:16: contingents.alpha.personnel: found true, wanted a number, the id of an assumption or a distribution"],
    ),
    (
        "personnel: 300",
        "personel: 300",
        ["14:5: contingents.alpha.personel: found the unknown key 'personel'; did you mean 'personnel'?"],
    ),
    (
        "at: northport\n    tours",
        "at: [northport]\n    tours",
        ["15:9: contingents.alpha.at: found a list of 1, wanted a name, or a mapping by name"],
    ),
    ("nation: Alphaland", "nation: 3", ["13:13: contingents.alpha.nation: found 3, wanted text"]),
    (
        "lull: {lasts_days: {exponential: 90}, then: {war: 1}}",
        "lull: 3",
        ["24:11: regimes.states.lull: found 3, wanted a mapping"],
    ),
    (
        "regimes:\n  initial: lull",
        "regimes:\n  inital: lull",
        [
            "21:1: regimes: found no 'initial', wanted one",
            "22:3: regimes.inital: found the unknown key 'inital'; did you mean 'initial'?",
        ],
    ),
    (
        "lift:\n  trucks: {slots",
        "lift: 3\nstations:\n  trucks: {slots",
        [
            "19:7: lift: found 3, wanted a mapping",
            "21:3: stations.trucks: found no 'service_days', wanted one",
            "21:43: stations.trucks.cycle_days: found the unknown key 'cycle_days'; did you mean 'service_days'?",
            "21:58: stations.trucks.transit_days: found the unknown key 'transit_days' (judgement, loads, note, "
            "seats, service_days, slots, source, title)",
        ],
    ),
    (
        "locations:\n",
        "locations: 3\nstations:\n",
        [
            "7:12: locations: found 3, wanted a mapping",
            "9:3: stations.northport: found no 'slots', wanted one",
            "9:3: stations.northport: found no 'service_days', wanted one",
            "9:15: stations.northport.country: found the unknown key 'country' (judgement, loads, note, seats, "
            "service_days, slots, source, title)",
            "9:35: stations.northport.groups: found the unknown key 'groups' (judgement, loads, note, seats, "
            "service_days, slots, source, title)",
            "10:3: stations.southport: found no 'slots', wanted one",
            "10:3: stations.southport: found no 'service_days', wanted one",
            "10:15: stations.southport.country: found the unknown key 'country' (judgement, loads, note, seats, "
            "service_days, slots, source, title)",
            "11:3: stations.home: found no 'slots', wanted one",
            "11:3: stations.home: found no 'service_days', wanted one",
            "11:10: stations.home.outside: found the unknown key 'outside' (judgement, loads, note, seats, "
            "service_days, slots, source, title)",
        ],
    ),
    (
        "contingents:\n",
        "contingents: 3\nstations:\n",
        [
            "11:14: contingents: found 3, wanted a mapping",
            "13:3: stations.alpha: found no 'slots', wanted one",
            "13:3: stations.alpha: found no 'service_days', wanted one",
            "14:5: stations.alpha.nation: found the unknown key 'nation' (judgement, loads, note, seats, "
            "service_days, slots, source, title)",
            "15:5: stations.alpha.personnel: found the unknown key 'personnel' (judgement, loads, note, seats, "
            "service_days, slots, source, title)",
            "16:5: stations.alpha.at: found the unknown key 'at' (judgement, loads, note, seats, service_days, "
            "slots, source, title)",
            "17:5: stations.alpha.tours: found the unknown key 'tours' (judgement, loads, note, seats, "
            "service_days, slots, source, title)",
            "19:3: stations.crates: found no 'slots', wanted one",
            "19:3: stations.crates: found no 'service_days', wanted one",
            "19:23: stations.crates.at: found the unknown key 'at' (judgement, loads, note, seats, service_days, "
            "slots, source, title)",
        ],
    ),
    (
        "contingents:\n",
        "contignents:\n",
        [
            "1:1: found no 'contingents', wanted one",
            "11:1: contignents: found the unknown key 'contignents'; did you mean 'contingents'?",
        ],
    ),
    (
        "phases:\n",
        "phases: 3\nstations:\n",
        [
            "41:9: phases: found 3, wanted a mapping",
            "43:3: stations.exit: found no 'slots', wanted one",
            "43:3: stations.exit: found no 'service_days', wanted one",
            "44:5: stations.exit.starts: found the unknown key 'starts'; did you mean 'seats'?",
            "46:5: stations.exit.gate: found the unknown key 'gate' (judgement, loads, note, seats, "
            "service_days, slots, source, title)",
            "50:5: stations.exit.drawdowns: found the unknown key 'drawdowns' (judgement, loads, note, seats, "
            "service_days, slots, source, title)",
            "53:5: stations.exit.handovers: found the unknown key 'handovers' (judgement, loads, note, seats, "
            "service_days, slots, source, title)",
        ],
    ),
    (
        "starts: 2030-02-01",
        "starts: true",
        ["43:13: phases.exit.starts: found true, wanted a number, the id of an assumption or a distribution"],
    ),
    (
        "starts: 2030-02-01",
        "strts: 2030-02-01",
        [
            "42:3: phases.exit: found no 'starts', wanted one",
            "43:5: phases.exit.strts: found the unknown key 'strts'; did you mean 'starts'?",
        ],
    ),
    (
        "takes_days: 10",
        "takes_days: ten days",
        [
            "52:68: phases.exit.handovers.northport.takes_days: found 'ten days', wanted a number, a percentage, "
            "a date, the id of an assumption or a distribution"
        ],
    ),
    (
        "start: 2030",
        "strt: 2030",
        ["1:1: found no 'start', wanted one", "3:1: strt: found the unknown key 'strt'; did you mean 'start'?"],
    ),
    ("end: 2030-12-31", "end: 2030-13-31", ["4:6: end: found '2030-13-31', wanted a date of the calendar, YYYY-MM-DD"]),
    (
        "schedule: {2030-06-30: 0}, to: {home: {by: trucks}}}\n      cr",
        "schedule: {}, to: {home: {by: trucks}}}\n      cr",
        ["50:60: phases.exit.drawdowns.alpha-home.schedule: found an empty mapping, wanted at least one entry"],
    ),
    (
        "by: 2030-06-30, handover",
        "by: 2030-06-31, handover",
        ["54:19: milestones.passed-on.by: found '2030-06-31', wanted a date of the calendar, YYYY-MM-DD"],
    ),
    (
        "times: 0.5",
        "times: yes please",
        [
            "32:36: events.attack.effects.slow.times: found 'yes please', wanted a number, a percentage, a date, "
            "the id of an assumption or a distribution"
        ],
    ),
    (
        "persons: 50}",
        "persons: [50]}",
        [
            "39:68: events.upheaval.effects.more.move.persons: found a list of 1, wanted a number, the id of an "
            "assumption or a distribution such as {uniform: [1, 2]}"
        ],
    ),
    (
        "event: attack, at_least",
        "event: [attack], at_least",
        [
            "48:36: phases.exit.gate.unless.under-fire.event: found a list of 1, wanted a name of letters, "
            "digits, - and _ (at most 64)"
        ],
    ),
    (
        "value: {pert: [0, 20, 90]}",
        "value: {prt: [0, 20, 90]}",
        [
            "6:28: assumptions.second-thoughts.value: found the keys prt, wanted one of uniform, triangular, "
            "pert, normal, lognormal, exponential, poisson, choice, empirical, or times with of"
        ],
    ),
    (
        "unit: days",
        "unit: dys",
        [
            "6:55: assumptions.second-thoughts.unit: found 'dys', wanted 'probability', 'share', 'percent', "
            "'persons', 'loads', 'days', 'date', 'per_day', 'per_year', 'exponent' or 'factor'"
        ],
    ),
    (
        "handovers: {northport: {after",
        "handovers: {northport: {aftr",
        ["52:29: phases.exit.handovers.northport.aftr: found the unknown key 'aftr'; did you mean 'after'?"],
    ),
    ("of: crates", "of: 3", ["51:25: phases.exit.drawdowns.crates-home.of: found 3, wanted a name or a list of names"]),
    ("events:\n  attack:\n", "events:\n  attack: 3\n  atk:\n", ["27:11: events.attack: found 3, wanted a mapping"]),
    ("name: A year", "name: 12 #", ["2:7: name: found 12, wanted text"]),
    ("outside: true", "outside: maybe", ["10:19: locations.home.outside: found 'maybe', wanted true or false"]),
]
"""Slips that leave a part unreadable. What hangs on it is not said to be missing, empty or out of place."""


@pytest.mark.parametrize(("sound", "slip", "said"), DAMAGE)
def test_what_follows_from_damage_is_not_said(sound: str, slip: str, said: list[str]):
    """One slip, one finding, or one and the key that is missing for it; a section under another name says its own."""
    assert sound in SOUND

    assert refusal(SOUND.replace(sound, slip, 1)) == said


def test_damage_in_one_part_hides_no_mistake_in_another():
    """A contingent that cannot be read, and five names that are none elsewhere: six findings, by line."""
    slips = {
        "personnel: 300": "personnel: many people",
        "initial: lull": "initial: lul",
        "hurry: trucks": "hurry: truks",
        "event: attack": "event: atack",
        "of: crates, schedule": "of: crats, schedule",
        "handover: northport": "handover: southport",
    }
    text = SOUND
    for sound, slip in slips.items():
        text = text.replace(sound, slip, 1)

    assert [each.split(":")[0] for each in refusal(text)] == ["14", "22", "32", "48", "51", "54"]


@pytest.mark.parametrize(
    ("sound", "slip"),
    [
        ("start: 2030-01-01", "start: true"),
        ("end: 2030-12-31\n", ""),
        ("locations:\n", "locations: []\nvariants:\n"),
        ("contingents:\n", "contingents: []\nvariants:\n"),
        ("lift:\n", "lift: []\nvariants:\n"),
    ],
)
def test_damage_at_the_top_hides_no_mistake_below(sound: str, slip: str):
    """Whatever the run, its places and its people are, there is no state `lul`."""
    said = refusal(SOUND.replace(sound, slip, 1).replace("initial: lull", "initial: lul", 1))

    assert [each for each in said if "regimes.initial: found 'lul'" in each]
