"""Checks a graph that comes from outside against the declarations of its layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.graph.block_edits import BLOCK_INPUT, BLOCK_OUTPUT
from engine.graph.blocks import block_of
from engine.graph.errors import GraphError
from engine.graph.model import Graph, Node
from engine.graph.params import Param, ParamError
from engine.graph.wording import quoted
from engine.layers.blocks import declared
from engine.layers.nodes import check_params
from engine.layers.registry import UnknownLayerError

_ROOT_ONLY = ("input", "output")
_BLOCK_ONLY = (BLOCK_INPUT, BLOCK_OUTPUT)


def validated(graph: Graph) -> Graph:
    """A copy of `graph` in which every parameter is present, in range and of its canonical type.

    Raises:
        GraphError: a layer is unknown, a parameter is wrong, or a wire ends at a port that does not exist.
    """
    nodes = _validated(graph, ())
    blocks = [
        replace(block.definition(), nodes=tuple(_validated(block.graph, block.params)))
        for block in graph.blocks.values()
    ]
    return Graph.assemble(nodes, graph.edges, graph.settings, blocks, graph.annotations.values())


def _validated(graph: Graph, variables: Sequence[Param]) -> list[Node]:
    nodes = [_validated_node(graph, node, variables) for node in graph.nodes.values()]
    by_id = {node.id: node for node in nodes}
    for edge in graph.edges:
        source, target = by_id[edge.source], by_id[edge.target]
        if not declared(graph, source).has_output(edge.source_port, source.params):
            raise GraphError(f"A wire begins at an output that “{source.name}” does not have.")
        if not declared(graph, target).has_input(edge.target_port):
            raise GraphError(f"A wire ends at an input that “{target.name}” does not have.")
    return nodes


def _validated_node(graph: Graph, node: Node, variables: Sequence[Param]) -> Node:
    reason = misplaced(node.layer, graph)
    if reason:
        raise GraphError(f"“{node.name}”: {reason}")
    try:
        params = check_params(declared(graph, node).params, node.params, variables)
    except UnknownLayerError:
        block = block_of(node.layer)
        raise GraphError(
            f"“{node.name}” is of the layer type {quoted(node.layer)}, which this Netwright does not know."
            if block is None
            else f"“{node.name}” is an instance of the block {quoted(block)}, which is not in the project."
        ) from None
    except ParamError as error:
        raise GraphError(f"In the layer “{node.name}”: {error}") from error
    return replace(node, params=params)


def misplaced(layer: str, graph: Graph) -> str | None:
    """Why a node of `layer` has no place in `graph`, as a sentence; None when it has."""
    if graph.block and layer in _ROOT_ONLY:
        return "An Input or Output of the network cannot lie in a block; use Block input and Block output there."
    if not graph.block and layer in _BLOCK_ONLY:
        return "A Block input or Block output belongs inside a block; use Input and Output here."
    return None
