"""Layers that take parts of a sample, or put a border around it."""

from __future__ import annotations

from collections.abc import Sequence

from engine.graph.params import Choice, Int, Params, ParamValue, Sizes, format_value
from engine.layers.axes import axis_index, axis_objection, axis_param
from engine.layers.shape import rearrangement
from engine.layers.sliding import numbers
from engine.layers.spec import Call, Port, TensorShape, describe_shape, whole

_IMAGE = (Port("image", ranks=(3,)),)


def _crop_check(shapes: Sequence[TensorShape], params: Params) -> str | None:
    for image, wanted, axis in zip(shapes[0][1:], numbers(params["size"]), ("high", "wide"), strict=True):
        if wanted > image:
            return f"Crop is to be {wanted} {axis}, but {describe_shape(shapes[0])} is only {image} {axis}."
    return None


CROP = rearrangement(
    id="crop",
    label="Crop",
    target="engine.modules.shape.crop",
    call=Call.FUNCTION,
    base_name="crop",
    doc="Cuts a rectangle out of an image and throws the rest away.",
    formula="y[c, i, j] = x[c, i + top, j + left]",
    shape_rule="Channels stay; height and width → size.",
    when="To bring a skip connection to the size of what it meets, as the original U-Net does.",
    pitfalls="What lies outside is lost, and gets no gradient. Where the margin is odd, the larger half is cut off at "
    "the bottom and the right.",
    source="Ronneberger et al., 2015",
    also="center centre cut out",
    icon="crop",
    params=(
        Sizes(
            name="size", default=(24, 24), minimum=1, maximum=10_000, unit="px", doc="Height and width of what is kept."
        ),
        Choice(
            name="anchor",
            label="Where",
            default="center",
            options=("center", "top_left"),
            titles=("Centre", "Top left"),
            doc="Which part of the image is kept.",
        ),
    ),
    inputs=_IMAGE,
    check=_crop_check,
    summary=lambda params: f"→ {format_value(params['size'])}",
)


def _side(name: str) -> Int:
    doc = f"How many pixels are put on at the {name}."
    return Int(name=name, default=1, maximum=1024, unit="px", passed=False, doc=doc)


_SIDES = ("left", "right", "top", "bottom")
_PADS = {
    "zeros": "torch.nn.ZeroPad2d",
    "reflect": "torch.nn.ReflectionPad2d",
    "replicate": "torch.nn.ReplicationPad2d",
    "circular": "torch.nn.CircularPad2d",
}


def _border(shapes: Sequence[TensorShape], params: Params) -> dict[str, ParamValue]:
    return {"padding": tuple(whole(params[side]) for side in _SIDES)}


def _pad_check(shapes: Sequence[TensorShape], params: Params) -> str | None:
    _, height, width = shapes[0]
    mode = params["mode"]
    for side, size in zip(_SIDES, (width, width, height, height), strict=True):
        border = whole(params[side])
        # A mirror does not repeat the pixel at the edge, so it runs out one earlier than a loop.
        most = size - 1 if mode == "reflect" else size
        if mode in ("reflect", "circular") and border > most:
            return (
                f"Pad cannot take {border} pixels for the {side} from {describe_shape(shapes[0])}: "
                f"there are only {most} to {'mirror' if mode == 'reflect' else 'go round with'}."
            )
    return None


def _pad_summary(params: Params) -> str:
    borders = [whole(params[side]) for side in _SIDES]
    return f"+{borders[0]}" if len(set(borders)) == 1 else " ".join(f"+{border}" for border in borders)


PAD = rearrangement(
    id="pad",
    label="Pad",
    choose_target=lambda shapes, params: _PADS[str(params["mode"])],
    base_name="pad",
    doc="Puts a border around an image, on each side as wide as you say.",
    formula="y[c, i, j] = x[c, i − top, j − left] inside; outside zeros, or pixels from the image",
    shape_rule="Channels stay; height + top + bottom, width + left + right.",
    when="Where the padding of a convolution is not enough: a border that differs by side, or a mirrored one, which "
    "leaves no dark rim in generated images.",
    pitfalls="A border of zeros is an edge that filters can see, and by which they can tell where they are.",
    source="torch.nn.ZeroPad2d; mirrored: Johnson et al., 2016",
    also="padding border zero reflect mirror replicate circular wrap",
    icon="border-outside",
    params=(
        Choice(
            name="mode",
            label="Filled with",
            default="zeros",
            options=tuple(_PADS),
            titles=("Zeros", "Mirror image", "Edge pixels", "Opposite side"),
            passed=False,
            doc="What the border holds: zeros, the image mirrored at its edge, copies of the pixels at the edge, or "
            "the image from its other side, as on a globe.",
        ),
        *map(_side, _SIDES),
    ),
    inputs=_IMAGE,
    wire=_border,
    check=_pad_check,
    summary=_pad_summary,
)


def _slice_check(shapes: Sequence[TensorShape], params: Params) -> str | None:
    axis, start, length = (whole(params[name]) for name in ("dim", "start", "length"))
    objection = axis_objection("Slice cuts", shapes[0], axis)
    if objection:
        return objection
    size = shapes[0][axis_index(shapes[0], axis)]
    if start + length > size:
        return (
            f"Slice takes entries {start} to {start + length - 1} along axis {axis}, "
            f"but {describe_shape(shapes[0])} has only {size} there, counted from 0."
        )
    return None


SLICE = rearrangement(
    id="slice",
    label="Slice",
    target="torch.narrow",
    call=Call.FUNCTION,
    base_name="slice",
    doc="Takes a stretch of entries along one axis: some channels, some steps, some rows.",
    formula="y[i] = x[start + i], 0 ≤ i < length",
    shape_rule="The size along the axis → length; the axis stays, even with length 1.",
    when="To treat some channels in another way, or to look at one step of a sequence.",
    pitfalls="What is left out gets no gradient from here. Entries count from 0, axes from 1.",
    source="torch.narrow",
    also="narrow select index range part",
    icon="content-cut",
    params=(
        axis_param("The axis from which entries are taken."),
        Int(name="start", default=0, maximum=10_000_000, doc="The first entry that is taken, counted from 0."),
        Int(name="length", default=1, minimum=1, maximum=10_000_000, doc="How many entries are taken."),
    ),
    check=_slice_check,
    summary=lambda params: f"{params['start']}:{whole(params['start']) + whole(params['length'])}",
)


def _split_check(shapes: Sequence[TensorShape], params: Params) -> str | None:
    axis, parts = whole(params["dim"]), whole(params["chunks"])
    objection = axis_objection("Split cuts", shapes[0], axis)
    if objection:
        return objection
    size = shapes[0][axis_index(shapes[0], axis)]
    if size % parts:
        return f"Split cannot cut {describe_shape(shapes[0])} into {parts} equal parts of its {size} along axis {axis}."
    return None


SPLIT = rearrangement(
    id="split",
    label="Split",
    target="torch.chunk",
    call=Call.FUNCTION,
    base_name="split",
    doc="Cuts a sample into equal parts along one axis; each part has an output of its own.",
    formula="y₁ = x[0 … n/k − 1], y₂ = x[n/k … 2n/k − 1], …",
    shape_rule="The size along the axis → size / parts, at each output.",
    when="To send groups of channels different ways, as ShuffleNet V2 does, or to make a gate of one half.",
    pitfalls="An output that leads nowhere is computed for nothing.",
    source="torch.chunk; Ma et al., 2018",
    also="chunk divide branch",
    icon="set-split",
    params=(
        Int(
            name="chunks",
            label="Parts",
            default=2,
            minimum=2,
            maximum=64,
            fixed=True,
            doc="How many parts there are, and so how many outputs.",
        ),
        axis_param("The axis that is cut."),
    ),
    outputs=(Port("part"),),
    count_outputs=lambda params: whole(params["chunks"]),
    check=_split_check,
    summary=lambda params: f"{params['chunks']} parts",
)
