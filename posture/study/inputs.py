"""What varies, as numbers: the inputs of a study's design points and of a run's replications."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import prod
from typing import Literal

import numpy as np
import numpy.typing as npt

from posture.scenario.distributions import Floats
from posture.scenario.notation import ISO_DATE, PERCENT
from posture.scenario.scenario_file import ScenarioFile
from posture.study.assumptions import assumption_values
from posture.study.runs import Run
from posture.study.studies import Study
from posture.study.sweeps import varied_paths

Whole = npt.NDArray[np.int64]

InputKind = Literal["number", "percent", "date", "category"]


@dataclass(frozen=True, slots=True)
class Input:
    """One thing that varies: an assumption or a path, and what its numbers mean.

    Of a `percent` they are 0 to 100, of a `date` ordinals of the calendar, of a `category` positions in `categories`.
    """

    name: str
    label: str
    unit: str
    kind: InputKind
    categories: tuple[object, ...] = ()
    """Settings in the order in which the design has them first; None: as the scenario has it."""


@dataclass(frozen=True, slots=True)
class InputTable:
    """Inputs with the value of each in each row, shape (rows, inputs)."""

    inputs: tuple[Input, ...]
    values: Floats

    def column(self, name: str) -> Floats:
        """Return the values of one input by its name."""
        (index,) = (index for index, each in enumerate(self.inputs) if each.name == name)
        return self.values[:, index]


def varied_inputs(study: Study) -> InputTable:
    """Return what a study varies, a row a design point."""
    pairs = [_numbered(path, [each.get(path) for each in study.points], study) for path in varied_paths(study)]
    return _table(pairs, rows=len(study.points))


def assumed_inputs(run: Run) -> InputTable:
    """Return the assumptions that a run rests on, as they were drawn, a row a replication."""
    drawn = assumption_values(run.plan, seed=run.seed, replications=run.replications)
    pairs = []
    for name, column in drawn.items():
        one = _assumed(str(name), run.scenario.parts)
        values = column.to_numpy(dtype=np.float64)
        pairs.append((one, values + run.plan.origin.toordinal() if one.kind == "date" else values))
    return _table(pairs, rows=run.replications)


def distinct_inputs(table: InputTable) -> tuple[InputTable, tuple[tuple[str, str], ...]]:
    """Return the inputs that vary, each once, and those that go wholly with an earlier one, with that one's name.

    Two go wholly together if one rises wherever the other does, or falls: they order the rows alike.
    """
    kept: dict[int, Whole] = {}
    left_out = []
    for index, one in enumerate(table.inputs):
        order = np.unique(table.values[:, index], return_inverse=True)[1]
        if not order.any():
            continue
        alike = (each for each, known in kept.items() if _goes_with(known, order))
        twin = next(alike, None)
        if twin is None:
            kept[index] = order
        else:
            left_out.append((one.name, table.inputs[twin].name))
    return InputTable(tuple(table.inputs[index] for index in kept), table.values[:, list(kept)]), tuple(left_out)


def _goes_with(one: Whole, other: Whole) -> bool:
    return np.array_equal(one, other) or np.array_equal(one, other.max() - other)


def is_grid(table: InputTable) -> bool:
    """Tell whether the rows are every combination of the inputs' values."""
    counts = [len(np.unique(column)) for column in table.values.T]
    return bool(counts) and len(np.unique(table.values, axis=0)) == prod(counts)


def _table(pairs: Sequence[tuple[Input, Floats]], *, rows: int) -> InputTable:
    columns = [column for _, column in pairs]
    return InputTable(tuple(one for one, _ in pairs), np.stack(columns, axis=1) if columns else np.empty((rows, 0)))


def _assumed(name: str, parts: ScenarioFile) -> Input:
    part = parts.assumptions[name]
    kinds: dict[str, InputKind] = {"percent": "percent", "date": "date"}
    return Input(name, part.title or name, part.unit, kinds.get(part.unit, "number"))


def _numbered(path: str, settings: Sequence[object], study: Study) -> tuple[Input, Floats]:
    """Return one path as an input, and its settings as numbers."""
    kind = _kind_of(settings)
    one = Input(path, path, "percent" if kind == "percent" else "", kind)
    whole = path.split(".")
    if whole[0] == "assumptions" and whole[2:] == ["value"] and whole[1] in study.scenario.parts.assumptions:
        known = _assumed(whole[1], study.scenario.parts)
        one = Input(path, known.label, known.unit, kind)
    if kind == "category":
        seen = list(dict.fromkeys(map(repr, settings)))
        categories = [next(each for each in settings if repr(each) == text) for text in seen]
        one = Input(path, one.label, one.unit, kind, tuple(categories))
        return one, np.array([float(seen.index(repr(each))) for each in settings])
    return one, np.array([_number(each, kind) for each in settings])


def _kind_of(settings: Sequence[object]) -> InputKind:
    if all(isinstance(each, (int, float)) and not isinstance(each, bool) for each in settings):
        return "number"
    if all(isinstance(each, str) and PERCENT.fullmatch(each) for each in settings):
        return "percent"
    return "date" if all(isinstance(each, str) and ISO_DATE.fullmatch(each) for each in settings) else "category"


def _number(setting: object, kind: InputKind) -> float:
    if kind == "date":
        return float(date.fromisoformat(str(setting)).toordinal())
    return float(str(setting).rstrip("% "))
