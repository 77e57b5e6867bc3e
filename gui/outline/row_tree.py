"""Rows below rows as a Qt model: read when somebody looks, and rearranged without a reset."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import count
from typing import TypeAlias

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex

from engine.graph.model import Graph, Node
from gui.outline.rows import Branch, Row

Index: TypeAlias = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
"""The index of what is above all rows."""


class RowTree(QAbstractItemModel):
    """A tree of rows in one column; what is below a row is made when it is first asked for."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ids = count(1)
        self._root = Branch(0, None)
        self._rows: dict[int, Row] = {}

    # Reading

    def row_of(self, index: Index) -> Row | None:
        """The row at `index`."""
        return self._rows.get(index.internalId()) if index.isValid() else None

    def index_of(self, branch: Branch) -> QModelIndex:
        """The place of a row that is shown; that of the whole tree is nowhere."""
        return self.createIndex(branch.number, 0, branch.id) if isinstance(branch, Row) else QModelIndex()

    def index(self, row: int, column: int, parent: Index = NOWHERE) -> QModelIndex:
        """The place of a row."""
        shown = self.shown_below(self._branch(parent))
        if column != 0 or not 0 <= row < len(shown):
            return QModelIndex()
        return self.createIndex(row, 0, shown[row].id)

    def parent(self, index: Index = NOWHERE) -> QModelIndex:  # type: ignore[override]
        """The row that a row is below."""
        row = self.row_of(index)
        return QModelIndex() if row is None else self.index_of(row.parent)

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """How many rows are below `parent`."""
        return len(self.shown_below(self._branch(parent)))

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """There is one column."""
        return 1

    def hasChildren(self, parent: Index = NOWHERE) -> bool:
        """Whether a row opens."""
        row = self.row_of(parent)
        return bool(self._root.shown) if row is None else self._opens(row)

    def shown_below(self, branch: Branch) -> list[Row]:
        """What is shown below `branch`; made now if nobody has looked yet."""
        if branch.children is None and branch.graph is not None:
            self._fill(branch)
        return branch.shown

    # For those who say what the rows are

    def _fill(self, branch: Branch) -> None:
        """Make the rows below `branch` for the first time."""
        raise NotImplementedError

    def _opens(self, row: Row) -> bool:
        """Whether there is something below `row`."""
        return bool(row.shown) if row.children is not None else row.has_inside()

    def _clear(self, graph: Graph) -> None:
        """Forget all rows; those of `graph` are to be made. Called within a reset."""
        self._rows.clear()
        self._root = Branch(0, graph)

    def _new(self, parent: Branch, node: Node) -> Row:
        row = Row(next(self._ids), None, parent=parent, node=node)
        row.stand_for(node)
        self._rows[row.id] = row
        return row

    def _forget(self, row: Row) -> None:
        del self._rows[row.id]
        for below in (row.children or {}).values():
            self._forget(below)

    def _branch(self, index: Index) -> Branch:
        return self.row_of(index) or self._root

    # Changing what is shown

    def _arrange(self, branch: Branch, wanted: list[Row]) -> None:
        """Show `wanted` below `branch`: at most one removal, one insertion and two changes of order."""
        before = branch.shown
        if wanted == before:
            return
        index = self.index_of(branch)
        staying, known = set(wanted).intersection(before), set(before)
        stay = [row for row in wanted if row in staying]
        gone = [row for row in before if row not in staying]
        if gone:
            run = _start_of_run(before, gone)
            if run is None or [row for row in before if row in staying] != stay:
                self._reorder([(branch, stay + gone)])
            first = branch.shown.index(gone[0])
            self.beginRemoveRows(index, first, first + len(gone) - 1)
            self._put(branch, stay)
            self.endRemoveRows()
        self._reorder([(branch, stay)])
        new = [row for row in wanted if row not in known]
        if new:
            run = _start_of_run(wanted, new)
            first = len(stay) if run is None else run
            self.beginInsertRows(index, first, first + len(new) - 1)
            self._put(branch, stay + new if run is None else wanted)
            self.endInsertRows()
        self._reorder([(branch, wanted)])

    def _reorder(self, orders: Iterable[tuple[Branch, list[Row]]]) -> None:
        """Show the same rows below some branches in another order."""
        changes = [(branch, rows) for branch, rows in orders if rows != branch.shown]
        if not changes:
            return
        self.layoutAboutToBeChanged.emit()
        for branch, rows in changes:
            self._put(branch, rows)
        held = self.persistentIndexList()
        self.changePersistentIndexList(held, [self._moved(index) for index in held])
        self.layoutChanged.emit()

    def _moved(self, index: QModelIndex) -> QModelIndex:
        return self.createIndex(self._rows[index.internalId()].number, 0, index.internalId())

    def _put(self, branch: Branch, rows: list[Row]) -> None:
        branch.shown = rows
        for number, row in enumerate(rows):
            row.number = number


def _start_of_run(rows: Sequence[Row], some: Sequence[Row]) -> int | None:
    """Where `some` begin among `rows`, if they stand there one after another; else None."""
    first = rows.index(some[0])
    return first if list(rows[first : first + len(some)]) == list(some) else None
