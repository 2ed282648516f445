"""Facts of a story in dated sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterator, Sequence
from datetime import timedelta

from posture.model.milestones import Answer
from posture.model.plan import VERBS, MilestonePlan, Plan
from posture.model.rules import MILLION
from posture.scenario.clock import MINUTES_PER_DAY
from posture.study.stories import Acted, Befallen, Departures, Fact, Review, Story

TOLD_ONCE = 3
"""An event that happened more often is told in one sentence."""

BOUND = {
    "gate": "its gate",
    "hold": "a hold",
    "people": "people who were still on the road",
    "closure": "a closure",
    "room": "room at the destination",
    "station": "a station",
    "lift": "lift",
    "handover": "the work of the hand-over",
    "reschedule": "a reschedule",
    "plan": "the plan itself",
    "reinforcement": "reinforcements",
    "tour": "tours that overlapped",
    "travel": "travel",
    "move": "a move",
    "phase": "its phase",
}
"""What `bound_by` and the causes of waits say, in a sentence."""


def ordinal(count: int) -> str:
    """Return a count as an ordinal, such as `22nd`."""
    ending = "th" if count % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(count % 10, "th")
    return f"{count}{ending}"


def days_of(minutes: int) -> str:
    """Return minutes in days, to the nearest, halves up."""
    days = (2 * minutes + MINUTES_PER_DAY) // (2 * MINUTES_PER_DAY)
    return "less than a day" if days < 1 else counted(days, "day")


def counted(count: int, noun: str) -> str:
    """Return a count with its noun, such as `1 day` or `2,000 days`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def times(count: int) -> str:
    """Return how often, such as `twice` or `3 times`."""
    return {1: "once", 2: "twice"}.get(count, f"{count:,} times")


def listed(names: Sequence[str]) -> str:
    """Return names in a row, such as `a, b and c`."""
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part) if names else ""


def short_id(plan: Plan, name: str) -> str:
    """Return the id of a drawdown without its phase, where no other drawdown has it."""
    own = name.rpartition(".")[2]
    return own if sum(each.id.rpartition(".")[2] == own for each in plan.drawdowns) == 1 else name


def dated_sentences(story: Story, facts: Sequence[Fact]) -> Iterator[tuple[int, str]]:
    """Yield sentences with their minutes, in order; what happened again and again in one."""
    yield from sorted(
        (*_regimes(story, facts), *_events(story, facts), *_plain(story, facts)), key=lambda each: each[0]
    )


def _plain(story: Story, facts: Sequence[Fact]) -> Iterator[tuple[int, str]]:
    told: list[tuple[int, str]] = []
    for each in facts:
        if each.kind == "phase done" and told and told[-1][0] == each.minute:
            told[-1] = each.minute, f"{told[-1][1][:-1]}; {each.subject} was done."
        elif (teller := TELLERS.get(each.kind)) and (text := teller(story, each)):
            told.append((each.minute, text))
    yield from told
    for minute in sorted({each.minute for each in facts if each.kind == "milestone"}):
        asked = [each.index for each in facts if each.kind == "milestone" and each.minute == minute]
        yield from ((minute, text) for text in _due(story, asked))
    if unfinished := [each for each in facts if each.kind == "phase unfinished"]:
        states = [_phase_unfinished(story, each) for each in unfinished]
        yield story.plan.horizon, f"At the end of the run {listed(states)}."


def _due(story: Story, asked: Sequence[int]) -> Iterator[str]:
    """Yield what became of milestones that were due together, those of one fate in one sentence."""
    met = [story.plan.milestones[each].id for each in asked if story.answers[each].met]
    if met:
        yield f"Due and met: {', '.join(met)}."
    missed: dict[str, list[str]] = {}
    for index in asked:
        milestone, answer = story.plan.milestones[index], story.answers[index]
        if not answer.met:
            missed.setdefault(_fate(story, milestone, answer), []).append(_by_how_much(story.plan, milestone, answer))
    for fate, names in missed.items():
        yield f"Due and missed: {', '.join(names)}; {fate}."


def _by_how_much(plan: Plan, milestone: MilestonePlan, answer: Answer) -> str:
    """Return the id of a missed milestone, and how many persons or loads were too many or too few."""
    over = answer.persons_over
    if not over:
        return milestone.id
    unit = "load" if _asks_for_loads(plan, milestone) else "person"
    return f"{milestone.id} ({counted(abs(over), unit)} {'over' if over > 0 else 'short'})"


def _fate(story: Story, milestone: MilestonePlan, answer: Answer) -> str:
    """Return when a missed milestone was achieved after all, and what bound it."""
    bound = f"bound by {BOUND.get(answer.bound_by or 'plan', answer.bound_by)}"
    if milestone.throughout:
        return f"asked throughout from {story.day(milestone.first)}; {bound}"
    if answer.achieved_day is None:
        return f"not achieved within the run; {bound}"
    late = "" if answer.days_late is None else f", {counted(answer.days_late, 'day')} late"
    return f"achieved on {story.plan.origin + timedelta(days=answer.achieved_day)}{late}; {bound}"


def _asks_for_loads(plan: Plan, milestone: MilestonePlan) -> bool:
    cells = () if milestone.condition is None else plan.conditions[milestone.condition].cells
    return any(plan.is_loads(each) for each in cells)


def _regimes(story: Story, facts: Sequence[Fact]) -> Iterator[tuple[int, str]]:
    regimes = [each for each in facts if each.kind == "regime"]
    if regimes:
        later = [f"{each.subject} from {story.day(each.minute)}" for each in regimes[1:]]
        text = f"The regime was {regimes[0].subject}"
        yield regimes[0].minute, f"{text}; then {', '.join(later)}." if later else f"{text}."


def _events(story: Story, facts: Sequence[Fact]) -> Iterator[tuple[int, str]]:
    by_event: dict[str, list[Befallen]] = {}
    for each in facts:
        if isinstance(each, Befallen):
            by_event.setdefault(each.subject, []).append(each)
    for name, happened in by_event.items():
        if len(happened) > TOLD_ONCE:
            yield happened[0].minute, _summed(story, name, happened)
        else:
            yield from ((each.minute, event_sentence(story, each)) for each in happened)


def event_sentence(story: Story, fact: Befallen, *, verbs: Container[str] = VERBS) -> str:
    """Return what an event did; `verbs` are the kinds of effects to tell."""
    where = "" if fact.location is None else f" at {story.plan.locations[fact.location].id}"
    told = (EFFECTS[e.plan.verb](story, fact.minute, e) for e in fact.effects if e.plan.verb in verbs)
    return f"{fact.subject}{where}: {'; '.join(each for each in told if each) or 'no effect'}."


def _summed(story: Story, name: str, happened: Sequence[Befallen]) -> str:
    """Return what an event did that happened often, effects of a kind on a target counted together."""
    counts = Counter(_in_short(story.plan, e) for each in happened for e in each.effects)
    done = [f"{text} {times(count)}" for text, count in sorted(counts.items(), key=lambda each: (-each[1], each[0]))]
    waited = [(minutes, drawdown) for each in happened for e in each.effects for drawdown, minutes in e.waited.items()]
    longest = max(waited, default=None)
    text = f"{name} happened {times(len(happened))} until {story.day(happened[-1].minute)}"
    text += f": {listed(done)}" if done else ", without effect"
    if longest is None:
        return f"{text}."
    return f"{text}; {short_id(story.plan, longest[1])} waited longest for one, {days_of(longest[0])}."


def _in_short(plan: Plan, effect: Acted) -> str:
    """Return what an effect did, without its numbers."""
    verb, target = effect.plan.verb, _target(plan, effect)
    if verb == "hurry" and not effect.drawn.get("times"):
        return f"stopped {target}"
    return IN_SHORT[verb].format(target)


IN_SHORT = {
    "close": "closed {}",
    "hold": "held {}",
    "hurry": "changed the slots of {}",
    "regime": "made the regime {}",
    "reschedule": "moved the dates of {}",
    "move": "moved people to {}",
}
"""What effects do, by their verbs."""


def _target(plan: Plan, effect: Acted) -> str:
    """Return what an effect is about, by ids; of a hold or reschedule of everything in words."""
    part = effect.plan
    if part.verb in ("hold", "reschedule"):
        if len(part.drawdowns) == len(plan.drawdowns) and len(part.phases) == len(plan.phases):
            return "all departures" if part.verb == "hold" else "everything"
        phases = [plan.phases[each].id for each in part.phases]
        return listed(phases or [short_id(plan, plan.drawdowns[each].id) for each in part.drawdowns])
    places = part.targets if part.location is None else (part.location,)
    names = [plan.locations[each].id for each in places] + [plan.lifts[each].id for each in part.lifts]
    return listed(names if part.regime is None else [plan.regimes[part.regime].id])


def _lasts(effect: Acted) -> str:
    return f" for {days_of(effect.drawn['lasts'])}" if "lasts" in effect.drawn else " for good"


def _close(story: Story, _: int, effect: Acted) -> str:
    return f"closed {_target(story.plan, effect)}{_lasts(effect)}{_waited(story.plan, effect)}"


def _hold(story: Story, minute: int, effect: Acted) -> str:
    drawn = effect.drawn
    until = ""
    if "lasts" in drawn:
        end = minute + drawn["lasts"]
        until = f", to {story.day(end)}" if end < story.plan.horizon else ", past the end of the run"
    keep = f" down to {drawn['keep']:,}" if "keep" in drawn else ""
    return f"held {_target(story.plan, effect)}{keep}{_lasts(effect)}{until}{_waited(story.plan, effect)}"


def _waited(plan: Plan, effect: Acted) -> str:
    """Return who waited for a hold or closure, the longest first."""
    longest = sorted(effect.waited.items(), key=lambda each: (-each[1], each[0]))
    waited = [f"{short_id(plan, name)} {days_of(minutes)}" for name, minutes in longest]
    return f" (waited for it: {', '.join(waited)})" if waited else " (nobody waited for it)"


def _hurry(story: Story, _: int, effect: Acted) -> str:
    target, factor = _target(story.plan, effect), effect.drawn.get("times", 0) / MILLION
    return f"{f'gave {target} {factor:g} times its slots' if factor else f'stopped {target}'}{_lasts(effect)}"


def _regime(story: Story, _: int, effect: Acted) -> str:
    return f"the regime became {_target(story.plan, effect)}"


def _reschedule(story: Story, _: int, effect: Acted) -> str:
    """Return what a reschedule moved; nothing for less than half a day."""
    target, drawn = _target(story.plan, effect), effect.drawn
    if effect.is_idle:
        return f"came when no date of {target} was left to move"
    if "within" in drawn:
        return f"pressed the dates still to come of {target} into {days_of(drawn['within'])}"
    by = drawn.get("by", 0)
    if abs(by) * 2 < MINUTES_PER_DAY:
        return ""
    return f"moved the dates still to come of {target} {days_of(abs(by))} {'later' if by > 0 else 'earlier'}"


def _move(story: Story, _: int, effect: Acted) -> str:
    plan, part, drawn = story.plan, effect.plan, effect.drawn
    who = listed([plan.contingents[each].id for each in part.contingents])
    share = f"{drawn['share'] / MILLION:.0%}" if "share" in drawn else f"{drawn.get('persons', 0):,}"
    origins = listed([plan.locations[each].id for each in part.origins])
    within = f" within {days_of(drawn['within'])}" if "within" in drawn else ""
    lasts = _lasts(effect) if "lasts" in drawn else ""
    return f"moved {share} of {who} from {origins} to {_target(plan, effect)}{within}{lasts}"


EFFECTS: dict[str, Callable[[Story, int, Acted], str]] = {
    "close": _close,
    "hold": _hold,
    "hurry": _hurry,
    "regime": _regime,
    "reschedule": _reschedule,
    "move": _move,
}
"""How effects are told, by their verbs."""


def _phase_ready(story: Story, fact: Fact) -> str | None:
    """Return when a phase could start but for its gate; one that need not wait for a gate starts then."""
    if story.outcome.phases[fact.index].started_at == fact.minute:
        return None
    return f"{fact.subject} was ready ({_planned(story, fact)}) and waited for its gate."


def _phase_started(story: Story, fact: Fact) -> str | None:
    """Return when a phase started, unless it had waited for its gate: that is told with the gate."""
    if story.outcome.phases[fact.index].ready_at != fact.minute:
        return None
    at_once = any(
        each.kind == "gate passed" and each.subject == fact.subject and _is_at_once(story, each) for each in story.facts
    )
    return f"{fact.subject} started ({_planned(story, fact)}{'; its gate passed at once' if at_once else ''})."


def _is_at_once(story: Story, fact: Fact) -> bool:
    """Tell whether the gate of a phase passed at its first review, in the minute in which the phase was ready."""
    is_first = isinstance(fact, Review) and fact.number == 1 and "." not in fact.subject
    return is_first and story.outcome.phases[fact.index].ready_at == fact.minute


def _planned(story: Story, fact: Fact) -> str:
    """Return how a phase that was ready at a minute stands to its date, as drawn and as rescheduled."""
    record, plan = story.outcome.phases[fact.index], story.plan.phases[fact.index]
    drawn = story.day(max(story.plan.begins, story.outcome.once[plan.starts]))
    planned = story.day(record.starts_at)
    if planned != drawn:
        return f"planned for {drawn}, rescheduled to {planned}"
    return "as planned" if story.day(fact.minute) == planned else f"planned for {drawn}"


def _gate_passed(story: Story, fact: Fact) -> str | None:
    """Return when a gate passed, unless its phase went through it at once: that is told with the phase."""
    assert isinstance(fact, Review), "a gate passes in a review"
    if _is_at_once(story, fact):
        return None
    started = story.minute(("phase started", fact.subject)) == fact.minute
    then = f": {fact.subject} started" if started else ""
    name = short_id(story.plan, fact.subject)
    if fact.number == 1:
        return f"The gate of {name} passed at its first review{then}."
    reviews = [each for each in story.facts if isinstance(each, Review) and each.subject == fact.subject]
    waited = f"{days_of(fact.minute - fact.first_at)} after the first{_forbidden(reviews)}"
    return f"The gate of {name} passed at its {ordinal(fact.number)} review, {waited}{then}."


def _forbidden(reviews: Sequence[Review]) -> str:
    """Return how many reviews would have passed but for what keeps a gate shut."""
    forbidden = [each for each in reviews if each.forbidden]
    by = listed(sorted({name for each in forbidden for name in each.by}))
    if not forbidden:
        return ""
    return f", {len(forbidden):,} of them failing only for {by or 'what keeps it shut'}"


def _drawdown_ended(story: Story, fact: Fact) -> str | None:
    assert isinstance(fact, Departures), "a drawdown ends with its departures"
    plan, drawdown = story.plan, story.plan.drawdowns[fact.index]
    started = story.outcome.phases[drawdown.phase].started_at is not None
    name, left = short_id(plan, fact.subject), "nobody had to leave"
    if fact.first_at is not None and fact.last_at is not None:
        unit = "loads" if any(plan.is_loads(each) for each in drawdown.cells) else "persons"
        first, last, ended = (story.day(each) for each in (fact.first_at, fact.last_at, fact.minute))
        dates = f"on {first}" if first == last else f"since {first}" if last == ended else f"from {first} to {last}"
        left = f"{fact.gone:,} {unit} in {counted(fact.serials, 'serial')} {dates}"
    if fact.kind == "drawdown done":
        return f"{name} was done: {left}{_longest(story, fact.subject)}."
    if not started:
        return None
    ahead = f"{counted(fact.to_go, 'serial')} still to go"
    gone = left if fact.gone else "nobody left"
    return f"{name} was not done: {gone}, {ahead}{_longest(story, fact.subject)}."


def _longest(story: Story, drawdown: str) -> str:
    """Return the longest wait in a drawdown, if it was half a day or more."""
    wait = next((each for each in story.waits if each.drawdown == drawdown), None)
    if wait is None or wait.minutes * 2 < MINUTES_PER_DAY:
        return ""
    return f"; longest wait {days_of(wait.minutes)}, for {BOUND.get(wait.cause, wait.cause)}"


def _handover_ended(story: Story, fact: Fact) -> str:
    site = story.outcome.sites[fact.index]
    if fact.kind == "handover unfinished":
        begun = "" if site.begun_at is None else f"; the work had begun on {story.day(site.begun_at)}"
        return f"{fact.subject} was not handed over{begun}."
    worked = days_of(fact.minute - (fact.minute if site.begun_at is None else site.begun_at))
    paused = f", {days_of(site.paused_minutes)} of it closed" if site.paused_minutes else ""
    return f"{fact.subject} was handed over, {worked} after the work began{paused}."


def _phase_done(_: Story, fact: Fact) -> str:
    return f"{fact.subject} was done."


def _phase_unfinished(story: Story, fact: Fact) -> str:
    if story.outcome.phases[fact.index].started_at is not None:
        return f"{fact.subject} was not done"
    reviews = [each for each in story.facts if isinstance(each, Review) and each.subject == fact.subject]
    failed = f" (its gate had failed {counted(len(reviews), 'review')}{_forbidden(reviews)})" if reviews else ""
    return f"{fact.subject} had not started{failed}"


TELLERS: dict[str, Callable[[Story, Fact], str | None]] = {
    "phase ready": _phase_ready,
    "gate passed": _gate_passed,
    "phase started": _phase_started,
    "drawdown done": _drawdown_ended,
    "drawdown unfinished": _drawdown_ended,
    "handover done": _handover_ended,
    "handover unfinished": _handover_ended,
    "phase done": _phase_done,
}
"""How facts are told, by their kind. Departures are told with their drawdown, reviews with their gate; events, regimes,
milestones and phases left unfinished several at once."""
