"""The command that seeks: solve."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from posture.cli.group import FAILED, FORMAT, REPLICATIONS, SEED, SET, VARIANT, WORKERS, cli, load_scenario
from posture.cli.printing import print_rows, print_table, progress_bar

if TYPE_CHECKING:
    from posture.study.goals import Solution


@cli.command()
@click.argument("scenario")
@click.option("--vary", required=True, metavar="PATH=LOW:HIGH", help="The range to seek in: numbers, percent, dates.")
@click.option("--goal", required=True, metavar="MILESTONE>=P", help="What is to be reached.")
@click.option("--tolerance", type=float, help="Error allowed of a number; a thousandth of the range unless stated.")
@REPLICATIONS
@SEED
@WORKERS
@SET
@VARIANT
@FORMAT
def solve(
    scenario: str,
    vary: str,
    goal: str,
    tolerance: float | None,
    replications: int,
    seed: int,
    workers: int,
    settings: tuple[str, ...],
    variant: str | None,
    form: str,
) -> int:
    """Seek the least or greatest value of one path at which a milestone is likely enough, with its interval."""
    from posture.study import goals
    from posture.study.designs import parse_factor
    from posture.study.workers import processes
    from posture.view.goal_tables import goal_rows, goal_sentence, goal_table

    loaded = load_scenario(scenario, settings, variant)
    try:
        factor, wanted = parse_factor(vary), goals.parse_goal(goal)
        with progress_bar(replications) as progress, processes(workers) as executor:
            respond = goals.respond_met(
                loaded,
                milestone=wanted.milestone,
                path=factor.path,
                replications=replications,
                seed=seed,
                executor=executor,
                progress=progress,
            )
            found: Solution = goals.solve(respond, factor=factor, goal=wanted, tolerance=tolerance)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    if form == "table":
        print_table(goal_table(found), title=f"{loaded.title}: {replications:,} replications a value, seed {seed}")
    else:
        print_rows(goal_rows(found), form)
    click.echo(goal_sentence(found), err=form != "table")
    return FAILED if found.reached in ("nowhere", "in part") else 0
