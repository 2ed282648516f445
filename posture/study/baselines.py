"""Baselines: what simple rules, without a model, foretell of a strength or a milestone from what is known on a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from posture.study.forecasts import REFERENCE_CLASS

SIMPLE = ("plan to the letter", "straight line", "no change", "last rate")
"""They know nothing but the case itself, and foretell one number."""

BASELINES = (*SIMPLE, REFERENCE_CLASS)

LEAST_DAYS_BETWEEN = 14
"""Of two counts nearer to each other the difference is rounding and two ways to count rather than a rate."""

Level = tuple[date, float]
"""Persons on a day."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known on a day of a selection: where it started, what was counted, which levels are announced."""

    as_of: date
    start: Level
    """Day and persons at the scenario's start."""
    counted: tuple[Level, ...]
    """Counts dated up to `as_of`, in order: what was counted, else the middle of its bounds."""
    targets: tuple[Level, ...]
    """Levels announced by `as_of`, by their deadline, in order; deadlines may have passed."""

    @property
    def latest(self) -> Level:
        """The latest count, else the start."""
        return self.counted[-1] if self.counted else self.start

    @property
    def open_targets(self) -> tuple[Level, ...]:
        """The targets that the latest count is still above: what has been reached already draws nobody back."""
        return tuple(each for each in self.targets if each[1] < self.latest[1])


@dataclass(frozen=True, slots=True)
class Asked:
    """A dated question about one selection: its strength is at most or at least `limit` by the end of `due`.

    Without a limit it is about nothing of the kind: a phase done, a hand-over.
    """

    due: date
    limit: float | None
    at_most: bool

    def is_met_by(self, strength: float) -> bool:
        """Return whether so many persons keep to the limit, of which there must be one."""
        assert self.limit is not None
        return strength <= self.limit if self.at_most else strength >= self.limit


def foretell_strength(known: Known, day: date, *, slips: Sequence[int | None]) -> dict[str, npt.NDArray[np.float64]]:
    """Return what each baseline foretells of a selection's strength on a day.

    Parameters
    ----------
    known
        What is known of the selection.
    day
        Later than `known.as_of`; earlier, only the plan to the letter means anything.
    slips
        How late past targets of other cases were reached, days, negative when early; None: never (replaced, reversed,
        never ordered). One whose date of achievement is unknown belongs to neither and has to be left out.

    Returns
    -------
    dict
        By name of the baseline an ensemble of persons, shape (members,). The simple ones have one member:

        - plan to the letter: straight from the start through every announced level, constant after the last; no count
          changes it;
        - straight line: straight from the latest count on `as_of` through the targets still open, constant after the
          last. One whose date has passed is reached the day after `as_of`;
        - no change: the latest count, else the start;
        - last rate: see `_at_last_rate`.

        The reference class has one for each slip that is still possible: the straight line with every open target
        that much later, for None no change.

    Notes
    -----
    Reference class: Kahneman and Tversky (1979), "Intuitive prediction: biases and corrective procedures", TIMS Studies
    in Management Science 12; Flyvbjerg (2006), "From Nobel Prize to project management: getting risks right", Project
    Management Journal 37(3). If every slip of the class is ruled out, it has nothing to go by and foretells no change.
    """
    first_due = known.open_targets[0][0] if known.open_targets else date.max
    possible = _still_possible(slips, as_of=known.as_of, due=first_due) or [None]
    foretold = (
        [_on_line((known.start, *known.targets), day)],
        [_straight(known, day, slip=0)],
        [known.latest[1]],
        [_at_last_rate(known, day)],
        [_straight(known, day, slip=each) for each in possible],
    )
    return {name: np.array(each, dtype=np.float64) for name, each in zip(BASELINES, foretold, strict=True)}


def foretell_milestone(known: Known | None, asked: Asked, *, slips: Sequence[int | None]) -> dict[str, float]:
    """Return how likely each baseline takes it to be that a milestone is met, in [0, 1].

    Parameters
    ----------
    known
        What is known of its selection; None: it has none (a phase done, a hand-over).
    asked
        The question, due after `known.as_of`. A `throughout` is judged on its last day, like a `by`: as the lines fall,
        that is the worst day of a lower limit.
    slips
        As in `foretell_strength`.

    Notes
    -----
    The simple ones are sure. Of what has no strength, those that follow the plan say that it is met, the others that
    nothing changes. The reference class has k of n members that meet it and says (k + 1/2) / (n + 1): a few cases make
    nothing certain. This is the mean of a share under Jeffreys' prior, and within a constant of the least regret in log
    score: Krichevsky and Trofimov (1981), "The performance of universal encoding", IEEE Transactions on Information
    Theory 27(2).

    A milestone to come is met by a slip of at most 0, among those still possible: P(slip <= 0 | slip > as_of - due). An
    upper limit already kept, and a lower one, are read off the members' lines.
    """
    possible = list(slips) if known is None else _still_possible(slips, as_of=known.as_of, due=asked.due)
    met = [slip is not None and slip <= 0 for slip in possible]
    if known is None or asked.limit is None:
        simple = [1.0, 1.0, 0.0, 0.0]
    else:
        strengths = foretell_strength(known, asked.due, slips=slips)
        simple = [float(asked.is_met_by(strengths[name][0])) for name in SIMPLE]
        if not asked.at_most or asked.is_met_by(known.latest[1]):
            met = [asked.is_met_by(each) for each in strengths[REFERENCE_CLASS]]
    return dict(zip(BASELINES, [*simple, (sum(met) + 0.5) / (len(met) + 1)], strict=True))


def _still_possible(slips: Sequence[int | None], *, as_of: date, due: date) -> list[int | None]:
    """Return the slips by which what was due on a day would not have been reached by the end of `as_of`.

    Levels are announced when they are reached, so that no news by then is taken for not reached.
    """
    return [each for each in slips if each is None or each > (as_of - due).days]


def _straight(known: Known, day: date, *, slip: int | None) -> float:
    """Return the straight line's strength with every open target so many days later, though not by `as_of`."""
    if slip is None:
        return known.latest[1]
    tomorrow = known.as_of + timedelta(days=1)
    ahead = [(max(due + timedelta(days=slip), tomorrow), level) for due, level in known.open_targets]
    return _on_line([(known.as_of, known.latest[1]), *ahead], day)


def _at_last_rate(known: Known, day: date) -> float:
    """Return where the line through the last two counts at least `LEAST_DAYS_BETWEEN` apart leads; no two: no change.

    The start is none of them: it may have been counted another way, and the difference would pass for a rate. The line
    ends at the lowest level announced, or at nobody, and at the highest that was there or is announced: what has grown
    may do so again up to there (a relief's overlap, troops sent back), but a drawdown bears out no growth beyond it.
    """
    latest_day, latest = known.latest
    before = [each for each in known.counted if (latest_day - each[0]).days >= LEAST_DAYS_BETWEEN]
    if not before:
        return latest
    earlier_day, earlier = before[-1]
    strength = latest + (latest - earlier) * (day - latest_day).days / (latest_day - earlier_day).days
    announced = [level for _, level in known.targets]
    floor = min(latest, *announced) if announced else 0.0
    ceiling = max(level for _, level in (known.start, *known.counted, *known.targets))
    return min(max(strength, floor), ceiling)


def _on_line(points: Sequence[Level], day: date) -> float:
    """Return a day's level on the line through points, constant outside; of two on one day the later listed holds."""
    days, levels = zip(*sorted(dict(points).items()), strict=True)
    return float(np.interp(day.toordinal(), [each.toordinal() for each in days], levels))
