"""The rows of the palette: headings that fold, the layers below them, and what a search has found."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TypeAlias

from PySide6.QtCore import QAbstractListModel, QByteArray, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt

from engine.graph.blocks import block_of
from engine.layers.spec import LayerSpec
from gui.layer_help import help_tool_tip
from gui.palette_catalogue import Group, complete, find_layers, is_own_block

MIME_TYPE = "application/x-netwright-layer"
"""What a drag from the palette carries: the id of the layer in UTF-8."""
ENTRY_ROLE = Qt.ItemDataRole.UserRole
"""The `LayerSpec` of a row, or the `Heading` where the row is one."""

Index: TypeAlias = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole


class Heading:
    """The row above a group."""

    __slots__ = ("group", "is_folded")

    def __init__(self, group: Group, is_folded: bool) -> None:
        self.group = group
        """What it stands above."""
        self.is_folded = is_folded
        """Whether the layers of the group are hidden."""

    @property
    def spoken(self) -> str:
        """The heading in words, for screen readers."""
        count = len(self.group.layers)
        state = "folded" if self.is_folded else "unfolded"
        return f"{self.group.title}, {count} {'entry' if count == 1 else 'entries'}, {state}"


class LayerModel(QAbstractListModel):
    """Layers under the headings of their groups, or what a search has found."""

    def __init__(
        self, groups: Sequence[Group], rename: Callable[[str, str], bool], parent: QObject | None = None
    ) -> None:
        """Show `groups`; `rename` gives a block of the project another name and tells whether it could."""
        super().__init__(parent)
        self._groups = list(groups)
        self._rename = rename
        self._query = ""
        self._folded: set[str] = set()
        self._rows: list[LayerSpec | Heading] = []
        self._fill()

    @property
    def folded(self) -> frozenset[str]:
        """The titles of the folded groups."""
        return frozenset(self._folded)

    def show_groups(self, groups: Sequence[Group]) -> None:
        """Show other groups; the search and what is folded stay."""
        self._groups = list(groups)
        self._fill()

    def search(self, query: str) -> None:
        """Show what fits `query`, without headings; everything when it is empty."""
        self._query = query
        self._fill()

    def fold(self, titles: Collection[str], *, folded: bool = True) -> None:
        """Hide or show the layers of the groups with these titles."""
        self._folded = self._folded | set(titles) if folded else self._folded - set(titles)
        self._fill()

    def next_layer(self, row: int, direction: int = 1) -> QModelIndex:
        """The nearest row from `row` on, up (−1) or down (1), that is a layer; invalid when there is none."""
        while 0 <= row < len(self._rows) and isinstance(self._rows[row], Heading):
            row += direction
        return self.index(row) if 0 <= row < len(self._rows) else QModelIndex()

    def heading_above(self, row: int) -> QModelIndex:
        """The row of the heading that `row` stands under, or that it is."""
        while row >= 0 and not isinstance(self._rows[row], Heading):
            row -= 1
        return self.index(row) if row >= 0 else QModelIndex()

    def find(self, key: str) -> QModelIndex:
        """The row of the layer with the id `key`, or of the heading with that title; invalid when there is none."""
        row = next((row for row, entry in enumerate(self._rows) if _key(entry) == key), -1)
        return self.index(row) if row >= 0 else QModelIndex()

    def key(self, index: Index) -> str:
        """By what `find` finds the row again, after another one has come or gone."""
        return _key(self._rows[index.row()]) if index.isValid() else ""

    # Qt

    def rowCount(self, parent: Index | None = None) -> int:
        """The number of headings and layers."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = _Role.DisplayRole) -> object:
        """The texts of a row, and the row itself under `ENTRY_ROLE`."""
        entry = self._rows[index.row()]
        if role == ENTRY_ROLE:
            return entry
        if isinstance(entry, Heading):
            texts = {_Role.DisplayRole: entry.group.title, _Role.AccessibleTextRole: entry.spoken}
            return texts.get(_Role(role))
        match role:
            case _Role.DisplayRole | _Role.EditRole:
                return entry.label
            case _Role.AccessibleTextRole:
                return f"{entry.label}, {entry.family}"
            case _Role.AccessibleDescriptionRole:
                return complete(entry).doc
            case _Role.ToolTipRole:
                return help_tool_tip(complete(entry))
        return None

    def setData(self, index: Index, value: object, role: int = _Role.EditRole) -> bool:
        """Rename a block of the project."""
        entry = self._rows[index.row()]
        name = str(value).strip()
        if role != _Role.EditRole or isinstance(entry, Heading) or name in ("", entry.label):
            return False
        block = block_of(entry.id)
        return block is not None and self._rename(block, name)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Headings can be folded; layers can be dragged, and the project's own blocks be renamed."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        entry = self._rows[index.row()] if index.isValid() else None
        if isinstance(entry, LayerSpec):
            flags |= Qt.ItemFlag.ItemIsDragEnabled
            if is_own_block(entry):
                flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def mimeTypes(self) -> list[str]:
        """A drag carries the id of a layer."""
        return [MIME_TYPE]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The id of the first dragged layer."""
        data = QMimeData()
        for index in indexes:
            entry = self._rows[index.row()]
            if isinstance(entry, LayerSpec):
                data.setData(MIME_TYPE, QByteArray(entry.id.encode()))
                break
        return data

    def _fill(self) -> None:
        self.beginResetModel()
        if self._query.strip():
            self._rows = list(find_layers([layer for group in self._groups for layer in group.layers], self._query))
        else:
            self._rows = []
            for group in self._groups:
                is_folded = group.title in self._folded
                self._rows.append(Heading(group, is_folded))
                self._rows.extend(() if is_folded else group.layers)
        self.endResetModel()


def _key(entry: LayerSpec | Heading) -> str:
    return entry.group.title if isinstance(entry, Heading) else entry.id
