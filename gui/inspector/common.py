"""What the pages share: one parameter of several layers, and changes that are refused where they are made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from engine.graph.block_edits import Within
from engine.graph.edits import Compound, Edit, SetParam
from engine.graph.errors import GraphError
from engine.graph.model import Graph, Node, NodeId
from engine.graph.params import Param, ParamValue
from gui.workspace import Workspace


def set_common_param(nodes: Iterable[NodeId], name: str, value: ParamValue) -> Edit:
    """The edit that sets `name` of all `nodes` to `value`."""
    steps = tuple(SetParam(node, name, value) for node in nodes)
    return Compound(f"Change {name.replace('_', ' ')} of {len(steps)} layers", steps)


class CommonValues:
    """What several layers hold for some parameters, kept up to date change by change, however many they are."""

    def __init__(self, graph: Graph, nodes: Iterable[NodeId], params: Iterable[Param]) -> None:
        self._held: dict[str, dict[NodeId, ParamValue]] = {}
        self._counts: dict[str, Counter[ParamValue]] = {}
        known = [graph.nodes[node] for node in nodes]
        for param in params:
            held = {node.id: node.params.get(param.name, param.default) for node in known}
            self._held[param.name] = held
            self._counts[param.name] = Counter(held.values())

    def __getitem__(self, name: str) -> ParamValue | None:
        """The value of the parameter `name` that all of them share; None when they differ."""
        counts = self._counts[name]
        return next(iter(counts)) if len(counts) == 1 else None

    def all(self) -> dict[str, ParamValue | None]:
        """The same for all parameters."""
        return {name: self[name] for name in self._counts}

    def update(self, node: Node, name: str) -> None:
        """Take over the value of the parameter `name` from `node`; others than those it was made for are ignored."""
        held = self._held.get(name, {})
        if node.id not in held or name not in node.params:
            return
        counts, before = self._counts[name], held[node.id]
        counts[before] -= 1
        if not counts[before]:
            del counts[before]
        held[node.id] = node.params[name]
        counts[node.params[name]] += 1


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
