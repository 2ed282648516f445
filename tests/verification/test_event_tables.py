"""Tables of events worked out by hand from the rules of the model: each a scenario and every row that must come out.

A file of `tables/` holds two documents. The first is a scenario; day 0 is 1 January 2030. The second says which
sections of the rules it is about, the `sums` that led to the rows, all the `rows`, all the answers of its
`milestones`, and `budgets` of hazard where an event at a rate must fall at a known minute. Rows begin with the day and
the time of day. Strengths are those of places that are not outside, after the minute's net change; a serial that
arrives when it departs has no row of its arrival; waits stand in the order of the table of causes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest
import yaml

from posture.model.compiling import compile_plan
from posture.model.conditions import CAUSES
from posture.model.draws import draw
from posture.model.engine import simulate
from posture.model.ledger import KINDS, LOADS, TROOPS
from posture.model.milestones import Answer, answer_all
from posture.model.outcome import Outcome
from posture.model.queues import Serial
from posture.scenario.clock import MINUTES_PER_DAY
from posture.scenario.documents import parse_document
from posture.scenario.loading import validate
from posture.scenario.scenario import Scenario

TABLES = Path(__file__).parent / "tables"
NAMES = sorted(each.stem for each in TABLES.glob("*.yaml"))
ENDLESS = 10**17
"""A budget of hazard that no run uses up."""


@dataclass(frozen=True, slots=True)
class Table:
    """A scenario and what must happen in it."""

    scenario: str
    sections: tuple[int, ...]
    rows: tuple[str, ...]
    budgets: Mapping[str, list[int]]


def read(name: str) -> Table:
    """Return the table of a name, its rows and answers in one form."""
    scenario, text = (TABLES / f"{name}.yaml").read_text(encoding="utf-8").split("\n---\n")
    said = yaml.safe_load(text)
    answers = [_answer(key, Answer(**each)) for key, each in said.get("milestones", {}).items()]
    rows = (" ".join(each.split()) for each in said["rows"])
    return Table(scenario, tuple(said["sections"]), (*rows, *answers), said.get("budgets", {}))


def play(table: Table) -> Outcome:
    """Return the one replication that a table is about."""
    document = parse_document(table.scenario, file="table.yaml")
    parts, warnings = validate(document)
    plan = compile_plan(Scenario(parts, document, warnings))
    draws = draw(plan, seed=1, replications=1)
    for event in plan.events:
        if event.id in table.budgets:
            draws.columns[event.gap] = [table.budgets[event.id] + [ENDLESS] * 60]
    return simulate(plan, draws, replication=0)


def clock(minute: int) -> str:
    """Return an instant as its day and the time of day."""
    day, rest = divmod(minute, MINUTES_PER_DAY)
    return f"{day} {rest // 60:02}:{rest % 60:02}"


def span(minutes: int) -> str:
    """Return a duration in days, hours and minutes, those of which there are none left out."""
    parts = minutes // MINUTES_PER_DAY, minutes // 60 % 24, minutes % 60
    return "".join(f"{count}{unit}" for count, unit in zip(parts, "dhm", strict=True) if count) or "0m"


def _answer(name: str, answer: Answer) -> str:
    return f"milestone {name} " + ", ".join(f"{key} {value}" for key, value in asdict(answer).items())


def strengths(outcome: Outcome) -> Iterator[str]:
    """Yield who stands where after each minute in which that changed."""
    standing: Counter[tuple[int, int]] = Counter()
    for minute, cell, kind, change in outcome.changes:
        standing[cell, kind] += change
        who, where = outcome.plan.cell_names(cell)
        if not outcome.plan.locations[cell % len(outcome.plan.locations)].outside:
            of_kind = "" if kind in (TROOPS, LOADS) else f" {KINDS[kind]}"
            yield f"{clock(minute)} {who} {where} {standing[cell, kind]}{of_kind}"


def serials(outcome: Outcome) -> Iterator[str]:
    """Yield the departures and arrivals of all serials, and at the horizon those that are left."""
    for index, queue in enumerate(outcome.queues):
        name = outcome.plan.queues[index].name
        for each in queue.gone:
            yield f"{clock(each.departed_at)} {name} {each.number + 1} departs: {_terms(outcome, index, each)}"
            if each.departed_at < each.arrives_at < outcome.plan.horizon:
                yield f"{clock(each.arrives_at)} {name} {each.number + 1} arrives"
        for each in queue.waiting:
            yield f"{clock(outcome.plan.horizon)} {name} {each.number + 1} is left: {_terms(outcome, index, each)}"


def _terms(outcome: Outcome, queue: int, serial: Serial) -> str:
    waits = outcome.waits(queue, serial)
    planned = [] if serial.planned_at == serial.departed_at else [f"planned {clock(serial.planned_at)}"]
    lift = [] if serial.lift is None else [f"by {outcome.plan.lifts[serial.lift].id}"]
    causes = [f"{cause} {span(waits[cause])}" for cause in CAUSES if cause in waits]
    return ", ".join([str(serial.size), *planned, *lift, *causes])


def plans(outcome: Outcome) -> Iterator[str]:
    """Yield the phases and hand-overs begun and done, the drawdowns done and the reviews."""
    plan = outcome.plan
    for phase, record in zip(plan.phases, outcome.phases, strict=True):
        yield from _dated(f"phase {phase.id} starts", record.started_at)
        yield from _dated(f"phase {phase.id} done", record.done_at)
    for drawdown, minute in zip(plan.drawdowns, outcome.drawdowns_done_at, strict=True):
        yield from _dated(f"drawdown {drawdown.id} done", minute)
    for handover, record in zip(plan.handovers, outcome.sites, strict=True):
        site = f"handover {plan.locations[handover.location].id}"
        paused = f", paused {span(record.paused_minutes)}" if record.paused_minutes else ""
        yield from _dated(f"{site} begins", record.begun_at)
        yield from _dated(f"{site} done{paused}", record.done_at)
    for gate, reviews in zip(plan.gates, outcome.reviews, strict=True):
        yield from (f"{clock(minute)} review {gate.path} {'yes' if passed else 'no'}" for minute, passed in reviews)


def _dated(what: str, minute: int | None) -> list[str]:
    return [] if minute is None else [f"{clock(minute)} {what}"]


def theatre(outcome: Outcome) -> Iterator[str]:
    """Yield the regimes entered and the events."""
    plan = outcome.plan
    for minute, regime in outcome.regimes:
        yield f"{clock(minute)} regime {plan.regimes[regime].id}"
    for each in outcome.happenings:
        place = "" if each.location is None else f" at {plan.locations[each.location].id}"
        yield f"{clock(each.minute)} event {plan.events[each.event].id}{place}"


def found(outcome: Outcome) -> list[str]:
    """Return all rows and answers of a replication."""
    answers = zip(outcome.plan.milestones, answer_all(outcome), strict=True)
    asked = [_answer(milestone.id, answer) for milestone, answer in answers]
    return [*strengths(outcome), *serials(outcome), *plans(outcome), *theatre(outcome), *asked]


def differing(wanted: Counter[str], rows: Counter[str]) -> str:
    """Return the rows that are wanted (-) and those that came instead (+), in order of time."""
    lines = [("-", row) for row in (wanted - rows).elements()] + [("+", row) for row in (rows - wanted).elements()]
    return "\n".join(f"{sign} {row}" for sign, row in sorted(lines, key=lambda line: _moment(line[1])))


def _moment(row: str) -> tuple[int, str]:
    day, rest = row.split(" ", 1)
    return (int(day), rest) if day.isdecimal() else (ENDLESS, row)


@pytest.mark.parametrize("name", NAMES)
def test_what_happens_is_what_the_table_says(name):
    """Every row of the table comes out and no other; the failure lists the rows missing (-) and those too many (+)."""
    table = read(name)
    differences = differing(Counter(table.rows), Counter(found(play(table))))

    assert not differences, f"{name}: - stands in the table, + came out\n{differences}"


def test_the_tables_are_about_every_section_of_the_rules():
    """Sections 1 to 8 and 10: draws (9) and as-of (11) have tests of their own; a table counts whole sections."""
    sections = {each for name in NAMES for each in read(name).sections}

    assert len(NAMES) >= 18
    assert sections == {1, 2, 3, 4, 5, 6, 7, 8, 10}
