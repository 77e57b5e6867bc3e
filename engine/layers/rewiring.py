"""Wires that are led anew: around nodes that are taken out, and from each of several nodes to the next."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import pairwise

from engine.graph.edits import Compound, Connect, Disconnect, Edit, crossing, healed
from engine.graph.errors import GraphError
from engine.graph.model import Edge, Graph, NodeId
from engine.layers.blocks import declared
from engine.layers.wiring import free_input, refusal


def detach(graph: Graph, nodes: Collection[NodeId]) -> Edit | None:
    """The edit that takes `nodes`, with the wires among them, out of the network, which closes behind them.

    None when they are wired to nothing else.
    """
    cut = crossing(graph, nodes)
    if not cut:
        return None
    steps = (*map(Disconnect, cut), *map(Connect, healed(graph, nodes)))
    names = [graph.nodes[node].name for node in dict.fromkeys(nodes)]
    return Compound(f"Take out {names[0] if len(names) == 1 else f'{len(names)} layers'}", steps)


def join(graph: Graph, nodes: Iterable[NodeId]) -> Edit:
    """The edit that wires each of `nodes` to the next one, from top to bottom.

    If the lowest one merges several inputs, all others are wired to it instead. Wires that are there already stay.

    Raises:
        GraphError: there is nothing to wire, or a wire cannot be, with the reason.
    """
    chosen = sorted(dict.fromkeys(nodes), key=lambda node: (graph.nodes[node].position[::-1], len(node), node))
    if len(chosen) < 2:
        raise GraphError("Select two or more layers that are to be wired.")
    last = chosen[-1]
    spec = declared(graph, graph.nodes[last])
    merges = spec.is_variadic or len(spec.inputs) > 1
    pairs = [(node, last) for node in chosen[:-1]] if merges else list(pairwise(chosen))
    copy = graph.snapshot(graph.blocks)
    wires: list[Edge] = []
    for source, target in pairs:
        if any(edge.target == target for edge in copy.outgoing(source)):
            continue
        edge = _wire(copy, source, target)
        # Each wire is judged with those before it in place.
        copy.add_edge(edge)
        wires.append(edge)
    if not wires:
        raise GraphError("These layers are wired to each other already.")
    return Compound(f"Wire {len(chosen)} layers", tuple(map(Connect, wires)))


def _wire(graph: Graph, source: NodeId, target: NodeId) -> Edge:
    name = graph.nodes[target].name
    if not declared(graph, graph.nodes[target]).inputs:
        raise GraphError(f"“{name}” has no input, so nothing can be wired to it.")
    port = free_input(graph, target)
    if port is None:
        raise GraphError(f"“{name}” is fed already: take the wire away first, or put an Add before it.")
    edge = Edge(source, 0, target, port)
    reason = refusal(graph, edge)
    if reason is not None:
        raise GraphError(reason)
    return edge
