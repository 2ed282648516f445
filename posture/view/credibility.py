"""The credibility card: how far each part of the model can be trusted, with its evidence."""

from __future__ import annotations

from dataclasses import dataclass

from posture.study.scores import BEST_SIMPLE, Score, ScoreCard
from posture.study.verdicts import COVERED
from posture.view.score_tables import share_of, skill_text
from posture.view.tables import Table

CARD_NOTES = (
    "Levels from 0, nothing to show, to 4, in the sense of NASA-STD-7009A (2016), Standard for Models and Simulations. "
    "They are our own reading: nobody outside has assessed the model, and no one level stands for all.",
)


BANDS_BY_CASE = "coverage-80-by-case"
"""The score that says whether bands hold."""


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor of credibility: the level reached, 0 to 4, and in a sentence why not more."""

    name: str
    level: int
    evidence: str


def credibility_card(card: ScoreCard | None = None) -> tuple[Factor, ...]:
    """Return the seven factors; validation and uncertainty are judged by scores, and without any by there being none.

    Notes
    -----
    The factors are those that NASA-STD-7009A rates of a model and of its results, but for the management of the work.
    """
    return (
        Factor(
            "data pedigree",
            1,
            "Every figure of the record names a public source with its date; most are press reports, which for one day "
            "differ by up to a third, few are official, and the rates of delay rest on a handful of cases.",
        ),
        Factor(
            "verification",
            3,
            "Closed forms, tables worked out by hand, an independent oracle and generated scenarios caught each of 53 "
            "planted faults (docs/verification.md); those who wrote the engine wrote them.",
        ),
        _validation(card),
        Factor(
            "input pedigree",
            1,
            "Sizes, dates and targets have sources; much of what decides, such as how often a review passes, is "
            "judgement, marked so and with its reason.",
        ),
        _uncertainty(card),
        Factor(
            "robustness",
            2,
            "Sensitivity to every assumption can be computed for any scenario, but the back-test was not "
            "repeated under other readings of the record.",
        ),
        Factor(
            "use history",
            0,
            "No forecast was issued before the event, and nobody is known to have decided anything by one: all are "
            "replays, made by people who knew how the cases ended.",
        ),
    )


def _validation(card: ScoreCard | None) -> Factor:
    """Return how far forecasts agree with what happened.

    Better than the best simple baseline is 2; if that is clear of chance and the bands hold what they say, 3.
    """
    skill = None if card is None else card.find("crps-skill", baseline=BEST_SIMPLE)
    if skill is None:
        return Factor("validation", 1, "Patterns of the record appear in the replays; no forecast was scored here.")
    better = skill.value is not None and skill.value > 0
    sure = better and skill.low is not None and skill.low > 0
    hold = _bands_hold(card)
    against = f"{_cases(skill)} replayed: skill in strength {skill_text(skill)} against the best simple baseline"
    rest = "which is clear of 0" if sure else "not told from none" if better else "which is no better"
    bands = "the 80 % bands hold what they say" if hold else "the 80 % bands do not hold what they say"
    return Factor("validation", 3 if sure and hold else 2 if better else 1, f"{against}, {rest}; {bands}.")


def _uncertainty(card: ScoreCard | None) -> Factor:
    """Return how well the uncertainty of forecasts is known: bands that hold what they say are more than bands."""
    made = "Every probability and score has an interval, and assumptions are drawn from distributions"
    covered = None if card is None else card.find(BANDS_BY_CASE)
    if covered is None or covered.value is None:
        return Factor("uncertainty", 2, f"{made}; whether the bands hold was not scored here.")
    found = f"the 80 % bands held {share_of(covered)} of the counts, mean over cases"
    return Factor("uncertainty", 3 if _bands_hold(card) else 2, f"{made}; {found}.")


def _bands_hold(card: ScoreCard | None) -> bool:
    covered = None if card is None else card.find(BANDS_BY_CASE)
    return covered is not None and covered.value is not None and COVERED[0] <= covered.value <= COVERED[1]


def _cases(score: Score) -> str:
    return f"{score.cases:,} case{'' if score.cases == 1 else 's'}"


def credibility_table(card: ScoreCard | None = None) -> Table:
    """Return the card as a table, a row a factor."""
    rows = tuple((each.name, f"{each.level}", each.evidence) for each in credibility_card(card))
    return Table(("factor", "level", "evidence"), rows, (False, True, False), CARD_NOTES)
