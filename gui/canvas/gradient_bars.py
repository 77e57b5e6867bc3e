"""Shows gradient norms on nodes many times a second, repainting the bars and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QPainter

from engine.graph.model import NodeId
from gui.canvas.card import BAR
from gui.canvas.geometry import NODE_HEIGHT, NODE_WIDTH
from gui.canvas.node_item import NodeItem
from gui.canvas.node_painter import paint_bar
from gui.canvas.obstacles import overlapping
from gui.canvas.style import style

if TYPE_CHECKING:
    from gui.canvas.scene import CanvasScene


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


def paint_bars(painter: QPainter, items: Iterable[NodeItem]) -> None:
    """Paint the bars of `items` anew, and nothing else, where these stand already; the painter has their transform."""
    look, transform = style(), painter.worldTransform()
    for item in items:
        x, y = item.position
        painter.resetTransform()
        ground = look.hover_body if item.is_hovered else look.body
        painter.fillRect(transform.mapRect(BAR.translated(x, y)).toAlignedRect(), ground)
        painter.setWorldTransform(transform)
        painter.translate(x, y)
        paint_bar(painter, item, look)
        painter.setWorldTransform(transform)
