"""What can go wrong, as exceptions: whose fault it is decides the class."""

from __future__ import annotations

from collections.abc import Sequence


class PostureError(Exception):
    """Anything posture raises on purpose."""


class ScenarioError(PostureError):
    """A scenario file its author has to mend.

    `findings` holds every mistake found, each printable as `file:line:column: path: message`.
    """

    def __init__(self, findings: Sequence[object]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(each) for each in self.findings))

    def __reduce__(self) -> tuple[type[ScenarioError], tuple[tuple[object, ...]]]:
        """Rebuild from the findings: a worker process hands its error over by pickle."""
        return type(self), (self.findings,)


class PlanError(PostureError):
    """A scenario that reads well but cannot be turned into a plan."""


class SimulationError(PostureError):
    """A broken invariant of the model: ours to mend, never the author's."""


class StudyError(PostureError):
    """A run that failed: `failed` lists (design point, replication, what happened)."""

    def __init__(self, failed: Sequence[tuple[int, int, str]]) -> None:
        self.failed = tuple(failed)
        point, replication, what = self.failed[0]
        told = what.strip().splitlines()[-1]
        super().__init__(
            f"{len(self.failed)} of the replications failed; the first: design point {point}, "
            f"replication {replication}: {told}"
        )

    def __reduce__(self) -> tuple[type[StudyError], tuple[tuple[tuple[int, int, str], ...]]]:
        """Rebuild from the failures, as above."""
        return type(self), (self.failed,)


class StoreError(PostureError):
    """A folder that a run cannot be written to or read from."""
