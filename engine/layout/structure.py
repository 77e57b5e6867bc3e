"""The drawing of a connected network, built from its structure.

A row in which there is but one node cuts a network into an upper and a lower part, which are drawn above each other.
Between two cuts, parts that do not hang together are branches and are drawn side by side. What can be taken apart
neither way is a tangle. So chains are straight, and branches lie evenly around the line that they leave and join.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from engine.layout import tangle
from engine.layout.boxes import Box, add_arcs, clearance, leaf
from engine.layout.layering import Net, Wire, components
from engine.layout.metrics import GRID, LANE, snap, snap_up

_DEEPEST = 60
"""Branches within branches are looked for to this depth."""
_LARGE = 200
"""Branches of so many nodes are not drawn once more as a tangle."""
_MANY = 12
"""From so many branches on, only a few orders of them are tried."""
_DOMINANT = 2
"""A branch that is so many times longer than any beside it stays in line with what it leaves and joins."""


def draw(net: Net, nodes: Sequence[int], arcs: Sequence[Wire], depth: int = 0) -> Box:
    """Give the nodes of a part of `net` their places from left to right.

    Args:
        nodes: those of the part, in ascending order.
        arcs: those with an end in the part.
        depth: how many parts this one is in.
    """
    if len(nodes) == 1:
        return leaf(net, nodes[0])
    if depth >= _DEEPEST:
        return tangle.draw(net, nodes, arcs)
    inside = set(nodes)
    links = ((wire.source, wire.target) for node in nodes for wire in net.down[node] if wire.target in inside)
    parts = components(nodes, links)
    if len(parts) > 1:
        drawing = _side_by_side(net, parts, arcs, depth)
        return _untangled(net, nodes, arcs, drawing)
    parts = _cut(net, nodes, inside)
    if len(parts) == 1:
        return tangle.draw(net, nodes, arcs)
    touching, across = _share(parts, arcs)
    boxes = [draw(net, part, own, depth + 1) for part, own in zip(parts, touching, strict=True)]
    drawing = Box(boxes[0].mark)
    for box in boxes:
        drawing.add(box, drawing.exit)
        drawing.exit += box.exit
    add_arcs(net, drawing, across)
    return drawing


def _cut(net: Net, nodes: Sequence[int], inside: set[int]) -> list[list[int]]:
    """The parts between the rows with one node and no link past it, with those nodes, from the top down."""
    rows = [net.rows[node] for node in nodes]
    top, bottom = min(rows), max(rows)
    begins = [0] * (bottom - top + 2)
    by_row: list[list[int]] = [[] for _ in range(bottom - top + 1)]
    for node in nodes:
        row = net.rows[node]
        by_row[row - top].append(node)
        outside = (wire for wire in net.up[node] if wire.source not in inside)
        for wire in (*net.down[node], *outside):
            first, last = max(net.rows[wire.source] + 1, top), min(net.rows[wire.target] - 1, bottom)
            if first <= last:
                begins[first - top] += 1
                begins[last + 1 - top] -= 1
    parts: list[list[int]] = [[]]
    passing = 0
    for index, found in enumerate(by_row):
        passing += begins[index]
        if passing == 0 and len(found) == 1:
            parts += [found, []]
        else:
            parts[-1] += found
    return [sorted(part) for part in parts if part]


def _share(parts: Sequence[Sequence[int]], arcs: Sequence[Wire]) -> tuple[list[list[Wire]], list[Wire]]:
    """The arcs with an end in each of `parts`, and those from one to another."""
    home = {node: index for index, part in enumerate(parts) for node in part}
    touching: list[list[Wire]] = [[] for _ in parts]
    across = []
    for arc in arcs:
        ends = home.get(arc.source), home.get(arc.target)
        for index in {end for end in ends if end is not None}:
            touching[index].append(arc)
        if None not in ends and ends[0] != ends[1]:
            across.append(arc)
    return touching, across


def _untangled(net: Net, nodes: Sequence[int], arcs: Sequence[Wire], drawing: Box) -> Box:
    """A drawing of branches; or of all of them as a tangle, where arcs between them cross less often then."""
    if not arcs or len(nodes) > _LARGE:
        return drawing
    cost = tangle.crossings_of(net, nodes, arcs, drawing)
    if not cost:
        return drawing
    other = tangle.draw(net, nodes, arcs)
    return other if tangle.crossings_of(net, nodes, arcs, other) < cost else drawing


@dataclass(frozen=True, slots=True)
class _Branch:
    """One of several parts side by side."""

    box: Box
    leaves: float | None
    """From which port, in scene units from the middle of the card, it is fed from above; None when it is not."""
    enters: float | None
    """Into which port it leads below; None when it leads nowhere."""


def _side_by_side(net: Net, parts: Sequence[Sequence[int]], arcs: Sequence[Wire], depth: int) -> Box:
    touching, across = _share(parts, arcs)
    home = {node: index for index, part in enumerate(parts) for node in part}
    branches = []
    for part, own in zip(parts, touching, strict=True):
        here = set(part)
        leaves = [wire.leaves for node in part for wire in net.up[node] if wire.source not in here]
        enters = [wire.enters for node in part for wire in net.down[node] if wire.target not in here]
        branches.append(_Branch(draw(net, part, own, depth + 1), _mean(leaves), _mean(enters)))
    between = [(home[arc.source], home[arc.target]) for arc in across]
    order = _ordered(net, branches, between)
    for arc in across:
        ends = home[arc.source], home[arc.target]
        box = branches[min(ends, key=order.index)].box
        rows = [row for row in range(net.rows[arc.source] + 1, net.rows[arc.target]) if row in box.cards]
        if rows:
            box.add_wire(box.lane(rows, 1), rows)
    return _packed([branches[index] for index in order])


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _ordered(net: Net, branches: Sequence[_Branch], between: Sequence[tuple[int, int]]) -> list[int]:
    """The order from left to right with the fewest crossings; of equal ones the one nearest to what is wished.

    An order other than the wished one is taken only where it is better, so drawing twice changes nothing.
    """

    best = sorted(range(len(branches)), key=lambda index: (net.wished[branches[index].box.mark], index))
    cost = _crossings(branches, between, best)
    for ports in ([branch.enters for branch in branches], [branch.leaves for branch in branches]):
        order = sorted(best, key=lambda index: (ports[index] is None, ports[index] or 0.0))
        if _crossings(branches, between, order) < cost:
            best, cost = order, _crossings(branches, between, order)
    while cost and len(best) <= _MANY:
        orders = [_moved(best, start, end) for start in range(len(best)) for end in range(len(best)) if start != end]
        costs = [_crossings(branches, between, order) for order in orders]
        if min(costs) >= cost:
            break
        cost = min(costs)
        best = orders[costs.index(cost)]
    return best


def _moved(order: Sequence[int], start: int, end: int) -> list[int]:
    rest = [*order[:start], *order[start + 1 :]]
    return [*rest[:end], order[start], *rest[end:]]


def _crossings(branches: Sequence[_Branch], between: Sequence[tuple[int, int]], order: Sequence[int]) -> int:
    place = {index: number for number, index in enumerate(order)}
    found = sum(abs(place[first] - place[second]) - 1 for first, second in between)
    for ports in ([branch.leaves for branch in branches], [branch.enters for branch in branches]):
        wired = [port for port in (ports[index] for index in order) if port is not None]
        found += sum(wired[j] > wired[i] for i in range(len(wired)) for j in range(i))
    return found


def _packed(branches: Sequence[_Branch]) -> Box:
    """The branches close together in their order, evenly around the axis or beside the dominant one."""
    left, right = _middle(branches)
    boxes = [branch.box for branch in branches]
    drawing = boxes[left].shifted(0.0)
    axis = at = 0.0
    for last, box in pairwise(range(left, len(boxes))):
        at = _next(drawing, boxes[last], at, boxes[box], 1)
        if box == right:
            # The middle between the two is to be on the grid.
            axis = snap_up(at / 2)
            at = 2 * axis
            drawing.exit = snap((drawing.exit + at + boxes[box].exit) / 2)
        drawing.add(boxes[box], at)
    at = 0.0
    for last, box in pairwise(range(left, -1, -1)):
        at = _next(drawing, boxes[last], at, boxes[box], -1)
        drawing.add(boxes[box], at)
    return drawing.shifted(-axis)


def _next(drawing: Box, last: Box, last_at: float, box: Box, side: int) -> float:
    """Where the axis of the next box is to be on the right (1) or left (-1) of a drawing with `last` at its edge.

    The nodes by which boxes are compared stand in their order even where the boxes share no row.
    """
    least = clearance(drawing, box) if side > 0 else clearance(box, drawing)
    marks = side * (last_at + last.places[last.mark] - box.places[box.mark])
    return side * snap_up(max(least, marks + (GRID if least > -math.inf else LANE)))


def _middle(branches: Sequence[_Branch]) -> tuple[int, int]:
    """The branch that the axis runs through; or the two that it runs between."""
    every = range(len(branches))
    through = [index for index in every if branches[index].leaves is not None and branches[index].enters is not None]
    leading = [index for index in every if branches[index].enters is not None]
    chosen = through or leading or every
    by_height = sorted(chosen, key=lambda index: -branches[index].box.height)
    heights = [branches[index].box.height for index in by_height]
    if len(chosen) == 1 or heights[0] >= _DOMINANT * heights[1]:
        return by_height[0], by_height[0]
    return chosen[(len(chosen) - 1) // 2], chosen[len(chosen) // 2]
