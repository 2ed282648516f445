"""Tables of why a milestone is missed: its lateness by cause, what each cause costs, what it goes with."""

from __future__ import annotations

from collections.abc import Sequence

from posture.model.counterfactuals import EVERYTHING
from posture.study.assumptions import Association
from posture.study.causes import Causes, Counterfactual, Lateness
from posture.study.estimates import Interval
from posture.view.tables import Table, percent, points, signed

ALL_AWAY = "all of them"
"""What tables and figures call every cause taken away together."""


def lateness_table(lateness: Lateness) -> Table:
    """Return the table of a milestone's lateness by cause, the greatest share first."""
    columns = ("cause", "share of lateness", "95 % interval", "days late, mean", "took part in", "95 % interval")
    rows = tuple(
        (each.cause, *percent(each.share), f"{each.days:,.1f}", *percent(each.took_part)) for each in lateness.shares
    )
    never = (
        f", {lateness.never:,} of them never within the run and taken as late until its end" if lateness.never else ""
    )
    notes = (
        f"Of the {lateness.missed:,} replications that missed it{never}: on average {lateness.days:,.1f} days late.",
        "A day counts for what the chain that closed the milestone waited for on it; nothing before the due date does.",
    )
    return Table(columns, rows, (False, True, True, True, True, True), notes)


def counterfactual_table(counterfactuals: Sequence[Counterfactual]) -> Table:
    """Return the table of what each cause costs, in percentage points of P(met)."""
    columns = ("taken away", "P(met) with it", "without it", "it costs, points", "95 % interval")
    rows = tuple(
        (
            cause_text(each.cause),
            percent(each.met)[0],
            percent(each.without)[0],
            *points(each.difference),
        )
        for each in counterfactuals
    )
    notes = (
        "The same replications under the same draws, paired; 95 % interval of Bonett and Price.",
        "What single causes cost need not add up to what all of them do: some bind only where others do not.",
    )
    return Table(columns, rows, (False, True, True, True, True), notes if rows else ())


def association_table(associations: Sequence[Association]) -> Table:
    """Return the table of rank correlations of assumptions with a milestone, the strongest first."""
    columns = ("assumption", "unit", "with being met", "95 % interval", "with days late", "95 % interval")
    rows = tuple((each.assumption, each.unit, *_rho(each.met), *_rho(each.lateness)) for each in associations)
    notes = (
        "Spearman's rank correlation over all replications; never achieved ranks as the latest.",
        f"Of {len(rows)} intervals about {round(0.05 * len(rows))} miss the truth by chance. Association is no cause.",
    )
    return Table(columns, rows, (False, False, True, True, True, True), notes if rows else ())


def cause_rows(causes: Causes) -> list[dict[str, object]]:
    """Return the causes of a milestone as plain values, one row an estimate, for JSON and CSV.

    `kind` is `lateness` (share of it), `counterfactual` (share of replications that a cause costs), `met` or
    `days_late` (rank correlations of an assumption with them).
    """
    found: list[tuple[str, str, Interval]] = []
    if causes.lateness is not None:
        found += [("lateness", each.cause, each.share) for each in causes.lateness.shares]
    found += [("counterfactual", each.cause, each.difference) for each in causes.counterfactuals]
    for each in causes.associations:
        found += [("met", each.assumption, each.met)] if each.met is not None else []
        found += [("days_late", each.assumption, each.lateness)] if each.lateness is not None else []
    return [
        {
            "milestone": causes.milestone,
            "replications": causes.replications,
            "kind": kind,
            "name": name,
            "estimate": interval.estimate,
            "low": interval.low,
            "high": interval.high,
        }
        for kind, name, interval in found
    ]


def cause_text(cause: str) -> str:
    """Return a cause as it is shown: those of all together in words."""
    return ALL_AWAY if cause == EVERYTHING else cause


def _rho(interval: Interval | None) -> tuple[str, str]:
    if interval is None:
        return "", ""
    return signed(interval.estimate, 2), f"{signed(interval.low, 2)} to {signed(interval.high, 2)}"
