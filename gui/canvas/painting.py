"""Paints a view of the canvas: the network as it stands, copied from paper, and over it whatever moves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRectF
from PySide6.QtGui import QPainter, QPaintEvent, QRegion

from gui.canvas.background import paint_ground
from gui.canvas.card import BAR
from gui.canvas.far import REACH
from gui.canvas.gradient_bars import paint_bars
from gui.canvas.minimap import Minimap
from gui.canvas.motion import Motion
from gui.canvas.node_item import NodeItem
from gui.canvas.overlays import Overlay
from gui.canvas.paper import HINTS, Paper, in_scene
from gui.canvas.side_names import MOST
from gui.canvas.zooms import CARDS_ZOOM, NEAR_ZOOM
from gui.theme import theme_hub

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView


class Painting(QObject):
    """Knows what of a view has to be painted anew, and paints it."""

    def __init__(self, view: CanvasView, minimap: Minimap) -> None:
        super().__init__(view)
        self._view = view
        self._scene = view.canvas_scene
        self._minimap = minimap
        self._paper = Paper(self._paint_still)
        self._motion = Motion(self._scene)
        self.overlays: list[Overlay] = []
        """Those who paint onto the canvas now; usually nobody."""
        # Items tell the scene of their changes, and it everybody who listens.
        self._scene.changed.connect(self._on_changed)
        self._scene.motionShown.connect(self._on_motion)
        self._scene.barsChanged.connect(self._on_bars)
        theme_hub.themeChanged.connect(self.repaint_all)

    def paint(self, event: QPaintEvent) -> None:
        """Paint what `event` asks for."""
        painter = QPainter(self._view.viewport())
        region, on_map = event.region(), self._minimap.rect
        has_map = region.intersects(on_map) and self._minimap.is_shown
        if has_map and region.boundingRect().contains(on_map):
            region -= on_map
        if not region.isEmpty():
            to_view = self._view.viewportTransform()
            self._paper.show(painter, region, self._view.viewport().size(), to_view)
            painter.setRenderHints(HINTS)
            painter.setWorldTransform(to_view)
            exposed = [in_scene(region.boundingRect(), to_view)]
            self._motion.paint(painter, exposed, self._view.camera.zoom)
            self._view.pointer.paint(painter)
            self._view.build.paint(painter)
            painter.resetTransform()
        if has_map:
            self._minimap.paint(painter)
        painter.end()

    def repaint(self, rect: QRectF) -> None:
        """Paint anew what moves over the network in `rect`, in the scene."""
        place = self._view.viewportTransform().mapRect(rect).toAlignedRect()
        self._view.viewport().update(place.adjusted(-REACH, -REACH, REACH, REACH))

    def repaint_all(self) -> None:
        """Paint everything anew: something looks different of which the scene knows nothing."""
        self._paper.forget_all()
        self._motion.forget()
        self._view.viewport().update()

    def give_up(self) -> None:
        """Need no memory as long as the view is not seen."""
        self._paper.give_up()
        self._motion.forget()

    def _paint_still(self, painter: QPainter, exposed: Sequence[QRectF]) -> None:
        """Paint everything but what moves, at least in the rectangles `exposed`."""
        zoom, annotations = self._view.camera.zoom, self._scene.annotations
        bounds = QRectF()
        for part in exposed:
            bounds |= part
        paint_ground(painter, bounds)
        annotations.frames.paint(painter, exposed, zoom)
        for overlay in self.overlays:
            overlay.paint_below(painter, bounds)
        self._scene.at_rest.paint(painter, exposed, zoom)
        # From far nothing may cover the titles of frames.
        annotations.frames.paint_titles(painter, exposed, zoom)
        for overlay in self.overlays:
            overlay.paint_above(painter, bounds)

    # Following the scene

    def _on_changed(self, rects: list[QRectF]) -> None:
        self._motion.forget()
        if self._scene.sceneRect() in rects or self._reaches_far():
            self.repaint_all()
            return
        self._paper.forget(rects, REACH)
        for rect in rects:
            self.repaint(rect)
        if self._scene.placement.moving:
            # Qt tells where it was taken from.
            self._on_motion(self._scene.placement.covered)

    def _on_motion(self, rect: QRectF | None) -> None:
        if self.overlays:
            self.repaint_all()
        elif rect is None:
            self._view.viewport().update()
        else:
            self.repaint(rect)

    def _on_bars(self, items: list[NodeItem]) -> None:
        """Bring the gradient bars of `items` up to date, and nothing else."""
        self._motion.forget()
        view, moving = self._view.camera.visible(), self._scene.placement.moving
        shown = [item for item in items if view.intersects(BAR.translated(*item.position))]
        if not shown or self._view.camera.zoom < CARDS_ZOOM:
            return
        painter = self._paper.retouch()
        if painter is not None:
            paint_bars(painter, (item for item in shown if item.node.id not in moving))
            painter.end()
        to_view, region = self._view.viewportTransform(), QRegion()
        for item in shown:
            region += to_view.mapRect(BAR.translated(*item.position)).toAlignedRect()
        self._view.viewport().update(region)

    def _reaches_far(self) -> bool:
        """Whether a change may be seen beside where it is: by names and pictures beside nodes, or by an overlay."""
        if self.overlays:
            return True
        return self._view.camera.zoom < NEAR_ZOOM and len(self._scene.nodes) <= MOST
