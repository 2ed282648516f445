"""What the checks of meaning share: what they see, and where they report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from posture.scenario.documents import Document
from posture.scenario.findings import Finding, Path, did_you_mean
from posture.scenario.scenario_file import ScenarioFile


@dataclass(slots=True)
class Checker:
    """What a check sees, and where it reports."""

    file: ScenarioFile
    document: Document
    known: Mapping[str, set[str]]
    """Ids by section, those of entries that could not be read included: they dangle nowhere."""
    findings: list[Finding] = field(default_factory=list)

    def report(
        self, path: Path, message: str, *, key: bool = False, severity: Literal["error", "warning"] = "error"
    ) -> None:
        """Add a finding at `path`, or at its key."""
        self.findings.append(Finding(self.document.mark(path, key=key), path, message, severity))

    def expect(self, section: str, names: Iterable[str], path: Path) -> bool:
        """Report every name that `section` does not have; True if it has them all."""
        missing = [name for name in names if name not in self.known[section]]
        for name in missing:
            self.report(path, f"found '{name}', wanted an id of {section}{did_you_mean(name, self.known[section])}")
        return not missing

    def selected(self, names: Iterable[str], legal: set[str], path: Path) -> None:
        """Report every name of a selection that is none: a contingent or nation, a location, group or country."""
        what = "a contingent or nation" if path[-1] == "of" else "a location, group or country"
        for name in names:
            if name not in legal:
                self.report(path, f"found '{name}', wanted {what}{did_you_mean(name, legal)}")
