"""From a file to a checked scenario: read, merge what it extends, validate, report all findings at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path as FilePath
from typing import cast

from posture.errors import ScenarioError
from posture.scenario.cautions import find_cautions
from posture.scenario.checking import Checker
from posture.scenario.checks import check_meaning
from posture.scenario.documents import Document
from posture.scenario.findings import Finding, listed, raise_errors
from posture.scenario.inheritance import lay_over, read_chain, stated_settings
from posture.scenario.library import find_scenario
from posture.scenario.observed import check_observed
from posture.scenario.scenario_file import ScenarioFile
from posture.scenario.shapes import read_parts

MOST_LAID_OVER = 1_000_000
"""Values validated for the revisions and variants of one file, each being the whole file anew."""


def read(name: str | FilePath) -> tuple[Document, ScenarioFile, tuple[Finding, ...]]:
    """Read and check a scenario by its file, or by its name in the library that ships.

    Returns
    -------
    tuple
        The merged document, its parts, and the warnings.

    Raises
    ------
    ScenarioError
        Everything that is wrong with it, each at its line and column.
    """
    document = read_chain(find_scenario(name))
    if is_part(document):
        message = "found no `start`: it is a part, wanted a scenario (a part can only be extended)"
        raise ScenarioError([Finding(document.mark(()), (), message)])
    file, warnings = validate(document)
    raise_errors(_settings_findings(document, file))
    return document, file, warnings


def check(name: str | FilePath) -> tuple[Finding, ...]:
    """Return every finding about a file, errors before warnings; a part is checked as far as it goes alone."""
    try:
        document = read_chain(find_scenario(name))
        if is_part(document):
            raise_errors(read_parts(document, whole=False).findings)
            return ()
        file, warnings = validate(document)
    except ScenarioError as error:
        return _findings_of(error)
    return (*listed(_settings_findings(document, file), severity="error"), *warnings)


def _findings_of(error: ScenarioError) -> tuple[Finding, ...]:
    return cast("tuple[Finding, ...]", error.findings)


def is_part(document: Document) -> bool:
    """Tell whether a document can only be extended: it has neither a start nor people."""
    return not {"start", "contingents", "phases"} & set(document.content)


def validate(document: Document) -> tuple[ScenarioFile, tuple[Finding, ...]]:
    """Turn a merged document into its parts; see `read` for what it returns and raises."""
    shape = read_parts(document)
    if shape.file is None:
        raise_errors(shape.findings)
        raise ScenarioError([Finding(document.mark(()), (), "found a file that cannot be read")])
    checker = Checker(shape.file, document, damaged=shape.damaged, lost=shape.lost)
    check_meaning(checker)
    checker.findings += check_observed(shape.file, document)
    raise_errors([*shape.findings, *checker.findings])
    find_cautions(checker)
    return shape.file, tuple(listed(checker.findings, severity="warning"))


def _settings_findings(document: Document, file: ScenarioFile) -> Sequence[Finding]:
    """Return what is wrong once the revisions are laid over, one after the other, or any of the variants."""
    many = len(file.revisions) + len(file.variants)
    if many * len(document.marks) > MOST_LAID_OVER:
        section = "variants" if file.variants else "revisions"
        wanted = f"wanted at most {MOST_LAID_OVER // len(document.marks)} in a file of {len(document.marks)} values"
        return [Finding(document.mark((section,), key=True), (section,), f"found {many} of them, {wanted}")]
    findings: list[Finding] = []
    revised = document
    for _, name in sorted((each.announced, name) for name, each in file.revisions.items()):
        revised, found = _laid_over(revised, "revisions", name)
        findings += found
    for name in file.variants:
        findings += _laid_over(document, "variants", name)[1]
    return findings


def _laid_over(document: Document, section: str, name: str) -> tuple[Document, tuple[Finding, ...]]:
    """Return a document with one revision or variant laid over; as it was, with what is wrong, if not valid."""
    try:
        laid = lay_over(document, stated_settings(document, section, name))
        validate(laid)
    except ScenarioError as error:
        return document, _findings_of(error)
    return laid, ()
