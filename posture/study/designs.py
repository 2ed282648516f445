"""Designs: which settings a study tries, as design points in order; the same design has the same points."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from math import isfinite, prod
from typing import TYPE_CHECKING, Literal, cast

import numpy as np

from posture.errors import ScenarioError
from posture.model.streams import stream_key
from posture.scenario.distributions import Floats
from posture.scenario.documents import parse_value
from posture.scenario.notation import ISO_DATE, NUMBER, PERCENT, describe

if TYPE_CHECKING:
    from posture.study.studies import DesignPoint

MOST_POINTS = 10_000
"""Design points that a design has at most unless more are asked for."""

MOST_VALUES = 1_000
"""Values of one factor."""

MORRIS_LEVELS = 4
"""Levels of a Morris design: Morris (1991) has four in every example, and SALib as its default."""

DIGITS = 12
"""Significant digits of a value reckoned between two ends: 0.1 + 0.2 is 0.3."""

PERCENT_DECIMALS = 9
"""Of a percentage: what a file can state."""

Scale = Literal["whole", "number", "percent", "date"]


@dataclass(frozen=True, slots=True)
class Factor:
    """What a study varies: values of a path one by one, or a range of it from `low` to `high`.

    Both ends of a range are of one kind: whole numbers (then only those between them), any numbers, percentages such
    as "12.5%", or dates as ISO text. Values are whatever `Scenario.vary` takes.

    Raises
    ------
    ValueError
        Neither values nor a range, or both; ends of two kinds, or not in order.
    """

    path: str
    values: tuple[object, ...] = ()
    low: object = None
    high: object = None

    def __post_init__(self) -> None:
        if not self.path or not all(self.path.split(".")):
            raise ValueError(f"found {describe(self.path)}, wanted a path such as contingents.alpha.personnel")
        if bool(self.values) == (self.low is not None or self.high is not None):
            raise ValueError(f"wanted values for '{self.path}', or a range from low to high, and not both")
        if len(self.values) > MOST_VALUES:
            raise ValueError(f"found {len(self.values)} values for '{self.path}', wanted at most {MOST_VALUES}")
        if not self.values and not _amount(self.low, self.scale) < _amount(self.high, self.scale):
            ends = f"{describe(self.low)} to {describe(self.high)}"
            raise ValueError(f"found the range {ends} for '{self.path}', wanted its lower end first")

    @property
    def scale(self) -> Scale:
        """What the ends of its range are.

        Raises
        ------
        ValueError
            They are of two kinds, or of none that has a between.
        """
        scales = [_scale(each) for each in (self.low, self.high)]
        if set(scales) == {"whole", "number"}:
            return "number"
        if scales[0] is None or scales[0] != scales[1]:
            ends = f"{describe(self.low)} to {describe(self.high)}"
            raise ValueError(f"found {ends} for '{self.path}', wanted two numbers, two percentages or two dates")
        return scales[0]

    @property
    def ends(self) -> tuple[float, float]:
        """The ends of its range as numbers: percentages from 0 to 100, dates as ordinals."""
        return _amount(self.low, self.scale), _amount(self.high, self.scale)

    def at(self, share: float) -> object:
        """Return the setting at a share of the way through it, from 0, the first, to 1, the last.

        Values, whole numbers and dates have equal parts of the way, so that a uniform share makes each as likely.
        """
        if self.values:
            return self.values[min(int(share * len(self.values)), len(self.values) - 1)]
        low, high = self.ends
        if self.scale in ("whole", "date"):
            return self.setting(min(low + int(share * (high - low + 1)), high))
        return self.setting(low + share * (high - low))

    def setting(self, amount: float) -> object:
        """Return a number on the scale of its range as the scenario takes it."""
        return _setting(amount, self.scale)


def _scale(end: object) -> Scale | None:
    if isinstance(end, str):
        if ISO_DATE.fullmatch(end):
            return "date"
        return "percent" if PERCENT.fullmatch(end) else None
    if isinstance(end, bool) or not isinstance(end, (int, float)) or not isfinite(end):
        return None
    return "whole" if isinstance(end, int) else "number"


def _amount(end: object, scale: Scale) -> float:
    if scale == "date":
        try:
            return float(date.fromisoformat(str(end)).toordinal())
        except ValueError as error:
            raise ValueError(f"found {describe(end)}, wanted a date of the calendar, YYYY-MM-DD") from error
    return float(str(end).rstrip("% "))


def _setting(amount: float, scale: Scale) -> object:
    if scale == "date":
        return date.fromordinal(round(amount)).isoformat()
    if scale == "whole":
        return round(amount)
    if scale == "percent":
        return f"{amount:.{PERCENT_DECIMALS}f}".rstrip("0").rstrip(".") + "%"
    return float(f"{amount:.{DIGITS}g}")


def parse_factor(text: str) -> Factor:
    """Read `path=a,b,c`, `path=low:high:n` or `path=low:high`: what `--vary` takes.

    Values are written as in a file; `null` takes away. `low:high:n` are n values in equal steps, both ends among them
    (dates to the nearest day); `low:high` is the range, of whole numbers alone if both ends are written as such.

    Raises
    ------
    ValueError
        It is none of these.
    """
    path, equals, written = text.partition("=")
    if not equals or not written.strip():
        raise ValueError(f"found {describe(text)}, wanted path=a,b,c or path=low:high:n")
    if ":" in written and not re.search(r"[\[{\"']", written):
        return _parse_range(path.strip(), written.strip())
    return Factor(path.strip(), _read_list(written))


def _read_list(written: str) -> tuple[object, ...]:
    try:
        values, _ = parse_value(f"[{written}]", file="--vary")
    except ScenarioError as error:
        raise ValueError(f"found {describe(written)}, wanted values with commas between them: {error}") from error
    if not isinstance(values, (list, tuple)):
        raise ValueError(f"found {describe(written)}, wanted values with commas between them")
    return tuple(values)


def _parse_range(path: str, written: str) -> Factor:
    low, high, *steps = (each.strip() for each in written.split(":"))
    if len(steps) > 1:
        raise ValueError(f"found {describe(written)} for '{path}', wanted low:high:n")
    factor = Factor(path, low=_read_end(low), high=_read_end(high))
    if steps:
        return Factor(path, evenly_spaced(factor, _read_count(steps[0], path)))
    if factor.scale == "whole" and factor.ends[1] - factor.ends[0] == 1:
        wanted = f"{low}.0:{high} for any number between, or {low},{high} for the two"
        raise ValueError(f"found {written} for '{path}', whole numbers with none between, wanted {wanted}")
    return factor


def _read_end(text: str) -> object:
    if PERCENT.fullmatch(text) or ISO_DATE.fullmatch(text):
        return text
    if not NUMBER.fullmatch(text):
        raise ValueError(f"found {describe(text)}, wanted a number, a percentage or a date at either end of a range")
    return int(text) if re.fullmatch(r"[-+]?\d+", text) else float(text)


def _read_count(text: str, path: str) -> int:
    if not re.fullmatch(r"\d{1,6}", text) or not 2 <= int(text) <= MOST_VALUES:
        raise ValueError(f"found {describe(text)} for '{path}', wanted low:high:n with n from 2 to {MOST_VALUES}")
    return int(text)


def evenly_spaced(factor: Factor, count: int) -> tuple[object, ...]:
    """Return values of a range in equal steps, both ends among them; dates to the nearest day, halves to the later.

    Raises
    ------
    ValueError
        There are fewer days in the range.
    """
    low, high = factor.ends
    amounts = [low + (high - low) * index / (count - 1) for index in range(count)]
    if factor.scale == "date":
        if count > high - low + 1:
            raise ValueError(
                f"found {count} values for '{factor.path}', wanted at most {int(high - low + 1)}, a day each"
            )
        amounts = [float(int(each + 0.5)) for each in amounts]
    if factor.scale == "whole":
        rounded = [cast("float", _setting(each, "number")) for each in amounts]
        return tuple(int(each) if each.is_integer() else each for each in rounded)
    return tuple(factor.setting(each) for each in amounts)


def grid(factors: Sequence[Factor], *, most: int = MOST_POINTS) -> tuple[DesignPoint, ...]:
    """Return every combination of the factors' values, the last factor changing fastest.

    Raises
    ------
    ValueError
        A factor is a range, or there are more than `most`.
    """
    values = [_listed(each) for each in factors]
    _refuse_many(prod(len(each) for each in values), most)
    return tuple(_point(factors, row) for row in product(*values))


def zipped(factors: Sequence[Factor], *, most: int = MOST_POINTS) -> tuple[DesignPoint, ...]:
    """Return the first values of all factors as a point, then the second ones, and so on.

    Raises
    ------
    ValueError
        A factor is a range, factors have unlike numbers of values, or there are more than `most`.
    """
    values = [_listed(each) for each in factors]
    if len({len(each) for each in values}) > 1:
        counts = ", ".join(f"{len(each)} for '{factor.path}'" for factor, each in zip(factors, values, strict=True))
        raise ValueError(f"found {counts}, wanted as many values for each")
    _refuse_many(len(values[0]) if values else 0, most)
    return tuple(_point(factors, row) for row in zip(*values, strict=True))


def _listed(factor: Factor) -> tuple[object, ...]:
    if not factor.values:
        ends = f"{factor.low}:{factor.high}"
        raise ValueError(
            f"found the range {ends} for '{factor.path}', wanted values: {ends}:n, or a design that samples"
        )
    return factor.values


def _refuse_many(count: int, most: int) -> None:
    if count > most:
        raise ValueError(
            f"found {count:,} design points, wanted at most {most:,}: fewer values, or a design that samples"
        )


def _point(factors: Sequence[Factor], row: Sequence[object]) -> DesignPoint:
    return dict(zip((each.path for each in factors), row, strict=True))


def points_at(factors: Sequence[Factor], shares: Floats) -> tuple[DesignPoint, ...]:
    """Return the design points at shares of the way through each factor, shape (points, factors), in [0, 1]."""
    return tuple(_point(factors, [each.at(share) for each, share in zip(factors, row, strict=True)]) for row in shares)


def latin_hypercube(dimensions: int, *, points: int, seed: int) -> Floats:
    """Return points of the unit cube of which each of `points` equal parts of every dimension holds one.

    McKay, Beckman and Conover (1979), "A comparison of three methods for selecting values of input variables in the
    analysis of output from a computer code", Technometrics 21(2).
    """
    from scipy.stats import qmc

    drawn: Floats = qmc.LatinHypercube(dimensions, rng=_seed_of(seed, "lhs")).random(points)
    return drawn


def sobol(dimensions: int, *, points: int, seed: int) -> Floats:
    """Return a scrambled Sobol' sequence, which fills the unit cube more evenly than chance.

    Owen (1998), "Scrambling Sobol' and Niederreiter-Xing points", Journal of Complexity 14(4).

    Raises
    ------
    ValueError
        The number of points is no power of 2: the sequence is balanced at those alone.
    """
    from scipy.stats import qmc

    if points & (points - 1):
        below = 1 << (points.bit_length() - 1)
        raise ValueError(f"found {points} points for a Sobol' design, wanted a power of 2: {below} or {2 * below}")
    drawn: Floats = qmc.Sobol(dimensions, scramble=True, rng=_seed_of(seed, "sobol")).random(points)
    return drawn


def morris(dimensions: int, *, points: int, seed: int) -> Floats:
    """Return trajectories of `dimensions` + 1 points, one factor changing at a time, on four levels from 0 to 1.

    Morris (1991), "Factorial sampling plans for preliminary computational experiments", Technometrics 33(2). As many
    whole trajectories as `points` has room for.

    Raises
    ------
    ValueError
        There is room for none, or SALib is not installed.
    """
    trajectories = points // (dimensions + 1)
    if not trajectories:
        raise ValueError(f"found {points} points for a Morris design, wanted {dimensions + 1} or more: one trajectory")
    try:
        from SALib.sample.morris import sample
    except ImportError as error:
        wanted = "the extra `sensitivity`: pip install 'posture[sensitivity]'"
        raise ValueError(f"found no SALib, which makes Morris designs, wanted {wanted}") from error
    names = [f"x{index}" for index in range(dimensions)]
    problem = {"num_vars": dimensions, "names": names, "bounds": [[0, 1]] * dimensions}
    drawn = sample(problem, trajectories, num_levels=MORRIS_LEVELS, seed=_seed_of(seed, "morris") % 2**32)
    return np.asarray(drawn, dtype=np.float64)


def _seed_of(seed: int, design: str) -> int:
    """Return a seed that a library takes, 0 or more, of a study's seed, any whole number."""
    return int(stream_key(seed, f"design.{design}")[0])


SAMPLED: Mapping[str, Callable[..., Floats]] = {"lhs": latin_hypercube, "sobol": sobol, "morris": morris}
"""Designs that sample the ranges of their factors, by the name that `--design` gives them."""

LISTED: Mapping[str, Callable[..., tuple[DesignPoint, ...]]] = {"grid": grid, "zip": zipped}
"""Designs that go through the values of their factors."""


def make_design(
    design: str,
    factors: Sequence[Factor],
    *,
    points: int | None = None,
    seed: int = 1,
    most: int = MOST_POINTS,
) -> tuple[DesignPoint, ...]:
    """Return the design points of a design, in order: the same for the same arguments.

    Parameters
    ----------
    design
        `grid` or `zip`, which go through the factors' values; `lhs`, `sobol` or `morris`, which sample.
    factors
        What varies, each path once.
    points
        How many, of a design that samples.
    seed
        Any whole number; no draw of a replication rests on it.
    most
        The most points there may be.

    Raises
    ------
    ValueError
        There is no such design, a path stands twice, or the design cannot be made of these factors.
    """
    paths = [each.path for each in factors]
    if not paths or len(set(paths)) < len(paths):
        raise ValueError(f"found {', '.join(paths) or 'nothing'} to vary, wanted one path or more, each once")
    if design in LISTED:
        if points is not None:
            raise ValueError(f"found {points} points for a {design}, which has as many as its factors' values make")
        return LISTED[design](factors, most=most)
    if design not in SAMPLED:
        raise ValueError(f"found design {describe(design)}, wanted one of {', '.join((*LISTED, *SAMPLED))}")
    if points is None or points < 1:
        raise ValueError(f"found {describe(points)} points for design '{design}', wanted 1 or more")
    _refuse_many(points, most)
    return points_at(factors, SAMPLED[design](len(factors), points=points, seed=seed))
