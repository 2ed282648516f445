"""The command that asks whether it is true: backtest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from posture.cli.group import DASK, FORMAT, SEED, WORKERS, cli
from posture.cli.printing import print_rows, print_table, progress_bar

if TYPE_CHECKING:
    from posture.scenario.scenario import Scenario
    from posture.study.backtests import Backtest


@cli.command()
@click.argument("paths", nargs=-1, required=True, metavar="SCENARIO|FOLDER...")
@click.option(
    "--replications",
    "-n",
    type=click.IntRange(2, 1_000_000),
    default=400,
    show_default=True,
    help="How many histories to simulate for each forecast.",
)
@SEED
@WORKERS
@DASK
@click.option("--as-shipped", is_flag=True, help="Take the shared assumptions as they are, and leave no case out.")
@FORMAT
@click.option(
    "--out", type=click.Path(path_type=Path), help="A folder for figures, forecasts.csv, milestones.csv, scores.csv."
)
@click.option("--report", type=click.Path(path_type=Path), help="An HTML file for the report, in one page.")
@click.option(
    "--page", type=click.Path(path_type=Path), help="A Markdown file for the same, such as docs/validation.md."
)
def backtest(
    paths: tuple[str, ...],
    replications: int,
    seed: int,
    workers: int,
    dask: str | None,
    as_shipped: bool,
    form: str,
    out: Path | None,
    report: Path | None,
    page: Path | None,
) -> None:
    """Forecast past drawdowns as of every announcement and month, and score what was foretold of what happened.

    A case is a scenario with `observed` counts or milestones; of a FOLDER every one that has some. Each is forecast
    with shared assumptions derived from the other cases alone.
    """
    from posture.study.backtests import forecast_days, run_backtest
    from posture.study.workers import processes

    cases = _cases(paths)
    total = sum(len(forecast_days(each)) for each in cases.values())
    with progress_bar(total) as progress, processes(workers, dask=dask) as executor:
        made = run_backtest(
            cases,
            replications=replications,
            seed=seed,
            leave_out=not as_shipped,
            executor=executor,
            progress=progress,
        )
    if form == "table":
        _print(made)
    else:
        print_rows(made.card.rows(), form)
    _write(made, out=out, report=report, page=page)


def _cases(paths: tuple[str, ...]) -> dict[str, Scenario]:
    """Return the scenarios that have something observed, by the stem of their file.

    Raises
    ------
    UsageError
        A named file has nothing observed, a folder has no such scenario, or two files have one name.
    """
    from posture.scenario.scenario import load

    cases: dict[str, Scenario] = {}
    for path in paths:
        found = dict(_observed_in(Path(path))) if Path(path).is_dir() else {Path(path).stem: load(path)}
        if not found or not all(_is_observed(each) for each in found.values()):
            raise click.UsageError(f"found nothing in {path} under `observed`, wanted a past drawdown to forecast")
        if twice := cases.keys() & found.keys():
            raise click.UsageError(f"found two cases of one name, {min(twice)}: rename a file")
        cases |= found
    return cases


def _observed_in(folder: Path) -> Iterator[tuple[str, Scenario]]:
    """Yield the scenarios of a folder that have something observed; parts have not."""
    from posture.scenario.inheritance import read_chain
    from posture.scenario.loading import is_part
    from posture.scenario.scenario import load

    for file in sorted(folder.glob("*.yaml")):
        if not is_part(read_chain(file)) and _is_observed(scenario := load(file)):
            yield file.stem, scenario


def _is_observed(scenario: Scenario) -> bool:
    return bool(scenario.parts.observed.strength or scenario.parts.observed.milestones)


def _print(made: Backtest) -> None:
    from posture.study.verdicts import judge
    from posture.view.score_tables import coverage_table, milestone_score_table, strength_score_table
    from posture.view.validation import skill_grid, verdict_table

    left = "each case left out of its assumptions" if made.left_out else "assumptions as they ship"
    made_by = f"{made.replications:,} replications a forecast, seed {made.seed}, {left}"
    tables = {
        f"Strength: {made_by}": strength_score_table(made.card),
        "How often the bands held what was counted": coverage_table(made.card),
        "Skill in strength, against each baseline": skill_grid(made.card, name="crps"),
        f"Milestones: {made_by}": milestone_score_table(made.card),
        "Skill in milestones, against each baseline": skill_grid(made.card, name="brier"),
        "What was wanted": verdict_table(judge(made)),
    }
    for title, table in tables.items():
        if table.rows:
            print_table(table, title=title)


def _write(made: Backtest, *, out: Path | None, report: Path | None, page: Path | None) -> None:
    from posture.view.figures import save_figure
    from posture.view.forecast_plots import backtest_figures
    from posture.view.validation import forecast_csv, milestone_csv, page_text, report_text, score_csv

    figures = backtest_figures(made) if out is not None or report is not None else {}
    if out is not None:
        for name, figure in figures.items():
            save_figure(figure, out / f"{name}.png")
            click.echo(str(out / f"{name}.png"), err=True)
        _put(out / "forecasts.csv", forecast_csv(made))
        _put(out / "milestones.csv", milestone_csv(made))
        _put(out / "scores.csv", score_csv(made))
    if report is not None:
        _put(report, report_text(made, figures))
    if page is not None:
        _put(page, page_text(made))


def _put(path: Path, text: str) -> None:
    """Write a file whole, with the folder it stands in.

    Raises
    ------
    StoreError
        It cannot be written.
    """
    from posture.errors import StoreError
    from posture.study.parts import write_whole

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text.encode())
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror or error}") from error
    click.echo(str(path), err=True)
