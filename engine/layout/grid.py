"""A tangle in rows: nodes, the places where long wires pass a row, and how often wires cross between the rows."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from engine.layout.layering import Net, Wire

Order = list[list[int]]
"""The items of each row from left to right."""
Ends = list[tuple[int, float, float]]
"""The wires of an item to a row beside its own: the item there, and the port's place at this and at that end."""

PORT = 1e-3
"""Turns the place of a port, in scene units, into a small part of the distance between two items."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A tangle whose wires all run from one row to the next; items are nodes and places where a wire passes a row."""

    nodes: list[int]
    """What the first items stand for, in `Net`: the nodes of the tangle, and then those outside."""
    inner: int
    """How many items are nodes of the tangle."""
    rows: Order
    """The nodes among the items, by row."""
    ways: list[list[int]]
    """The items along each wire that passes rows, from the source to the target; the shortest wire first."""
    up: list[Ends]
    """The wires from each item to the row above."""
    down: list[Ends]
    """The wires from each item to the row below."""
    row: list[int]
    """The row of each item."""
    links: set[tuple[int, int]] = field(default_factory=set)
    """The pairs of items that a link joins, and not an arc."""

    def is_node(self, item: int) -> bool:
        """Whether an item is a node and not a place that a wire passes."""
        return item < len(self.nodes)


def make_grid(net: Net, nodes: Sequence[int], arcs: Sequence[Wire]) -> Grid:
    """The grid of a part of `net`, with the nodes above and below that wires lead to; rows between them are left out.

    Args:
        nodes: those of the part.
        arcs: those with an end in the part; an arc to a node outside that is beside the part does not count.
    """
    inside = set(nodes)
    rows = {net.rows[node] for node in nodes}
    beside = range(min(rows), max(rows) + 1)
    links = dict.fromkeys((wire for node in nodes for wire in (*net.up[node], *net.down[node])), True)
    wires = [
        (wire, is_link)
        for wire, is_link in (links | dict.fromkeys(arcs, False)).items()
        if all(end in inside or net.rows[end] not in beside for end in (wire.source, wire.target))
    ]
    outside = sorted({end for wire, _ in wires for end in (wire.source, wire.target)} - inside)
    around = set(outside)
    wires += [(wire, True) for node in outside for wire in net.down[node] if wire.target in around]
    items = [*nodes, *outside]
    index = {row: place for place, row in enumerate(sorted({*beside, *(net.rows[node] for node in outside)}))}
    row = [index[net.rows[node]] for node in items]
    grid = Grid(items, len(nodes), [[] for _ in index], [], [[] for _ in items], [[] for _ in items], row)
    for item, place in enumerate(row):
        grid.rows[place].append(item)
    item_of = {node: item for item, node in enumerate(items)}
    ends = [(item_of[wire.source], item_of[wire.target], wire, is_link) for wire, is_link in wires]
    for source, target, wire, is_link in sorted(ends, key=lambda end: (row[end[1]] - row[end[0]], end[2])):
        _lay(grid, source, target, wire, is_link)
    return grid


def _lay(grid: Grid, source: int, target: int, wire: Wire, is_link: bool) -> None:
    passed = range(grid.row[source] + 1, grid.row[target])
    way = [source, *range(len(grid.row), len(grid.row) + len(passed)), target]
    grid.row.extend(passed)
    grid.up.extend([] for _ in passed)
    grid.down.extend([] for _ in passed)
    for upper, lower in pairwise(way):
        leaves = wire.leaves if upper == source else 0.0
        enters = wire.enters if lower == target else 0.0
        grid.down[upper].append((lower, leaves, enters))
        grid.up[lower].append((upper, enters, leaves))
        if is_link:
            grid.links.add((upper, lower))
    if passed:
        grid.ways.append(way)


def by_place(grid: Grid, x: Mapping[int, float] | Sequence[float]) -> Order:
    """The order of the nodes that lie at `x` (by their numbers in `Net`) from left to right."""
    return [sorted(row, key=lambda item: (x[grid.nodes[item]], item)) for row in grid.rows]


def places(order: Order) -> dict[int, int]:
    """The place of each item in its row."""
    return {item: place for row in order for place, item in enumerate(row)}


def crossings(grid: Grid, order: Order) -> int:
    """How often wires cross; wires that leave one port or enter one port do not cross there."""
    place = places(order)
    total = 0
    for row in order:
        ends = [
            (place[item] + PORT * leaves, place[target] + PORT * enters)
            for item in row
            for target, leaves, enters in grid.down[item]
        ]
        total += _inversions(sorted(ends))
    return total


def _inversions(ends: Sequence[tuple[float, float]]) -> int:
    """The pairs that are in one order above and in the other one below."""
    seen: list[float] = []
    waiting: list[float] = []
    total = 0
    before = None
    for start, end in ends:
        if start != before:
            for other in waiting:
                insort(seen, other)
            waiting.clear()
            before = start
        total += len(seen) - bisect_right(seen, end)
        waiting.append(end)
    return total


class Pairs:
    """What it matters in which order two items of a row stand, as long as the rows beside theirs stay as they are."""

    def __init__(self, grid: Grid, place: Mapping[int, int]) -> None:
        self._grid = grid
        self._place = place
        self._ends: dict[int, tuple[list[float], list[float]]] = {}
        self._saved: dict[tuple[int, int], int] = {}

    def saved(self, left: int, right: int) -> int:
        """How many crossings it saves to exchange the two."""
        pair = left, right
        if pair not in self._saved:
            saved = sum(map(_saved, self._ends_of(left), self._ends_of(right)))
            self._saved[pair], self._saved[right, left] = saved, -saved
        return self._saved[pair]

    def _ends_of(self, item: int) -> tuple[list[float], list[float]]:
        """Where the wires of an item lead in the rows above and below."""
        if item not in self._ends:
            up, down = (
                [self._place[other] + PORT * port for other, _, port in ends]
                for ends in (self._grid.up[item], self._grid.down[item])
            )
            self._ends[item] = up, down
        return self._ends[item]


def _saved(left: Sequence[float], right: Sequence[float]) -> int:
    return sum((here > there) - (here < there) for here in left for there in right)
