"""Names beside the nodes of a network that is seen from far, so that its stages can still be read."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache, partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontMetricsF, QPainter

from gui.canvas.geometry import HALF_HEIGHT, HALF_WIDTH, PITCH
from gui.canvas.sprites import on_pixel, shared_sprites
from gui.canvas.style import CanvasStyle, fonts
from gui.canvas.zooms import NAMES_ZOOM

if TYPE_CHECKING:
    from gui.canvas.node_item import NodeItem
    from gui.canvas.scene import CanvasScene

MOST = 200
"""With more nodes than this, no name could be found among the others."""
_LINE = 13.0
"""The least distance of two lines that can be read, in pixels."""
_GAP = 10.0
"""Between a node and its name, in pixels."""
_PAD = 3.0
"""At both sides of a name."""


def paint_side_names(painter: QPainter, scene: CanvasScene, look: CanvasStyle, zoom: float) -> None:
    """Write names at the right of nodes where there is room for them; the painter has the scene's transform."""
    if not _are_shown(scene, zoom) or scene.placement.moving:
        return
    to_view, ratio = painter.worldTransform(), painter.device().devicePixelRatioF()
    painter.resetTransform()
    sprites, font = shared_sprites(look), fonts().line
    key, height = font.key(), QFontMetricsF(font).height()
    for item, free in _with_room(scene.nodes.values()):
        label = _label(item)
        width = _advance(label.text, key)
        if _GAP + width > free * zoom:
            continue
        place = to_view.map(QPointF(item.position[0] + HALF_WIDTH, item.position[1]))
        area = QRectF(-_PAD, -height / 2, width + 2 * _PAD, height)
        # Copied, names are painted ten times as quickly as letter by letter.
        pixmap = sprites.pixmap((1.0, ratio), label, area, partial(label.paint, look=look, area=area))
        painter.drawPixmap(on_pixel(place.x() + _GAP + area.x(), place.y() + area.y(), ratio), pixmap)
    painter.setWorldTransform(to_view)


def room_at_right(scene: CanvasScene, rect: QRectF, zoom: float) -> float:
    """How far, in pixels, names of nodes in `rect`, a part of the scene, would stick out of it at its right."""
    if not _are_shown(scene, zoom):
        return 0.0
    key = fonts().line.key()
    ends = (
        (item.position[0] + HALF_WIDTH - rect.right()) * zoom + _GAP + _advance(_label(item).text, key) + _PAD
        for item, free in _with_room(scene.nodes.values())
        if free == np.inf and rect.contains(QPointF(*item.position))
    )
    return max(ends, default=0.0)


def _are_shown(scene: CanvasScene, zoom: float) -> bool:
    return len(scene.nodes) <= MOST and _LINE / PITCH <= zoom < NAMES_ZOOM


class _Label(NamedTuple):
    """What stands beside a node."""

    name: str
    detail: str
    is_quiet: bool

    @property
    def text(self) -> str:
        """All of it."""
        return f"{self.name}  {self.detail}" if self.detail else self.name

    def paint(self, painter: QPainter, *, look: CanvasStyle, area: QRectF) -> None:
        """Write it from the origin on, into `area`, on a ground that wires only just shine through."""
        ground = look.canvas.color()
        ground.setAlphaF(0.85)
        painter.fillRect(area, ground)
        metrics = QFontMetricsF(fonts().line)
        line = area.top() + metrics.ascent()
        painter.setFont(fonts().line)
        painter.setPen(look.muted if self.is_quiet else look.text)
        painter.drawText(QPointF(0.0, line), self.name)
        painter.setPen(look.muted)
        painter.drawText(QPointF(metrics.horizontalAdvance(f"{self.name}  "), line), self.detail)


@lru_cache(maxsize=2048)
def _advance(text: str, key: str) -> float:
    """How long `text` is in the font for lines, whose key is `key`."""
    return QFontMetricsF(fonts().line).horizontalAdvance(text)


def _label(item: NodeItem) -> _Label:
    return _Label(item.node.name, _detail(item), item.is_waiting or item.is_dimmed)


def _detail(item: NodeItem) -> str:
    """Of which block a node is an instance, and how often it is repeated."""
    return " ".join(filter(None, (item.spec.label, item.times))) if item.is_instance else item.times


def _with_room(items: Iterable[NodeItem]) -> list[tuple[NodeItem, float]]:
    """Each node with the free width at its right, in units of the scene; infinite where nothing follows."""
    nodes = list(items)
    x, y = np.array([item.position for item in nodes], dtype=np.float64).reshape(-1, 2).T
    away = x - x[:, None]
    follows = (away > HALF_WIDTH) & (np.abs(y - y[:, None]) < 2 * HALF_HEIGHT)
    free = np.where(follows, away, np.inf).min(axis=1, initial=np.inf) - 2 * HALF_WIDTH
    return list(zip(nodes, free.tolist(), strict=True))
