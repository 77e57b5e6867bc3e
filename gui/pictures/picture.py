"""What is in a picture, where, and how it is painted: with the looks of the canvas, but in lines and letters only."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator
from functools import partial
from itertools import islice
from math import ceil, floor
from typing import TypeAlias

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter

from engine.graph.annotations import AnnotationId
from engine.graph.model import NodeId
from gui.canvas.card import CHIP_CENTRE
from gui.canvas.chip import paint_chip
from gui.canvas.geometry import CARD
from gui.canvas.node_item import NodeItem
from gui.canvas.node_painter import STACK_AREA, paint_still
from gui.canvas.scene import CanvasScene
from gui.canvas.style import CanvasStyle, painting_with, style_of
from gui.canvas.wire_item import WireItem
from gui.inspector.numbers import plural
from gui.pictures.beside import all_beside, some_beside
from gui.pictures.ground import Ground
from gui.pictures.stepwise import Steps

MARGIN = 24.0
"""Around everything that is painted, in units of the scene."""
_WIRE = 2.0
"""How far a wire reaches beyond its middle line."""
_AT_ONCE = 8
"""So many things are painted in one step."""

_Stroke: TypeAlias = Callable[[QPainter, CanvasStyle], None]
"""Paints one thing."""


class Picture:
    """The network in view as it is now with its frames and notes, or some of its nodes with the wires among them.

    It paints the items of a scene, so it is to be used up before the graph changes.
    """

    def __init__(
        self,
        scene: CanvasScene,
        nodes: Collection[NodeId] | None = None,
        annotations: Collection[AnnotationId] = (),
    ) -> None:
        """Take everything from `scene`, or `nodes`, with the frames around nothing else, and `annotations`."""
        self._nodes = [item for node, item in scene.nodes.items() if nodes is None or node in nodes]
        shown = {item.node.id for item in self._nodes}
        self._wires = [item for edge, item in scene.wires.items() if {edge.source, edge.target} <= shown]
        beside = all_beside(scene) if nodes is None else some_beside(scene, shown, annotations)
        self._frames, self._notes = beside
        self._area = self._find_area()

    @classmethod
    def of_selection(cls, scene: CanvasScene) -> Picture:
        """What is selected in `scene`: nodes, frames and notes."""
        return cls(scene, scene.workspace.selection, scene.annotations.selected)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it."""
        return not (self._nodes or self._frames or self._notes)

    @property
    def content(self) -> str:
        """What is in it, in a word or two: “6 layers”, “1 note”."""
        return counted(len(self._nodes), len(self._notes))

    @property
    def size(self) -> QSize:
        """Its width and height, in units of the scene; empty when there is nothing in it."""
        return self._area.size().toSize()

    def painting(self, painter: QPainter, ground: Ground) -> Steps[None]:
        """Paint it from the origin on, step by step, with neither pixels nor anything that only a screen shows."""
        look = style_of(ground.theme)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        painter.translate(-self._area.topLeft())
        if not ground.is_transparent:
            painter.fillRect(self._area, look.canvas)
        strokes = self._strokes()
        total = 2 * len(self._wires) + len(self._nodes) + len(self._frames) + len(self._notes)
        done = 0
        while some := list(islice(strokes, _AT_ONCE)):
            # Between two steps the window may paint itself, in its own colours.
            with painting_with(look):
                for stroke in some:
                    stroke(painter, look)
            done += len(some)
            yield done / total

    def _strokes(self) -> Generator[_Stroke, None, None]:
        """Frames lie below wires, these below all shapes, then come notes, and above everything the nodes."""
        for frame in self._frames:
            yield frame.paint
        for wire in self._wires:
            yield partial(self._paint_wire, wire)
        for wire in self._wires:
            yield partial(_paint_label, wire)
        for note in self._notes:
            yield note.paint
        for node in self._nodes:
            yield partial(_paint_node, node)

    def _paint_wire(self, wire: WireItem, painter: QPainter, look: CanvasStyle) -> None:
        # From another origin than any node's, so that in SVG wires and nodes are different groups.
        origin = self._area.topLeft()
        painter.translate(origin)
        painter.strokePath(wire.mapToScene(wire.path).translated(-origin), wire.still_state.pen(look))
        painter.translate(-origin)

    def _find_area(self) -> QRectF:
        area = QRectF()
        for place in (*(frame.area for frame in self._frames), *(note.area for note in self._notes)):
            area |= place
        for node in self._nodes:
            area |= _node_area(node)
        for wire in self._wires:
            area |= wire.mapToScene(wire.path).boundingRect().adjusted(-_WIRE, -_WIRE, _WIRE, _WIRE)
            if (label := wire.label()) is not None:
                chip, x, y = label
                area |= chip.area().translated(x + wire.x(), y + wire.y())
        if area.isEmpty():
            return area
        area.adjust(-MARGIN, -MARGIN, MARGIN, MARGIN)
        # On whole units, lines are as sharp as on the canvas.
        left, top = floor(area.left()), floor(area.top())
        return QRectF(left, top, ceil(area.right()) - left, ceil(area.bottom()) - top)


def counted(layers: int, notes: int) -> str:
    """“6 layers”; where there are none, “1 note”."""
    return plural(notes, "note") if notes and not layers else plural(layers, "layer")


def _node_area(node: NodeItem) -> QRectF:
    area = STACK_AREA if node.is_instance else CARD
    if node.texts.chip is not None:
        area = area.united(node.texts.chip.area().translated(0.0, CHIP_CENTRE))
    return area.translated(*node.position)


def _paint_label(wire: WireItem, painter: QPainter, look: CanvasStyle) -> None:
    if (label := wire.label()) is not None:
        chip, x, y = label
        paint_chip(painter, chip, x + wire.x(), y + wire.y())


def _paint_node(node: NodeItem, painter: QPainter, look: CanvasStyle) -> None:
    origin = painter.worldTransform()
    painter.translate(*node.position)
    paint_still(painter, node)
    painter.setWorldTransform(origin)
