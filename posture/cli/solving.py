"""The command that seeks: solve."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from posture.cli.group import DASK, FAILED, FORMAT, REPLICATIONS, SEED, SET, VARIANT, WORKERS, cli, load_scenario
from posture.cli.printing import print_rows, print_table, progress_bar

if TYPE_CHECKING:
    from posture.study.designs import Factor
    from posture.study.goals import Solution
    from posture.study.knobs import KnobSolution


@cli.command()
@click.argument("scenario")
@click.option(
    "--vary",
    multiple=True,
    required=True,
    metavar="PATH=LOW:HIGH",
    help="The range to seek in: numbers, percent, dates. Of several the least change of them together is sought.",
)
@click.option("--goal", required=True, metavar="MILESTONE>=P", help="What is to be reached.")
@click.option("--tolerance", type=float, help="Error allowed of a number; a thousandth of the range unless stated.")
@click.option("--trials", type=click.IntRange(2), help="Settings of several ranges to look at; 60 unless stated.")
@click.option("--cost", "costs", multiple=True, metavar="PATH=WEIGHT", help="Of a whole range among several; 1 unless.")
@REPLICATIONS
@SEED
@WORKERS
@DASK
@SET
@VARIANT
@FORMAT
def solve(
    scenario: str,
    vary: tuple[str, ...],
    goal: str,
    tolerance: float | None,
    trials: int | None,
    costs: tuple[str, ...],
    replications: int,
    seed: int,
    workers: int,
    dask: str | None,
    settings: tuple[str, ...],
    variant: str | None,
    form: str,
) -> int:
    """Seek the least or greatest value of a path at which a milestone is likely enough, with its interval.

    Of several paths the cheapest settings together are sought, by chance and with what was learnt on the way.
    """
    from posture.study import goals, knobs
    from posture.study.designs import parse_factor
    from posture.study.workers import processes

    loaded = load_scenario(scenario, settings, variant)
    if len(vary) == 1 and (trials is not None or costs):
        raise click.UsageError("found --trials or --cost with one --vary, wanted several")
    if len(vary) > 1 and tolerance is not None:
        raise click.UsageError("found --tolerance with several --vary, wanted one")
    title = f"{loaded.title}: {replications:,} replications a setting, seed {seed}"
    try:
        factors, wanted = [parse_factor(each) for each in vary], goals.parse_goal(goal)
        with progress_bar(replications) as progress, processes(workers, dask=dask) as executor:
            if len(factors) > 1:
                turned = knobs.turn_knobs(
                    loaded,
                    _weighed(factors, costs),
                    goal=wanted,
                    trials=knobs.DEFAULT_TRIALS if trials is None else trials,
                    replications=replications,
                    seed=seed,
                    executor=executor,
                    progress=progress,
                )
                return _show_knobs(turned, title=title, form=form)
            respond = goals.respond_met(
                loaded,
                milestone=wanted.milestone,
                path=factors[0].path,
                replications=replications,
                seed=seed,
                executor=executor,
                progress=progress,
            )
            found = goals.solve(respond, factor=factors[0], goal=wanted, tolerance=tolerance)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    return _show(found, title=title, form=form)


def _weighed(factors: Sequence[Factor], costs: tuple[str, ...]) -> dict[Factor, float]:
    """Return each factor with its cost; 1 unless stated.

    Raises
    ------
    BadParameter
        A cost is no number, or of a path that is not varied.
    """
    weights = {each.path: 1.0 for each in factors}
    for text in costs:
        path, _, weight = text.partition("=")
        try:
            stated = float(weight)
        except ValueError:
            stated = -1.0
        if path.strip() not in weights or stated < 0:
            wanted = f"wanted path=weight, 0 or more, for {' or '.join(weights)}"
            raise click.BadParameter(f"found {text!r}, {wanted}", param_hint="--cost")
        weights[path.strip()] = stated
    return {each: weights[each.path] for each in factors}


def _show(found: Solution, *, title: str, form: str) -> int:
    from posture.view.goal_tables import goal_rows, goal_sentence, goal_table

    if form == "table":
        print_table(goal_table(found), title=title)
    else:
        print_rows(goal_rows(found), form)
    click.echo(goal_sentence(found), err=form != "table")
    return FAILED if found.reached in ("nowhere", "in part") else 0


def _show_knobs(found: KnobSolution, *, title: str, form: str) -> int:
    from posture.view.goal_tables import knob_rows, knob_sentence, knob_table

    if form == "table":
        print_table(knob_table(found), title=title)
    else:
        print_rows(knob_rows(found), form)
    click.echo(knob_sentence(found), err=form != "table")
    return FAILED if found.best is None else 0
