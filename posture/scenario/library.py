"""Where scenario files are: paths as given, or names in the library that ships with the package."""

from __future__ import annotations

from pathlib import Path as FilePath

from posture.errors import ScenarioError
from posture.scenario.findings import Finding, Mark, did_you_mean, printable

PACKAGE = FilePath(__file__).resolve().parent.parent


def library_folder() -> FilePath:
    """Return the folder of scenarios that ships: inside an installed package, beside it in a checkout."""
    installed = PACKAGE / "scenarios"
    return installed if installed.is_dir() else PACKAGE.parent / "scenarios"


def find_scenario(name: str | FilePath) -> FilePath:
    """Return the file that `name` means: a path, or a name in the library such as `agreement-2024`.

    Raises
    ------
    ScenarioError
        There is neither such a file nor such a scenario in the library.
    """
    path = FilePath(name)
    try:
        if path.exists():
            return path
    except (OSError, ValueError):  # a name too long, or with a NUL: no such file
        pass
    text = str(name)
    shipped = {each.stem: each for each in sorted(library_folder().glob("*.yaml"))}
    if text in shipped:
        return shipped[text]
    near = did_you_mean(text, shipped)
    raise ScenarioError(
        [Finding(Mark(printable(text[:200])), (), f"found no such file, nor a scenario of that name{near}")]
    )


def starter_text() -> str:
    """Return the small scenario that `posture new` writes."""
    return (PACKAGE / "scenario" / "starter.yaml").read_text(encoding="utf-8")
