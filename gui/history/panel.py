"""The panel that lists the undo history and leads to any state in it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QIcon, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from gui import theme
from gui.history.model import HistoryModel
from gui.parts import keep_least_width, wrapped
from gui.workspace import Workspace

_HINT = "Every change is listed here, with the newest at the end. Choose one to go back to it, and forth again."
_SAVED = "saved"
_ROW_HEIGHT, _ICON = 26, 16
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_Index = QModelIndex | QPersistentModelIndex


class HistoryPanel(QWidget):
    """“As opened”, then every step by its name; the state that is saved is marked, steps that were undone are pale."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._stack = workspace.undo_stack
        self._is_following = False
        self.model = HistoryModel(self._stack, self)
        """The rows."""
        self.list = QListView()
        """The states, of which the current one is highlighted."""
        self.list.setObjectName("history")
        self.list.setAccessibleName("History")
        self.list.setAccessibleDescription("Arrow keys undo and redo step by step, Home and End all of them.")
        self.list.setModel(self.model)
        self.list.setItemDelegate(_RowPainter(self.model, self.list))
        self.list.setUniformItemSizes(True)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._hint = wrapped(_HINT, "caption")
        self._hint.setObjectName("history_hint")
        self._hint.setContentsMargins(theme.PADDING, theme.UNIT, theme.PADDING, theme.GAP)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.UNIT, theme.UNIT, theme.UNIT, 0)
        column.setSpacing(0)
        column.addWidget(self.list, 1)
        column.addWidget(self._hint)
        keep_least_width(self, 120, beside=60)
        self.model.followed.connect(self._follow)
        self.list.selectionModel().currentChanged.connect(self._on_current)
        self._follow()

    def jump(self, row: int) -> None:
        """Undo or redo as many steps as lie between the current state and that of `row`, and repaint once."""
        window = self.window()
        window.setUpdatesEnabled(False)
        try:
            self._stack.setIndex(row)
        finally:
            window.setUpdatesEnabled(True)

    def _on_current(self, index: QModelIndex) -> None:
        if index.isValid() and not self._is_following and index.row() != self._stack.index():
            self.jump(index.row())

    def _follow(self) -> None:
        """Highlight the current state, and keep it in view."""
        self._is_following = True
        try:
            index = self.model.index(self.model.current)
            self.list.setCurrentIndex(index)
            self.list.scrollTo(index)
        finally:
            self._is_following = False
        self._hint.setVisible(self.model.rowCount() == 1)


class _RowPainter(QStyledItemDelegate):
    """Paints the rows: steps that were undone in pale italics, a word at the right of the state that is saved."""

    def __init__(self, model: HistoryModel, view: QListView) -> None:
        super().__init__(view)
        self._model = model
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """All rows are equally high."""
        return QSize(0, theme.px(_ROW_HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint a row."""
        self.initStyleOption(option, index)
        rect: QRect = option.rect
        font: QFont = option.font
        state: QStyle.StateFlag = option.state
        option.text, option.icon = "", QIcon()
        # The ground, and the ring of the keyboard's focus.
        self._view.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, self._view)
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        room = rect.adjusted(theme.GAP, 0, -theme.GAP, 0)
        side = theme.px(_ICON)
        top = rect.top() + (rect.height() - side) // 2
        index.data(Qt.ItemDataRole.DecorationRole).paint(painter, QRect(room.left(), top, side, side))
        room.setLeft(room.left() + side + theme.GAP)
        if index.row() == self._model.saved:
            small = QFont(font)
            small.setPixelSize(theme.px(theme.SMALL_TEXT))
            painter.setFont(small)
            painter.setPen(theme.current().colour("on_selection" if is_selected else "success"))
            painter.drawText(room, _RIGHT, _SAVED)
            room.setRight(room.right() - QFontMetrics(small).horizontalAdvance(_SAVED) - theme.GAP)
        role = "on_selection" if is_selected else "muted" if self._model.is_ahead(index.row()) else "text"
        font.setItalic(self._model.is_ahead(index.row()))
        painter.setFont(font)
        painter.setPen(theme.current().colour(role))
        text = QFontMetrics(font).elidedText(str(index.data()), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, _LEFT, text)
        painter.restore()
