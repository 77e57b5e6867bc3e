"""Other values of a layer's parameters with which it can take its input."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from math import gcd

from engine.analysis.preflight.places import Place
from engine.analysis.problem import Fix
from engine.graph.edits import Compound, Edit, SetParam
from engine.graph.expressions import is_expression
from engine.graph.model import NodeId
from engine.graph.params import ParamError, Params, ParamValue
from engine.layers.sliding import numbers, reaches
from engine.layers.spec import LayerSpec, TensorShape, whole

_DIVIDING = ("groups", "num_groups", "num_heads", "nhead")
"""Parameters that have to divide the channels or features."""


def wider_borders(place: Place, node: NodeId, layer: LayerSpec, params: Params, shape: TensorShape) -> Iterator[Fix]:
    """As much padding as the window needs."""
    if "padding" not in params or len(shape) - 1 != len(numbers(params["padding"])):
        return
    needed = zip(numbers(params["padding"]), reaches(params), shape[1:], strict=True)
    padding = tuple(max(border, (reach - size + 1) // 2) for border, reach, size in needed)
    yield from _changed(place, node, layer, [shape], params, {"padding": padding}, "Set the padding to")


def narrower_windows(place: Place, node: NodeId, layer: LayerSpec, params: Params, shape: TensorShape) -> Iterator[Fix]:
    """A window that is no larger than the padded input, and padding that is at most half of a pooling window."""
    kernel = numbers(params["kernel_size"])
    if len(shape) - 1 != len(kernel):
        return
    padding = numbers(params["padding"]) if "padding" in params and not params.get("same") else (0,) * len(kernel)
    if layer.family == "Pooling":
        half = tuple(min(border, size // 2) for border, size in zip(padding, kernel, strict=True))
        yield from _changed(place, node, layer, [shape], params, {"padding": half}, "Set the padding to")
    dilation = numbers(params["dilation"]) if "dilation" in params else (1,) * len(kernel)
    smaller = tuple(
        max(1, min(taps, (size + 2 * border - 1) // spread + 1))
        for taps, size, border, spread in zip(kernel, shape[1:], padding, dilation, strict=True)
    )
    if smaller == kernel:
        return
    change: dict[str, ParamValue] = {"kernel_size": smaller}
    if layer.family == "Pooling" and "padding" in params:
        change["padding"] = tuple(min(border, size // 2) for border, size in zip(padding, smaller, strict=True))
    yield from _changed(place, node, layer, [shape], params, change, "Set the kernel size to")


def divisors(
    place: Place, node: NodeId, layer: LayerSpec, params: Params, shapes: Sequence[TensorShape]
) -> Iterator[Fix]:
    """As many groups or heads as divide the channels or features."""
    for name in _DIVIDING:
        if name in params:
            features = shapes[0][-1] if "head" in name else shapes[0][0]
            others = [whole(params["out_channels"])] if "out_channels" in params else []
            number = reduce(gcd, [features, *others], whole(params[name]))
            title = layer.param(name).title.lower()
            yield from _changed(place, node, layer, shapes, params, {name: number}, f"Set the {title} to")


def _changed(
    place: Place,
    node: NodeId,
    layer: LayerSpec,
    shapes: Sequence[TensorShape],
    params: Params,
    change: Params,
    label: str,
) -> Iterator[Fix]:
    """The fix that makes `change`, where it is one, the layer works then, and no expression would be lost."""
    placed = place.graph.nodes[node].params
    plain: dict[str, ParamValue] = {}
    for name, value in change.items():
        # Windows along one axis are plain numbers.
        fitting = value[0] if isinstance(value, tuple) and isinstance(params.get(name), int) else value
        if name in params and fitting != params[name]:
            plain[name] = fitting
    if not plain or any(is_expression(placed[name]) for name in plain):
        return
    try:
        checked = {name: layer.param(name).check(value) for name, value in plain.items()}
    except ParamError:
        return
    if layer.objection(shapes, {**params, **checked}):
        return
    first = next(iter(checked.values()))
    steps: list[Edit] = [SetParam(node, name, value) for name, value in checked.items()]
    edit = steps[0] if len(steps) == 1 else Compound(label, tuple(steps))
    yield Fix(f"{label} {'×'.join(map(str, numbers(first)))}", edit)
