"""Rows below rows as a Qt model: read when somebody looks, and rearranged without a reset."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex

Index: TypeAlias = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
"""The index of what is above all rows."""


class AnyBranch(Protocol):
    """Something that rows are below: the whole tree, or a row."""

    id: int
    """By what Qt's indexes name it."""
    children: Any
    """All rows that are below it, by what tells them from each other; None until somebody has looked."""
    shown: Any
    """The list of those that are shown, in their order."""


class AnyRow(AnyBranch, Protocol):
    """One row; it is a branch, too."""

    parent: Any
    """The branch that it is below."""
    number: int
    """Which it is among those that are shown."""


BranchT = TypeVar("BranchT", bound=AnyBranch)
RowT = TypeVar("RowT", bound=AnyRow)


class RowTree(QAbstractItemModel, Generic[BranchT, RowT]):
    """A tree of rows; what is below a row is made when it is first asked for."""

    def __init__(self, root: BranchT, parent: QObject | None = None) -> None:
        """A tree of all that is below `root`."""
        super().__init__(parent)
        self._ids = count(1)
        self._root = root
        self._rows: dict[int, RowT] = {}

    # Reading

    def row_of(self, index: Index) -> RowT | None:
        """The row at `index`."""
        return self._rows.get(index.internalId()) if index.isValid() else None

    def index_of(self, branch: BranchT | RowT) -> QModelIndex:
        """The place of a row that is shown; that of the whole tree is nowhere."""
        row = self._rows.get(branch.id)
        return QModelIndex() if row is None else self.createIndex(row.number, 0, row.id)

    def index(self, row: int, column: int, parent: Index = NOWHERE) -> QModelIndex:
        """The place of a row."""
        shown = self.shown_below(self._branch(parent))
        if not (0 <= row < len(shown) and 0 <= column < self.columnCount()):
            return QModelIndex()
        return self.createIndex(row, column, shown[row].id)

    def parent(self, index: Index = NOWHERE) -> QModelIndex:  # type: ignore[override]
        """The row that a row is below."""
        row = self.row_of(index)
        return QModelIndex() if row is None else self.index_of(row.parent)

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """How many rows are below `parent`."""
        return len(self.shown_below(self._branch(parent))) if parent.column() <= 0 else 0

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """One column, unless others say something else."""
        return 1

    def hasChildren(self, parent: Index = NOWHERE) -> bool:
        """Whether a row opens."""
        row = self.row_of(parent)
        return parent.column() <= 0 and (bool(self._root.shown) if row is None else self._opens(row))

    def shown_below(self, branch: BranchT | RowT) -> list[RowT]:
        """What is shown below `branch`; made now if nobody has looked yet."""
        if branch.children is None:
            self._fill(branch)
        shown: list[RowT] = branch.shown
        return shown

    # For those who say what the rows are

    def _fill(self, branch: BranchT | RowT) -> None:
        """Make the rows below `branch` for the first time, if there are to be some."""
        raise NotImplementedError

    def _opens(self, row: RowT) -> bool:
        """Whether there is something below `row`."""
        raise NotImplementedError

    def _clear(self, root: BranchT) -> None:
        """Forget all rows; those below `root` are to be made. Called within a reset."""
        self._rows.clear()
        self._root = root

    def _add(self, row: RowT) -> RowT:
        """Know a new row, whose id comes from `_ids`."""
        self._rows[row.id] = row
        return row

    def _forget(self, row: RowT) -> None:
        del self._rows[row.id]
        for below in (row.children or {}).values():
            self._forget(below)

    def _branch(self, index: Index) -> BranchT | RowT:
        return self.row_of(index) or self._root

    # Changing what is shown

    def _arrange(self, branch: BranchT | RowT, wanted: list[RowT]) -> None:
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

    def _reorder(self, orders: Iterable[tuple[BranchT | RowT, list[RowT]]]) -> None:
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
        return self.createIndex(self._rows[index.internalId()].number, index.column(), index.internalId())

    def _put(self, branch: BranchT | RowT, rows: list[RowT]) -> None:
        branch.shown = rows
        for number, row in enumerate(rows):
            row.number = number


def _start_of_run(rows: Sequence[RowT], some: Sequence[RowT]) -> int | None:
    """Where `some` begin among `rows`, if they stand there one after another; else None."""
    first = rows.index(some[0])
    return first if list(rows[first : first + len(some)]) == list(some) else None
