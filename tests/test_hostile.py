"""Files made to hurt: each is refused soon, in little memory, by findings and never by a traceback."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import SMALLEST
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from posture.errors import ScenarioError
from posture.scenario.documents import LARGEST_BYTES, parse_document
from posture.scenario.loading import validate

MOST_MEGABYTES = 300
MOST_SECONDS = 10

READER = """
import json, resource, sys, time
resource.setrlimit(resource.RLIMIT_AS, (1_500_000_000, 1_500_000_000))
from posture.errors import ScenarioError
from posture.scenario.scenario import load
before, outcome, message = time.perf_counter(), "loaded", ""
try:
    load(sys.argv[1])
except ScenarioError as error:
    outcome, message = "refused", str(error)
except BaseException as error:
    outcome, message = type(error).__name__, str(error)[:500]
print(json.dumps({
    "outcome": outcome,
    "message": message,
    "seconds": time.perf_counter() - before,
    "megabytes": next(int(line.split()[1]) for line in open("/proc/self/status") if "VmHWM" in line) / 1000,
}))
"""
"""Loads one file with 1.5 GB to its name and tells how it went; the peak is this program's
own: `ru_maxrss` would begin with that of the process it was started by."""


def with_assumptions(lines: str) -> str:
    """Return the smallest scenario with assumptions of the test's own."""
    return SMALLEST.replace("assumptions: {}", "assumptions:\n" + lines)


def alias_bomb() -> str:
    """Nine levels of nine: 3.9e8 values when walked."""
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    return "\n".join(levels)


def merge_bomb() -> str:
    """Eight levels of nine merges: seconds and hundreds of megabytes in a loader that composes."""
    levels = ["m0: &m0 {k: 1}"]
    levels += [f"m{n}: &m{n} {{<<: [{', '.join([f'*m{n - 1}'] * 9)}]}}" for n in range(1, 9)]
    return "\n".join(levels)


def doubling(key: str) -> str:
    """Forty assumptions, each of the one before it twice: 2^40 leaves if it were spelled out."""
    first = "  x0: {value: 2, unit: factor, judgement: j}\n"
    rest = [f"  x{n}: {{value: {{times: x{n - 1}, of: x{n - 1}}}, unit: {key}, judgement: j}}\n" for n in range(1, 40)]
    return with_assumptions(first + "".join(rest))


def crossing() -> str:
    """1,000 contingents at 300 locations under 900 drawdowns of everybody: 2.7e8 cells."""
    places = "".join(f"  p{n}: {{}}\n" for n in range(300))
    people = "".join(f"  c{n}: {{personnel: 1, at: p{n % 300}}}\n" for n in range(999))
    moves = "".join(f"      d{n}: {{schedule: {{2030-05-01: 0}}, to: home}}\n" for n in range(900))
    return (
        SMALLEST.replace("locations:\n", "locations:\n" + places)
        .replace("contingents:\n", "contingents:\n" + people)
        .replace("    drawdowns:\n", "    drawdowns:\n" + moves)
    )


def long_names() -> str:
    """900 dangling ids of 90 letters among 900 alike: each would be compared with each."""
    known = "".join(f"  {'n' * 50}{n}: {{value: 1, unit: days, judgement: j}}\n" for n in range(900))
    lift = "".join(
        f"  l{n}: {{slots: {'n' * 49}m{n}, seats: 9, cycle_days: {'m' * 50}{n}, transit_days: 1}}\n" for n in range(900)
    )
    return with_assumptions(known).replace("lift:\n", "lift:\n" + lift)


FILES: dict[str, Callable[[], str]] = {
    "alias-bomb": alias_bomb,
    "merge-bomb": merge_bomb,
    "self-alias": lambda: "a: &a [*a]\n",
    "brackets": lambda: "a: " + "[" * 100_000,
    "braces": lambda: "{a: " * 100_000,
    "dashes": lambda: "- " * 100_000,
    "questions": lambda: "? " * 50_000,
    "open-quote": lambda: "a: '" + "x" * 4_900_000,
    "too-large": lambda: "a: 1\n" + "#" * LARGEST_BYTES,
    "long-comment": lambda: "#" * (LARGEST_BYTES - 10),
    "long-key": lambda: "k" * 4_000_000 + ": 1\n",
    "long-text": lambda: "name: " + "x" * 4_000_000,
    "long-number": lambda: "posture: " + "9" * 4_000_000,
    "long-lines": lambda: "\n" * 4_900_000,
    "many-keys": lambda: "".join(f"k{n}: 1\n" for n in range(400_000)),
    "many-values": lambda: "".join(f"k{n}: [{'1,' * 900}]\n" for n in range(900)),
    "same-key": lambda: "a: 1\n" * 500_000,
    "many-anchors": lambda: "".join(f"k{n}: &a{n} 1\n" for n in range(990)),
    "many-documents": lambda: "---\n" * 1_000_000,
    "many-tags": lambda: "a: [" + "!!int 3, " * 300_000,
    "many-directives": lambda: "%TAG ! x\n" * 400_000,
    "nul": lambda: "\0" * 1_000_000,
    "escapes": lambda: 'a: "' + "\\e[2J" * 400_000 + '"\n',
    "surrogate-escapes": lambda: 'a: ["' + '", "'.join(["\\ud800"] * 900) + '"]\n',
    "many-assumptions": lambda: with_assumptions("".join(f"  a{n}: {{value: 1}}\n" for n in range(150_000))),
    "doubling-factors": lambda: doubling("days"),
    "ring-of-assumptions": lambda: with_assumptions(
        "".join(
            f"  a{n}: {{value: {{times: a{(n + 1) % 990}, of: 1}}, unit: factor, judgement: j}}\n" for n in range(990)
        )
    ),
    "nested-times": lambda: SMALLEST.replace(
        "transit_days: 0", "transit_days: " + "{times: 1, of: " * 60 + "1" + "}" * 60
    ),
    "crossing": crossing,
    "thousands-of-errors": lambda: (
        SMALLEST + "".join(f"x{n}: {{{', '.join(f'y{m}: 1' for m in range(150))}}}\n" for n in range(900))
    ),
    "thousands-of-wrong-values": lambda: with_assumptions(
        "".join(f"  a{n}: {{value: -1, unit: dais, judgment: 3, sorce: [], nte: {{}}}}\n" for n in range(990))
    ),
    "long-names": long_names,
    "many-variants": lambda: (
        SMALLEST
        + "variants:\n"
        + "".join(f"  v{n}: {{set: {{name: {'x' * 60}}}}}\n" for n in range(990))
        + "".join(f"y{n}: 1\n" for n in range(100))
    ),
    "long-extends": lambda: SMALLEST + f"extends: {'x/' * 2000}y.yaml\n",
    "endless-device": lambda: SMALLEST + "extends: /dev/zero\n",
    "wide-choice": lambda: with_assumptions(
        f"  a: {{value: {{choice: {{{', '.join(f'{n}: 1' for n in range(1001))}}}}}, unit: days, judgement: j}}\n"
    ),
    "huge-poisson": lambda: SMALLEST.replace("personnel: 180", "personnel: {poisson: 1000000000000}"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_refused_in_little_time_and_memory(tmp_path: Path, name: str):
    """In a process of its own: under 300 MB (100 of them are the libraries) and 10 s, with findings one can print."""
    file = tmp_path / "plan.yaml"
    file.write_text(FILES[name](), encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-c", READER, str(file)], capture_output=True, text=True, timeout=60, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
    report = json.loads(done.stdout)
    assert report["outcome"] == "refused", report["message"]
    assert report["message"].replace("\n", "").isprintable()
    assert len(report["message"].splitlines()) <= 51
    assert len(report["message"]) < 51 * 1000
    assert report["megabytes"] < MOST_MEGABYTES
    assert report["seconds"] < MOST_SECONDS


def reads_or_refuses(text: str) -> bool:
    """Tell whether a text is a scenario, or refused with findings that can be printed; nothing else is caught."""
    try:
        validate(parse_document(text, file="plan.yaml"))
    except ScenarioError as error:
        return bool(error.findings) and str(error).replace("\n", "").isprintable()
    return True


RICH = (
    SMALLEST
    + """
sources: {S1: {title: A count, publisher: A ministry, date: 2029-05}}
stations: {wash: {slots: 1, seats: 20, service_days: {triangular: [0, 1, 2]}, source: S1}}
regimes: {initial: lull, states: {lull: {lasts_days: {exponential: 30}, then: {war: 1}}, war: {}}}
events:
  attack: {per_day: {lull: 0.01, war: 1}, at: {northport: 1}, effects: {shut: {close: here, for_days: 2}}}
  halt: {probability: 50e-2, between: [2030-01-02, 2030-01-05], effects: {stop: {hold: exit, keep: 9}}}
variants: {slow: {set: {lift.trucks.slots: 1}}}
"""
)

SNIPPETS = [
    *"{}[],:-?&*!|>'\"%@`#\\\t\n \0\x1b\x85\ufeff\u202e\u2028",
    *("null", "~", "true", "no", "1e999", "-1", "0", "1e12", "50%", "2030-02-30", "0001-01-01", "9999-12-31", ".nan"),
    *(
        "{uniform: [2, 1]}",
        "{times: 2, of: 3}",
        "{pert: [0, 0, 0]}",
        "[[]]",
        "{}",
        "&a",
        "*a",
        "!!int",
        "<<: *a",
        "---",
    ),
    *("northport", "alpha", "home", "exit", "trucks", "all", "here", "S1", "9" * 50, "x" * 70),
]

WORDS = [each for each in RICH.replace("\n", " ").replace("{", " ").replace("}", " ").split(" ") if len(each) > 1]


@given(st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_file_changed_anywhere_loads_or_is_refused(data: st.DataObject):
    """Characters put in, taken out or replaced; words and lines exchanged, doubled or dropped: no other exception."""
    text = RICH
    for _ in range(data.draw(st.integers(1, 4))):
        kind = data.draw(st.sampled_from(["insert", "cut", "replace", "word", "line", "double", "drop"]))
        place = data.draw(st.integers(0, len(text)))
        lines = text.split("\n")
        line = data.draw(st.integers(0, len(lines) - 1))
        if kind == "insert":
            text = text[:place] + data.draw(st.sampled_from(SNIPPETS)) + text[place:]
        elif kind == "cut":
            text = text[:place] + text[place + data.draw(st.integers(1, 20)) :]
        elif kind == "replace":
            text = text[:place] + data.draw(st.characters()) + text[place + 1 :]
        elif kind == "word":
            text = text.replace(data.draw(st.sampled_from(WORDS)), data.draw(st.sampled_from(SNIPPETS + WORDS)), 1)
        elif kind == "line":
            other = data.draw(st.integers(0, len(lines) - 1))
            lines[line], lines[other] = lines[other], lines[line]
            text = "\n".join(lines)
        elif kind == "double":
            text = "\n".join([*lines[:line], lines[line], *lines[line:]])
        else:
            text = "\n".join([*lines[:line], *lines[line + 1 :]])

    assert reads_or_refuses(text)


def test_every_value_may_be_replaced_by_any_other():
    """Each of the values of a file by eight of another kind, one at a time: it loads or is refused."""
    values = ["3", "-1", "0.5", "1e12", "text", "'2030-01-05'", "9999-12-31", "0001-01-01", "true", "50%", "[]", "{}"]
    values += ["[1]", "[home]", "{a: 1}", "{home: {}}", "{uniform: [0, 0]}", "{times: 2, of: 2030-01-01}"]
    values += ["{normal: {mean: 2030-01-01, sd: 1}}", "{choice: {1: 1}}", "null"]
    document = parse_document(RICH, file="plan.yaml")
    places = {(mark.value.line, mark.value.column) for path, mark in document.marks.items() if path}
    lines = RICH.split("\n")
    draw = random.Random(1)
    seen = 0
    for line, column in sorted(places):
        rest = lines[line - 1][column - 1 :]
        scalar = rest.split(",")[0].split("}")[0].split("]")[0] if rest[:1] not in "{[" else ""
        if not scalar:
            continue
        for value in draw.sample(values, 8):
            changed = [*lines]
            changed[line - 1] = lines[line - 1][: column - 1] + value + rest[len(scalar) :]
            assert reads_or_refuses("\n".join(changed))
            seen += 1

    assert seen > 300


def test_the_rich_file_is_read():
    """What the changes above are made in."""
    assert reads_or_refuses(RICH)
    validate(parse_document(RICH, file="plan.yaml"))
