"""A scenario: everything one file states, frozen and hashed; variants of it by settings."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path as FilePath

from posture.errors import ScenarioError
from posture.scenario.comparing import Difference, differences
from posture.scenario.documents import Document
from posture.scenario.findings import Finding, did_you_mean
from posture.scenario.inheritance import (
    Settings,
    lay_over,
    plain_settings,
    read_settings,
    stated_settings,
)
from posture.scenario.loading import read, validate
from posture.scenario.observed import Observation, observed_file, read_observations
from posture.scenario.questions import ObservedStrength
from posture.scenario.scenario_file import ScenarioFile


@dataclass(frozen=True)
class Scenario:
    """One scenario, read and checked.

    `parts` holds what it states, `document` the merged data with the place of every value, `warnings` what to
    look at twice. Two scenarios that state the same have the same `hash`, however their files are laid out.
    """

    parts: ScenarioFile
    document: Document
    warnings: tuple[Finding, ...] = ()
    taken: tuple[str, ...] = ()
    """The variants that were laid over it, by id."""
    revised_to: date | None = None
    """The day up to which its revisions have been laid over; None: the start, or the day it is as of."""

    @property
    def name(self) -> str:
        """What it is about, in a line."""
        return self.parts.name

    @property
    def title(self) -> str:
        """Its name, the variants that were taken and the day it is as of: what heads figures and tables."""
        variants = self.parts.variants
        titles = [variants[each].title or each if each in variants else each for each in self.taken]
        day = [f"as of {self.parts.as_of.day}"] if self.parts.as_of else []
        return ": ".join([self.name, *titles, *day])

    @cached_property
    def hash(self) -> str:
        """SHA-256 of what it states, as 64 hexadecimal digits: sorted keys, no layout, no comments."""
        return hashlib.sha256(self.canonical_json().encode()).hexdigest()

    def canonical_json(self) -> str:
        """Return what it states, `extends` and settings resolved, as JSON with sorted keys."""
        content = _whole_where_whole(self.document.content)
        return json.dumps(content, sort_keys=True, ensure_ascii=False, allow_nan=False)

    def vary(self, settings: Mapping[str, object]) -> Scenario:
        """Return this scenario with values set by path, validated again.

        Parameters
        ----------
        settings
            Values by dotted path, such as `{"phases.phase-1.gate": None, "contingents.us.personnel": 900}`.
            A mapping merges by key, `None` removes, anything else replaces.

        Raises
        ------
        ScenarioError
            A path names nothing, or the outcome is not a valid scenario.
        """
        return self._laid_over(plain_settings(settings))

    def vary_text(self, settings: Mapping[str, str]) -> Scenario:
        """Return this scenario with values set by path, each written as YAML text: what `--set` does."""
        return self._laid_over(read_settings(settings))

    def variant(self, name: str) -> Scenario:
        """Return one of the variants the file states, validated.

        Raises
        ------
        ScenarioError
            There is no such variant.
        """
        if name not in self.parts.variants:
            near = did_you_mean(name, self.parts.variants)
            raise ScenarioError([Finding(self.document.mark(("variants",)), ("variants",), f"found no '{name}'{near}")])
        laid = self._laid_over(stated_settings(self.document, "variants", name))
        return replace(laid, taken=(*self.taken, name))

    def as_of(self, day: date) -> Scenario:
        """Return the scenario as of a day: the rest is simulated from who stands where, under the plan known by then.

        Revisions announced since are laid over in their order; of each selection in `observed.strength` the latest
        count up to the day replaces what was drawn, triangular from its low over its actual to its high.

        Raises
        ------
        ScenarioError
            The day is not in the run, or an observed file cannot be read.
        """
        self._refuse_earlier(day)
        standing = {name: rows[-1] for name, rows in self._counted_by(day).items() if rows}
        parts, sources = self.parts.observed.strength, self.parts.sources
        strength = self._dated_counts() | {name: _standing(parts[name], row, sources) for name, row in standing.items()}
        section = {"day": day, "strength": strength} if strength else {"day": day}
        laid = self._laid_over([*self._announced(self._known, day), *plain_settings({"as_of": section})])
        return replace(laid, revised_to=day)

    @property
    def _known(self) -> date:
        """The day up to which its revisions have been laid over."""
        return self.revised_to or (self.parts.as_of.day if self.parts.as_of else self.parts.start)

    def _refuse_earlier(self, day: date) -> None:
        """Refuse a day before the one that is known already: what was announced since cannot be forgotten."""
        if self.parts.start <= day < self._known:
            message = f"found {day}, wanted {self._known} or later: what was announced by then is laid over already"
            raise ScenarioError([Finding(self.document.mark(("as_of", "day")), ("as_of", "day"), message)])

    def _dated_counts(self) -> dict[str, dict[str, object]]:
        """Return the date of each count of a day it is as of that states none: it was made on that day."""
        section = self.parts.as_of
        if section is None:
            return {}
        return {name: {"counted_on": section.day} for name, each in section.strength.items() if each.counted_on is None}

    def observe(self, file: FilePath, *, of: Sequence[str] = (), at: Sequence[str] = ()) -> Scenario:
        """Return this scenario with counts of a selection from a file of their own, wherever it stands.

        Parameters
        ----------
        file
            A CSV file: date, actual, low, high, source; its sources need not be those of the scenario.
        of, at
            Contingents or nations, and locations, groups or countries; none: all.

        Raises
        ------
        ScenarioError
            The file cannot be read, or a name selects nothing.
        """
        name = re.sub("[^a-z0-9]+", "-", file.stem.lower()).strip("-") or "counts"
        stated = f"observed/{name}.csv"
        selection = {key: list(names) for key, names in (("of", of), ("at", at)) if names}
        document = replace(self.document, attached={**self.document.attached, stated: file})
        lost = [key for key in ("of", "at") if key not in selection and name in self.parts.observed.strength]
        settings = plain_settings({f"observed.strength.{name}": {"file": stated, **selection, **dict.fromkeys(lost)}})
        return replace(self, document=document)._laid_over(settings)

    def revised(self, day: date) -> Scenario:
        """Return the scenario with every revision announced by a day laid over, in that order, each once."""
        known = self._known
        return replace(self._laid_over(self._announced(known, day)), revised_to=max(known, day))

    def _announced(self, after: date, by: date) -> Settings:
        """Return what the revisions announced after one day and up to another set, in their order."""
        announced = sorted((each.announced, name) for name, each in self.parts.revisions.items())
        settings: Settings = []
        for _, name in (each for each in announced if after < each[0] <= by):
            settings += stated_settings(self.document, "revisions", name)
        return settings

    def _counted_by(self, day: date) -> dict[str, list[Observation]]:
        """Return the observed counts up to a day, by the id of their selection."""
        return {name: [each for each in rows if each.day <= day] for name, rows in self.observations().items()}

    def diff(self, other: Scenario) -> list[Difference]:
        """Return every value that stands otherwise in another scenario, by path."""
        return differences(self.document, other.document)

    def _laid_over(self, settings: Settings) -> Scenario:
        document = lay_over(self.document, settings)
        parts, warnings = validate(document)
        return replace(self, parts=parts, document=document, warnings=warnings)

    def observations(self) -> dict[str, tuple[Observation, ...]]:
        """Return the observed counts by the id of their selection; read anew at every call."""
        return {
            name: read_observations(observed_file(self.document, part.file))
            for name, part in self.parts.observed.strength.items()
        }

    def __repr__(self) -> str:
        return f"<Scenario {self.name!r}, {self.parts.start} to {self.parts.end}, {self.hash[:8]}>"


def _standing(part: ObservedStrength, row: Observation, known: Container[str]) -> dict[str, object]:
    """Return what a count states of a selection, as a scenario would; `known` are the ids of its sources."""
    selection = {name: value for name, value in (("of", part.of), ("at", part.at)) if value is not None}
    named = [each for each in row.sources if each in known]
    told: dict[str, object] = {"source": named} if named else {"judgement": row.source or "counted"}
    return {**selection, "persons": _persons(row), "counted_on": row.day, **told}


def _persons(row: Observation) -> object:
    """Return a count as a quantity: triangular from low over actual to high, as far as they were published."""
    low, high = (row.actual if each is None else each for each in (row.low, row.high))
    low, high = high if low is None else low, low if high is None else high
    if low == high:
        return low
    return {"uniform": [low, high]} if row.actual is None else {"triangular": [low, row.actual, high]}


def _whole_where_whole(node: object) -> object:
    """Return what a document states with 900.0 as 900: they state the same."""
    if isinstance(node, dict):
        return {key: _whole_where_whole(value) for key, value in node.items()}
    if isinstance(node, tuple):
        return [_whole_where_whole(value) for value in node]
    return int(node) if isinstance(node, float) and node.is_integer() else node


def load(name: str | FilePath) -> Scenario:
    """Read and check a scenario.

    Parameters
    ----------
    name
        A YAML file, or the name of a scenario in the library that ships, such as `agreement-2024`.

    Raises
    ------
    ScenarioError
        Everything that is wrong with it, each finding at its file, line and column.
    """
    document, parts, warnings = read(name)
    day = parts.as_of.day if parts.as_of else parts.start
    return Scenario(parts, document, warnings, revised_to=date.min).revised(day)
