"""A small vision transformer (Dosovitskiy et al., 2021)."""

from __future__ import annotations

from engine.graph.model import Graph
from engine.layers.spec import TensorShape
from engine.zoo.entry import DIGITS_SHAPE, ZooEntry
from engine.zoo.recipes import for_digits
from engine.zoo.sketch import STAGE_GAP, Sketch
from engine.zoo.transformer_blocks import EPS, TRANSFORMER_ENCODER_BLOCK

_FEATURES = 64
_LAYERS = 6
_SMALLEST_PATCH = 4
_PATCHES_ACROSS = 14


def vit_small(input_shape: TensorShape, classes: int) -> Graph:
    """A vision transformer of six layers; its names are those of torchvision's `VisionTransformer` where it can be.

    An image becomes some 7×7 to 14×14 patches, so that the cost of attention does not grow with the image.
    """
    patch = max(_SMALLEST_PATCH, min(input_shape[1:]) // _PATCHES_ACROSS)
    pen = Sketch()
    pen.then("input", shape=input_shape)
    pen.then("conv2d", "conv_proj", out_channels=_FEATURES, kernel_size=patch, stride=patch)
    pen.then("flatten", "patches", start_dim=2)
    pen.then("transpose", "sequence", dim0=1, dim1=2)
    pen.then("class_token", "class_token")
    pen.then("positional_encoding", "encoder.pos_embedding", learned=True)
    pen.then("dropout", "encoder.dropout", p=0.1)
    pen.then(
        TRANSFORMER_ENCODER_BLOCK,
        "encoder.layers.encoder_layer_0",
        features=_FEATURES,
        hidden=4 * _FEATURES,
        repeat=_LAYERS,
        numbering="beside",
        gap=STAGE_GAP,
    )
    pen.then("layer_norm", "encoder.ln", eps=EPS)
    pen.then("slice", "first_step", gap=STAGE_GAP)
    pen.then("flatten")
    pen.then("linear", "heads.head", out_features=classes)
    pen.then("output")
    for_digits(pen, epochs=5)
    return pen.graph


ENTRIES = (
    ZooEntry(
        id="vit_small",
        label="Small vision transformer",
        doc="Cuts an image into patches and lets each look at all others in six transformer blocks; no convolution "
        "slides.",
        family="Attention",
        draw=vit_small,
        input_shape=DIGITS_SHAPE,
        classes=10,
        least=_SMALLEST_PATCH,
    ),
)
