"""What a back-test shows the model to get wrong: sentences made of its scores, and reasons written by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from posture.study.backtests import Backtest
from posture.study.scores import ALL, BEST_SIMPLE, PIT_BINS, Score, ScoreCard, pit_name
from posture.study.verdicts import COVERED, STRAIGHT_LINE, misjudged
from posture.view.score_tables import part_text, share_of, skill_text
from posture.view.tables import Table

REASONS = {
    "afghanistan-2020-2021": (
        "The agreement named 8,600 by July 2020 and nobody by May 2021, and nothing between. The levels between, "
        "fewer than 5,000 and then 2,500, were ordered on the way, before and after an election; the count was "
        "down to 5,000 seven weeks early. In the last days of August 2021 some 5,000 were back to fly others out: "
        "that was in no plan, and no forecast has it."
    ),
    "agreement-2024": (
        "The text has no numbers and no list of bases, so that sizes by site are judgement: fewer came to Erbil, "
        "and fewer stayed in Baghdad, than the scenario takes for likely. In Syria, of which the plan says "
        "nothing but that it be supported, 900 turned out in December 2024 to have been 2,000 for months. The "
        "dates were missed because 250 to 350 were kept at Ain al-Asad until January 2026 for the sake of Syria, "
        "which was said after the date had passed; as it came near without such news, the forecasts grew surer "
        "that it would be kept."
    ),
    "iraq-2009-2011": (
        "Of two steps the record has opposite shapes. To August 2010 numbers fell early, then stood for an "
        "election, then fell steeply; from then on 45,000 stayed until September 2011 and all left within "
        "fourteen weeks. One law for how late in a step people go, learnt from a few steps of other cases, is "
        "wide and lies between the two. The hold of February 2010 was made up for by August; a model in which "
        "nobody works faster because a date is near takes the lost time for lost."
    ),
    "iraq-2020-2021": (
        "A small step at short notice, carried out to the letter: the announcement was the best forecast, and "
        "what the model adds to it is doubt. Two later counts are too few to say more."
    ),
    "syria-2018-2019": (
        "Within two months the order was taken back. It is the only reversal on record, so that with this case "
        "left out none is left, and the model had little reason to expect one. One count in all is scored, months "
        "later."
    ),
}
"""Why, by case; facts of the record, not of a score, so that they stand when the numbers move."""

COMMON_REASONS = (
    "Changes of mind enter as rates counted in a handful of cases. With one left out fewer are left: what was "
    "singular in it is then nearly unknown, and bands are too narrow where it decides.",
    "A forecast knows what was announced by its day and nothing of what was being prepared: it is late to every "
    "change of plan.",
    "Counts are rounded, restated and disclosed late, and close to the day that is most of the error. A forecast "
    "allows for a twentieth either way; a figure that turns out to have been half is beyond that.",
)
"""Why in all cases."""


SCOPES = {"case": "cases", "lead": "bins of leads"}
"""What scores are told apart by, in words."""

LEANING = 0.2
"""Of the counts in one outer tenth of the forecast: twice its share."""

MISJUDGED_NOTES = (
    "Even odds on every day score 0.25. No interval: the forecasts of one milestone are one outcome looked at again.",
)


def weaknesses(backtest: Backtest) -> tuple[str, ...]:
    """Return, in a sentence each, where the forecasts fall short by their scores."""
    card = backtest.card
    return (
        *_worse_than(card, STRAIGHT_LINE, "the straight line"),
        *_worse_than(card, BEST_SIMPLE, "the best simple baseline"),
        *_bands(card),
        *_leanings(card),
        *_unreliable(card),
    )


def _of(card: ScoreCard, name: str, scope: str, baseline: str | None = None) -> list[Score]:
    """Return one score of every part that a scope has."""
    return [each for each in card.scores if (each.name, each.scope, each.baseline) == (name, scope, baseline)]


def _worse_than(card: ScoreCard, baseline: str, words: str) -> Iterator[str]:
    """Yield where forecasts of strength do worse than a baseline, cases and leads apart."""
    for scope, of in SCOPES.items():
        skills = _of(card, "crps-skill", scope, baseline)
        worse = [f"{part_text(each)}, {skill_text(each)}" for each in skills if each.value is None or each.value < 0]
        if skills:
            yield f"Worse than {words} in {len(worse)} of {len(skills)} {of}{_listed(worse)}."


def _bands(card: ScoreCard) -> Iterator[str]:
    """Yield where the 80 % bands hold less or more than they should."""
    low, high = COVERED
    for scope, of in SCOPES.items():
        shares = [(each, each.value) for each in _of(card, "coverage-80", scope) if each.value is not None]
        narrow = [f"{part_text(each)}, {share_of(each)}" for each, share in shares if share < low]
        wide = [f"{part_text(each)}, {share_of(each)}" for each, share in shares if share > high]
        if narrow:
            yield f"The 80 % band held less than {low:.0%} in {len(narrow)} of {len(shares)} {of}{_listed(narrow)}."
        if wide:
            yield f"The 80 % band held more than {high:.0%} in {len(wide)} of {len(shares)} {of}{_listed(wide)}."


def _leanings(card: ScoreCard) -> Iterator[str]:
    """Yield the cases whose counts lean to one side: an outer tenth of PIT has twice its share and the other's."""
    low, high = (_of(card, pit_name(index), "case") for index in (0, PIT_BINS - 1))
    for words, outer, mine, other in (("Fewer", "lowest", low, high), ("More", "highest", high, low)):
        pairs = zip(mine, other, strict=True)
        leaning = [each for each, against in pairs if (each.value or 0) > max(LEANING, 2 * (against.value or 0))]
        if leaning:
            found = _listed([f"{part_text(each)}, {share_of(each)}" for each in leaning])
            yield f"{words} stood there than foretold, counts in the {outer} tenth of the forecast{found}."


def _unreliable(card: ScoreCard) -> Iterator[str]:
    """Yield the bins of probability whose share met is not what was foretold, by its interval."""
    for each in card.reliability:
        if (each.scope, each.part) == (ALL, ALL) and not each.observed.low <= each.forecast <= each.observed.high:
            met, of = f"{each.observed.estimate:.0%}", f"{each.forecasts:,} forecasts of {each.cases:,} cases"
            yield f"Of milestones foretold with {each.forecast:.0%} on average, {met} were met ({of})."


def misjudged_table(backtest: Backtest) -> Table:
    """Return the milestones whose forecasts did worse than even odds, a row each, the worst first."""
    rows = tuple(
        (
            each.case,
            each.milestone,
            f"{each.forecasts:,}",
            f"{each.mean_p:.0%}",
            "met" if each.met else "missed",
            f"{each.brier:.3f}",
        )
        for each in misjudged(backtest)
    )
    columns = ("case", "milestone", "forecasts", "mean P(met)", "what came", "mean Brier score")
    return Table(columns, rows, (False, False, True, True, False, True), MISJUDGED_NOTES)


def reasons(backtest: Backtest) -> tuple[tuple[str, str], ...]:
    """Return why, in plain words: for each case of which something is known, then for all."""
    return (
        *((case, REASONS[case]) for case in backtest.cases if case in REASONS),
        *(("all", each) for each in COMMON_REASONS),
    )


def _listed(items: Sequence[str]) -> str:
    """Return items after a colon, or nothing."""
    return f": {'; '.join(items)}" if items else ""
