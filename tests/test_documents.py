"""Text to plain data: what YAML may state here, the place of every value, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from posture.errors import ScenarioError
from posture.scenario.documents import (
    DEEPEST,
    LARGEST_BYTES,
    LONGEST_KEY,
    LONGEST_TEXT,
    MOST_ENTRIES,
    MOST_NODES,
    parse_document,
    read_document,
)
from posture.scenario.findings import Finding
from posture.scenario.findings import Path as Way

TEXT = """\
posture: 1
name: 'A plan'
places:
  - north
  - {east: 2, west: [3, 4]}
"""


def refusal(text: str) -> str:
    """Return what a text is refused with."""
    with pytest.raises(ScenarioError) as caught:
        parse_document(text, file="plan.yaml")
    return str(caught.value)


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        (("posture",), (1, 1), (1, 10)),
        (("name",), (2, 1), (2, 7)),
        (("places",), (3, 1), (4, 3)),
        (("places", 0), (4, 5), (4, 5)),
        (("places", 1), (5, 5), (5, 5)),
        (("places", 1, "east"), (5, 6), (5, 12)),
        (("places", 1, "west"), (5, 15), (5, 21)),
        (("places", 1, "west", 1), (5, 25), (5, 25)),
    ],
)
def test_every_value_and_key_has_its_line_and_column(path: Way, key: tuple[int, int], value: tuple[int, int]):
    """Counted by hand from 1 in the five lines above; an item of a list has no key of its own."""
    document = parse_document(TEXT, file="plan.yaml")

    marks = [document.mark(path, key=True), document.mark(path)]

    assert [(each.line, each.column) for each in marks] == [key, value]


def test_every_value_has_a_mark_and_nothing_else_has():
    """The top, three keys, two items, two keys below the second, two items below the last: ten."""
    document = parse_document(TEXT, file="plan.yaml")

    assert len(document.marks) == 10


def test_what_stands_nowhere_is_marked_by_the_nearest_above_it():
    """`places[1].north` does not exist: the mapping that lacks it begins at 5:5; without a section, the top."""
    document = parse_document(TEXT, file="plan.yaml")

    marks = [str(document.mark(("places", 1, "north"))), str(document.mark(("lost", "path")))]

    assert marks == ["plan.yaml:5:5", "plan.yaml:1:1"]


def test_lists_become_tuples_at_every_depth():
    """Parts are frozen, so what they are read from is too."""
    document = parse_document(TEXT, file="plan.yaml")

    assert document.content == {"posture": 1, "name": "A plan", "places": ("north", {"east": 2, "west": (3, 4)})}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("no", "no"),
        ("on", "on"),
        ("yes", "yes"),
        ("Off", "Off"),
        ("y", "y"),
        ("12:30", "12:30"),
        ("12:30:00", "12:30:00"),
        ("010", 10.0),
        ("0o17", 15),
        ("0x1F", 31),
        ("1e3", 1000.0),
        ("1E-3", 0.001),
        (".5", 0.5),
        ("5.", 5.0),
        ("-7", -7),
        ("+7", 7),
        ("1_000", "1_000"),
        ("0b101", "0b101"),
        ("2030-01-01", "2030-01-01"),
        ("2030-02-31", "2030-02-31"),
        ("2030-01-01T10:00:00Z", "2030-01-01T10:00:00Z"),
        ("true", True),
        ("TRUE", True),
        ("tRue", "tRue"),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        (".inf", ".inf"),
        ("-.INF", "-.INF"),
        (".nan", ".nan"),
        ("nan", "nan"),
        ("<<", "<<"),
        ("=", "="),
        ("'12'", "12"),
        ('"true"', "true"),
        ("'null'", "null"),
        ("! '12'", "12"),
        ("|\n  two\n  lines\n", "two\nlines\n"),
        (">\n  one\n  line\n", "one line\n"),
        ("tank # a comment", "tank"),
        ("50%", "50%"),
    ],
)
def test_scalars_are_read_by_the_rules_of_yaml_1_2(written: str, meant: object):
    """YAML 1.1 would read `no` as false, 12:30 as 750, 010 as 8, 1e3 as text and a date as a date, or fail on it."""
    content = parse_document(f"value: {written}\n", file="plan.yaml").content

    assert (content["value"], type(content["value"])) == (meant, type(meant))


@pytest.mark.parametrize("key", ["no", "12:30", "2030-01-01", "010", "true", "null", "1e3", "30"])
def test_keys_are_text_as_written(key: str):
    """A schedule's dates and a choice's numbers are keys; nothing is lost on the way."""
    assert parse_document(f"{key}: 1\n", file="plan.yaml").content == {key: 1}


def test_a_repeated_key_names_both_lines():
    """PyYAML alone would keep the last one and say nothing."""
    message = refusal("posture: 1\nname: first\nstart: 2030-01-01\nname: second\n")

    assert message == "plan.yaml:4:1: error: name: found the key 'name' again, wanted it once: it stands on line 2 too"


def test_a_key_repeated_below_is_found_at_its_own_place():
    """Both `east` stand in the one mapping on line 2; the second starts at column 11."""
    message = refusal("places:\n  {east: 1, east: 2}\n")

    assert "plan.yaml:2:13: error: places.east: found the key 'east' again" in message


def test_a_key_repeated_in_another_mapping_is_no_mistake():
    """Two mappings may have the same keys."""
    content = parse_document("- {a: 1}\n- {a: 2}\n".replace("- ", "x: ", 1).replace("- ", "y: ", 1), file="x").content

    assert content == {"x": {"a": 1}, "y": {"a": 2}}


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("a: &one 1\n", "1:4", "found an anchor &one, wanted an entry of `assumptions`"),
        ("a: &one 1\nb: *one\n", "2:4", "found an alias *one, wanted the value"),
        ("a: &one {b: 1}\nc: {<<: *one}\n", "2:9", "found an alias *one"),
        ("a: !!python/object/apply:os.system [ls]\n", "1:4", "found the tag tag:yaml.org,2002:python/object/apply:os"),
        ("a: !!int 3\n", "1:4", "found the tag tag:yaml.org,2002:int"),
        ("a: !mine {b: 1}\n", "1:4", "found the tag !mine"),
        ("a: ! [1]\n", "1:4", "found the tag !"),
        ("a: 1\n---\nb: 2\n", "2:1", "found a second document after `---`"),
        ("%YAML 1.1\n---\na: 1\n", "1:1", "found a line that begins with %"),
        ("[1]: 2\n", "1:1", "found a collection as a key, wanted text"),
        ("? {a: 1}\n: 2\n", "1:3", "found a collection as a key, wanted text"),
        ("- 1\n- 2\n", "1:1", "found no mapping at the top"),
        ("just text\n", "1:1", "found no mapping at the top"),
        ("7\n", "1:1", "found no mapping at the top"),
        ("a: 1e309\n", "1:4", "found 1e309, wanted a number that means something"),
        ("a: {b: 1\n", "2:1", "found text that is not YAML"),
        ("a: 'open\n", "2:1", "found text that is not YAML"),
        ("a: b: c\n", "1:5", "found text that is not YAML: mapping values are not allowed"),
        ("a:\n\t- 1\n", "2:1", "found text that is not YAML"),
        ('a: "\\Uffffffff"\n', "1:", "found text that is not YAML"),
        ('a: "\\q"\n', "1:", "found text that is not YAML"),
        ('a: "\\0"\n', "1:4", "found the control character U+0000"),
        ('a: "\\e[2J"\n', "1:4", "found the control character U+001B"),
        ('a: "x\\ry"\n', "1:4", "found the control character U+000D"),
        ('"a\\x07": 1\n', "1:1", "found the control character U+0007"),
        ("a: x\x00y\n", "1:5", "found the control character U+0000"),
        ("a: x\ud800y\n", "1:5", "found the control character U+D800"),
        ("a: 1\nb: \u202egnp.exe\n", "2:4", "found the control character U+202E"),
        ("a: \u2028\n", "1:4", "found the control character U+2028"),
        ("a: \x85\n", "1:4", "found the control character U+0085"),
        ("a: x\x7f\n", "1:5", "found the control character U+007F"),
    ],
)
def test_what_is_no_part_of_the_language_is_refused_at_its_place(text: str, place: str, words: str):
    """Aliases, tags, directives and hidden characters load in other readers: each is a way to mislead or to explode."""
    message = refusal(text)

    assert f"plan.yaml:{place}" in message
    assert words in message
    assert message.replace("\n", "").isprintable()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: " + "[" * DEEPEST + "]" * DEEPEST, f"nested more than {DEEPEST} deep"),
        ("a: " + "9" * 5000, "found a number of 5000 characters, wanted at most 40"),
        ("a: 0." + "1" * 60, "found a number of 62 characters"),
        ("a: " + "x" * (LONGEST_TEXT + 1), f"found a text of {LONGEST_TEXT + 1} characters"),
        ("'" + "k" * (LONGEST_KEY + 1) + "': 1", "found a key of 1001 characters"),
        ("a: [" + "1," * MOST_ENTRIES + "1]", "found more than 1000 entries in one mapping or list"),
        ("".join(f"k{n}: 1\n" for n in range(MOST_ENTRIES + 1)), "found more than 1000 entries in one mapping or list"),
        ("".join(f"k{n}: [{'1,' * 900}]\n" for n in range(250)), f"found more than {MOST_NODES} values"),
    ],
)
def test_one_more_than_a_limit_is_refused(text: str, words: str):
    """40 levels, 40 characters of a number, 10,000 of a text, 1,000 of a key, 1,000 entries, 200,000 values."""
    assert words in refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        "a: " + "[" * (DEEPEST - 1) + "]" * (DEEPEST - 1),
        "a: " + "9" * 40,
        "a: " + "x" * LONGEST_TEXT,
        "? " + "k" * LONGEST_KEY + "\n: 1\n",
        "a: [" + "1," * (MOST_ENTRIES - 1) + "1]",
    ],
)
def test_what_is_at_a_limit_is_read(text: str):
    """The greatest depth counts the mapping at the top."""
    assert len(parse_document(text, file="plan.yaml").content) == 1


def test_a_long_text_of_digits_that_is_no_number_stays_text():
    """Forty-one characters of a date range, say, are text: only what would be a number is refused."""
    text = "2030-01-01 to 2030-12-31 and a little more"

    assert parse_document(f"a: {text}\n", file="x").content == {"a": text}


def test_an_empty_file_states_nothing():
    """Comments alone are an empty mapping, so that what is missing can be said by name."""
    assert [parse_document(text, file="x").content for text in ("", "# nothing\n", "---\n", "null\n")] == [{}] * 4


def test_a_byte_order_mark_and_other_line_ends_change_nothing(tmp_path: Path):
    """Files saved on Windows: the same data, the same places."""
    plain, windows = tmp_path / "plain.yaml", tmp_path / "windows.yaml"
    plain.write_bytes(TEXT.encode())
    windows.write_bytes(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode())

    here, there = (read_document(each, name="plan.yaml") for each in (plain, windows))

    assert here == there


def test_bytes_that_are_no_text_are_refused_at_their_place(tmp_path: Path):
    """Latin-1 for é is the byte E9, on line 2 in column 8."""
    file = tmp_path / "plan.yaml"
    file.write_bytes(b"posture: 1\nname: Ob\xe9ron\n")

    with pytest.raises(ScenarioError, match=r"plan\.yaml:2:9: error: found bytes that are not UTF-8 text"):
        read_document(file)


def test_a_file_of_five_million_bytes_is_read_and_one_more_is_not(tmp_path: Path):
    """The limit is on bytes, before anything is parsed."""
    file = tmp_path / "plan.yaml"
    file.write_bytes(b"a: 1\n" + b"#" * (LARGEST_BYTES - 5))
    content = read_document(file).content
    file.write_bytes(b"a: 1\n" + b"#" * (LARGEST_BYTES - 4))

    with pytest.raises(ScenarioError, match="cannot be read: it is larger than 5 MB"):
        read_document(file)
    assert content == {"a": 1}


@pytest.mark.parametrize("name", ["", "none.yaml", "x" * 300])
def test_what_is_no_file_is_refused(tmp_path: Path, name: str):
    """A folder, a file that is not there, a name too long for one."""
    with pytest.raises(ScenarioError, match="cannot be read"):
        read_document(tmp_path / name)


def test_all_mistakes_of_a_text_are_reported_at_once():
    """An anchor, an alias, a tag and a repeated key, by line."""
    with pytest.raises(ScenarioError) as caught:
        parse_document("a: &x 1\nb: *x\nc: !!int 2\na: 3\n", file="plan.yaml")

    assert [each.mark.line for each in caught.value.findings if isinstance(each, Finding)] == [1, 2, 3, 4]
