"""From the events of a scenario to their plans: regimes, rates, places and what events do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from posture.model.plan import VERBS, EffectPlan, EventPlan, RegimePlan
from posture.model.tables import Tables
from posture.scenario.clock import minute_of_deadline, minute_of_start
from posture.scenario.events import ALL, HERE, Effect, Event
from posture.scenario.fields import ALWAYS
from posture.scenario.quantities import Expression, Plain, Quantity, Scaled
from posture.scenario.selections import contingents_of, locations_at

DAYS_PER_YEAR = 365.25


def compile_regimes(tables: Tables) -> tuple[RegimePlan, ...]:
    """Return the states of the theatre, in plan order; none where the file has none."""
    plans = []
    for name in tables.regimes:
        assert tables.file.regimes is not None, "there are states"
        state = tables.file.regimes.states[name]
        path = f"regimes.states.{name}"
        then = sorted(state.then or ())
        weights = [(f"{path}.then.{each}", state.then[each].expression) for each in then] if state.then else []
        plans.append(
            RegimePlan(
                id=name,
                lasts=tables.use_or_none(state.lasts_days, "minutes", f"{path}.lasts_days"),
                then=tuple(tables.regimes.index(each) for each in then),
                weights=tables.weights(weights) if weights else None,
                point=tables.point(f"{path}.then") if weights else None,
            )
        )
    return tuple(plans)


def compile_events(
    tables: Tables, *, lifts: Sequence[str], phases: Sequence[str], drawdowns: Sequence[str]
) -> tuple[EventPlan, ...]:
    """Return the events, in plan order; `drawdowns` by their full ids, `phase.drawdown`."""
    compiler = _EventCompiler(tables, lifts, phases, drawdowns)
    return tuple(compiler.event(name, tables.file.events[name]) for name in sorted(tables.file.events))


@dataclass(frozen=True, slots=True)
class _EventCompiler:
    tables: Tables
    lifts: Sequence[str]
    phases: Sequence[str]
    drawdowns: Sequence[str]

    def event(self, name: str, part: Event) -> EventPlan:
        tables, origin = self.tables, self.tables.file.start
        path = f"events.{name}"
        first, last = part.between or (tables.file.start, tables.file.end)
        places = sorted(part.at or ())
        weights = [(f"{path}.at.{each}", part.at[each].expression) for each in places] if part.at else []
        rates = self.rates(path, part)
        once = part.on is None and part.probability is not None
        return EventPlan(
            id=name,
            begins=minute_of_start(first, origin=origin),
            ends=minute_of_deadline(last, origin=origin),
            rates=rates,
            gap=tables.use(Plain(0.0), "budget", f"{path}.gap") if any(each is not None for each in rates) else None,
            on=None if part.on is None else minute_of_start(part.on, origin=origin),
            happens=tables.chance(part.probability, path, by="happens"),
            when=tables.point(f"{path}.when") if once else None,
            locations=tuple(tables.locations.index(each) for each in places),
            weights=tables.weights(weights) if weights else None,
            place=tables.point(f"{path}.place") if weights else None,
            effects=tuple(self.effect(f"{path}.effects", key, part.effects[key]) for key in sorted(part.effects)),
        )

    def rates(self, path: str, part: Event) -> tuple[int | None, ...]:
        """Return the rate in each regime, or in the only one."""
        by_regime: Mapping[str, Quantity] = part.per_day or part.per_year or {}
        unit = "per_day" if part.per_day else "per_year"
        found = []
        for regime in self.tables.regimes or [ALWAYS]:
            named = ALWAYS if ALWAYS in by_regime else regime
            rate = by_regime.get(named)
            stream = f"{path}.{unit}" if named == ALWAYS else f"{path}.{unit}.{named}"
            found.append(None if rate is None else self.tables.value(_per_day(rate, unit), "hazard", stream))
        return tuple(found)

    def effect(self, path: str, name: str, part: Effect) -> EffectPlan:
        """Return one effect with the numbers that all kinds share; the rest by its kind."""
        tables, own = self.tables, f"{path}.{name}"
        verb = next(each for each in VERBS if getattr(part, each) is not None)
        plan = EffectPlan(
            id=name,
            verb=verb,
            happens=tables.chance(part.probability, own, by="happens"),
            lasts=tables.use_or_none(part.for_days, "minutes", f"{own}.for_days"),
            keep=tables.use_or_none(part.keep, "count", f"{own}.keep"),
            times=tables.use_or_none(part.times, "millionths", f"{own}.times"),
            by=tables.use_or_none(part.by_days, "minutes", f"{own}.by_days"),
            within=tables.use_or_none(part.within_days, "minutes", f"{own}.within_days"),
            regime=None if part.regime is None else tables.regimes.index(part.regime),
        )
        if part.close is not None:
            return replace(plan, location=None if part.close == HERE else tables.locations.index(part.close))
        if part.hurry is not None:
            every = part.hurry == ALL
            return replace(plan, lifts=tuple(i for i, each in enumerate(self.lifts) if every or each == part.hurry))
        if part.move is not None:
            return self.move(plan, own, part)
        return self.targeted(plan, part.hold or part.reschedule or "")

    def targeted(self, plan: EffectPlan, target: str) -> EffectPlan:
        """Add the phases and drawdowns that a hold or reschedule names: a phase, a drawdown by its id, or all."""
        if target == ALL:
            return replace(plan, drawdowns=tuple(range(len(self.drawdowns))), phases=tuple(range(len(self.phases))))
        if target in self.phases:
            named = [i for i, each in enumerate(self.drawdowns) if each.startswith(f"{target}.")]
            return replace(plan, drawdowns=tuple(named), phases=(self.phases.index(target),))
        named = [i for i, each in enumerate(self.drawdowns) if target in (each, each.partition(".")[2])]
        return replace(plan, drawdowns=tuple(named))

    def move(self, plan: EffectPlan, path: str, part: Effect) -> EffectPlan:
        tables, move = self.tables, part.move
        assert move is not None, "asked of a move"
        return replace(
            plan,
            contingents=tuple(tables.contingents.index(each) for each in contingents_of(tables.file, move.of)),
            origins=tuple(tables.locations.index(each) for each in locations_at(tables.file, move.origin)),
            targets=tuple(tables.locations.index(each) for each in locations_at(tables.file, move.to)),
            persons=tables.use_or_none(move.persons, "count", f"{path}.persons"),
            share=tables.use_or_none(move.share, "millionths", f"{path}.share"),
        )


def _per_day(rate: Quantity, unit: str) -> Quantity:
    if unit == "per_day":
        return rate
    yearly: Expression = Scaled(Plain(1 / DAYS_PER_YEAR), rate.expression)
    return Quantity(yearly, ("per_day",))
