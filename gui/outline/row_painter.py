"""How the rows of the outline are painted: sign, name, what kind of layer it is, shape, and what is wrong."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QObject,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gui import theme
from gui.badge import paint_badge
from gui.icons import glyph, icon_font
from gui.name_field import NameField
from gui.outline.model import OutlineModel
from gui.outline.rows import Mark, Row
from gui.row_tree import Index

ROW_HEIGHT = 26
_BADGE = 16
_MARK = 15
_SIDE = theme.GAP
_NARROWEST_NAME = 56
_NARROWEST_CAPTION = 76
_NARROWEST_EDITOR = 120
_PILL = 16
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_SIGNS = {"error": "alert-circle", "warning": "alert"}


class RowPainter(QStyledItemDelegate):
    """Paints the rows; their ground is painted by the tree, from one side to the other."""

    def __init__(
        self, model: OutlineModel, make_editor: Callable[[Row, QWidget], NameField], parent: QWidget | None = None
    ) -> None:
        """Paint the rows of `model`; `make_editor` gives the field in which a layer is renamed."""
        super().__init__(parent)
        self._model = model
        self._make_editor = make_editor
        self._small = QFont()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All rows are equally high."""
        return QSize(0, theme.px(ROW_HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one row."""
        row = self._model.row_of(index)
        if row is None:
            return
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        font: QFont = option.font
        self._small = QFont(font)
        self._small.setPixelSize(theme.px(theme.SMALL_TEXT))
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        badge = theme.px(_BADGE)
        room = rect.adjusted(2, 0, -_SIDE, 0)
        if row.spec is not None:
            top = rect.top() + (rect.height() - badge) // 2
            paint_badge(painter, QRectF(room.left(), top, badge, badge), row.spec)
        room.setLeft(room.left() + badge + _SIDE)
        mark = self._model.mark_of(row)
        if mark is not None:
            self._paint_mark(painter, room, mark, is_selected)
        self._paint_texts(painter, room, row, font, mark, is_selected)
        painter.restore()

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """A field for the name, which renames by itself."""
        row = self._model.row_of(index)
        assert row is not None
        field = self._make_editor(row, parent)
        field.closed.connect(lambda: self.closeEditor.emit(field, self.EndEditHint.NoHint))
        return field

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """The field begins with the name."""

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """The field has made the change."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leave all keys to the field."""
        return False

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        """Edit a name where it stands."""
        rect: QRect = option.rect
        left = min(rect.left() + theme.px(_BADGE) + _SIDE - 7, rect.right() - theme.px(_NARROWEST_EDITOR))
        editor.setGeometry(QRect(left, rect.top(), rect.right() - left - 2, rect.height()))

    def _paint_mark(self, painter: QPainter, room: QRect, mark: Mark, is_selected: bool) -> None:
        side = theme.px(_MARK)
        painter.setFont(icon_font(side))
        painter.setPen(theme.current().colour("on_selection" if is_selected else mark.role))
        painter.drawText(room, _RIGHT, glyph(_SIGNS[mark.role]))
        room.setRight(room.right() - side - theme.UNIT)

    def _paint_texts(
        self, painter: QPainter, room: QRect, row: Row, font: QFont, mark: Mark | None, is_selected: bool
    ) -> None:
        metrics, small = QFontMetrics(font), QFontMetrics(self._small)
        quiet = "on_selection" if is_selected else "muted"
        shape_width = small.horizontalAdvance(row.shape)
        times_width = small.horizontalAdvance(row.times) + 10 if row.times else 0
        if row.shape and room.width() - shape_width - _SIDE - times_width >= theme.px(_NARROWEST_NAME):
            painter.setFont(self._small)
            painter.setPen(theme.current().colour(quiet))
            painter.drawText(room, _RIGHT, row.shape)
            room.setRight(room.right() - shape_width - _SIDE)
        # The end of a path such as “features.denseblock1” tells more than its beginning.
        side = Qt.TextElideMode.ElideLeft if "." in row.node.name else Qt.TextElideMode.ElideRight
        name = metrics.elidedText(row.node.name, side, room.width() - times_width)
        is_quiet = not row.is_found or (mark is None and not row.shape)
        role = "on_selection" if is_selected else "muted" if is_quiet else "text"
        painter.setFont(font)
        painter.setPen(theme.current().colour(role))
        painter.drawText(room, _LEFT, name)
        room.setLeft(room.left() + metrics.horizontalAdvance(name) + _SIDE)
        if row.times:
            self._paint_times(painter, room, row.times, quiet)
            room.setLeft(room.left() + times_width + theme.UNIT)
        caption = small.elidedText(row.caption, Qt.TextElideMode.ElideRight, room.width())
        if room.width() >= min(theme.px(_NARROWEST_CAPTION), small.horizontalAdvance(row.caption)):
            painter.setFont(self._small)
            painter.setPen(theme.current().colour(quiet))
            painter.drawText(room, _LEFT, caption)

    def _paint_times(self, painter: QPainter, room: QRect, times: str, role: str) -> None:
        """Paint how often a block stands in a row as a pill, as on the canvas."""
        painter.setFont(self._small)
        width = QFontMetrics(self._small).horizontalAdvance(times) + 10
        height = theme.px(_PILL)
        pill = QRectF(room.left() - 2.5, room.center().y() + 0.5 - height / 2, width, height)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.current().colour("strong_border"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(pill, height / 2, height / 2)
        painter.setPen(theme.current().colour(role))
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, times)
