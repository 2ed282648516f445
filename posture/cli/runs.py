"""Commands about runs: run, plot."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import replace as replace_fields
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from posture.cli.given import is_given
from posture.cli.group import (
    CHUNK,
    DASK,
    FORMAT,
    REPLICATIONS,
    SEED,
    SET,
    UNMET,
    VARIANT,
    WORKERS,
    cli,
    load_scenario,
    vary_loaded,
)
from posture.cli.printing import print_rows, print_table, progress_bar

if TYPE_CHECKING:
    from posture.scenario.scenario import Scenario
    from posture.study.conditioning import Weights
    from posture.study.estimates import MilestoneEstimate
    from posture.study.runs import Run

REQUIREMENT = re.compile(r"\s*([A-Za-z0-9_-]+)\s*>=\s*(\d*\.?\d+)\s*(%?)\s*")


@cli.command()
@click.argument("scenario")
@REPLICATIONS
@SEED
@WORKERS
@DASK
@CHUNK
@click.option(
    "--precision",
    "precisions",
    multiple=True,
    metavar="MILESTONE=WIDTH",
    help="Add replications, doubling them, until half the interval of P(met) is that narrow; again for more.",
)
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Begin on this day, with what was known by then.")
@click.option(
    "--observed",
    "counts",
    multiple=True,
    metavar="FILE[:of=NAME,...][:at=NAME,...]",
    help="Counts of a selection from a CSV file of their own; again for more.",
)
@click.option(
    "--given",
    type=click.Choice(["latest", "path"]),
    default="latest",
    show_default=True,
    help="As of a day: begin with the latest counts, or weigh whole histories by how well they agree with all counts.",
)
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
    dask: str | None,
    chunk: int,
    precisions: tuple[str, ...],
    as_of: datetime | None,
    counts: tuple[str, ...],
    given: str,
    out: Path | None,
    replace: bool,
    settings: tuple[str, ...],
    variant: str | None,
    form: str,
    requirements: tuple[str, ...],
) -> int:
    """Simulate a scenario many times; print how likely each milestone is, and save the run with its figures."""
    from posture.study.conditioning import estimate_weighted, weigh
    from posture.study.estimates import estimate_milestones
    from posture.study.runs import run_scenario
    from posture.study.workers import processes

    day = None if as_of is None else as_of.date()
    if given == "path" and day is None:
        raise click.UsageError("found --given path alone, wanted it with --as-of: the day up to which counts are used")
    if given == "path" and precisions:
        raise click.UsageError("found --given path and --precision, wanted one of the two: weighed intervals are wider")
    loaded = load_as_of(scenario, settings, variant, counts=counts, day=day, from_start=given == "path")
    required = _requirements(requirements, loaded)
    _refuse_taken(loaded, out, seed=seed, replications=None if precisions else replications, replace=replace)
    known = None if precisions else replications
    with progress_bar(known) as progress, processes(workers, dask=dask) as executor:
        runner = partial(_run_until_precise, precisions=precisions) if precisions else run_scenario
        made = runner(loaded, replications=replications, seed=seed, executor=executor, chunk=chunk, progress=progress)
    notes: tuple[str, ...] = ()
    if given == "path" and day is not None:
        weights = weigh(made, day)
        estimates, notes = estimate_weighted(made, weights), (_weighed(weights, made.replications),)
        if weights.is_small:
            click.echo(f"warning: {notes[0]} Few: run more, or begin with the latest counts.", err=True)
    else:
        estimates = estimate_milestones(made)
    folder = out or _folder(loaded, seed, made.replications)
    _save(made, folder, replace=replace)
    _print(made, estimates, form=form, notes=notes)
    click.echo(
        f"saved in {folder}: the manifest, outcomes, changes and waits as Parquet, strength.png, milestones.png",
        err=True,
    )
    return _judge(estimates, required)


def load_as_of(
    name: str,
    settings: Sequence[str],
    variant: str | None,
    *,
    counts: Sequence[str] = (),
    day: date | None = None,
    from_start: bool = False,
) -> Scenario:
    """Load a scenario with counts of its own, as of a day, then its variant and settings laid over.

    `from_start`: under the plan known on the day, but from the start.
    """
    from posture.scenario.scenario import load

    if not counts and day is None:
        return load_scenario(name, settings, variant)
    known = load(name)
    for each in counts:
        file, of, at = _selection(each)
        known = known.observe(file, of=of, at=at)
    if day is not None:
        known = known.revised(day) if from_start else known.as_of(day)
    return vary_loaded(known, settings, variant)


def _selection(text: str) -> tuple[Path, tuple[str, ...], tuple[str, ...]]:
    """Read `FILE:of=US:at=erbil,harir`.

    Raises
    ------
    BadParameter
        It is something else.
    """
    file, *rest = text.split(":")
    stated: dict[str, tuple[str, ...]] = {}
    for each in rest:
        key, equals, names = each.partition("=")
        if key not in ("of", "at") or not equals or not names or key in stated:
            raise click.BadParameter(f"found {text!r}, wanted FILE:of=NAME,...:at=NAME,...", param_hint="--observed")
        stated[key] = tuple(names.split(","))
    return Path(file), stated.get("of", ()), stated.get("at", ())


def _run_until_precise(
    scenario: Scenario,
    *,
    precisions: Sequence[str],
    replications: int,
    seed: int,
    executor: Executor | None,
    chunk: int,
    progress: Callable[[int], None],
) -> Run:
    """Run until the intervals are narrow enough, and say how many replications it took."""
    from posture.study.precision import FIRST_LOOK, describe_precision, parse_precisions, run_until_precise

    first = max(FIRST_LOOK, replications) if is_given("replications") else FIRST_LOOK
    try:
        found = run_until_precise(
            scenario,
            parse_precisions(precisions),
            first=first,
            seed=seed,
            executor=executor,
            chunk=chunk,
            progress=progress,
        )
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--precision") from error
    click.echo(describe_precision([found]), err=True)
    return found.run


def _refuse_taken(scenario: Scenario, out: Path | None, *, seed: int, replications: int | None, replace: bool) -> None:
    """Refuse a folder that the run cannot be written to, before it is made; None: how long it gets is not known yet."""
    from posture.study.store import MANIFEST, read_manifest, refuse_taken

    if replications is not None:
        folder = out or _folder(scenario, seed, replications)
        refuse_taken(folder, scenario, seed=seed, replications=replications, replace=replace)
    elif out is not None:
        held = read_manifest(out)["replications"] if (out / MANIFEST).is_file() else 0
        refuse_taken(out, scenario, seed=seed, replications=held, replace=replace)


def _folder(scenario: Scenario, seed: int, replications: int) -> Path:
    """Return where a run is saved unless that is stated."""
    day = f"-as-of-{scenario.parts.as_of.day}" if scenario.parts.as_of else ""
    stem = Path(scenario.document.file).stem
    return Path("runs") / f"{stem}{day}-{scenario.hash[:8]}-s{seed}-n{replications}"


def _weighed(weights: Weights, replications: int) -> str:
    return (
        f"Weighed by {weights.counts} counts up to {weights.day}: {weights.effective:,.0f} of {replications:,} "
        "replications are effective, and the intervals are of that many; the figures saved are not weighed."
    )


def _print(made: Run, estimates: Sequence[MilestoneEstimate], *, form: str, notes: tuple[str, ...]) -> None:
    from posture.view.tables import estimate_rows, milestone_table

    if form != "table":
        print_rows(estimate_rows(estimates), form)
        return
    table = milestone_table(estimates)
    title = f"{made.scenario.title}: {made.replications:,} replications, seed {made.seed}"
    print_table(replace_fields(table, notes=(*table.notes, *notes)), title=title)


def _requirements(texts: Sequence[str], scenario: Scenario) -> list[tuple[str, float]]:
    from posture.scenario.findings import did_you_mean

    required = []
    for text in texts:
        match = REQUIREMENT.fullmatch(text)
        if match is None or not 0 <= (share := float(match[2]) / (100 if match[3] else 1)) <= 1:
            raise click.BadParameter(f"found {text!r}, wanted MILESTONE>=P with P from 0 to 1", param_hint="--require")
        if match[1] not in scenario.parts.asked:
            near = did_you_mean(match[1], scenario.parts.asked)
            why = ", which was due before the day of the run" if match[1] in scenario.parts.milestones else near
            raise click.BadParameter(f"found no milestone '{match[1]}'{why}", param_hint="--require")
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
