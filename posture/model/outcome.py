"""The record of one replication, and what may be asked of it: strengths, waits, what happened when."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from posture.model.conditions import CAUSES
from posture.model.events import Happening
from posture.model.ledger import Change
from posture.model.plan import Plan
from posture.model.queues import Queue, Serial


@dataclass(frozen=True, slots=True)
class PhaseRecord:
    """When a phase was to start, was ready but for its gate, started and was done; None: not within the run."""

    starts_at: int
    ready_at: int | None
    started_at: int | None
    done_at: int | None


@dataclass(frozen=True, slots=True)
class QueueRecord:
    """The serials of one queue, gone in the order they went, waiting in theirs, and why it waited from when on."""

    gone: tuple[Serial, ...]
    waiting: tuple[Serial, ...]
    causes: tuple[tuple[int, str | None], ...]


@dataclass(frozen=True, slots=True)
class SiteRecord:
    """When a hand-over began and was done, None: not within the run; how long closures paused it."""

    begun_at: int | None
    paused_minutes: int
    done_at: int | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened in one replication.

    `start` holds the (cell, count) at the scenario's start, the base of percents; `changes` are the net changes of the
    posture in order, (minute, cell, kind, change), from nobody: those of the minute at which the run begins are who
    stood there with what happened then.
    `reviews[g]` are the (minute, passed) of gate g, `regimes` the (minute, regime) from that minute
    on, `happenings` the events in the order in which they happened.
    """

    plan: Plan
    replication: int
    once: tuple[int, ...]
    start: tuple[tuple[int, int], ...]
    changes: tuple[Change, ...]
    phases: tuple[PhaseRecord, ...]
    drawdowns_done_at: tuple[int | None, ...]
    reviews: tuple[tuple[tuple[int, bool], ...], ...]
    queues: tuple[QueueRecord, ...]
    sites: tuple[SiteRecord, ...]
    regimes: tuple[tuple[int, int], ...]
    happenings: tuple[Happening, ...]
    entries: int

    def strength(self, cells: Iterable[int], *, without: Iterable[int] = ()) -> tuple[list[int], list[int]]:
        """Return the strength, or loads, of some cells as change points: minutes from the begin, the count from each.

        `without` leaves kinds out, by their index in `ledger.KINDS`.
        """
        chosen, left_out = frozenset(cells), frozenset(without)
        minutes, strengths, standing = [self.plan.begins], [0], 0
        for minute, cell, kind, change in self.changes:
            if cell in chosen and kind not in left_out:
                standing += change
                if minute == minutes[-1]:
                    strengths[-1] = standing
                else:
                    minutes.append(minute)
                    strengths.append(standing)
        return minutes, strengths

    def waits(self, queue: int, serial: Serial, *, until: int | None = None) -> dict[str, int]:
        """Return how long a serial waited for each cause, minutes; the sum is departed - planned.

        A serial that has not departed waits until the horizon, or until `until`.
        """
        end = self.plan.horizon if serial.departed_at is None else serial.departed_at
        end = end if until is None else min(end, until)
        return waits_between(self.queues[queue].causes, serial.planned_at, end)

    def longest_wait(self, queue: int, serial: Serial, *, until: int | None = None) -> str | None:
        """Return the cause a serial waited for longest, ties by the order of the rules; None: it did not wait."""
        waits = self.waits(queue, serial, until=until)
        if not waits:
            return None
        return max(waits, key=lambda cause: (waits[cause], -CAUSES.index(cause)))


def waits_between(causes: Sequence[tuple[int, str | None]], start: int, end: int) -> dict[str, int]:
    """Return the minutes spent on each cause in [start, end) of a queue's record."""
    waits: dict[str, int] = {}
    first = max(0, bisect_right(causes, start, key=lambda each: each[0]) - 1)
    for position in range(first, len(causes)):
        minute, cause = causes[position]
        if minute >= end:
            break
        after = causes[position + 1][0] if position + 1 < len(causes) else end
        minutes = min(after, end) - max(minute, start)
        if cause is not None and minutes > 0:
            waits[cause] = waits.get(cause, 0) + minutes
    return waits


def record_of(queue: Queue) -> QueueRecord:
    """Return the record of a queue at the end of a replication."""
    return QueueRecord(tuple(queue.gone), tuple(queue.waiting), tuple(queue.causes))
