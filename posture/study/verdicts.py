"""What is wanted of a back-test, whether it is reached, and which milestones were misjudged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from posture.study.backtests import Backtest
from posture.study.forecasts import REFERENCE_CLASS, MilestoneForecast
from posture.study.scores import BEST_SIMPLE, OUTER_EXPECTED, Score, ScoreCard, brier, score_forecasts

STRAIGHT_LINE = "straight line"
"""The baseline that no case may be much worse than: what anybody with a ruler would say."""

LONG_LEAD = 60
"""Days ahead from which on a forecast has to earn its keep: before that little has time to change."""

COVERED = (0.70, 0.90)
"""Between these the central 80 % band has to hold what was counted."""

LONG_SKILL, WORST_SKILL = 0.25, -0.05
"""The least skill wanted at long leads against the best simple baseline, and in any case against the straight line."""

ROUNDING = 1e-9
"""What sums of binary fractions may be off by: a figure that is just reached is reached."""

EVEN_ODDS = 0.25
"""The Brier score of a forecast of one half, whatever comes."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One number that was wanted, what it came to, and whether that will do."""

    name: str
    """`bands-by-case`, `bands`, `pit`, `long-skill`, `worst-case` or `brier`."""
    score: Score
    """What it came to; of `worst-case` that of the worst."""
    reached: bool


def judge(backtest: Backtest) -> tuple[Verdict, ...]:
    """Return what was wanted of a back-test, with what was found; what there are no forecasts for is left out.

    - The central 80 % bands hold from 70 to 90 % of the counts, as a mean over cases (`bands-by-case`) and over
      forecasts (`bands`).
    - PIT is not U-shaped: the mass of its outer tenths is not above that of a flat one, by its 95 % interval where
      there is one (`pit`).
    - CRPS at leads of 60 days and more is 25 % better than that of the best simple baseline (`long-skill`).
    - It is in no case more than 5 % worse than the straight line's (`worst-case`).
    - The Brier score is better than the reference class's (`brier`).
    """
    return tuple(_verdicts(backtest))


def _verdicts(backtest: Backtest) -> Iterator[Verdict]:
    card = backtest.card
    for name, score in (("bands-by-case", card.find("coverage-80-by-case")), ("bands", card.find("coverage-80"))):
        if score is not None and score.value is not None:
            yield Verdict(name, score, COVERED[0] - ROUNDING <= score.value <= COVERED[1] + ROUNDING)
    outer = card.find("pit-outer")
    if outer is not None and outer.value is not None:
        least = outer.value if outer.low is None else outer.low
        yield Verdict("pit", outer, least <= OUTER_EXPECTED + ROUNDING)
    long = long_card(backtest).find("crps-skill", baseline=BEST_SIMPLE)
    if long is not None:
        yield Verdict("long-skill", long, long.value is not None and long.value >= LONG_SKILL - ROUNDING)
    worst = worst_case(card)
    if worst is not None:
        yield Verdict("worst-case", worst, worst.value is not None and worst.value >= WORST_SKILL - ROUNDING)
    chance = card.find("brier-skill", baseline=REFERENCE_CLASS)
    if chance is not None:
        yield Verdict("brier", chance, chance.value is not None and chance.value > 0)


def long_card(backtest: Backtest) -> ScoreCard:
    """Return the scores of the forecasts of strength that were made `LONG_LEAD` days ahead or more."""
    return score_forecasts([each for each in backtest.strengths if each.lead >= LONG_LEAD], [])


def worst_case(card: ScoreCard) -> Score | None:
    """Return the least skill of any case against the straight line; a skill without bound is below every number."""
    skills = [
        each for each in card.scores if (each.scope, each.name, each.baseline) == ("case", "crps-skill", STRAIGHT_LINE)
    ]
    return min(skills, key=lambda each: (each.value is not None, each.value or 0.0), default=None)


@dataclass(frozen=True, slots=True)
class Misjudged:
    """A milestone whose forecasts did worse than even odds on every day would have."""

    case: str
    milestone: str
    met: bool
    mean_p: float
    """The mean probability over its forecasts."""
    brier: float
    """The mean of their Brier scores, above `EVEN_ODDS`."""
    forecasts: int


def misjudged(backtest: Backtest) -> tuple[Misjudged, ...]:
    """Return the milestones whose mean Brier score is above that of even odds, the worst first."""
    grouped: dict[tuple[str, str], list[MilestoneForecast]] = {}
    for each in backtest.milestones:
        grouped.setdefault((each.case, each.milestone), []).append(each)
    found = []
    for (case, milestone), forecasts in grouped.items():
        count = len(forecasts)
        score = sum(brier(each.p_met.estimate, met=each.met) for each in forecasts) / count
        mean_p = sum(each.p_met.estimate for each in forecasts) / count
        if score > EVEN_ODDS:
            found.append(Misjudged(case, milestone, forecasts[-1].met, mean_p, score, count))
    return tuple(sorted(found, key=lambda each: (-each.brier, each.case, each.milestone)))
