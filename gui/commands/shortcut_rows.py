"""The rows of the page of keyboard shortcuts: what there is in each section, with its keys, and what fits a search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from gui.commands.fixed_keys import CANVAS_KEYS, FIELD_KEYS, menu_keys
from gui.commands.fuzzy import match
from gui.commands.shortcuts import Shortcuts
from gui.commands.spec import ActionSpec, FixedKeys, written

Index: TypeAlias = QModelIndex | QPersistentModelIndex
ROW_ROLE = Qt.ItemDataRole.UserRole
"""The `Row`, or the text of a heading."""
_Role = Qt.ItemDataRole
_EXACT = 10_000


@dataclass(frozen=True, slots=True)
class Row:
    """One thing with its keys."""

    title: str
    """What it is called."""
    help: str
    """What it does, in a sentence."""
    keys: tuple[str, ...]
    """Its keys, as people write them."""
    words: str = ""
    """Further words by which it is found."""
    action: str = ""
    """The id of the action; empty for keys that cannot be changed."""
    is_changed: bool = False
    """Whether the user has chosen these keys."""

    @property
    def spoken(self) -> str:
        """The row as screen readers read it out."""
        mark = "changed" if self.is_changed else "" if self.action else "cannot be changed"
        return ", ".join(text for text in (self.title, *(self.keys or ("no keys",)), mark) if text)


class ShortcutModel(QAbstractListModel):
    """All actions below the headings of their sections, and behind them the keys that cannot be changed."""

    def __init__(self, shortcuts: Shortcuts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shortcuts = shortcuts
        self._query = ""
        self._rows: list[Row | str] = []
        self._fill()
        shortcuts.changed.connect(self._on_change)

    def search(self, query: str) -> None:
        """Show what fits `query` by name, words or keys; everything when it is empty."""
        self.beginResetModel()
        self._query = query.strip()
        self._fill()
        self.endResetModel()

    def best(self) -> QModelIndex:
        """The row that fits the search best; invalid when none does."""
        scores = {place: _score(row, self._query) for place, row in enumerate(self._rows) if isinstance(row, Row)}
        return self.index(max(scores, key=lambda place: scores[place], default=-1))

    def rowCount(self, parent: Index | None = None) -> int:
        """The number of actions and headings."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = _Role.DisplayRole) -> object:
        """The texts of a row, and the row itself under `ROW_ROLE`."""
        row = self._rows[index.row()]
        if role == ROW_ROLE:
            return row
        if isinstance(row, str):
            return row if role == _Role.DisplayRole else None
        match role:
            case _Role.DisplayRole:
                return row.title
            case _Role.AccessibleTextRole:
                return row.spoken
            case _Role.AccessibleDescriptionRole:
                return row.help
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Headings cannot be chosen, so that the keys pass over them."""
        is_heading = not index.isValid() or isinstance(self._rows[index.row()], str)
        chosen = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return Qt.ItemFlag.NoItemFlags if is_heading else chosen

    def _on_change(self) -> None:
        """Other keys: the rows stay where they are, whatever is searched for."""
        self._rows = [self._row(self._spec(row)) if isinstance(row, Row) and row.action else row for row in self._rows]
        self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))

    def _fill(self) -> None:
        self._rows = []
        sections = [
            (section.title, [self._row(spec) for spec in section.actions]) for section in self._shortcuts.sections
        ]
        fixed = (*FIELD_KEYS, *menu_keys(self._shortcuts.sections))
        sections += [
            ("Canvas", [_fixed_row(keys) for keys in CANVAS_KEYS]),
            ("Elsewhere", [_fixed_row(keys) for keys in fixed]),
        ]
        for title, rows in sections:
            fitting = [row for row in rows if _fits(row, title, self._query)]
            self._rows += [title, *fitting] if fitting else []

    def _spec(self, row: Row) -> ActionSpec:
        return next(spec for section in self._shortcuts.sections for spec in section.actions if spec.id == row.action)

    def _row(self, spec: ActionSpec) -> Row:
        return Row(
            title=spec.title,
            help=spec.help,
            keys=tuple(written(keys) for keys in self._shortcuts.keys(spec.id)),
            words=spec.words,
            action=spec.id,
            is_changed=self._shortcuts.is_changed(spec.id),
        )


def _fixed_row(fixed: FixedKeys) -> Row:
    keys = (fixed.shown,) if fixed.shown else tuple(written(sequence) for sequence in fixed.sequences)
    return Row(fixed.name, fixed.help, keys)


def _fits(row: Row, section: str, query: str) -> bool:
    by_keys = any(query.lower() in keys.lower() for keys in row.keys)
    return by_keys or match(query, row.title, f"{section} {row.words} {row.help}") is not None


def _score(row: Row, query: str) -> int:
    """How well the keys or the title of a row fit, shorter titles first; the higher the better."""
    if query.lower() in (keys.lower() for keys in row.keys):
        return _EXACT
    by_title = match(query, row.title) if query else None
    return 0 if by_title is None else by_title.score * _EXACT // 100 - len(row.title)
