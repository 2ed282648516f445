"""One replication: the processes put together, run to the horizon, and what came of it."""

from __future__ import annotations

from posture.model.agenda import Agenda, Code
from posture.model.dispatch import Dispatch
from posture.model.draws import Draws, ReplicationDraws, strengths_at_start
from posture.model.effects import Effects
from posture.model.events import Theatre
from posture.model.gates import GateState, Reviewer
from posture.model.judging import is_true_now
from posture.model.ledger import Ledger
from posture.model.moves import Movers
from posture.model.outcome import Outcome, PhaseRecord, SiteRecord, record_of
from posture.model.phases import Progress
from posture.model.plan import GatePlan, Plan, UnlessPlan
from posture.model.restrictions import Restrictions
from posture.model.sites import Sites
from posture.model.standing import strengths_at_begin
from posture.model.tours import Tours, open_calendar


def simulate(plan: Plan, draws: Draws, *, replication: int) -> Outcome:
    """Return what happens in one replication: a pure function of the plan, the seed and its number.

    Parameters
    ----------
    plan
        What is to happen.
    draws
        Draws of that plan which cover `replication`.
    replication
        Its number, from 0.

    Raises
    ------
    SimulationError
        A broken invariant: persons created or lost, waits that do not add up, an agenda without end.
    """
    return _Replication(plan, draws.of(replication)).run(replication)


class _Replication:
    """The processes of one replication, made for each other and run once."""

    def __init__(self, plan: Plan, draws: ReplicationDraws) -> None:
        self.plan, self.draws = plan, draws
        self.agenda = Agenda(horizon=plan.horizon, begins=plan.begins)
        self.start = strengths_at_start(draws)
        self.ledger = Ledger(plan, strengths_at_begin(draws))
        self.gates = [GateState(self.agenda.signal(Code.REVIEW, index)) for index in range(len(plan.gates))]
        self.restrictions = Restrictions(plan, draws, self.agenda)
        calendar = open_calendar(draws)
        self.progress = Progress(draws, self.agenda, self.ledger, self.gates, calendar)
        self.dispatch = self.progress.dispatch = Dispatch(
            plan,
            agenda=self.agenda,
            ledger=self.ledger,
            draws=draws,
            gates=self.gates,
            restrictions=self.restrictions,
            listener=self.progress,
        )
        self.sites = self.progress.sites = Sites(
            plan, draws, self.agenda, self.ledger, self.restrictions, on_done=self._handed_over
        )
        self.tours = Tours(calendar, self.agenda, self.ledger, self.dispatch)
        movers = Movers(plan, draws, self.agenda, self.ledger, self.dispatch, self.restrictions, self.progress)
        effects = Effects(plan, draws, self.agenda, self.dispatch, self.restrictions, self.progress, movers)
        self.theatre = effects.theatre = Theatre(plan, draws, self.agenda, self.ledger, on_event=effects.act)

    def run(self, replication: int) -> Outcome:
        """Set every process going, run to the horizon, and return the record."""
        self.theatre.begin()
        self.tours.begin()
        reviewer = Reviewer(
            self.agenda,
            self.draws,
            is_forbidden=self._is_forbidden,
            on_pass=self.progress.gate_passed,
        )
        for index in range(len(self.gates)):
            self.agenda.start(reviewer.review(self.gates, index))
        self.progress.begin()
        self.agenda.run()
        return Outcome(
            plan=self.plan,
            replication=replication,
            once=tuple(self.draws.once),
            start=tuple(self.start),
            changes=self.ledger.close(),
            phases=tuple(PhaseRecord(p.starts_at, p.ready_at, p.started_at, p.done_at) for p in self.progress.phases),
            drawdowns_done_at=tuple(each.done_at for each in self.progress.drawdowns),
            reviews=tuple(tuple(each.reviews) for each in self.gates),
            queues=tuple(record_of(each) for each in self.dispatch.queues),
            sites=tuple(SiteRecord(s.begun_at, s.paused_minutes, s.done_at) for s in self.sites.states),
            regimes=tuple(self.theatre.regimes),
            happenings=tuple(self.theatre.happenings),
            entries=self.agenda.entries,
        )

    def _handed_over(self, index: int) -> None:
        plan = self.plan.handovers[index]
        self.dispatch.touch(self.plan.touching[plan.location])
        self.progress.look_whether_phase_is_done(plan.phase)

    def _is_forbidden(self, gate: GatePlan) -> bool:
        return any(self._holds(each) for each in gate.unless)

    def _holds(self, unless: UnlessPlan) -> bool:
        """Tell whether something is so now that keeps a review from passing."""
        now, once = self.agenda.now, self.draws.once
        if unless.event is not None:
            least = 1 if unless.at_least is None else once[unless.at_least]
            since = -1 if unless.within is None else now - once[unless.within]
            return self.theatre.count_since(unless.event, since) >= least
        if unless.regime is not None:
            return self.theatre.regime == unless.regime
        if unless.phase is not None:
            return self.progress.phases[unless.phase].done_at is not None
        if unless.location is not None:
            return self.restrictions.handed_over[unless.location]
        condition = self.plan.conditions[unless.condition or 0]
        return is_true_now(condition, once, self.ledger, dict(self.start))
