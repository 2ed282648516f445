"""The JSON Schema of scenario files, for completion and checks in editors."""

from __future__ import annotations

import json
from typing import Any

from posture.scenario.fields import QUANTITY_SCHEMA, REF
from posture.scenario.scenario_file import ScenarioFile

TITLE = "posture scenario, version 1 of the language"


def scenario_schema() -> dict[str, Any]:
    """Return the JSON Schema of a scenario file or of a part that others extend."""
    schema = ScenarioFile.model_json_schema()
    schema["$defs"]["Quantity"] = QUANTITY_SCHEMA
    schema = dict(_with_references(schema))
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = TITLE
    schema["properties"]["extends"] = {
        "type": "string",
        "description": "A file in the same folder or below it, whose entries this one adds to or replaces.",
    }
    schema["required"] = ["posture"]
    return schema


def schema_text() -> str:
    """Return the JSON Schema as the text of a file."""
    return json.dumps(scenario_schema(), indent=1, ensure_ascii=False) + "\n"


def _with_references(node: Any) -> Any:
    """Turn every stand-in for a reference into one."""
    if isinstance(node, dict):
        return {
            "$ref" if key == REF else key: f"#/$defs/{value}" if key == REF else _with_references(value)
            for key, value in node.items()
        }
    return [_with_references(each) for each in node] if isinstance(node, (list, tuple)) else node
