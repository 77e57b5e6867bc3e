"""The table of parameters as a Qt model: a row for each layer of one kind, a column for each parameter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from engine.graph.params import Float, Int, Param, ParamError, ParamValue
from engine.layers import nodes
from gui.inspector.row import help_text
from gui.param_table.cells import applies, cell_text, rank, read_cell
from gui.param_table.entries import Entry, Kind, edit_cells, where_to_see
from gui.workspace import Workspace

Index: TypeAlias = QModelIndex | QPersistentModelIndex
NAME = 0
"""The column of the names; those of the parameters follow."""
_Role = Qt.ItemDataRole
_NOWHERE = QModelIndex()
_NONE = "–"
"""Stands where a parameter means nothing beside the others."""


class ParamTableModel(QAbstractTableModel):
    """The layers of one kind and what is set about them."""

    refused = Signal(str)
    """Why a value was not taken, in a sentence; empty when one was."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._kind: Kind | None = None
        self._params: tuple[Param, ...] = ()
        self._entries: list[Entry] = []
        self.reach: Callable[[QModelIndex], Sequence[QModelIndex]] = lambda index: [index]
        """Which cells a value goes to that is set in one of them: the selected ones of its column."""

    def show_kind(self, kind: Kind | None) -> None:
        """Show the layers of `kind`; when they are those that are shown already, they stay in their order."""
        params = kind.params if kind else ()
        entries = list(kind.entries) if kind else []
        if params == self._params and set(entries) == set(self._entries):
            self._kind = kind
            if entries:
                last = self.index(len(entries) - 1, self.columnCount() - 1)
                self.dataChanged.emit(self.index(0, 0), last)
            return
        self.beginResetModel()
        self._kind, self._params, self._entries = kind, params, entries
        self.endResetModel()

    @property
    def entries(self) -> Sequence[Entry]:
        """The layers, from top to bottom."""
        return self._entries

    def param_of(self, index: Index) -> Param | None:
        """The parameter of a cell; None for a name."""
        return self._params[index.column() - 1] if index.isValid() and index.column() > NAME else None

    def variables_at(self, index: Index) -> tuple[Param, ...]:
        """What expressions in a cell may use: the parameters of the block around the layer."""
        return nodes.variables(self._entries[index.row()].graph)

    def is_usual(self, index: Index) -> bool:
        """Whether a cell holds the value that a new layer starts with."""
        param = self.param_of(index)
        return param is not None and self._held(index.row(), param) == param.default

    def is_open(self, index: Index) -> bool:
        """Whether a value can be set in a cell."""
        param = self.param_of(index)
        return param is not None and applies(param, self._entries[index.row()].node.params)

    def read(self, index: Index, text: str) -> ParamValue:
        """The value that `text` means in a cell.

        Raises:
            ParamError: it means none that the parameter takes.
        """
        param = self.param_of(index)
        assert param is not None
        return read_cell(param, text, self.variables_at(index))

    def set_texts(self, texts: Sequence[tuple[QModelIndex, str]]) -> bool:
        """Set several cells in one step of the history; if one text is refused, none is set, and `refused` says why.

        Cells that take no value are passed over.
        """
        values: list[tuple[Entry, Param, ParamValue]] = []
        for index, text in texts:
            param, entry = self.param_of(index), self._entries[index.row()]
            if param is None or not applies(param, entry.node.params):
                continue
            try:
                values.append((entry, param, self.read(index, text)))
            except ParamError as error:
                self.refused.emit(str(error) if len(texts) == 1 else f"{entry.title}: {error}")
                return False
        found = edit_cells(values)
        self.refused.emit("")
        if found is None:
            return True
        edit, graphs = found
        return self._workspace.push_document(edit, where_to_see(self._workspace, graphs))

    # Qt

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """How many layers there are."""
        return 0 if parent.isValid() else len(self._entries)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """The name and the parameters."""
        return 0 if parent.isValid() or not self._params else len(self._params) + 1

    def flags(self, index: Index) -> Qt.ItemFlag:
        """What can be set can be edited."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsEditable if self.is_open(index) else flags

    def data(self, index: Index, role: int = _Role.DisplayRole) -> object:
        """The text of a cell, and what its parameter means."""
        if not index.isValid():
            return None
        entry, param = self._entries[index.row()], self.param_of(index)
        if param is None:
            return entry.title if role in (_Role.DisplayRole, _Role.AccessibleTextRole, _Role.ToolTipRole) else None
        match role:
            case _Role.DisplayRole:
                return self._text(index.row(), param) if self.is_open(index) else _NONE
            case _Role.EditRole:
                return self._text(index.row(), param)
            case _Role.AccessibleTextRole:
                text = self._text(index.row(), param) if self.is_open(index) else "unused"
                return f"{entry.title}, {param.title}: {text}"
            case _Role.ToolTipRole:
                return help_text(param)
            case _Role.TextAlignmentRole:
                return _alignment(param)
        return None

    def setData(self, index: Index, value: object, role: int = _Role.EditRole) -> bool:
        """Set what is typed in a cell, in all cells that it reaches."""
        if role != _Role.EditRole or not index.isValid():
            return False
        return self.set_texts([(cell, str(value)) for cell in self.reach(index.sibling(index.row(), index.column()))])

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> object:
        """The titles of the columns, and what the parameters mean."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < self.columnCount():
            return None
        param = self._params[section - 1] if section > NAME else None
        match role:
            case _Role.DisplayRole:
                return param.title if param else "Layer"
            case _Role.ToolTipRole:
                return help_text(param) if param else "The name of the layer. A click on a title sorts."
            case _Role.TextAlignmentRole:
                return _alignment(param)
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; by the order of computation when there is no such column."""
        if not 0 <= column < self.columnCount():
            place = {entry: number for number, entry in enumerate(self._kind.entries if self._kind else ())}
            self._reorder(sorted(self._entries, key=place.__getitem__))
            return
        is_descending = order is Qt.SortOrder.DescendingOrder
        if column == NAME:
            self._reorder(sorted(self._entries, key=lambda entry: entry.title.lower(), reverse=is_descending))
            return
        param = self._params[column - 1]
        known = [entry for entry in self._entries if applies(param, entry.node.params)]
        rest = [entry for entry in self._entries if not applies(param, entry.node.params)]
        known.sort(key=lambda entry: rank(entry.node.params.get(param.name, param.default)), reverse=is_descending)
        self._reorder(known + rest)

    # Inside

    def _held(self, row: int, param: Param) -> ParamValue:
        return self._entries[row].node.params.get(param.name, param.default)

    def _text(self, row: int, param: Param) -> str:
        return cell_text(param, self._held(row, param))

    def _reorder(self, entries: list[Entry]) -> None:
        if entries == self._entries:
            return
        self.layoutAboutToBeChanged.emit()
        held = self.persistentIndexList()
        place = {entry: number for number, entry in enumerate(entries)}
        moved = [self.createIndex(place[self._entries[index.row()]], index.column()) for index in held]
        self._entries = entries
        self.changePersistentIndexList(held, moved)
        self.layoutChanged.emit()


def _alignment(param: Param | None) -> Qt.AlignmentFlag:
    """Numbers stand on the right, so that their digits are below each other."""
    side = Qt.AlignmentFlag.AlignRight if isinstance(param, (Int, Float)) else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
