"""Copies of blocks that would be called like other layers."""

from __future__ import annotations

from collections.abc import Iterator

from engine.analysis.preflight.places import Place
from engine.analysis.preflight.task import Task
from engine.analysis.problem import Fix, Problem, Severity
from engine.graph.edits import SetParam
from engine.graph.model import Node
from engine.graph.names import prefixes
from engine.layers.blocks import NUMBERING, copies
from engine.layers.spec import Call


def clashing_copies(place: Place, task: Task) -> Iterator[Problem]:
    """An instance whose copies count on from its name, over the name of another layer."""
    nodes = place.graph.nodes.values()
    counting = [node for node in nodes if node.params.get(NUMBERING.name) == "beside"]
    owners: dict[str, set[str]] = {}
    for node in nodes if counting else ():
        for name in _modules(place, node):
            owners.setdefault(name, set()).add(node.name)
    for node in counting:
        clash = next(filter(None, (_other(name, node.name, owners) for name in _modules(place, node))), None)
        if clash is not None:
            sentence = (
                f"The copies of “{node.name}” count on from its name, but “{clash}” is the name of another layer: "
                "rename one of them, or let the copies be numbered inside the name."
            )
            fix = Fix("Number the copies inside the name", SetParam(node.id, NUMBERING.name, "inside"))
            yield place.problem(Severity.ERROR, sentence, node.id, [fix])


def _modules(place: Place, node: Node) -> list[str]:
    """What the modules of a node are called."""
    layer, params = place.layer(node.id), place.params(node.id)
    if layer is None or params is None or layer.call is not Call.BLOCK:
        return [node.name]
    return copies(node, params)


def _other(name: str, own: str, owners: dict[str, set[str]]) -> str | None:
    """Another layer that is called `name`, or in which it would lie, or that would lie in it."""
    for path in (name, *prefixes(name)):
        if owners.get(path, set()) - {own}:
            return path
    return next((path for path in owners if path.startswith(f"{name}.") and owners[path] - {own}), None)
