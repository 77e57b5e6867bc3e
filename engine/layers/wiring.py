"""Which wires make sense: the graph's own rules, and the ports that layers declare."""

from __future__ import annotations

from engine.graph.model import Edge, Graph, NodeId
from engine.layers.registry import spec


def refusal(graph: Graph, edge: Edge) -> str | None:
    """Why `edge` cannot be wired, as a sentence for the user; None when it can."""
    if edge.source in graph.nodes and edge.target in graph.nodes:
        source, target = graph.nodes[edge.source], graph.nodes[edge.target]
        source_spec, target_spec = spec(source.layer), spec(target.layer)
        if not 0 <= edge.source_port < len(source_spec.outputs):
            return f"“{source.name}” has no such output."
        if edge.target_port < 0 or (edge.target_port >= len(target_spec.inputs) and not target_spec.is_variadic):
            return f"“{target.name}” has no such input."
    return graph.refusal(edge)


def free_input(graph: Graph, node: NodeId) -> int | None:
    """The first input port of `node` that nothing feeds; None when all are fed or there is none."""
    declared = spec(graph.nodes[node].layer)
    fed = {edge.target_port for edge in graph.incoming(node)}
    limit = len(fed) + 1 if declared.is_variadic else len(declared.inputs)
    return next((port for port in range(limit) if port not in fed), None)
