"""Commands about studies: sweep, status, resume, extend, rerun."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from posture.cli.group import CHUNK, FAILED, FORMAT, REPLICATIONS, SEED, SET, VARIANT, WORKERS, cli, load_scenario
from posture.cli.printing import print_rows, print_table, progress_bar

if TYPE_CHECKING:
    from posture.study.studies import Study

STUDY = click.argument("folder", metavar="STUDY", type=click.Path(path_type=Path))


def go_on(study: Study, *, workers: int, chunk: int) -> int:
    """Do what is missing of a study, with progress and a last line of how it stands; return the exit status."""
    from posture.study.studies import finish_study

    missing = sum(count for _, _, count in study.missing(chunk=chunk))
    with progress_bar(missing) as progress:
        finish_study(study, workers=workers, chunk=chunk, progress=progress)
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


@cli.command()
@click.argument("scenario")
@click.option(
    "--vary",
    multiple=True,
    required=True,
    metavar="PATH=VALUES",
    help="What to vary: path=a,b,c, or path=low:high:n, or a range path=low:high to sample; again for more.",
)
@click.option("--design", default="grid", show_default=True, help="grid, zip, lhs, sobol or morris.")
@click.option("--points", type=click.IntRange(1), help="How many, of a design that samples: lhs, sobol, morris.")
@REPLICATIONS
@SEED
@WORKERS
@CHUNK
@SET
@VARIANT
@FORMAT
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder of the study: the same goes on.")
def sweep(
    scenario: str,
    vary: tuple[str, ...],
    design: str,
    points: int | None,
    replications: int,
    seed: int,
    workers: int,
    chunk: int,
    settings: tuple[str, ...],
    variant: str | None,
    form: str,
    out: Path,
) -> int:
    """Run a scenario at every point of a design, and keep what comes of it in a folder.

    The same command again goes on where it was interrupted.
    """
    from posture.study.designs import make_design, parse_factor
    from posture.study.studies import create_study

    loaded = load_scenario(scenario, settings, variant)
    try:
        made = make_design(design, [parse_factor(each) for each in vary], points=points, seed=seed)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--vary") from error
    command = ["posture", *sys.argv[1:]]
    study = create_study(out, loaded, made, seed=seed, replications=replications, command=command)
    code = go_on(study, workers=workers, chunk=chunk)
    show(study, form)
    return code


@cli.command()
@STUDY
@FORMAT
def status(folder: Path, form: str) -> int:
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
    return 0


@cli.command()
@STUDY
@WORKERS
@CHUNK
@FORMAT
def resume(folder: Path, workers: int, chunk: int, form: str) -> int:
    """Do what is missing of a STUDY: after an interruption, or parts that were removed."""
    from posture.study.studies import open_study

    study = open_study(folder)
    code = go_on(study, workers=workers, chunk=chunk)
    show(study, form)
    return code


@cli.command()
@STUDY
@click.option("--replications", "-n", type=click.IntRange(1, 10_000_000), required=True, help="How many in all.")
@WORKERS
@CHUNK
@FORMAT
def extend(folder: Path, replications: int, workers: int, chunk: int, form: str) -> int:
    """Add replications to every design point of a STUDY; what is there stays."""
    from posture.study.studies import extend_study, open_study

    try:
        study = extend_study(open_study(folder), replications=replications)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--replications") from error
    code = go_on(study, workers=workers, chunk=chunk)
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
