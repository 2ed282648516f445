"""The JSON Schema: complete, described, and the one that ships."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from posture.scenario.distributions import LAWS
from posture.scenario.fields import REF
from posture.scenario.scenario_file import ScenarioFile
from posture.scenario.schema import scenario_schema, schema_text


def objects() -> dict[str, dict[str, Any]]:
    """Return every part of the schema by name."""
    schema = scenario_schema()
    return {"file": schema} | {name: each for name, each in schema["$defs"].items() if "properties" in each}


def test_every_field_of_every_part_has_a_description():
    """An editor shows it beside the completion; one that only points to a part has that of the part."""
    parts = scenario_schema()["$defs"].values()
    bare = [
        f"{part}.{name}"
        for part, body in objects().items()
        for name, field in body["properties"].items()
        if not field.get("description") and not field.get("$ref", "").startswith("#/$defs/")
    ]

    assert bare == []
    assert all(each.get("description") for each in parts if "properties" in each)


def test_every_part_refuses_unknown_keys():
    """As the reader does."""
    assert {name for name, body in objects().items() if body.get("additionalProperties") is not False} == set()


def test_the_schema_has_every_section_and_every_law():
    """The sections are those of the file, and `extends`; the laws those of the language."""
    schema = scenario_schema()
    forms = schema["$defs"]["Quantity"]["anyOf"]
    laws = {name for form in forms for name in form.get("properties", {})} - {"times", "of"}

    assert set(schema["properties"]) == {*ScenarioFile.model_fields, "extends"}
    assert laws == set(LAWS)


def test_every_reference_leads_somewhere():
    """No stand-in is left, and what is pointed at is there."""
    text = schema_text()
    names = set(json.loads(text)["$defs"])
    pointed = {part.split('"')[0] for part in text.split('"#/$defs/')[1:]}

    assert f'"{REF}"' not in text
    assert pointed <= names


def test_the_schema_that_ships_is_this_one(shipped: Path):
    """`posture schema > scenarios/scenario.schema.json` after the language changed."""
    assert (shipped / "scenario.schema.json").read_text(encoding="utf-8") == schema_text()


def test_every_file_that_ships_points_to_the_schema(shipped: Path):
    """In its first line, so that editors find it."""
    firsts = {each.name: each.read_text(encoding="utf-8").splitlines()[0] for each in shipped.glob("*.yaml")}

    assert set(firsts.values()) == {"# yaml-language-server: $schema=scenario.schema.json"}
