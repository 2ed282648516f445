"""What the record of earlier drawdowns says of one drawdown more: a rule for each assumption that all share.

A rule sees rows of the cases that were kept, and no scenario. How it pools them stands in `posture.study.pooling`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from posture.study.pooling import (
    Predicted,
    back_loading,
    early_to_late,
    pooled_log_spread,
    predict_chance,
    predict_lognormal,
    predict_mean_wait,
    predict_rate,
)
from posture.study.precedents import Record, Row, days_between

SEATS_OF_A_TRUCK = 2
"""Persons; driver and mate."""

TERM_DAYS = 1461.0
"""Four years, a term of government: how long a reversal lasts where no case on record had one."""

DAYS_OF_A_YEAR = 365.25

STRAIGHT = 1.0
"""The exponent believed before any step is seen: a schedule names levels and dates, and bends neither way."""

AS_ANNOUNCED = 1.0
"""The friction believed before any exit is seen: it takes the time that was announced."""


@dataclass(frozen=True, slots=True)
class Derived:
    """One assumption of the shared part, as a file states it."""

    name: str
    meaning: str
    value: object
    unit: str
    source: tuple[str, ...]
    judgement: str

    def stated(self) -> dict[str, object]:
        """Return what a scenario file has under its name; no `source` where nothing on record is behind it."""
        source = self.source[0] if len(self.source) == 1 else list(self.source)
        stated: dict[str, object] = {"value": self.value, "unit": self.unit}
        return stated | ({"source": source} if source else {}) | {"judgement": self.judgement}


def _rounded(value: float) -> float | int:
    """Return a value to two significant digits: more would be nobody's knowledge."""
    short = float(f"{value:.2g}")
    return int(short) if short.is_integer() else short


def _lognormal(law: Predicted) -> dict[str, object]:
    return {"lognormal": {"median": _rounded(law.median), "p90": _rounded(law.p90)}}


def _sources(rows: Iterable[Row]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for row in rows for each in row["source"].split("|") if each))


def _by_case(rows: Iterable[Row], value: Callable[[Row], float]) -> dict[str, list[float]]:
    groups: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        groups[row["case"]].append(value(row))
    return dict(groups)


def _shown(groups: Mapping[str, Iterable[float]]) -> str:
    """Return the values of each case in words."""

    def word(value: float) -> str:
        return f"{value:.0f}" if value >= 100 else f"{value:.3g}"

    return "; ".join(f"{case} {', '.join(word(each) for each in group)}" for case, group in groups.items())


def _of_cases(count: int, thing: str, cases: int) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'} in {cases} case{'' if cases == 1 else 's'}"


def exponents(record: Record) -> dict[str, list[float]]:
    """Return the exponent of every step whose levels were published, by case."""
    steps: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in record.levels:
        steps[row["case"], row["step"]].append(row)
    groups: dict[str, list[float]] = defaultdict(list)
    for (case, _), rows in steps.items():
        length = days_between(rows[0]["date"], rows[-1]["date"])
        levels = [float(row["level"]) for row in rows]
        times = [days_between(rows[0]["date"], row["date"]) / length for row in rows]
        groups[case].append(back_loading(times, [(levels[0] - each) / (levels[0] - levels[-1]) for each in levels]))
    return dict(groups)


def _back_loading(record: Record) -> Derived:
    groups = exponents(record)
    return Derived(
        "back-loading",
        "the share done at share x of the time is x to this power; 1 is a straight line",
        _lognormal(predict_lognormal(groups, scale=early_to_late(), believed=STRAIGHT)),
        "exponent",
        _sources(record.levels),
        f"{_of_cases(sum(map(len, groups.values())), 'step', len(groups))}, from the area under the published levels: "
        f"{_shown(groups)}; of one more case, with a straight line believed before any was seen",
    )


def _planning_margin(record: Record) -> Derived:
    rows = [
        row
        for row in record.targets
        if row["scope"] == "national" and row["status"] == "met" and row["precision"] != "month"
    ]
    groups = _by_case(rows, lambda row: days_between(row["achieved_on"], row["deadline"]))
    mean = predict_mean_wait(groups)
    return Derived(
        "planning-margin",
        "days before a date that planners aim at",
        {"exponential": _rounded(mean)},
        "days",
        _sources(rows),
        f"days early of {_of_cases(len(rows), 'national target', len(groups))} met on a known day: {_shown(groups)}; "
        "their mean, larger by the case more that is foreseen",
    )


def _frictions(record: Record) -> dict[str, list[float]]:
    return _by_case(
        [row for row in record.sites if row["expected_on"]],
        lambda row: (
            days_between(row["announced_on"], row["handed_over_on"])
            / days_between(row["announced_on"], row["expected_on"])
        ),
    )


def _friction(record: Record) -> Derived:
    groups = _frictions(record)
    return Derived(
        "friction",
        "one factor on every slip of lift in a replication, so that they do not cancel",
        _lognormal(predict_lognormal(groups, scale=typical_spread(record), believed=AS_ANNOUNCED)),
        "factor",
        _sources(row for row in record.sites if row["expected_on"]),
        f"time taken over time announced, {_of_cases(sum(map(len, groups.values())), 'exit', len(groups))}: "
        f"{_shown(groups)}",
    )


def _tour_days(record: Record) -> Derived:
    rows = [{**row, "source": row["tour_source"]} for row in record.cases if row["tour_days"]]
    counts = Counter(row["tour_days"] for row in rows)
    return Derived(
        "tour-days",
        "from a unit's arrival to its end of tour",
        {"choice": dict(sorted(counts.items()))},
        "days",
        _sources(rows),
        f"the Army's tour in {len(rows)} cases: twelve months until 2012, nine since; a weight a case",
    )


def _site_handover(record: Record) -> Derived:
    rows = [row for row in record.sites if row["flag_days"]]
    groups = _by_case(rows, lambda row: float(row["flag_days"]))
    return Derived(
        "site-handover",
        "from the last to leave to the host's flag",
        {"exponential": _rounded(predict_mean_wait(groups))},
        "days",
        _sources(rows),
        f"{_of_cases(len(rows), 'site', len(groups))}: {_shown(groups)}; within the day is taken for half of one",
    )


def _review_gaps(record: Record) -> dict[str, list[float]]:
    """Return the days between the decisions of each case, those of one day taken once."""
    days: dict[str, set[str]] = defaultdict(set)
    for row in record.decisions:
        days[row["case"]].add(row["announced_on"])
    ordered = {case: sorted(each) for case, each in days.items() if len(each) > 1}
    return {case: [days_between(a, b) for a, b in pairwise(each)] for case, each in ordered.items()}


def _review_law(record: Record) -> Predicted:
    return predict_lognormal(_review_gaps(record), scale=typical_spread(record))


def _review_days(record: Record) -> Derived:
    groups = _review_gaps(record)
    return Derived(
        "review-days",
        "between two looks of a government at its plan",
        _lognormal(_review_law(record)),
        "days",
        _sources(row for row in record.decisions if row["case"] in groups),
        f"days between announcements on one drawdown, {_of_cases(sum(map(len, groups.values())), 'gap', len(groups))}: "
        f"{_shown(groups)}",
    )


def _conditions_met(record: Record) -> Derived:
    rows = [row for row in record.decisions if row["effect"] == "go-ahead"]
    interval = _review_law(record).median
    reviews = sum(1 + round(float(row["days"]) / interval) for row in rows)
    law = predict_chance(len(rows), reviews)
    value = {"uniform": [0, 1]} if law is None else {"pert": [_rounded(each) for each in law]}
    gave = "no step on record hung on conditions, so any chance is as good as another"
    if rows:
        gave = (
            f"{_of_cases(len(rows), 'step', len(rows))} hung on conditions, {reviews} reviews of "
            f"{_rounded(interval)} days until the word was given: "
            f"Beta({len(rows) + 0.5:g}, {reviews - len(rows) + 0.5:g})"
        )
    return Derived(
        "conditions-met", "at each review of a step agreed under conditions", value, "probability", _sources(rows), gave
    )


def _rate(name: str, effect: str, meaning: str) -> Callable[[Record], Derived]:
    def derived(record: Record) -> Derived:
        rows = [row for row in record.decisions if row["effect"] == effect]
        years = {row["case"]: days_between(row["ordered_on"], row["ended_on"]) / DAYS_OF_A_YEAR for row in record.cases}
        counts = Counter(row["case"] for row in rows)
        named = f" ({', '.join(counts)})" if counts else ""
        return Derived(
            name,
            meaning,
            _lognormal(predict_rate(counts, years)),
            "per_year",
            _sources(rows) or _sources(record.cases),
            f"{len(rows)} in {sum(years.values()):.1f} years of {len(years)} cases{named}, and half an event more, as "
            "nobody knows that what came once in that time comes once in that time",
        )

    return derived


def _delays(record: Record) -> list[Row]:
    return [row for row in record.decisions if row["effect"] in ("hold", "postponement")]


def _delay(name: str, meaning: str) -> Callable[[Record], Derived]:
    def derived(record: Record) -> Derived:
        groups = _by_case(_delays(record), lambda row: float(row["days"]))
        law = predict_lognormal(groups, scale=typical_spread(record))
        said = _of_cases(sum(map(len, groups.values())), "delay", len(groups))
        judgement = f"{said}, holds and postponements alike as each is too rare alone: {_shown(groups)}"
        return Derived(name, meaning, _lognormal(law), "days", _sources(_delays(record)), judgement)

    return derived


def _reversal_days(record: Record) -> Derived:
    rows = [row for row in record.decisions if row["effect"] == "reversal"]
    groups = _by_case(rows, lambda row: float(row["days"]))
    law = predict_lognormal(groups or {"term": [TERM_DAYS]}, scale=typical_spread(record))
    said = "none on record: a term of government, the next may order anew"
    if rows:
        said = f"{_of_cases(len(rows), 'reversal', len(groups))}, still in force when last heard of: {_shown(groups)}"
    return Derived(
        "reversal-days",
        "until the order may be given anew",
        _lognormal(law),
        "days",
        _sources(rows) or _sources(record.cases),
        said,
    )


def typical_spread(record: Record) -> float:
    """Return how far the logarithms of two durations of one kind differ on record, whatever the kind."""
    kinds: dict[str, list[float]] = defaultdict(list)
    for row in record.durations:
        kinds[row["kind"]].append(float(row["days"]))
    kinds["delay"] = [float(row["days"]) for row in _delays(record)]
    kinds["friction"] = [each for group in _frictions(record).values() for each in group]
    kinds["gap"] = [each for group in _review_gaps(record).values() for each in group]
    return pooled_log_spread(list(kinds.values()))


def three_points(rows: Iterable[Row]) -> tuple[float, float, float]:
    """Return low, typical and high of a figure of lift; where one was not published, a factor of two from the next.

    Raises
    ------
    ValueError
        None was published.
    """
    stated = {row["point"]: float(row["value"]) for row in rows}
    if not stated:
        raise ValueError("found no figure of lift, wanted one at least")
    low, typical, high = (stated.get(point) for point in ("low", "typical", "high"))
    if typical is None:
        typical = low * 2 if low is not None else (high or 0) / 2
    return low if low is not None else typical / 2, typical, high if high is not None else typical * 2


def _lift(name: str, quantity: str, unit: str, meaning: str, *, times: int = 1) -> Callable[[Record], Derived]:
    def derived(record: Record) -> Derived:
        rows = [row for row in record.lift if row["quantity"] == quantity]
        law: dict[str, object] = {"triangular": [_rounded(each * times) for each in three_points(rows)]}
        value = {"times": "friction", "of": law} if unit == "days" else law
        each = "; ".join(f"{row['value']} {row['unit']}: {row['note']}" for row in rows)
        counted = f", {times} seats each" if times > 1 else ""
        return Derived(name, meaning, value, unit, _sources(rows), f"{each}{counted}")

    return derived


RULES: tuple[Callable[[Record], Derived], ...] = (
    _back_loading,
    _planning_margin,
    _friction,
    _tour_days,
    _site_handover,
    _conditions_met,
    _review_days,
    _rate("policy-hold-rate", "hold", "departures stop for a time: an election, a coalition to be formed, a bad month"),
    _delay("policy-hold-days", "how long they stop"),
    _rate("postponement-rate", "postponement", "a new and later date for everything still to come"),
    _delay("postponement-days", "how much later it is"),
    _rate("reversal-rate", "reversal", "the order is taken back: who is still there stays"),
    _reversal_days,
    _lift("convoy-seats", "convoy-trucks", "persons", "of one serial by road", times=SEATS_OF_A_TRUCK),
    _lift("convoy-cycle", "convoy-round-trip", "days", "loading, way and way back by road"),
    _lift("aircraft-seats", "c130-seats", "persons", "of one serial by air"),
)
"""One rule an assumption, in the order of the file."""


def derive(record: Record) -> tuple[Derived, ...]:
    """Return every assumption of the shared part, in the order of the file."""
    return tuple(rule(record) for rule in RULES)
