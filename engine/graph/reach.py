"""What can be reached along the wires of a graph."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.graph.model import Edge, NodeId


def leads(
    start: NodeId,
    goal: NodeId,
    outgoing: Mapping[NodeId, Iterable[Edge]],
    incoming: Mapping[NodeId, Mapping[int, Edge]],
) -> bool:
    """Whether wires lead from `start` to `goal`, on whatever way.

    One looks from both ends in turns, so that it takes no longer than the smaller side does: wiring up thousands of
    nodes one by one would otherwise take time that grows with the square of their number.
    """
    if start == goal:
        return True
    ahead, behind = {start}, {goal}
    onwards, back = [start], [goal]
    while onwards and back:
        for edge in outgoing[onwards.pop()]:
            if edge.target in behind:
                return True
            if edge.target not in ahead:
                ahead.add(edge.target)
                onwards.append(edge.target)
        for edge in incoming[back.pop()].values():
            if edge.source in ahead:
                return True
            if edge.source not in behind:
                behind.add(edge.source)
                back.append(edge.source)
    return False
