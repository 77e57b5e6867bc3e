"""How the cells of the analysis table are painted: signs, numbers with the share they are of the whole, titles."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QHeaderView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gui import theme
from gui.analysis.columns import COLUMNS, LAYER, TYPE
from gui.analysis.model import LEFT, RIGHT, AnalysisModel, Order
from gui.analysis.rows import UNKNOWN_TEXT, Row
from gui.badge import paint_badge
from gui.icons import glyph, icon_font
from gui.row_tree import Index

ROW_HEIGHT = 24
SIDE = theme.GAP
"""What is left free at both sides of a cell."""
_BADGE = 16
_ARROW = 14


class CellDelegate(QStyledItemDelegate):
    """Paints the cells; the ground of a row is painted by the table, from one side to the other."""

    def __init__(self, model: AnalysisModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All rows are equally high."""
        return QSize(0, theme.px(ROW_HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell."""
        row = self._model.row_of(index)
        if row is None:
            return
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        font: QFont = option.font
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setFont(font)
        match index.column():
            case column if column == LAYER:
                self._paint_name(painter, rect, row, is_selected)
            case column if column == TYPE:
                self._paint_type(painter, rect, row, is_selected)
            case column:
                self._paint_value(painter, rect, row, column, is_selected)
        painter.restore()

    def _paint_name(self, painter: QPainter, rect: QRect, row: Row, is_selected: bool) -> None:
        text, badge = rect.adjusted(2, 0, -SIDE, 0), theme.px(_BADGE)
        if row.spec is not None:
            top = rect.top() + (rect.height() - badge) // 2
            paint_badge(painter, QRectF(text.left(), top, badge, badge), row.spec)
        text.setLeft(text.left() + badge + SIDE)
        colour = "on_selection" if is_selected else "error" if row.part.report.error else "text"
        write_elided(painter, text, row.name, colour, Qt.TextElideMode.ElideMiddle)

    def _paint_type(self, painter: QPainter, rect: QRect, row: Row, is_selected: bool) -> None:
        text = rect.adjusted(SIDE, 0, -SIDE, 0)
        write_elided(painter, text, row.label, "on_selection" if is_selected else "text")
        text.setLeft(text.left() + painter.fontMetrics().horizontalAdvance(f"{row.label}  "))
        if text.width() > theme.px(2 * ROW_HEIGHT):
            write_elided(painter, text, row.summary, "on_selection" if is_selected else "muted")

    def _paint_value(self, painter: QPainter, rect: QRect, row: Row, column: int, is_selected: bool) -> None:
        ground = QRectF(rect).adjusted(SIDE / 2, 4, -SIDE / 2, -4)
        ground.setWidth(self._model.share(row, column) * ground.width())
        if ground.width() >= 1:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(bar_colour(is_selected=is_selected))
            painter.drawRoundedRect(ground, 2, 2)
        text = row.text(column)
        is_quiet = text == UNKNOWN_TEXT or row.value(column) == 0
        colour = "on_selection" if is_selected else "muted" if is_quiet else "text"
        if text == UNKNOWN_TEXT and row.part.report.error and not is_selected:
            colour = "error"
        align = LEFT if COLUMNS[column].figure is None else RIGHT
        write_elided(painter, rect.adjusted(SIDE, 0, -SIDE, 0), text, colour, align=align)


def bar_colour(*, is_selected: bool = False) -> QColor:
    """The ground behind a number that shows which share of the whole it is."""
    colour = theme.current().colour("accent_text")
    colour.setAlphaF(0.42 if is_selected else 0.30 if theme.current().is_dark else 0.20)
    return colour


def write_elided(
    painter: QPainter,
    rect: QRect,
    text: str,
    colour: str,
    elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    align: Qt.AlignmentFlag = LEFT,
) -> None:
    """Write `text` in a colour of the theme, shortened to fit into `rect`."""
    painter.setPen(theme.current().colour(colour))
    painter.drawText(rect, align, painter.fontMetrics().elidedText(text, elide, rect.width()))


class Titles(QHeaderView):
    """The titles of the columns, each above the side on which its values stand, with the arrow of the order."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.order = Order()
        """What the arrow shows."""
        self.setHighlightSections(False)
        self.setStretchLastSection(False)
        self.setSectionsMovable(False)
        self.setMinimumSectionSize(48)
        self.setAccessibleName("Columns; a click sorts")

    @property
    def title_font(self) -> QFont:
        """In which the titles are written."""
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        return font

    def show_order(self, order: Order) -> None:
        """Show by which column the rows are sorted."""
        self.order = order
        self.viewport().update()

    def sizeHint(self) -> QSize:
        """A little higher than a row."""
        return QSize(super().sizeHint().width(), theme.px(ROW_HEIGHT) + 4)

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:  # noqa: N803
        """Paint one title."""
        colours = theme.current()
        is_sorted = logicalIndex == self.order.column
        painter.save()
        painter.fillRect(rect, colours.colour("panel"))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), colours.colour("border"))
        painter.setFont(self.title_font)
        text = rect.adjusted(SIDE, 0, -SIDE, 0)
        is_left = COLUMNS[logicalIndex].figure is None
        title = COLUMNS[logicalIndex].title
        write_elided(painter, text, title, "text" if is_sorted else "muted", align=LEFT if is_left else RIGHT)
        if is_sorted:
            width, arrow = painter.fontMetrics().horizontalAdvance(title), theme.px(_ARROW)
            left = text.left() + width + 1 if is_left else text.right() - width - arrow
            self._paint_arrow(painter, QRect(left, text.top(), arrow, text.height()))
        painter.restore()

    def _paint_arrow(self, painter: QPainter, place: QRect) -> None:
        """Paint the arrow beside the title, on the side where there is room."""
        painter.setFont(icon_font(theme.px(_ARROW)))
        painter.setPen(theme.current().colour("accent_text"))
        sign = "arrow-down" if self.order.descending else "arrow-up"
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, glyph(sign))
