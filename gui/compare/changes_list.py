"""The list of differences beside the canvas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QIcon, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from engine.graph.annotations import AnnotationId
from engine.graph.model import NodeId
from gui import theme
from gui.compare.entries import Entry, Kind
from gui.compare.signs import sign_icon
from gui.parts import keep_least_width

_SIGN = 16
_FLAGS = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_HIGHEST = 400
_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole


class _Model(QAbstractListModel):
    entries: tuple[Entry, ...] = ()

    def show(self, entries: tuple[Entry, ...]) -> None:
        self.beginResetModel()
        self.entries = entries
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> object:
        if not index.isValid():
            return None
        entry = self.entries[index.row()]
        match role:
            case _Role.DisplayRole | _Role.ToolTipRole:
                return entry.sentence
            case _Role.DecorationRole:
                return sign_icon(entry.kind)
            case _Role.AccessibleTextRole:
                return f"{entry.kind.value}: {entry.sentence}"
        return None


class ChangesList(QListView):
    """One row for each difference, with its sign and its sentence."""

    chosen = Signal(object)
    """The user wants to see this `Entry`."""
    left = Signal()
    """The keyboard belongs to the canvas again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = _Model(self)
        self._follows = False
        self.setObjectName("differences")
        self.setAccessibleName("Differences")
        self.setModel(self._model)
        self.setItemDelegate(_RowPainter(self))
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        keep_least_width(self, 120, beside=60)
        self.setViewportMargins(theme.UNIT, theme.UNIT, theme.UNIT, theme.UNIT)
        self.selectionModel().currentChanged.connect(self._on_current)
        self.clicked.connect(lambda index: self.chosen.emit(self.entries[index.row()]))

    @property
    def entries(self) -> Sequence[Entry]:
        """What is listed."""
        return self._model.entries

    @property
    def current(self) -> Entry | None:
        """The highlighted row."""
        row = self.currentIndex().row()
        return self.entries[row] if 0 <= row < len(self.entries) else None

    def show_entries(self, entries: tuple[Entry, ...]) -> None:
        """List `entries`; the same one stays highlighted, and the rows stay where they are."""
        if entries == self._model.entries:
            return
        before, place = self.current, self.verticalScrollBar().value()
        self._model.show(entries)
        if before in entries:
            self.highlight(before, scroll=False)
        self.verticalScrollBar().setValue(place)

    def highlight(self, entry: Entry, *, scroll: bool = True) -> None:
        """Highlight the row of `entry` without going there on the canvas."""
        self._follows = True
        try:
            index = self._model.index(self.entries.index(entry))
            self.setCurrentIndex(index)
            if scroll:
                self.scrollTo(index)
        finally:
            self._follows = False

    def highlight_node(self, block: str, node: NodeId) -> None:
        """Highlight the difference of one layer, when it has one."""
        self._highlight_first(entry for entry in self.entries if entry.block == block and entry.nodes == (node,))

    def highlight_annotation(self, block: str, annotation: AnnotationId) -> None:
        """Highlight the difference of one frame or note that is there, when it has one."""
        there = (entry for entry in self.entries if entry.block == block and entry.kind is not Kind.REMOVED)
        self._highlight_first(entry for entry in there if entry.annotation == annotation)

    def _highlight_first(self, found: Iterable[Entry]) -> None:
        entry = next(iter(found), None)
        if entry is not None and entry != self.current:
            self.highlight(entry)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes there once more, Escape back to the canvas."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current is not None:
            self.chosen.emit(self.current)
        else:
            super().keyPressEvent(event)

    def _on_current(self, index: QModelIndex) -> None:
        if index.isValid() and not self._follows:
            self.chosen.emit(self.entries[index.row()])


class _RowPainter(QStyledItemDelegate):
    """Paints sentences that wrap."""

    def __init__(self, view: QListView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        font: QFont = option.font
        width = self._view.viewport().width()
        sign = theme.px(_SIGN)
        room = QRect(0, 0, max(width - sign - 3 * theme.GAP, 40), theme.px(_HIGHEST))
        height = QFontMetrics(font).boundingRect(room, _FLAGS, str(index.data())).height()
        return QSize(0, max(height, sign) + 2 * theme.UNIT + 2)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        self.initStyleOption(option, index)
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        option.text, option.icon = "", QIcon()
        # The ground, and the ring of the keyboard's focus.
        self._view.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, self._view)
        painter.save()
        side = theme.px(_SIGN)
        place = QRect(rect.left() + theme.GAP, rect.top() + theme.UNIT + 1, side, side)
        index.data(_Role.DecorationRole).paint(painter, place)
        painter.setPen(theme.current().colour("on_selection" if is_selected else "text"))
        room = rect.adjusted(side + 2 * theme.GAP, 0, -theme.GAP, 0)
        painter.drawText(room, _FLAGS, str(index.data()))
        painter.restore()
