"""The tables that a plan is compiled into: ids to indices, uncertain numbers to values and uses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from posture.model.plan import ConditionPlan, Use, Value, Whole
from posture.scenario.conditions import LoadsCondition, StrengthCondition
from posture.scenario.distributions import Kind
from posture.scenario.findings import dotted
from posture.scenario.quantities import Expression, Plain, Quantity, in_order, kind_of
from posture.scenario.scenario_file import ScenarioFile
from posture.scenario.selections import Cell, cells_of


@dataclass(slots=True)
class Tables:
    """What a compiler fills while it walks the parts: every number once, in the order in which it is met."""

    file: ScenarioFile
    locations: list[str] = field(init=False)
    contingents: list[str] = field(init=False)
    regimes: list[str] = field(init=False)
    assumptions: tuple[tuple[str, Expression], ...] = field(init=False)
    kinds: dict[str, Kind] = field(default_factory=dict)
    values: dict[Value, int] = field(default_factory=dict)
    uses: dict[Use, int] = field(default_factory=dict)
    shares: list[tuple[Value, ...]] = field(default_factory=list)
    paces: dict[Value, int] = field(default_factory=dict)
    conditions: list[ConditionPlan] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.locations = sorted(self.file.locations)
        self.contingents = sorted(self.file.contingents)
        self.regimes = sorted(self.file.regimes.states) if self.file.regimes else []
        expressions = {name: each.value.expression for name, each in self.file.assumptions.items()}
        self.assumptions = tuple((name, expressions[name]) for name in in_order(expressions)[0])
        for name, expression in self.assumptions:
            self.kinds[name] = kind_of(expression, self.kinds)

    def value(self, quantity: Quantity, whole: Whole, *path: str) -> int:
        """Return the index of a value drawn once a replication, by its path."""
        value = Value(dotted(path), quantity.expression, whole)
        return self.values.setdefault(value, len(self.values))

    def value_or_none(self, quantity: Quantity | None, whole: Whole, *path: str) -> int | None:
        """Return the index of a value, or None where there is none."""
        return None if quantity is None else self.value(quantity, whole, *path)

    def pace(self, quantity: Quantity, *path: str) -> int:
        """Return the index of a pace."""
        return self.paces.setdefault(Value(dotted(path), quantity.expression, "count"), len(self.paces))

    def use(self, expression: Expression, whole: Whole, stream: str, *, chance: str = "") -> int:
        """Return the index of a number drawn at every use, by its stream."""
        use = Use(stream, expression, whole, chance)
        return self.uses.setdefault(use, len(self.uses))

    def use_or_none(self, quantity: Quantity | None, whole: Whole, stream: str) -> int | None:
        """Return the index of a use, or None where there is none."""
        return None if quantity is None else self.use(quantity.expression, whole, stream)

    def chance(self, quantity: Quantity | None, path: str, *, by: str, kind: str = "probability") -> int | None:
        """Return the index of a chance: the quantity at `path`.`kind`, decided by the uniforms of `path`.`by`."""
        if quantity is None:
            return None
        return self.use(quantity.expression, "chance", f"{path}.{kind}", chance=f"{path}.{by}")

    def point(self, stream: str) -> int:
        """Return the index of a point of a stream: 32 bits of its uniform."""
        return self.use(Plain(0.0), "point", stream)

    def weights(self, group: Sequence[tuple[str, Expression]]) -> int:
        """Return the index of a group of weights, each with its path."""
        self.shares.append(tuple(Value(path, expression, "millionths") for path, expression in group))
        return len(self.shares) - 1

    def cell(self, cell: Cell) -> int:
        """Return the number of a cell."""
        contingent, location = cell
        return self.contingents.index(contingent) * len(self.locations) + self.locations.index(location)

    def cells(self, of: Sequence[str] | None, at: Sequence[str] | None, *, loads: bool) -> tuple[int, ...]:
        """Return the cells of a selection that hold people, or those that hold loads."""
        return tuple(
            self.cell(cell)
            for cell in cells_of(self.file, of, at)
            if (self.file.contingents[cell[0]].loads is not None) == loads
        )

    def condition(self, part: StrengthCondition | LoadsCondition, *path: str) -> int:
        """Return the index of a condition on strength or loads."""
        at_most = part.at_most is not None
        limit = part.at_most if part.at_most is not None else part.at_least
        assert limit is not None, "refused by the checks"
        percent = kind_of(limit.expression, self.kinds) == "percent"
        index = self.value(limit, "millionths" if percent else "count", *path, "at_most" if at_most else "at_least")
        cells = self.cells(part.of, part.at, loads=isinstance(part, LoadsCondition))
        self.conditions.append(ConditionPlan(cells, index, percent, at_most))
        return len(self.conditions) - 1
