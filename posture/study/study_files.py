"""Studies as asked for: by a study file with a place for every error, or by one call of Python."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath
from typing import Any

from posture.errors import ScenarioError
from posture.scenario.documents import Document, read_document
from posture.scenario.findings import Finding, Mark, Path, did_you_mean, raise_errors
from posture.scenario.inheritance import plain_settings
from posture.scenario.library import find_scenario
from posture.scenario.notation import describe
from posture.scenario.scenario import Scenario, load
from posture.study.designs import LISTED, SAMPLED, Factor, make_design, parse_factor
from posture.study.runs import DEFAULT_REPLICATIONS, DEFAULT_SEED, MOST_REPLICATIONS
from posture.study.studies import DesignPoint, Study, create_study, finish_study

VERSION = 1
"""Of the language of study files."""

DEFAULT_DESIGN = "grid"

RANGE = ("low", "high", "n")
"""Keys of a range; without `n` it is one to sample."""

KEYS = ("study", "scenario", "variant", "set", "vary", "design", "points", "replications", "seed")
NEEDED = ("study", "scenario", "vary")


@dataclass(frozen=True, slots=True)
class Sweep:
    """What a study is asked for: a scenario with all that is laid over it, its design points, and how many histories.

    `places` tells where a study file sets a path, as a setting or as what varies.
    """

    scenario: Scenario
    points: tuple[DesignPoint, ...]
    replications: int
    seed: int
    places: Mapping[str, Mark] = field(default_factory=dict)

    @contextmanager
    def placing(self) -> Iterator[None]:
        """Say of errors in a setting where the file sets it.

        Raises
        ------
        ScenarioError
            What was raised inside, at its place.
        """
        with _placing(self.places):
            yield


@contextmanager
def _placing(places: Mapping[str, Mark]) -> Iterator[None]:
    """Put the findings about settings, which stand in no file, where a study file states them."""
    by_setting = {f"setting {path}": mark for path, mark in places.items()}
    try:
        yield
    except ScenarioError as error:
        findings = [each for each in error.findings if isinstance(each, Finding)]
        placed = [replace(each, mark=by_setting.get(each.mark.file, each.mark)) for each in findings]
        raise ScenarioError(placed) from error


def is_study_file(name: str | FilePath) -> bool:
    """Tell whether a file states a study, not a scenario; False as well for what is no file."""
    path = FilePath(name)
    return path.is_file() and "study" in read_document(path).content


def read_study_file(path: FilePath, *, seed: int | None = None, replications: int | None = None) -> Sweep:
    """Read a study file, and the scenario that it names.

    Parameters
    ----------
    path
        A YAML file that states `study: 1`, `scenario` (a file, seen from the folder of this one, or a name in the
        library) and `vary` (a list of values, `low:high:n` or `{low, high, n}` by path); and may state `variant`,
        `set`, `design`, `points`, `replications` and `seed`.
    seed, replications
        What goes before the file's own; None: the file's.

    Raises
    ------
    ScenarioError
        Everything that is wrong with it or its scenario, each at its file, line and column.
    """
    reader = _Reader(read_document(path), [])
    reader.check_keys()
    own_replications, own_seed = reader.whole("replications"), reader.seed()
    wanted_seed = own_seed if seed is None else seed
    points = reader.points(seed=wanted_seed)
    return Sweep(
        scenario=reader.scenario(path.parent),
        points=points,
        replications=replications or own_replications or DEFAULT_REPLICATIONS,
        seed=wanted_seed,
        places=reader.places(),
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    """A study file being read: what it states, and what is wrong with it so far."""

    document: Document
    findings: list[Finding]

    def find(self, path: Path, message: str, *, key: bool = False) -> None:
        """Note what is wrong at a path."""
        self.findings.append(Finding(self.document.mark(path, key=key), path, message))

    def check_keys(self) -> None:
        """Refuse keys that mean nothing, keys that are missing, and versions to come."""
        content = self.document.content
        for key in content:
            if key not in KEYS:
                self.find((key,), f"found a key that means nothing here{did_you_mean(key, KEYS)}", key=True)
        for key in NEEDED:
            if content.get(key) is None:
                self.find((), f"found no `{key}`, wanted {', '.join(f'`{each}`' for each in NEEDED)}")
        if content.get("study") not in (None, VERSION) or isinstance(content.get("study"), bool):
            self.find(("study",), f"found {describe(content['study'])}, wanted {VERSION}: the version of study files")
        raise_errors(self.findings)

    def scenario(self, folder: FilePath) -> Scenario:
        """Return the scenario with its variant and settings laid over."""
        name, variant = self.text("scenario"), self.text("variant")
        settings = self.mapping("set")
        raise_errors(self.findings)
        try:
            file = find_scenario(folder / name if (folder / name).is_file() else name)
        except ScenarioError as error:
            near = did_you_mean(name, (each.name for each in folder.glob("*.yaml")))
            message = f"found no scenario {describe(name)} that ships, nor such a file beside this one{near}"
            raise ScenarioError([Finding(self.document.mark(("scenario",)), ("scenario",), message)]) from error
        found = load(file)
        if variant and variant not in found.parts.variants:
            near = did_you_mean(variant, found.parts.variants)
            self.find(("variant",), f"found no variant {describe(variant)}{near}")
            raise_errors(self.findings)
        found = found.variant(variant) if variant else found
        with _placing(self.places()):
            return found.vary(settings) if settings else found

    def places(self) -> dict[str, Mark]:
        """Return where each path is set; of one that is set and varied, where it varies."""
        found = {}
        for section in ("set", "vary"):
            stated = self.document.content.get(section)
            for path in stated if isinstance(stated, dict) else ():
                found[path] = self.document.mark((section, path))
        return found

    def points(self, *, seed: int) -> tuple[DesignPoint, ...]:
        """Return the design points; none where anything is wrong with what they are made of."""
        factors = []
        for path, written in self.mapping("vary").items():
            try:
                factors.append(factor_of(path, written))
            except ValueError as error:
                self.find(("vary", path), str(error))
        design, count = self.design(), self.whole("points")
        if self.findings:
            return ()
        try:
            return make_design(design, factors, points=count, seed=seed)
        except ValueError as error:
            self.find(("design" if design in SAMPLED else "vary",), str(error))
            return ()

    def design(self) -> str:
        """Return the name of the design."""
        named = self.text("design") or DEFAULT_DESIGN
        known = (*LISTED, *SAMPLED)
        if named not in known:
            near = did_you_mean(named, known)
            self.find(("design",), f"found {describe(named)}, wanted one of {', '.join(known)}{near}")
        return named

    def seed(self) -> int:
        """Return the seed."""
        found = self.document.content.get("seed", DEFAULT_SEED)
        if isinstance(found, bool) or not isinstance(found, int):
            self.find(("seed",), f"found {describe(found)}, wanted a whole number")
            return DEFAULT_SEED
        return found

    def whole(self, key: str) -> int | None:
        """Return a whole number above 0; None: there is none."""
        found = self.document.content.get(key)
        if found is None:
            return None
        if isinstance(found, bool) or not isinstance(found, int) or not 1 <= found <= MOST_REPLICATIONS:
            self.find((key,), f"found {describe(found)}, wanted a whole number from 1 to {MOST_REPLICATIONS:,}")
            return None
        return found

    def text(self, key: str) -> str:
        """Return a text; empty: there is none."""
        found = self.document.content.get(key)
        if found is None:
            return ""
        if not isinstance(found, str) or not found:
            self.find((key,), f"found {describe(found)}, wanted a name")
            return ""
        return found

    def mapping(self, key: str) -> dict[str, Any]:
        """Return a mapping; empty: there is none."""
        found = self.document.content.get(key)
        if found is not None and not isinstance(found, dict):
            self.find((key,), f"found {describe(found)}, wanted a mapping from paths, such as lift.convoy.slots")
        return found if isinstance(found, dict) else {}


def factor_of(path: str, written: object) -> Factor:
    """Return what varies at a path.

    Parameters
    ----------
    written
        Values one by one; `low:high:n`, n values in equal steps; `low:high`, a range to sample; or a mapping with
        `low`, `high` and, of values in equal steps, `n`.

    Raises
    ------
    ValueError
        It is none of these.
    ScenarioError
        A value is none that a file can state.
    """
    if isinstance(written, Mapping):
        return parse_factor(f"{path}={_range_text(path, written)}")
    if isinstance(written, str):
        if ":" not in written:
            raise ValueError(f"found {describe(written)} for '{path}', wanted a list of values, or low:high:n")
        return parse_factor(f"{path}={written}")
    if isinstance(written, Iterable):
        ((_, values, _),) = plain_settings({path: list(written)})
        return Factor(path, values)
    raise ValueError(f"found {describe(written)} for '{path}', wanted a list of values, or low:high:n")


def _range_text(path: str, written: Mapping[Any, Any]) -> str:
    """Return a range as `low:high:n` or `low:high`."""
    for key in written:
        if key not in RANGE:
            near = did_you_mean(str(key), RANGE)
            raise ValueError(f"found the key {describe(key)} for '{path}', wanted low, high and n{near}")
    missing = [key for key in RANGE[:2] if written.get(key) is None]
    if missing:
        raise ValueError(f"found a range for '{path}' without {' and '.join(missing)}, wanted low, high and n")
    return ":".join(str(written[key]) for key in RANGE if written.get(key) is not None)


def sweep(
    scenario: Scenario | str | FilePath,
    *,
    vary: Mapping[str, object],
    out: str | FilePath,
    design: str = DEFAULT_DESIGN,
    points: int | None = None,
    replications: int = DEFAULT_REPLICATIONS,
    seed: int = DEFAULT_SEED,
    workers: int = 1,
) -> Study:
    """Run a scenario at every point of a design, and keep what comes of it in a folder; `point_frame` shows it.

    Parameters
    ----------
    scenario
        A scenario, a YAML file, or the name of one that ships.
    vary
        What varies, by path: see `factor_of`.
    out
        Folder of the study. The same call again goes on where it was interrupted.
    design, points
        As of `make_design`: `grid` or `zip` of values; `lhs`, `sobol` or `morris` with so many points.
    replications, seed
        How many at each design point, and under which seed: any whole number.
    workers
        Processes to spread the work over; they change no outcome.

    Raises
    ------
    ValueError
        The design cannot be made of what varies.
    ScenarioError
        The scenario, or a design point of it, is not valid.
    StoreError
        The folder holds another study, or cannot be written.
    """
    if replications < 1 or workers < 1:
        raise ValueError(f"found {replications} replications by {workers} workers, wanted 1 or more of each")
    whole = scenario if isinstance(scenario, Scenario) else load(scenario)
    made = make_design(design, [factor_of(path, each) for path, each in vary.items()], points=points, seed=seed)
    study = create_study(FilePath(out), whole, made, seed=seed, replications=replications)
    finish_study(study, workers=workers)
    return study
