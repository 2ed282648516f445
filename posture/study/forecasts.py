"""What was foretold as of a day, with what came of it and what simple rules would have said: the records of scoring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from posture.scenario.observed import Observation
from posture.study.estimates import Interval

REFERENCE_CLASS = "reference-class"
"""The baseline drawn from other cases; all others are simple: they know nothing but the case itself."""


@dataclass(frozen=True, slots=True, eq=False)
class StrengthForecast:
    """What was foretold on a day of a selection's strength on a later one, and what was counted."""

    case: str
    """File stem of the scenario, such as `iraq-2009-2011`."""
    selection: str
    """Id under `observed.strength`."""
    as_of: date
    day: date
    observation: Observation
    scale: float
    """Persons of the selection at the start: scores are divided by it."""
    samples: npt.NDArray[np.int64]
    """Persons, shape (replications,)."""
    baselines: Mapping[str, npt.NDArray[np.float64]]
    """By name of the baseline: an ensemble of persons, shape (members,); of a point forecast one member."""

    @property
    def lead(self) -> int:
        """Days from the day of the forecast to the day it is of."""
        return (self.day - self.as_of).days

    @property
    def counted(self) -> float | None:
        """Persons: the count, else the middle of its bounds; None: one bound alone, which is not scored."""
        return self.observation.counted


@dataclass(frozen=True, slots=True)
class MilestoneForecast:
    """How likely a milestone was as foretold on a day, and whether it was met."""

    case: str
    milestone: str
    as_of: date
    due: date
    met: bool
    p_met: Interval
    baselines: Mapping[str, float]
    """By name of the baseline: its probability that the milestone is met."""

    @property
    def lead(self) -> int:
        """Days from the day of the forecast to the due date."""
        return (self.due - self.as_of).days
