"""The list of weights that a network can start from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

_SOURCE = int(Qt.ItemDataRole.UserRole)
_COLUMNS = ("Weights", "ImageNet accuracy", "Size", "Where")


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that a network can start from."""

    source: str
    """What the project says to choose it."""
    name: str
    """What it is called."""
    accuracy: str = ""
    """How good a network is with it."""
    size: str = ""
    """How large it is."""
    where: str = ""
    """Whether it has to be downloaded."""


class WeightsList(QTreeWidget):
    """A row for each choice; one is chosen."""

    chosen = Signal()
    """Another row is chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("weights_list")
        self.setAccessibleName("Weights to start from")
        self.setHeaderLabels(_COLUMNS)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionsClickable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.itemSelectionChanged.connect(self.chosen)

    @property
    def source(self) -> str:
        """The source of the chosen row; empty when none is."""
        items = self.selectedItems()
        return str(items[0].data(0, _SOURCE)) if items else ""

    def show_rows(self, rows: Sequence[Row], chosen: str) -> None:
        """Show `rows` with the one of the source `chosen` chosen, or else the first."""
        self.blockSignals(True)
        self.clear()
        for row in rows:
            self._add(row)
        self.blockSignals(False)
        self.choose(chosen if any(row.source == chosen for row in rows) else rows[0].source)

    def add_row(self, row: Row) -> None:
        """Show one more row at the end, unless its source has one."""
        if self._item(row.source) is None:
            self._add(row)

    def choose(self, source: str) -> None:
        """Choose the row of `source`."""
        item = self._item(source)
        if item is not None:
            self.setCurrentItem(item)
            item.setSelected(True)

    def _item(self, source: str) -> QTreeWidgetItem | None:
        items = map(self.topLevelItem, range(self.topLevelItemCount()))
        return next((item for item in items if item is not None and item.data(0, _SOURCE) == source), None)

    def _add(self, row: Row) -> None:
        item = QTreeWidgetItem([row.name, row.accuracy, row.size, row.where])
        item.setData(0, _SOURCE, row.source)
        item.setToolTip(0, row.name)
        for column, title in enumerate(_COLUMNS):
            if not item.text(column):
                item.setData(column, Qt.ItemDataRole.AccessibleTextRole, f"{title}: none")
        for column in (1, 2):
            item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.addTopLevelItem(item)
