"""One node on the canvas: what it shows and in which state; the view paints it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtWidgets import QGraphicsItem

from engine.analysis.report import NodeReport
from engine.graph.model import Node, NodeId, Point
from engine.graph.params import Params
from engine.layers.blocks import REPEAT
from engine.layers.spec import Call, LayerSpec, Port
from gui.canvas.card import CardTexts
from gui.canvas.geometry import CARD, HALF_HEIGHT, input_ports, port_offsets
from gui.canvas.gradient import GradientBar, bar_of
from gui.canvas.near import ABOVE, BELOW, BESIDE
from gui.written import written


@dataclass(frozen=True, slots=True)
class PortRef:
    """One port of one node."""

    node: NodeId
    is_output: bool
    index: int


_BOUNDS = CARD.adjusted(-BESIDE, -ABOVE, BESIDE, BELOW)
"""The card with its glow and its ports, what stands behind it, and the shape below it."""


_PortLook = tuple[tuple[float, bool, str], ...]


@lru_cache(maxsize=512)
def _ports(
    inputs: int, is_variadic: bool, fed: frozenset[int], outputs: int, feeding: frozenset[int]
) -> tuple[dict[int, float], dict[int, float], _PortLook]:
    """The offsets of the inputs and outputs that are shown, and how they look; not to be changed by anybody."""
    entries, exits = input_ports(inputs, is_variadic, fed), dict(enumerate(port_offsets(outputs)))
    unwired = "more" if is_variadic and fed else "free"
    looks = (
        *((offset, False, "fed" if port in fed else unwired) for port, offset in entries.items()),
        *((offset, True, "fed" if port in feeding else "free") for port, offset in exits.items()),
    )
    return entries, exits, looks


def _times(params: Params) -> str:
    count = str(params.get(REPEAT.name, REPEAT.default))
    return "" if count == "1" else f"×{count}"


class NodeItem(QGraphicsItem):
    """Mirrors one node of the graph."""

    def __init__(self, node: Node, spec: LayerSpec) -> None:
        super().__init__()
        self.node = node
        self.spec = spec
        self.rank = 0
        """Of two nodes that lie on each other, that of the higher rank is the upper one."""
        self.params: Params = {}
        """The parameters as they are to be read: expressions among them print as they are written."""
        self.is_instance = False
        """Whether the node is an instance of a block, which can be entered."""
        self.times = ""
        """How many copies of a block stand in a row, such as “×3”; empty for one."""
        self.output_ports: tuple[Port, ...] = ()
        """The outputs, of which there may be as many as a parameter says."""
        self.report: NodeReport | None = None
        self.inputs: Mapping[int, float] = {}
        """The offset of each input port that is shown, by its number."""
        self.outputs: Mapping[int, float] = {}
        self.fed_inputs: frozenset[int] = frozenset()
        self.feeding_outputs: frozenset[int] = frozenset()
        self.is_selected = False
        self.is_hovered = False
        self.is_dimmed = False
        self.open_ports: frozenset[PortRef] = frozenset()
        """The ports at which the wire that is being drawn may end."""
        self.hovered_port: PortRef | None = None
        self.norm: float | None = None
        self.bar: GradientBar | None = None
        self.position: Point = node.position
        """Where the node is shown, which is elsewhere than in the graph while it is dragged."""
        self.port_look: _PortLook = ()
        """Offset, whether it is an output, and look of each port."""
        self._texts: CardTexts | None = None
        self._declare()
        self.setPos(*node.position)

    # Reading

    @property
    def texts(self) -> CardTexts:
        """What is written on the card."""
        if self._texts is None:
            self._texts = CardTexts(self.node, self.spec, self.params, self.report, self.bar is not None)
        return self._texts

    @property
    def error(self) -> str | None:
        """Why the node cannot work."""
        return self.report.error if self.report is not None else None

    @property
    def is_waiting(self) -> bool:
        """Whether the node's shape is not known because something before it is missing or wrong."""
        return self.report is not None and self.report.waiting

    def ports(self) -> Mapping[PortRef, QPointF]:
        """Every port that is shown, with its place in the scene."""
        places = {PortRef(self.node.id, False, port): self.port_place(False, port) for port in self.inputs}
        places.update({PortRef(self.node.id, True, port): self.port_place(True, port) for port in self.outputs})
        return places

    def port_place(self, is_output: bool, index: int) -> QPointF:
        """Where a port is in the scene."""
        return QPointF(*self.port_point(is_output, index))

    def port_point(self, is_output: bool, index: int) -> Point:
        """The same as two numbers."""
        x, y = self.position
        if is_output:
            return x + self.outputs.get(index, 0.0), y + HALF_HEIGHT
        return x + self.inputs.get(index, 0.0), y - HALF_HEIGHT

    def free_input(self) -> int | None:
        """The first input that is shown and not wired."""
        return next((port for port in self.inputs if port not in self.fed_inputs), None)

    # Changing

    def set_node(self, node: Node, spec: LayerSpec) -> None:
        """Show the node as it is now."""
        same = spec is self.spec and node.params is self.node.params
        if not same or node.name != self.node.name:
            self._texts = None
        self.node, self.spec = node, spec
        if same:
            self.update()
        else:
            self._declare()

    def put(self, position: Point, *, later: bool = False) -> None:
        """Show the node at `position`; Qt need not know it yet when it is told `later`."""
        self.position = position
        if not later:
            self.setPos(*position)

    def set_report(self, report: NodeReport | None) -> bool:
        """Show what the analysis knows; whether it is something else than before."""
        if report is self.report:
            return False
        before, self.report = self.report, report
        if report == before:
            return False
        self._texts = None
        self.update()
        return True

    def _declare(self) -> None:
        self.params = written(self.spec.params, self.node.params)
        self.is_instance = self.spec.call is Call.BLOCK
        self.times = _times(self.params) if self.is_instance else ""
        self.output_ports = self.spec.output_ports(self.params)
        self.set_wired(self.fed_inputs, self.feeding_outputs)

    def set_wired(self, inputs: Collection[int], outputs: Collection[int]) -> None:
        """Show which ports have wires."""
        self.fed_inputs, self.feeding_outputs = frozenset(inputs), frozenset(outputs)
        spec, exits = self.spec, len(self.output_ports)
        ports = _ports(len(spec.inputs), spec.is_variadic, self.fed_inputs, exits, self.feeding_outputs)
        self.inputs, self.outputs, self.port_look = ports
        self.update()

    def set_norm(self, norm: float | None) -> bool:
        """Show the norm of the layer's gradient as a bar; None takes the bar away.

        True when the bar alone has to be repainted, which is left to the caller.
        """
        self.norm = norm
        before, self.bar = self.bar, None if norm is None else bar_of(norm)
        if (before is None) != (self.bar is None):
            self._texts = None
            self.update()
            return False
        return before != self.bar

    def refresh(self) -> None:
        """Lay texts out anew, because fonts may have changed, and repaint."""
        self._texts = None
        self.update()

    # QGraphicsItem

    def boundingRect(self) -> QRectF:
        """The card and everything around it that belongs to it."""
        return _BOUNDS

    def contains_point(self, place: QPointF) -> bool:
        """Whether `place`, in the scene, is on the card."""
        return CARD.contains(place - QPointF(*self.position))
