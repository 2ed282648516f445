"""What stands on the command line itself, not by default."""

from __future__ import annotations

import click
from click.core import ParameterSource


def is_given(parameter: str) -> bool:
    """Tell whether a parameter of the running command was stated."""
    return click.get_current_context().get_parameter_source(parameter) is ParameterSource.COMMANDLINE


def refuse_given(options: dict[str, str], *, what: str) -> None:
    """Refuse options, by parameter, that mean nothing for what the command was given.

    Raises
    ------
    UsageError
        One of them is stated.
    """
    stated = [option for parameter, option in options.items() if is_given(parameter)]
    if stated:
        raise click.UsageError(f"found {', '.join(stated)}, wanted none of it: {what}")
