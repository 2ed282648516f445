"""Words on figures: text from scenario files made safe and short, days, selections and milestones in words."""

from __future__ import annotations

from datetime import date

from posture.scenario.findings import printable
from posture.scenario.scenario_file import ScenarioFile
from posture.study.timelines import MilestoneTimeline, PhaseSpan, Target
from posture.view.tables import percent

LONGEST = 60
"""Characters of any one text from a file."""

SHORTEST = 8
"""Characters that a name keeps, however little room there is."""


def shown(text: str, *, most: int = LONGEST) -> str:
    """Return text from a file as figures show it: one line, short, and read by matplotlib as it stands.

    A `$` would begin a formula, and a legend leaves out whatever begins with `_`.
    """
    line = printable(" ".join(text.split()))
    short = line if len(line) <= most else line[: max(most, 2) - 1].rstrip() + "…"
    escaped = short.replace("$", r"\$")
    return f" {escaped}" if escaped.startswith("_") else escaped


def in_words(day: date) -> str:
    """Return a day as `30 Sep 2025`."""
    return f"{day.day} {day:%b %Y}"


def selection_title(file: ScenarioFile, of: tuple[str, ...] | None, at: tuple[str, ...] | None) -> str:
    """Return a selection in words, such as `US at Ain al-Asad Air Base` or `All in Iraq`."""
    who = "All" if of is None else _listed([_contingent(file, each) for each in of])
    if at is None:
        return f"{who} at all locations"
    preposition = "at" if all(each in file.locations for each in at) else "in"
    return f"{who} {preposition} {_listed([_location(file, each) for each in at])}"


def _contingent(file: ScenarioFile, name: str) -> str:
    part = file.contingents.get(name)
    return (part.title if part else None) or name


def _location(file: ScenarioFile, name: str) -> str:
    part = file.locations.get(name)
    return (part.name or part.title if part else None) or name


def _listed(names: list[str]) -> str:
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


def target_text(target: Target, *, most: int = LONGEST) -> str:
    """Return a target in words, such as `asad-vacated: at most 0 by 30 Sep 2025`; the name gives way to the rest."""
    sense = "at most" if target.at_most else "at least"
    level = f"{target.level:,}" if target.percent is None else f"{target.percent} ({target.level:,})"
    rest = f": {sense} {level}{_when(target)}"
    return shown(target.label, most=max(SHORTEST, most - len(rest))) + rest


def _when(asked: Target | MilestoneTimeline) -> str:
    due = in_words(asked.due)
    return f" by {due}" if asked.first is None else f", {in_words(asked.first)} to {due}"


def timeline_text(timeline: MilestoneTimeline, *, most: int = LONGEST) -> str:
    """Return a milestone in words, such as `asad-vacated by 30 Sep 2025; observed: 17 Jan 2026`."""
    met_on = timeline.met_on
    observed = "" if met_on is None else f"; observed: {in_words(met_on) if isinstance(met_on, date) else met_on}"
    rest = f"{_when(timeline)}{observed}"
    return shown(timeline.label, most=max(SHORTEST, most - len(rest))) + rest


def met_text(timeline: MilestoneTimeline) -> str:
    """Return how likely a milestone is, with its interval."""
    met, interval = percent(timeline.met)
    return f"{met} ({interval})"


def span_text(span: PhaseSpan) -> str:
    """Return the name of a phase."""
    return shown(span.label, most=28)
