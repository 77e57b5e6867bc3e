"""MobileNetV2 (Sandler, Howard, Zhu, Zhmoginov & Chen, 2018): inverted residuals, made for telephones."""

from __future__ import annotations

from engine.graph.model import Graph
from engine.layers.spec import TensorShape
from engine.zoo.convolution_blocks import DEPTHWISE_LINEAR, INVERTED_BOTTLENECK, INVERTED_RESIDUAL
from engine.zoo.entry import ZooEntry
from engine.zoo.initial_weights import HE_FAN_OUT
from engine.zoo.recipes import for_imagenet
from engine.zoo.sketch import STAGE_GAP, Sequential, Sketch

_STAGES = ((24, 2, 2), (32, 3, 2), (64, 4, 2), (96, 3, 1), (160, 3, 2), (320, 1, 1))
"""Channels, blocks and stride of each stage behind the first one (Table 2)."""
_EXPANSION = 6


def mobilenet_v2(input_shape: TensorShape, classes: int) -> Graph:
    """MobileNetV2 with torchvision's names: 3,504,872 parameters for ImageNet."""
    pen = Sketch()
    pen.then("input", shape=input_shape)
    features = Sequential(pen, "features")
    _convolve(features, 32, kernel_size=3, stride=2, padding=1)
    channels = 16
    features.then(DEPTHWISE_LINEAR, channels=channels, gap=STAGE_GAP)
    for width, count, stride in _STAGES:
        features.then(
            INVERTED_BOTTLENECK,
            in_channels=channels,
            channels=width,
            stride=stride,
            expansion=_EXPANSION,
            gap=STAGE_GAP,
        )
        if count > 1:
            features.then(INVERTED_RESIDUAL, repeat=count - 1, channels=width, expansion=_EXPANSION)
        channels = width
    _convolve(features, 1280, kernel_size=1, stride=1, padding=0, gap=STAGE_GAP)
    pen.then("adaptive_avg_pool2d", "avgpool", output_size=1, gap=STAGE_GAP)
    pen.then("flatten")
    classifier = Sequential(pen, "classifier")
    classifier.then("dropout", p=0.2)
    classifier.then("linear", out_features=classes, weight_init="normal", weight_std=0.01)
    pen.then("output")
    for_imagenet(pen, 0.045, weight_decay=4e-5, epochs=300)
    return pen.graph


def _convolve(
    features: Sequential, channels: int, *, kernel_size: int, stride: int, padding: int, gap: float = 0.0
) -> None:
    """A convolution, a batch norm and a ReLU6 as one part of the chain."""
    part = features.chain()
    part.then(
        "conv2d",
        out_channels=channels,
        kernel_size=kernel_size,
        stride=stride,
        padding=padding,
        bias=False,
        gap=gap,
        **HE_FAN_OUT,
    )
    part.then("batch_norm2d")
    part.then("relu6")


ENTRIES = (
    ZooEntry(
        id="mobilenet_v2",
        label="MobileNetV2",
        doc="3.5 million weights, made for telephones: depthwise convolutions between narrow layers, which are added.",
        family="Compact CNNs",
        draw=mobilenet_v2,
    ),
)
