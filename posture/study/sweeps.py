"""Sweeps: what a study says of each design point, one tidy row a point and milestone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from posture.study.estimates import Interval, estimate_share, quantile_of
from posture.study.studies import Study

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class PointEstimate:
    """What a study says of a milestone at one design point.

    Quantiles are order statistics; None stands for "not within the run", which sorts above every number.
    """

    point: int
    milestone: str
    replications: int
    met: Interval
    days_late: tuple[int | None, int | None, int | None]
    """10th, 50th and 90th percentile."""
    bound_by: str | None
    """What bound most of the misses."""


def estimate_points(study: Study) -> list[PointEstimate]:
    """Return what a study says, by design point and milestone; points without any replication are left out."""
    estimates = []
    frame = study.outcomes().to_pandas()
    for (point, milestone), rows in frame.groupby(["design_point", "milestone"], observed=True, sort=True):
        late = [None if day != day else int(day) for day in rows["days_late"].tolist()]  # noqa: PLR0124  # a NaN
        causes = rows.loc[~rows["met"], "bound_by"].astype(str).value_counts().sort_index()
        estimates.append(
            PointEstimate(
                point=int(point),
                milestone=str(milestone),
                replications=len(rows),
                met=estimate_share(int(rows["met"].sum()), len(rows)),
                days_late=(quantile_of(late, 0.1), quantile_of(late, 0.5), quantile_of(late, 0.9)),
                bound_by=str(causes.idxmax()) if len(causes) else None,
            )
        )
    return estimates


def point_rows(study: Study) -> list[dict[str, object]]:
    """Return the estimates as plain values, a row a design point and milestone, for JSON, CSV and tables.

    Keys: design_point; each path that any point sets (None: as the scenario has it); milestone, replications, p_met,
    p_met_low, p_met_high, days_late_p10, days_late_p50, days_late_p90 (None: not within the run), bound_by.
    """
    paths = varied_paths(study)
    return [
        {
            "design_point": each.point,
            **{path: study.points[each.point].get(path) for path in paths},
            "milestone": each.milestone,
            "replications": each.replications,
            "p_met": each.met.estimate,
            "p_met_low": each.met.low,
            "p_met_high": each.met.high,
            "days_late_p10": each.days_late[0],
            "days_late_p50": each.days_late[1],
            "days_late_p90": each.days_late[2],
            "bound_by": each.bound_by,
        }
        for each in estimate_points(study)
    ]


def varied_paths(study: Study) -> list[str]:
    """Return every path that any design point sets, in the order in which they come."""
    return list(dict.fromkeys(path for each in study.points for path in each))


def point_frame(study: Study) -> pd.DataFrame:
    """Return `point_rows` as a frame; days late are whole numbers or missing."""
    import pandas as pd

    frame = pd.DataFrame(point_rows(study))
    return frame.astype({name: "Int32" for name in frame.columns if name.startswith("days_late")})
