"""Which wires make sense: the graph's own rules, and the ports that layers declare."""

from __future__ import annotations

from engine.graph.model import Edge, Graph, NodeId
from engine.layers.blocks import declared


def refusal(graph: Graph, edge: Edge) -> str | None:
    """Why `edge` cannot be wired, as a sentence for the user; None when it can."""
    if edge.source in graph.nodes and edge.target in graph.nodes:
        source, target = graph.nodes[edge.source], graph.nodes[edge.target]
        if not declared(graph, source).has_output(edge.source_port, source.params):
            return f"“{source.name}” has no such output."
        if not declared(graph, target).has_input(edge.target_port):
            return f"“{target.name}” has no such input."
    return graph.refusal(edge)


def free_input(graph: Graph, node: NodeId) -> int | None:
    """The first input port of `node` that nothing feeds; None when all are fed or there is none."""
    layer = declared(graph, graph.nodes[node])
    fed = {edge.target_port for edge in graph.incoming(node)}
    return next((port for port in range(len(fed) + 1) if port not in fed and layer.has_input(port)), None)
