"""The shared part of all scenarios, derived from the record; every case can be left out and the rest refitted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path as FilePath

from posture.scenario.documents import read_document
from posture.scenario.library import library_folder
from posture.scenario.scenario import Scenario
from posture.study.lessons import Derived, derive
from posture.study.precedents import days_between, read_record

SHARED_FILE = "drawdown-assumptions.yaml"
"""The part that scenarios extend, in the library."""


def slips_without(case: str) -> list[int | None]:
    """Return how many days late the dated targets of other cases were met: below 0 early, None never.

    Targets whose day nobody published are left out. One replaced by a later date is late by the days to the one on
    which it came true. This is the reference class of a forecast that knows past plans and nothing else.
    """
    rows = [row for row in read_record().without(case).targets if row["status"] != "unknown"]
    return [days_between(row["deadline"], row["achieved_on"]) if row["achieved_on"] else None for row in rows]


def refitted(scenario: Scenario, *, without: str) -> Scenario:
    """Return a scenario with what it inherits of the shared part derived anew from the record without a case.

    Parameters
    ----------
    scenario
        One that extends the shared part; what it states itself stays, so one that does not is returned as it is.
    without
        The case to leave out, such as `iraq-2009-2011`; of one that is not on record the values are those that ship.

    Raises
    ------
    ScenarioError
        The outcome is no valid scenario.
    """
    settings: dict[str, object] = {}
    for each in derive(read_record().without(without)):
        if _is_inherited(scenario, each.name):
            stated = {"source": None} | each.stated()
            settings |= {f"assumptions.{each.name}.{key}": value for key, value in stated.items()}
    return scenario.vary(settings)


def _is_inherited(scenario: Scenario, name: str) -> bool:
    """Return whether the shared part, and no later file or setting, states the value of an assumption."""
    if name not in scenario.parts.assumptions:
        return False
    file = scenario.document.mark(("assumptions", name, "value")).file
    return file in scenario.document.extended and FilePath(file).name == SHARED_FILE


def differences_from_shipped(derived: Iterable[Derived], *, file: FilePath | None = None) -> list[str]:
    """Return what the shared part states otherwise than derived, one line a difference; nothing where they agree.

    Raises
    ------
    ScenarioError
        The file cannot be read.
    """
    content = read_document(file or library_folder() / SHARED_FILE).content.get("assumptions", {})
    wanted = {each.name: _plain(each.stated()) for each in derived}
    shipped = {name: _plain(each) for name, each in content.items()}
    lines = [f"{name}: it is in the file and not derived" for name in sorted(set(shipped) - set(wanted))]
    for name, each in wanted.items():
        found = shipped.get(name)
        if not isinstance(found, dict):
            lines.append(f"{name}: it is derived and not in the file")
            continue
        keys = (key for key in each if found.get(key) != each[key])
        lines += [f"{name}.{key}: the file has {found.get(key)}, derived {each[key]}" for key in keys]
    return lines


def _plain(value: object) -> dict[str, object]:
    """Return a mapping with every sequence in it as a list, as YAML knows no other."""

    def listed(node: object) -> object:
        if isinstance(node, Mapping):
            return {str(key): listed(each) for key, each in node.items()}
        return [listed(each) for each in node] if isinstance(node, (list, tuple)) else node

    plain = listed(value)
    return plain if isinstance(plain, dict) else {"value": plain}


def block_text(derived: Iterable[Derived]) -> str:
    """Return the `assumptions` of the shared part as YAML."""
    lines = ["assumptions:"]
    for each in derived:
        lines.append(f"  {each.name + ':':<32} # {each.meaning}")
        lines += [f"    {key}: {_flow(value)}" for key, value in each.stated().items()]
    return "\n".join(lines) + "\n"


def _flow(value: object) -> str:
    """Return a value as YAML on one line; texts of several words in quotes."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_flow(each) for each in value) + "]"
    return f'"{value}"' if isinstance(value, str) and " " in value else str(value)
