"""The list in the palette: how its rows are painted, dragged and worked with the keyboard."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QDrag, QFont, QKeyEvent, QPainter, QPen, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from engine.layers.spec import LayerSpec
from gui import theme
from gui.badge import paint_badge
from gui.icons import glyph, icon_font
from gui.palette_model import ENTRY_ROLE, Heading, Index, LayerModel
from gui.parts import paint_focus

_ENTRY_HEIGHT = 30
_HEADING_HEIGHT = 28
_BADGE = 20
_FOLD = 16
_BAR = 11
_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


class LayerDelegate(QStyledItemDelegate):
    """Paints headings slim, with their number of entries, and layers with their sign."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """One height for headings, one for layers."""
        return QSize(0, theme.px(_HEADING_HEIGHT if isinstance(index.data(ENTRY_ROLE), Heading) else _ENTRY_HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one row."""
        entry = index.data(ENTRY_ROLE)
        rect: QRect = option.rect
        font: QFont = option.font
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, rect, state)
        if isinstance(entry, Heading):
            self._paint_heading(painter, rect, font, state, entry)
        elif isinstance(entry, LayerSpec):
            self._paint_layer(painter, rect, state, entry)
        painter.restore()

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        """Edit a name where it stands."""
        rect: QRect = option.rect
        editor.setGeometry(rect.adjusted(theme.PADDING + theme.px(_BADGE) + 4, 1, -theme.UNIT - 2, -1))

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """A line for the name of a block."""
        editor = QLineEdit(parent)
        editor.setObjectName("block_name_editor")
        editor.setAccessibleName("Name of the block")
        return editor

    def _paint_ground(self, painter: QPainter, rect: QRect, state: QStyle.StateFlag) -> None:
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        ground = QRectF(rect).adjusted(theme.UNIT + 2, 1, -theme.UNIT - 2, -1)
        if is_selected or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.current().colour("selection" if is_selected else "hover"))
            painter.drawRoundedRect(ground, theme.RADIUS, theme.RADIUS)
        paint_focus(painter, ground, state)

    def _paint_heading(
        self, painter: QPainter, rect: QRect, font: QFont, state: QStyle.StateFlag, heading: Heading
    ) -> None:
        colours = theme.current()
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        pen = colours.colour("on_selection" if is_selected else "muted")
        side = theme.px(_FOLD)
        fold = QRect(rect.left() + theme.PADDING - 3, rect.top(), side, rect.height())
        painter.setFont(icon_font(side))
        painter.setPen(pen)
        sign = "chevron-right" if heading.is_folded else "chevron-down"
        painter.drawText(fold, Qt.AlignmentFlag.AlignCenter, glyph(sign))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.family_colour(heading.group.family))
        height = theme.px(_BAR)
        bar = QRectF(fold.right() + 6, rect.center().y() + 0.5 - height / 2, 3, height)
        painter.drawRoundedRect(bar, 1.5, 1.5)
        small = QFont(font)
        small.setPixelSize(theme.px(theme.SMALL_TEXT))
        painter.setFont(small)
        painter.setPen(pen)
        text = rect.adjusted(round(bar.right()) - rect.left() + 7, 0, -theme.PADDING, 0)
        count = str(len(heading.group.layers))
        painter.drawText(text, _RIGHT, count)
        text.setRight(text.right() - painter.fontMetrics().horizontalAdvance(count) - theme.UNIT)
        small.setWeight(QFont.Weight.DemiBold)
        painter.setFont(small)
        title = painter.fontMetrics().elidedText(heading.group.title, Qt.TextElideMode.ElideRight, text.width())
        painter.drawText(text, _LEFT, title)

    def _paint_layer(self, painter: QPainter, rect: QRect, state: QStyle.StateFlag, layer: LayerSpec) -> None:
        colours = theme.current()
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        badge = theme.px(_BADGE)
        top = rect.top() + (rect.height() - badge) / 2
        left = rect.left() + theme.PADDING
        paint_badge(painter, QRectF(left, top, badge, badge), layer)
        painter.setPen(colours.colour("on_selection" if is_selected else "text"))
        text = rect.adjusted(theme.PADDING + badge + 10, 0, -theme.PADDING, 0)
        label = painter.fontMetrics().elidedText(layer.label, Qt.TextElideMode.ElideRight, text.width())
        painter.drawText(text, _LEFT, label)


class LayerList(QListView):
    """The list itself."""

    layerActivated = Signal(str)
    """The layer of this id was double-clicked, or Enter was pressed on it."""
    folded = Signal()
    """The user has folded or unfolded a group."""

    def __init__(self, model: LayerModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.setModel(model)
        self.setItemDelegate(LayerDelegate(self))
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setDefaultDropAction(Qt.DropAction.CopyAction)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setAccessibleName("Layers")
        self.clicked.connect(self._on_click)
        self.doubleClicked.connect(self._activate)

    def activate_current(self) -> None:
        """Announce the layer on which the selection stands; fold or unfold a heading."""
        if isinstance(self.currentIndex().data(ENTRY_ROLE), Heading):
            self._toggle(self.currentIndex())
        else:
            self._activate(self.currentIndex())

    def startDrag(self, actions: Qt.DropAction) -> None:
        """Drag the layer under the pointer as a picture of its node."""
        drag = self.make_drag()
        if drag is not None:
            drag.exec(Qt.DropAction.CopyAction)
            # The mouse has left the list, which was not told while it dragged: no row is under the pointer any more.
            QApplication.sendEvent(self.viewport(), QEvent(QEvent.Type.Leave))

    def make_drag(self) -> QDrag | None:
        """The drag of the current layer; None on a heading."""
        layer = self.currentIndex().data(ENTRY_ROLE)
        if not isinstance(layer, LayerSpec):
            return None
        drag = QDrag(self)
        drag.setMimeData(self._model.mimeData([self.currentIndex()]))
        picture = drag_picture(layer, self.devicePixelRatioF())
        drag.setPixmap(picture)
        # Above the pointer: the canvas shows the node itself around it, and words below it.
        drag.setHotSpot(QPoint(0, round(picture.deviceIndependentSize().height()) - 1))
        return drag

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter adds the current layer; Left and Right fold and unfold its group."""
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.activate_current()
            case Qt.Key.Key_Left | Qt.Key.Key_Right if self.currentIndex().isValid():
                self._fold_current(event.key() == Qt.Key.Key_Left)
            case _:
                super().keyPressEvent(event)

    def _fold_current(self, folded: bool) -> None:
        index = self._model.heading_above(self.currentIndex().row())
        heading = index.data(ENTRY_ROLE)
        if isinstance(heading, Heading) and heading.is_folded != folded:
            self._toggle(index)

    def _toggle(self, index: QModelIndex | QPersistentModelIndex) -> None:
        heading = index.data(ENTRY_ROLE)
        assert isinstance(heading, Heading)
        place = self.verticalScrollBar().value()
        self._model.fold([heading.group.title], folded=not heading.is_folded)
        self.verticalScrollBar().setValue(place)
        self.setCurrentIndex(self._model.find(heading.group.title))
        self.folded.emit()

    def _on_click(self, index: QModelIndex) -> None:
        if isinstance(index.data(ENTRY_ROLE), Heading):
            self._toggle(index)

    def _activate(self, index: QModelIndex) -> None:
        layer = index.data(ENTRY_ROLE)
        if isinstance(layer, LayerSpec):
            self.layerActivated.emit(layer.id)


def drag_picture(layer: LayerSpec, scale: float) -> QPixmap:
    """The badge of `layer`, to hang on the pointer; `scale` is the number of pixels per logical pixel."""
    side = 34
    picture = QPixmap(round(side * scale), round(side * scale))
    picture.setDevicePixelRatio(scale)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.current().colour("node_selected"), 1.5))
    painter.setBrush(theme.current().colour("node_body"))
    painter.drawRoundedRect(QRectF(1, 1, side - 2, side - 2), theme.RADIUS, theme.RADIUS)
    paint_badge(painter, QRectF(5, 5, side - 10, side - 10), layer)
    painter.end()
    return picture
