"""Small scenarios whose stories are worked out by hand, for the tests of stories and of where they part."""

from __future__ import annotations

from posture.model.compiling import compile_plan
from posture.study.stories import Story, tell

DAY = 1440
NAME = "exit.alpha-home"
HOME = "phases.exit.drawdowns.alpha-home"
GATE = {"review_every_days": 4, "passes": 1, "judgement": "invented"}
MAYBE = {"value": {"choice": {1: 1, 30: 1}}, "unit": "days", "judgement": "invented"}


def event(day: str, **effect: object) -> dict[str, object]:
    """Return an event on a day with one effect."""
    return {"on": day, "effects": {"it": effect}, "judgement": "invented"}


HELD_OR_NOT = {"assumptions.length": MAYBE, "events.stop": event("2030-01-04", hold="all", for_days="length")}
"""Held from day 3, for one day or for thirty: with one nobody is late, with thirty all-out is missed."""

TWO_PHASES = {
    "locations.hilltop": {"country": "Northland"},
    "contingents.bravo": {"nation": "B", "personnel": 60, "at": "hilltop", "judgement": "invented"},
    "phases.last": {
        "starts": "2030-01-02",
        "after": ["exit"],
        "judgement": "invented",
        "drawdowns": {"bravo-home": {"of": "bravo", "at": "hilltop", "schedule": {"2030-01-20": 0}, "to": "home"}},
    },
    "milestones.last-done": {"by": "2030-01-20", "phase": "last", "judgement": "invented"},
    "milestones.both": {"all": ["all-out", "last-done"], "judgement": "invented"},
}


def told(scenario, settings=None, *, replication: int = 0) -> Story:
    """Return the story of one replication of the smallest scenario, changed by path."""
    return tell(compile_plan(scenario(settings)), seed=1, replication=replication)
