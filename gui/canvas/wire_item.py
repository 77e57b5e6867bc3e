"""One wire on the canvas: its way, what is written on it, and in which state it is; the view paints it."""

from __future__ import annotations

from enum import Enum
from functools import lru_cache
from math import prod
from typing import NamedTuple

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem

from engine.graph.model import Edge
from engine.layers.spec import TensorShape, format_shape
from gui.canvas import curves
from gui.canvas.chip import HEIGHT, Chip, make_chip
from gui.canvas.curves import Route
from gui.canvas.style import CanvasStyle

_MARGIN = 6.0
_REACH = 84.0
"""How far a shape may reach from the middle of its wire, along its text."""
_HALF_CHIP = HEIGHT / 2 + 2.0
"""And across it."""


class WireState(Enum):
    """How a wire is shown."""

    NORMAL = "wire"
    HOVERED = "hover_wire"
    SELECTED = "selected_wire"
    ERROR = "error_wire"
    DETACHED = "ghost_wire"
    """It is being dragged to another port."""
    TARGET = "live_wire"
    """A layer that is dropped now would be inserted into it."""

    def pen(self, look: CanvasStyle) -> QPen:
        """What it is drawn with."""
        pen: QPen = getattr(look, self.value)
        return pen


class Flow(Enum):
    """On which side of what is selected a wire lies, where paths are shown."""

    UPSTREAM = "upstream_wire"
    """What runs through it leads to what is selected."""
    DOWNSTREAM = "downstream_wire"
    """What runs through it comes from what is selected."""


class WireLook(NamedTuple):
    """All that the looks of a wire depend on, but for its way."""

    state: WireState = WireState.NORMAL
    flow: Flow | None = None
    width: float | None = None
    """How thick it is, in pixels at a zoom of 100 %; None where its state says that."""
    is_dimmed: bool = False

    def pen(self, look: CanvasStyle) -> QPen:
        """What it is drawn with."""
        plain = self.flow is None or self.state is not WireState.NORMAL
        name = self.state.value if plain or self.flow is None else self.flow.value
        return _pen(look, name, self.width)


@lru_cache(maxsize=256)
def _pen(look: CanvasStyle, name: str, width: float | None) -> QPen:
    pen: QPen = getattr(look, name)
    if width is None:
        return pen
    widened = QPen(pen)
    # What tells states apart stays visible on thin wires.
    widened.setWidthF(width + max(pen.widthF() - look.wire.widthF(), 0.0))
    return widened


class WireItem(QGraphicsItem):
    """Mirrors one edge of the graph."""

    def __init__(self, edge: Edge) -> None:
        super().__init__()
        self.edge = edge
        self.route = Route((0.0, 0.0), (0.0, 0.0))
        self.path = QPainterPath()
        self.shape_text = ""
        self.elements = 0
        """How many numbers run through the wire for each sample; 0 where that is not known."""
        self.flow: Flow | None = None
        self.width: float | None = None
        """How thick it is to show the size of what runs through it; None where that is not shown."""
        self.is_selected = False
        self.is_hovered = False
        self.is_detached = False
        self.is_target = False
        self.is_dimmed = False
        self.has_error = False
        self.bounds = QRectF()
        """Everything that the wire may paint, where it is shown."""
        self._known_bounds = QRectF()
        """The same as Qt knows it."""
        self._points: curves.Floats | None = None
        self._chip: Chip | None = None
        self._place: curves.LabelPlace | None = None
        self.setZValue(-1.0)

    @property
    def state(self) -> WireState:
        """How the wire is shown now."""
        if self.is_detached:
            return WireState.DETACHED
        if self.is_target:
            return WireState.TARGET
        if self.is_selected:
            return WireState.SELECTED
        if self.is_hovered:
            return WireState.HOVERED
        return self.still_state

    @property
    def still_state(self) -> WireState:
        """How the wire is shown where there is neither pointer nor selection."""
        return WireState.ERROR if self.has_error else WireState.NORMAL

    @property
    def look(self) -> WireLook:
        """All that its looks depend on, but for its way."""
        return WireLook(self.state, self.flow, self.width, self.is_dimmed)

    def set_route(self, route: Route, *, later: bool = False) -> None:
        """Run another way; Qt need not know it before `catch_up`."""
        self.route = route
        self.path = curves.path(route)
        self.bounds = self.path.controlPointRect().adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN)
        self._points = None
        self._place = place = curves.label_place(route)
        if place is not None:
            across, down = (_HALF_CHIP, _REACH) if place.is_upright else (_REACH, _HALF_CHIP)
            self.bounds |= QRectF(place.x - across, place.y - down, 2 * across, 2 * down)
        if not later:
            self.catch_up()
            self.update()

    def catch_up(self) -> None:
        """Tell Qt where the wire is shown."""
        if self._known_bounds != self.bounds:
            self.prepareGeometryChange()
            self._known_bounds = self.bounds

    def set_shape(self, shape: TensorShape | None) -> None:
        """Write the shape of what runs through the wire; None when it is not known."""
        text = "" if shape is None else format_shape(shape)
        self.elements = 0 if shape is None else prod(shape)
        if text != self.shape_text:
            self.shape_text = text
            self._chip = None
            self.update()

    def set_width(self, width: float | None) -> None:
        """Be so thick; None is as thick as usual."""
        if width != self.width:
            self.width = width
            self.update()

    def refresh(self) -> None:
        """Lay the label out anew, because fonts may have changed, and repaint."""
        self._chip = None
        self.update()

    def label(self) -> tuple[Chip, float, float] | None:
        """The shape in its frame, and where its middle is; None where there is no room for it or it is not known."""
        if self._place is None or not self.shape_text:
            return None
        if self._chip is None or self._chip.is_upright is not self._place.is_upright:
            self._chip = make_chip(self.shape_text, is_upright=self._place.is_upright)
        return self._chip, self._place.x, self._place.y

    def distance(self, x: float, y: float) -> float:
        """From a point of the scene to the wire."""
        if self._points is None:
            self._points = curves.points(self.route)
        return curves.distance(self._points, x, y)

    def boundingRect(self) -> QRectF:
        """Everything that the wire may paint, for Qt."""
        return self._known_bounds
