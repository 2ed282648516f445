"""Commands about studies: sweep, status, resume, extend, rerun."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from posture.cli.given import is_given, refuse_given
from posture.cli.group import CHUNK, DASK, FAILED, FORMAT, REPLICATIONS, SEED, SET, VARIANT, WORKERS, cli, load_scenario
from posture.cli.printing import print_rows, print_table, progress_bar

if TYPE_CHECKING:
    from posture.study.studies import DesignPoint, Study
    from posture.study.study_files import Sweep

STUDY = click.argument("folder", metavar="STUDY", type=click.Path(path_type=Path))

FIGURES = click.option(
    "--figures", type=click.Path(path_type=Path), help="A folder for lines and heat maps; none are drawn unless stated."
)

IN_THE_FILE = {
    "vary": "--vary",
    "design": "--design",
    "zipped": "--zip",
    "points": "--points",
    "settings": "--set",
    "variant": "--variant",
}
"""Options that a study file states itself, by parameter."""


def go_on(study: Study, *, workers: int, dask: str | None, chunk: int) -> int:
    """Do what is missing of a study, with progress and a last line of how it stands; return the exit status."""
    from posture.study.studies import finish_study

    missing = sum(count for _, _, count in study.missing(chunk=chunk))
    with progress_bar(missing) as progress:
        finish_study(study, workers=workers, dask=dask, chunk=chunk, progress=progress)
    failed = len(study.failures())
    if failed:
        click.echo(f"{failed} replications failed: see {study.folder / 'failures'}", err=True)
    return FAILED if failed else 0


def show(study: Study, form: str) -> None:
    """Print what a study says, a row a design point and milestone."""
    from posture.study.sweeps import point_rows
    from posture.view.tables import sweep_table

    if form == "table":
        print_table(sweep_table(study), title=f"{study.scenario.title}: {len(study.points):,} design points")
    else:
        print_rows(point_rows(study), form)


def draw(study: Study, folder: Path) -> None:
    """Draw what a study says, a file a figure, and name the files on standard error."""
    from posture.view.figures import save_figure
    from posture.view.sweep_plots import sweep_figures

    try:
        for name, figure in sweep_figures(study):
            save_figure(figure, folder / f"{name}.png")
            click.echo(str(folder / f"{name}.png"), err=True)
    except ValueError as error:
        click.echo(f"no figure is drawn: {error}", err=True)


@cli.command()
@click.argument("scenario", metavar="SCENARIO|STUDY.yaml")
@click.option(
    "--vary",
    multiple=True,
    metavar="PATH=VALUES",
    help="What to vary: path=a,b,c, or path=low:high:n, or a range path=low:high to sample; again for more.",
)
@click.option("--design", help="grid, zip, lhs, sobol or morris; grid unless stated.")
@click.option("--zip", "zipped", is_flag=True, help="The first values of all paths, then the second: --design zip.")
@click.option("--points", type=click.IntRange(1), help="How many, of a design that samples: lhs, sobol, morris.")
@REPLICATIONS
@SEED
@WORKERS
@DASK
@CHUNK
@SET
@VARIANT
@FORMAT
@FIGURES
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder of the study: the same goes on.")
def sweep(
    scenario: str,
    vary: tuple[str, ...],
    design: str | None,
    zipped: bool,
    points: int | None,
    replications: int,
    seed: int,
    workers: int,
    dask: str | None,
    chunk: int,
    settings: tuple[str, ...],
    variant: str | None,
    form: str,
    figures: Path | None,
    out: Path,
) -> int:
    """Run a scenario at every point of a design, and keep what comes of it in a folder.

    The same command again goes on where it was interrupted. A STUDY.yaml states scenario and design; --replications and
    --seed go before its own.
    """
    from posture.study.studies import create_study
    from posture.study.study_files import Sweep, is_study_file

    if is_study_file(scenario):
        asked = _read(scenario, seed=seed, replications=replications)
    else:
        loaded = load_scenario(scenario, settings, variant)
        made = _design(vary, design, zipped=zipped, points=points, seed=seed)
        asked = Sweep(loaded, made, replications, seed)
    command = ["posture", *sys.argv[1:]]
    study = create_study(
        out, asked.scenario, asked.points, seed=asked.seed, replications=asked.replications, command=command
    )
    with asked.placing():
        code = go_on(study, workers=workers, dask=dask, chunk=chunk)
    show(study, form)
    if figures is not None:
        draw(study, figures)
    return code


def _read(file: str, *, seed: int, replications: int) -> Sweep:
    """Read a study file, with what the command line itself states before it; warnings go to standard error."""
    from posture.study.study_files import read_study_file

    refuse_given(IN_THE_FILE, what=f"{file} states it")
    asked = read_study_file(
        Path(file),
        seed=seed if is_given("seed") else None,
        replications=replications if is_given("replications") else None,
    )
    for warning in asked.scenario.warnings:
        click.echo(str(warning), err=True)
    return asked


def _design(
    vary: tuple[str, ...], design: str | None, *, zipped: bool, points: int | None, seed: int
) -> tuple[DesignPoint, ...]:
    """Return the design points of the options.

    Raises
    ------
    UsageError
        They make no design.
    """
    from posture.study.designs import make_design, parse_factor

    if not vary:
        raise click.UsageError("found nothing to vary, wanted --vary PATH=VALUES, or a study file that states it")
    if zipped and design not in (None, "zip"):
        raise click.UsageError(f"found --zip and --design {design}, wanted one of the two")
    try:
        factors = [parse_factor(each) for each in vary]
        return make_design("zip" if zipped else design or "grid", factors, points=points, seed=seed)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--vary") from error


@cli.command()
@STUDY
@FORMAT
@FIGURES
def status(folder: Path, form: str, figures: Path | None) -> int:
    """Print how far a STUDY is, and what it says so far."""
    from posture.study.studies import open_study

    study = open_study(folder)
    wanted = len(study.points) * study.replications
    missing = sum(count for _, _, count in study.missing())
    click.echo(
        f"{study.scenario.title}: {len(study.points):,} design points of {study.replications:,} replications, seed "
        f"{study.seed}; {wanted - missing:,} of {wanted:,} done, {len(study.failures()):,} failed",
        err=True,
    )
    show(study, form)
    if figures is not None:
        draw(study, figures)
    return 0


@cli.command()
@STUDY
@WORKERS
@DASK
@CHUNK
@FORMAT
def resume(folder: Path, workers: int, dask: str | None, chunk: int, form: str) -> int:
    """Do what is missing of a STUDY: after an interruption, or parts that were removed."""
    from posture.study.studies import open_study

    study = open_study(folder)
    code = go_on(study, workers=workers, dask=dask, chunk=chunk)
    show(study, form)
    return code


@cli.command()
@STUDY
@click.option("--replications", "-n", type=click.IntRange(1, 10_000_000), required=True, help="How many in all.")
@WORKERS
@DASK
@CHUNK
@FORMAT
def extend(folder: Path, replications: int, workers: int, dask: str | None, chunk: int, form: str) -> int:
    """Add replications to every design point of a STUDY; what is there stays."""
    from posture.study.studies import extend_study, open_study

    try:
        study = extend_study(open_study(folder), replications=replications)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--replications") from error
    code = go_on(study, workers=workers, dask=dask, chunk=chunk)
    show(study, form)
    return code


@cli.command()
@STUDY
@click.option("--failed", is_flag=True, help="Everything that failed, and keep what succeeds now.")
@click.option("--point", type=click.IntRange(0), default=0, show_default=True, help="Of one replication.")
@click.option("--replication", type=click.IntRange(0), help="Only this one: its outcomes, or why it fails.")
def rerun(folder: Path, failed: bool, point: int, replication: int | None) -> int:
    """Run again what failed of a STUDY, or one replication of it, to see what happens."""
    from posture.study.studies import open_study, rerun_failed, rerun_one

    study = open_study(folder)
    if failed == (replication is not None):
        raise click.UsageError("say --failed, or one --replication")
    if replication is None:
        rerun_failed(study)
        click.echo(f"{len(study.failures())} failed again", err=True)
        return FAILED if study.failures() else 0
    if point >= len(study.points):
        raise click.BadParameter(f"found {point}, wanted 0 to {len(study.points) - 1}", param_hint="--point")
    rows, failures = rerun_one(study, point=point, replication=replication)
    print_rows(rows, "json")
    for _, _, what in failures:
        click.echo(what, err=True)
    return FAILED if failures else 0
