"""Everything one scenario states, and what may be laid over it."""

from __future__ import annotations

import typing
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from posture.scenario.events import Event, Regimes
from posture.scenario.fields import IsoDate, Name, Text, not_empty, refuse
from posture.scenario.findings import Path
from posture.scenario.notation import describe
from posture.scenario.part import Entry, Part
from posture.scenario.parts import Assumption, Contingent, Lift, Location, Source, Station
from posture.scenario.plans import Phase
from posture.scenario.questions import AsOf, Milestone, Observed


class Revision(Entry):
    """What was announced later: laid over the file from that day on."""

    announced: IsoDate
    """The day it became known."""
    set: dict[str, Any]
    """Values by path; a mapping merges by id, null removes."""


class Variant(Entry):
    """Another version of the scenario, applied only when asked for."""

    set: dict[str, Any]
    """Values by path; a mapping merges by id, null removes."""


def _check_version(raw: object) -> object:
    if raw is True or raw != 1:
        raise refuse(describe(raw), "1, the version of the language")
    return raw


class ScenarioFile(Part):
    """Everything one scenario states, after what it extends was merged in."""

    posture: Annotated[int, BeforeValidator(_check_version), WithJsonSchema({"const": 1})]
    """The version of the language: 1."""
    name: Text
    """What the scenario is about, in a line."""
    start: IsoDate
    """The day the run starts; strengths hold at its 00:00."""
    end: IsoDate
    """The last day of the run."""
    sources: dict[Name, Source] = Field(default_factory=dict)
    """What was published, by id."""
    assumptions: dict[Name, Assumption] = Field(default_factory=dict)
    """What is not known, by id: shared drivers, and the axes of sweeps."""
    locations: Annotated[dict[Name, Location], AfterValidator(not_empty)]
    """Where contingents stand or go, by id."""
    contingents: Annotated[dict[Name, Contingent], AfterValidator(not_empty)]
    """Who stands there, by id."""
    lift: dict[Name, Lift] = Field(default_factory=dict)
    """Shared transport, by id."""
    stations: dict[Name, Station] = Field(default_factory=dict)
    """What serials pass before they load, by id."""
    regimes: Regimes | None = None
    """The states of the theatre; None: it has but one."""
    events: dict[Name, Event] = Field(default_factory=dict)
    """What may befall the plan, by id."""
    phases: dict[Name, Phase] = Field(default_factory=dict)
    """The parts of the plan, by id."""
    milestones: dict[Name, Milestone] = Field(default_factory=dict)
    """The questions, by id."""
    as_of: AsOf | None = None
    """The day from which the rest is simulated, and who stood where; None: the start."""
    observed: Observed = Field(default_factory=Observed)
    """What happened; a run reads none of it but what was counted up to the day it is as of."""
    revisions: dict[Name, Revision] = Field(default_factory=dict)
    """What was announced later, by id; a run sees those up to the day it is made as of."""
    variants: dict[Name, Variant] = Field(default_factory=dict)
    """Other versions, by id."""

    @property
    def asked(self) -> dict[str, Milestone]:
        """The milestones that a run answers, by id: as of a day, those not due before it that join none that was."""
        return {name: each for name, each in self.milestones.items() if self._is_asked(each)}

    def due(self, milestone: Milestone) -> date:
        """Return the day a milestone is due; of a joint, the latest of those it joins."""
        if milestone.throughout is not None:
            return milestone.throughout[1]
        return milestone.by or max(self.due(self.milestones[each]) for each in milestone.all or milestone.any or ())

    def _is_asked(self, milestone: Milestone) -> bool:
        joined = all(self._is_asked(self.milestones[each]) for each in milestone.all or milestone.any or ())
        return self.as_of is None or (joined and self.due(milestone) >= self.as_of.day)


def fields_at(path: Path) -> list[str]:
    """Return the keys that the language knows at `path`: the fields of the part that stands there."""
    kind: Any = ScenarioFile
    for item in path:
        kind = _plain_type(kind)
        if isinstance(kind, type) and issubclass(kind, Part):
            kind = _fields(kind).get(str(item))
        elif typing.get_origin(kind) is dict:
            kind = typing.get_args(kind)[1]
        else:
            return []
    kind = _plain_type(kind)
    names = list(_fields(kind)) if isinstance(kind, type) and issubclass(kind, Part) else []
    return ["extends", *names] if kind is ScenarioFile else names


def _fields(kind: type[Part]) -> dict[str, Any]:
    """Return the type of every field by the key that states it."""
    return {field.alias or name: field.annotation for name, field in kind.model_fields.items()}


def _plain_type(kind: Any) -> Any:
    """Strip `Annotated` and `| None`."""
    while typing.get_origin(kind) is not None and typing.get_origin(kind) is not dict:
        kind = next((each for each in typing.get_args(kind) if each is not type(None)), None)
    return kind
