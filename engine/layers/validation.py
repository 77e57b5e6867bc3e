"""Checks a graph that comes from outside against the declarations of its layers."""

from __future__ import annotations

from engine.graph.model import Graph, GraphError, Node
from engine.graph.params import ParamError, check_all
from engine.graph.wording import quoted
from engine.layers.registry import UnknownLayerError, spec


def validated(graph: Graph) -> Graph:
    """A copy of `graph` in which every parameter is present, in range and of its canonical type.

    Raises:
        GraphError: a layer is unknown, a parameter is wrong, or a wire ends at a port that does not exist.
    """
    nodes = [_validated_node(node) for node in graph.nodes.values()]
    for edge in graph.edges:
        source, target = graph.nodes[edge.source], graph.nodes[edge.target]
        if not spec(source.layer).has_output(edge.source_port):
            raise GraphError(f"A wire begins at an output that “{source.name}” does not have.")
        if not spec(target.layer).has_input(edge.target_port):
            raise GraphError(f"A wire ends at an input that “{target.name}” does not have.")
    return Graph.assemble(nodes, graph.edges, graph.settings)


def _validated_node(node: Node) -> Node:
    try:
        params = check_all(spec(node.layer).params, node.params)
    except UnknownLayerError:
        raise GraphError(
            f"“{node.name}” is of the layer type {quoted(node.layer)}, which this Netwright does not know."
        ) from None
    except ParamError as error:
        raise GraphError(f"In the layer “{node.name}”: {error}") from error
    return Node(node.id, node.layer, node.name, params, node.position)
