"""Shows gradient norms on nodes many times a second, repainting the bars and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPaintEvent, QRegion

from engine.graph.model import NodeId
from gui.canvas.card import BAR
from gui.canvas.geometry import NODE_HEIGHT, NODE_WIDTH
from gui.canvas.node_item import NodeItem
from gui.canvas.node_painter import paint_bar
from gui.canvas.obstacles import overlapping
from gui.canvas.overview import CARDS_ZOOM
from gui.canvas.style import style

if TYPE_CHECKING:
    from gui.canvas.scene import CanvasScene
    from gui.canvas.view import CanvasView


class GradientBars:
    """The bars of one scene."""

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self._shown: frozenset[NodeId] = frozenset()

    def show(self, norms: Mapping[str, float] | None) -> list[NodeItem]:
        """Show the gradient norm of each layer, by the node's name; None takes all bars away.

        Returns the items whose bar is to be repainted alone; all others have asked Qt to repaint them.
        """
        graph, items = self._scene.workspace.graph, self._scene.nodes
        shown: set[NodeId] = set()
        changed: list[NodeItem] = []
        for name, norm in (norms or {}).items():
            node = graph.named(name)
            if node is not None and node.id in items:
                shown.add(node.id)
                if items[node.id].set_norm(norm):
                    changed.append(items[node.id])
        for gone in self._shown - shown:
            if gone in items:
                items[gone].set_norm(None)
        self._shown = frozenset(shown)
        return self._uncovered(changed) if changed else []

    def _uncovered(self, changed: list[NodeItem]) -> list[NodeItem]:
        """Those of `changed` on whose bar no other node can stand; the others are repainted by Qt, in their order."""
        alone: list[NodeItem] = []
        for item, is_covered in zip(changed, self._covered(changed), strict=True):
            if is_covered:
                item.update(BAR)
            else:
                alone.append(item)
        return alone

    def _covered(self, changed: list[NodeItem]) -> list[bool]:
        items = self._scene.nodes
        touched = overlapping(np.array([item.position for item in items.values()]), NODE_WIDTH, NODE_HEIGHT)
        covered = {node for node, is_touched in zip(items, touched.tolist(), strict=True) if is_touched}
        return [item.node.id in covered for item in changed]


class BarPainter:
    """Repaints bars in one view."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view
        self._pending: dict[NodeItem, QRect] = {}
        self._region = QRegion()

    def repaint(self, items: list[NodeItem]) -> None:
        """Repaint the bars of `items`, where they are in view."""
        if self._view.camera.zoom < CARDS_ZOOM:
            return
        to_view, area = self._view.viewportTransform(), self._view.viewport().rect()
        for item in items:
            x, y = item.position
            rect = to_view.mapRect(BAR.translated(x, y)).toAlignedRect()
            if rect.intersects(area):
                self._pending[item] = rect
                self._region += rect
        self._view.viewport().update(self._region)

    def paint(self, event: QPaintEvent) -> bool:
        """Paint the bars alone; False when more than bars is to be painted."""
        pending, self._pending = self._pending, {}
        region, self._region = self._region, QRegion()
        if not pending or not event.region().subtracted(region).isEmpty():
            return False
        look = style()
        painter = QPainter(self._view.viewport())
        painter.setRenderHints(self._view.renderHints())
        to_view = self._view.viewportTransform()
        for item, rect in pending.items():
            painter.fillRect(rect, look.hover_body if item.is_hovered else look.body)
            painter.setWorldTransform(to_view)
            painter.translate(*item.position)
            paint_bar(painter, item, look)
            painter.resetTransform()
        painter.end()
        return True
