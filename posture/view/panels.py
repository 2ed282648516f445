"""Which strengths the figure of a run shows: one panel a selection that a milestone or an observation asks of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from posture.model.plan import MilestonePlan
from posture.scenario.notation import words
from posture.scenario.observed import Observation
from posture.scenario.scenario import Scenario
from posture.scenario.scenario_file import ScenarioFile
from posture.scenario.selections import Cell, cells_of
from posture.study.runs import Run

MOST_PANELS = 9

Names = tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Target:
    """A milestone on the strength of a panel: due when, how many at most or at least, in words and persons."""

    milestone: str
    first: date
    due: date
    at_most: bool
    persons: float | None
    words: str


@dataclass(slots=True)
class Panel:
    """One selection with everything known of it."""

    of: Names
    at: Names
    title: str
    targets: list[Target] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)


def choose_panels(run: Run, *, start: Sequence[float]) -> list[Panel]:
    """Return the panels of a run: the whole first, then what milestones ask of, then what was observed.

    Parameters
    ----------
    start
        The median strength at the start, persons, of each selection in `selections(run.scenario)`.
    """
    scenario = run.scenario
    panels: dict[frozenset[Cell], Panel] = {}
    at_start = {_key(scenario.parts, *each): persons for each, persons in zip(selections(scenario), start, strict=True)}
    plans = {each.id: each for each in run.plan.milestones}
    panels[_key(scenario.parts, None, None)] = Panel(None, None, "All who are counted")
    for name, milestone in sorted(scenario.parts.milestones.items(), key=lambda each: (plans[each[0]].due, each[0])):
        if milestone.strength is not None:
            key = _key(scenario.parts, milestone.strength.of, milestone.strength.at)
            panel = panels.setdefault(key, _panel(scenario.parts, milestone.strength.of, milestone.strength.at))
            panel.targets.append(_target(scenario, plans[name], at_start[key]))
    observed = scenario.observations()
    for name, part in sorted(scenario.parts.observed.strength.items()):
        panel = panels.setdefault(_key(scenario.parts, part.of, part.at), _panel(scenario.parts, part.of, part.at))
        panel.observations.extend(observed[name])
    return list(panels.values())[:MOST_PANELS]


def selections(scenario: Scenario) -> list[tuple[Names, Names]]:
    """Return every selection a panel may show: the whole, those of milestones, those observed."""
    asked = [each.strength for each in scenario.parts.milestones.values() if each.strength is not None]
    seen = scenario.parts.observed.strength.values()
    return [(None, None), *((each.of, each.at) for each in asked), *((each.of, each.at) for each in seen)]


def _key(file: ScenarioFile, of: Names, at: Names) -> frozenset[Cell]:
    return frozenset(cells_of(file, of, at))


def _panel(file: ScenarioFile, of: Names, at: Names) -> Panel:
    who = ", ".join(of) if of else "All"
    places = [file.locations[each].name or each if each in file.locations else each for each in at or ()]
    return Panel(of, at, f"{who}: {', '.join(places)}" if places else who)


def _target(scenario: Scenario, plan: MilestonePlan, at_start: float) -> Target:
    part = scenario.parts.milestones[plan.id]
    assert part.strength is not None, "asked of a milestone on strength"
    limit = part.strength.at_most if part.strength.at_most is not None else part.strength.at_least
    plain = None if limit is None else limit.plain
    percent = limit is not None and limit.plain is not None and "%" in words(limit)
    return Target(
        milestone=plan.label,
        first=part.throughout[0] if part.throughout else plan.due,
        due=plan.due,
        at_most=part.strength.at_most is not None,
        persons=plain * at_start if percent and plain is not None else plain,
        words=f"{'at most' if part.strength.at_most is not None else 'at least'} {words(limit)}",
    )
