"""Warnings of meaning: a scenario that runs, and may not mean what its author thinks."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path as FilePath

from posture.scenario.checking import Checker
from posture.scenario.fields import earliest
from posture.scenario.findings import Path
from posture.scenario.part import Entry
from posture.scenario.parts import Source
from posture.scenario.plan_checks import standing_at_start
from posture.scenario.plans import Gate
from posture.scenario.quantities import Plain, Quantity, Reference, bounds, references
from posture.scenario.scenario_file import ScenarioFile
from posture.scenario.selections import cells_of

SHORTEST_AFTERMATH = timedelta(days=180)
"""Least time from the last deadline to the end of the run: lateness beyond it would be cut off."""

MOST_NAMED = 5
"""Names that one warning gives."""

SLIPS = frozenset({"transit_days", "cycle_days", "passes", "pace", "margin_days", "starts", "review_every_days"})
"""Fields whose spread makes a plan late."""


def find_cautions(checker: Checker) -> None:
    """Report every warning; the file must have passed the checks of meaning."""
    for caution in CAUTIONS:
        caution(checker)


def _warn(checker: Checker, path: Path, message: str, *, key: bool = True) -> None:
    checker.report(path, message, key=key, severity="warning")


def warn_of_unused_assumptions(checker: Checker) -> None:
    """Warn of assumptions that nothing rests on: they change nothing. What is inherited is there to choose from."""
    file = checker.file
    used = {name for path, part in checker.walked if isinstance(part, Quantity) for name in part.references()}
    for name in file.assumptions:
        if name not in used and _inherited_from(checker, ("assumptions", name)) is None:
            _warn(checker, ("assumptions", name), "nothing uses it, so it changes nothing")


def warn_of_closed_gates(checker: Checker) -> None:
    """Warn of gates whose reviews never pass: they stop their phase for good."""
    for path, part in checker.walked:
        if isinstance(part, Gate) and bounds(part.passes.expression, checker.ranges)[1] == 0:
            _warn(checker, (*path, "passes"), "the gate can never pass", key=False)


def warn_of_lift_without_slots(checker: Checker) -> None:
    """Warn of lift and stations that serve nobody: who needs them stays for good."""
    for section in ("lift", "stations"):
        for name, part in getattr(checker.file, section).items():
            if part.slots.plain == 0:
                _warn(checker, (section, name, "slots"), "it has no slots, so nobody ever goes by it", key=False)


def warn_of_full_locations(checker: Checker) -> None:
    """Warn of a location that holds more than its capacity at the start: no serial can come until some have left."""
    file = checker.file
    people = [name for name, each in file.contingents.items() if each.personnel is not None]
    for name, location in file.locations.items():
        limit = location.capacity.plain if location.capacity else None
        standing = standing_at_start(file, people, {name}) if limit is not None else None
        if limit is not None and standing is not None and standing > limit:
            message = f"{standing:g} stand there at the start, more than the {limit:g} it can take"
            _warn(checker, ("locations", name, "capacity"), message, key=False)


def warn_of_empty_drawdowns(checker: Checker) -> None:
    """Warn of drawdowns of people who stand elsewhere, and whom nothing brings there."""
    file = checker.file
    for name, phase in file.phases.items():
        for key, drawdown in phase.drawdowns.items():
            cells = cells_of(file, drawdown.of, drawdown.at)
            weights = [file.contingents[who].at[where] for who, where in cells if where in file.contingents[who].at]
            nobody = all(weight.plain == 0 for weight in weights)
            if nobody and not any(where in checker.brought[who] for who, where in cells):
                _warn(checker, ("phases", name, "drawdowns", key), "nobody ever stands where it takes people from")


def warn_of_idle_milestones(checker: Checker) -> None:
    """Warn of milestones on people whom no drawdown moves: settled before the run begins."""
    file = checker.file
    moves = [each.move for event in file.events.values() for each in event.effects.values() if each.move]
    moved = {cell for each in moves for cell in cells_of(file, each.of, each.origin)}
    for phase in file.phases.values():
        moved |= {cell for each in phase.drawdowns.values() for cell in cells_of(file, each.of, each.at)}
    for name, milestone in file.milestones.items():
        asked = milestone.strength or milestone.loads
        if asked is None or asked.at_most is None:
            continue
        if moved.isdisjoint(cells_of(file, asked.of, asked.at)):
            _warn(checker, ("milestones", name), "no drawdown moves towards it")


def warn_of_short_runs(checker: Checker) -> None:
    """Warn of a run that ends soon after the last deadline: it cuts lateness off."""
    file = checker.file
    last = max((each.by for each in file.milestones.values() if each.by), default=None)
    if last is not None and file.end - last < SHORTEST_AFTERMATH:
        _warn(
            checker,
            ("end",),
            f"{file.end} is less than {SHORTEST_AFTERMATH.days} days after the last milestone, {last}: "
            "lateness beyond it is cut off",
            key=False,
        )


def warn_of_independent_slips(checker: Checker) -> None:
    """Warn of slips that share no assumption: they cancel out and make the answer falsely sure."""
    slips = [p for path, p in checker.walked if isinstance(p, Quantity) and path[-1] in SLIPS]
    uncertain = [each for each in slips if not isinstance(each.expression, Plain)]
    shared = Counter(name for each in uncertain for name in set(references(each.expression)))
    if len(uncertain) > 1 and not shared:
        _warn(
            checker,
            ("phases",),
            f"its {len(uncertain)} uncertain slips share no assumption: independent slips cancel out and look too sure",
        )


def warn_of_missing_sources(checker: Checker) -> None:
    """Warn of figures that nobody vouches for: no source, no judgement, here or above."""
    vouched: set[Path] = set()
    entries: set[Path] = set()
    told: set[Path] = set()
    for path, part in checker.walked:
        if isinstance(part, Entry):
            entries.add(path)
            if part.source or part.judgement:
                vouched.add(path)
        if not isinstance(part, Quantity) or isinstance(part.expression, Reference):
            continue
        above = [path[:length] for length in range(len(path) + 1)]
        entry = next((each for each in reversed(above) if each in entries), ())
        if entry and entry not in told and not any(each in vouched for each in above):
            told.add(entry)
            _warn(checker, entry, "its figures have neither a `source` nor a `judgement`")


def warn_of_hindsight(checker: Checker) -> None:
    """Warn of figures of the plan that rest on something published after the day the run starts, or is as of.

    What the file inherits was counted over many cases, and is told once for each file it comes from.
    """
    file = checker.file
    known = file.as_of.day if file.as_of else file.start
    inherited: dict[str, set[str]] = defaultdict(set)
    for path, part in checker.walked:
        if not isinstance(part, Entry) or path[0] in ("observed", "revisions", "as_of"):  # later by their nature
            continue
        for name in part.source or ():
            source = file.sources.get(name)
            if source is None or _known_on(source) <= known:
                continue
            if (origin := _inherited_from(checker, path)) is not None:
                inherited[origin].add(name)
                continue
            message = f"'{name}' was published on {source.date}, after {_known_day(file)}: hindsight"
            _warn(checker, (*path, "source"), message, key=False)
    for origin, names in sorted(inherited.items()):
        message = (
            f"{len(names)} sources of what {FilePath(origin).name} assumes are later than {_known_day(file)}: "
            "hindsight, unless this case is left out of what they were counted from"
        )
        _warn(checker, ("extends",), message)


def _known_day(file: ScenarioFile) -> str:
    """Return in words the day whose knowledge a run rests on."""
    return f"the day it is as of, {file.as_of.day}" if file.as_of else f"the start, {file.start}"


def warn_of_the_uncounted(checker: Checker) -> None:
    """Warn of people whom nobody had counted by the day a run is as of: they stand where the plan has them."""
    file = checker.file
    if file.as_of is None or file.as_of.day == file.start:
        return
    counted = {cell for each in file.as_of.strength.values() for cell in cells_of(file, each.of, each.at)}
    people = {(who, where) for who, part in file.contingents.items() if part.personnel is not None for where in part.at}
    names = sorted(f"{who} at {where}" for who, where in people - counted if not file.locations[where].outside)
    if names:
        shown = ", ".join(names[:MOST_NAMED]) + (f" and {len(names) - MOST_NAMED} more" if names[MOST_NAMED:] else "")
        message = f"nobody had counted {shown} by {file.as_of.day}: there the run begins with what the plan has"
        _warn(checker, ("as_of", "day"), message, key=False)


def _inherited_from(checker: Checker, path: Path) -> str | None:
    """Return the file that states the entry at `path`, if it is one that the scenario extends."""
    file = checker.document.mark(path, key=True).file
    return file if file in checker.document.extended else None


def _known_on(source: Source) -> date:
    """Return the first day on which it can have been known: a month counts from its first day."""
    return earliest(source.restates or source.date)


CAUTIONS: tuple[Callable[[Checker], None], ...] = (
    warn_of_unused_assumptions,
    warn_of_closed_gates,
    warn_of_lift_without_slots,
    warn_of_full_locations,
    warn_of_empty_drawdowns,
    warn_of_idle_milestones,
    warn_of_short_runs,
    warn_of_independent_slips,
    warn_of_missing_sources,
    warn_of_hindsight,
    warn_of_the_uncounted,
)
