"""New nodes, and the check of their parameters."""

from __future__ import annotations

from collections.abc import Container, Sequence

from engine.graph import expressions
from engine.graph.model import Graph, Node, NodeId, Point, new_ids
from engine.graph.params import Param, Params, ParamValue, Text, check_all
from engine.layers.blocks import layer_spec


def new_node(
    graph: Graph,
    layer: str,
    position: Point = (0.0, 0.0),
    *,
    name: str = "",
    taken: Container[str] = (),
    **params: ParamValue,
) -> Node:
    """A node of `layer` that can be added to `graph`: a free id, a free name, defaults for all but `params`.

    Inside a block parameters may also be expressions in those of the block.

    Raises:
        UnknownLayerError: there is no such layer, or no such block in the project.
        ParamError: the layer has no such parameter, or one is out of range.
    """
    declared = layer_spec(graph, layer)
    values = check_params(declared.params, params, variables(graph))
    free_name = graph.unique_name(name or declared.base_name, taken)
    return Node(NodeId(new_ids(graph, 1)[0]), layer, free_name, values, position)


def variables(graph: Graph) -> tuple[Param, ...]:
    """What expressions in `graph` may use: the parameters of the block whose inside it is."""
    return graph.blocks[graph.block].params if graph.block in graph.blocks else ()


def check_params(params: Sequence[Param], values: Params, variables: Sequence[Param]) -> dict[str, ParamValue]:
    """Like `check_all`; with `variables`, the parameters of a block, values may also be expressions in them.

    Raises:
        ParamError: a value or an expression is wrong, or `values` names something that is not among `params`.
    """
    names = [variable.name for variable in variables]
    known = {param.name: param for param in params if not isinstance(param, Text) and not param.fixed}
    written = {
        name: expressions.check_expression(known[name], value, names)
        for name, value in values.items()
        if variables and name in known and isinstance(value, str) and expressions.is_expression(value)
    }
    checked = check_all(params, {name: value for name, value in values.items() if name not in written})
    return {**checked, **written}
