"""The types of fields: names, dates, selections, and quantities with the units that fit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, TypeVar, cast

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from posture.scenario.distributions import LAWS
from posture.scenario.notation import ISO_DATE, NAME, QuantityError, describe, is_quantity, parse_expression
from posture.scenario.quantities import UNITS, Plain, Quantity

LARGEST_WEIGHT = 1e9

ALWAYS = "always"
"""The regime of a rate that holds in all of them."""

AT_TOUR_END = "at-tour-end"
"""The pace of a drawdown by units that are not replaced."""

PACES = {"early": 1 / 3, "even": 1.0, "late": 3.0}
"""Words for a pace: between two deadlines the share x of the time has done the share x ** pace."""

RESERVED = frozenset({*LAWS, *PACES, AT_TOUR_END, "all", "always", "here", "times", "of"})
"""Ids that would read as something else: distributions, paces, and `all`."""


def refuse(found: str, wanted: str, *, at: tuple[str | int, ...] = ()) -> PydanticCustomError:
    """Return the error that says what was found and what would do; `at` is the way inside the value."""
    return PydanticCustomError("posture", "{message}", {"message": f"found {found}, wanted {wanted}", "at": at})


def _check_name(raw: object) -> object:
    if not isinstance(raw, str) or not NAME.fullmatch(raw):
        raise refuse(describe(raw), "a name of letters, digits, - and _ (at most 64)")
    if raw in RESERVED:
        raise refuse(describe(raw), "another name: this one is a word of the language")
    return raw


def check_date(raw: object) -> date:
    """Return the date that ISO text names."""
    if isinstance(raw, str) and ISO_DATE.fullmatch(raw):
        try:
            return date.fromisoformat(raw)
        except ValueError:
            pass
    raise refuse(describe(raw), "a date of the calendar, YYYY-MM-DD")


def earliest(text: str) -> date:
    """Return the first day of a year, a month or a day.

    Raises
    ------
    ValueError
        The calendar has no such day.
    """
    return date.fromisoformat(text + "-01-01"[len(text) - 4 :])


def _check_vague_date(raw: object) -> str:
    text = str(raw)
    if re.fullmatch(r"\d{4}(-\d{2}){0,2}", text):
        try:
            earliest(text)
        except ValueError:
            pass
        else:
            return text
    raise refuse(describe(raw), "a date: YYYY, YYYY-MM or YYYY-MM-DD")


def one_or_more(raw: object) -> object:
    """Return one name as a list of it."""
    if not isinstance(raw, (str, tuple)):
        raise refuse(describe(raw), "a name or a list of names")
    return (raw,) if isinstance(raw, str) else raw


def each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return names of which none stands twice."""
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name in seen:
            raise refuse(f"{describe(name)} again", "each name once", at=(index,))
        seen.add(name)
    return names


def rates_of_one(raw: object) -> object:
    """Return one rate as that of every regime."""
    return raw if raw is None or (isinstance(raw, dict) and not is_quantity(raw)) else {ALWAYS: raw}


REF = "x-ref"
"""Stands for `$ref` until `schema` has put the shape of a quantity where it points."""

NAME_SCHEMA = {"type": "string", "pattern": f"^{NAME.pattern}$"}
NAMES_SCHEMA = {"anyOf": [NAME_SCHEMA, {"type": "array", "items": NAME_SCHEMA, "minItems": 1}]}

Name = Annotated[str, BeforeValidator(_check_name), WithJsonSchema(NAME_SCHEMA)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=100)]
IsoDate = Annotated[date, BeforeValidator(check_date), WithJsonSchema({"type": "string", "format": "date"})]
VagueDate = Annotated[str, BeforeValidator(_check_vague_date), WithJsonSchema({"type": ["string", "integer"]})]
Names = Annotated[
    tuple[Name, ...],
    BeforeValidator(one_or_more),
    AfterValidator(each_once),
    Field(min_length=1),
    WithJsonSchema(NAMES_SCHEMA),
]
Selection = Annotated[
    tuple[Label, ...],
    BeforeValidator(one_or_more),
    AfterValidator(each_once),
    Field(min_length=1),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}),
]

_PLAINS = {"type": ["number", "string"]}
QUANTITY_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"type": "number"},
        {"type": "string", "description": "the id of an assumption, a percentage or an ISO date"},
        *(
            {"type": "object", "properties": {law: body}, "required": [law], "additionalProperties": False}
            for law, body in {
                "uniform": {
                    "type": "array",
                    "items": _PLAINS,
                    "minItems": 2,
                    "maxItems": 2,
                    "description": "[low, high]",
                },
                "triangular": {
                    "type": "array",
                    "items": _PLAINS,
                    "minItems": 3,
                    "maxItems": 3,
                    "description": "[low, mode, high]",
                },
                "pert": {
                    "type": "array",
                    "items": _PLAINS,
                    "minItems": 3,
                    "maxItems": 3,
                    "description": "[low, mode, high]",
                },
                "normal": {
                    "type": "object",
                    "properties": {"mean": _PLAINS, "sd": _PLAINS},
                    "required": ["mean", "sd"],
                    "additionalProperties": False,
                    "description": "the bell curve, cut to the range that has a meaning",
                },
                "lognormal": {
                    "type": "object",
                    "properties": {"median": {"type": "number"}, "p90": {"type": "number"}},
                    "required": ["median", "p90"],
                    "additionalProperties": False,
                    "description": "by its median and 90th percentile",
                },
                "exponential": {"type": "number", "description": "the mean"},
                "poisson": {"type": "number", "description": "the mean"},
                "choice": {
                    "type": "object",
                    "additionalProperties": {"type": "number", "minimum": 0},
                    "description": "value: weight",
                },
                "empirical": {
                    "type": "array",
                    "items": _PLAINS,
                    "minItems": 1,
                    "description": "values seen, alike likely",
                },
            }.items()
        ),
        {
            "type": "object",
            "properties": {"times": {REF: "Quantity"}, "of": {REF: "Quantity"}},
            "required": ["times", "of"],
            "additionalProperties": False,
            "description": "one quantity scaled by another: a shared factor on a slip of its own",
        },
    ]
}
"""The shape of a quantity in the JSON Schema; `scenario.schema` puts it under `$defs`."""


@dataclass(frozen=True, slots=True)
class OrOneName:
    """Marks a mapping by id that may be written as one id alone, which stands for `{id: value}`."""

    value: object

    def widen(self, raw: object) -> object:
        """Return one name as the only key."""
        if not isinstance(raw, (str, dict)):
            raise refuse(describe(raw), "a name, or a mapping by name")
        return {raw: self.value} if isinstance(raw, str) else raw

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Widen before the mapping is validated."""
        return core_schema.no_info_before_validator_function(self.widen, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Admit the name beside the mapping."""
        return {"anyOf": [NAME_SCHEMA, handler(schema)]}


WEIGHT_OF_ONE = OrOneName(1)
ONLY_DESTINATION = OrOneName({})


@dataclass(frozen=True, slots=True)
class QuantityIn:
    """Marks a field as a quantity in one of `units`, within [low, high]; `words` are values it knows by name."""

    units: tuple[str, ...]
    low: float | None = None
    high: float | None = None
    above_low: bool = False
    words: tuple[tuple[str, float], ...] = ()

    def parse(self, raw: object) -> Quantity:
        """Turn what stands in the file into a quantity."""
        low = max(UNITS[unit][0] for unit in self.units) if self.low is None else self.low
        high = max(UNITS[unit][1] for unit in self.units) if self.high is None else self.high
        named = dict(self.words)
        if isinstance(raw, str) and raw in named:
            return Quantity(Plain(named[raw]), self.units, low, high, above_low=self.above_low)
        try:
            expression = parse_expression(raw, low=low, high=high)
        except QuantityError as error:
            wanted = ", ".join([*named, f"or {error.wanted}"]) if named and not error.at else error.wanted
            raise refuse(error.found, wanted, at=error.at) from error
        return Quantity(expression, self.units, low, high, above_low=self.above_low)

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        """Validate by `parse` alone."""
        return core_schema.no_info_plain_validator_function(self.parse)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Point at the one shape of a quantity, and say the unit."""
        units = "any unit" if len(self.units) == len(UNITS) else " or ".join(self.units)
        return {REF: "Quantity", "description": f"Unit: {units}."}


class PaceIn(QuantityIn):
    """Marks a field as a pace: a quantity, or the word for units that are not replaced."""

    def parse(self, raw: object) -> Quantity:
        """Let the word through; the rest is a quantity."""
        return cast("Quantity", raw) if raw == AT_TOUR_END else super().parse(raw)


class QuantityOfUnit(QuantityIn):
    """Marks a field as a quantity in the unit that the field `unit` before it states; its laws are cut to that."""

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        """Validate with the unit at hand; without one, in any unit."""
        return core_schema.with_info_plain_validator_function(self._parse_in_unit)

    def _parse_in_unit(self, raw: object, info: core_schema.ValidationInfo[Any]) -> Quantity:
        unit = info.data.get("unit")
        low, high = UNITS[unit] if unit else (-float("inf"), float("inf"))
        return QuantityIn((unit,) if unit else self.units, low, high).parse(raw)


Persons = Annotated[Quantity, QuantityIn(("persons",))]
Weight = Annotated[Quantity, QuantityIn(("persons", "share", "factor"), high=LARGEST_WEIGHT)]
Share = Annotated[Quantity, QuantityIn(("share",))]
Probability = Annotated[Quantity, QuantityIn(("probability",))]
Days = Annotated[Quantity, QuantityIn(("days",))]
Interval = Annotated[Quantity, QuantityIn(("days",), above_low=True)]
Count = Annotated[Quantity, QuantityIn(("factor", "persons", "loads"))]
Units = Annotated[Quantity, QuantityIn(("factor", "persons", "loads"), low=1)]
Factor = Annotated[Quantity, QuantityIn(("factor",))]
Loads = Annotated[Quantity, QuantityIn(("loads",))]
LoadSize = Annotated[Quantity, QuantityIn(("loads",), low=1)]
LoadLevel = Annotated[Quantity, QuantityIn(("loads", "percent"))]
Keep = Annotated[Quantity, QuantityIn(("persons", "loads"))]
Moved = Annotated[Quantity, QuantityIn(("persons",))]
ShiftDays = Annotated[Quantity, QuantityIn(("days",), low=-float("inf"))]
PerDay = Annotated[Quantity, QuantityIn(("per_day",))]
PerYear = Annotated[Quantity, QuantityIn(("per_year",))]
Start = Annotated[Quantity, QuantityIn(("date",))]
Level = Annotated[Quantity, QuantityIn(("persons", "loads", "percent"))]
SerialSize = Annotated[Quantity, QuantityIn(("persons",), low=1)]
Pace = Annotated[Quantity | Literal["at-tour-end"], PaceIn(("exponent",), above_low=True, words=tuple(PACES.items()))]
OfUnit = Annotated[Quantity, QuantityOfUnit(tuple(UNITS))]

Value = TypeVar("Value")


def not_empty(value: Mapping[str, Value]) -> Mapping[str, Value]:
    """Return a mapping that has entries."""
    if not value:
        raise refuse("an empty mapping", "at least one entry")
    return value
