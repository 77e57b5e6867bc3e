"""The rows of the search on the canvas: layers that fit what was typed, with what its numbers mean for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QObject, QRect, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyleOptionViewItem, QWidget

from engine.graph.params import Params
from engine.layers.quick_entry import Reading, parse, read
from engine.layers.spec import Call, LayerSpec
from gui import theme
from gui.palette_catalogue import find_layers
from gui.palette_list import LayerDelegate
from gui.palette_model import ENTRY_ROLE, Index

ROW_ROLE = Qt.ItemDataRole.UserRole + 1
"""The `Row` itself."""
_SHOWN = 9
_BESIDE_LABEL = 60
"""From the left of a row to where its label begins, and from its end to the note."""
_Role = Qt.ItemDataRole

Fits = Callable[[LayerSpec, Params], bool]


@dataclass(frozen=True, slots=True)
class Row:
    """One layer that is offered."""

    layer: LayerSpec
    """What it is."""
    reading: Reading
    """What the numbers that were typed mean for it."""

    @property
    def note(self) -> str:
        """What the row says beside the name: what will be set, or why it cannot be."""
        return self.reading.refusal or self.reading.text


def find(layers: Sequence[LayerSpec], text: str, fits: Fits, family: str = "") -> list[Row]:
    """The rows for `text`, the best first; all layers, those of `family` first, when it is empty.

    What cannot be used with its numbers keeps its place, so that nothing else is taken in haste.
    """
    entry = parse(text)
    # Among equals a layer stands before a block.
    layers = sorted(layers, key=lambda layer: layer.call is Call.BLOCK)
    found = find_layers(layers, entry.words) or _resembling(layers, entry.words)
    if not entry.words:
        found.sort(key=lambda layer: layer.family != family)
    named = [layer for layer in find_layers(layers, text) if _plain(layer.label) == _plain(text)] if text else []
    rows = [Row(layer, Reading({})) for layer in named if entry.numbers]
    for layer in found:
        reading = read(layer, entry.numbers)
        if all(row.layer is not layer for row in rows):
            rows.append(Row(layer, reading))
    return [row for row in rows if fits(row.layer, row.reading.params)]


def _resembling(layers: Sequence[LayerSpec], words: str) -> list[LayerSpec]:
    """Layers whose names have all letters of `words` in their order, those with the fewest others between first."""
    wanted = _plain(words)
    if not wanted:
        return []
    spans = [(_span(_plain(layer.label), wanted), place, layer) for place, layer in enumerate(layers)]
    return [layer for span, _, layer in sorted(spans, key=lambda entry: entry[:2]) if span > 0]


def _span(name: str, wanted: str) -> int:
    """How far the letters of `wanted` are spread in `name` when they are found in order; 0 when they are not."""
    first = place = name.find(wanted[0])
    for letter in wanted[1:]:
        if place < 0:
            return 0
        place = name.find(letter, place + 1)
    return place - first + 1 if place >= 0 else 0


def _plain(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())


class QuickModel(QAbstractListModel):
    """The rows that are shown."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._rows: list[Row] = []

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """The number of layers."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = _Role.DisplayRole) -> object:
        """The texts of a row; its layer under `ENTRY_ROLE`, and the row itself under `ROW_ROLE`."""
        row = self._rows[index.row()]
        match role:
            case _ if role == ROW_ROLE:
                return row
            case _ if role == ENTRY_ROLE:
                return row.layer
            case _Role.DisplayRole:
                return row.layer.label
            case _Role.AccessibleTextRole:
                return f"{row.layer.label}, {row.note}" if row.note else f"{row.layer.label}, {row.layer.family}"
            case _Role.AccessibleDescriptionRole:
                return row.layer.doc
        return None


class QuickDelegate(LayerDelegate):
    """Paints a layer as the palette does, and on its right what will be set, or else its family."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one row."""
        super().paint(painter, option, index)
        row = index.data(ROW_ROLE)
        assert isinstance(row, Row)
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        font = QFont(option.font)
        label = painter.fontMetrics().horizontalAdvance(row.layer.label)
        font.setPixelSize(theme.px(theme.SMALL_TEXT))
        painter.save()
        painter.setFont(font)
        painter.setPen(theme.current().colour(_colour(row, bool(state & QStyle.StateFlag.State_Selected))))
        room = rect.adjusted(theme.px(_BESIDE_LABEL) + label, 0, -theme.PADDING, 0)
        note = row.note or row.layer.family
        shown = painter.fontMetrics().elidedText(note, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.restore()


def _colour(row: Row, is_selected: bool) -> str:
    if is_selected:
        return "on_selection"
    return "error" if row.reading.refusal else "text" if row.reading.text else "muted"


class QuickList(QListView):
    """The list; the search line has the keys."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("quickList")
        self.setAccessibleName("Layers found")
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(QuickDelegate(self))

    def fit(self, room: int) -> None:
        """Be as high as the rows, up to a few, and no higher than `room` pixels."""
        rows, height = self.model().rowCount(), max(self.sizeHintForRow(0), 1)
        fitting = max((room - 2 * self.frameWidth()) // height, 1)
        self.setFixedHeight(height * min(rows, _SHOWN, fitting) + 2 * self.frameWidth())
        self.setVisible(rows > 0)

    def move_by(self, rows: int) -> None:
        """Go down, or up, by so many rows; from the last row one goes on to the first."""
        count = self.model().rowCount()
        if count == 0:
            return
        row = self.currentIndex().row() + rows
        row = row % count if abs(rows) == 1 else min(max(row, 0), count - 1)
        self.setCurrentIndex(self.model().index(row, 0))

    def current(self) -> Row | None:
        """The row on which the selection stands."""
        row = self.currentIndex().data(ROW_ROLE) if self.currentIndex().isValid() else None
        return row if isinstance(row, Row) else None
