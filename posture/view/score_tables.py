"""Tables of scores, as rows of text: of strength and its bands, of milestones and their bins, and of skill."""

from __future__ import annotations

from collections.abc import Iterator

from posture.scenario.findings import printable
from posture.study.estimates import Interval
from posture.study.scores import ALL, BANDS, BEST_SIMPLE, OUTER_EXPECTED, Score, ScoreCard
from posture.study.skills import FEWEST_CASES
from posture.view.comparison_tables import share_text
from posture.view.tables import Table, percent, signed

NAMES = {"crps": "CRPS", "brier": "Brier score"}

CASE_NOTES = (
    "Means are over cases of the mean in each, so that every case weighs the same; the plain mean is over forecasts.",
    "In brackets 95 % intervals by bootstrap over whole cases, since forecasts of one case share its history; none of "
    f"fewer than {FEWEST_CASES} cases. Of few cases they are too narrow.",
)
STRENGTH_NOTES = (
    "CRPS: continuous ranked probability score, percent of the strength at the start; 0 is best, of one number it is "
    "the absolute error.",
    f"Outer PIT: forecasts' mass in the first and last tenth, {OUTER_EXPECTED:.0%} if calibrated; more: bands too "
    "narrow.",
)
COVERAGE_NOTES = (
    "Wilson's interval takes each forecast for an independent trial: forecasts of one count as of several days are "
    "not, so that it is too narrow. By case: the mean over cases.",
)
MILESTONE_NOTES = (
    "Brier score: mean squared error of the probability, 0 is best. Plain mean = reliability - resolution + "
    "uncertainty + within; reliability, too large of few forecasts, is best at 0.",
)
RELIABILITY_NOTES = ("Wilson's interval takes each forecast for an independent trial; those of one case are not.",)


def strength_score_table(card: ScoreCard) -> Table:
    """Return how well strength was foretold, a row each for all, a case and a bin of leads."""
    rows = []
    for each in _parts(card, "crps"):
        plain, outer = (_beside(card, each, name) for name in ("crps-plain", "pit-outer"))
        rows.append((*_head(each), _errors(each), _errors(plain), share_of(outer)))
    left_out = f"Not scored: {card.unscored:,} forecasts of counts of which one bound alone was published."
    notes = (*STRENGTH_NOTES, *CASE_NOTES, *([left_out] if card.unscored else []))
    columns = ("of", "forecasts", "cases", "CRPS", "plain mean", "outer PIT")
    return Table(columns, tuple(rows), (False, True, True, True, True, True), notes)


def coverage_table(card: ScoreCard) -> Table:
    """Return how often the central bands held what was counted, a row each for all, a case and a bin of leads."""
    rows = []
    for each in _parts(card, "crps"):
        bands = ((_beside(card, each, f"coverage-{band}{by}") for by in ("", "-by-case")) for band in BANDS)
        rows.append((*_head(each), *(share_of(found) for pair in bands for found in pair)))
    columns = ("of", "forecasts", "cases", *(text for band in BANDS for text in (f"in the {band} % band", "by case")))
    return Table(columns, tuple(rows), (False, *[True] * (len(columns) - 1)), (*COVERAGE_NOTES, *CASE_NOTES[1:]))


def milestone_score_table(card: ScoreCard) -> Table:
    """Return how well milestones were foretold, a row each for all, a case and a bin of leads."""
    names = ("plain", "reliability", "resolution", "uncertainty", "within")
    rows = tuple(
        (*_head(each), _decimals(each), *(_decimals(_beside(card, each, f"brier-{name}")) for name in names))
        for each in _parts(card, "brier")
    )
    columns = ("of", "forecasts", "cases", "Brier score", "plain mean", *names[1:])
    return Table(columns, rows, (False, *[True] * (len(columns) - 1)), (*MILESTONE_NOTES, *CASE_NOTES))


def reliability_table(card: ScoreCard, *, scope: str = ALL, part: str = ALL) -> Table:
    """Return how many forecasts of milestones came true, a row each bin of probability, of one part of them."""
    rows = tuple(
        (
            f"{100 * each.low:.0f} to {each.high:.0%}",
            f"{each.forecasts:,}",
            f"{each.cases:,}",
            f"{each.forecast:.0%}",
            *percent(each.observed),
        )
        for each in card.reliability
        if (each.scope, each.part) == (scope, part)
    )
    columns = ("probability", "forecasts", "cases", "mean forecast", "met", "95 % interval")
    return Table(columns, rows, (False, True, True, True, True, True), RELIABILITY_NOTES)


def part_text(score: Score) -> str:
    """Return what a score is of in words: all, a case, or how far ahead."""
    return f"{score.part} days ahead" if score.scope == "lead" else printable(score.part)


def baseline_text(score: Score) -> str:
    """Return the baseline of a score in words, such as `best simple (persistence)`."""
    return f"best simple ({printable(score.chosen or '')})" if score.baseline == BEST_SIMPLE else _name(score)


def skill_text(score: Score) -> str:
    """Return a skill with its interval, such as `+0.52 (+0.49 to +0.56)`."""
    if score.value is None:
        return "none: it made no error"
    value = signed(score.value, 2)
    if score.high is None:
        return value
    return f"{value} (to {signed(score.high, 2)})" if score.low is None else f"{value} ({_between(score)})"


def share_of(score: Score | None) -> str:
    """Return a share in percent with its interval, if it has one."""
    if score is None or score.value is None:
        return ""
    if score.low is None or score.high is None:
        return f"{score.value:.0%}"
    return share_text(Interval(score.value, score.low, score.high))


def _between(score: Score) -> str:
    return f"{signed(score.low or 0.0, 2)} to {signed(score.high or 0.0, 2)}"


def _name(score: Score) -> str:
    return printable((score.baseline or "").replace("-", " "))


def _parts(card: ScoreCard, name: str) -> Iterator[Score]:
    """Yield the forecasts' own score of each part."""
    return (each for each in card.scores if each.name == name and each.baseline is None)


def _beside(card: ScoreCard, score: Score, name: str) -> Score | None:
    """Return another score of the same part."""
    return card.find(name, scope=score.scope, part=score.part)


def _head(score: Score) -> tuple[str, str, str]:
    return part_text(score), f"{score.forecasts:,}", f"{score.cases:,}"


def _errors(score: Score | None) -> str:
    """Return a share in percent with its interval, if it has one: to a tenth, for errors are small."""
    if score is None or score.value is None:
        return ""
    interval = "" if score.low is None or score.high is None else f" ({100 * score.low:.1f} to {score.high:.1%})"
    return f"{score.value:.1%}{interval}"


def _decimals(score: Score | None) -> str:
    """Return a number with its interval, if it has one."""
    if score is None or score.value is None:
        return ""
    interval = "" if score.low is None or score.high is None else f" ({score.low:.3f} to {score.high:.3f})"
    return f"{score.value:.3f}{interval}"
