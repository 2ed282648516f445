"""The command about several scenarios: compare."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from posture.cli.given import is_given
from posture.cli.group import DASK, FORMAT, REPLICATIONS, SEED, SET, WORKERS, cli, load_scenario
from posture.cli.printing import print_rows, print_table, progress_bar

if TYPE_CHECKING:
    from posture.scenario.scenario import Scenario
    from posture.study.comparisons import Comparison


@cli.command()
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO...")
@click.option("--variants", metavar="NAME,...", help="Compare these variants of the one SCENARIO with it; `all`: each.")
@click.option("--waterfall", metavar="MILESTONE", help="Split the change of P(met) over what sets the second apart.")
@click.option(
    "--precision",
    "precisions",
    multiple=True,
    metavar="MILESTONE=WIDTH",
    help="Add replications, doubling them, until half the interval of P(met) is that narrow in each; again for more.",
)
@click.option(
    "--until-ranked",
    "ranked",
    metavar="MILESTONE",
    help="Add replications, doubling them, until it is settled in which scenario it is met more often.",
)
@REPLICATIONS
@SEED
@WORKERS
@DASK
@SET
@FORMAT
@click.option("--out", type=click.Path(path_type=Path), help="A folder for the figures; none are drawn unless stated.")
def compare(
    scenarios: tuple[str, ...],
    variants: str | None,
    waterfall: str | None,
    precisions: tuple[str, ...],
    ranked: str | None,
    replications: int,
    seed: int,
    workers: int,
    dask: str | None,
    settings: tuple[str, ...],
    form: str,
    out: Path | None,
) -> None:
    """Compare scenarios, or variants of one, with the first under common draws: what differs, and by how much."""
    from posture.study.comparisons import run_comparison
    from posture.study.workers import processes
    from posture.view.comparison_tables import comparison_table, difference_lines

    chosen = _chosen(scenarios, variants, settings)
    _refuse_together({"--waterfall": waterfall, "--precision": precisions, "--until-ranked": ranked})
    if waterfall is not None:
        _split(chosen, waterfall, replications=replications, seed=seed, workers=workers, dask=dask, form=form, out=out)
        return
    known = None if ranked or precisions else replications * len(chosen)
    with progress_bar(known) as progress, processes(workers, dask=dask) as executor:
        runner: Callable[..., Comparison] = run_comparison
        if ranked is not None:
            runner = partial(_compare_until_ranked, milestone=ranked)
        elif precisions:
            runner = partial(_compare_until_precise, precisions=precisions)
        made = runner(chosen, replications=replications, seed=seed, executor=executor, progress=progress)
    if form == "table":
        click.echo("\n".join(difference_lines(made)))
        title = f"{made.base.scenario.title}: {made.replications:,} replications each, seed {seed}"
        print_table(comparison_table(made), title=title)
    else:
        print_rows(made.rows(), form)
    if out is not None:
        _draw(made, out)


def _chosen(names: tuple[str, ...], variants: str | None, settings: tuple[str, ...]) -> dict[str, Scenario]:
    """Return the scenarios by what tables call them, the base first.

    Raises
    ------
    UsageError
        Nothing to compare with, two of one name, or variants of several scenarios.
    """
    loaded = {Path(name).stem: load_scenario(name, settings) for name in names}
    if len(loaded) < len(names):
        raise click.UsageError("two scenarios have one name: rename a file")
    if variants is not None:
        if len(names) > 1:
            raise click.UsageError("--variants are those of one scenario")
        (base,) = loaded.values()
        wanted = list(base.parts.variants) if variants == "all" else [each.strip() for each in variants.split(",")]
        loaded |= {each: base.variant(each) for each in wanted}
    if len(loaded) < 2:
        raise click.UsageError("name another scenario to compare with, or --variants of this one")
    return loaded


def _refuse_together(options: dict[str, object]) -> None:
    """Refuse two options that each say what is run.

    Raises
    ------
    UsageError
        Two are stated.
    """
    stated = [name for name, value in options.items() if value]
    if len(stated) > 1:
        raise click.UsageError(f"found {' and '.join(stated)}, wanted one of them")


def _first_look(replications: int) -> int:
    """Return how many replications are looked at first: those stated, but no fewer than say something."""
    from posture.study.precision import FIRST_LOOK

    return max(FIRST_LOOK, replications) if is_given("replications") else FIRST_LOOK


def _compare_until_precise(
    chosen: dict[str, Scenario],
    *,
    precisions: tuple[str, ...],
    replications: int,
    seed: int,
    executor: Executor | None,
    progress: Callable[[int], None],
) -> Comparison:
    """Compare when every scenario's intervals are narrow enough, and say how many replications it took."""
    from posture.study.comparisons import compare_runs
    from posture.study.precision import compare_until_precise, describe_precision, parse_precisions

    try:
        found = compare_until_precise(
            chosen,
            parse_precisions(precisions),
            first=_first_look(replications),
            seed=seed,
            executor=executor,
            progress=progress,
        )
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--precision") from error
    click.echo(describe_precision(list(found.values())), err=True)
    return compare_runs({name: each.run for name, each in found.items()})


def _compare_until_ranked(
    chosen: dict[str, Scenario],
    *,
    milestone: str,
    replications: int,
    seed: int,
    executor: Executor | None,
    progress: Callable[[int], None],
) -> Comparison:
    """Compare until the order in one milestone is settled, and say what it took and what is not."""
    from posture.study.precision import compare_until_ranked

    first = _first_look(replications)
    try:
        found = compare_until_ranked(chosen, milestone, first=first, seed=seed, executor=executor, progress=progress)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--until-ranked") from error
    took = f"{found.comparison.replications:,} replications each"
    if found.unsettled:
        pairs = ", ".join(f"{one} and {other}" for one, other in found.unsettled)
        click.echo(f"not settled with {took}, the most: {pairs}; they may be equal", err=True)
    else:
        click.echo(f"settled with {took}: {' > '.join(found.order)}", err=True)
    return found.comparison


def _split(
    chosen: dict[str, Scenario],
    milestone: str,
    *,
    replications: int,
    seed: int,
    workers: int,
    dask: str | None,
    form: str,
    out: Path | None,
) -> None:
    """Split the change of one milestone between two scenarios over the values that set them apart."""
    from posture.study.waterfalls import (
        overrides_between,
        run_waterfall,
        split_overrides,
        variant_overrides,
        waterfall_rows,
    )
    from posture.study.workers import processes
    from posture.view.comparison_plots import waterfall_figure
    from posture.view.comparison_tables import waterfall_table
    from posture.view.figures import save_figure

    if len(chosen) != 2:
        raise click.UsageError(f"found {len(chosen)} scenarios, wanted two: a waterfall is between two")
    (base_name, base), (name, other) = chosen.items()
    if not all(milestone in each.parts.asked for each in (base, other)):
        raise click.BadParameter(f"found no milestone '{milestone}'", param_hint="--waterfall")
    overrides = variant_overrides(base, name) if name in other.taken else overrides_between(base, other)
    total = replications * len(split_overrides(base, overrides).coalitions)
    with progress_bar(total) as progress, processes(workers, dask=dask) as executor:
        made = run_waterfall(
            base,
            overrides,
            milestone=milestone,
            replications=replications,
            seed=seed,
            executor=executor,
            progress=progress,
        )
    if form == "table":
        table = waterfall_table(made, names=(base_name, name))
        print_table(table, title=f"{base.title}: P(met) of {milestone}, {replications:,} replications, seed {seed}")
    else:
        print_rows(waterfall_rows(made), form)
    if out is not None:
        save_figure(waterfall_figure(made, names=(base_name, name)), out / f"waterfall-{milestone}.png")


def _draw(made: Comparison, out: Path) -> None:
    from posture.view.comparison_plots import comparison_figure, scoreboard_figure
    from posture.view.figures import save_figure

    for name, figure in (("scoreboard", scoreboard_figure(made)), ("strength", comparison_figure(made))):
        save_figure(figure, out / f"{name}.png")
        click.echo(str(out / f"{name}.png"), err=True)
