"""GoogLeNet (Szegedy et al., 2015), as torchvision has it: with batch norm, and without biases before it."""

from __future__ import annotations

from typing import Any

from engine.graph.model import Graph, NodeId
from engine.graph.params import Bool
from engine.layers.spec import TensorShape
from engine.zoo import input_transform
from engine.zoo.concat_blocks import GOOGLENET_EPS, INCEPTION, INCEPTION_AUX
from engine.zoo.convolution_blocks import CONV_NORM_ACT
from engine.zoo.entry import ZooEntry
from engine.zoo.recipes import for_imagenet
from engine.zoo.sketch import STAGE_GAP, Sketch

_SIZES = ("ch1x1", "ch3x3red", "ch3x3", "ch5x5red", "ch5x5", "pool_proj")
_STAGES: dict[int, dict[str, tuple[int, ...]]] = {
    3: {"a": (64, 96, 128, 16, 32, 32), "b": (128, 128, 192, 32, 96, 64)},
    4: {
        "a": (192, 96, 208, 16, 48, 64),
        "b": (160, 112, 224, 24, 64, 64),
        "c": (128, 128, 256, 24, 64, 64),
        "d": (112, 144, 288, 32, 64, 64),
        "e": (256, 160, 320, 32, 128, 128),
    },
    5: {"a": (256, 160, 320, 32, 128, 128), "b": (384, 192, 384, 48, 128, 128)},
}
"""The channels in each Inception block (Table 1)."""
_AUX = {"4a": "aux1", "4d": "aux2"}
"""The auxiliary classifiers, by the block that they look at."""
_AUX_WEIGHT = 0.3
"""How much the loss of each auxiliary classifier counts (section 5)."""


def googlenet(input_shape: TensorShape, classes: int, *, aux: bool, transform_input: bool) -> Graph:
    """GoogLeNet with torchvision's names: 6,624,904 parameters for ImageNet, 13,004,888 with the auxiliary heads.

    With `aux` there are three outputs, in the order of torchvision's `GoogLeNetOutputs`: the scores, those of aux2,
    those of aux1. The losses of the auxiliary heads count 0.3 each. With `transform_input` the colours are rescaled as
    torchvision's option of this name does it.
    """
    pen = Sketch()
    pen.then("input", shape=input_shape)
    if transform_input:
        pen.then("rescale", input_transform.NAME, **input_transform.transform_input(input_shape[0]))
    _draw_stem(pen)
    heads: list[NodeId] = []
    for stage, blocks in _STAGES.items():
        drawn: list[NodeId] = []
        for number, (letter, sizes) in enumerate(blocks.items()):
            gap = STAGE_GAP if number == 0 else 0
            block = pen.then(INCEPTION, f"inception{stage}{letter}", gap=gap, **dict(zip(_SIZES, sizes, strict=True)))
            drawn.append(block)
            name = _AUX.get(f"{stage}{letter}")
            if aux and name is not None:
                heads.append(pen.add(INCEPTION_AUX, block, name=name, lane=-1, classes=classes))
                pen.go_on_from(block)
        pen.frame(f"Inception {stage}", drawn)
        if stage < max(_STAGES):
            window: dict[str, Any] = {"kernel_size": 3 if stage == 3 else 2, "stride": 2}
            pen.then("max_pool2d", f"maxpool{stage}", ceil_mode=True, **window)
    pen.then("adaptive_avg_pool2d", "avgpool", output_size=1, gap=STAGE_GAP)
    pen.then("flatten")
    pen.then("dropout", "dropout", p=0.2)
    pen.then("linear", "fc", out_features=classes)
    pen.then("output")
    for number, head in reversed(list(enumerate(heads, start=1))):
        pen.add("output", head, name=f"output_aux{number}", loss_weight=_AUX_WEIGHT)
    for_imagenet(pen, 0.1)
    return pen.graph


def _draw_stem(pen: Sketch) -> None:
    pen.then(CONV_NORM_ACT, "conv1", channels=64, kernel_size=7, stride=2, eps=GOOGLENET_EPS)
    pen.then("max_pool2d", "maxpool1", kernel_size=3, stride=2, ceil_mode=True)
    pen.then(CONV_NORM_ACT, "conv2", channels=64, kernel_size=1, eps=GOOGLENET_EPS)
    pen.then(CONV_NORM_ACT, "conv3", channels=192, kernel_size=3, eps=GOOGLENET_EPS)
    pen.then("max_pool2d", "maxpool2", kernel_size=3, stride=2, ceil_mode=True)


ENTRIES = (
    ZooEntry(
        id="googlenet",
        label="GoogLeNet",
        doc="Nine Inception blocks, each with four branches: won ImageNet in 2014 with a tenth of AlexNet's weights.",
        family="Classic CNNs",
        draw=googlenet,
        least=15,
        options=(
            Bool(
                name="aux",
                label="Auxiliary heads",
                default=False,
                doc="Whether two further classifiers half way feed gradient into the lower layers, as in the paper. "
                "The network then has three outputs.",
            ),
            Bool(
                name="transform_input",
                label="Rescale the input",
                default=False,
                doc="Whether images that are normalised by ImageNet's mean and spread are first brought to the scale "
                "from −1 to 1 that torchvision's pretrained weights expect.",
            ),
        ),
    ),
)
