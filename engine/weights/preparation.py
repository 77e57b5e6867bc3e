"""What a network needs besides the tensors of published weights to compute what torchvision's network computes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from engine.graph.edits import AddNode, Compound, Connect, Disconnect, Edit, MoveNodes
from engine.graph.model import Edge, Graph, Node
from engine.graph.params import Params
from engine.layers.nodes import new_node
from engine.layers.rescaling import NORMALIZE, RESCALE, read_numbers
from engine.layout.metrics import PITCH
from engine.weights.catalogue import published, published_in, rescales_input
from engine.weights.declarations import is_published
from engine.zoo import input_transform

_COLOURS = 3
_CLOSE = 1e-3
"""How far two numbers may be apart, as a share of the larger one, to mean the same."""


@dataclass(frozen=True, slots=True)
class Preparation:
    """What is changed in a network before weights are loaded into it."""

    edits: tuple[Edit, ...] = ()
    """The changes; none when the network has all it needs."""
    sentence: str = ""
    """The same in words."""


def prepare(graph: Graph, source: str) -> Preparation:
    """What to change in `graph`, which stays as it is, for the weights of `source` to mean what they mean there.

    Args:
        graph: a network that the weights fit.
        source: as in `WeightChoice`. A file has to have the name under which torchvision publishes it: the same
            tensors from elsewhere may have been trained on images as they are.

    Raises:
        WeightsError: torchvision has no weights of this name.
    """
    weights = published(source) if is_published(source) else published_in(PurePath(source).name)
    if weights is None or not rescales_input(weights):
        return Preparation()
    copy = graph.snapshot()
    edits: list[Edit] = []
    names: list[str] = []
    for node in list(copy.nodes.values()):
        shape = node.params.get("shape")
        if node.layer == "input" and isinstance(shape, tuple) and len(shape) == 3:
            params = input_transform.transform_input(shape[0])
            preprocessing = _preprocessing(copy, node)
            if not any(other.layer == RESCALE.id and _is_same(other.params, params) for other in preprocessing):
                edit, name = _insertion(copy, preprocessing, params)
                edit.apply(copy)
                edits.append(edit)
                numbers = "" if shape[0] == _COLOURS else ", with the mean of the colours' numbers"
                names.append(f"“{name}” is put behind “{preprocessing[-1].name}”{numbers}")
    if not edits:
        return Preparation()
    return Preparation(tuple(edits), f"{' and '.join(names)}: these weights expect images on another scale.")


def _preprocessing(graph: Graph, node: Node) -> list[Node]:
    """An Input, and the layers “Normalize” and “Rescale” that follow it one after another."""
    found = [node]
    while True:
        targets = {edge.target for edge in graph.outgoing(found[-1].id)}
        following = graph.nodes[targets.pop()] if len(targets) == 1 else None
        if following is None or following.layer not in (NORMALIZE.id, RESCALE.id):
            return found
        found.append(following)


def _is_same(one: Params, other: Params) -> bool:
    """Whether two layers “Rescale” do the same."""
    for param in RESCALE.params:
        numbers, wanted = (read_numbers(str(params[param.name])) for params in (one, other))
        if len(numbers) != len(wanted) or not all(map(_is_close, numbers, wanted)):
            return False
    return True


def _is_close(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=_CLOSE)


def _insertion(graph: Graph, preprocessing: list[Node], params: dict[str, Any]) -> tuple[Edit, str]:
    """The edit that puts a layer where the last of `preprocessing` is, which moves up; and what the layer is called."""
    last = preprocessing[-1]
    node = new_node(graph, RESCALE.id, last.position, name=input_transform.NAME, **params)
    outgoing = graph.outgoing(last.id)
    steps = (
        MoveNodes({other.id: (other.position[0], other.position[1] - PITCH) for other in preprocessing}),
        AddNode(node),
        *map(Disconnect, outgoing),
        Connect(Edge(last.id, 0, node.id, 0)),
        *(Connect(Edge(node.id, 0, edge.target, edge.target_port)) for edge in outgoing),
    )
    return Compound(f"Insert {node.name}", steps), node.name
