"""Batch norms that get a single value to normalise."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from engine.analysis.preflight.places import Place
from engine.analysis.preflight.repairs import removal
from engine.analysis.preflight.task import Task
from engine.analysis.problem import Fix, Problem, Severity
from engine.graph.block_edits import Within
from engine.graph.edits import Edit, SetParam, SetSetting
from engine.graph.model import Node
from engine.layers.spec import TensorShape, describe_shape

_NORMS = ("batch_norm1d", "batch_norm2d", "batch_norm3d")
_BETTER_BATCH = 32


def single_values(place: Place, task: Task) -> Iterator[Problem]:
    """A batch norm with one value per channel: the mean is the value itself, and PyTorch refuses to train it."""
    if task.batch_size > 1:
        return
    for node in place.graph.nodes.values():
        shape = _normalised(place, node)
        if shape is None or prod(shape[1:]) > 1:
            continue
        sentence = (
            f"With batches of 1 sample “{node.name}” has one value per channel to normalise, since it gets "
            f"{describe_shape(shape)}; training stops there. Use larger batches, or leave it out."
        )
        yield place.problem(Severity.ERROR, sentence, node.id, _fixes(place, node))


def _normalised(place: Place, node: Node) -> TensorShape | None:
    """The shape of what a node normalises over the batch; None when it does no such thing."""
    if node.layer in _NORMS:
        shapes = place.inputs(node.id)
        return shapes[0] if shapes and place.report(node.id).outputs else None
    params = place.params(node.id)
    if node.layer == "shortcut" and params and params["norm"] and place.report(node.id).parameters:
        return place.report(node.id).outputs[0]
    return None


def _fixes(place: Place, node: Node) -> list[Fix]:
    # The recipe belongs to the network, in whichever block the layer lies.
    batch = Within("", SetSetting("recipe", "batch_size", _BETTER_BATCH))
    without: Edit = removal(place.graph, node.id).edit
    if node.layer == "shortcut":
        without = SetParam(node.id, "norm", False)
    label = f"Remove {node.name}" if node.layer != "shortcut" else f"Take the norm out of {node.name}"
    return [Fix(f"Set the batch size to {_BETTER_BATCH}", batch), Fix(label, without)]
