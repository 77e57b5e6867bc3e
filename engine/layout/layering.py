"""Which row each node lies in, and which wires the drawing is built around.

Rows are counted from 0 at the top, and every wire runs down by at least one row. A wire that runs by more than one row
and whose ends hang together with others anyway, like a skip connection, is an *arc*: it runs past what it skips and
has no say in where nodes lie. All other wires are *links*.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.graph.errors import GraphError


@dataclass(frozen=True, slots=True, order=True)
class Wire:
    """All wires from one node to another one, taken for one; nodes are numbers."""

    source: int
    target: int
    leaves: float
    """Where it leaves the source, in scene units from the middle of the card."""
    enters: float
    """Where it enters the target, in scene units from the middle of the card."""


@dataclass(frozen=True, slots=True)
class Net:
    """A network ready to be drawn."""

    rows: list[int]
    """The row of each node."""
    up: list[list[Wire]]
    """The links into each node."""
    down: list[list[Wire]]
    """The links out of each node."""
    arcs: list[Wire]
    """The wires that are no links."""
    wished: list[float]
    """Where each node would like to lie, from left to right, as far as that makes no difference otherwise."""


def layered(wires: Sequence[Wire], wished: list[float]) -> Net:
    """Find the rows and links of a network whose nodes are 0, 1, … one for each of `wished`.

    Raises:
        GraphError: wires form a cycle.
    """
    count = len(wished)
    rows = _rows(count, wires)
    up: list[list[Wire]] = [[] for _ in range(count)]
    down: list[list[Wire]] = [[] for _ in range(count)]
    arcs = []
    for wire in sorted(wires, key=lambda wire: (rows[wire.target] - rows[wire.source], wire)):
        is_long = rows[wire.target] - rows[wire.source] > 1
        if is_long and down[wire.source] and up[wire.target]:
            arcs.append(wire)
        else:
            down[wire.source].append(wire)
            up[wire.target].append(wire)
    return Net(rows, up, down, arcs, wished)


def components(nodes: Sequence[int], pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """The parts of a network that hang together, each in the order of `nodes`, as are the parts themselves."""
    root = {node: node for node in nodes}

    def find(node: int) -> int:
        while root[node] != node:
            root[node] = node = root[root[node]]
        return node

    for first, second in pairs:
        root[find(first)] = find(second)
    parts: dict[int, list[int]] = {}
    for node in nodes:
        parts.setdefault(find(node), []).append(node)
    return list(parts.values())


def _rows(count: int, wires: Sequence[Wire]) -> list[int]:
    """Rows as far up as can be; but what hangs on a source of its own comes down to what it feeds.

    So the second input of a network lies beside the layers where it is needed and not at the top.
    """
    feeds: list[list[int]] = [[] for _ in range(count)]
    fed: list[list[int]] = [[] for _ in range(count)]
    for wire in wires:
        feeds[wire.target].append(wire.source)
        fed[wire.source].append(wire.target)
    order = _topological(feeds, fed)
    rows = [0] * count
    for node in order:
        rows[node] = max((rows[source] + 1 for source in feeds[node]), default=0)
    latest = _latest_rows(order, rows, fed)
    fixed = [False] * count
    for node in order:
        fixed[node] = rows[node] == latest[node] or any(fixed[source] for source in feeds[node])
    settled = list(fixed)
    for node in reversed(order):
        below = [rows[target] for target in fed[node] if settled[target]]
        if not fixed[node] and below:
            rows[node] = min(below) - 1
            settled[node] = True
    for node in order:
        if not settled[node]:
            rows[node] = max((rows[source] + 1 for source in feeds[node]), default=0)
    return rows


def _topological(feeds: Sequence[Sequence[int]], fed: Sequence[Sequence[int]]) -> list[int]:
    waiting = [len(sources) for sources in feeds]
    order = [node for node, number in enumerate(waiting) if not number]
    for node in order:
        for target in fed[node]:
            waiting[target] -= 1
            if not waiting[target]:
                order.append(target)
    if len(order) < len(waiting):
        raise GraphError("The wires form a cycle; a network must flow one way.")
    return order


def _latest_rows(order: Sequence[int], rows: Sequence[int], fed: Sequence[Sequence[int]]) -> list[int]:
    """The last row that each node could lie in without making the part of the network that it is in any longer."""
    parts = components(order, ((node, target) for node in order for target in fed[node]))
    latest = [0] * len(rows)
    for part in parts:
        height = max(rows[node] for node in part)
        for node in part:
            latest[node] = height
    for node in reversed(order):
        latest[node] = min((latest[target] - 1 for target in fed[node]), default=latest[node])
    return latest
