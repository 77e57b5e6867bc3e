"""VGG (Simonyan & Zisserman, 2015): nothing but 3×3 convolutions and pools, with or without batch norm."""

from __future__ import annotations

from functools import partial

from engine.graph.model import Graph, NodeId
from engine.layers.spec import TensorShape
from engine.zoo.entry import DIGITS_SHAPE, ZooEntry
from engine.zoo.initial_weights import HE_FAN_OUT
from engine.zoo.recipes import for_digits, for_imagenet
from engine.zoo.sketch import STAGE_GAP, Sequential, Sketch

_WIDTHS = (64, 128, 256, 512, 512)
"""The channels of the stages."""
_DEPTHS = {
    11: (1, 1, 2, 2, 2),
    13: (2, 2, 2, 2, 2),
    16: (2, 2, 3, 3, 3),
    19: (2, 2, 4, 4, 4),
}
"""How many convolutions each stage has, by the number of layers with weights: the columns A, B, D, E of Table 1."""


def vgg(input_shape: TensorShape, classes: int, *, depth: int, norm: bool) -> Graph:
    """VGG with torchvision's names, for instance 138,357,544 parameters for VGG-16 on ImageNet."""
    pen = Sketch()
    _draw_features(pen, input_shape, depth, norm=norm, ceil_mode=False)
    pen.then("adaptive_avg_pool2d", "avgpool", output_size=7, gap=STAGE_GAP)
    pen.then("flatten")
    classifier = Sequential(pen, "classifier")
    for _ in range(2):
        classifier.then("linear", out_features=4096, weight_init="normal", weight_std=0.01)
        classifier.then("relu")
        classifier.then("dropout")
    classifier.then("linear", out_features=classes, weight_init="normal", weight_std=0.01)
    pen.then("output")
    for_imagenet(pen, 0.1 if norm else 0.01, weight_decay=5e-4, epochs=74)
    return pen.graph


def vgg11_small(input_shape: TensorShape, classes: int) -> Graph:
    """VGG-11 with batch norm and a single dense layer, for images of some 30 pixels."""
    pen = Sketch()
    # Rounded up, or the fifth pool would have nothing left of 28×28 pixels.
    _draw_features(pen, input_shape, 11, norm=True, ceil_mode=True)
    pen.then("adaptive_avg_pool2d", "avgpool", output_size=1, gap=STAGE_GAP)
    pen.then("flatten")
    pen.then("linear", "classifier", out_features=classes)
    pen.then("output")
    for_digits(pen)
    return pen.graph


def _draw_features(pen: Sketch, input_shape: TensorShape, depth: int, *, norm: bool, ceil_mode: bool) -> None:
    pen.then("input", shape=input_shape)
    features = Sequential(pen, "features")
    for width, convolutions in zip(_WIDTHS, _DEPTHS[depth], strict=True):
        drawn: list[NodeId] = []
        for number in range(convolutions):
            gap = STAGE_GAP if number == 0 else 0
            drawn.append(features.then("conv2d", out_channels=width, padding=1, gap=gap, **HE_FAN_OUT))
            if norm:
                drawn.append(features.then("batch_norm2d"))
            drawn.append(features.then("relu"))
        drawn.append(features.then("max_pool2d", ceil_mode=ceil_mode))
        pen.frame(f"conv3-{width}", drawn)


def _entry(depth: int, norm: bool) -> ZooEntry:
    return ZooEntry(
        id=f"vgg{depth}_bn" if norm else f"vgg{depth}",
        label=f"VGG-{depth} with batch norm" if norm else f"VGG-{depth}",
        doc=f"{depth} layers with weights: 3×3 convolutions in five stages, then three large dense layers"
        + (", with a batch norm behind each convolution." if norm else "."),
        family="Classic CNNs",
        draw=partial(vgg, depth=depth, norm=norm),
        least=32,
    )


ENTRIES = (
    *(_entry(depth, norm) for depth in _DEPTHS for norm in (False, True)),
    ZooEntry(
        id="vgg11_small",
        label="VGG-11 for small images",
        doc="VGG-11's convolutions with batch norm and one dense layer, for images of some 30 pixels.",
        family="Small images",
        draw=vgg11_small,
        input_shape=DIGITS_SHAPE,
        classes=10,
    ),
)
