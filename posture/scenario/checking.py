"""What the checks of meaning share: what they see, and where they report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from posture.scenario.documents import Document
from posture.scenario.findings import MOST_SHOWN, Finding, Path, did_you_mean, shortened
from posture.scenario.part import walk
from posture.scenario.quantities import Quantity, Range, bounds, in_order
from posture.scenario.scenario_file import ScenarioFile
from posture.scenario.selections import brought_to


@dataclass
class Checker:
    """What a check sees, and where it reports.

    Parts that could not be read are missing from `file`. Their ids are known all the same, so that they dangle
    nowhere; and nothing is reported where it may follow from the damage: at a path in `damaged`.
    """

    file: ScenarioFile
    document: Document
    damaged: frozenset[Path] = frozenset()
    lost: frozenset[str] = frozenset()
    findings: list[Finding] = field(default_factory=list)

    @cached_property
    def walked(self) -> tuple[tuple[Path, object], ...]:
        """Every part, entry and quantity of the file with its path, depth first."""
        return tuple(walk(self.file))

    @cached_property
    def names(self) -> dict[str, set[str]]:
        """Every id by section, and what else can be named: `of`, `at`, states, hand-overs, targets of effects."""
        return _stated_names(self.document.content)

    @cached_property
    def everybody(self) -> bool:
        """True if it is known who there is and where they stand: no contingent or location is damaged."""
        return not any(path[0] in ("contingents", "locations") for path in self.damaged) and not self.lost & {
            "contingents",
            "locations",
        }

    @cached_property
    def ranges(self) -> dict[str, Range]:
        """The least and greatest value of every assumption that rests on nothing unknown."""
        values = {name: each.value.expression for name, each in self.file.assumptions.items()}
        ranges: dict[str, Range] = {}
        for name in in_order(values)[0]:
            ranges[name] = bounds(values[name], ranges)
        return ranges

    def weigh(self, weights: Mapping[str, Quantity], path: Path) -> None:
        """Report weights of which none is ever above 0."""
        known = [each for each in weights.values() if set(each.references()) <= set(self.ranges)]
        if weights and len(known) == len(weights) and all(bounds(w.expression, self.ranges)[1] <= 0 for w in known):
            self.report(path, "found weights that are all 0, wanted at least one above 0")

    @cached_property
    def brought(self) -> dict[str, set[str]]:
        """The locations that each contingent may be brought to."""
        return brought_to(self.file)

    def report(
        self, path: Path, message: str, *, key: bool = False, severity: Literal["error", "warning"] = "error"
    ) -> None:
        """Add a finding at `path`, or at its key."""
        if path not in self.damaged:
            self.findings.append(Finding(self.document.mark(path, key=key), path, message, severity))

    def expect(self, section: str, names: Iterable[str], path: Path, *, what: str = "") -> bool:
        """Report every name that `section` does not have; True if it has them all."""
        return HOME_SECTION.get(section, section) in self.lost or self._among(
            names, self.names[section], path, what or f"an id of {section}"
        )

    def selected(self, names: Iterable[str], path: Path) -> None:
        """Report every name of a selection that is none: a contingent or nation, a location, group or country."""
        if path[-1] == "of":
            self.expect("of", names, path, what="a contingent or nation")
        else:
            self.expect("at", names, path, what="a location, group or country")

    def _among(self, names: Iterable[str], legal: set[str], path: Path, what: str) -> bool:
        missing = [name for name in names if name not in legal]
        for name in missing:
            near = did_you_mean(name, legal) if len(self.findings) <= 2 * MOST_SHOWN else ""
            place, key = self._place(path, name)
            self.report(place, f"found '{shortened(name)}', wanted {what}{near}", key=key)
        return not missing

    def _place(self, path: Path, name: str) -> tuple[Path, bool]:
        """Return where a name stands in the value at `path`: as a key, as an item, or as the value itself."""
        node: Any = self.document.content
        for key in path:
            node = node.get(key) if isinstance(node, dict) else None
        if isinstance(node, dict) and name in node:
            return (*path, name), True
        return ((*path, node.index(name)), False) if isinstance(node, tuple) and name in node else (path, False)


HOME_SECTION = {
    "of": "contingents",
    "at": "locations",
    "handovers": "phases",
    "targets": "phases",
    "observable": "milestones",
}
"""Where names that are no ids of a section of their own are stated."""

SECTIONS = ("sources", "assumptions", "locations", "contingents", "lift", "stations", "events", "phases", "milestones")


def _stated_names(content: dict[str, Any]) -> dict[str, set[str]]:
    """Return what a document names, whether or not the rest of it can be read."""
    names = {section: set(_entries(content.get(section))) for section in SECTIONS}
    contingents, locations = _entries(content.get("contingents")), _entries(content.get("locations"))
    names["of"] = names["contingents"] | _texts(each.get("nation") for each in contingents.values())
    names["at"] = names["locations"] | _texts(each.get("country") for each in locations.values())
    for each in locations.values():
        groups = each.get("groups")
        names["at"] |= _texts(groups) if isinstance(groups, tuple) else set()
    regimes = content.get("regimes")
    names["regimes"] = set(_entries(regimes.get("states"))) if isinstance(regimes, dict) else set()
    phases = _entries(content.get("phases"))
    names["handovers"] = {location for phase in phases.values() for location in _entries(phase.get("handovers"))}
    names["targets"] = {"all", *names["phases"]} | {
        each
        for name, phase in phases.items()
        for key in _entries(phase.get("drawdowns"))
        for each in (key, f"{name}.{key}")
    }
    names["observable"] = names["milestones"] | _later_milestones(content)
    return names


def _later_milestones(content: dict[str, Any]) -> set[str]:
    """Return the ids of milestones that revisions or variants set: they may be observed before they are asked for."""
    laid = [each for section in ("revisions", "variants") for each in _entries(content.get(section)).values()]
    paths = [key.split(".") for each in laid for key in _entries(each.get("set"))]
    return {path[1] for path in paths if path[0] == "milestones" and len(path) > 1}


def _entries(section: object) -> dict[str, dict[str, Any]]:
    """Return the entries of a section by id; one that is no mapping as an empty one."""
    entries = section if isinstance(section, dict) else {}
    return {key: value if isinstance(value, dict) else {} for key, value in entries.items()}


def _texts(values: Iterable[object]) -> set[str]:
    return {each for each in values if isinstance(each, str)}
