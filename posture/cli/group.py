"""The group that commands belong to, and what they share: options, scenarios, statuses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

if TYPE_CHECKING:
    from posture.scenario.scenario import Scenario

FAILED, INVALID, UNMET, INTERRUPTED, TERMINATED = 1, 2, 3, 130, 143


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="posture")
def cli() -> None:
    """Simulate drawdowns of military forces: will the dated milestones be met, and what holds them up.

    A SCENARIO is a YAML file, or the name of one that ships, such as agreement-2024.
    """


def _pairs(texts: Sequence[str]) -> dict[str, str]:
    """Split `path=value` options."""
    pairs = {}
    for text in texts:
        path, equals, value = text.partition("=")
        if not equals or not path.strip():
            raise click.BadParameter(f"found {text!r}, wanted path=value", param_hint="--set")
        pairs[path.strip()] = value
    return pairs


def load_scenario(name: str, settings: Sequence[str] = (), variant: str | None = None) -> Scenario:
    """Load a scenario, its variant and settings laid over; its warnings go to standard error."""
    from posture.scenario.scenario import load

    return vary_loaded(load(name), settings, variant)


def vary_loaded(scenario: Scenario, settings: Sequence[str] = (), variant: str | None = None) -> Scenario:
    """Lay a variant and settings over a scenario; its warnings go to standard error."""
    if variant is not None:
        scenario = scenario.variant(variant)
    if settings:
        scenario = scenario.vary_text(_pairs(settings))
    for warning in scenario.warnings:
        click.echo(str(warning), err=True)
    return scenario


SET = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="PATH=VALUE",
    help="Set a value of the scenario, as YAML; again for more.",
)
VARIANT = click.option("--variant", metavar="NAME", help="Take one of the variants that the scenario states.")
REPLICATIONS = click.option(
    "--replications",
    "-n",
    type=click.IntRange(1, 10_000_000),
    default=1000,
    show_default=True,
    help="How many histories to simulate.",
)
SEED = click.option(
    "--seed", type=int, default=1, show_default=True, help="Of the random numbers: same seed, same outcomes."
)


def _one_of_two(context: click.Context, parameter: click.Parameter, value: object) -> object:
    """Refuse --workers beside --dask."""
    stated = [context.get_parameter_source(each) for each in ("workers", "dask")]
    if parameter.name == "dask" and value == "":
        raise click.BadParameter("found no address, wanted one such as tcp://host:8786")
    if stated.count(ParameterSource.COMMANDLINE) == 2:
        raise click.UsageError("found --workers and --dask, wanted one of the two: a cluster has its own workers")
    return value


WORKERS = click.option(
    "--workers",
    type=click.IntRange(1, 256),
    default=1,
    show_default=True,
    callback=_one_of_two,
    help="Processes to spread the work over; they change no outcome.",
)
DASK = click.option(
    "--dask",
    metavar="ADDRESS",
    callback=_one_of_two,
    help="Scheduler of a Dask cluster to spread the work over instead, such as tcp://host:8786.",
)
CHUNK = click.option(
    "--chunk",
    type=click.IntRange(1, 1_000_000),
    default=200,
    show_default=True,
    help="Replications a worker takes at a time; no outcome depends on it.",
)
FORMAT = click.option(
    "--format", "form", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True
)
