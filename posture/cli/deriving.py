"""The command that derives what scenarios share from the record: derive."""

from __future__ import annotations

from pathlib import Path

import click

from posture.cli.group import FAILED, cli


@cli.command(name="derive")
@click.option("--without", metavar="CASE", help="Leave out a case of the record, such as iraq-2009-2011.")
@click.option("--out", type=click.Path(path_type=Path), help="A file to write to; standard output unless stated.")
@click.option("--check", "checked", is_flag=True, help="Compare with the part that ships instead; 1 if they differ.")
def derive_command(without: str | None, out: Path | None, checked: bool) -> int:
    """Derive what drawdowns share from the record of earlier ones, as the `assumptions` of a scenario file."""
    from posture.study.derivation import SHARED_FILE, block_text, differences_from_shipped
    from posture.study.lessons import derive
    from posture.study.precedents import read_record

    if checked and out is not None:
        raise click.UsageError("found both --check and --out, wanted one: a comparison writes no file")
    record = read_record()
    if without is not None:
        if without not in record.names():
            names = ", ".join(record.names())
            raise click.BadParameter(f"found no case '{without}', wanted one of {names}", param_hint="--without")
        record = record.without(without)
    derived = derive(record)
    if checked:
        lines = differences_from_shipped(derived)
        for line in lines:
            click.echo(line)
        click.echo(f"{SHARED_FILE}: {len(lines)} differences from what is derived", err=True)
        return FAILED if lines else 0
    if out is None:
        click.echo(block_text(derived), nl=False)
        return 0
    try:
        out.write_text(block_text(derived), encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{out} cannot be written: {error.strerror}") from error
    return 0
