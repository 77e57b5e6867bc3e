"""Where things are on the canvas: sizes of nodes, places of ports, steps of the grid. Positions are node centres."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from PySide6.QtCore import QRectF

from engine.graph.model import Point
from engine.layout.metrics import GRID as GRID
from engine.layout.metrics import HALF_HEIGHT as HALF_HEIGHT
from engine.layout.metrics import HALF_WIDTH as HALF_WIDTH
from engine.layout.metrics import LANE as LANE
from engine.layout.metrics import NODE_HEIGHT as NODE_HEIGHT
from engine.layout.metrics import NODE_WIDTH as NODE_WIDTH
from engine.layout.metrics import PITCH as PITCH
from engine.layout.metrics import port_offset

GAP = PITCH - NODE_HEIGHT
"""Between the nodes of a chain; the shape of a wire fits into it."""
PORT_RADIUS = 4.5
PORT_REACH = 10.0
"""How near to a port, in pixels of the screen, a press takes hold of it."""
WIRE_REACH = 8.0
"""How near to a wire, in pixels of the screen, a press takes hold of it."""
CARD = QRectF(-HALF_WIDTH, -HALF_HEIGHT, NODE_WIDTH, NODE_HEIGHT)
"""A node's card around its centre."""

_SPARE_PORT = 76.0
_MAX_GAPS = 12
"""More unwired ports than this between wired ones are not shown."""


def card_at(position: Point) -> QRectF:
    """The card of a node at `position`."""
    return CARD.translated(position[0], position[1])


def snapped(x: float, y: float) -> Point:
    """The point of the grid next to (x, y)."""
    return round(x / GRID) * GRID, round(y / GRID) * GRID


def port_offsets(count: int) -> list[float]:
    """Where `count` ports stand along an edge of the card, from its middle."""
    return [port_offset(port, count) for port in range(count)]


def input_ports(declared: int, is_variadic: bool, fed: Collection[int]) -> dict[int, float]:
    """The offset of every input port that is shown, by port number.

    A variadic layer shows its wired ports, those left free between them, and one more.
    """
    if not is_variadic:
        return dict(enumerate(port_offsets(declared)))
    last = max(fed, default=-1)
    if last - len(fed) < _MAX_GAPS:
        shown: Sequence[int] = range(max(last + 1, 2))
    else:
        shown = sorted(fed)
    places = dict(zip(shown, port_offsets(len(shown)), strict=True))
    if len(fed) >= 2 and len(shown) == len(fed):
        places[last + 1] = _SPARE_PORT
    return places


def bounds(positions: Iterable[Point]) -> QRectF:
    """The rectangle that holds the cards of all nodes at `positions`; empty for none."""
    points = list(positions)
    if not points:
        return QRectF()
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    top, bottom = min(y for _, y in points), max(y for _, y in points)
    return QRectF(left, top, right - left, bottom - top).adjusted(-HALF_WIDTH, -HALF_HEIGHT, HALF_WIDTH, HALF_HEIGHT)


def overlaps(first: Point, second: Point, gap: float = 16.0) -> bool:
    """Whether two nodes at these positions would stand on or less than `gap` beside each other."""
    return abs(first[0] - second[0]) < NODE_WIDTH + gap and abs(first[1] - second[1]) < NODE_HEIGHT + gap


def free_place(wanted: Point, taken: Collection[Point]) -> Point:
    """The place next to `wanted` at which a node stands on no other: there, beside it in its row, or in a row below."""
    near = [point for point in taken if abs(point[0] - wanted[0]) < 12 * LANE and wanted[1] - PITCH < point[1]]
    row = 0
    while True:
        y = wanted[1] + row * PITCH
        for lane in (0, 1, -1, 2, -2, 3, -3, 4, -4):
            place = (wanted[0] + lane * LANE, y)
            if not any(overlaps(place, other) for other in near):
                return place
        row += 1
