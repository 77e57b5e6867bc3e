"""Automatic layout: new places for all nodes or some, from top to bottom, with chains straight and wires uncrossed.

Nothing here touches a graph that is in use: give it plain positions and edges, and it may run on any thread.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from statistics import median

from engine.graph.edits import Compound, Edit, MoveNodes
from engine.graph.model import Edge, Graph, NodeId, Point
from engine.layout.boxes import Box
from engine.layout.columns import in_columns
from engine.layout.layering import Net, Wire, components, layered
from engine.layout.metrics import LANE, NODE_WIDTH, PITCH, port_offset, snap, snap_up
from engine.layout.room import free_shift
from engine.layout.structure import draw

_PART_GAP = LANE - NODE_WIDTH
"""Between parts of a network that do not hang together."""
_ROUNDS = 6
"""A drawing is looked at again at most so often."""
_MOST_ROOM = 48.0
"""So much further apart than `PITCH` rows may lie."""
_TITLE_ROOM, _INNER_ROOM = 48.0, 40.0
"""How much further apart than `PITCH` rows lie when a frame begins between them, and for each frame inside it that
begins there as well: room for their titles."""
_LOOSE_COLUMNS = 4
"""Nodes without wires are put into rows of so many."""


def arrange(
    positions: Mapping[NodeId, Point],
    edges: Iterable[Edge],
    chosen: Collection[NodeId] | None = None,
    frames: Iterable[Collection[NodeId]] = (),
    *,
    columns: bool = False,
) -> dict[NodeId, Point]:
    """New positions for the nodes at `positions`, on the grid and without overlaps; arranging them again is idle.

    The drawing stays where it was, as far as it can. Where the order from left to right makes no difference, it stays
    as well.

    Args:
        positions: where all nodes are now.
        edges: the wires among them.
        chosen: those of them to arrange, all when left out; the others stay, and none of the chosen comes to lie on
            them.
        frames: the nodes in each frame, above which there is to be room for its title.
        columns: whether a long drawing is broken into columns, as far as can be not within a frame.

    Raises:
        GraphError: wires form a cycle.
    """
    # In the order in which they were drawn: with the length first, n10 comes after n9.
    nodes = sorted(positions if chosen is None else set(chosen), key=lambda node: (len(node), node))
    if not nodes:
        return {}
    wires = _wires(nodes, edges)
    number = {node: index for index, node in enumerate(nodes)}
    framed = [{number[node] for node in frame if node in number} for frame in frames]
    places = _draw_all([positions[node] for node in nodes], wires, framed)
    for _ in range(_ROUNDS):
        # Seldom is there more to improve; but what is arranged is to be arranged for good.
        before, places = places, _draw_all(places, wires, framed)
        if places == before:
            break
    if columns:
        places = _draw_all(places, wires, framed, columns=True)
    dx = snap(median(positions[node][0] - x for node, (x, _) in zip(nodes, places, strict=True)))
    dy = snap(median(positions[node][1] - y for node, (_, y) in zip(nodes, places, strict=True)))
    moved = [(x + dx, y + dy) for x, y in places]
    arranged = set(nodes)
    dx, dy = free_shift(moved, [position for node, position in positions.items() if node not in arranged])
    return {node: (x + dx, y + dy) for node, (x, y) in zip(nodes, moved, strict=True)}


def layout_edit(graph: Graph, nodes: Collection[NodeId] | None = None) -> Edit | None:
    """The edit that arranges all nodes of `graph`, or `nodes`; None when they lie well already."""
    before = {node.id: node.position for node in graph.nodes.values()}
    return moves(before, arrange(before, graph.edges, nodes, frames=members_of_frames(graph)))


def members_of_frames(graph: Graph) -> list[frozenset[NodeId]]:
    """The nodes in each frame of `graph`."""
    return [frame.members for frame in graph.annotations.frames]


def moves(before: Mapping[NodeId, Point], after: Mapping[NodeId, Point]) -> Edit | None:
    """The edit that moves nodes from where they were `before` to their places `after`; None when all stay."""
    moved = {node: place for node, place in after.items() if before[node] != place}
    if not moved:
        return None
    title = "Arrange 1 layer" if len(after) == 1 else f"Arrange {len(after)} layers"
    return Compound(title, (MoveNodes(moved),))


def _wires(nodes: Sequence[NodeId], edges: Iterable[Edge]) -> list[Wire]:
    """The wires between different nodes, those between the same two taken for one."""
    number = {node: index for index, node in enumerate(nodes)}
    inner = sorted(edge for edge in edges if edge.source in number and edge.target in number)
    outputs: dict[NodeId, int] = {}
    inputs: dict[NodeId, int] = {}
    for edge in inner:
        outputs[edge.source] = max(outputs.get(edge.source, 0), edge.source_port + 1)
        inputs[edge.target] = max(inputs.get(edge.target, 0), edge.target_port + 1)
    ports: dict[tuple[int, int], list[tuple[float, float]]] = {}
    for edge in inner:
        ends = number[edge.source], number[edge.target]
        leaves = port_offset(edge.source_port, outputs[edge.source])
        enters = port_offset(edge.target_port, inputs[edge.target])
        ports.setdefault(ends, []).append((leaves, enters))
    return [
        Wire(*ends, sum(out for out, _ in found) / len(found), sum(into for _, into in found) / len(found))
        for ends, found in ports.items()
    ]


def _draw_all(
    wished: Sequence[Point], wires: Sequence[Wire], frames: Sequence[Collection[int]], *, columns: bool = False
) -> list[Point]:
    """Places for all nodes: the parts that hang together side by side, and nodes without wires in rows beside them."""
    net = layered(wires, [x for x, _ in wished])
    pairs = ((wire.source, wire.target) for wire in wires)
    parts = components(range(len(wished)), pairs)
    home = {node: index for index, part in enumerate(parts) for node in part}
    arcs: list[list[Wire]] = [[] for _ in parts]
    for arc in net.arcs:
        arcs[home[arc.source]].append(arc)
    loose = sorted((wished[part[0]][::-1], part[0]) for part in parts if len(part) == 1)
    by_place = sorted(
        (sum(wished[node][0] for node in part) / len(part), index) for index, part in enumerate(parts) if len(part) > 1
    )
    places: list[Point] = [(0.0, 0.0)] * len(wished)
    edge = 0.0
    for _, index in by_place:
        box = draw(net, parts[index], arcs[index])
        left, right = box.reach()
        heights = _heights(net, box, frames)
        if columns:
            drawn, right = in_columns(net, box, arcs[index], heights, frames)
        else:
            drawn = {node: (x, heights[net.rows[node]]) for node, x in box.places.items()}
        for node, (x, y) in drawn.items():
            places[node] = x - left + edge, y
        edge = snap_up(edge + right - left + _PART_GAP)
    wide = _LOOSE_COLUMNS if by_place else max(_LOOSE_COLUMNS, math.isqrt(2 * len(loose)))
    for index, (_, node) in enumerate(loose):
        row, column = divmod(index, wide)
        places[node] = edge + NODE_WIDTH / 2 + column * LANE, row * PITCH
    return places


def _heights(net: Net, box: Box, frames: Sequence[Collection[int]]) -> list[float]:
    """How far down each row is; rows lie further apart where wires run far aside between them, or a frame begins."""
    aside = [0.0] * (max(box.cards) + 1)
    for node, x in box.places.items():
        for wire in net.down[node]:
            row = net.rows[wire.target]
            aside[row] = max(aside[row], abs(box.places[wire.target] + wire.enters - x - wire.leaves))
    titles = _room_for_titles(net, box, frames)
    heights = [0.0]
    for row, reach in enumerate(aside[1:], start=1):
        room = max(snap(min(_MOST_ROOM, max(0.0, reach - LANE) / 8)), titles[row])
        heights.append(heights[-1] + PITCH + room)
    return heights


def _room_for_titles(net: Net, box: Box, frames: Sequence[Collection[int]]) -> list[float]:
    """How much room the frames take that begin at each row."""
    titles: list[dict[int, int]] = [{} for _ in range(max(box.cards) + 1)]
    for frame in frames:
        rows = {node: net.rows[node] for node in frame if node in box.places}
        first = min(rows.values(), default=0)
        # Frames that begin at one row lie in one another if they share a node there.
        for node in (node for node, row in rows.items() if row == first):
            titles[first][node] = titles[first].get(node, 0) + 1
    most = (max(found.values(), default=0) for found in titles)
    return [_TITLE_ROOM + _INNER_ROOM * (count - 1) if count else 0.0 for count in most]
