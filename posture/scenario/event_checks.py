"""Errors of meaning in what may befall the plan: regimes, events, effects, and the gates that look at them."""

from __future__ import annotations

from collections.abc import Iterable

from posture.scenario.checking import Checker
from posture.scenario.events import ALL, HERE, Effect, Event
from posture.scenario.fields import ALWAYS, AT_TOUR_END
from posture.scenario.findings import Path
from posture.scenario.plans import Drawdown, Gate, Unless
from posture.scenario.selections import contingents_of, locations_at

VERBS = ("close", "hold", "hurry", "move", "regime", "reschedule")

COMPANIONS = {
    "close": {"for_days"},
    "hold": {"keep", "for_days"},
    "hurry": {"times", "for_days"},
    "regime": set(),
    "reschedule": {"by_days", "within_days"},
    "move": {"within_days", "for_days"},
}
"""Which other fields each kind of effect takes."""


def check_regimes(checker: Checker) -> None:
    """Check that regimes start somewhere, that each leads on, and that only states are named."""
    regimes = checker.file.regimes
    if regimes is None:
        return
    _expect_regime(checker, [regimes.initial], ("regimes", "initial"))
    for name, state in regimes.states.items():
        path: Path = ("regimes", "states", name)
        _expect_regime(checker, state.then or (), (*path, "then"))
        if (state.lasts_days is None) != (state.then is None):
            checker.report(path, "found one of `lasts_days` and `then`, wanted both, or neither: for good", key=True)
        checker.weigh(state.then or {}, (*path, "then"))


def _expect_regime(checker: Checker, names: Iterable[str], path: Path) -> None:
    checker.expect("regimes", names, path, what="a state of `regimes`")


def check_events(checker: Checker) -> None:
    """Check that each event says when it happens in one way, and where at places that are."""
    for name, event in checker.file.events.items():
        path: Path = ("events", name)
        ways = [each for each in ("per_day", "per_year", "on") if getattr(event, each) is not None]
        once = not ways and event.probability is not None
        if len(ways) != 1 and not once:
            checker.report(
                path, "found no one time, wanted one of `per_day`, `per_year`, `on`, or a `probability`", key=True
            )
        if event.probability is not None and (event.per_day or event.per_year):
            checker.report((*path, "probability"), "found `probability` beside a rate, wanted the rate alone", key=True)
        if event.on is not None and event.between is not None:
            checker.report((*path, "between"), "found `between` beside `on`, wanted the one day alone", key=True)
        for unit in ("per_day", "per_year"):
            rates = getattr(event, unit) or {}
            _expect_regime(checker, [each for each in rates if each != ALWAYS], (*path, unit))
        checker.expect("locations", event.at or (), (*path, "at"))
        checker.weigh(event.at or {}, (*path, "at"))
        for key, effect in event.effects.items():
            _check_effect(checker, event, effect, (*path, "effects", key))


def _check_effect(checker: Checker, event: Event, effect: Effect, path: Path) -> None:
    verbs = [each for each in VERBS if getattr(effect, each) is not None]
    if len(verbs) != 1:
        checker.report(path, f"found {len(verbs)} of them, wanted exactly one of {', '.join(VERBS)}", key=True)
        return
    (verb,) = verbs
    for name in sorted({"keep", "times", "by_days", "within_days", "for_days"} - COMPANIONS[verb]):
        if getattr(effect, name) is not None:
            checker.report((*path, name), f"found `{name}` with `{verb}`, which takes none", key=True)
    if verb in ("hold", "reschedule"):
        _check_target(checker, effect.hold or effect.reschedule or "", (*path, verb))
    own = {"close": _check_close, "hurry": _check_hurry, "regime": _check_regime, "reschedule": _check_reschedule}
    if verb in own:
        own[verb](checker, event, effect, path)
    elif verb == "move":
        _check_move(checker, effect, (*path, "move"))


def _check_close(checker: Checker, event: Event, effect: Effect, path: Path) -> None:
    if effect.close != HERE:
        checker.expect("locations", [effect.close or ""], (*path, "close"))
    elif not event.at:
        checker.report((*path, "close"), "found `here`, wanted an event with `at`: it takes place nowhere")


def _check_hurry(checker: Checker, _: Event, effect: Effect, path: Path) -> None:
    if effect.hurry != ALL:
        checker.expect("lift", [effect.hurry or ""], (*path, "hurry"))
    if effect.times is None:
        checker.report(path, "found no `times`, wanted one", key=True)


def _check_regime(checker: Checker, _: Event, effect: Effect, path: Path) -> None:
    _expect_regime(checker, [effect.regime] if effect.regime else [], (*path, "regime"))


def _check_reschedule(checker: Checker, _: Event, effect: Effect, path: Path) -> None:
    if (effect.by_days is None) == (effect.within_days is None):
        checker.report(path, "found both or neither, wanted `by_days` or `within_days`", key=True)


def _check_target(checker: Checker, target: str, path: Path) -> None:
    phases = checker.file.phases
    if not checker.expect("targets", [target], path, what="a phase, a drawdown or `all`"):
        return
    short = [key for phase in phases.values() for key in phase.drawdowns]
    if target not in phases and short.count(target) > 1:
        checker.report(path, f"found '{target}', which several phases have, wanted it as `phase.{target}`")


def _check_move(checker: Checker, effect: Effect, path: Path) -> None:
    move, file = effect.move, checker.file
    if move is None:
        return
    if (move.persons is None) == (move.share is None):
        checker.report(path, "found both or neither, wanted `persons` or `share`", key=True)
    checker.selected(move.of or (), (*path, "of"))
    checker.selected(move.origin, (*path, "from"))
    checker.selected(move.to, (*path, "to"))
    outside = [each for each in locations_at(file, move.origin) if file.locations[each].outside]
    if outside and (move.share is not None or len(outside) < len(locations_at(file, move.origin))):
        checker.report(
            (*path, "from"), "found an outside place, wanted it alone and with `persons`: nobody is counted there"
        )


def check_gates(checker: Checker) -> None:
    """Check that what keeps a gate from passing is one thing that there is."""
    for name, phase in checker.file.phases.items():
        gates: list[tuple[Path, Gate | None]] = [(("phases", name, "gate"), phase.gate)]
        gates += [(("phases", name, "drawdowns", key, "gate"), each.gate) for key, each in phase.drawdowns.items()]
        for path, gate in gates:
            for key, unless in (gate.unless if gate else {}).items():
                _check_unless(checker, unless, (*path, "unless", key))


def _check_unless(checker: Checker, unless: Unless, path: Path) -> None:
    asked = [each for each in ("event", "regime", "strength", "phase", "handover") if getattr(unless, each) is not None]
    if len(asked) != 1:
        checker.report(
            path, f"found {len(asked)} of them, wanted one of event, regime, strength, phase, handover", key=True
        )
    if unless.event is not None:
        checker.expect("events", [unless.event], (*path, "event"))
    elif unless.at_least is not None or unless.in_days is not None:
        checker.report(path, "found `at_least` or `in_days` without `event`, wanted the event", key=True)
    if unless.regime is not None:
        _expect_regime(checker, [unless.regime], (*path, "regime"))
    checker.expect("phases", [unless.phase] if unless.phase else [], (*path, "phase"))
    _expect_handover(checker, unless.handover, (*path, "handover"))


def _expect_handover(checker: Checker, location: str | None, path: Path) -> None:
    checker.expect("handovers", [location] if location else [], path, what="a location that a phase hands over")


def check_tours(checker: Checker) -> None:
    """Check that who leaves at tour end has tours, and goes straight outside; loads have no tours."""
    for name, contingent in checker.file.contingents.items():
        if contingent.tours is not None and contingent.loads is not None:
            checker.report(("contingents", name, "tours"), "found tours of loads, wanted people", key=True)
    for name, phase in checker.file.phases.items():
        for key, drawdown in phase.drawdowns.items():
            if (drawdown.pace or phase.pace) == AT_TOUR_END:
                _check_tour_end(checker, drawdown, ("phases", name, "drawdowns", key))


def _check_tour_end(checker: Checker, drawdown: Drawdown, path: Path) -> None:
    file = checker.file
    inside = [each for each in drawdown.to if each in file.locations and not file.locations[each].outside]
    if inside and checker.everybody:
        checker.report(
            (*path, "to", inside[0]),
            "found a place inside, wanted an outside one: a unit goes home at tour end",
            key=True,
        )
    if any(each.through for each in drawdown.to.values()):
        checker.report((*path, "to"), "found stations, wanted none: a unit goes straight home at tour end")
    going = contingents_of(file, drawdown.of)
    if checker.everybody and going and not any(file.contingents[each].tours for each in going):
        where = "pace" if drawdown.pace else "of"
        checker.report((*path, where), "found the pace at-tour-end, wanted a contingent with `tours`")


def check_handovers(checker: Checker) -> None:
    """Check that what is handed over is a location inside, once; and that milestones ask for one that is."""
    seen: set[str] = set()
    for name, phase in checker.file.phases.items():
        for location in phase.handovers:
            path: Path = ("phases", name, "handovers", location)
            standing = checker.file.locations.get(location)
            checker.expect("locations", [location], path[:-1])
            if standing is not None and standing.outside:
                checker.report(path, "found a place outside, wanted one inside", key=True)
            if location in seen:
                checker.report(path, "found a place that another phase hands over too, wanted it once", key=True)
            seen.add(location)
    for name, milestone in checker.file.milestones.items():
        _expect_handover(checker, milestone.handover, ("milestones", name, "handover"))


EVENT_CHECKS = (check_regimes, check_events, check_gates, check_tours, check_handovers)
