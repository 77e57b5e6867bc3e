"""Editing one parameter of several layers at once."""

from __future__ import annotations

from collections.abc import Iterable

from engine.graph.edits import Compound, Edit, SetParam
from engine.graph.model import Graph, NodeId
from engine.graph.params import ParamValue


def set_common_param(nodes: Iterable[NodeId], name: str, value: ParamValue) -> Edit:
    """The edit that sets `name` of all `nodes` to `value`."""
    steps = tuple(SetParam(node, name, value) for node in nodes)
    return Compound(f"Change {name.replace('_', ' ')} of {len(steps)} layers", steps)


def common_value(graph: Graph, nodes: Iterable[NodeId], name: str) -> ParamValue | None:
    """The value of `name` that all `nodes` share; None when they differ."""
    values = {graph.nodes[node].params[name] for node in nodes}
    return values.pop() if len(values) == 1 else None
