"""Rows of the analysis table as text, for a spreadsheet or for a page in Markdown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from gui.analysis.columns import ACTIVATIONS, COLUMNS, LAYER
from gui.analysis.rows import Row

Writer: TypeAlias = Callable[[Sequence[Row]], str]


def as_tsv(rows: Sequence[Row]) -> str:
    """One line for each row, with tabs between the values and exact numbers, so that a spreadsheet can add them."""
    lines = [_titles(), *(_values(row, "{}") for row in rows)]
    return "\n".join("\t".join(line) for line in lines) + "\n"


def as_markdown(rows: Sequence[Row]) -> str:
    """A table in Markdown, with exact numbers on the right."""
    ruler = ["---" if column.figure is None else "---:" for column in COLUMNS]
    lines = [_titles(), ruler, *(_values(row, "{:,}") for row in rows)]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines) + "\n"


def _titles() -> list[str]:
    titles = [column.title for column in COLUMNS]
    titles[ACTIVATIONS] = f"{titles[ACTIVATIONS]} (bytes)"
    return titles


def _values(row: Row, number: str) -> list[str]:
    """The texts of a row; a layer inside a block carries the names of what it is inside of."""
    texts: list[str] = []
    for column in range(len(COLUMNS)):
        value = row.value(column)
        texts.append(row.text(column) if value is None else number.format(value))
    texts[LAYER] = row.path
    return texts
