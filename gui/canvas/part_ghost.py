"""What a part of a network looks like while it is carried: where it would go on a canvas, and small at the pointer."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap, QTransform

from engine.graph.annotations import Annotation, Frame, Note
from engine.graph.model import Graph, Node, Point
from engine.layers.blocks import declared
from gui import theme as themes
from gui.canvas import curves
from gui.canvas.annotations.looks import annotation_look
from gui.canvas.geometry import CARD, card_at
from gui.canvas.node_item import NodeItem
from gui.canvas.node_painter import ROUND, paint_ghost
from gui.canvas.picture import main_family
from gui.canvas.style import NO_BRUSH, NO_PEN, cosmetic, faded, style
from gui.inspector.numbers import plural

_FEW = 40
"""Up to so many layers are painted as they will be; of more, only their outlines and colours."""
_OPACITY = 0.8
_NOTE_HEIGHT = 72.0
"""Of a note that is as high as its text, about."""
_AROUND_FRAME = 24.0
_WIDEST, _HIGHEST = 112.0, 72.0
"""Of the small picture of the layers, in pixels."""
_LEAST_PAPER = 44.0
_PAD = 8.0


class PartGhost:
    """Paints a part of a network that is nowhere yet."""

    def __init__(self, graph: Graph, nodes: Sequence[Node], annotations: Sequence[Annotation]) -> None:
        """A ghost of `nodes` and `annotations`, which are in `graph`, and of the wires among them."""
        self._graph = graph
        frames = [frame for frame in annotations if isinstance(frame, Frame)]
        notes = [note for note in annotations if isinstance(note, Note)]
        self.nodes: list[Point] = [node.position for node in nodes]
        """Where the layers are in the graph."""
        self.places: list[Point] = self.nodes + [note.position for note in notes]
        """Where the layers and notes are in the graph."""
        is_small = len(self.nodes) <= _FEW
        self._items = {node.id: NodeItem(node, declared(graph, node)) for node in nodes} if is_small else {}
        for item in self._items.values():
            item.is_selected = True
        self._cards = [(card_at(node.position), main_family(graph, node)) for node in nodes]
        self._notes = [(_rect_of(note), note.colour) for note in notes]
        self._frames = [(self._around(frame), frame.colour) for frame in frames]
        self._wires = self._wired() if is_small else QPainterPath()
        self.rect = QRectF()
        """Around everything, in the graph."""
        for rect, _ in (*self._cards, *self._notes, *self._frames):
            self.rect = self.rect.united(rect)

    @property
    def words(self) -> str:
        """What there is, such as “3 layers”."""
        layers, notes = len(self.nodes), len(self._notes)
        parts = [plural(layers, "layer")] if layers else []
        return " and ".join([*parts, plural(notes, "note")] if notes else parts)

    def paint(self, painter: QPainter, shift: QPointF) -> None:
        """Paint everything where it would be, `shift` away from where it is in the graph."""
        theme, look = themes.current(), style()
        painter.save()
        painter.translate(shift)
        painter.setOpacity(_OPACITY)
        for rect, colour in (*self._frames, *self._notes):
            tints = annotation_look(theme, colour)
            painter.setPen(tints.lit_outline)
            painter.setBrush(tints.ground)
            painter.drawRoundedRect(rect, ROUND, ROUND)
        painter.strokePath(self._wires, look.live_wire)
        for item in self._items.values():
            paint_ghost(painter, item, _OPACITY)
        if not self._items:
            painter.setPen(cosmetic(look.outline, 1.0))
            for rect, family in self._cards:
                painter.setBrush(theme.family_colour(family))
                painter.drawRect(rect)
        painter.restore()

    def small_picture(self, scale: float) -> QPixmap:
        """Everything on a small sheet of paper with how much it is, `scale` pixels for each logical pixel."""
        theme = themes.current()
        font = QFont()
        font.setPixelSize(themes.px(themes.SMALL_TEXT))
        font.setWeight(QFont.Weight.DemiBold)
        metrics = QFontMetricsF(font)
        shrunk = min(_WIDEST / self.rect.width(), _HIGHEST / self.rect.height(), 0.25)
        inner = self.rect.size() * shrunk
        width = max(inner.width(), metrics.horizontalAdvance(self.words), _LEAST_PAPER) + 2 * _PAD
        height = inner.height() + metrics.height() + 2.5 * _PAD
        pixmap = QPixmap(round(width * scale), round(height * scale))
        pixmap.setDevicePixelRatio(scale)
        # Without a compositor nothing can shine through, so the paper has square corners.
        pixmap.fill(theme.colour("tooltip"))
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("accent_text"), 1.5))
        painter.drawRect(QRectF(0.75, 0.75, width - 1.5, height - 1.5))
        painter.setPen(theme.colour("text"))
        painter.setFont(font)
        words = QRectF(_PAD, height - _PAD / 2 - metrics.height(), width - 2 * _PAD, metrics.height())
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, self.words)
        painter.setTransform(
            QTransform.fromTranslate((width - inner.width()) / 2, _PAD)
            .scale(shrunk, shrunk)
            .translate(-self.rect.left(), -self.rect.top()),
            True,
        )
        self._paint_small(painter)
        painter.end()
        return pixmap

    def _paint_small(self, painter: QPainter) -> None:
        theme = themes.current()
        painter.setPen(NO_PEN)
        for rect, colour in self._frames:
            painter.fillRect(rect, faded(annotation_look(theme, colour).tint, 0.35))
        for rect, colour in self._notes:
            painter.fillRect(rect, annotation_look(theme, colour).far_paper)
        painter.setBrush(NO_BRUSH)
        painter.strokePath(self._wires, cosmetic(QPen(theme.colour("wire")), 1.25))
        painter.setPen(NO_PEN)
        for rect, family in self._cards:
            painter.setBrush(theme.family_colour(family))
            painter.drawRoundedRect(rect, ROUND, ROUND)

    def _wired(self) -> QPainterPath:
        """All wires; the layers are told which of their ports have one."""
        for node, item in self._items.items():
            incoming = [edge for edge in self._graph.incoming(node) if edge.source in self._items]
            outgoing = [edge for edge in self._graph.outgoing(node) if edge.target in self._items]
            item.set_wired({edge.target_port for edge in incoming}, {edge.source_port for edge in outgoing})
        wires = QPainterPath()
        among = (edge for node in self._items for edge in self._graph.incoming(node) if edge.source in self._items)
        for edge in among:
            start = self._items[edge.source].port_place(True, edge.source_port)
            end = self._items[edge.target].port_place(False, edge.target_port)
            wires.addPath(curves.path(curves.Route((start.x(), start.y()), (end.x(), end.y()))))
        return wires

    def _around(self, frame: Frame) -> QRectF:
        rect = QRectF()
        for member in frame.members:
            rect = rect.united(CARD.translated(*self._graph.nodes[member].position))
        return rect.adjusted(-_AROUND_FRAME, -2 * _AROUND_FRAME, _AROUND_FRAME, _AROUND_FRAME)


def _rect_of(note: Note) -> QRectF:
    return QRectF(note.position[0], note.position[1], note.width, note.height or _NOTE_HEIGHT)
