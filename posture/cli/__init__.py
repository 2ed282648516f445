"""The command line: parse, call one public function, print, return a status.

Data goes to standard output, progress and messages to standard error. Exit status: 0 done, 1 a run failed,
2 a usage error or an invalid scenario, 3 a requirement not met, 130 interrupted.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence

import click

from posture.cli import asking as asking
from posture.cli import backtesting as backtesting
from posture.cli import comparing as comparing
from posture.cli import deriving as deriving
from posture.cli import discovering as discovering
from posture.cli import files as files
from posture.cli import runs as runs
from posture.cli import sensing as sensing
from posture.cli import solving as solving
from posture.cli import studies as studies
from posture.cli.group import FAILED, INTERRUPTED, INVALID, TERMINATED, cli
from posture.errors import PostureError, ScenarioError


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit with its status."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    try:
        status = cli.main(args=list(arguments) if arguments is not None else None, standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("interrupted", err=True)
        status = INTERRUPTED
    except click.ClickException as error:
        error.show()
        status = error.exit_code
    except ScenarioError as error:
        click.echo(str(error), err=True)
        status = INVALID
    except PostureError as error:
        click.echo(f"posture: {error}", err=True)
        status = FAILED
    sys.exit(status if isinstance(status, int) else 0)
