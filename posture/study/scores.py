"""Forecasts scored against what was counted and against baselines: overall, by case and by lead."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from posture.study.estimates import Interval, estimate_share, quantile_of
from posture.study.forecasts import REFERENCE_CLASS, MilestoneForecast, StrengthForecast
from posture.study.skills import (
    BIN_EDGES,
    Estimate,
    Floats,
    bin_of,
    estimate_brier_parts,
    estimate_mean,
    estimate_plain_mean,
    estimate_skill,
)

LEAD_STARTS = (0, 30, 60, 120, 240)
"""First day of each bin of leads; the last is open."""

BANDS = (50, 80, 90)
"""Central bands whose coverage is counted, percent."""

PIT_BINS = 10
OUTER_EXPECTED = 2 / PIT_BINS
"""Of the mass in the first and the last bin of PIT, for a calibrated forecaster; more: its bands are too narrow."""

BEST_SIMPLE = "best-simple"
"""In place of a baseline's name: of those that are simple and foretold all the same, that of the least mean score."""

ALL = "all"


@dataclass(frozen=True, slots=True)
class Score:
    """One number about a set of forecasts, with its interval.

    `value` and both ends are None as in `posture.study.skills.Estimate`.
    """

    scope: str
    """`all`, `case` or `lead`."""
    part: str
    """`all`, a case, or a bin of leads in days, such as `30-59`."""
    name: str
    baseline: str | None
    """Whose score it is, or what a skill is measured against; None: the forecasts' own."""
    value: float | None
    low: float | None
    high: float | None
    forecasts: int
    cases: int
    chosen: str | None = None
    """Which baseline was the best of the simple ones."""


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """The forecasts of a milestone with probabilities from `low` to `high`, and how many of them came true."""

    scope: str
    part: str
    low: float
    high: float
    forecast: float
    """The mean probability."""
    observed: Interval
    """Share met, with its Wilson interval, each forecast an independent trial."""
    forecasts: int
    cases: int


@dataclass(frozen=True, slots=True)
class ScoreCard:
    """All scores of a set of forecasts, ready for a tidy frame.

    Of strength, errors as shares of the strength at the start: `crps`, the mean over cases of the mean in each, and
    `crps-plain`, the mean over forecasts; each also of the baselines; `crps-skill`; `coverage-50` and so on, the share
    of counts inside the central band, with Wilson's interval, which takes each forecast for an independent trial, and
    `coverage-50-by-case`, the mean over cases; `pit-01` to `pit-10`, the shares of the histogram, and `pit-outer`, the
    first and the last of them together. Of milestones: `brier`, `brier-plain`, `brier-skill`, and the parts of the
    plain one, `brier-reliability`, `brier-resolution`, `brier-uncertainty` and `brier-within`. Intervals other than
    Wilson's are by bootstrap over cases.
    """

    scores: tuple[Score, ...]
    reliability: tuple[ReliabilityBin, ...]
    unscored: int
    """Forecasts of strength left out: one bound alone was published."""

    def rows(self) -> list[dict[str, object]]:
        """Return the scores as plain values, a row each."""
        return [asdict(each) for each in self.scores]

    def find(self, name: str, *, scope: str = ALL, part: str = ALL, baseline: str | None = None) -> Score | None:
        """Return one score, or None if there is nothing that it could be of."""
        wanted = (scope, part, name, baseline)
        return next((each for each in self.scores if (each.scope, each.part, each.name, each.baseline) == wanted), None)


@dataclass(frozen=True, slots=True, eq=False)
class _Sheet:
    """Forecasts of one kind as columns, a row each; a baseline that did not foretell has nan there."""

    name: str
    cases: npt.NDArray[np.str_]
    leads: npt.NDArray[np.int64]
    own: Floats
    against: Mapping[str, Floats]
    rest: Mapping[str, Floats]

    def take(self, rows: npt.NDArray[np.bool_]) -> _Sheet:
        """Return some of the rows."""
        against, rest = ({name: each[rows] for name, each in found.items()} for found in (self.against, self.rest))
        return _Sheet(self.name, self.cases[rows], self.leads[rows], self.own[rows], against, rest)


def crps(samples: npt.ArrayLike, observed: float) -> float:
    """Return the continuous ranked probability score of an ensemble, in its unit: 0 is best.

    Parameters
    ----------
    samples
        Members, shape (members,), in any order; of one member the score is its absolute error.
    observed
        What came.

    Raises
    ------
    ValueError
        There is no member, or one is no number.

    Notes
    -----
    E|X - y| - E|X - X'| / 2 of the empirical distribution: Gneiting and Raftery (2007), "Strictly proper scoring rules,
    prediction, and estimation", JASA 102(477), equation 21; as one sum over the sorted members: Jordan, Krueger and
    Lerch (2019), "Evaluating probabilistic forecasts with scoringRules", J. Statistical Software 90(12). The fair score
    (Ferro 2014), which takes members for a sample of a larger ensemble, is not used: what was issued is what is scored,
    and it is not defined for a point forecast, of which some baselines consist. An ensemble of n members is charged
    E|X - X'| / 2n more than one without end.
    """
    members = np.sort(np.asarray(samples, dtype=np.float64))
    if members.ndim != 1 or not members.size or not np.isfinite(members).all():
        raise ValueError(f"found members of shape {members.shape}, wanted one or more finite numbers in a row")
    ranks = np.arange(1, members.size + 1) - 0.5
    return float(2 * np.sum((members - observed) * ((observed < members) - ranks / members.size)) / members.size)


def is_covered(samples: npt.NDArray[np.int64], observed: float, *, percent: float) -> bool:
    """Return whether what came is in the central band of an ensemble, between order statistics, ends included.

    Parameters
    ----------
    samples
        Members, shape (members,).
    percent
        How much of the ensemble the band holds, in (0, 100).
    """
    members, outside = samples.tolist(), (1 - percent / 100) / 2
    low, high = (quantile_of(members, share) for share in (outside, 1 - outside))
    return low is not None and high is not None and low <= observed <= high


def pit_masses(samples: npt.NDArray[np.int64], observed: float, *, bins: int = PIT_BINS) -> Floats:
    """Return how one forecast's probability integral transform spreads over bins of equal width, shape (bins,).

    Notes
    -----
    Not randomised: Czado, Gneiting and Held (2009), "Predictive model assessment for count data", Biometrics 65(4),
    spread evenly from the probability below what came to that up to it. Of n members the n + 1 places among them are
    equally likely if it is one of them, and ties share their places: Hamill (2001), "Interpretation of rank histograms
    for verifying ensemble forecasts", Monthly Weather Review 129(3). So the mean is flat at any number of members.
    """
    places = samples.size + 1
    low = np.count_nonzero(samples < observed) / places
    high = (np.count_nonzero(samples <= observed) + 1) / places
    return np.diff(np.clip((np.linspace(0, 1, bins + 1) - low) / (high - low), 0, 1))


def brier(forecast: float, *, met: bool) -> float:
    """Return the Brier score of a probability: its squared error, 0 is best.

    Raises
    ------
    ValueError
        The probability is not in [0, 1].

    Notes
    -----
    Brier (1950), "Verification of forecasts expressed in terms of probability", Monthly Weather Review 78(1).
    """
    if not 0 <= forecast <= 1:
        raise ValueError(f"found the probability {forecast:g}, wanted one from 0 to 1")
    return (forecast - met) ** 2


def score_forecasts(strengths: Sequence[StrengthForecast], milestones: Sequence[MilestoneForecast]) -> ScoreCard:
    """Return the scores of forecasts overall, by case and by lead; a part without forecasts has none.

    Raises
    ------
    ValueError
        A forecast of a day before it was made, a scale that is not positive, an empty ensemble, no probability.
    """
    counted = [(each, count) for each in strengths if (count := each.counted) is not None]
    strength = _strength_sheet(counted)
    milestone = _milestone_sheet(milestones)
    scores = [
        each
        for sheet, score in ((strength, _score_strengths), (milestone, _score_milestones))
        for scope, part, rows in _parts(sheet)
        for each in score(rows, scope, part)
    ]
    bins = [each for scope, part, rows in _parts(milestone) for each in _reliability(rows, scope, part)]
    return ScoreCard(tuple(scores), tuple(bins), len(strengths) - len(counted))


def _strength_sheet(counted: Sequence[tuple[StrengthForecast, float]]) -> _Sheet:
    """Return the forecasts of strength, each with what was counted, as columns."""
    for each, _ in counted:
        if not each.scale > 0:
            raise ValueError(f"found a scale of {each.scale:g} persons for {each.case}, wanted more than 0")
    pairs = [
        (crps(each.samples, count) / each.scale, {k: crps(v, count) / each.scale for k, v in each.baselines.items()})
        for each, count in counted
    ]
    covered = {
        _covered(percent): np.array(
            [is_covered(each.samples, count, percent=percent) for each, count in counted], dtype=np.float64
        )
        for percent in BANDS
    }
    masses = np.array([pit_masses(each.samples, count) for each, count in counted]).reshape(-1, PIT_BINS)
    return _sheet("crps", [each for each, _ in counted], pairs, {**covered, "pit": masses})


def _milestone_sheet(milestones: Sequence[MilestoneForecast]) -> _Sheet:
    """Return the forecasts of milestones as columns."""
    pairs = [
        (brier(each.p_met.estimate, met=each.met), {k: brier(p, met=each.met) for k, p in each.baselines.items()})
        for each in milestones
    ]
    rest = {"p": [each.p_met.estimate for each in milestones], "met": [each.met for each in milestones]}
    return _sheet("brier", milestones, pairs, {name: np.array(found, dtype=np.float64) for name, found in rest.items()})


def _sheet(
    name: str,
    forecasts: Sequence[StrengthForecast] | Sequence[MilestoneForecast],
    pairs: Sequence[tuple[float, Mapping[str, float]]],
    rest: Mapping[str, Floats],
) -> _Sheet:
    """Return forecasts as columns; each pair has the score of one and those of its baselines."""
    for each in forecasts:
        if each.lead < 0:
            raise ValueError(
                f"found a forecast for {each.case} as of {each.as_of}, {-each.lead} days too late to be one"
            )
    names = sorted({baseline for _, found in pairs for baseline in found})
    return _Sheet(
        name,
        np.array([each.case for each in forecasts], dtype=np.str_),
        np.array([each.lead for each in forecasts], dtype=np.int64),
        np.array([own for own, _ in pairs], dtype=np.float64),
        {each: np.array([found.get(each, np.nan) for _, found in pairs], dtype=np.float64) for each in names},
        rest,
    )


def _parts(sheet: _Sheet) -> Iterator[tuple[str, str, _Sheet]]:
    """Yield the whole, each case and each bin of leads that has forecasts: scope, part and its rows."""
    if sheet.own.size:
        yield ALL, ALL, sheet
    for case in sorted(set(sheet.cases.tolist())):
        yield "case", case, sheet.take(sheet.cases == case)
    bins = np.searchsorted(LEAD_STARTS, sheet.leads, side="right") - 1
    for index in sorted(set(bins.tolist())):
        yield "lead", lead_bins()[index], sheet.take(bins == index)


def lead_bins() -> tuple[str, ...]:
    """Return the names of the bins of leads, in days, the shortest first."""
    bounded = [f"{first}-{after - 1}" for first, after in pairwise(LEAD_STARTS)]
    return (*bounded, f"{LEAD_STARTS[-1]}+")


def _scorer(sheet: _Sheet, scope: str, part: str) -> Callable[..., Score]:
    """Return what makes a score of an estimate over some rows of a part; all of them unless told."""

    def score(
        name: str,
        found: Estimate,
        *,
        baseline: str | None = None,
        rows: npt.NDArray[np.bool_] | None = None,
        chosen: str | None = None,
    ) -> Score:
        cases = sheet.cases if rows is None else sheet.cases[rows]
        count, of = cases.size, len(set(cases.tolist()))
        return Score(scope, part, name, baseline, found.value, found.low, found.high, count, of, chosen)

    return score


def _means(sheet: _Sheet, scope: str, part: str) -> Iterator[Score]:
    """Yield both means of the forecasts and of each baseline where it has some, and the skills against them."""
    score, name = _scorer(sheet, scope, part), sheet.name
    for baseline, values in ((None, sheet.own), *sheet.against.items()):
        rows = ~np.isnan(values)
        if rows.any():
            column, cases = values[rows, None], sheet.cases[rows].tolist()
            yield score(name, estimate_mean(column, cases=cases)[0], baseline=baseline, rows=rows)
            yield score(f"{name}-plain", estimate_plain_mean(column, cases=cases)[0], baseline=baseline, rows=rows)
            if baseline is not None:
                skill = estimate_skill(sheet.own[rows], against=column, cases=cases)
                yield score(f"{name}-skill", skill, baseline=baseline, rows=rows)
    yield from _best_simple(sheet, scope, part)


def _best_simple(sheet: _Sheet, scope: str, part: str) -> Iterator[Score]:
    """Yield the skill against the best of the simple baselines that foretold all of a part, if there is one."""
    simple = {k: each for k, each in sheet.against.items() if k != REFERENCE_CLASS and not np.isnan(each).any()}
    if simple:
        cases, columns = sheet.cases.tolist(), np.column_stack(list(simple.values()))
        means = [each.value for each in estimate_mean(columns, cases=cases)]
        skill = estimate_skill(sheet.own, against=columns, cases=cases)
        chosen = list(simple)[int(np.argmin(np.array(means, dtype=np.float64)))]
        yield _scorer(sheet, scope, part)(f"{sheet.name}-skill", skill, baseline=BEST_SIMPLE, chosen=chosen)


def _score_strengths(sheet: _Sheet, scope: str, part: str) -> Iterator[Score]:
    """Yield the scores of one part of the forecasts of strength."""
    score, cases = _scorer(sheet, scope, part), sheet.cases.tolist()
    yield from _means(sheet, scope, part)
    for percent in BANDS:
        covered = sheet.rest[_covered(percent)]
        share = estimate_share(int(covered.sum()), covered.size)
        yield score(_covered(percent), Estimate(share.estimate, share.low, share.high))
        yield score(f"{_covered(percent)}-by-case", estimate_mean(covered[:, None], cases=cases)[0])
    masses = sheet.rest["pit"]
    for index, found in enumerate(estimate_mean(masses, cases=cases)):
        yield score(pit_name(index), found)
    yield score("pit-outer", estimate_mean(masses[:, [0]] + masses[:, [-1]], cases=cases)[0])


def _covered(percent: int) -> str:
    return f"coverage-{percent}"


def pit_name(index: int) -> str:
    """Return the name of the score that holds a bin of the histogram of PIT, the first having index 0."""
    return f"pit-{index + 1:02d}"


def _score_milestones(sheet: _Sheet, scope: str, part: str) -> Iterator[Score]:
    """Yield the scores of one part of the forecasts of milestones."""
    yield from _means(sheet, scope, part)
    score = _scorer(sheet, scope, part)
    parts = estimate_brier_parts(sheet.rest["p"], met=sheet.rest["met"], cases=sheet.cases.tolist())
    for name, found in parts.items():
        yield score(f"brier-{name}", found)


def _reliability(sheet: _Sheet, scope: str, part: str) -> Iterator[ReliabilityBin]:
    """Yield the bins of probability that one part of the forecasts of milestones is in."""
    bins = bin_of(sheet.rest["p"])
    for index in sorted(set(bins.tolist())):
        rows = sheet.take(bins == index)
        forecast, met = rows.rest["p"], rows.rest["met"]
        yield ReliabilityBin(
            scope,
            part,
            low=BIN_EDGES[index],
            high=BIN_EDGES[index + 1],
            forecast=float(forecast.mean()),
            observed=estimate_share(int(met.sum()), met.size),
            forecasts=met.size,
            cases=len(set(rows.cases.tolist())),
        )
