"""The versions of a project as rows of a table."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from engine.versions import Version
from gui.versions.summaries import Summaries

COLUMNS = ("Saved", "Layers", "Size", "What changed")
_SAVED, _LAYERS, _SIZE, _CHANGES = range(4)
_LOOKING = "…"
_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole


class VersionsModel(QAbstractTableModel):
    """One row for each version, the newest first."""

    def __init__(self, summaries: Summaries, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._summaries = summaries
        self.versions: list[Version] = []
        """What is listed."""
        summaries.found.connect(self._on_found)

    def show(self, versions: list[Version]) -> None:
        """List `versions`."""
        self.beginResetModel()
        self.versions = versions
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """One row for each version."""
        return 0 if parent.isValid() else len(self.versions)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """When, how much, and what changed."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> object:
        """The titles of the columns."""
        if role == _Role.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return COLUMNS[section]
        return None

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> object:
        """What a cell says."""
        if not index.isValid():
            return None
        version, column = self.versions[index.row()], index.column()
        if role == _Role.DisplayRole:
            return self._text(version, column)
        if role == _Role.TextAlignmentRole and column in (_LAYERS, _SIZE):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == _Role.ToolTipRole:
            return f"{version.time.astimezone():%Y-%m-%d %H:%M:%S}"
        return None

    def _text(self, version: Version, column: int) -> str:
        if column == _SAVED:
            return when(version, datetime.now().astimezone())
        if column == _LAYERS:
            return f"{version.layers:,}"
        if column == _SIZE:
            return size(version.size)
        summary = self._summaries[version]
        return _LOOKING if summary is None else summary.line

    def _on_found(self, version: str) -> None:
        for row, each in enumerate(self.versions):
            if each.id == version:
                self.dataChanged.emit(self.index(row, _CHANGES), self.index(row, _CHANGES))


def when(version: Version, now: datetime) -> str:
    """When a version was saved, as short as it is clear: “Today 14:32”, “Yesterday 09:05”, “2026-03-01 14:32”."""
    time = version.time.astimezone(now.tzinfo)
    days = (now.date() - time.date()).days
    day = {0: "Today", 1: "Yesterday"}.get(days, f"{time:%Y-%m-%d}")
    return f"{day} {time:%H:%M}"


def size(number: int) -> str:
    """`823 B`, `12.4 kB`, `1.25 MB`."""
    if number < 1_000:
        return f"{number} B"
    return f"{number / 1e3:.3g} kB" if number < 999_500 else f"{number / 1e6:.3g} MB"
