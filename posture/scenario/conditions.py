"""Conditions on strengths and loads, asked by milestones and gates."""

from __future__ import annotations

from posture.scenario.fields import Level, LoadLevel, Selection
from posture.scenario.part import Part


class StrengthCondition(Part):
    """Persons present in a selection, against a limit."""

    of: Selection | None = None
    """Contingents or nations; None: all that are counted."""
    at: Selection | None = None
    """Locations, groups or countries; None: all that are not outside."""
    at_most: Level | None = None
    """The greatest strength that meets it; percent of the same selection at `start`."""
    at_least: Level | None = None
    """The least strength that meets it."""


class LoadsCondition(Part):
    """Loads left in a selection, against a limit."""

    of: Selection | None = None
    """Contingents or nations; None: all that are counted."""
    at: Selection | None = None
    """Locations, groups or countries; None: all that are not outside."""
    at_most: LoadLevel | None = None
    """The most loads that meet it; percent of the same selection at `start`."""
    at_least: LoadLevel | None = None
    """The fewest loads that meet it."""
