"""Parts of a drawing that are placed as a whole, with the outline of their cards and of the wires beside them.

The origin of a box is its axis, where it hangs on what is above. Boxes above each other stand in one line, unless one
is left elsewhere than it is entered.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from engine.layout.layering import Net, Wire
from engine.layout.metrics import BRANCH, HALF_WIDTH, NODE_WIDTH, WIRE_CLEAR, WIRE_NARROW, WIRE_STEP, snap_up

Outline = dict[int, tuple[float, float]]
"""How far something reaches to the left and to the right in each of its rows."""

_OTHER_SIDE = 150.0
"""How much further away an arc may run on the side of the port where it ends."""


@dataclass(slots=True)
class Box:
    """Nodes that have their places among each other."""

    mark: int
    """The node whose place stands for that of the box when boxes are compared from left to right."""
    places: dict[int, float] = field(default_factory=dict)
    """Where the centre of each node is, from the axis."""
    cards: Outline = field(default_factory=dict)
    wires: Outline = field(default_factory=dict)
    exit: float = 0.0
    """Where what is below hangs on it, from the axis."""

    @property
    def height(self) -> int:
        """The number of rows from the first to the last one."""
        return max(self.cards) - min(self.cards) + 1

    def reach(self) -> tuple[float, float]:
        """How far it reaches to the left and to the right of its axis, to the next steps of the grid."""
        extents = [*self.cards.values(), *self.wires.values()]
        return -snap_up(-min(left for left, _ in extents)), snap_up(max(right for _, right in extents))

    def add(self, other: Box, shift: float = 0.0) -> None:
        """Take over the nodes of another box."""
        for node, x in other.places.items():
            self.places[node] = x + shift
        for mine, theirs in ((self.cards, other.cards), (self.wires, other.wires)):
            for row, (left, right) in theirs.items():
                _widen(mine, row, left + shift, right + shift)

    def shifted(self, shift: float) -> Box:
        """The same box with its axis elsewhere."""
        result = Box(self.mark, exit=self.exit + shift)
        result.add(self, shift)
        return result

    def add_wire(self, x: float, rows: Iterable[int]) -> None:
        """Keep room for a wire that runs down at `x` through `rows`."""
        for row in rows:
            _widen(self.wires, row, x, x)

    def lane(self, rows: Iterable[int], side: int) -> float:
        """Where a wire can run down beside everything in `rows`, on the right (1) or on the left (-1)."""
        reach = -math.inf
        for row in rows:
            for outline, gap in ((self.cards, WIRE_CLEAR), (self.wires, WIRE_STEP)):
                if row in outline:
                    reach = max(reach, side * outline[row][side > 0] + gap)
        return side * reach if reach > -math.inf else 0.0


def leaf(net: Net, node: int) -> Box:
    """The box of one node, with the ways of the links by which it hangs on nodes further away."""
    row = net.rows[node]
    box = Box(node, {node: 0.0}, {row: (-HALF_WIDTH, HALF_WIDTH)})
    if len(net.down[node]) == 1:
        box.add_wire(0.0, range(row + 1, net.rows[net.down[node][0].target]))
    for wire in net.up[node]:
        if len(net.down[wire.source]) > 1:
            box.add_wire(0.0, range(net.rows[wire.source] + 1, row))
    return box


def clearance(left: Box, right: Box) -> float:
    """How far to the right of the axis of `left` that of `right` must be; minus infinity if anywhere will do."""
    pairs = (
        (left.cards, right.cards, BRANCH - NODE_WIDTH),
        (left.cards, right.wires, WIRE_NARROW),
        (left.wires, right.cards, WIRE_NARROW),
        (left.wires, right.wires, WIRE_STEP),
    )
    least = -math.inf
    for first, second, gap in pairs:
        for row in first.keys() & second.keys():
            least = max(least, first[row][1] - second[row][0] + gap)
    return least


def add_arcs(net: Net, box: Box, arcs: Iterable[Wire]) -> None:
    """Keep room for arcs between nodes of `box`, the shortest nearest to what they skip."""
    for arc in sorted(arcs, key=lambda arc: (net.rows[arc.target] - net.rows[arc.source], arc)):
        rows = range(net.rows[arc.source] + 1, net.rows[arc.target])
        middle = (box.places[arc.source] + arc.leaves + box.places[arc.target] + arc.enters) / 2
        left, right = box.lane(rows, -1), box.lane(rows, 1)
        to_left, to_right = middle - left, right - middle
        side = 1 if to_right <= to_left else -1
        if arc.enters and abs(to_right - to_left) <= _OTHER_SIDE:
            side = 1 if arc.enters > 0 else -1
        box.add_wire(right if side > 0 else left, rows)


def _widen(outline: Outline, row: int, left: float, right: float) -> None:
    if row in outline:
        before = outline[row]
        outline[row] = min(before[0], left), max(before[1], right)
    else:
        outline[row] = left, right
