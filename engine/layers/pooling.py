"""Layers that shrink a sequence, an image or a volume by summarising windows of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from engine.graph.params import Bool, Choice, Int, Param, Params
from engine.layers.sliding import IMAGE, SEQUENCE, VOLUME, Space, numbers, window_objection, window_text
from engine.layers.spec import LayerSpec, TensorShape

_SHAPE_RULE = "channels stay; each size → ⌊(size + 2·padding − kernel) / stride⌋ + 1."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """A way of summarising a window, whatever it slides over."""

    id: str
    """The layer's id without the number of axes."""
    label: str
    """The layer's label without the number of axes."""
    target: str
    """The class without the number of axes."""
    doc: str
    formula: Callable[[Space], str]
    shape_rule: str = _SHAPE_RULE
    """How the shape follows, behind the axes of a sample."""
    when: str
    pitfalls: str
    source: str
    also: str
    icon: str = "arrow-collapse-vertical"
    params: Callable[[Space], tuple[Param, ...]]
    check: Callable[[Space, Sequence[TensorShape], Params], str | None]


def _pooling(kind: _Kind, space: Space) -> LayerSpec:
    return LayerSpec(
        id=f"{kind.id}{space.axes}d",
        label=f"{kind.label} {space.axes}D",
        family="Pooling",
        target=f"torch.nn.{kind.target}{space.axes}d",
        base_name="pool",
        doc=kind.doc,
        formula=kind.formula(space),
        shape_rule=f"{space.layout}: {kind.shape_rule}",
        when=kind.when,
        pitfalls=kind.pitfalls,
        source=f"{kind.source}; torch.nn.{kind.target}{space.axes}d",
        also=kind.also,
        icon=kind.icon,
        params=kind.params(space),
        inputs=(space.port,),
        check=partial(kind.check, space),
        summary=window_text,
    )


def _window(space: Space, kernel: int = 2) -> tuple[Param, Param]:
    return (
        space.numbers("kernel_size", kernel, f"The size of each window: {space.sizes}.", minimum=1),
        space.numbers("stride", 2, "How far the window moves; the kernel size makes windows touch.", minimum=1),
    )


def _padding(space: Space) -> Param:
    doc = f"How much border is put around the {space.name}; at most half the kernel."
    return space.numbers("padding", 0, doc, maximum=512)


def _round_up() -> Param:
    return Bool(
        name="ceil_mode",
        label="Round up",
        default=False,
        doc="Whether a window that sticks out at the end still counts.",
    )


def _check(space: Space, shapes: Sequence[TensorShape], params: Params) -> str | None:
    if "padding" in params:
        for kernel, padding in zip(numbers(params["kernel_size"]), numbers(params["padding"]), strict=True):
            if 2 * padding > kernel:
                return (
                    f"Padding {padding} is more than half of the pooling window of {kernel}; use at most {kernel // 2}."
                )
    return window_objection(space, "pooling", shapes[0], params)


def _mean_check(space: Space, shapes: Sequence[TensorShape], params: Params) -> str | None:
    # PyTorch makes this demand, before padding and rounding, of means in volumes alone.
    if space is VOLUME:
        for size, kernel, adjective in zip(
            shapes[0][1:], numbers(params["kernel_size"]), space.adjectives, strict=True
        ):
            if kernel > size:
                return (
                    f"The pooling window is {kernel} {adjective}, but the volume is only {size} {adjective} without "
                    "its padding. Use a smaller kernel, or shrink the volume less before."
                )
    return _check(space, shapes, params)


def _max_params(space: Space) -> tuple[Param, ...]:
    dilation = "The distance between the places of a window; above 1 it skips some."
    return (*_window(space), _padding(space), space.numbers("dilation", 1, dilation, minimum=1), _round_up())


def _average_params(space: Space) -> tuple[Param, ...]:
    inside = Bool(
        name="count_include_pad",
        label="Count the border",
        default=True,
        doc="Whether the zeros of the padding count in the mean, which darkens the border.",
    )
    return (*_window(space), _padding(space), _round_up(), inside)


def _norm_params(space: Space) -> tuple[Param, ...]:
    order = Int(
        name="norm_type",
        label="Order p",
        default=2,
        minimum=1,
        maximum=16,
        doc="The p of the norm: 1 adds up, 2 is the root of the sum of squares, large ones come near to the maximum.",
    )
    return (order, *_window(space), _round_up())


_MAX = _Kind(
    id="max_pool",
    label="Max pool",
    target="MaxPool",
    doc="Keeps the largest value of each window: whether a pattern is there matters more than exactly where.",
    formula=lambda space: f"y[c, {space.place}] = max x[c, {space.under}] over {space.taps}",
    shape_rule="channels stay; each size → ⌊(size + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1.",
    when="After convolutions, to shrink what they found and see more of it at once.",
    pitfalls="Only the largest value of a window passes gradient back; small inputs are soon used up. With padding and "
    "dilation together a window may miss the input altogether and gives −∞.",
    source="Riesenhuber & Poggio, 1999",
    also="maximum maxpool subsampling downsampling",
    params=_max_params,
    check=_check,
)

_AVERAGE = _Kind(
    id="avg_pool",
    label="Average pool",
    target="AvgPool",
    doc="Keeps the mean of each window, a smooth way of shrinking.",
    formula=lambda space: f"y[c, {space.place}] = mean x[c, {space.under}] over {space.taps}",
    when="Where every value should have its say, as in the original LeNet.",
    pitfalls="Washes out single strong responses that max pooling would keep.",
    source="LeCun et al., 1998",
    also="mean avgpool subsampling downsampling",
    params=_average_params,
    check=_mean_check,
)

_NORM = _Kind(
    id="lp_pool",
    label="L2-norm pool",
    target="LPPool",
    doc="Keeps the length (the L2 norm) of the values in each window: the root of the sum of their squares.",
    formula=lambda space: f"y[c, {space.place}] = (Σ x[c, {space.under}]ᵖ)^(1/p) over {space.taps},  p = 2",
    shape_rule="channels stay; each size → ⌊(size − kernel) / stride⌋ + 1.",
    when="Between max and average: all values count, the strong ones more; signs do not matter.",
    pitfalls="It sums where average pooling takes the mean, so a constant input grows by (window size)^(1/p). "
    "An odd p above 1 gives NaN where the sum in a window is negative: keep p even, or put it behind a ReLU.",
    source="Sermanet et al., 2012",
    also="lp pooling power average root mean square energy norm lppool",
    icon="exponent",
    params=_norm_params,
    check=_mean_check,
)

MAX_POOL1D = _pooling(_MAX, SEQUENCE)
MAX_POOL2D = _pooling(_MAX, IMAGE)
MAX_POOL3D = _pooling(_MAX, VOLUME)
AVG_POOL1D = _pooling(_AVERAGE, SEQUENCE)
AVG_POOL2D = _pooling(_AVERAGE, IMAGE)
AVG_POOL3D = _pooling(_AVERAGE, VOLUME)
LP_POOL1D = _pooling(_NORM, SEQUENCE)
LP_POOL2D = _pooling(_NORM, IMAGE)
LP_POOL3D = _pooling(_NORM, VOLUME)


def _weighted_summary(params: Params) -> str:
    return f"{window_text(params)}{' · learned' if params['learnable'] else ''}"


def _weighted(space: Space) -> LayerSpec:
    return LayerSpec(
        id=f"weighted_avg_pool{space.axes}d",
        label=f"Weighted average pool {space.axes}D",
        family="Pooling",
        target="engine.modules.pooling.WeightedAvgPool",
        base_name="pool",
        doc="Keeps a weighted mean of each window in which the centre counts most; the weights can be learned.",
        formula=f"y[c, {space.place}] = Σ w · x[c, {space.under}] over {space.taps},  w ≥ 0,  Σ w = 1 over the "
        f"places inside the {space.name}",
        shape_rule=f"{space.layout}: {_SHAPE_RULE}",
        when=f"To shrink a {space.name} without aliasing: overlapping, centre-weighted windows (kernel 3 or more at "
        "stride 2) make the network less sensitive to small shifts.",
        pitfalls="With a kernel of 2 all places are equally far from the centre, and it is the plain average. Learned "
        "weights are one window for all channels.",
        source="Zhang, 2019 (making convolutional networks shift-invariant again)",
        also="gaussian blur pooling blurpool anti-aliasing binomial learnable smooth downsampling weighted mean",
        icon="blur",
        params=(
            *_window(space, kernel=3),
            space.numbers(
                "padding",
                1,
                "How far the window may reach beyond the input; at most half the kernel. What lies outside does not "
                "count.",
                maximum=512,
            ),
            *_WEIGHTING,
        ),
        inputs=(space.port,),
        check=partial(_check, space),
        summary=_weighted_summary,
    )


_WEIGHTING = (
    Choice(
        name="window",
        default="gaussian",
        options=("gaussian", "triangular"),
        titles=("Gaussian", "Triangular"),
        doc="How the weights fall off from the centre: along a bell curve whose standard deviation is a quarter of "
        "the kernel, or in a straight line.",
    ),
    Bool(
        name="learnable",
        default=False,
        doc="Whether training changes the weights; they stay positive and add up to 1 (a softmax).",
    ),
)
WEIGHTED_AVG_POOL1D = _weighted(SEQUENCE)
WEIGHTED_AVG_POOL2D = _weighted(IMAGE)
WEIGHTED_AVG_POOL3D = _weighted(VOLUME)
