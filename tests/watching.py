"""A plugin of pytest that writes down which checks fail: `-p tests.watching --watched FILE`."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import Phase, settings

import posture

MOST_SECONDS_A_CHECK = 40
"""A check that takes longer never ends; the slowest takes some 10 seconds."""

STARTED, FAILED, NEVER_ENDED = "started", "failed", "never ended"


class NeverEnds(BaseException):
    """No `Exception`: Hypothesis would try the example again."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the file to write to."""
    parser.addoption("--watched", type=Path, help="where to write which checks fail")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to test another copy of the package; draw the same examples every time and show them as found.

    Raises
    ------
    pytest.UsageError
        The package imported is not the one beside these tests.
    """
    if not Path(posture.__file__).is_relative_to(config.rootpath):
        raise pytest.UsageError(f"{posture.__file__} is not in {config.rootpath}")
    phases = (Phase.explicit, Phase.generate)
    settings.register_profile("watched", derandomize=True, database=None, phases=phases, report_multiple_bugs=False)
    settings.load_profile("watched")
    config.pluginmanager.register(_Watcher(config.getoption("watched")))


class _Watcher:
    """Writes one line when a check starts and one when it fails."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, what: str, nodeid: str) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"{what}\t{nodeid}\n")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        self.write(STARTED, item.nodeid)
        signal.signal(signal.SIGALRM, _stop)
        signal.alarm(MOST_SECONDS_A_CHECK)
        try:
            return (yield)
        except NeverEnds:
            self.write(NEVER_ENDED, item.nodeid)
            raise
        finally:
            signal.alarm(0)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.write(FAILED, report.nodeid)


def _stop(*_: object) -> None:
    raise NeverEnds
