"""AlexNet (Krizhevsky, Sutskever & Hinton, 2012; in the form of Krizhevsky, 2014), and one for small images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.graph.model import Graph
from engine.layers.spec import TensorShape
from engine.zoo.entry import DIGITS_SHAPE, ZooEntry
from engine.zoo.recipes import for_digits, for_imagenet
from engine.zoo.sketch import STAGE_GAP, Sequential, Sketch

_CONVOLUTIONS: tuple[dict[str, Any], ...] = (
    {"out_channels": 64, "kernel_size": 11, "stride": 4, "padding": 2},
    {"out_channels": 192, "kernel_size": 5, "padding": 2},
    {"out_channels": 384, "padding": 1},
    {"out_channels": 256, "padding": 1},
    {"out_channels": 256, "padding": 1},
)
_SMALL_CONVOLUTIONS: tuple[dict[str, Any], ...] = (
    {"out_channels": 64, "kernel_size": 5, "padding": 2, "weight_init": "he_normal"},
    *({**conv, "kernel_size": 3, "padding": 1, "weight_init": "he_normal"} for conv in _CONVOLUTIONS[1:]),
)
_POOLED = (0, 1, 4)
"""The convolutions that a pool follows."""


def alexnet(input_shape: TensorShape, classes: int) -> Graph:
    """AlexNet with torchvision's names: 61,100,840 parameters for ImageNet."""
    pen = _draw(input_shape, classes, _CONVOLUTIONS, pooled_size=6, hidden=4096, ceil_mode=False)
    for_imagenet(pen, 0.01)
    return pen.graph


def alexnet_small(input_shape: TensorShape, classes: int) -> Graph:
    """AlexNet for images of some 30 pixels: small filters at the start, and narrower dense layers."""
    # Rounded up, or the pools would leave out the last row and column of 28×28 pixels.
    pen = _draw(input_shape, classes, _SMALL_CONVOLUTIONS, pooled_size=3, hidden=512, ceil_mode=True)
    for_digits(pen)
    return pen.graph


def _draw(
    input_shape: TensorShape,
    classes: int,
    convolutions: Sequence[dict[str, Any]],
    *,
    pooled_size: int,
    hidden: int,
    ceil_mode: bool,
) -> Sketch:
    pen = Sketch()
    pen.then("input", shape=input_shape)
    features = Sequential(pen, "features")
    for number, conv in enumerate(convolutions):
        features.then("conv2d", gap=STAGE_GAP if number - 1 in _POOLED else 0, **conv)
        features.then("relu")
        if number in _POOLED:
            features.then("max_pool2d", kernel_size=3, stride=2, ceil_mode=ceil_mode)
    pen.then("adaptive_avg_pool2d", "avgpool", output_size=pooled_size, gap=STAGE_GAP)
    pen.then("flatten")
    classifier = Sequential(pen, "classifier")
    for _ in range(2):
        classifier.then("dropout")
        classifier.then("linear", out_features=hidden)
        classifier.then("relu")
    classifier.then("linear", out_features=classes)
    pen.then("output")
    return pen


ENTRIES = (
    ZooEntry(
        id="alexnet",
        label="AlexNet",
        doc="Won ImageNet in 2012 and began the era of deep learning: five convolutions, ReLU, dropout.",
        family="Classic CNNs",
        draw=alexnet,
        least=63,
    ),
    ZooEntry(
        id="alexnet_small",
        label="AlexNet for small images",
        doc="AlexNet's five convolutions and three dense layers, fitted to images of some 30 pixels.",
        family="Small images",
        draw=alexnet_small,
        input_shape=DIGITS_SHAPE,
        classes=10,
        least=8,
    ),
)
