"""The list of the gallery: networks below the headings of their families, or what a search has found."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import TypeAlias

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from engine.zoo.entry import ZooEntry
from gui import theme
from gui.gallery.search import find_networks

ENTRY_ROLE = Qt.ItemDataRole.UserRole
"""The `ZooEntry` of a row, or the title of a family where the row is a heading."""

Index: TypeAlias = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
_ENTRY_HEIGHT = 46
_HEADING_HEIGHT = 30
_SIDE = theme.PADDING
_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


class EntriesModel(QAbstractListModel):
    """Networks and the headings of their families."""

    def __init__(self, entries: Iterable[ZooEntry], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries = list(entries)
        self._rows: list[ZooEntry | str] = []
        self.search("")

    def search(self, query: str) -> None:
        """Show what fits `query`, without headings; everything when it is empty."""
        self.beginResetModel()
        if query.strip():
            self._rows = list(find_networks(self._entries, query))
        else:
            self._rows = []
            for family, entries in groupby(self._entries, key=lambda entry: entry.family):
                self._rows += [family, *entries]
        self.endResetModel()

    def find(self, entry: str) -> QModelIndex:
        """The row of the network with the id `entry`, or else the first network's; invalid when there is none."""
        networks = {row.id: place for place, row in enumerate(self._rows) if isinstance(row, ZooEntry)}
        place = networks.get(entry, min(networks.values(), default=-1))
        return self.index(place)

    # Qt

    def rowCount(self, parent: Index | None = None) -> int:
        """The number of networks and headings."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = _Role.DisplayRole) -> object:
        """The texts of a row, and the row itself under `ENTRY_ROLE`."""
        row = self._rows[index.row()]
        if role == ENTRY_ROLE:
            return row
        if isinstance(row, str):
            return row if role == _Role.DisplayRole else None
        match role:
            case _Role.DisplayRole:
                return row.label
            case _Role.AccessibleTextRole:
                return f"{row.label}, {row.family}"
            case _Role.AccessibleDescriptionRole | _Role.ToolTipRole:
                return row.doc
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Headings cannot be chosen, so that the keys pass over them."""
        is_heading = not index.isValid() or isinstance(self._rows[index.row()], str)
        chosen = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return Qt.ItemFlag.NoItemFlags if is_heading else chosen

    def size_of(self, family: str) -> int:
        """How many networks the family has."""
        return sum(entry.family == family for entry in self._entries)


class EntryDelegate(QStyledItemDelegate):
    """Paints headings slim, and networks with a line on what they are."""

    def __init__(self, model: EntriesModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """One height for headings, one for networks."""
        return QSize(0, theme.px(_HEADING_HEIGHT if isinstance(index.data(ENTRY_ROLE), str) else _ENTRY_HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one row."""
        row = index.data(ENTRY_ROLE)
        rect: QRect = option.rect
        small = QFont(option.font)
        small.setPixelSize(theme.px(theme.SMALL_TEXT))
        painter.save()
        if isinstance(row, str):
            small.setWeight(QFont.Weight.DemiBold)
            self._paint_heading(painter, rect.adjusted(_SIDE, theme.UNIT, -_SIDE, 0), small, row)
        elif isinstance(row, ZooEntry):
            state: QStyle.StateFlag = option.state
            ground = QStyleOptionViewItem(option)
            ground.rect = rect.adjusted(theme.UNIT + 2, 1, -theme.UNIT - 2, -1)
            view = option.widget
            view.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, ground, painter, view)
            is_selected = bool(state & QStyle.StateFlag.State_Selected)
            self._paint_entry(painter, rect.adjusted(_SIDE, 0, -_SIDE, 0), small, row, is_selected)
        painter.restore()

    def _paint_heading(self, painter: QPainter, rect: QRect, font: QFont, family: str) -> None:
        painter.setFont(font)
        painter.setPen(theme.current().colour("muted"))
        painter.drawText(rect, _LEFT, family)
        painter.drawText(rect, _RIGHT, str(self._model.size_of(family)))

    def _paint_entry(self, painter: QPainter, rect: QRect, small: QFont, entry: ZooEntry, is_selected: bool) -> None:
        colours = theme.current()
        middle = rect.top() + rect.height() // 2
        for font, role, text, top in (
            (painter.font(), "text", entry.label, middle - theme.px(18)),
            (small, "muted", entry.doc, middle + 1),
        ):
            painter.setFont(font)
            painter.setPen(colours.colour("on_selection" if is_selected else role))
            line = QRect(rect.left(), top, rect.width(), theme.px(17))
            painter.drawText(
                line, _LEFT, painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, line.width())
            )


class EntriesList(QListView):
    """The list itself; one network is chosen unless a search has found none."""

    entryChosen = Signal(object)
    """Another `ZooEntry` is chosen; None when there is none."""

    def __init__(self, entries: Iterable[ZooEntry], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = EntriesModel(entries, self)
        self._last = ""
        self.setModel(self._model)
        self.setItemDelegate(EntryDelegate(self._model, self))
        self.setObjectName("gallery_list")
        self.setAccessibleName("Reference networks")
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    @property
    def entry(self) -> ZooEntry | None:
        """The network that is chosen."""
        row = self.currentIndex().data(ENTRY_ROLE) if self.currentIndex().isValid() else None
        return row if isinstance(row, ZooEntry) else None

    @property
    def count(self) -> int:
        """How many networks are listed."""
        rows = (self._model.index(row).data(ENTRY_ROLE) for row in range(self._model.rowCount()))
        return sum(isinstance(row, ZooEntry) for row in rows)

    def choose(self, entry: str) -> None:
        """Choose the network with the id `entry`, or the first one when it is not listed."""
        self.setCurrentIndex(self._model.find(entry))
        self.scrollTo(self.currentIndex())

    def search(self, query: str) -> None:
        """List what fits `query` and choose the best; all, with the same one chosen, when it is empty."""
        self._model.search(query)
        self.choose("" if query.strip() else self._last)
        if self.entry is None:
            self.entryChosen.emit(None)

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Tell which network is chosen."""
        super().currentChanged(current, previous)
        entry = self.entry
        if entry is not None:
            self._last = entry.id
            if current.row() <= 1:
                # With the first network its heading is seen again.
                self.scrollToTop()
            self.entryChosen.emit(entry)
