"""What every part of a scenario file has in common, and the walk over all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from pydantic import BaseModel, ConfigDict

from posture.scenario.fields import Names, Text
from posture.scenario.findings import Path


class Part(BaseModel):
    """What every part of a file has in common: frozen, strict, deaf to no unknown key."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
        arbitrary_types_allowed=True,
    )


class Entry(Part):
    """A part that says where it comes from."""

    source: Names | None = None
    """Ids of the `sources` it rests on."""
    judgement: Text | None = None
    """Why this figure, where no source gives it."""
    note: Text | None = None
    """Anything a reader should know."""
    title: Text | None = None
    """What figures and tables call it; its id where left out."""


def walk(part: object, path: Path = ()) -> Iterator[tuple[Path, object]]:
    """Yield every part, entry and quantity below `part` with its path in the file, depth first."""
    yield path, part
    if isinstance(part, Part):
        for name, field in type(part).model_fields.items():
            yield from walk(getattr(part, name), (*path, field.alias or name))
    elif isinstance(part, Mapping):
        for key, value in part.items():
            yield from walk(value, (*path, key.isoformat() if isinstance(key, date) else key))
