"""What never happens, whatever the scenario: plans of all kinds under everything that may befall them."""

from __future__ import annotations

from collections import defaultdict

from befallen import Played, Struck, everywhere, for_all, play
from generated import contents
from hypothesis import strategies as st
from oracle import goes_round

from posture.model.ledger import LOADS, RELIEF
from posture.model.plan import UnlessPlan
from posture.model.rules import scaled


@everywhere
def test_nobody_is_created_or_lost_at_any_minute(played):
    """Of each contingent, those everywhere and on the road add up to those of the start, minute by minute.

    Relief stands beside them. Where some of a unit had left before its tour ended, relief that replaces nobody stays:
    there may be more by as many as that, never fewer, and without tours or of loads exactly as many.
    """
    places, flows = len(played.plan.locations), played.flows()
    net: dict[int, dict[tuple[int, bool], int]] = defaultdict(lambda: defaultdict(int))
    for minute, cell, kind, change in played.outcome.changes:
        net[minute][cell // places, kind == RELIEF] += change
    size = {i: played.row.once[each.size] for i, each in enumerate(played.plan.contingents)}
    relief, more, there = dict.fromkeys(size, 0), dict.fromkeys(size, 0), dict.fromkeys(size, 0)

    for minute in sorted({*net, *flows}):
        for who, at_first in size.items():
            there[who] += net[minute][who, False] + flows[minute][who]
            ended = max(0, -net[minute][who, True])
            relief[who] += ended + max(0, net[minute][who, True])
            surplus = there[who] - at_first
            assert more[who] <= surplus <= (relief[who] if played.plan.contingents[who].tours else 0), (minute, who)
            more[who] = surplus


@everywhere
def test_no_strength_is_negative_inside(played):
    """Inside, every cell and kind stays at 0 or above; loads stand in cells of loads alone."""
    plan, standing = played.plan, defaultdict(int)

    for minute, cell, kind, change in played.outcome.changes:
        standing[cell, kind] += change
        assert plan.locations[cell % len(plan.locations)].outside or standing[cell, kind] >= 0, minute
        assert plan.is_loads(cell) == (kind == LOADS)


@everywhere
def test_nobody_departs_before_it_is_planned_or_its_phase_has_started(played):
    """Departed >= planned, >= the start of the phase, >= the pass of the gate; arrived >= departed."""
    for index, each in played.serials():
        if each.departed_at is None:
            continue
        drawdown = played.plan.drawdowns[played.plan.queues[index].drawdown]
        assert each.departed_at >= each.planned_at
        assert each.departed_at >= played.outcome.phases[drawdown.phase].started_at
        assert each.arrives_at >= each.departed_at
        if drawdown.gate is not None:
            minute, passed = played.outcome.reviews[drawdown.gate][-1]
            assert passed
            assert each.departed_at >= minute


@everywhere
def test_waits_add_up_to_departed_less_planned(played):
    """To the minute, for whoever departed; for the rest up to the horizon."""
    for index, each in played.serials():
        end = played.plan.horizon if each.departed_at is None else each.departed_at
        waits = played.outcome.waits(index, each)
        assert sum(waits.values()) == max(0, end - each.planned_at), (played.plan.queues[index].name, each, waits)


@everywhere
def test_no_serial_departs_from_or_to_a_closed_place(played):
    """Closed on [m, m + for_days) by the events that happened."""
    closures = played.struck("close")

    for index, _, minute in played.gone():
        ends = {played.plan.queues[index].location, played.plan.queues[index].destination}
        assert not [each for each in closures if each.holds_at(minute) and each.location in ends]


@everywhere
def test_no_serial_departs_while_held_and_no_more_than_a_keep_lets_go(played):
    """Held on [m, m + for_days): nobody of the drawdowns named goes, and with `keep` so many stay in their cells.

    Those who stand there at the end of a minute in which a serial departed, and whom other drawdowns took from the
    same cells at that minute, are `keep` or more.
    """
    held = played.struck("hold")

    for index, _, minute in played.gone():
        queue = played.plan.queues[index]
        cells = played.plan.drawdowns[queue.drawdown].cells
        for each in held:
            if not each.holds_at(minute) or queue.drawdown not in each.effect.drawdowns:
                continue
            assert each.effect.keep is not None
            others = sum(
                serial.size
                for other, serial, at in played.gone()
                if at == minute
                and played.plan.queues[other].cell in cells
                and played.plan.queues[other].drawdown != queue.drawdown
            )
            kinds = [LOADS] if played.is_loads(index) else [0]
            assert played.standing(cells, minute, kinds=kinds) + others >= played.row.use(each.effect.keep, 0)


@everywhere
def test_no_hold_delays_the_start_of_a_phase_or_a_review(played):
    """A phase starts at the minute at which it is ready and its gate has passed; reviews keep their distance."""
    outcome, plan = played.outcome, played.plan

    for part, phase in zip(plan.phases, outcome.phases, strict=True):
        reviews = outcome.reviews[part.gate] if part.gate is not None else ((0, True),)
        passed = [minute for minute, passes in reviews if passes]
        is_free = passed and phase.ready_at is not None
        assert phase.started_at == (max(phase.ready_at, *passed) if is_free else None)
    for gate, reviews in zip(plan.gates, outcome.reviews, strict=True):
        minutes = [minute for minute, _ in reviews]
        assert minutes == [minutes[0] + number * played.row.once[gate.every] for number in range(len(minutes))]


@everywhere
def test_no_serial_departs_into_a_full_place(played):
    """After the departures of a minute, those at a place of limited room that got one, and on the way to it, fit in."""
    plan = played.plan
    persons = [each for each in range(len(plan.contingents)) if not plan.contingents[each].is_loads]

    for index, _, minute in played.gone():
        place = plan.queues[index].destination
        capacity = plan.locations[place].capacity
        if capacity is None or played.is_loads(index):
            continue
        there = played.standing([plan.cell(each, place) for each in persons], minute)
        coming = sum(
            each.size
            for other, each in played.serials()
            if plan.queues[other].destination == place
            and not played.is_loads(other)
            and each.departed_at is not None
            and each.departed_at <= minute < each.arrives_at
        )
        assert there + coming <= played.row.once[capacity]


@everywhere
def test_no_more_slots_are_taken_than_there_are(played):
    """Whenever a serial departs by lift, the busy slots with its own are at most the slots, hurried or stopped."""
    plan, row = played.plan, played.row
    hurried = played.struck("hurry")
    busy: dict[int, list[tuple[int, int]]] = {index: [] for index in range(len(plan.lifts))}
    for index, each, minute in played.gone():
        assert (each.lift is None) == (not plan.queues[index].lifts)
        if each.lift is not None:
            queue = plan.queues[index]
            cycle = row.use(queue.cycles[queue.lifts.index(each.lift)], each.number)
            busy[each.lift].append((minute, minute + cycle))

    for lift, trips in busy.items():
        for minute, _ in trips:
            taken = sum(start <= minute < end for start, end in trips)
            strongest = [row.use(each.effect.times, 0) for each in hurried if each.holds_at(minute)]
            times = 10**6 if not strongest else 0 if 0 in strongest else max(strongest)
            assert max(1, taken) <= scaled(row.once[plan.lifts[lift].slots], times)


@everywhere
def test_serials_travel_for_their_transit(played):
    """Arrived - departed is what was drawn for that serial and lift; without lift it is 0."""
    for index, each, minute in played.gone():
        queue = played.plan.queues[index]
        transit = 0 if each.lift is None else queue.transits[queue.lifts.index(each.lift)]
        drawn = 0 if each.lift is None else played.row.use(transit, each.number)
        assert each.arrives_at - minute == drawn


@everywhere
def test_a_station_serves_no_more_than_its_slots_can(played):
    """Whoever departed was served for its own time; all who came and went within a window fit into its slots.

    For any window [a, b), the service of the serials planned at a or later that departed by b takes at most
    slots x (b - a) minutes. Left out are drawdowns that a `keep` may hold: what it leaves of a serial was served.
    """
    plan, row = played.plan, played.row
    kept = {
        drawdown
        for event in plan.events
        for effect in event.effects
        if effect.keep is not None
        for drawdown in effect.drawdowns
    }
    served: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for index, each, minute in played.gone():
        queue = plan.queues[index]
        if queue.drawdown in kept:
            continue
        services = [row.use(service, each.number) for service in queue.services]
        assert minute - each.planned_at >= sum(services)
        for station, service in zip(queue.stations, services, strict=True):
            served[station].append((each.planned_at, minute, service))

    for station, visits in served.items():
        for begin in {planned for planned, _, _ in visits}:
            for end in {departed for _, departed, _ in visits}:
                work = sum(s for planned, departed, s in visits if begin <= planned and departed <= end)
                assert work <= row.once[plan.stations[station].slots] * max(0, end - begin)


@everywhere
def test_no_serial_overtakes_in_its_queue(played):
    """Those of a queue go by (planned, number), but for units that leave at their tour's end."""
    for index, queue in enumerate(played.outcome.queues):
        if played.plan.drawdowns[played.plan.queues[index].drawdown].pace is None:
            continue
        keys = [(each.planned_at, each.number) for each in queue.gone + queue.waiting]
        assert keys == sorted(keys)
        assert len({each.number for each in queue.gone + queue.waiting}) == len(keys)


@everywhere
def test_no_serial_is_empty_or_larger_than_its_seats(played):
    """From 1 to the smallest of what its lifts and stations take, but for units that leave at their tour's end."""
    plan, row = played.plan, played.row

    for index, each, _ in played.gone():
        queue = plan.queues[index]
        servers = [*(plan.lifts[i] for i in queue.lifts), *(plan.stations[i] for i in queue.stations)]
        sizes = [server.loads if played.is_loads(index) else server.seats for server in servers]
        assert 1 <= each.size <= min((row.once[size] for size in sizes if size is not None), default=each.size)


@everywhere
def test_a_phase_is_done_with_the_last_of_its_parts_and_starts_after_those_before_it(played):
    """The parts are drawdowns and hand-overs, none of them done before the phase started."""
    outcome = played.outcome

    for plan, phase in zip(played.plan.phases, outcome.phases, strict=True):
        parts = [outcome.drawdowns_done_at[each] for each in plan.drawdowns]
        parts += [outcome.sites[each].done_at for each in plan.handovers]
        assert phase.done_at == (None if None in parts else max(parts))
        assert all(part is None or part >= phase.started_at for part in parts)
        for other in plan.after:
            before = outcome.phases[other].done_at
            assert phase.started_at is None or (before is not None and before <= phase.started_at)


@everywhere
def test_a_drawdown_is_done_with_its_last_serial_and_for_good(played):
    """Whoever was planned before the minute has departed by then; while it is not done, somebody is to go.

    Latecomers after that minute go later, and it stays done. Not done within the run are those of which a serial waits
    at the end, or of which a step has yet to begin.
    """
    plan = played.plan

    for index, done in enumerate(played.outcome.drawdowns_done_at):
        own = [each for queue, each in played.serials() if plan.queues[queue].drawdown == index]
        if done is not None:
            left = [each for each in own if each.planned_at < done]
            assert all(each.departed_at is not None and each.departed_at <= done for each in left)


@everywhere
def test_a_handover_takes_its_open_minutes(played):
    """From its begin to its end it works whenever the place is open, for what was drawn, and pauses for the rest."""
    closures = played.struck("close")

    for plan, site in zip(played.plan.handovers, played.outcome.sites, strict=True):
        if site.begun_at is None:
            assert site.done_at is None
            continue
        end = played.plan.horizon if site.done_at is None else site.done_at
        shut = closed_minutes([each for each in closures if each.location == plan.location], site.begun_at, end)
        worked, takes = end - site.begun_at - shut, played.row.use(plan.takes, 0)
        assert worked <= takes if site.done_at is None else (worked, site.paused_minutes) == (takes, shut)
        phase = played.outcome.phases[plan.phase]
        assert phase.started_at is not None
        assert phase.started_at <= site.begun_at


def closed_minutes(closures: list[Struck], begin: int, end: int) -> int:
    """Return how many minutes of [begin, end) closures cover."""
    covered = 0
    for each in sorted(closures, key=lambda each: each.minute):
        start, until = max(begin, each.minute), min(end, each.until)
        covered += max(0, until - start)
        begin = max(begin, until)
    return covered


@everywhere
def test_no_serial_departs_to_a_place_handed_over(played):
    """Who was on the road arrives; from the minute it is done on nobody sets out for it.

    At that very minute only where it takes no time: then it may have emptied, and been handed over, at that minute.
    """
    for plan, site in zip(played.plan.handovers, played.outcome.sites, strict=True):
        if site.done_at is None:
            continue
        last = site.done_at if played.row.use(plan.takes, 0) == 0 else site.done_at - 1
        for index, _, minute in played.gone():
            assert played.plan.queues[index].destination != plan.location or minute <= last


@everywhere
def test_no_review_passes_while_something_forbids_it(played):
    """An event came often enough, a regime is in force, a strength holds, a phase or hand-over is done.

    What turned true at the minute of the review may have come after it, but for events and regimes, which come first.
    """
    for gate, reviews in zip(played.plan.gates, played.outcome.reviews, strict=True):
        for minute, passed in reviews:
            assert not passed or not [each for each in gate.unless if forbids(each, played, minute)]
        assert not [passed for _, passed in reviews[:-1] if passed]


def forbids(unless: UnlessPlan, played: Played, minute: int) -> bool:
    """Tell whether something forbade a review at a minute, as far as the record says."""
    outcome, row = played.outcome, played.row
    if unless.event is not None:
        within = played.plan.horizon if unless.within is None else row.once[unless.within]
        times = [each.minute for each in outcome.happenings if each.event == unless.event]
        least = 1 if unless.at_least is None else row.once[unless.at_least]
        return sum(minute - within < each <= minute for each in times) >= least
    if unless.regime is not None:
        return [regime for since, regime in outcome.regimes if since <= minute][-1] == unless.regime
    if unless.condition is not None:
        condition = played.plan.conditions[unless.condition]
        limit = row.once[condition.limit]
        return all(played.standing(condition.cells, each) >= limit for each in (minute - 1, minute))
    done = [outcome.phases[unless.phase].done_at] if unless.phase is not None else []
    done += [
        site.done_at
        for plan, site in zip(played.plan.handovers, outcome.sites, strict=True)
        if plan.location == unless.location
    ]
    return any(each is not None and each < minute for each in done)


@everywhere
def test_an_event_at_a_rate_falls_when_its_hazard_is_used_up(played):
    """Between two times of an event, its rate minute by minute adds up to the budget drawn, and not a minute before.

    The rate is that of the regime in force, nothing outside `between`; what is left of the last minute is lost.
    """
    plan, row = played.plan, played.row

    for index, event in enumerate(plan.events):
        if event.gap is None:
            continue
        times = [each.minute for each in played.outcome.happenings if each.event == index]
        for number, (before, now) in enumerate(zip([0, *times], [*times, plan.horizon - 1], strict=True)):
            budget = row.use(event.gap, number)
            if number < len(times):
                used, short = (hazard_between(played, index, before, end) for end in (now, now - 1))
                assert used >= budget > short
            else:
                assert hazard_between(played, index, before, now) < budget


def hazard_between(played: Played, index: int, begin: int, end: int) -> int:
    """Return the hazard of an event in the minutes [begin, end)."""
    event = played.plan.events[index]
    entered = played.outcome.regimes or ((0, 0),)
    total = 0
    for (since, regime), until in zip(entered, [*(each[0] for each in entered[1:]), played.plan.horizon], strict=True):
        rate = event.rates[regime]
        minutes = min(end, until, event.ends) - max(begin, since, event.begins)
        total += max(0, minutes) * (0 if rate is None else played.row.once[rate])
    return total


@everywhere
def test_the_record_holds_one_net_row_a_minute_and_cell(played):
    """Rows in order of (minute, cell, kind), each once, none of them 0, all within [0, H)."""
    rows = played.outcome.changes

    assert [each[:3] for each in rows] == sorted({each[:3] for each in rows})
    assert all(change and 0 <= minute < played.plan.horizon for minute, _, _, change in rows)


@everywhere
def test_the_clock_never_runs_backwards(played):
    """Departures of a queue, its causes, reviews, regimes and events follow in time, all within [0, H)."""
    outcome = played.outcome
    lines = [[minute for minute, _ in each] for each in outcome.reviews]
    lines += [[each.departed_at for each in queue.gone] for queue in outcome.queues]
    lines += [[minute for minute, _ in queue.causes] for queue in outcome.queues]
    lines += [[minute for minute, _ in outcome.regimes], [each.minute for each in outcome.happenings]]

    for line in lines:
        assert line == sorted(line)
        assert all(0 <= minute < played.plan.horizon for minute in line)


@for_all(25, content=contents().filter(lambda each: not goes_round(each)), seed=st.integers(0, 99))
def test_the_record_is_what_the_serials_did(content, seed):
    """Without events and tours: who stood there at the start, less each departure, plus each arrival before H."""
    played = play(content, seed)
    plan, net = played.plan, defaultdict(int)
    for minute, cell, _, change in played.outcome.changes:
        net[minute, cell] += change

    for index, each in played.serials():
        if each.departed_at is not None:
            net[each.departed_at, plan.queues[index].cell] += each.size
            if each.arrives_at < plan.horizon:
                net[each.arrives_at, plan.queues[index].arrival_cell] -= each.size
    left = {key: change for key, change in net.items() if change}
    assert {minute for minute, _ in left} <= {0}
    assert sum(left.values()) == sum(part["personnel"] for part in content["contingents"].values())
