"""Findings as data: how they read, in which order they come, which name is nearest."""

from __future__ import annotations

import pytest

from posture.errors import ScenarioError
from posture.scenario.findings import (
    MOST_SHOWN,
    Finding,
    Mark,
    did_you_mean,
    dotted,
    listed,
    printable,
    raise_errors,
    shortened,
)


def test_a_finding_is_one_line_of_place_severity_path_and_message():
    """As compilers write them, so that editors can jump there."""
    finding = Finding(Mark("plan.yaml", 3, 14), ("lift", "trucks", "by", 0), "found 'x', wanted y")

    assert str(finding) == "plan.yaml:3:14: error: lift.trucks.by[0]: found 'x', wanted y"


def test_a_finding_without_a_line_names_the_file_alone():
    """A file that cannot be read has no lines."""
    assert str(Finding(Mark("plan.yaml"), (), "cannot be read")) == "plan.yaml: error: cannot be read"


@pytest.mark.parametrize(
    ("path", "text"),
    [((), ""), (("a",), "a"), (("a", "b-c"), "a.b-c"), (("a", 0, "b"), "a[0].b"), ((0, 1), "[0][1]")],
)
def test_a_path_is_written_with_dots_and_brackets(path: tuple[str | int, ...], text: str):
    """As `--set` takes it, list positions apart."""
    assert dotted(path) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ain al-Asad, Baghdād, 巴格达, بغداد", "Ain al-Asad, Baghdād, 巴格达, بغداد"),
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("one\rtwo\nthree", "one\\rtwo\\nthree"),
        ("\x9b31m", "\\x9b31m"),
        ("a\u202eb\u2066c", "a\\u202eb\\u2066c"),
        ("\ud800", "\\ud800"),
        ("\u200b\u2028\ufeff", "\\u200b\\u2028\\ufeff"),
    ],
)
def test_what_could_rewrite_a_terminal_is_shown_as_an_escape(text: str, shown: str):
    """Letters of any script stay; escape sequences, line ends, changes of direction and half characters do not."""
    assert printable(text) == shown


def test_neither_the_name_of_a_file_nor_a_key_reaches_the_terminal_raw():
    """All of a finding is shown so, not its message alone."""
    finding = Finding(Mark("a\x1b[2J.yaml", 1, 1), ("k\x1b[2J",), "found '\x1b[2J'")

    assert str(finding).isprintable()


@pytest.mark.parametrize(
    ("name", "legal", "said"),
    [
        ("personel", ["personnel", "nation"], "; did you mean 'personnel'?"),
        ("ERBIL", ["erbil", "baghdad"], "; did you mean 'erbil'?"),
        ("zzz", ["alpha", "bravo"], " (alpha, bravo)"),
        ("zzz", "abcdefghij", " (a, b, c, d, e, f, g, h, ...)"),
        ("zzz", [], " (there are none)"),
        ("n" * 64, ["n" * 60 + str(number) for number in range(1000, 2000)], ""),  # too much to compare
    ],
)
def test_the_nearest_legal_name_is_offered(name: str, legal: list[str], said: str):
    """A slip of a letter or of case; where none is near, the names, if there are any; none where looking takes long."""
    assert did_you_mean(name, legal) == said


def test_long_words_of_a_file_are_shortened():
    """Sixty characters are repeated whole, of more the first 57."""
    assert shortened("x" * 60) == "x" * 60
    assert shortened("x" * 61) == "x" * 57 + "..."


def test_errors_come_by_line_each_once_and_warnings_apart():
    """Line 2 before line 10, column 3 before column 20; what was found twice is said once."""
    places = [(10, 1), (2, 20), (2, 3), (2, 20)]
    findings = [Finding(Mark("f", line, column), (), "m") for line, column in places]
    findings.append(Finding(Mark("f", 1, 1), (), "m", "warning"))

    errors = listed(findings, severity="error")

    assert [(each.mark.line, each.mark.column) for each in errors] == [(2, 3), (2, 20), (10, 1)]
    assert [each.mark.line for each in listed(findings, severity="warning")] == [1]


@pytest.mark.parametrize(("many", "lines", "last"), [(50, 50, "m50"), (51, 51, "and 1 more errors not shown")])
def test_of_more_than_fifty_the_rest_is_counted(many: int, lines: int, last: str):
    """Fifty are shown; a file with fifty-one is told so."""
    findings = [Finding(Mark("f", number, 1), (), f"m{number}") for number in range(1, many + 1)]

    shown = listed(findings, severity="error")

    assert (MOST_SHOWN, len(shown), shown[-1].message) == (50, lines, last)


def test_warnings_alone_raise_nothing():
    """Only errors do; and all of them at once."""
    warning = Finding(Mark("f", 1, 1), (), "w", "warning")
    raise_errors([warning])

    with pytest.raises(ScenarioError) as caught:
        raise_errors([warning, Finding(Mark("f", 2, 1), (), "e"), Finding(Mark("f", 3, 1), (), "e")])
    assert str(caught.value) == "f:2:1: error: e\nf:3:1: error: e"
