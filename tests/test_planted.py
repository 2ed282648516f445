"""The faults that are planted in the engine, and the page that says what caught them."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tests.faults import FAULTS, FURTHER
from tests.planted import (
    OF_THE_CHECKS,
    ROOT,
    Check,
    Run,
    faulty,
    find_checks,
    first_sentence,
    page,
    read_run,
    try_fault,
)

PAGE = ROOT / "docs" / "verification.md"
ALL = (*FAULTS, *FURTHER)
ONE_TOO_MANY = next(each for each in ALL if each.name == "a lift takes one serial more than it has slots")
CONSTANT = "test_queueing_theory.py::test_constant_cycles_make_a_line_that_grows_evenly"


def test_every_fault_has_its_text_once_in_its_module():
    """The list follows the engine: a text that has gone, or stands twice, would plant nothing, or two faults."""
    counts = {each.name: (ROOT / "posture" / each.module).read_text(encoding="utf-8").count(each.find) for each in ALL}

    assert {name: count for name, count in counts.items() if count != 1} == {}


def test_faults_have_names_of_their_own_and_change_something():
    """As many names as faults, no fault twice, none that leaves the text as it is."""
    assert len({each.name for each in ALL}) == len(ALL)
    assert len({(each.module, each.find, each.replace) for each in ALL}) == len(ALL)
    assert not [each.name for each in ALL if each.find == each.replace]


def test_a_text_that_is_not_there_is_refused(tmp_path):
    """One module that holds the text twice: it could not be said which of the two is meant."""
    module = tmp_path / "posture" / "model" / "dispatch.py"
    module.parent.mkdir(parents=True)
    module.write_text(2 * f"{ONE_TOO_MANY.find}\n", encoding="utf-8")

    with pytest.raises(ValueError, match=r"stands 2 times in posture/model/dispatch\.py, not once"):
        faulty(ONE_TOO_MANY, tmp_path)


@pytest.mark.parametrize(("fault", "caught"), [(None, frozenset()), (ONE_TOO_MANY, frozenset({CONSTANT}))])
def test_a_lift_with_one_slot_too_many_is_caught_by_a_closed_form(fault, caught):
    """D/D/1 with cycles of 1.5 days waits n/2 days; served two at a time nobody waits. As it is, the engine passes."""
    run = try_fault(fault, checks=[f"tests/verification/{CONSTANT}"])

    assert run == Run(frozenset({CONSTANT}), caught, frozenset())


def test_a_check_that_does_not_end_has_caught_its_fault():
    """Of three, the first fails twice, the second is stopped by its own clock, the third with the whole run."""
    lines = ["started\ta", "failed\ta[1]", "failed\ta[2]", "started\tb", "never ended\tb", "failed\tb", "started\tc[0]"]

    assert read_run(lines, is_cut=True) == Run(frozenset("abc"), frozenset("abc"), frozenset("bc"))
    assert read_run(lines, is_cut=False) == Run(frozenset("abc"), frozenset("ab"), frozenset("b"))


def test_a_check_is_shown_by_its_first_sentence():
    """Up to the first full stop before a space: the one in 0.5 is none; without any, the whole paragraph."""
    assert first_sentence("At load 0.5\nnobody waits. More than that\n\nGross.") == "At load 0.5 nobody waits."
    assert first_sentence("Nobody waits\n\nGross.") == "Nobody waits"


def test_the_page_tells_what_was_not_caught():
    """Two faults, the second uncaught; two checks, the second idle; and one that only runs nightly."""
    first, second = ONE_TOO_MANY, replace(ONE_TOO_MANY, name="a | b")
    kept = Check("test_oracle.py", "test_kept", "What it shows.")
    checks = [kept, replace(kept, name="test_idle"), replace(kept, name="test_long")]
    ran = frozenset(each.id for each in checks[:2])
    runs = {
        first: Run(ran, frozenset({kept.id}), frozenset({kept.id})),
        second: Run(ran, frozenset(), frozenset()),
    }

    rows = [line for line in page(runs, checks).splitlines() if line.startswith("| ")]

    assert rows[1:4] == [
        "| `test_oracle.py` | `test_kept` | What it shows. | independent oracle | 1 |",
        "| `test_oracle.py` | `test_idle` | What it shows. | independent oracle | none |",
        "| `test_oracle.py` | `test_long` | What it shows. | independent oracle | not run here: nightly |",
    ]
    assert rows[5:] == [
        f"| 1 | dispatch | {first.name} | 1 | `test_kept` (never ends) |",
        r"| 2 | dispatch | a \| b | 0 | nothing |",
    ]


def test_checks_that_ask_nothing_of_the_engine_are_still_there():
    """A check that was renamed must catch a fault again, or be named anew."""
    assert {each.id for each in find_checks()} >= OF_THE_CHECKS


def test_the_page_names_every_check_and_every_fault():
    """Made by `python -m tests.planted --write docs/verification.md`; every row says that something was caught."""
    text = PAGE.read_text(encoding="utf-8")
    checks = re.findall(r"^\| `(test_\w+\.py)` \| `(test_\w+)` \| .* \| ([^|]+) \|$", text, flags=re.MULTILINE)
    faults = re.findall(r"^\| \d+ \| ([^|]+) \| (.+) \| (\d+) \| [^|]+ \|$", text, flags=re.MULTILINE)

    assert [(file, name) for file, name, _ in checks] == [(each.file, each.name) for each in find_checks()]
    assert [(submodel, name) for submodel, name, _ in faults] == [(each.submodel, each.name) for each in FAULTS]
    assert not [name for _, name, caught in checks if caught == "none"]
    assert not [name for _, name, count in faults if count == "0"]
