"""Layers that slide learnable filters over an image."""

from __future__ import annotations

from collections.abc import Sequence

from engine.graph.params import Bool, Int, Pair, Params, ParamValue, format_value
from engine.layers.initialization import weight_init
from engine.layers.sliding import pair, window_objection, window_text
from engine.layers.spec import LayerSpec, Port, TensorShape, weights_objection, whole


def _channels(shapes: Sequence[TensorShape], params: Params) -> dict[str, ParamValue]:
    return {"in_channels": shapes[0][0]}


def _check(shapes: Sequence[TensorShape], params: Params) -> str | None:
    groups, filters = whole(params["groups"]), whole(params["out_channels"])
    height, width = pair(params["kernel_size"])
    for end, channels in (("input", shapes[0][0]), ("output", filters)):
        if channels % groups:
            return f"{channels} {end} channels cannot be divided into {groups} groups."
    return window_objection("convolution", shapes, params, pair(params["dilation"])) or weights_objection(
        "Conv 2D", filters * (shapes[0][0] // groups) * height * width
    )


def _summary(params: Params) -> str:
    return f"{format_value(params['out_channels'])} · {window_text(params)}"


CONV2D = LayerSpec(
    id="conv2d",
    label="Conv 2D",
    family="Convolution",
    target="torch.nn.Conv2d",
    base_name="conv",
    doc="Slides learnable filters over an image; each filter answers where its pattern is found.",
    formula="y[o, i, j] = b[o] + Σ w[o, c, m, n] · x[c, i·s + m, j·s + n]",
    shape_rule="channels → filters; height and width → ⌊(size + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1",
    when="Whenever neighbouring pixels belong together and a pattern may appear anywhere.",
    pitfalls="A large kernel without padding eats up the border; two convolutions without an activation "
    "between them are no more than one.",
    source="LeCun et al., 1989; torch.nn.Conv2d",
    icon="grid",
    params=(
        Int(
            name="out_channels",
            label="Filters",
            default=16,
            minimum=1,
            maximum=65_536,
            doc="The number of filters, and so of output channels.",
        ),
        Pair(
            name="kernel_size",
            default=(3, 3),
            minimum=1,
            maximum=1024,
            unit="px",
            doc="Height and width of each filter.",
        ),
        Pair(
            name="stride",
            default=(1, 1),
            minimum=1,
            maximum=1024,
            unit="px",
            doc="How far the filter moves from one output to the next; 2 halves the image.",
        ),
        Pair(
            name="padding",
            default=(0, 0),
            maximum=1024,
            unit="px",
            doc="Rows and columns of zeros put around the image; kernel // 2 keeps its size.",
        ),
        Pair(
            name="dilation",
            default=(1, 1),
            minimum=1,
            maximum=1024,
            unit="px",
            doc="The distance between the filter's taps; above 1 it sees further with as many weights.",
        ),
        Int(
            name="groups",
            default=1,
            minimum=1,
            maximum=65_536,
            doc="Into how many independent groups the channels are split; as many as channels makes it depthwise.",
        ),
        Bool(
            name="bias",
            default=True,
            doc="Whether each filter adds a learnable constant; not needed before a batch norm.",
        ),
        weight_init(),
    ),
    inputs=(Port("image", ranks=(3,)),),
    wire=_channels,
    check=_check,
    summary=_summary,
)
