"""Another layer in the place of one: it keeps what both have in common."""

from __future__ import annotations

from collections.abc import Iterable

from engine.graph import expressions
from engine.graph.block_edits import SetLayer
from engine.graph.edits import Compound, Disconnect, Edit, Rename
from engine.graph.errors import GraphError
from engine.graph.model import Graph, Node, NodeId
from engine.graph.params import ParamError, Params, ParamValue
from engine.layers.blocks import declared, layer_spec
from engine.layers.nodes import check_params, variables
from engine.layers.spec import LayerSpec


def replace_layer(graph: Graph, nodes: Iterable[NodeId], layer: str, params: Params) -> Edit:
    """The edit that makes each of `nodes` a node of `layer` with `params`.

    Of the old layer stay the values of parameters that both have and both take, the wires whose ports both have, and
    the name, except that a name that only says what the layer was says what it is now: `conv2` becomes `pool2`.

    Raises:
        GraphError: nothing is selected, or all are of that layer already.
        ParamError: one of `params` is not taken.
    """
    spec = layer_spec(graph, layer)
    chosen = [graph.nodes[node] for node in dict.fromkeys(nodes)]
    if not chosen:
        raise GraphError("Select the layers whose type is to change.")
    others = [node for node in chosen if node.layer != layer or params]
    if not others:
        raise GraphError(f"This is a {spec.label} already." if len(chosen) == 1 else f"These are {spec.label} already.")
    taken: set[str] = set()
    steps: list[Edit] = []
    for node in others:
        steps += _steps(graph, node, spec, params, taken)
    what = others[0].name if len(others) == 1 else f"{len(others)} layers"
    return Compound(f"Change {what} to {spec.label}", tuple(steps))


def kept_params(graph: Graph, node: Node, spec: LayerSpec) -> dict[str, ParamValue]:
    """The values of parameters of `node` that a layer declared by `spec` takes as well."""
    old = {param.name: param for param in declared(graph, node).params}
    kept: dict[str, ParamValue] = {}
    for param in spec.params:
        if param.name not in node.params or param.name not in old:
            continue
        value = node.params[param.name]
        is_expression = isinstance(value, str) and expressions.is_expression(value)
        if not is_expression and value == old[param.name].default:
            continue
        try:
            kept[param.name] = check_params([param], {param.name: value}, variables(graph))[param.name]
        except ParamError:
            continue
    return kept


def _steps(graph: Graph, node: Node, spec: LayerSpec, params: Params, taken: set[str]) -> list[Edit]:
    values = check_params(spec.params, {**kept_params(graph, node, spec), **params}, variables(graph))
    lost = [
        *(edge for edge in graph.incoming(node.id) if not spec.has_input(edge.target_port)),
        *(edge for edge in graph.outgoing(node.id) if not spec.has_output(edge.source_port, values)),
    ]
    steps: list[Edit] = [*map(Disconnect, lost), SetLayer(node.id, spec.id, values)]
    name = _name(graph, node, spec, taken)
    if name != node.name:
        taken.add(name)
        steps.append(Rename(node.id, name))
    return steps


def _name(graph: Graph, node: Node, spec: LayerSpec, taken: set[str]) -> str:
    """The name with the stem of the new layer in place of the old one's; as it is where somebody chose it."""
    path, dot, last = node.name.rpartition(".")
    stem = last.rstrip("0123456789")
    if stem != declared(graph, node).base_name.rstrip("0123456789") or stem == spec.base_name:
        return node.name
    return graph.unique_name(f"{path}{dot}{spec.base_name}{last[len(stem) :]}", taken)
