"""The command about what is not known: sensitivity."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from posture.cli.group import DASK, FORMAT, SEED, SET, VARIANT, WORKERS, cli, load_scenario
from posture.cli.printing import print_rows, print_table, progress_bar

if TYPE_CHECKING:
    from posture.study.sensitivity import Response
    from posture.study.unknowns import Method, Sensitivity


@cli.command()
@click.argument("scenario")
@click.option("--milestone", required=True, metavar="ID", help="The one to ask about.")
@click.option(
    "--of",
    type=click.Choice(["met", "days-late"]),
    default="met",
    show_default=True,
    help="Whether it is met, or its days late.",
)
@click.option(
    "--method",
    "methods",
    multiple=True,
    type=click.Choice(["split", "sobol", "morris"]),
    default=("split", "sobol"),
    show_default=True,
    help="Chance against what is not known; indices; elementary effects (wants SALib). Again for more.",
)
@click.option(
    "--points",
    type=click.IntRange(2),
    help="Of the base sample: values tried for a split, a power of 2 for indices, trajectories of Morris; "
    "what takes a few minutes unless stated.",
)
@click.option(
    "--replications",
    "-n",
    type=click.IntRange(1, 10_000_000),
    default=8,
    show_default=True,
    help="How many histories to simulate at each point.",
)
@SEED
@WORKERS
@DASK
@SET
@VARIANT
@FORMAT
@click.option("--out", type=click.Path(path_type=Path), help="A folder for the figure; none is drawn unless stated.")
def sensitivity(
    scenario: str,
    milestone: str,
    of: str,
    methods: tuple[str, ...],
    points: int | None,
    replications: int,
    seed: int,
    workers: int,
    dask: str | None,
    settings: tuple[str, ...],
    variant: str | None,
    form: str,
    out: Path | None,
) -> None:
    """Say what a milestone hangs on: chance or what is not known, and which assumptions of it."""
    from posture.study.sensitivity import declared_inputs
    from posture.study.unknowns import count_runs, estimate_sensitivity, plan_points
    from posture.study.workers import processes

    loaded = load_scenario(scenario, settings, variant)
    count = len(declared_inputs(loaded).names)
    asked = cast("tuple[Method, ...]", methods)
    planned = plan_points(count, methods=asked, points=points, replications=replications)
    total = count_runs(count, points=planned, replications=replications)
    try:
        with progress_bar(total) as progress, processes(workers, dask=dask) as executor:
            found = estimate_sensitivity(
                loaded,
                milestone,
                response=cast("Response", of.replace("-", "_")),
                points=planned,
                replications=replications,
                seed=seed,
                executor=executor,
                progress=progress,
            )
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    _show(found, form)
    if out is not None:
        _draw(found, out / f"sensitivity-{milestone}.png")


def _show(found: Sensitivity, form: str) -> None:
    """Print the tables and what they come to in words."""
    from posture.view.sensitivity_tables import response_text, sensitivity_sentences, sensitivity_tables

    if form == "table":
        what = f"{found.scenario.title}: {response_text(found)}"
        click.echo(
            f"{what}, {found.runs:,} replications in all, {found.replications:,} at each point, seed {found.seed}"
        )
        for heading, table in sensitivity_tables(found).items():
            print_table(table, title=heading)
    else:
        print_rows(found.rows(), form)
    for sentence in sensitivity_sentences(found):
        click.echo(sentence, err=form != "table")


def _draw(found: Sensitivity, file: Path) -> None:
    from posture.view.figures import save_figure
    from posture.view.sensitivity_plots import sensitivity_figure

    save_figure(sensitivity_figure(found), file)
    click.echo(str(file), err=True)
