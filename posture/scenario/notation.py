"""How quantities are written: from what stands in a file to an expression, and back to words."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any, cast

import numpy as np

from posture.scenario.distributions import LAWS, Choice, Distribution, Kind
from posture.scenario.quantities import Expression, Plain, Quantity, Reference, Scaled

LARGEST = 1e12
"""Numbers beyond this have no meaning in any unit (a trillion persons, days, ...)."""

NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,62}[A-Za-z0-9])?")
PERCENT = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)\s?%")
NUMBER = re.compile(r"[-+]?[\d_]*\.?[\d_]+([eE][-+]?\d+)?")
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")

LISTS = {"uniform": 2, "triangular": 3, "pert": 3}
DATELESS = ("lognormal", "exponential", "poisson")
"""Laws that start at 0."""

WIDEST = 1_000_000
"""The greatest ratio of a 90th percentile to its median."""

NAMED = {"normal": ("mean", "sd"), "lognormal": ("median", "p90")}


class QuantityError(ValueError):
    """What is wrong with a quantity: where inside it, what was found, what would do."""

    def __init__(self, found: str, wanted: str, *, at: tuple[str | int, ...] = ()) -> None:
        super().__init__(f"found {found}, wanted {wanted}")
        self.found, self.wanted, self.at = found, wanted, at


def is_quantity(node: object) -> bool:
    """Tell whether a mapping of the file is one quantity, to be replaced whole and never merged."""
    if not isinstance(node, dict):
        return False
    return set(node) == {"times", "of"} or (len(node) == 1 and next(iter(node)) in LAWS)


def parse_expression(raw: object, *, low: float, high: float) -> Expression:
    """Turn what stands in the file into an expression; unbounded laws are cut to [low, high].

    Raises
    ------
    QuantityError
        The text is no number, percentage, date, name or distribution, or a distribution is inverted.
    """
    if isinstance(raw, bool) or raw is None:
        raise QuantityError(describe(raw), "a number, the id of an assumption or a distribution")
    if isinstance(raw, (int, float, str)):
        return _parse_scalar(raw)
    if isinstance(raw, dict):
        return _parse_mapping(cast("dict[str, Any]", raw), low=low, high=high)
    raise QuantityError(describe(raw), "a number, the id of an assumption or a distribution such as {uniform: [1, 2]}")


def _parse_scalar(raw: float | str) -> Plain | Reference:
    if not isinstance(raw, str):
        if not abs(raw) <= LARGEST:
            raise QuantityError(describe(raw), "a number up to a million millions")
        return Plain(float(raw))
    if match := PERCENT.fullmatch(raw):
        return Plain(float(match[1]) / 100, "percent")
    if ISO_DATE.fullmatch(raw):
        return Plain(float(_ordinal(raw)), "date")
    if NUMBER.fullmatch(raw):
        raise QuantityError(describe(raw), "a number: digits, without quotes")
    if NAME.fullmatch(raw):
        return Reference(raw)
    raise QuantityError(describe(raw), "a number, a percentage, a date, the id of an assumption or a distribution")


def _ordinal(text: str) -> int:
    try:
        return date.fromisoformat(text).toordinal()
    except ValueError as error:
        raise QuantityError(describe(text), "a date of the calendar, YYYY-MM-DD") from error


def _parse_mapping(raw: dict[str, Any], *, low: float, high: float) -> Expression:
    if set(raw) == {"times", "of"}:
        times = _inside(raw, "times", low=0.0, high=np.inf)
        return Scaled(times, _inside(raw, "of", low=low, high=high))
    if len(raw) != 1 or next(iter(raw)) not in LAWS:
        wanted = f"one of {', '.join(LAWS)}, or times with of"
        raise QuantityError("the keys " + ", ".join(sorted(raw)[:5]) if raw else "an empty mapping", wanted)
    ((law, body),) = raw.items()
    try:
        return _parse_law(law, body, low=low, high=high)
    except QuantityError as error:
        raise QuantityError(error.found, error.wanted, at=(law, *error.at)) from error


def _inside(raw: dict[str, Any], key: str, *, low: float, high: float) -> Expression:
    try:
        return parse_expression(raw[key], low=low, high=high)
    except QuantityError as error:
        raise QuantityError(error.found, error.wanted, at=(key, *error.at)) from error


def _parse_law(law: str, body: object, *, low: float, high: float) -> Distribution:
    if law == "choice":
        return _parse_choice(body)
    plains, kind = _parse_parameters(law, body)
    if law == "empirical":
        plains = tuple(sorted(plains))
    _refuse_senseless(law, plains, low=low, high=high)
    cut = law in ("normal", "lognormal", "exponential", "poisson")
    return replace(LAWS[law](plains, kind), low=low, high=high) if cut else LAWS[law](plains, kind)


def _parse_parameters(law: str, body: object) -> tuple[tuple[float, ...], Kind]:
    if law in NAMED:
        names = NAMED[law]
        if not isinstance(body, dict) or set(body) != set(names):
            raise QuantityError(describe(body), f"{{{names[0]}: ..., {names[1]}: ...}}")
        items: list[tuple[str | int | None, object]] = [(name, body[name]) for name in names]
    elif law in ("exponential", "poisson"):
        items = [(None, body)]
    else:
        wanted = LISTS.get(law)
        if not isinstance(body, (list, tuple)) or (wanted and len(body) != wanted) or not body:
            raise QuantityError(describe(body), f"a list of {wanted} values" if wanted else "a list of values")
        items = list(enumerate(body))
    plains = [_parse_plain(value, at=() if key is None else (key,)) for key, value in items]
    kinds = [each.kind for each in plains]
    spread_in_days = law == "normal" and kinds == ["date", "number"]
    if len(set(kinds)) > 1 and not spread_in_days:
        raise QuantityError("a mixture of numbers, percentages or dates", "parameters all of one kind")
    if kinds[0] == "date" and law in DATELESS:
        raise QuantityError("a date", f"numbers: {law} starts at 0")
    return tuple(each.value for each in plains), kinds[0]


def _parse_plain(raw: object, *, at: tuple[str | int, ...]) -> Plain:
    if isinstance(raw, bool) or not isinstance(raw, (int, float, str)):
        raise QuantityError(describe(raw), "a number, a percentage or a date", at=at)
    plain = _parse_scalar(raw)
    if isinstance(plain, Reference):
        raise QuantityError(describe(raw), "a number, a percentage or a date", at=at)
    return plain


def _refuse_senseless(law: str, parameters: tuple[float, ...], *, low: float, high: float) -> None:
    if law in LISTS and list(parameters) != sorted(parameters):
        order = "low <= high" if law == "uniform" else "low <= mode <= high"
        raise QuantityError(describe_numbers(parameters), f"values in the order {order}")
    if law == "normal" and not parameters[1] > 0:
        raise QuantityError(f"sd {parameters[1]:g}", "a standard deviation above 0")
    if law == "normal" and not (low - 8 * parameters[1] < parameters[0] < high + 8 * parameters[1]):
        raise QuantityError(f"mean {parameters[0]:g}", f"a mean within reach of {low:g} to {high:g}")
    if law == "lognormal" and not 0 < parameters[0] <= parameters[1] <= WIDEST * parameters[0]:
        raise QuantityError(describe_numbers(parameters), f"0 < median <= p90, at most {WIDEST:,} times the median")
    if law in ("exponential", "poisson") and not parameters[0] > 0:
        raise QuantityError(f"{parameters[0]:g}", "a mean above 0")
    if law in DATELESS and not low <= parameters[0] <= high:
        what = "median" if law == "lognormal" else "mean"
        raise QuantityError(f"{what} {parameters[0]:g}", f"a {what} from {max(low, 0):g} to {high:g}")


def _parse_choice(body: object) -> Choice:
    if not isinstance(body, dict) or not body:
        raise QuantityError(describe(body), "values with weights, such as {30: 1, 60: 2}")
    pairs = []
    for key, weight in body.items():
        value = _parse_plain(_number_or_text(key), at=(key,))
        if isinstance(weight, bool) or not isinstance(weight, (int, float)) or not 0 <= weight <= LARGEST:
            raise QuantityError(describe(weight), "a weight, 0 or more", at=(key,))
        pairs.append((value.value, float(weight), value.kind))
    if len({kind for _, _, kind in pairs}) > 1:
        raise QuantityError("a mixture of numbers, percentages or dates", "values all of one kind")
    if not any(weight for _, weight, _ in pairs):
        raise QuantityError("weights that are all 0", "at least one weight above 0")
    pairs.sort()
    return Choice(tuple(p[0] for p in pairs), pairs[0][2], weights=tuple(p[1] for p in pairs))


def _number_or_text(key: str) -> float | str:
    try:
        return float(key) if re.fullmatch(r"-?\d{1,15}(\.\d{1,15})?", key) else key
    except ValueError:  # pragma: no cover - the pattern admits only what float() reads
        return key


def describe(value: object) -> str:
    """Say what was found, short and printable."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return repr(value if len(value) <= 40 else value[:37] + "...")
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, (list, tuple)):
        return f"a list of {len(value)}"
    text = f"{value}"
    return text if len(text) <= 40 else text[:37] + "..."


def describe_numbers(values: tuple[float, ...]) -> str:
    """Say a few numbers in a row."""
    return "[" + ", ".join(f"{value:g}" for value in values) + "]"


def number(value: float, kind: Kind) -> str:
    """Return a value as its file would write it."""
    if kind == "date":
        within = 1 <= value <= date.max.toordinal()
        return date.fromordinal(round(value)).isoformat() if within else f"day {value:g} of the calendar"
    if kind == "percent":
        return f"{value * 100:g}%"
    return f"{value:,.0f}" if value == round(value) and abs(value) < 1e9 else f"{value:,.6g}"


def words(quantity: Quantity | Expression | str | None, *, none: str = "-") -> str:
    """Return a quantity in one line, such as `pert(0.2, 0.4, 0.7)` or `friction x 20`."""
    if quantity is None or isinstance(quantity, str):
        return quantity or none
    expression = quantity.expression if isinstance(quantity, Quantity) else quantity
    if isinstance(expression, Plain):
        return number(expression.value, expression.kind)
    if isinstance(expression, Reference):
        return expression.assumption
    if isinstance(expression, Scaled):
        return f"{words(expression.times)} x {words(expression.of)}"
    return _law(expression)


def _law(distribution: Distribution) -> str:
    name = next(key for key, law in LAWS.items() if type(distribution) is law)
    dated = name == "normal" and distribution.kind == "date"
    kinds: list[Kind] = ["date", "number"] if dated else [distribution.kind] * len(distribution.parameters)
    values = [number(each, kind) for each, kind in zip(distribution.parameters, kinds, strict=True)]
    if name in NAMED:
        values = [f"{key} {value}" for key, value in zip(NAMED[name], values, strict=True)]
    if isinstance(distribution, Choice):
        values = [f"{value}: {weight:g}" for value, weight in zip(values, distribution.weights, strict=True)]
    return f"{name}({', '.join(values)})"
