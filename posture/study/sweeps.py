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


def sweep_table(study: Study) -> pd.DataFrame:
    """Return the estimates as a table, one row a design point and milestone.

    Columns: design_point; one for each path that any point sets (missing where a point leaves it as it is); milestone,
    replications, p_met, p_met_low, p_met_high, days_late_p10, days_late_p50, days_late_p90 (missing: not within the
    run), bound_by.
    """
    import pandas as pd

    paths = list(dict.fromkeys(path for each in study.points for path in each))
    rows = [
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
    frame = pd.DataFrame(rows)
    return frame.astype({name: "Int32" for name in frame.columns if name.startswith("days_late")})
