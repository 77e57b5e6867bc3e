"""What lies before and behind what, along the wires of a graph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

from engine.graph.errors import GraphError

if TYPE_CHECKING:
    from engine.graph.model import Edge, Node, NodeId


class Wiring:
    """The wires of one graph, to be followed; the graph itself adds them and takes them away."""

    def __init__(
        self,
        nodes: Mapping[NodeId, Node],
        incoming: Mapping[NodeId, Mapping[int, Edge]],
        outgoing: Mapping[NodeId, Mapping[Edge, None]],
    ) -> None:
        """Follow the wires of these tables, however they change.

        Args:
            nodes: the nodes of the graph.
            incoming: the edges into each of them, by port.
            outgoing: the edges out of each of them.
        """
        self._nodes = nodes
        self._incoming = incoming
        self._outgoing = outgoing

    def at(self, node: NodeId) -> Iterator[Edge]:
        """The edges into and out of `node`, in no order."""
        yield from self._incoming[node].values()
        yield from self._outgoing[node]

    def topological_order(self) -> list[NodeId]:
        """All nodes, each after everything that feeds it, otherwise in the order of their ids.

        So layers that were drawn from the input on come in the order in which they were drawn.

        Raises:
            GraphError: edges form a cycle.
        """
        waiting = {node: len(ports) for node, ports in self._incoming.items()}
        # With the length first, n10 comes after n9.
        ready = [(len(node), node) for node, edges in waiting.items() if edges == 0]
        heapify(ready)
        order: list[NodeId] = []
        while ready:
            _, node = heappop(ready)
            order.append(node)
            for edge in self._outgoing[node]:
                waiting[edge.target] -= 1
                if waiting[edge.target] == 0:
                    heappush(ready, (len(edge.target), edge.target))
        if len(order) < len(waiting):
            looped = next(self._nodes[node].name for node, edges in waiting.items() if edges > 0)
            raise GraphError(f"The wires through “{looped}” form a cycle; a network must flow one way.")
        return order

    def descendants(self, node: NodeId) -> set[NodeId]:
        """`node` and everything that it feeds, directly or not."""
        found = {node}
        stack = [node]
        while stack:
            for edge in self._outgoing[stack.pop()]:
                if edge.target not in found:
                    found.add(edge.target)
                    stack.append(edge.target)
        return found

    def leads(self, start: NodeId, goal: NodeId) -> bool:
        """Whether edges lead from `start` to `goal`, on whatever way.

        One looks from both ends in turns, so that it takes no longer than the smaller side does: wiring up thousands of
        nodes one by one would otherwise take time that grows with the square of their number.
        """
        if start == goal:
            return True
        ahead, behind = {start}, {goal}
        onwards, back = [start], [goal]
        while onwards and back:
            for edge in self._outgoing[onwards.pop()]:
                if edge.target in behind:
                    return True
                if edge.target not in ahead:
                    ahead.add(edge.target)
                    onwards.append(edge.target)
            for edge in self._incoming[back.pop()].values():
                if edge.source in ahead:
                    return True
                if edge.source not in behind:
                    behind.add(edge.source)
                    back.append(edge.source)
        return False
