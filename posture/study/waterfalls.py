"""Waterfalls: the change of P(met) between two scenarios, split over the overrides that separate them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from math import factorial

import numpy as np
import numpy.typing as npt

from posture.errors import ScenarioError
from posture.model.compiling import compile_plan
from posture.model.plan import Plan
from posture.scenario.findings import did_you_mean, dotted
from posture.scenario.scenario import Scenario
from posture.study.estimates import Interval, estimate_share
from posture.study.pairing import estimate_difference, met_in
from posture.study.runs import DEFAULT_REPLICATIONS, DEFAULT_SEED, run_scenario

Settings = Mapping[str, object]
"""Values by dotted path, as `Scenario.vary` takes them."""

Group = tuple[str, ...]
"""Names of overrides that are laid over together."""

Met = npt.NDArray[np.float64]
"""Whether a milestone was met, 1 or 0, by replication."""

MOST_SHARED = 5
"""Groups of overrides that Shapley shares are reckoned for: 2^5 runs."""


@dataclass(frozen=True, slots=True)
class WaterfallPart:
    """One group of overrides: what it changes alone, and its Shapley share of the whole change (None: not reckoned)."""

    overrides: Group
    change: Interval
    shapley: Interval | None


@dataclass(frozen=True, slots=True)
class Waterfall:
    """How P(met) of a milestone comes from a base to another scenario.

    `parts` are the groups of overrides, what alone changes most first; `interaction` is the whole `change` less
    `sum_of_parts`, in the same replications. `without_effect` are overrides that change nothing a run reads.
    """

    milestone: str
    label: str
    replications: int
    seed: int
    base: Interval
    other: Interval
    change: Interval
    parts: tuple[WaterfallPart, ...]
    sum_of_parts: Interval
    interaction: Interval
    without_effect: Group


@dataclass(frozen=True)
class Split:
    """Overrides as groups each of which makes a valid scenario of the base.

    An override that is not valid alone goes with the fewest others, left out one by one from the last, that make it
    so; groups that share one are one. What changes nothing that a run reads is laid over the base for good.
    """

    base: Scenario
    overrides: Mapping[str, Settings]
    groups: tuple[Group, ...]
    without_effect: Group

    def scenario(self, groups: Iterable[int]) -> Scenario:
        """Return the base with some groups laid over it.

        Raises
        ------
        ScenarioError
            They make no valid scenario together.
        """
        chosen = {name for index in groups for name in self.groups[index]}
        return _laid_over(self.base, self.overrides, {*chosen, *self.without_effect})

    @cached_property
    def coalitions(self) -> dict[frozenset[int], Scenario]:
        """The scenarios to run: none of the groups, each alone, all; every subset where Shapley shares are reckoned."""
        count = len(self.groups)
        needed = [(), *((index,) for index in range(count)), tuple(range(count))]
        scenarios = {frozenset(each): self.scenario(each) for each in needed}
        if count > MOST_SHARED:
            return scenarios
        subsets = (frozenset(each) for size in range(2, count) for each in combinations(range(count), size))
        try:
            return scenarios | {each: self.scenario(each) for each in subsets}
        except ScenarioError:  # valid alone and all together, not in part: there is no order to share by
            return scenarios


def settings_apart(settings: Settings) -> dict[str, Settings]:
    """Return settings, such as a variant's, as overrides of one path each."""
    return {path: {path: value} for path, value in settings.items()}


def variant_overrides(scenario: Scenario, name: str) -> dict[str, Settings]:
    """Return the settings of a variant as overrides of one path each.

    Raises
    ------
    ScenarioError
        There is no such variant, or it is not valid.
    """
    scenario.variant(name)
    return settings_apart(scenario.parts.variants[name].set)


def overrides_between(base: Scenario, other: Scenario) -> dict[str, Settings]:
    """Return what turns a scenario into another, an override for each entry that differs, such as `lift.convoy`."""
    entries: dict[str, dict[str, object]] = {}
    for each in base.diff(other):
        entries.setdefault(dotted(each.path[:2]), {})[dotted(each.path)] = each.after
    return dict(entries)


def split_overrides(base: Scenario, overrides: Mapping[str, Settings]) -> Split:
    """Group overrides so that each group makes a valid scenario of the base; see `Split`.

    Raises
    ------
    ScenarioError
        All of them together make no valid scenario.
    ValueError
        There are none, or two set the same path.
    """
    paths = [path for settings in overrides.values() for path in settings]
    if not overrides or len(set(paths)) < len(paths):
        raise ValueError("found no overrides, or one path in two of them, wanted one or more, each with its own paths")
    _laid_over(base, overrides, overrides)
    idle = _without_effect(base, overrides)
    ground = _laid_over(base, overrides, idle)
    rest = {name: each for name, each in overrides.items() if name not in idle}
    return Split(base, overrides, _groups(ground, rest), idle)


def _laid_over(base: Scenario, overrides: Mapping[str, Settings], names: Iterable[str]) -> Scenario:
    """Return the base with the overrides named, in the order of `overrides`."""
    chosen = set(names)
    return base.vary({path: value for name in overrides if name in chosen for path, value in overrides[name].items()})


def _is_valid(base: Scenario, overrides: Mapping[str, Settings], names: Iterable[str]) -> bool:
    try:
        _laid_over(base, overrides, names)
    except ScenarioError:
        return False
    return True


def _without_effect(base: Scenario, overrides: Mapping[str, Settings]) -> Group:
    """Return the overrides that leave the plan as it is: titles, sources and what cites them, what is observed."""
    plan, idle, before = _nameless(base), list[str](), -1
    while len(idle) > before:  # again: what cites a source is valid once the source is there
        before = len(idle)
        for name in (each for each in overrides if each not in idle):
            if (
                _is_valid(base, overrides, [*idle, name])
                and _nameless(_laid_over(base, overrides, [*idle, name])) == plan
            ):
                idle.append(name)
    return tuple(name for name in overrides if name in idle)


def _nameless(scenario: Scenario) -> Plan:
    return replace(compile_plan(scenario), name="")


def _groups(base: Scenario, overrides: Mapping[str, Settings]) -> tuple[Group, ...]:
    """Return the groups in the order of their first overrides."""
    groups: list[set[str]] = []
    for name in overrides:
        joined = {name} if _is_valid(base, overrides, [name]) else _fewest_with(name, base, overrides)
        touching = [each for each in groups if not each.isdisjoint(joined)]
        groups = [each for each in groups if each.isdisjoint(joined)] + [joined.union(*touching)]
    if not all(_is_valid(base, overrides, each) for each in groups):
        groups = [set(overrides)]
    ordered = (tuple(name for name in overrides if name in each) for each in groups)
    order = list(overrides)
    return tuple(sorted(ordered, key=lambda each: order.index(each[0])))


def _fewest_with(name: str, base: Scenario, overrides: Mapping[str, Settings]) -> set[str]:
    """Return overrides that are valid with `name`, none of which can be left out."""
    kept = list(overrides)
    for each in reversed(list(overrides)):
        fewer = [other for other in kept if other != each]
        if each != name and _is_valid(base, overrides, fewer):
            kept = fewer
    return set(kept)


def run_waterfall(
    base: Scenario,
    overrides: Mapping[str, Settings],
    *,
    milestone: str,
    replications: int = DEFAULT_REPLICATIONS,
    seed: int = DEFAULT_SEED,
    executor: Executor | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Waterfall:
    """Split the change of P(met) between a scenario and another over the overrides that separate them.

    Parameters
    ----------
    base
        Where it starts from.
    overrides
        Settings by name: of `settings_apart`, `variant_overrides` or `overrides_between`.
    milestone
        Whose P(met).
    replications, seed, executor, progress
        As of `run_scenario`, for each of `split_overrides(base, overrides).coalitions`, under common draws.

    Raises
    ------
    ScenarioError, ValueError
        See `split_overrides`; the milestone is not in every scenario to run.
    PlanError, StudyError
        See `run_scenario`.

    Notes
    -----
    y is 1 where the milestone is met, else 0. A part is y_i - y_base, its overrides alone; the interaction is
    (y_all - y_base) - sum(y_i - y_base), in each replication; both with the interval of `estimate_difference`. The
    interaction is 0 where overrides add up, below 0 where one alone is enough, above 0 where it takes several.
    Shapley (1953), "A value for n-person games": the mean change by a group over all orders of laying them over.
    """
    split = split_overrides(base, overrides)
    for each in split.coalitions.values():
        if milestone not in each.parts.asked:
            near = did_you_mean(milestone, each.parts.asked)
            raise ValueError(f"found no milestone '{milestone}' in every scenario of the waterfall{near}")
    met = {}
    for key, each in split.coalitions.items():
        run = run_scenario(each, replications=replications, seed=seed, executor=executor, progress=progress)
        met[key] = met_in(run, milestone)
    label = base.parts.milestones[milestone].title or milestone
    return _waterfall(split, met, milestone=milestone, label=label, seed=seed)


def _waterfall(split: Split, met: Mapping[frozenset[int], Met], *, milestone: str, label: str, seed: int) -> Waterfall:
    """Return the waterfall of what was met, by the groups laid over."""
    count = len(split.groups)
    base, other = met[frozenset()], met[frozenset(range(count))]
    alone = [met[frozenset([index])] - base for index in range(count)]
    total: Met = sum(alone, np.zeros(len(base)))
    shared = len(met) == 2**count
    parts = [
        WaterfallPart(group, estimate_difference(alone[i]), estimate_difference(_shapley(met, i)) if shared else None)
        for i, group in enumerate(split.groups)
    ]
    return Waterfall(
        milestone=milestone,
        label=label,
        replications=len(base),
        seed=seed,
        base=estimate_share(int(base.sum()), len(base)),
        other=estimate_share(int(other.sum()), len(base)),
        change=estimate_difference(other - base),
        parts=tuple(sorted(parts, key=lambda each: -abs(each.change.estimate))),
        sum_of_parts=estimate_difference(total, most=count),
        interaction=estimate_difference(other - base - total, most=count + 1),
        without_effect=split.without_effect,
    )


def _shapley(met: Mapping[frozenset[int], Met], index: int) -> Met:
    """Return the Shapley share of a group by replication: exact, from every subset of the groups."""
    count = max(len(each) for each in met)
    share: Met = np.zeros(len(met[frozenset()]))
    for without in (each for each in met if index not in each):
        weight = factorial(len(without)) * factorial(count - len(without) - 1) / factorial(count)
        share += weight * (met[without | {index}] - met[without])
    return share


def waterfall_rows(waterfall: Waterfall) -> list[dict[str, object]]:
    """Return a waterfall as plain values, for JSON and CSV: the base, each part alone, the interaction, the other."""
    rows: list[tuple[str, str, Interval]] = [("base", "", waterfall.base)]
    rows += [("part", ", ".join(each.overrides), each.change) for each in waterfall.parts]
    rows += [("interaction", "", waterfall.interaction), ("change", "", waterfall.change)]
    rows.append(("other", "", waterfall.other))
    return [
        {"what": what, "overrides": overrides, "estimate": each.estimate, "low": each.low, "high": each.high}
        for what, overrides, each in rows
    ]
