"""The palette at the left: every layer there is, to be searched, dragged onto the canvas, or added with Enter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeAlias

from PySide6.QtCore import (
    QAbstractListModel,
    QByteArray,
    QEvent,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QDrag, QFont, QKeyEvent, QPainter, QPen, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from engine.layers.registry import specs
from engine.layers.spec import LayerSpec
from gui import theme
from gui.badge import paint_badge
from gui.layer_help import help_tool_tip
from gui.parts import wrapped

MIME_TYPE = "application/x-netwright-layer"
"""What a drag from the palette carries: the id of the layer in UTF-8."""
ENTRY_ROLE = Qt.ItemDataRole.UserRole
"""The `LayerSpec` of a row, or the name of a family where the row is a heading."""
_ENTRY_HEIGHT = 30
_HEADING_HEIGHT = 28
_BADGE = 20

_Index: TypeAlias = QModelIndex | QPersistentModelIndex


def find_layers(layers: Sequence[LayerSpec], query: str) -> list[LayerSpec]:
    """The layers in which every word of `query` is found, the best match first."""
    words = query.lower().split()
    ranked = []
    for place, layer in enumerate(layers):
        ranks = [_rank(layer, word) for word in words]
        if all(rank is not None for rank in ranks):
            ranked.append((sum(rank for rank in ranks if rank is not None), place, layer))
    return [layer for _, _, layer in sorted(ranked, key=lambda entry: entry[:2])]


def _rank(layer: LayerSpec, word: str) -> int | None:
    """How well `word` fits, 0 best; None when it is found nowhere."""
    label, name, family = layer.label.lower(), layer.id.lower(), layer.family.lower()
    texts = f"{layer.doc} {layer.when} {layer.target}".lower()
    fits = (
        word in (label, name),
        label.startswith(word),
        name.startswith(word),
        any(part.startswith(word) for part in re.split(r"[\s_]+", f"{label} {name}")),
        word in label or word in name or word in label.replace(" ", ""),
        any(part.startswith(word) for part in family.split()),
        any(part.startswith(word) for part in re.findall(r"\w+", texts)),
    )
    return next((rank for rank, fit in enumerate(fits) if fit), None)


class LayerModel(QAbstractListModel):
    """Layers under the headings of their families, or what a search has found."""

    def __init__(self, layers: Sequence[LayerSpec], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._layers = list(layers)
        self._rows: list[LayerSpec | str] = []
        self.search("")

    def search(self, query: str) -> None:
        """Show what fits `query`, without headings; everything when it is empty."""
        self.beginResetModel()
        if query.strip():
            self._rows = list(find_layers(self._layers, query))
        else:
            self._rows = []
            for layer in self._layers:
                if not self._rows or layer.family != self._family_above():
                    self._rows.append(layer.family)
                self._rows.append(layer)
        self.endResetModel()

    def next_layer(self, row: int, direction: int = 1) -> QModelIndex:
        """The nearest row from `row` on, up (−1) or down (1), that is a layer; invalid when there is none."""
        while 0 <= row < len(self._rows) and isinstance(self._rows[row], str):
            row += direction
        return self.index(row) if 0 <= row < len(self._rows) else QModelIndex()

    def rowCount(self, parent: _Index | None = None) -> int:
        """The number of headings and layers."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The texts of a row, and the row itself under `ENTRY_ROLE`."""
        entry = self._rows[index.row()]
        if role == ENTRY_ROLE:
            return entry
        if isinstance(entry, str):
            return entry if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole) else None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return entry.label
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{entry.label}, {entry.family}"
            case Qt.ItemDataRole.AccessibleDescriptionRole:
                return entry.doc
            case Qt.ItemDataRole.ToolTipRole:
                return help_tool_tip(entry)
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Headings are only read; layers can be chosen and dragged."""
        if not index.isValid() or isinstance(self._rows[index.row()], str):
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled

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

    def _family_above(self) -> str:
        above = self._rows[-1]
        return above if isinstance(above, str) else above.family


class LayerDelegate(QStyledItemDelegate):
    """Paints headings slim and layers with their sign."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """One height for headings, one for layers."""
        return QSize(0, _HEADING_HEIGHT if isinstance(index.data(ENTRY_ROLE), str) else _ENTRY_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint one row."""
        entry = index.data(ENTRY_ROLE)
        rect: QRect = option.rect
        font: QFont = option.font
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(entry, LayerSpec):
            self._paint_layer(painter, rect, option.state, entry)
        else:
            self._paint_heading(painter, rect, font, str(entry))
        painter.restore()

    def _paint_heading(self, painter: QPainter, rect: QRect, font: QFont, family: str) -> None:
        colours = theme.current()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.family_colour(family))
        middle = rect.bottom() - 10
        painter.drawRoundedRect(QRectF(rect.left() + theme.PADDING, middle - 5, 3, 11), 1.5, 1.5)
        small = QFont(font)
        small.setPixelSize(theme.SMALL_TEXT)
        small.setWeight(QFont.Weight.DemiBold)
        painter.setFont(small)
        painter.setPen(colours.colour("muted"))
        text = QRect(rect.left() + theme.PADDING + 10, middle - 10, rect.width() - 2 * theme.PADDING, 20)
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, family)

    def _paint_layer(self, painter: QPainter, rect: QRect, state: QStyle.StateFlag, layer: LayerSpec) -> None:
        colours = theme.current()
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        is_hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        if is_selected or is_hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.colour("selection" if is_selected else "hover"))
            ground = QRectF(rect).adjusted(theme.UNIT + 2, 1, -theme.UNIT - 2, -1)
            painter.drawRoundedRect(ground, theme.RADIUS, theme.RADIUS)
        top = rect.top() + (rect.height() - _BADGE) / 2
        left = rect.left() + theme.PADDING
        paint_badge(painter, QRectF(left, top, _BADGE, _BADGE), layer)
        painter.setPen(colours.colour("on_selection" if is_selected else "text"))
        text = rect.adjusted(theme.PADDING + _BADGE + 10, 0, -theme.PADDING, 0)
        label = painter.fontMetrics().elidedText(layer.label, Qt.TextElideMode.ElideRight, text.width())
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, label)


class LayerList(QListView):
    """The list itself."""

    layerActivated = Signal(str)
    """The layer of this id was double-clicked, or Enter was pressed on it."""

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
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setAccessibleName("Layers")
        self.doubleClicked.connect(self._activate)
        theme.theme_hub.themeChanged.connect(self.viewport().update)

    def activate_current(self) -> None:
        """Announce the layer on which the selection stands."""
        self._activate(self.currentIndex())

    def startDrag(self, actions: Qt.DropAction) -> None:
        """Drag the layer under the pointer as a picture of its node."""
        drag = self.make_drag()
        if drag is not None:
            drag.exec(Qt.DropAction.CopyAction)

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
        """Enter adds the current layer."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.activate_current()
        else:
            super().keyPressEvent(event)

    def _activate(self, index: QModelIndex) -> None:
        layer = index.data(ENTRY_ROLE)
        if isinstance(layer, LayerSpec):
            self.layerActivated.emit(layer.id)


class Palette(QWidget):
    """A search line above the list of layers."""

    layerActivated = Signal(str)
    """The user wants a layer of this id on the canvas."""

    def __init__(self, layers: Sequence[LayerSpec] | None = None, parent: QWidget | None = None) -> None:
        """Show `layers`; all of the catalogue when left out."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._model = LayerModel(specs() if layers is None else layers, self)
        self._search = QLineEdit()
        self._search.setObjectName("palette_search")
        self._search.setPlaceholderText("Search layers")
        self._search.setAccessibleName("Search layers")
        self._search.setClearButtonEnabled(True)
        self._search.addAction(theme.icon("magnify", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        self._list = LayerList(self._model)
        self._list.setObjectName("palette_list")
        self._nothing = wrapped(role="caption")
        self._nothing.setObjectName("palette_nothing")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._nothing.setContentsMargins(theme.LARGE_GAP, 2 * theme.LARGE_GAP, theme.LARGE_GAP, 0)
        hint = wrapped("Drag a layer onto the canvas, or double-click it.", "caption")
        hint.setContentsMargins(theme.PADDING, theme.UNIT, theme.PADDING, theme.GAP)
        self._search.textChanged.connect(self._on_search)
        self._search.installEventFilter(self)
        self._list.layerActivated.connect(self.layerActivated)
        self.setMinimumWidth(200)
        self._lay_out(hint)
        self._on_search("")

    def focus_search(self) -> None:
        """Put the cursor into the search line, with the old words selected."""
        self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move through the list and add layers without leaving the search line."""
        if watched is not self._search or event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        match event.key():
            case Qt.Key.Key_Down | Qt.Key.Key_Up:
                self._move(1 if event.key() == Qt.Key.Key_Down else -1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._list.activate_current()
            case Qt.Key.Key_Escape if self._search.text():
                self._search.clear()
            case _:
                return super().eventFilter(watched, event)
        return True

    def _lay_out(self, hint: QWidget) -> None:
        top = QVBoxLayout()
        top.setContentsMargins(theme.PADDING, theme.GAP, theme.PADDING, theme.GAP)
        top.addWidget(self._search)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self._list, 1)
        column.addWidget(self._nothing, 1)
        column.addWidget(hint)

    def _on_search(self, query: str) -> None:
        self._model.search(query)
        found = self._model.rowCount() > 0
        self._list.setVisible(found)
        self._nothing.setVisible(not found)
        self._nothing.setText(
            f"No layer fits “{query.strip()}”.\nTry what it does, such as “pool”, “skip” or “overfitting”."
        )
        if query.strip() and found:
            self._list.setCurrentIndex(self._model.index(0))
        self._list.scrollToTop()

    def _move(self, direction: int) -> None:
        current = self._list.currentIndex()
        start = current.row() + direction if current.isValid() else 0
        target = self._model.next_layer(start, direction)
        if target.isValid():
            self._list.setCurrentIndex(target)


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
