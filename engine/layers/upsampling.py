"""Layers that change the resolution of an image without learning anything."""

from __future__ import annotations

from collections.abc import Sequence

from engine.graph.params import Bool, Choice, Int, Params, ParamValue
from engine.layers.sliding import IMAGE, output_objection
from engine.layers.spec import LayerSpec, TensorShape, describe_shape, whole

_SMOOTH = ("bilinear", "bicubic")


def _corners(shapes: Sequence[TensorShape], params: Params) -> dict[str, ParamValue]:
    # PyTorch takes the argument only where it interpolates.
    return {"align_corners": params["align_corners"]} if params["mode"] in _SMOOTH else {}


def _upsample_check(shapes: Sequence[TensorShape], params: Params) -> str | None:
    (channels, height, width), factor = shapes[0], whole(params["scale_factor"])
    return output_objection("Upsample", (channels, height * factor, width * factor))


UPSAMPLE = LayerSpec(
    id="upsample",
    label="Upsample",
    family="Convolution",
    target="torch.nn.Upsample",
    base_name="upsample",
    doc="Enlarges an image by a whole factor, by repeating pixels or by drawing smooth transitions between them.",
    formula="nearest: y[c, i, j] = x[c, ⌊i / f⌋, ⌊j / f⌋];  bilinear, bicubic: a weighted mean of 4 or 16 neighbours",
    shape_rule="Channels stay; height and width → size · factor.",
    when="In decoders, followed by a convolution: no checkerboards, unlike transposed convolutions.",
    pitfalls="It adds no detail: a convolution behind it has to. Bicubic may leave the range of the input.",
    source="Odena et al., 2016; torch.nn.Upsample",
    also="resize interpolate enlarge zoom up-sampling unpooling nearest bilinear bicubic",
    icon="arrow-expand-all",
    params=(
        Int(
            name="scale_factor",
            label="Factor",
            default=2,
            minimum=1,
            maximum=64,
            doc="How many times as high and as wide the image becomes.",
        ),
        Choice(
            name="mode",
            default="nearest",
            options=("nearest", *_SMOOTH),
            titles=("Nearest (repeat pixels)", "Bilinear", "Bicubic"),
            doc="Where new pixels come from: the nearest one, a mean of the 4 around, or a smooth curve through 16.",
        ),
        Bool(
            name="align_corners",
            default=False,
            passed=False,
            only_with=("mode", _SMOOTH),
            doc="Whether the centres of the corner pixels stay in the corners. Results then depend on the size of "
            "the image; most networks leave it off.",
        ),
    ),
    inputs=(IMAGE.port,),
    wire=_corners,
    check=_upsample_check,
    summary=lambda params: f"×{params['scale_factor']} · {params['mode']}",
)


def _shuffle_check(shapes: Sequence[TensorShape], params: Params) -> str | None:
    factor = whole(params["upscale_factor"])
    if shapes[0][0] % factor**2:
        return (
            f"Pixel shuffle makes one channel of each {factor}×{factor} = {factor**2}, but {shapes[0][0]} channels "
            f"cannot be divided by {factor**2}. Give the layer before it a multiple of {factor**2} filters."
        )
    return None


PIXEL_SHUFFLE = LayerSpec(
    id="pixel_shuffle",
    label="Pixel shuffle",
    family="Convolution",
    target="torch.nn.PixelShuffle",
    base_name="shuffle",
    doc="Enlarges an image by laying out groups of channels as blocks of neighbouring pixels; no value changes.",
    formula="y[c, i·r + m, j·r + n] = x[c·r² + m·r + n, i, j]",
    shape_rule="Channels → channels / factor²; height and width → size · factor.",
    when="At the end of super-resolution networks: the convolution before it works at the low, cheap resolution.",
    pitfalls="The number of channels has to be a multiple of the factor squared.",
    source="Shi et al., 2016; torch.nn.PixelShuffle",
    also="sub-pixel convolution super-resolution depth to space espcn",
    icon="view-grid-plus-outline",
    params=(
        Int(
            name="upscale_factor",
            label="Factor",
            default=2,
            minimum=1,
            maximum=64,
            doc="How many times as high and as wide the image becomes.",
        ),
    ),
    inputs=(IMAGE.port,),
    check=_shuffle_check,
    summary=lambda params: f"×{params['upscale_factor']}",
)


def _unshuffle_check(shapes: Sequence[TensorShape], params: Params) -> str | None:
    factor = whole(params["downscale_factor"])
    if any(size % factor for size in shapes[0][1:]):
        return (
            f"Pixel unshuffle cuts the image into blocks of {factor}×{factor}, but {describe_shape(shapes[0])} "
            f"cannot be divided so. Pad or resize it to a multiple of {factor}."
        )
    return None


PIXEL_UNSHUFFLE = LayerSpec(
    id="pixel_unshuffle",
    label="Pixel unshuffle",
    family="Convolution",
    target="torch.nn.PixelUnshuffle",
    base_name="unshuffle",
    doc="Shrinks an image by moving the pixels of each block into channels of their own; nothing is lost.",
    formula="y[c·r² + m·r + n, i, j] = x[c, i·r + m, j·r + n]",
    shape_rule="Channels → channels · factor²; height and width → size / factor.",
    when="To work at a lower resolution without losing detail, for instance before the first convolution.",
    pitfalls="Height and width have to be multiples of the factor; channels grow with its square.",
    source="Shi et al., 2016; torch.nn.PixelUnshuffle",
    also="space to depth focus invertible downsampling",
    icon="view-grid-outline",
    params=(
        Int(
            name="downscale_factor",
            label="Factor",
            default=2,
            minimum=1,
            maximum=64,
            doc="How many times as low and as narrow the image becomes.",
        ),
    ),
    inputs=(IMAGE.port,),
    check=_unshuffle_check,
    summary=lambda params: f"/{params['downscale_factor']}",
)
