"""Layers in a row that are no more than one, since nothing bends the values between them."""

from __future__ import annotations

from collections.abc import Iterator

from engine.analysis.preflight.places import Place
from engine.analysis.preflight.repairs import insert
from engine.analysis.preflight.task import Task
from engine.analysis.problem import Problem, Severity
from engine.graph.model import Edge, Node

_DENSE, _CONVOLUTIONS = "linear", ("conv1d", "conv2d", "conv3d")
_WIDTHS = {_DENSE: "out_features", **dict.fromkeys(_CONVOLUTIONS, "out_channels")}
"""The parameter of each linear layer that says how many values, or channels, come out."""
_LINEAR = ("batch_norm1d", "batch_norm2d", "batch_norm3d", "flatten")
"""Layers that, once trained, only scale, shift and rearrange."""


def missing_nonlinearity(place: Place, task: Task) -> Iterator[Problem]:
    """Two dense layers, or two convolutions, without an activation between them."""
    for node in place.graph.nodes.values():
        if node.layer not in _WIDTHS or not place.report(node.id).outputs:
            continue
        way = _way_back(place, node)
        if not way:
            continue
        before = place.graph.nodes[way[-1].source]
        if not _is_pair(place, before, node):
            continue
        sentence = (
            f"Between “{before.name}” and “{node.name}” there is no activation, so the two can learn no more than one "
            "linear layer could: put an activation such as ReLU between them."
        )
        # Behind a batch norm, as is usual, but before what only lays the values out in another way.
        edge = next((edge for edge in reversed(way) if not _is_norm(place.graph.nodes[edge.target])), way[0])
        yield place.problem(Severity.WARNING, sentence, node.id, [insert(place.graph, [edge], ("relu", {}))])


def _way_back(place: Place, node: Node) -> list[Edge]:
    """The wires from `node` back to the linear layer before it; none where there is another kind of layer."""
    way: list[Edge] = []
    while True:
        incoming = place.graph.incoming(node.id)
        # What also goes elsewhere may well be wanted as it is.
        if len(incoming) != 1 or len(place.graph.outgoing(incoming[0].source)) != 1:
            return []
        way.append(incoming[0])
        node = place.graph.nodes[incoming[0].source]
        if node.layer in _WIDTHS:
            return way
        layer = place.layer(node.id)
        if layer is None or (node.layer not in _LINEAR and layer.family != "Regularization"):
            return []


def _is_norm(node: Node) -> bool:
    return node.layer in _LINEAR[:3]


def _is_pair(place: Place, first: Node, second: Node) -> bool:
    """Whether the two are no more than one layer, and hardly meant so.

    Two layers with a bottleneck between them save weights, as do a convolution and one that only mixes channels; both
    are done on purpose. So is everything with groups.
    """
    kinds = {_CONVOLUTIONS if node.layer in _CONVOLUTIONS else node.layer for node in (first, second)}
    before, after = place.params(first.id), place.params(second.id)
    if kinds == {_DENSE} and before and after:
        width, wide = before[_WIDTHS[first.layer]], after[_WIDTHS[second.layer]]
        inputs = place.inputs(first.id)
        return not (inputs and isinstance(width, int) and isinstance(wide, int) and width < min(inputs[0][-1], wide))
    if kinds == {_CONVOLUTIONS} and before and after:
        kernel = after["kernel_size"]
        mixes_channels = set(kernel if isinstance(kernel, tuple) else (kernel,)) == {1}
        squeezes = (
            place.inputs(first.id)[0][0] > place.report(first.id).outputs[0][0] < place.report(second.id).outputs[0][0]
        )
        return before["groups"] == 1 == after["groups"] and not mixes_channels and not squeezes
    return kinds == {_CONVOLUTIONS, _DENSE}
