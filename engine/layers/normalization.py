"""Layers that keep activations at a healthy size."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from engine.graph.params import Bool, Float, Int, Params, ParamValue, format_value
from engine.layers.axes import axis_objection, axis_param
from engine.layers.spec import SAME_SHAPE, Call, LayerSpec, Port, TensorShape, describe_shape, whole


def _eps(default: float) -> Float:
    return Float(
        name="eps",
        label="ε",
        default=default,
        minimum=1e-12,
        maximum=1.0,
        doc="Added under the root, against division by zero.",
    )


def _running(learned: bool, tracked: bool) -> tuple[Float | Bool, ...]:
    """The parameters of norms that can keep running averages."""
    return (
        _eps(1e-5),
        Float(
            name="momentum",
            default=0.1,
            minimum=0.0,
            maximum=1.0,
            only_with=("track_running_stats", (True,)),
            doc="How much each batch counts in the running averages that evaluation uses.",
        ),
        Bool(name="affine", label="Scale and shift", default=learned, doc="Whether γ and β are learned."),
        Bool(
            name="track_running_stats",
            label="Running averages",
            default=tracked,
            doc="Whether averages are kept for evaluation.",
        ),
    )


_ELEMENTWISE = Bool(
    name="elementwise_affine",
    label="Learn a scale",
    default=True,
    doc="Whether there is a learnable factor for each value that is normalised.",
)
_AXES = Int(
    name="axes",
    default=1,
    minimum=1,
    maximum=4,
    passed=False,
    doc="Over how many axes, counted from the last one, mean and size are taken: 1 treats each step of a sequence "
    "by itself, 3 a whole image.",
)
_SEQUENCE = Port("sequence", ranks=(2,))
_IMAGE = Port("image", ranks=(3,))


def _features(shapes: Sequence[TensorShape], params: Params) -> dict[str, ParamValue]:
    return {"num_features": shapes[0][0]}


def _batch_norm(axes: int, port: Port, over: str, when: str, pitfalls: str) -> LayerSpec:
    return LayerSpec(
        id=f"batch_norm{axes}d",
        label=f"Batch norm {axes}D",
        family="Normalization",
        target=f"torch.nn.BatchNorm{axes}d",
        base_name="norm",
        doc=f"Gives {over} mean 0 and spread 1 over the batch, then a learnable scale and shift.",
        formula="y = γ · (x − mean) / √(variance + ε) + β",
        shape_rule=SAME_SHAPE,
        when=when,
        pitfalls=pitfalls,
        source=f"Ioffe & Szegedy, 2015; torch.nn.BatchNorm{axes}d",
        also="batchnorm bn",
        icon="chart-bell-curve",
        params=_running(learned=True, tracked=True),
        inputs=(port,),
        wire=_features,
    )


BATCH_NORM1D = _batch_norm(
    1,
    Port("vector or channels × steps", ranks=(1, 2)),
    "each value of a vector, or each channel of a signal,",
    "Between a dense layer or a 1D convolution and its activation.",
    "The first axis of a sequence is taken for its channels; where sequences are steps × features, turn them round "
    "first or use a layer norm. A batch of one vector has no spread: training stops with an error.",
)
BATCH_NORM2D = _batch_norm(
    2,
    _IMAGE,
    "each channel",
    "Between a convolution and its activation: deep networks learn faster and forgive larger learning rates.",
    "Small batches give noisy means; in evaluation it uses running averages, so the two modes differ.",
)
BATCH_NORM3D = _batch_norm(
    3,
    Port("volume", ranks=(4,)),
    "each channel of a volume",
    "Between 3D convolutions, for scans and video.",
    "Volumes leave room only for small batches, whose means are noisy: group norm does not look at the batch.",
)


def _one_value_objection(shapes: Sequence[TensorShape], params: Params) -> str | None:
    if prod(shapes[0][1:]) > 1:
        return None
    return (
        f"Instance norm needs several values per channel, but {describe_shape(shapes[0])} has one: "
        "it is its own mean, and nothing would be left of it."
    )


def _instance_norm(axes: int, port: Port, when: str) -> LayerSpec:
    return LayerSpec(
        id=f"instance_norm{axes}d",
        label=f"Instance norm {axes}D",
        family="Normalization",
        target=f"torch.nn.InstanceNorm{axes}d",
        base_name="norm",
        doc=f"Gives each channel of each {port.name} by itself mean 0 and spread 1.",
        formula="y = (x − mean) / √(variance + ε), with mean and variance of one channel of one sample",
        shape_rule=SAME_SHAPE,
        when=when,
        pitfalls="It wipes out how strong a channel is in a sample compared with others, which classifiers need.",
        source=f"Ulyanov et al., 2016; torch.nn.InstanceNorm{axes}d",
        also="contrast normalization style",
        icon="image-filter-center-focus" if axes == 2 else "waveform",
        params=_running(learned=False, tracked=False),
        inputs=(port,),
        wire=_features,
        check=_one_value_objection,
    )


INSTANCE_NORM1D = _instance_norm(
    1,
    Port("signal", ranks=(2,)),
    "For signals (channels × steps) whose loudness or offset differs from recording to recording.",
)
INSTANCE_NORM2D = _instance_norm(
    2, _IMAGE, "In style transfer and image generation, where contrast belongs to the style."
)


def _too_many_axes(label: str, shape: TensorShape, axes: int) -> str | None:
    if axes <= len(shape):
        return None
    return f"{label} takes the last {axes} axes, but {describe_shape(shape)} has only {len(shape)}."


def _last_axes(shapes: Sequence[TensorShape], params: Params) -> dict[str, ParamValue]:
    return {"normalized_shape": shapes[0][-whole(params["axes"]) :]}


def _axes_text(params: Params) -> str:
    return "" if params["axes"] == 1 else f"last {params['axes']} axes"


LAYER_NORM = LayerSpec(
    id="layer_norm",
    label="Layer norm",
    family="Normalization",
    target="torch.nn.LayerNorm",
    base_name="norm",
    doc="Gives the values of each sample, or of each step of a sequence, mean 0 and spread 1; the batch plays no part.",
    formula="y = γ · (x − mean) / √(variance + ε) + β, over the last axes",
    shape_rule=SAME_SHAPE,
    when="In transformers and recurrent networks, and where batches are small: training and evaluation are alike.",
    pitfalls="Channels of an image stand on the first axis, so one axis normalises single rows: take 3 for whole "
    "images. Between convolutions batch norm usually does better.",
    source="Ba, Kiros & Hinton, 2016; torch.nn.LayerNorm",
    also="layernorm ln",
    icon="format-line-weight",
    params=(
        _AXES,
        _eps(1e-5),
        _ELEMENTWISE,
        Bool(
            name="bias",
            label="Learn a shift",
            default=True,
            only_with=("elementwise_affine", (True,)),
            doc="Whether there is a learnable summand for each value that is normalised.",
        ),
    ),
    wire=_last_axes,
    check=lambda shapes, params: _too_many_axes("Layer norm", shapes[0], whole(params["axes"])),
    summary=_axes_text,
)

RMS_NORM = LayerSpec(
    id="rms_norm",
    label="RMS norm",
    family="Normalization",
    target="torch.nn.RMSNorm",
    base_name="norm",
    doc="Divides the values by their root mean square: a layer norm that does not subtract the mean.",
    formula="y = γ · x / √(mean(x²) + ε), over the last axes",
    shape_rule=SAME_SHAPE,
    when="Instead of layer norm in transformers: it does as well and costs less.",
    pitfalls="The mean stays, so a constant offset of all values is not taken away.",
    source="Zhang & Sennrich, 2019; torch.nn.RMSNorm",
    also="root mean square rmsnorm",
    icon="square-root",
    params=(_AXES, _eps(1e-6), _ELEMENTWISE),
    wire=_last_axes,
    check=lambda shapes, params: _too_many_axes("RMS norm", shapes[0], whole(params["axes"])),
    summary=_axes_text,
)


def _groups_objection(shapes: Sequence[TensorShape], params: Params) -> str | None:
    groups, channels = whole(params["num_groups"]), shapes[0][0]
    return f"{channels} channels cannot be divided into {groups} groups." if channels % groups else None


GROUP_NORM = LayerSpec(
    id="group_norm",
    label="Group norm",
    family="Normalization",
    target="torch.nn.GroupNorm",
    base_name="norm",
    doc="Splits the channels of each sample into groups and gives each group mean 0 and spread 1.",
    formula="y = γ · (x − mean) / √(variance + ε) + β, with mean and variance of one group of one sample",
    shape_rule=SAME_SHAPE,
    when="Instead of batch norm when memory allows only small batches, as in detection and segmentation.",
    pitfalls="The groups must divide the channels. One group per channel is instance norm, and on a vector it "
    "leaves nothing of the input.",
    source="Wu & He, 2018; torch.nn.GroupNorm",
    also="groupnorm gn",
    icon="group",
    params=(
        Int(
            name="num_groups",
            label="Groups",
            default=8,
            minimum=1,
            maximum=65_536,
            doc="Into how many groups the channels are split; 1 normalises all of them together.",
        ),
        _eps(1e-5),
        Bool(name="affine", label="Scale and shift", default=True, doc="Whether γ and β are learned for each channel."),
    ),
    inputs=(Port("channels first", ranks=(1, 2, 3, 4)),),
    wire=lambda shapes, params: {"num_channels": shapes[0][0]},
    check=_groups_objection,
    summary=lambda params: f"{params['num_groups']} group{'' if params['num_groups'] == 1 else 's'}",
)

LOCAL_RESPONSE_NORM = LayerSpec(
    id="local_response_norm",
    label="Local response norm",
    family="Normalization",
    target="torch.nn.LocalResponseNorm",
    base_name="lrn",
    doc="Divides each value by the strength of the neighbouring channels at the same place, so that strong filters "
    "quieten their neighbours.",
    formula="y[c] = x[c] / (k + α/size · Σ x[c′]²)^β, over size channels c′ around c",
    shape_rule=SAME_SHAPE,
    when="To rebuild AlexNet and GoogLeNet as published; batch norm has replaced it.",
    pitfalls="PyTorch divides α by the number of channels in the sum, AlexNet's paper does not: its α = 0.0001 "
    "over 5 channels is 0.0005 here.",
    source="Krizhevsky, Sutskever & Hinton, 2012; torch.nn.LocalResponseNorm",
    also="lrn lateral inhibition",
    icon="volume-minus",
    params=(
        Int(name="size", default=5, minimum=1, maximum=10_000, doc="How many neighbouring channels count."),
        Float(
            name="alpha",
            label="α",
            default=1e-4,
            minimum=0.0,
            maximum=1e6,
            doc="How much the strength of the neighbours counts.",
        ),
        Float(
            name="beta", label="β", default=0.75, minimum=0.0, maximum=10.0, doc="The power to which the sum is raised."
        ),
        Float(
            name="k",
            default=1.0,
            minimum=1e-6,
            maximum=1e6,
            doc="Added to the sum, so that quiet places are not blown up; AlexNet took 2.",
        ),
    ),
    inputs=(Port("channels first", ranks=(2, 3, 4)),),
    summary=lambda params: f"{format_value(params['size'])} channels",
)

L2_NORMALIZE = LayerSpec(
    id="l2_normalize",
    label="L2 normalize",
    family="Normalization",
    target="torch.nn.functional.normalize",
    call=Call.FUNCTION,
    base_name="normalize",
    doc="Scales vectors to length 1, so that only their direction counts.",
    formula="y = x / max(‖x‖₂, 10⁻¹²), along the axis",
    shape_rule=SAME_SHAPE,
    when="Before comparing embeddings: the inner product of two unit vectors is the cosine of their angle.",
    pitfalls="How long a vector was is lost; a vector of zeros stays zero. Similarities lie within ±1, so a softmax "
    "over them needs a factor (a temperature).",
    source="torch.nn.functional.normalize; Schroff et al., 2015 (FaceNet)",
    also="unit length cosine similarity embedding",
    icon="vector-line",
    params=(axis_param("The axis along which the vectors lie.", default=-1),),
    check=lambda shapes, params: axis_objection("L2 normalize works", shapes[0], whole(params["dim"])),
)
