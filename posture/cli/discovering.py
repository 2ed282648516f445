"""The command that finds where a milestone fails: discover."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from posture.cli.given import refuse_given
from posture.cli.group import DASK, FORMAT, REPLICATIONS, SEED, SET, VARIANT, WORKERS, cli, load_scenario
from posture.cli.printing import print_rows, print_table, progress_bar

if TYPE_CHECKING:
    from posture.scenario.scenario import Scenario
    from posture.study.discoveries import Discovery
    from posture.study.runs import Run

OF_A_RUN = {
    "replications": "-n",
    "seed": "--seed",
    "workers": "--workers",
    "dask": "--dask",
    "settings": "--set",
    "variant": "--variant",
}
"""Options that say what to run, by parameter."""


@cli.command()
@click.argument("name", metavar="STUDY|RUN|SCENARIO")
@click.option("--milestone", required=True, metavar="ID", help="The one to ask about.")
@click.option("--failed/--met", "failed", default=True, help="Look for where it is missed, the default, or met.")
@REPLICATIONS
@SEED
@WORKERS
@DASK
@SET
@VARIANT
@FORMAT
@click.option(
    "--figures", type=click.Path(path_type=Path), help="A folder for the figure; none is drawn unless stated."
)
def discover(
    name: str,
    milestone: str,
    failed: bool,
    replications: int,
    seed: int,
    workers: int,
    dask: str | None,
    settings: tuple[str, ...],
    variant: str | None,
    form: str,
    figures: Path | None,
) -> None:
    """Find boxes of assumptions in which a milestone fails, in half of the replications, and judge them in the others.

    Of a STUDY's folder: by what it varies. Of a RUN's folder, or a SCENARIO, which is run: by assumptions as drawn.
    """
    from posture.study.discoveries import discover_run

    try:
        if Path(name).is_dir():
            refuse_given(OF_A_RUN, what=f"{name} holds replications that were made")
            found = _discover_saved(Path(name), milestone, failed=failed)
        else:
            loaded = load_scenario(name, settings, variant)
            _refuse_unknown(milestone, loaded)
            made = _run(loaded, replications=replications, seed=seed, workers=workers, dask=dask)
            found = discover_run(made, milestone, failed=failed)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    _show(found, form)
    if figures is not None:
        _draw(found, figures)


def _refuse_unknown(milestone: str, scenario: Scenario) -> None:
    """Say that there is no such milestone before the scenario is run."""
    from posture.scenario.findings import did_you_mean

    known = scenario.parts.asked
    if milestone not in known:
        near = did_you_mean(milestone, known)
        raise click.BadParameter(f"found no milestone '{milestone}'{near}", param_hint="--milestone")


def _discover_saved(folder: Path, milestone: str, *, failed: bool) -> Discovery:
    from posture.errors import StoreError
    from posture.study.discoveries import discover_run, discover_study
    from posture.study.store import read_run
    from posture.study.studies import open_study

    try:
        study = open_study(folder)
    except StoreError:
        return discover_run(read_run(folder), milestone, failed=failed)
    return discover_study(study, milestone, failed=failed)


def _run(scenario: Scenario, *, replications: int, seed: int, workers: int, dask: str | None) -> Run:
    from posture.study.runs import run_scenario
    from posture.study.workers import processes

    with progress_bar(replications) as progress, processes(workers, dask=dask) as executor:
        return run_scenario(scenario, replications=replications, seed=seed, executor=executor, progress=progress)


def _show(found: Discovery, form: str) -> None:
    """Print boxes and tree, and what to take from them."""
    from posture.view import discovery_tables as tables

    if form == "table":
        if found.boxes:
            title = f"{tables.discovery_title(found)}; {tables.halves_text(found)}"
            print_table(tables.box_table(found), title=title)
        if found.tree.gains:
            print_table(tables.tree_table(found), title="The check: a classification tree")
    else:
        print_rows(tables.discovery_rows(found), form)
    for line in tables.discovery_sentences(found):
        click.echo(line, err=form != "table")


def _draw(found: Discovery, folder: Path) -> None:
    from posture.view.discovery_plots import discovery_figure
    from posture.view.figures import save_figure

    target = folder / f"discovery-{found.about.milestone}.png"
    save_figure(discovery_figure(found), target)
    click.echo(str(target), err=True)
