"""Layers that nothing feeds, and layers that feed nothing."""

from __future__ import annotations

from collections.abc import Iterator

from engine.analysis.preflight.places import Place
from engine.analysis.preflight.repairs import removal
from engine.analysis.preflight.task import Task
from engine.analysis.problem import Fix, Problem, Severity
from engine.graph.edits import RemoveNode, remove
from engine.graph.model import Node, NodeId
from engine.layers.spec import Call
from engine.layers.wiring import free_input


def unwired(place: Place, task: Task) -> Iterator[Problem]:
    """Inputs to which nothing is wired, and merges of a single value."""
    for node in place.graph.nodes.values():
        declared = place.layer(node.id)
        if declared is None or not declared.inputs:
            continue
        if declared.is_variadic:
            inputs = len(place.graph.incoming(node.id))
            if inputs == 0:
                yield place.problem(Severity.ERROR, f"Nothing is wired to “{node.name}”.", node.id)
            elif inputs == 1:
                sentence = f"“{node.name}” has only one input, so there is nothing to {declared.label.lower()}."
                # A stack of one still has an axis more.
                fixes = [] if node.layer == "stack" else [removal(place.graph, node.id)]
                yield place.problem(Severity.WARNING, sentence, node.id, fixes)
        elif free_input(place.graph, node.id) is not None:
            fixes = _without_end(place, node) if declared.call is Call.OUTPUT else []
            yield place.problem(Severity.ERROR, f"Nothing is wired to the input of “{node.name}”.", node.id, fixes)


def _without_end(place: Place, node: Node) -> list[Fix]:
    """Delete an Output of the network that nothing feeds, where another one remains."""
    is_spare = place.is_network and len(place.ends(Call.OUTPUT)) > 1
    return [Fix(f"Delete {node.name}", RemoveNode(node.id))] if is_spare else []


def dead_ends(place: Place, task: Task) -> Iterator[Problem]:
    """Layers whose values nothing uses."""
    outputs = [node.id for node in place.ends(Call.OUTPUT)]
    if not outputs:
        return
    alive = leading_to(place, outputs)
    is_whole = any((layer := place.layer(node)) is not None and layer.call is Call.INPUT for node in alive)
    target = "the Output" if place.is_network else "a Block output"
    for node in place.graph.nodes.values():
        declared = place.layer(node.id)
        if declared is not None and declared.outputs and not place.graph.outgoing(node.id):
            sentence = f"“{node.name}” leads nowhere: wire it on towards {target}, or delete it."
            # While the network itself is in pieces, what leads nowhere may just have to be wired on.
            fixes = _deletion(place, node.id) if is_whole else []
            yield place.problem(Severity.WARNING, sentence, node.id, fixes)


def leading_to(place: Place, nodes: list[NodeId]) -> set[NodeId]:
    """`nodes` and everything that feeds them, directly or not."""
    found, stack = set(nodes), list(nodes)
    while stack:
        for edge in place.graph.incoming(stack.pop()):
            if edge.source not in found:
                found.add(edge.source)
                stack.append(edge.source)
    return found


def _deletion(place: Place, end: NodeId) -> list[Fix]:
    """Delete `end` and everything that leads only there."""
    doomed: list[NodeId] = []
    waiting = [end]
    while waiting:
        node = waiting.pop(0)
        declared = place.layer(node)
        if declared is None or declared.call is Call.INPUT or node in doomed:
            continue
        if all(edge.target in doomed for edge in place.graph.outgoing(node)):
            doomed.append(node)
            waiting += [edge.source for edge in place.graph.incoming(node)]
    if not doomed:
        return []
    edit = remove(place.graph, doomed)
    return [Fix(edit.label, edit)]
