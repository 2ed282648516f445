"""Commands about scenario files: new, check, show, diff, schema."""

from __future__ import annotations

import json
from pathlib import Path

import click

from posture.cli.group import INVALID, SET, VARIANT, cli, load_scenario


@cli.command()
@click.argument("file", type=click.Path(path_type=Path))
def new(file: Path) -> None:
    """Write a small scenario to FILE, to start from."""
    from posture.scenario.library import starter_text
    from posture.scenario.schema import schema_text

    schema = file.parent / "scenario.schema.json"
    try:
        with file.open("x", encoding="utf-8") as stream:
            stream.write(starter_text())
        if not schema.exists():
            schema.write_text(schema_text(), encoding="utf-8")
    except FileExistsError:
        raise click.ClickException(f"{file} exists already: name another file") from None  # the name says it all
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}") from error
    click.echo(f"wrote {file}; run it with: posture run {file}")


@cli.command()
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO...")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def check(scenarios: tuple[str, ...], form: str) -> int:
    """Report everything that is wrong with a scenario, each at its line and column."""
    from posture.scenario.loading import check as check_file

    findings = [each for name in scenarios for each in check_file(name)]
    if form == "json":
        rows = [
            {
                "file": each.mark.file,
                "line": each.mark.line,
                "column": each.mark.column,
                "severity": each.severity,
                "path": list(each.path),
                "message": each.message,
            }
            for each in findings
        ]
        click.echo(json.dumps(rows, indent=1))
    else:
        for each in findings:
            click.echo(str(each))
    errors = sum(each.severity == "error" for each in findings)
    click.echo(f"{errors} errors, {len(findings) - errors} warnings", err=True)
    return INVALID if errors else 0


@cli.command()
@click.argument("scenario")
@SET
@VARIANT
@click.option("--origin", is_flag=True, help="Print every value with the file and line that set it instead.")
def show(scenario: str, settings: tuple[str, ...], variant: str | None, origin: bool) -> None:
    """Print the plan of a scenario as a timetable."""
    from posture.view.timetable import origin_lines, timetable

    loaded = load_scenario(scenario, settings, variant)
    click.echo("\n".join(origin_lines(loaded)) + "\n" if origin else timetable(loaded), nl=False)


@cli.command()
@click.argument("scenario")
@click.argument("other", required=False)
@VARIANT
def diff(scenario: str, other: str | None, variant: str | None) -> None:
    """Print what differs between SCENARIO and OTHER, or one of its own variants, value by value."""
    if (other is None) == (variant is None):
        raise click.UsageError("name another scenario, or one --variant of this one")
    before = load_scenario(scenario)
    after = load_scenario(other) if other is not None else load_scenario(scenario, variant=variant)
    from posture.scenario.findings import printable

    for each in before.diff(after):
        click.echo(printable(str(each)))


@cli.command()
@click.option("--out", type=click.Path(path_type=Path), help="A file to write to; standard output unless stated.")
def schema(out: Path | None) -> None:
    """Print the JSON Schema of scenario files, for completion in editors."""
    from posture.scenario.schema import schema_text

    if out is None:
        click.echo(schema_text(), nl=False)
        return
    try:
        out.write_text(schema_text(), encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{out} cannot be written: {error.strerror}") from error
