"""Windows that do not divide their image: what sticks out at the end is never looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.analysis.preflight.places import Place
from engine.analysis.preflight.task import Task
from engine.analysis.problem import Fix, Problem, Severity
from engine.graph.edits import SetParam
from engine.graph.expressions import is_expression
from engine.graph.model import Node
from engine.graph.params import Params, ParamValue
from engine.layers.sliding import IMAGE, SEQUENCE, VOLUME, Space, numbers, reaches
from engine.layers.spec import LayerSpec, TensorShape

_NOTABLE = 0.05
"""The share of an axis from which on a loss is worth a word: 1 pixel of 224 is not, 1 of 7 is."""
_FAMILIES = ("Convolution", "Pooling")
_SPACES = {2: SEQUENCE, 3: IMAGE, 4: VOLUME}


@dataclass(frozen=True, slots=True)
class _Loss:
    """What is lost along one axis."""

    axis: int
    """The axis among those of the window."""
    lost: int
    """How many of the last places no window reaches."""
    size: int
    """How many there are."""


def lost_pixels(place: Place, task: Task) -> Iterator[Problem]:
    """A stride that leaves out the end of an image."""
    for node in place.graph.nodes.values():
        layer = place.layer(node.id)
        if layer is None or layer.family not in _FAMILIES:
            continue
        params, shapes, outputs = place.params(node.id), place.inputs(node.id), place.report(node.id).outputs
        if params is None or not outputs or not shapes or not _slides(layer, params):
            continue
        losses = [loss for loss in _losses(shapes[0], outputs[0], params) if loss.lost >= _NOTABLE * loss.size]
        if losses:
            space = _SPACES[len(shapes[0])]
            sentence = (
                f"“{node.name}” never looks at {_described(space, losses)}: its windows do not fit into the size."
            )
            yield place.problem(Severity.WARNING, sentence, node.id, _fixes(place, node, params, losses))


def _slides(layer: LayerSpec, params: Params) -> bool:
    return "kernel_size" in params and "transpose" not in layer.id


def _losses(shape: TensorShape, output: TensorShape, params: Params) -> list[_Loss]:
    count = len(shape) - 1
    padding = numbers(params["padding"]) if "padding" in params and not params.get("same") else (0,) * count
    found = []
    for axis, (size, places, reach, stride, border) in enumerate(
        zip(shape[1:], output[1:], reaches(params), numbers(params["stride"]), padding, strict=True)
    ):
        # A window smaller than its stride skips places everywhere, which nobody does by mistake.
        seen = (places - 1) * stride + reach - border
        if stride <= reach and seen < size and not params.get("same"):
            found.append(_Loss(axis, size - seen, size))
    return found


def _described(space: Space, losses: list[_Loss]) -> str:
    units = {"height": "row", "width": "column", "depth": "layer", "steps": "step"}
    parts = []
    for loss in losses:
        unit = units[space.lengths[loss.axis]]
        number = f"the last {unit}" if loss.lost == 1 else f"the last {loss.lost} {unit}s"
        parts.append(f"{number} of {loss.size}")
    return " and ".join(parts)


def _fixes(place: Place, node: Node, params: Params, losses: list[_Loss]) -> list[Fix]:
    fixes = []
    if params.get("ceil_mode") is False:
        fixes.append(Fix("Round the size up", SetParam(node.id, "ceil_mode", True)))
    elif "padding" in params and not is_expression(node.params["padding"]):
        wider = list(numbers(params["padding"]))
        for loss in losses:
            wider[loss.axis] += (loss.lost + 1) // 2
        padding: ParamValue = tuple(wider) if isinstance(params["padding"], tuple) else wider[0]
        fixes.append(Fix(f"Set the padding to {'×'.join(map(str, wider))}", SetParam(node.id, "padding", padding)))
    return [fix for fix in fixes if place.works(fix.edit, node.id)]
