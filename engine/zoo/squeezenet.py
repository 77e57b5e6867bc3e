"""SqueezeNet (Iandola et al., 2016): AlexNet's accuracy with a fiftieth of its weights."""

from __future__ import annotations

from functools import partial

from engine.graph.model import Graph
from engine.layers.spec import TensorShape
from engine.zoo.concat_blocks import FIRE
from engine.zoo.entry import ZooEntry
from engine.zoo.recipes import for_imagenet
from engine.zoo.sketch import STAGE_GAP, Sequential, Sketch

_STAGES = {
    "1_0": ((16, 16, 32), (32, 48, 48, 64), (64,)),
    "1_1": ((16, 16), (32, 32), (48, 48, 64, 64)),
}
"""The squeezed channels of each Fire block, from one pool to the next; each expands to eight times as many."""


def squeezenet(input_shape: TensorShape, classes: int, *, version: str) -> Graph:
    """SqueezeNet with torchvision's names: 1,248,424 (1.0) or 1,235,496 (1.1) parameters for ImageNet."""
    pen = Sketch()
    pen.then("input", shape=input_shape)
    features = Sequential(pen, "features")
    first = {"out_channels": 96, "kernel_size": 7} if version == "1_0" else {"out_channels": 64, "kernel_size": 3}
    features.then("conv2d", stride=2, weight_init="he_uniform", **first)
    features.then("relu")
    for squeezed in _STAGES[version]:
        features.then("max_pool2d", kernel_size=3, stride=2, ceil_mode=True)
        for number, width in enumerate(squeezed):
            gap = STAGE_GAP if number == 0 else 0
            features.then(FIRE, squeeze=width, expand1x1=4 * width, expand3x3=4 * width, gap=gap)
    classifier = Sequential(pen, "classifier")
    classifier.then("dropout", gap=STAGE_GAP)
    classifier.then("conv2d", out_channels=classes, kernel_size=1, weight_init="normal", weight_std=0.01)
    classifier.then("relu")
    classifier.then("adaptive_avg_pool2d", output_size=1)
    pen.then("flatten")
    pen.then("output")
    for_imagenet(pen, 0.04, weight_decay=2e-4, epochs=60)
    return pen.graph


ENTRIES = (
    ZooEntry(
        id="squeezenet1_0",
        label="SqueezeNet 1.0",
        doc="As good as AlexNet with 1.2 million weights: Fire blocks squeeze the channels and expand them again.",
        family="Compact CNNs",
        draw=partial(squeezenet, version="1_0"),
        least=21,
    ),
    ZooEntry(
        id="squeezenet1_1",
        label="SqueezeNet 1.1",
        doc="SqueezeNet with smaller filters at the start and earlier pools: the same accuracy for less than half the "
        "work.",
        family="Compact CNNs",
        draw=partial(squeezenet, version="1_1"),
        least=17,
    ),
)
