"""Convolutions that enlarge: each value paints its filter into a larger sequence, image or volume."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import prod

from engine.graph.params import Params, ParamValue
from engine.layers.convolution import (
    bias_param,
    dilation_param,
    filters_param,
    filters_text,
    groups_objection,
    groups_param,
)
from engine.layers.initialization import weight_init
from engine.layers.sliding import IMAGE, SEQUENCE, VOLUME, Space, numbers, output_objection, reaches
from engine.layers.spec import LayerSpec, TensorShape, describe_shape, weights_objection, whole


def _wire(shapes: Sequence[TensorShape], params: Params) -> dict[str, ParamValue]:
    return {"in_channels": shapes[0][0]}


def _output_sizes(shape: TensorShape, params: Params) -> tuple[int, ...]:
    return tuple(
        (size - 1) * stride - 2 * padding + reach + extra
        for size, stride, padding, reach, extra in zip(
            shape[1:],
            numbers(params["stride"]),
            numbers(params["padding"]),
            reaches(params),
            numbers(params["output_padding"]),
            strict=True,
        )
    )


def _size_objection(space: Space, label: str, shape: TensorShape, params: Params) -> str | None:
    for extra, stride, dilation in zip(
        *(numbers(params[name]) for name in ("output_padding", "stride", "dilation")), strict=True
    ):
        if extra >= max(stride, dilation):
            return f"An output padding of {extra} is too much: stride {stride} and dilation {dilation} are no larger."
    sizes = _output_sizes(shape, params)
    for size, adjective in zip(sizes, space.adjectives, strict=True):
        if size < 1:
            return (
                f"The padding cuts away more than {label} makes of {describe_shape(shape)}: nothing would be left "
                f"({size} {adjective}). Use less padding or a larger kernel."
            )
    return output_objection(label, (whole(params["out_channels"]), *sizes))


def _check(space: Space, label: str, shapes: Sequence[TensorShape], params: Params) -> str | None:
    channels, groups, filters = shapes[0][0], whole(params["groups"]), whole(params["out_channels"])
    weights = channels * (filters // groups) * prod(numbers(params["kernel_size"]))
    return (
        groups_objection(channels, filters, groups)
        or _size_objection(space, label, shapes[0], params)
        or weights_objection(label, weights)
    )


def _transposed(space: Space, *, doc: str, when: str, source: str, icon: str) -> LayerSpec:
    label = f"Transposed conv {space.axes}D"
    return LayerSpec(
        id=f"conv_transpose{space.axes}d",
        label=label,
        family="Convolution",
        target=f"torch.nn.ConvTranspose{space.axes}d",
        base_name="up_conv",
        doc=doc,
        formula=f"y[o, {space.under}] += w[c, o, {space.taps}] · x[c, {space.place}],  then + b[o]",
        shape_rule=f"{space.layout}: channels → filters; each size → (size − 1)·stride − 2·padding + "
        "dilation·(kernel − 1) + output padding + 1.",
        when=when,
        pitfalls="Where the kernel is no multiple of the stride, filters overlap unevenly and leave a checkerboard "
        "(Odena et al., 2016); up-sampling followed by a convolution does not.",
        source=source,
        also="deconvolution deconv fractionally strided upsampling up-convolution",
        icon=icon,
        params=(
            filters_param(),
            space.numbers("kernel_size", 2, f"The size of each filter: {space.sizes}.", minimum=1),
            space.numbers(
                "stride",
                2,
                f"How far apart the values of the input are painted; 2 doubles the {space.name}.",
                minimum=1,
            ),
            space.numbers("padding", 0, "How much is cut off the result at each end."),
            space.numbers(
                "output_padding",
                0,
                "How much is added to the result at the far end; it settles which of the sizes that the stride "
                "would shrink to one and the same is meant.",
            ),
            dilation_param(space),
            groups_param(),
            bias_param(),
            *weight_init(),
        ),
        inputs=(space.port,),
        wire=_wire,
        check=partial(_check, space, label),
        summary=filters_text,
    )


CONV_TRANSPOSE1D = _transposed(
    SEQUENCE,
    doc="Enlarges a sequence: each step paints a learnable filter into a longer one, and overlaps add up.",
    when="To make long signals from short codes, as in audio decoders.",
    source="Zeiler et al., 2010; torch.nn.ConvTranspose1d",
    icon="signal-variant",
)

CONV_TRANSPOSE2D = _transposed(
    IMAGE,
    doc="Enlarges an image: each pixel paints a learnable filter into a larger one, and overlaps add up.",
    when="In decoders, which turn small maps of features back into images, such as U-Net's.",
    source="Zeiler et al., 2010; Long et al., 2015; torch.nn.ConvTranspose2d",
    icon="arrow-expand-all",
)

CONV_TRANSPOSE3D = _transposed(
    VOLUME,
    doc="Enlarges a volume: each voxel paints a learnable filter into a larger one, and overlaps add up.",
    when="In decoders of scans and videos, such as 3-D U-Nets.",
    source="Çiçek et al., 2016; torch.nn.ConvTranspose3d",
    icon="cube-scan",
)
