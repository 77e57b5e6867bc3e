"""Inputs and outputs: exactly one Input and at least one Output in a network, and an output in every block."""

from __future__ import annotations

from collections.abc import Iterator

from engine.analysis.preflight.places import Place
from engine.analysis.preflight.task import Task
from engine.analysis.problem import Fix, Problem, Severity
from engine.graph.edits import AddNode, Compound, Connect, RemoveNode
from engine.graph.model import Edge, NodeId
from engine.layers.nodes import new_node
from engine.layers.spec import Call
from engine.layers.wiring import free_input
from engine.layout.metrics import PITCH


def missing_ends(place: Place, task: Task) -> Iterator[Problem]:
    """A network without an Input or an Output, and a block without an output."""
    if not place.is_network:
        if not place.ends(Call.OUTPUT):
            sentence = f"The block “{place.graph.block}” has no Block output: add one and wire the last layer to it."
            yield place.problem(Severity.ERROR, sentence, fixes=_new_output(place, "block_output"))
        return
    if not place.ends(Call.INPUT):
        sentence = "The network has no Input: add one and wire it to the first layer."
        yield place.problem(Severity.ERROR, sentence, fixes=_new_input(place, task))
    if not place.ends(Call.OUTPUT):
        sentence = "The network has no Output: add one and wire the last layer to it."
        yield place.problem(Severity.ERROR, sentence, fixes=_new_output(place, "output"))


def _new_input(place: Place, task: Task) -> list[Fix]:
    """An Input for the only layer that lacks one."""
    lacking = [node for node in place.graph.nodes if not place.graph.incoming(node) and _free(place, node) is not None]
    if len(lacking) != 1:
        return []
    x, y = place.graph.nodes[lacking[0]].position
    node = new_node(place.graph, "input", (x, y - PITCH), shape=task.input_shape)
    wire = Connect(Edge(node.id, 0, lacking[0], _free(place, lacking[0]) or 0))
    edit = Compound("Add Input", (AddNode(node), wire))
    return [Fix("Add Input", edit)] if place.works(edit, lacking[0]) else []


def _free(place: Place, node: NodeId) -> int | None:
    return None if place.layer(node) is None else free_input(place.graph, node)


def _new_output(place: Place, layer: str) -> list[Fix]:
    """An Output for the only layer that leads nowhere."""
    last = [
        node
        for node in place.graph.nodes
        if (declared := place.layer(node)) is not None and declared.outputs and not place.graph.outgoing(node)
    ]
    if len(last) != 1:
        return []
    x, y = place.graph.nodes[last[0]].position
    node = new_node(place.graph, layer, (x, y + PITCH))
    edit = Compound("Add Output", (AddNode(node), Connect(Edge(last[0], 0, node.id, 0))))
    return [Fix("Add Output", edit)]


def superfluous_inputs(place: Place, task: Task) -> Iterator[Problem]:
    """A second Input of the network; each further Output is an auxiliary head."""
    if not place.is_network:
        return
    for node in place.ends(Call.INPUT)[1:]:
        sentence = "The network has more than one Input; training needs exactly one."
        # What an Input feeds would lack it.
        fixes = [] if place.graph.outgoing(node.id) else [Fix(f"Delete {node.name}", RemoveNode(node.id))]
        yield place.problem(Severity.ERROR, sentence, node.id, fixes)
