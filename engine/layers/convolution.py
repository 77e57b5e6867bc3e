"""Layers that slide learnable filters over a sequence, an image or a volume."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import prod

from engine.graph.params import Bool, Choice, Int, Param, Params, ParamValue, format_value
from engine.layers.initialization import weight_init
from engine.layers.sliding import (
    IMAGE,
    SEQUENCE,
    VOLUME,
    Space,
    numbers,
    output_objection,
    reaches,
    window_objection,
    window_text,
)
from engine.layers.spec import LayerSpec, TensorShape, weights_objection, whole

_SHAPE_RULE = "each size → ⌊(size + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1."


def filters_param() -> Param:
    """How many filters a convolution has."""
    return Int(
        name="out_channels",
        label="Filters",
        default=16,
        minimum=1,
        maximum=65_536,
        doc="The number of filters, and so of output channels.",
    )


def dilation_param(space: Space) -> Param:
    """How far apart the taps of a filter are."""
    doc = "The distance between the filter's taps; above 1 it sees further with as many weights."
    return space.numbers("dilation", 1, doc, minimum=1)


def groups_param() -> Param:
    """Into how many parts the channels fall."""
    return Int(
        name="groups",
        default=1,
        minimum=1,
        maximum=65_536,
        doc="Into how many independent groups the channels are split; as many as channels makes it depthwise.",
    )


def bias_param() -> Param:
    """Whether a convolution adds constants."""
    doc = "Whether each filter adds a learnable constant; not needed before a batch norm."
    return Bool(name="bias", default=True, doc=doc)


def groups_objection(channels: int, filters: int, groups: int) -> str | None:
    """Say so when the channels cannot be divided into groups."""
    for end, count in (("input", channels), ("output", filters)):
        if count % groups:
            return f"{count} {end} channels cannot be divided into {groups} groups."
    return None


def filters_text(params: Params) -> str:
    """`64 · 3×3 · /2`: how many filters, and their window."""
    return f"{format_value(params['out_channels'])} · {window_text(params)}"


def _window_params(space: Space) -> tuple[Param, ...]:
    """Size and steps of the filter, and what is done at the border."""
    return (
        space.numbers("kernel_size", 3, f"The size of each filter: {space.sizes}.", minimum=1),
        space.numbers(
            "stride",
            1,
            f"How far the filter moves from one output to the next; 2 halves the {space.name}.",
            minimum=1,
        ),
        Bool(
            name="same",
            label="Keep size",
            default=False,
            passed=False,
            doc="Pads by just as much as keeps the size, whatever the kernel and dilation; only with stride 1.",
        ),
        space.numbers(
            "padding",
            0,
            f"How much is put around the {space.name} at each end; kernel // 2 keeps its size.",
            only_with=("same", (False,)),
        ),
        Choice(
            name="padding_mode",
            label="Border",
            default="zeros",
            options=("zeros", "reflect", "replicate", "circular"),
            titles=("Zeros", "Mirrored", "Edge repeated", "Wrapped around"),
            doc=f"What the padding is made of: zeros, the {space.name} mirrored at its edge, its edge repeated, "
            "or its other end, as if it were a ring.",
        ),
        dilation_param(space),
    )


def _border(params: Params) -> dict[str, ParamValue]:
    return {"padding": "same"} if params["same"] else {}


def _wire(shapes: Sequence[TensorShape], params: Params) -> dict[str, ParamValue]:
    return {"in_channels": shapes[0][0], **_border(params)}


def _border_objection(space: Space, shape: TensorShape, params: Params) -> str | None:
    """Why the padding cannot be made, or is not enough for the window."""
    if params["same"]:
        if set(numbers(params["stride"])) != {1}:
            return "“Keep size” works with stride 1 only: a larger stride shrinks. Set the stride to 1, or pad by hand."
        # PyTorch puts what cannot be halved behind.
        padding = tuple(reach // 2 for reach in reaches(params))
    else:
        padding = numbers(params["padding"])
    mode = params["padding_mode"]
    if mode in ("reflect", "circular"):
        for size, border, adjective in zip(shape[1:], padding, space.adjectives, strict=True):
            largest = size - 1 if mode == "reflect" else size
            if border > largest:
                how = "mirrored" if mode == "reflect" else "wrapped around"
                return (
                    f"A {space.name} that is {size} {adjective} can be {how} by {largest} at most, not by {border}. "
                    "Use less padding or another border."
                )
    return None if params["same"] else window_objection(space, "convolution", shape, params)


def _size_objection(label: str, filters: int, shape: TensorShape, params: Params) -> str | None:
    """Say so when the filters, or what they give, are too many to be kept."""
    sizes = shape[1:]
    if not params["same"]:
        columns = zip(sizes, numbers(params["padding"]), reaches(params), numbers(params["stride"]), strict=True)
        sizes = tuple((size + 2 * padding - reach) // stride + 1 for size, padding, reach, stride in columns)
    return output_objection(label, (filters, *sizes))


def _check(space: Space, label: str, shapes: Sequence[TensorShape], params: Params) -> str | None:
    channels, groups, filters = shapes[0][0], whole(params["groups"]), whole(params["out_channels"])
    weights = filters * (channels // groups) * prod(numbers(params["kernel_size"]))
    return (
        groups_objection(channels, filters, groups)
        or _border_objection(space, shapes[0], params)
        or weights_objection(label, weights)
        or _size_objection(label, filters, shapes[0], params)
    )


def _convolution(space: Space, *, doc: str, when: str, pitfalls: str, source: str, also: str, icon: str) -> LayerSpec:
    label = f"Conv {space.axes}D"
    return LayerSpec(
        id=f"conv{space.axes}d",
        label=label,
        family="Convolution",
        target=f"torch.nn.Conv{space.axes}d",
        base_name="conv",
        doc=doc,
        formula=f"y[o, {space.place}] = b[o] + Σ w[o, c, {space.taps}] · x[c, {space.under}]",
        shape_rule=f"{space.layout}: channels → filters; {_SHAPE_RULE}",
        when=when,
        pitfalls=pitfalls,
        source=source,
        also=also,
        icon=icon,
        params=(filters_param(), *_window_params(space), groups_param(), bias_param(), *weight_init()),
        inputs=(space.port,),
        wire=_wire,
        check=partial(_check, space, label),
        summary=filters_text,
    )


CONV1D = _convolution(
    SEQUENCE,
    doc="Slides learnable filters along a sequence; each filter answers where its pattern is found.",
    when="For signals and time series, in which neighbouring steps belong together.",
    pitfalls="It takes channels first (channels × steps), while recurrent layers take steps first: "
    "put a Permute in between.",
    source="Waibel et al., 1989; torch.nn.Conv1d",
    also="convolution temporal tdnn signal",
    icon="signal-variant",
)

CONV2D = _convolution(
    IMAGE,
    doc="Slides learnable filters over an image; each filter answers where its pattern is found.",
    when="Whenever neighbouring pixels belong together and a pattern may appear anywhere.",
    pitfalls="A large kernel without padding eats up the border; two convolutions without an activation "
    "between them are no more than one.",
    source="LeCun et al., 1989; torch.nn.Conv2d",
    also="convolution spatial filter kernel",
    icon="grid",
)

CONV3D = _convolution(
    VOLUME,
    doc="Slides learnable filters through a volume, such as a scan or the frames of a video.",
    when="Where a pattern extends in depth or in time as well, as in medical scans and videos.",
    pitfalls="Weights, memory and time grow with the cube of the kernel; start small.",
    source="Tran et al., 2015; torch.nn.Conv3d",
    also="convolution volumetric video c3d",
    icon="cube-scan",
)


def _depthwise_filters(shapes: Sequence[TensorShape], params: Params) -> int:
    return shapes[0][0] * whole(params["multiplier"])


def _depthwise_wire(shapes: Sequence[TensorShape], params: Params) -> dict[str, ParamValue]:
    channels = shapes[0][0]
    return {
        "in_channels": channels,
        "out_channels": _depthwise_filters(shapes, params),
        "groups": channels,
        **_border(params),
    }


def _depthwise_check(shapes: Sequence[TensorShape], params: Params) -> str | None:
    label, filters = "Depthwise conv 2D", _depthwise_filters(shapes, params)
    return (
        _border_objection(IMAGE, shapes[0], params)
        or weights_objection(label, filters * prod(numbers(params["kernel_size"])))
        or _size_objection(label, filters, shapes[0], params)
    )


def _depthwise_summary(params: Params) -> str:
    multiplier = "" if params["multiplier"] == 1 else f"{params['multiplier']}· "
    return f"{multiplier}{window_text(params)}"


DEPTHWISE_CONV2D = LayerSpec(
    id="depthwise_conv2d",
    label="Depthwise conv 2D",
    family="Convolution",
    target="torch.nn.Conv2d",
    base_name="depthwise",
    doc="Gives each channel filters of its own and never mixes channels: as many groups as channels.",
    formula="y[c·d + k, i, j] = b[c·d + k] + Σ w[c·d + k, m, n] · x[c, i·s + m, j·s + n],  k < d (filters per channel)",
    shape_rule=f"Channels → channels · filters per channel; {_SHAPE_RULE}",
    when="Before a 1×1 convolution: the two together (depthwise-separable) do nearly what a full convolution does, "
    "with a fraction of its weights.",
    pitfalls="Alone it cannot combine channels: a 1×1 convolution has to follow. On a GPU it is slower than its few "
    "multiplications suggest.",
    source="Chollet, 2017; Howard et al., 2017; torch.nn.Conv2d",
    also="separable mobilenet xception dwconv channelwise convolution",
    icon="layers-outline",
    params=(
        Int(
            name="multiplier",
            label="Filters per channel",
            default=1,
            minimum=1,
            maximum=1024,
            passed=False,
            doc="How many filters each channel gets, and so how many times as many channels come out.",
        ),
        *_window_params(IMAGE),
        bias_param(),
        *weight_init(),
    ),
    inputs=(IMAGE.port,),
    wire=_depthwise_wire,
    check=_depthwise_check,
    summary=_depthwise_summary,
)
