"""Editing one parameter of several layers at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.graph.edits import Compound, Edit, SetParam
from engine.graph.model import Graph, NodeId
from engine.graph.params import ParamValue


@dataclass(frozen=True, slots=True)
class SetCommonParam(Compound):
    """Give one parameter of several nodes one value; consecutive changes of the same parameter merge."""

    def merge(self, later: Edit) -> Edit | None:
        same = isinstance(later, SetCommonParam) and self._targets() == later._targets()
        return later if same else None

    def _targets(self) -> list[tuple[NodeId, str]]:
        return [(edit.node, edit.name) for edit in self.edits if isinstance(edit, SetParam)]


def set_common_param(nodes: Iterable[NodeId], name: str, value: ParamValue) -> SetCommonParam:
    """The edit that sets `name` of all `nodes` to `value`."""
    steps = tuple(SetParam(node, name, value) for node in nodes)
    return SetCommonParam(f"Change {name.replace('_', ' ')} of {len(steps)} layers", steps)


def common_value(graph: Graph, nodes: Iterable[NodeId], name: str) -> ParamValue | None:
    """The value of `name` that all `nodes` share; None when they differ."""
    values = {graph.nodes[node].params[name] for node in nodes}
    return values.pop() if len(values) == 1 else None
