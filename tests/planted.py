"""Plant faults in the engine, one at a time, and see which checks of tests/verification catch each.

Run from the root of the repository: `python -m tests.planted`. It takes a while: every fault runs every check once.
Exit status 1 if a fault goes uncaught, or if a check catches none.
"""

from __future__ import annotations

import argparse
import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.faults import FAULTS, FURTHER, Fault
from tests.watching import MOST_SECONDS_A_CHECK, NEVER_ENDED, STARTED

ROOT = Path(__file__).parent.parent
CHECKS = "tests/verification"
NEEDED = ("posture", "scenarios", "tests", "pyproject.toml", "README.md")
"""What the checks read."""

WORKERS = 2
MOST_SECONDS = 600
"""A run of all checks that takes longer never ends: ten times what it takes without a fault."""

KINDS = {
    "test_closed_forms": "closed form",
    "test_event_tables": "by hand",
    "test_identities": "identity",
    "test_metamorphic": "metamorphic",
    "test_oracle": "independent oracle",
    "test_queueing_theory": "closed form",
    "test_shares_and_sums": "closed form",
}
"""What kind of check a file holds; of another file: what its name says."""

OF_THE_CHECKS = frozenset(
    {
        "test_event_tables.py::test_the_tables_are_about_every_section_of_the_rules",
        "test_queueing_theory.py::test_erlang_and_finite_sources_give_back_what_is_known_by_heart",
        "test_queueing_theory.py::test_the_chance_of_waiting_at_one_slot_is_sigma",
    }
)
"""These ask nothing of the engine, but whether the checks are all there or their formulas right: no fault is theirs."""

SHOWN = 3
"""How many of the checks that catch a fault the page names."""

INTRODUCTION = """\
# What the checks catch

A check is worth what it would have caught. This page says what the checks of `tests/verification` do catch. It was made
from the root of the repository by

    python -m tests.planted --write docs/verification.md

which planted {faults} faults in copies of the engine, one at a time, and ran the {checks} checks on each. A fault
replaces one text of one module by another (`tests/faults.py`); each is a slip that somebody might make. The command
ends with status 1 if a fault goes uncaught, or if a check catches none (but for those that ask nothing of the engine).

Hypothesis draws the same examples every time. A check that does not end within {seconds} seconds has caught its fault
too, and is marked so. Left out are the tests of single modules, beside that folder, and the checks marked nightly,
which try more examples of the same.

"""


@dataclass(frozen=True)
class Check:
    """A test function of tests/verification: its file and name, and the first sentence of its docstring."""

    file: str
    name: str
    shows: str

    @property
    def id(self) -> str:
        """Return the name that pytest gives it, less the folder."""
        return f"{self.file}::{self.name}"

    @property
    def kind(self) -> str:
        """Return what kind of check it is."""
        stem = Path(self.file).stem
        if self.id in OF_THE_CHECKS:
            return "of the checks"
        return KINDS.get(stem, stem.removeprefix("test_").replace("_", " "))


@dataclass(frozen=True)
class Run:
    """What became of the checks under one fault: those that ran, failed, and would not have ended."""

    ran: frozenset[str]
    caught: frozenset[str]
    endless: frozenset[str]


def find_checks() -> list[Check]:
    """Return the checks of tests/verification, in the order of their files."""
    checks = []
    for path in sorted((ROOT / CHECKS).glob("test_*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                checks.append(Check(path.name, node.name, first_sentence(ast.get_docstring(node) or "")))
    return checks


def first_sentence(text: str) -> str:
    """Return the first sentence of a docstring, on one line."""
    paragraph = " ".join(text.partition("\n\n")[0].split())
    sentence, stop, _ = paragraph.partition(". ")
    return sentence + stop.strip() if stop else paragraph


def faulty(fault: Fault, root: Path) -> str:
    """Return the text of a module under `root` with a fault in it.

    Raises
    ------
    ValueError
        The text that the fault replaces does not stand there exactly once.
    """
    text = (root / "posture" / fault.module).read_text(encoding="utf-8")
    if (count := text.count(fault.find)) != 1:
        raise ValueError(f"{fault.name!r}: {fault.find!r} stands {count} times in posture/{fault.module}, not once")
    return text.replace(fault.find, fault.replace)


def try_fault(fault: Fault | None, *, checks: Sequence[str] = (CHECKS,)) -> Run:
    """Run checks, by file or pytest's name, on a copy of the package with a fault in it; None: as it is."""
    with TemporaryDirectory(prefix="planted-") as folder:
        root = Path(folder).resolve()
        for name in NEEDED:
            copy(ROOT / name, root / name)
        if fault is not None:
            (root / "posture" / fault.module).write_text(faulty(fault, root), encoding="utf-8")
        return run_checks(root, checks)


def copy(source: Path, target: Path) -> None:
    """Copy a file, or a folder without what was compiled."""
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    else:
        shutil.copy2(source, target)


def run_checks(root: Path, checks: Sequence[str]) -> Run:
    """Run checks in a process of their own, on the package under `root`.

    Raises
    ------
    RuntimeError
        They could not be run at all.
    """
    watched = root / "watched.txt"
    options = ["-n", "0", "-q", "-p", "no:cacheprovider", "-p", "tests.watching", "--watched", str(watched)]
    command = [sys.executable, "-m", "pytest", *options, *checks]
    environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONHASHSEED": "0"}
    try:
        done = subprocess.run(
            command, cwd=root, env=environment, capture_output=True, text=True, check=False, timeout=MOST_SECONDS
        )
    except subprocess.TimeoutExpired:
        return read_run(watched.read_text(encoding="utf-8").splitlines(), is_cut=True)
    if done.returncode not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) or not watched.exists():
        raise RuntimeError(f"the checks did not run: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return read_run(watched.read_text(encoding="utf-8").splitlines(), is_cut=False)


def read_run(lines: Iterable[str], *, is_cut: bool) -> Run:
    """Return what was written down about a run; the last check of one that was cut would not have ended."""
    rows = [line.split("\t", 1) for line in lines]
    named = [(what, nodeid.partition("[")[0].removeprefix(f"{CHECKS}/")) for what, nodeid in rows]
    ran = [check for what, check in named if what == STARTED]
    failed = {check for what, check in named if what != STARTED}
    endless = {check for what, check in named if what == NEVER_ENDED} | set(ran[-1:] if is_cut else ())
    return Run(frozenset(ran), frozenset(failed | endless), frozenset(endless))


def try_all(faults: Sequence[Fault]) -> dict[Fault, Run]:
    """Try faults, some at a time, and say on standard error how it goes."""
    runs: dict[Fault, Run] = {}
    with ThreadPoolExecutor(WORKERS) as pool:
        tried = {pool.submit(try_fault, fault): fault for fault in faults}
        try:
            for future in as_completed(tried):
                fault = tried[future]
                runs[fault] = future.result()
                say(f"{len(runs)}/{len(faults)} {fault.name}: caught by {len(runs[fault].caught)}")
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return {fault: runs[fault] for fault in faults}


def say(line: str) -> None:
    """Say on standard error how it goes."""
    sys.stderr.write(f"{line}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Plant the faults, say what caught each, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.planted", description=__doc__)
    parser.add_argument("--only", metavar="NAME", action="append", help="plant only faults whose name holds this text")
    parser.add_argument("--further", action="store_true", help="plant the further faults, which no page tells of")
    parser.add_argument("--write", metavar="PAGE", type=Path, help="write a page of what caught what")
    options = parser.parse_args(arguments)
    if options.write and (options.only or options.further):
        parser.error("a page needs its faults, no more and no less: --write without --only and --further")
    faults = FURTHER if options.further else FAULTS
    chosen = [each for each in faults if not options.only or any(text in each.name for text in options.only)]
    if not chosen:
        parser.error("no fault has such a name")
    for fault in chosen:
        faulty(fault, ROOT)  # before the first run: a list that has rotted is refused at once
    sound = try_fault(None)
    if sound.caught:
        say(f"Without any fault these fail: {', '.join(sorted(sound.caught))}")
        return 1
    runs = try_all(chosen)
    if options.write:
        options.write.write_text(page(runs, find_checks()), encoding="utf-8")
    caught = {check for run in runs.values() for check in run.caught}
    lines = report(runs)
    lines += [f"UNCAUGHT: {fault.name}" for fault, run in runs.items() if not run.caught]
    lines += [
        f"CATCHES NOTHING: {check}" for check in sorted(sound.ran - caught - OF_THE_CHECKS) if chosen == list(FAULTS)
    ]
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 1 if lines[-1].startswith(("UNCAUGHT", "CATCHES NOTHING")) else 0


def report(runs: Mapping[Fault, Run]) -> list[str]:
    """Return what caught each fault, in lines."""
    lines = []
    for fault, run in runs.items():
        lines.append(f"{fault.submodel}: {fault.name}")
        lines += [f"    {check}{' (never ends)' if check in run.endless else ''}" for check in sorted(run.caught)]
    return lines


def page(runs: Mapping[Fault, Run], checks: Sequence[Check]) -> str:
    """Return the page: how it is made, what each check shows and catches, and what caught each fault."""
    numbers = {fault: number for number, fault in enumerate(runs, start=1)}
    ran = {check for run in runs.values() for check in run.ran}
    lines = INTRODUCTION.format(faults=len(runs), checks=len(ran), seconds=MOST_SECONDS_A_CHECK).splitlines()
    lines += ["## Checks", "", "| file | check | what it shows | kind | faults it catches |", "|---|---|---|---|---|"]
    for check in checks:
        caught = [str(numbers[fault]) for fault, run in runs.items() if check.id in run.caught]
        cell = ", ".join(caught) or ("not the engine's" if check.id in OF_THE_CHECKS else "none")
        cell = cell if check.id in ran else "not run here: nightly"
        lines.append(f"| `{check.file}` | `{check.name}` | {_cell(check.shows)} | {check.kind} | {cell} |")
    lines += ["", "## Faults", "", "| | submodel | planted | caught by | among them |", "|---|---|---|---|---|"]
    order = [each.id for each in checks]
    for fault, run in runs.items():
        caught = sorted(run.caught, key=lambda each: (order.index(each) if each in order else len(order), each))
        shown = ", ".join(_shown(each, run) for each in _first_of_each_file(caught))
        lines.append(
            f"| {numbers[fault]} | {fault.submodel} | {_cell(fault.name)} | {len(caught)} | {shown or 'nothing'} |"
        )
    return "\n".join(lines) + "\n"


def _first_of_each_file(caught: Sequence[str]) -> list[str]:
    """Return the first few checks, the first of each file before the second of any."""
    seen: dict[str, int] = {}
    ranked = []
    for check in caught:
        file = check.partition("::")[0]
        ranked.append((seen.setdefault(file, 0), check))
        seen[file] += 1
    return [check for _, check in sorted(ranked, key=lambda each: each[0])][:SHOWN]


def _shown(check: str, run: Run) -> str:
    return f"`{check.partition('::')[2]}`{' (never ends)' if check in run.endless else ''}"


def _cell(text: str) -> str:
    """Return a text that does not break out of its cell."""
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.exit(main())
