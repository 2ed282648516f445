"""Tables and sentences of what a milestone hangs on: chance or what is not known, and which assumptions of it."""

from __future__ import annotations

from collections.abc import Sequence

from posture.study.estimates import Interval
from posture.study.sensitivity import ElementaryEffect, Response, SobolIndex, VarianceSplit
from posture.study.unknowns import Sensitivity, clear_leaders
from posture.view.tables import Table, percent, signed

MOST_LEADERS = 5
"""Assumptions that a sentence names; of more it says how many."""

FEW_RARER, FEW_VALUES = 50, 30
"""Replications that came out the rarer way, and values tried, below which the interval of a split is not to be trusted.

Simulated, 8 replications each, beta-binomial, 2 to 30 % of the variance unknown: of 256 values the 95 % intervals held
the share in 87 to 97 % of cases with 200 or more the rarer way, 85 % with 60, 74 to 82 % with 20, 21 to 58 % with 5;
of 64, 32, 16 and 8 values, half of the replications either way, in 93, 90, 88 and 80 %.
"""

HEADINGS = {"split": "Unknown or chance", "sobol": "Sobol' indices", "morris": "Elementary effects (Morris)"}
"""What each table is called, by its method."""


def sensitivity_tables(found: Sensitivity) -> dict[str, Table]:
    """Return the table of each method that was asked for, by its heading."""
    tables: dict[str, Table] = {}
    if found.split is not None:
        tables[HEADINGS["split"]] = split_table(found.split)
    if found.indices is not None:
        tables[HEADINGS["sobol"]] = index_table(found.indices, replications=found.replications)
    if found.effects is not None:
        tables[HEADINGS["morris"]] = effect_table(found.effects, response=found.response)
    return tables


def split_table(split: VarianceSplit) -> Table:
    """Return the table of a variance split in two."""
    shares = ((split.variance_chance, split.chance, "chance"), (split.variance_unknown, split.unknown, "not known"))
    rows = tuple((name, f"{variance:.3g}", *percent(share)) for variance, share, name in shares if share is not None)
    notes = (
        f"By analysis of variance of {split.points:,} values of the assumptions, {split.replications:,} replications "
        "each; intervals resample the values.",
        "Not known is what stands under `assumptions`; a distribution written in place counts as chance, as events do.",
    )
    return Table(("from", "variance", "share", "95 % interval"), rows, (False, True, True, True), notes)


def index_table(indices: Sequence[SobolIndex], *, replications: int) -> Table:
    """Return the table of Sobol' indices, the largest total first."""
    rows = tuple((each.input, *_index(each.first), *_index(each.total)) for each in indices)
    columns = ("assumption", "first", "95 % interval", "total", "95 % interval")
    notes = (
        "First: the share of what is not known that is this assumption's alone; total: with all it interacts with.",
        f"Of the mean over the same {replications:,} replications at every point: fewer leave more of their chance in "
        "it. Below 0 is error of sampling.",
    )
    return Table(columns, rows, (False, True, True, True, True), notes if rows else ())


def effect_table(effects: Sequence[ElementaryEffect], *, response: Response) -> Table:
    """Return the table of elementary effects, the largest first: in percentage points of P(met), or in days late."""
    unit = effect_unit(response)
    rows = tuple(
        (each.input, *_size(each.size, response), *_mean(each.mean, response), _amount(each.spread, response))
        for each in effects
    )
    columns = ("assumption", f"size mu*, {unit}", "95 % interval", "mean mu", "95 % interval", "spread sigma")
    notes = (
        "What going from its least to its greatest value changes, others being anything: size without its sign, mean "
        "with it.",
        "Spread: above its size, the effect rests on the other assumptions, or turns about.",
    )
    return Table(columns, rows, (False, True, True, True, True, True), notes if rows else ())


def effect_unit(response: Response) -> str:
    """Return what effects are counted in."""
    return "points" if response == "met" else "days"


def effect_scale(response: Response) -> int:
    """Return how many of its units a response of 1 is: P(met) is shown in percentage points."""
    return 100 if response == "met" else 1


def _index(interval: Interval) -> tuple[str, str]:
    estimate, low, high = (f"{each:z.2f}" for each in (interval.estimate, interval.low, interval.high))
    return estimate, f"{low} to {high}"


def _amount(value: float, response: Response) -> str:
    return f"{effect_scale(response) * value:.1f}"


def _size(interval: Interval, response: Response) -> tuple[str, str]:
    ends = f"{_amount(interval.low, response)} to {_amount(interval.high, response)}"
    return _amount(interval.estimate, response), ends


def _mean(interval: Interval, response: Response) -> tuple[str, str]:
    scale = effect_scale(response)
    estimate, low, high = (signed(scale * each, 1) for each in (interval.estimate, interval.low, interval.high))
    return estimate, f"{low} to {high}"


def response_text(found: Sensitivity) -> str:
    """Return what the sensitivity is of, in words."""
    return found.milestone if found.response == "met" else f"the days late of {found.milestone}"


def sensitivity_sentences(found: Sensitivity) -> list[str]:
    """Return the answers in words: what chance makes, which assumptions are ahead, and where nothing can be said."""
    sentences = [split_sentence(found), _split_caution(found)]
    if found.indices is not None:
        totals = [(each.input, each.total) for each in found.indices]
        sentences.append(_ranking(found, totals, by="total index", points=found.points["sobol"]))
    if found.effects is not None:
        sizes = [(each.input, each.size) for each in found.effects]
        sentences.append(_ranking(found, sizes, by="size of effect", points=found.points["morris"]))
    return [each for each in sentences if each]


def split_sentence(found: Sensitivity) -> str:
    """Return what chance makes of the variance, and what is from what is not known; nothing if it was not asked."""
    split = found.split
    if split is None:
        return ""
    if split.unknown is None or split.chance is None:
        return f"There is no variance to split: {_constant(found)}."
    chance, unknown = (f"{share} ({interval})" for share, interval in map(percent, (split.chance, split.unknown)))
    return f"Chance makes {chance} of the variance of {response_text(found)}, what is not known {unknown}."


def split_doubt(found: Sensitivity) -> str:
    """Return why the interval of a split is not to be trusted: too little came out otherwise, or was tried; or nothing.

    What never varies has no interval.
    """
    split, rarer = found.split, found.rarer
    if split is None or split.unknown is None:
        return ""
    if rarer is not None and rarer < FEW_RARER:
        total = split.points * split.replications
        return f"only about {rarer:,} of {total:,} replications came out the rarer way"
    return f"only {split.points} values of the assumptions were tried" if split.points < FEW_VALUES else ""


def _split_caution(found: Sensitivity) -> str:
    """Return what keeps a split from telling: doubt about its interval, or a share on either side of a half."""
    if doubt := split_doubt(found):
        return f"Beware: {doubt}, too few for the intervals of these shares to hold."
    unknown = None if found.split is None else found.split.unknown
    if unknown is not None and unknown.low < 0.5 < unknown.high:
        return "Which of them is more is not settled: more points would tell."
    return ""


def _constant(found: Sensitivity) -> str:
    return f"{response_text(found)} came out the same in every replication"


def _ranking(found: Sensitivity, ranked: Sequence[tuple[str, Interval]], *, by: str, points: int) -> str:
    """Return which assumptions are ahead of all others, or that intervals are too wide to tell."""
    if not any(each.estimate for _, each in ranked):
        return f"Nothing to rank by {by}: no value tried of any assumption changed {response_text(found)}."
    if len(ranked) == 1:
        return ""
    leaders = clear_leaders(ranked)
    more = f"more points would tell, now {points:,}"
    if not leaders:
        return f"By {by} no assumption is ahead of all others: intervals are too wide to rank them, {more}."
    if len(leaders) > MOST_LEADERS:
        count = f"{len(leaders)} of {len(ranked)} assumptions are ahead of the others"
        return f"By {by} {count}; intervals are too wide to rank these: {more}."
    named = f"{' and '.join(part for part in (', '.join(leaders[:-1]), leaders[-1]) if part)}"
    rest = f"; intervals are too wide to rank these: {more}" if len(leaders) > 1 else ""
    return f"By {by} {named} {'is' if len(leaders) == 1 else 'are'} ahead of all other assumptions{rest}."
