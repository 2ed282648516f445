"""Commands that ask a saved run: why, explain."""

from __future__ import annotations

from pathlib import Path

import click

from posture.cli.group import DASK, FORMAT, WORKERS, cli
from posture.cli.printing import print_rows, print_table, progress_bar

RUN = click.argument("folder", metavar="RUN", type=click.Path(path_type=Path))


@cli.command()
@RUN
@click.option("--milestone", required=True, metavar="ID", help="The one to ask about.")
@WORKERS
@DASK
@FORMAT
@click.option("--out", type=click.Path(path_type=Path), help="A folder for the figure; none is drawn unless stated.")
def why(folder: Path, milestone: str, workers: int, dask: str | None, form: str, out: Path | None) -> None:
    """Say why a milestone of a RUN is missed: its lateness by cause, what each cause costs, what it goes with."""
    from posture.model.counterfactuals import REMOVABLE
    from posture.study.causes import estimate_causes
    from posture.study.store import read_run
    from posture.study.workers import processes
    from posture.view.cause_tables import association_table, cause_rows, counterfactual_table, lateness_table

    made = read_run(folder)
    if milestone not in made.scenario.parts.asked:
        names = ", ".join(sorted(made.scenario.parts.asked))
        raise click.BadParameter(f"found no milestone '{milestone}', wanted one of {names}", param_hint="--milestone")
    with progress_bar(made.replications * (len(REMOVABLE) + 1)) as progress, processes(workers, dask=dask) as executor:
        found = estimate_causes(made, milestone, executor=executor, progress=progress)
    if form == "table":
        heading = f"{made.scenario.title}: {milestone}, {made.replications:,} replications, seed {made.seed}"
        if found.lateness is not None:
            print_table(lateness_table(found.lateness), title=f"{heading}: lateness by cause")
        print_table(counterfactual_table(found.counterfactuals), title="With one cause taken away")
        print_table(association_table(found.associations), title="Assumptions it goes with")
    else:
        print_rows(cause_rows(found), form)
    if out is not None:
        from posture.view.cause_plots import causes_figure
        from posture.view.figures import save_figure

        save_figure(causes_figure(made, found), out / f"why-{milestone}.png")
        click.echo(str(out / f"why-{milestone}.png"), err=True)


@cli.command()
@RUN
@click.argument("replication", type=click.IntRange(0))
@click.option("--milestone", metavar="ID", help="The one to tell of; all unless stated.")
def explain(folder: Path, replication: int, milestone: str | None) -> None:
    """Tell the story of one replication of a RUN; of a missed MILESTONE also where the nearest that met it parted."""
    from posture.study.store import read_run
    from posture.view import explanation

    try:
        click.echo(explanation.explain(read_run(folder), replication, milestone=milestone), nl=False)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
