"""A scenario: everything one file states, frozen and hashed; variants of it by settings."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path as FilePath
from typing import Any

from posture.scenario.documents import Document
from posture.scenario.findings import Finding
from posture.scenario.inheritance import plain_settings, read_settings, set_path
from posture.scenario.loading import read, validate
from posture.scenario.observed import Observation, observed_file, read_observations
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

    @property
    def name(self) -> str:
        """What it is about, in a line."""
        return self.parts.name

    @cached_property
    def hash(self) -> str:
        """SHA-256 of what it states, as 64 hexadecimal digits: sorted keys, no layout, no comments."""
        return hashlib.sha256(self.canonical_json().encode()).hexdigest()

    def canonical_json(self) -> str:
        """Return what it states, `extends` and settings resolved, as JSON with sorted keys."""
        return json.dumps(self.document.content, sort_keys=True, ensure_ascii=False, allow_nan=False)

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

    def _laid_over(self, settings: list[Any]) -> Scenario:
        document = self.document
        for path, value, marks in settings:
            document = set_path(document, path, value, marks)
        return Scenario(*_checked(document))

    def observations(self) -> dict[str, tuple[Observation, ...]]:
        """Return the observed counts by the id of their selection; read anew at every call."""
        return {
            name: read_observations(observed_file(self.document, part.file))
            for name, part in self.parts.observed.strength.items()
        }

    def __repr__(self) -> str:
        return f"<Scenario {self.name!r}, {self.parts.start} to {self.parts.end}, {self.hash[:8]}>"


def _checked(document: Document) -> tuple[ScenarioFile, Document, tuple[Finding, ...]]:
    parts, warnings = validate(document)
    return parts, document, warnings


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
    return Scenario(parts, document, warnings)
