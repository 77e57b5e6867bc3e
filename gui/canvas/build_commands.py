"""Building fast: search and add, replace, bridge, wire, dissolve, take out and repeat what is selected."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QPoint
from PySide6.QtGui import QPainter

from engine.graph.edits import Edit, dissolve, is_wired_outside
from engine.graph.errors import GraphError
from engine.graph.model import NodeId, Point
from engine.layers.blocks import REPEAT
from engine.layers.bridging import bridge
from engine.layers.repeating import repeat
from engine.layers.rewiring import detach, join
from engine.layers.spec import TensorShape
from gui.canvas import curves
from gui.canvas.node_item import PortRef
from gui.canvas.quick_add import QuickAdd
from gui.canvas.quick_requests import Adding, Attaching, Replacing, Request, shape_of
from gui.canvas.repeat_popover import RepeatPopover
from gui.canvas.style import NO_BRUSH, style

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

Planned = TypeVar("Planned")


class BuildCommands:
    """Acts on the selection of one canvas."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view
        self._scene = view.canvas_scene
        self._workspace = view.workspace
        self._loose: curves.Route | None = None

    def slots(self) -> dict[str, Callable[[], object]]:
        """What each action of the menu calls, by the action's id."""
        return {
            "quick_add": self.quick_add,
            "replace_layer": self.replace_layer,
            "bridge": self.bridge,
            "join": self.join,
            "take_out": self.take_out,
            "dissolve": self.dissolve,
            "repeat": self.repeat,
        }

    def possible(self) -> dict[str, bool]:
        """Which of the actions can be used now."""
        count = len(self._workspace.selection)
        return {
            "quick_add": True,
            "replace_layer": count > 0,
            "bridge": count == 2,
            "join": count > 1,
            "take_out": is_wired_outside(self._workspace.graph, self._workspace.selection),
            "dissolve": count > 0,
            "repeat": count > 0,
        }

    def paint(self, painter: QPainter) -> None:
        """Paint the wire for whose end a layer is searched, over the scene and in its coordinates."""
        if self._loose is not None:
            painter.setBrush(NO_BRUSH)
            painter.strokePath(curves.path(self._loose), style().live_wire)

    def quick_add(self) -> None:
        """Search for a layer to add: behind the only selected one where it fits there, or else at the pointer."""
        place = self._view.pointer.place
        self._open(Adding(self._scene, None if place is None else (place.x(), place.y())))

    def attach(self, port: PortRef, place: Point) -> None:
        """Search for a layer to end the wire from `port` that has been drawn into the void, to `place`."""
        self._open(Attaching(self._scene, port, place))
        centre = self._scene.nodes[port.node].port_place(port.is_output, port.index)
        fixed = centre.x(), centre.y()
        self._show_loose(curves.Route(fixed, place) if port.is_output else curves.Route(place, fixed))

    def replace_layer(self) -> None:
        """Search for a layer that the selected ones are to become."""
        if self._workspace.selection:
            self._open(Replacing(self._scene, self._workspace.selection))

    def bridge(self) -> None:
        """Lead a skip connection from one of two selected layers around to the other."""
        graph, chosen = self._workspace.graph, self._workspace.selection
        planned = self._plan(lambda: bridge(graph, chosen, self._first_shape))
        if planned is not None and self._push(planned.edit):
            self._workspace.select([planned.add])
            self._view.camera.reveal([planned.add])

    def join(self) -> None:
        """Wire each selected layer to the next, or all to the last one where it merges them."""
        planned = self._plan(lambda: join(self._workspace.graph, self._workspace.selection))
        if planned is not None:
            self._push(planned)

    def take_out(self) -> None:
        """Take the selected layers out of the network, which closes behind them; they stay on the canvas."""
        edit = detach(self._workspace.graph, self._workspace.selection)
        if edit is not None:
            self._push(edit)

    def dissolve(self) -> None:
        """Delete the selected layers and close the gap."""
        if self._workspace.selection:
            self._push(dissolve(self._workspace.graph, *self._workspace.selection))

    def repeat(self) -> None:
        """Ask how often the selected layers are to stand in a row, and make a block of them."""
        selection = self._workspace.selection
        if not selection:
            return
        count = self._workspace.graph.nodes[selection[0]].params.get(REPEAT.name, 2) if len(selection) == 1 else 2
        rect = self._view.viewportTransform().mapRect(self._scene.rect_of(selection))
        place = (rect.topRight().toPoint() + QPoint(16, 0)) if rect.isValid() else self._pointer()
        times = max(count, 2) if isinstance(count, int) else 2
        self._repeats.ask(selection, times, place, partial(self._repeat, selection))

    def _repeat(self, nodes: tuple[NodeId, ...], times: int) -> None:
        planned = self._plan(lambda: repeat(self._workspace.graph, nodes, times))
        if planned is not None and self._push(planned.edit):
            self._workspace.select([planned.instance])
            self._view.camera.reveal([planned.instance])

    def _open(self, request: Request) -> None:
        self._search.open_for(request, self._pointer())

    def _pointer(self) -> QPoint:
        """Where the pointer is, in pixels of the view; its middle when the pointer is elsewhere."""
        place = self._view.pointer.place
        if place is None:
            return self._view.viewport().rect().center()
        return self._view.camera.view_point(place).toPoint()

    @cached_property
    def _search(self) -> QuickAdd:
        search = QuickAdd(self._view)
        search.dismissed.connect(lambda: self._show_loose(None))
        return search

    @cached_property
    def _repeats(self) -> RepeatPopover:
        return RepeatPopover(self._view)

    def _show_loose(self, route: curves.Route | None) -> None:
        for shown in (self._loose, route):
            if shown is not None:
                self._view.painting.repaint(curves.path(shown).controlPointRect().adjusted(-8.0, -8.0, 8.0, 8.0))
        self._loose = route

    def _first_shape(self, node: NodeId) -> TensorShape | None:
        return shape_of(self._scene, PortRef(node, True, 0))

    def _plan(self, plan: Callable[[], Planned]) -> Planned | None:
        try:
            return plan()
        except GraphError as error:
            self._workspace.refused.emit(str(error))
            return None

    def _push(self, edit: Edit) -> bool:
        is_made = self._workspace.push(edit)
        if is_made:
            self._scene.refresh()
        return is_made
