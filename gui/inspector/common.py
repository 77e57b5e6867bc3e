"""What the pages share: one parameter of several layers, and changes that are refused where they are made."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from engine.graph.block_edits import Within
from engine.graph.edits import Compound, Edit, SetParam
from engine.graph.errors import GraphError
from engine.graph.model import Graph, NodeId
from engine.graph.params import Param, ParamValue
from gui.workspace import Workspace


def set_common_param(nodes: Iterable[NodeId], name: str, value: ParamValue) -> Edit:
    """The edit that sets `name` of all `nodes` to `value`."""
    steps = tuple(SetParam(node, name, value) for node in nodes)
    return Compound(f"Change {name.replace('_', ' ')} of {len(steps)} layers", steps)


def common_value(graph: Graph, nodes: Iterable[NodeId], param: Param) -> ParamValue | None:
    """The value of `param` that all `nodes` share; None when they differ."""
    values = {graph.nodes[node].params.get(param.name, param.default) for node in nodes}
    return values.pop() if len(values) == 1 else None


def refusal(workspace: Workspace, edit: Edit) -> str:
    """Why `edit` of the graph in view cannot be made, in a sentence; empty when it can."""
    block = workspace.graph.block
    try:
        (Within(block, edit) if block else edit).apply(workspace.document.snapshot())
    except GraphError as error:
        return str(error)
    return ""


def attempt(workspace: Workspace, edit: Callable[[], Edit]) -> str:
    """Make a change of the graph in view, or say in a sentence why it cannot be made.

    So a refusal can be shown where the user looks, and not in the window's status.

    Args:
        edit: makes the edit, or raises `GraphError`.
    """
    try:
        change = edit()
    except GraphError as error:
        return str(error)
    reason = refusal(workspace, change)
    if not reason:
        workspace.push(change)
    return reason
