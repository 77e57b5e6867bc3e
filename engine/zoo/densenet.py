"""DenseNet (Huang, Liu, van der Maaten & Weinberger, 2017), in the form with bottlenecks and compression."""

from __future__ import annotations

from functools import partial

from engine.graph.model import Graph
from engine.layers.spec import TensorShape
from engine.zoo.concat_blocks import DENSE_BLOCK, TRANSITION
from engine.zoo.entry import DIGITS_SHAPE, ZooEntry
from engine.zoo.recipes import for_digits, for_imagenet
from engine.zoo.sketch import STAGE_GAP, Sketch

_COUNTS = {
    121: (32, (6, 12, 24, 16)),
    161: (48, (6, 12, 36, 24)),
    169: (32, (6, 12, 32, 32)),
    201: (32, (6, 12, 48, 32)),
    264: (32, (6, 12, 64, 48)),
}
"""The growth rate and how many layers each block has, by the number of layers with weights (Table 1)."""
_BETWEEN = "grey"
"""The colour of the frames around what lies between two dense blocks."""


def densenet(input_shape: TensorShape, classes: int, *, depth: int) -> Graph:
    """A DenseNet with torchvision's names, for instance 7,978,856 parameters for DenseNet-121 on ImageNet."""
    growth, counts = _COUNTS[depth]
    pen = Sketch()
    pen.then("input", shape=input_shape)
    _convolve(pen, 2 * growth, kernel_size=7, stride=2, padding=3)
    pen.then("batch_norm2d", "features.norm0")
    pen.then("relu", "features.relu0")
    pen.then("max_pool2d", "features.pool0", kernel_size=3, stride=2, padding=1)
    _draw_blocks(pen, classes, growth, counts)
    for_imagenet(pen, 0.1)
    return pen.graph


def densenet40(input_shape: TensorShape, classes: int) -> Graph:
    """DenseNet-BC with 40 layers and a growth rate of 12, for images of some 30 pixels (section 4.2)."""
    growth = 12
    pen = Sketch()
    pen.then("input", shape=input_shape)
    _convolve(pen, 2 * growth, kernel_size=3, stride=1, padding=1)
    _draw_blocks(pen, classes, growth, (6, 6, 6))
    for_digits(pen)
    return pen.graph


def _convolve(pen: Sketch, channels: int, *, kernel_size: int, stride: int, padding: int) -> None:
    pen.then(
        "conv2d",
        "features.conv0",
        out_channels=channels,
        kernel_size=kernel_size,
        stride=stride,
        padding=padding,
        bias=False,
        weight_init="he_normal",
    )


def _draw_blocks(pen: Sketch, classes: int, growth: int, counts: tuple[int, ...]) -> None:
    """Draw the dense blocks and the transitions between them, each in a frame, called as in Table 1."""
    channels = 2 * growth
    for number, layers in enumerate(counts, start=1):
        block = pen.then(DENSE_BLOCK, f"features.denseblock{number}", layers=layers, growth=growth, gap=STAGE_GAP)
        pen.frame(f"Dense Block ({number})", (block,))
        channels += layers * growth
        if number < len(counts):
            channels //= 2
            transition = pen.then(TRANSITION, f"features.transition{number}", channels=channels, gap=STAGE_GAP)
            pen.frame(f"Transition Layer ({number})", (transition,), _BETWEEN)
    # Torchvision calls it so, however many blocks there are.
    pen.then("batch_norm2d", "features.norm5", gap=STAGE_GAP)
    pen.then("relu", "relu")
    pen.then("adaptive_avg_pool2d", "avgpool", output_size=1)
    pen.then("flatten")
    pen.then("linear", "classifier", out_features=classes)
    pen.then("output")


def _entry(depth: int) -> ZooEntry:
    return ZooEntry(
        id=f"densenet{depth}",
        label=f"DenseNet-{depth}",
        doc=f"{depth} layers in four dense blocks, in which each layer sees the channels of all before it.",
        family="Residual and dense",
        draw=partial(densenet, depth=depth),
        least=29,
    )


ENTRIES = (
    *map(_entry, _COUNTS),
    ZooEntry(
        id="densenet40",
        label="DenseNet-40 for small images",
        doc="Three dense blocks of six layers with a growth rate of 12: 0.18 million weights for small images.",
        family="Small images",
        draw=densenet40,
        input_shape=DIGITS_SHAPE,
        classes=10,
        least=4,
    ),
)
