"""Whole figures of a run: pages of panels with what made them, and the bytes of their files."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from posture.errors import StoreError
from posture.study.estimates import estimate_band
from posture.study.runs import Run
from posture.study.store import versions
from posture.study.timelines import estimate_timelines, last_day, median_targets, moved_cells, planned_spans
from posture.view.layout import SMALL, TITLE, Page, lanes_of, lay_out, place_names
from posture.view.panels import Panel, choose_panels
from posture.view.plots import QUIET, key_to, plot_milestones, plot_strength

DPI = 150

UNSTATED = {"png": ("Software",), "svg": ("Date", "Creator"), "pdf": ("CreationDate", "Creator", "Producer")}
"""What each form of file would tell of when and by what it was made: left out, for the same bytes each time."""


def plot_panel(run: Run, panel: Panel, *, legend: bool = True, ax: Axes | None = None) -> Axes:
    """Draw one selection of a run with its phases, milestones and observations; see `plot_strength`."""
    band = estimate_band(run, of=panel.of, at=panel.at)
    observed = run.scenario.observations() if panel.observed else {}
    return plot_strength(
        band,
        observations=[row for name in panel.observed for row in observed[name]],
        targets=median_targets(run, panel.milestones),
        spans=planned_spans(run.plan),
        title=panel.title,
        legend=legend,
        ax=ax,
    )


def strength_figure(run: Run) -> Figure:
    """Return the fans of a run: totals, then what its milestones and observations name, at most nine panels."""
    panels = choose_panels(run.scenario.parts, moved=moved_cells(run))
    columns = 1 if len(panels) == 1 else 2 if len(panels) in (2, 4) else 3
    size = (7.6, 3.4) if len(panels) == 1 else (4.0, 2.3)
    spans, days = planned_spans(run.plan), (last_day(run.plan) - run.plan.origin).days + 1
    lanes = lanes_of(place_names(spans, first=run.plan.origin, days=days, inches=size[0]))
    page = lay_out(run.scenario.title, panels=len(panels), columns=columns, panel=size, lanes=lanes, key=True)
    figure, axes = new_figure(run, page, panels=len(panels))
    for index, (ax, panel) in enumerate(zip(axes, panels, strict=True)):
        plot_panel(run, panel, legend=False, ax=ax)
        if index + columns < len(panels):
            ax.set_xlabel("")
        if index % columns:
            ax.set_ylabel("")
    _add_key(figure, page, axes, key_to(seen=any(each.observed for each in panels), spans=bool(spans)))
    return figure


def milestones_figure(run: Run) -> Figure:
    """Return when each milestone of a run was achieved, a row each."""
    timelines = estimate_timelines(run)
    page = lay_out(run.scenario.title, panels=1, columns=1, panel=(8.0, 0.7 * max(2, len(timelines))))
    figure, [ax] = new_figure(run, page, panels=1)
    plot_milestones(timelines, window=(run.plan.origin, last_day(run.plan)), ax=ax)
    title = "Achieved by date; due date with the chance of being met and its 95 % interval"
    ax.set_title(title, loc="left", fontsize=10)
    return figure


def new_figure(run: Run, page: Page, *, panels: int) -> tuple[Figure, list[Axes]]:
    """Return a page with empty panels, the scenario's name above and what made it below."""
    figure = Figure(figsize=(page.width, page.height), dpi=DPI)
    grid = figure.add_gridspec(page.rows, page.columns, **page.margins)
    left, count = page.across(0.2), f"{run.replications:,} replication{'s' if run.replications > 1 else ''}"
    made = f"{count}, seed {run.seed}, scenario {run.scenario.hash[:8]}, posture {versions()['posture']}"
    figure.text(left, 1 - page.up(0.1), page.title, fontsize=TITLE, va="top")
    figure.text(left, page.up(0.1), made, fontsize=SMALL, color=QUIET, va="bottom")
    return figure, [figure.add_subplot(grid[divmod(index, page.columns)]) for index in range(panels)]


def _add_key(figure: Figure, page: Page, axes: Sequence[Axes], handles: Sequence[Artist]) -> None:
    """Explain what panels share, in one line below them; the widest fan among them is the one to explain."""
    fans = [[*ax.get_lines()[:2], *ax.collections] for ax in axes]
    named = [[each for each in fan if str(each.get_label())[:1] != "_"] for fan in fans]
    handles = [*max(named, key=len), *handles]
    place = page.across(0.2), page.up(0.27)
    style: dict[str, Any] = {
        "fontsize": SMALL,
        "frameon": False,
        "borderaxespad": 0,
        "borderpad": 0,
        "columnspacing": 1.4,
    }
    figure.legend(handles=handles, loc="lower left", bbox_to_anchor=place, ncols=len(handles), **style)


def picture(figure: Figure, *, form: str = "png") -> bytes:
    """Return a figure as the bytes of a png, svg or pdf file: of the same figure, the same bytes."""
    stream = io.BytesIO()
    with rc_context({"svg.hashsalt": "posture", "svg.fonttype": "none"}):
        figure.savefig(stream, format=form, dpi=DPI, metadata=dict.fromkeys(UNSTATED[form]))
    return stream.getvalue()


def save_figure(figure: Figure, path: Path) -> None:
    """Write a figure to a file whose name ends in its form, whole or not at all.

    Raises
    ------
    StoreError
        It cannot be written.
    """
    content, draft = picture(figure, form=path.suffix[1:]), path.with_name(f".{path.name}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(content)
        draft.replace(path)
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror or error}") from error
