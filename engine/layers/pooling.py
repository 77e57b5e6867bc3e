"""Layers that shrink an image by summarising windows of it."""

from __future__ import annotations

from collections.abc import Sequence

from engine.graph.params import Bool, Pair, Params, format_value
from engine.layers.sliding import pair, window_objection, window_text
from engine.layers.spec import LayerSpec, Port, TensorShape

_IMAGE = (Port("image", ranks=(3,)),)
_SHAPE_RULE = "channels stay; height and width → ⌊(size + 2·padding − kernel) / stride⌋ + 1"
_WINDOW = (
    Pair(
        name="kernel_size", default=(2, 2), minimum=1, maximum=1024, unit="px", doc="Height and width of each window."
    ),
    Pair(
        name="stride",
        default=(2, 2),
        minimum=1,
        maximum=1024,
        unit="px",
        doc="How far the window moves; the kernel size makes windows touch.",
    ),
    Pair(
        name="padding",
        default=(0, 0),
        maximum=512,
        unit="px",
        doc="Border put around the image; at most half the kernel.",
    ),
    Bool(
        name="ceil_mode",
        label="Round up",
        default=False,
        doc="Whether a window that sticks out at the end still counts.",
    ),
)


def _check(shapes: Sequence[TensorShape], params: Params) -> str | None:
    for kernel, padding in zip(pair(params["kernel_size"]), pair(params["padding"]), strict=True):
        if 2 * padding > kernel:
            return f"Padding {padding} is more than half of the pooling window of {kernel}; use at most {kernel // 2}."
    return window_objection("pooling", shapes, params, (1, 1))


MAX_POOL2D = LayerSpec(
    id="max_pool2d",
    label="Max pool 2D",
    family="Pooling",
    target="torch.nn.MaxPool2d",
    base_name="pool",
    doc="Keeps the largest value of each window: whether a pattern is there matters more than exactly where.",
    formula="y[c, i, j] = max x[c, i·s + m, j·s + n] over m, n",
    shape_rule=_SHAPE_RULE,
    when="After convolutions, to halve the image and see more of it at once.",
    pitfalls="Only the largest value of a window passes gradient back; small images are soon used up.",
    source="torch.nn.MaxPool2d",
    icon="arrow-collapse-vertical",
    params=_WINDOW,
    inputs=_IMAGE,
    check=_check,
    summary=window_text,
)

AVG_POOL2D = LayerSpec(
    id="avg_pool2d",
    label="Average pool 2D",
    family="Pooling",
    target="torch.nn.AvgPool2d",
    base_name="pool",
    doc="Keeps the mean of each window, a smooth way of shrinking an image.",
    formula="y[c, i, j] = mean x[c, i·s + m, j·s + n] over m, n",
    shape_rule=_SHAPE_RULE,
    when="Where every pixel should have its say, as in the original LeNet.",
    pitfalls="Washes out single strong responses that max pooling would keep.",
    source="LeCun et al., 1998; torch.nn.AvgPool2d",
    icon="arrow-collapse-vertical",
    params=_WINDOW,
    inputs=_IMAGE,
    check=_check,
    summary=window_text,
)

ADAPTIVE_AVG_POOL2D = LayerSpec(
    id="adaptive_avg_pool2d",
    label="Adaptive average pool 2D",
    family="Pooling",
    target="torch.nn.AdaptiveAvgPool2d",
    base_name="pool",
    doc="Averages over as many windows as the output should have pixels, whatever the size of the image.",
    formula="y[c, i, j] = mean of x[c] over the (i, j)-th of output_size equal windows",
    shape_rule="channels stay; height and width → output size",
    when="Before the classifier: 1×1 is global average pooling and makes the network work for any image size.",
    pitfalls="At 1×1 all knowledge of where things are is gone.",
    source="Lin et al., 2014; torch.nn.AdaptiveAvgPool2d",
    icon="image-size-select-small",
    params=(
        Pair(
            name="output_size",
            default=(1, 1),
            minimum=1,
            maximum=1024,
            unit="px",
            doc="Height and width of the output; 1×1 averages the whole image.",
        ),
    ),
    inputs=_IMAGE,
    summary=lambda params: f"→ {format_value(params['output_size'])}",
)
