"""Tables as HTML, as notebooks show them."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from posture.view.tables import Table


def table_html(table: Table, *, caption: str) -> str:
    """Return a table with its caption and notes."""
    sides = ["right" if numeric else "left" for numeric in table.numeric]

    def row(tag: str, cells: Sequence[str]) -> str:
        pairs = zip(cells, sides, strict=True)
        return "".join(f'<{tag} style="text-align: {side}">{escape(cell)}</{tag}>' for cell, side in pairs)

    head = f"<thead><tr>{row('th', table.columns)}</tr></thead>"
    body = "".join(f"<tr>{row('td', each)}</tr>" for each in table.rows)
    notes = "".join(f"<p>{escape(each)}</p>" for each in table.notes)
    return f"<table><caption>{escape(caption)}</caption>{head}<tbody>{body}</tbody></table>{notes}"
