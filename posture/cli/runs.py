"""Commands about runs: run, plot."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from posture.cli.group import CHUNK, FORMAT, REPLICATIONS, SEED, SET, UNMET, VARIANT, WORKERS, cli, load_scenario
from posture.cli.printing import print_rows, print_table, progress_bar

if TYPE_CHECKING:
    from posture.scenario.scenario import Scenario
    from posture.study.estimates import MilestoneEstimate
    from posture.study.runs import Run

REQUIREMENT = re.compile(r"\s*([A-Za-z0-9_-]+)\s*>=\s*(\d*\.?\d+)\s*(%?)\s*")


@cli.command()
@click.argument("scenario")
@REPLICATIONS
@SEED
@WORKERS
@CHUNK
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder of the run; runs/NAME-HASH-sSEED-nREPLICATIONS unless stated.",
)
@click.option("--replace", is_flag=True, help="Replace another run in that folder.")
@SET
@VARIANT
@FORMAT
@click.option(
    "--require",
    "requirements",
    multiple=True,
    metavar="MILESTONE>=P",
    help="Exit with 3 unless P(met) reaches it; again for more.",
)
def run(
    scenario: str,
    replications: int,
    seed: int,
    workers: int,
    chunk: int,
    out: Path | None,
    replace: bool,
    settings: tuple[str, ...],
    variant: str | None,
    form: str,
    requirements: tuple[str, ...],
) -> int:
    """Simulate a scenario many times; print how likely each milestone is, and save the run with its figures."""
    from posture.study.estimates import estimate_milestones
    from posture.study.runs import run_scenario
    from posture.study.store import refuse_taken
    from posture.study.workers import processes
    from posture.view.tables import estimate_rows, milestone_table

    loaded = load_scenario(scenario, settings, variant)
    required = _requirements(requirements, loaded)
    folder = out or Path("runs") / f"{Path(loaded.document.file).stem}-{loaded.hash[:8]}-s{seed}-n{replications}"
    refuse_taken(folder, loaded, seed=seed, replications=replications, replace=replace)
    with progress_bar(replications) as progress, processes(workers) as executor:
        made = run_scenario(
            loaded, replications=replications, seed=seed, executor=executor, chunk=chunk, progress=progress
        )
    estimates = estimate_milestones(made)
    _save(made, folder, replace=replace)
    if form == "table":
        print_table(milestone_table(estimates), title=f"{loaded.title}: {replications:,} replications, seed {seed}")
    else:
        print_rows(estimate_rows(estimates), form)
    click.echo(
        f"saved in {folder}: the manifest, outcomes, changes and waits as Parquet, strength.png, milestones.png",
        err=True,
    )
    return _judge(estimates, required)


def _requirements(texts: Sequence[str], scenario: Scenario) -> list[tuple[str, float]]:
    from posture.scenario.findings import did_you_mean

    required = []
    for text in texts:
        match = REQUIREMENT.fullmatch(text)
        if match is None or not 0 <= (share := float(match[2]) / (100 if match[3] else 1)) <= 1:
            raise click.BadParameter(f"found {text!r}, wanted MILESTONE>=P with P from 0 to 1", param_hint="--require")
        if match[1] not in scenario.parts.milestones:
            near = did_you_mean(match[1], scenario.parts.milestones)
            raise click.BadParameter(f"found no milestone '{match[1]}'{near}", param_hint="--require")
        required.append((match[1], share))
    return required


def _judge(estimates: Sequence[MilestoneEstimate], required: Sequence[tuple[str, float]]) -> int:
    status = 0
    by_name = {each.milestone: each.met for each in estimates}
    for name, share in required:
        met = by_name[name]
        kept = met.estimate >= share
        verdict = "met" if kept else "not met"
        sure = (
            ""
            if (met.low >= share) == kept and (met.high >= share) == kept
            else ", within its interval: more replications would tell"
        )
        click.echo(
            f"requirement {verdict}: {name} {met.estimate:.3f} ({met.low:.3f} to {met.high:.3f}) >= {share:g}{sure}",
            err=True,
        )
        status = status if kept else UNMET
    return status


def _save(made: Run, folder: Path, *, replace: bool) -> None:
    """Write the run with its two figures: whole, or not at all."""
    from posture.study.store import write_run
    from posture.view.figures import milestones_figure, picture, strength_figure

    figures = {"strength.png": picture(strength_figure(made)), "milestones.png": picture(milestones_figure(made))}
    write_run(made, folder, command=["posture", *sys.argv[1:]], replace=replace, figures=figures)


@cli.command()
@click.argument("folder", metavar="RUN", type=click.Path(path_type=Path))
@click.option("--figure", type=click.Choice(["strength", "milestones", "all"]), default="all", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the figures; the run's own unless stated.")
@click.option("--format", "form", type=click.Choice(["png", "svg", "pdf"]), default="png", show_default=True)
def plot(folder: Path, figure: str, out: Path | None, form: str) -> None:
    """Draw the figures of a saved RUN again."""
    from posture.study.store import read_run
    from posture.view.figures import milestones_figure, save_figure, strength_figure

    made = read_run(folder)
    makers: dict[str, Callable[[Run], Any]] = {"strength": strength_figure, "milestones": milestones_figure}
    for name, maker in makers.items():
        if figure in (name, "all"):
            target = (out or folder) / f"{name}.{form}"
            save_figure(maker(made), target)
            click.echo(str(target))
