"""The layers of a run beside their lines: colour, name and the latest gradient norm."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gui import theme
from gui.parts import paint_focus
from gui.training import wording

_ROW = 22
_LONGEST_NAME = 72
"""How many pixels a name may take before it is cut off in favour of its value."""


class LayerModel(QAbstractListModel):
    """Names in forward order, each with a value."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.names: tuple[str, ...] = ()
        self.values: npt.NDArray[np.float32] = np.empty(0, np.float32)

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        """Return the number of layers."""
        return 0 if parent is not None and parent.isValid() else len(self.names)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        """Return the name, or the name with its value for the tool tip and for screen readers."""
        name = self.names[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return name
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            value = self.value_text(index.row())
            return f"{name}: gradient norm {value}" if value else name
        return None

    def value_text(self, row: int) -> str:
        """Return the layer's value as it is shown."""
        return wording.measure(float(self.values[row])) if row < len(self.values) else ""

    def set_names(self, names: Sequence[str]) -> None:
        """List other layers, without values so far."""
        self.beginResetModel()
        self.names, self.values = tuple(names), np.empty(0, np.float32)
        self.endResetModel()

    def set_values(self, values: npt.NDArray[np.float32]) -> None:
        """Show other values."""
        self.values = values
        if self.names:
            self.dataChanged.emit(self.index(0), self.index(len(self.names) - 1))


class _Row(QStyledItemDelegate):
    """Paints a stroke in the layer's colour, its name, and its value at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """All rows have one height."""
        return QSize(120, theme.px(_ROW))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one row."""
        model = index.model()
        assert isinstance(model, LayerModel)
        colours, box = theme.current(), QRect(option.rect)
        state = option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        ground = "selection" if chosen else "hover" if state & QStyle.StateFlag.State_MouseOver else None
        painter.save()
        if ground:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.colour(ground))
            painter.drawRoundedRect(box, 4, 4)
        paint_focus(painter, box, state)
        stroke = QRect(box.left() + 6, box.center().y() - 1, 12, 3)
        painter.fillRect(stroke, colours.layer_colour(index.row(), len(model.names)))
        font = painter.font()
        font.setPixelSize(theme.px(theme.SMALL_TEXT + 1))
        painter.setFont(font)
        # A name that can be read matters more than a number, which the pointer brings up as well.
        value = model.value_text(index.row()) if self._room_for_values(painter, model, box.width()) else ""
        room = painter.fontMetrics().horizontalAdvance(value)
        words = box.adjusted(26, 0, -8, 0)
        painter.setPen(colours.colour("on_selection" if chosen else "muted"))
        painter.drawText(words, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, value)
        painter.setPen(colours.colour("on_selection" if chosen else "text"))
        name = painter.fontMetrics().elidedText(
            model.names[index.row()], Qt.TextElideMode.ElideMiddle, words.width() - room - theme.GAP
        )
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        painter.restore()

    @staticmethod
    def _room_for_values(painter: QPainter, model: LayerModel, width: int) -> bool:
        longest = max((len(name) for name in model.names), default=0)
        metrics = painter.fontMetrics()
        names = min(longest * metrics.averageCharWidth(), theme.px(_LONGEST_NAME))
        return 34 + names + theme.GAP + metrics.horizontalAdvance("0.0×10⁻⁰") <= width


class LayerList(QListView):
    """All layers, scrolling when they are many; choosing one with mouse or keys tells which."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("layerList")
        self.setAccessibleName("Layers and their gradient norms")
        self.layers = LayerModel(self)
        self.setModel(self.layers)
        self.setItemDelegate(_Row(self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.clicked.connect(self._tell)
        self.activated.connect(self._tell)

    def highlight(self, name: str | None) -> None:
        """Select a layer without telling; None selects nothing."""
        if name in self.layers.names:
            index = self.layers.index(self.layers.names.index(name))
            self.setCurrentIndex(index)
            self.scrollTo(index)
        else:
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())

    def _tell(self, index: QModelIndex) -> None:
        self.chosen.emit(self.layers.names[index.row()])
