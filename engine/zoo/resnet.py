"""Residual networks (He, Zhang, Ren & Sun, 2016), and their plain twins, which lack the skip connections."""

from __future__ import annotations

from functools import partial

from engine.graph.model import Graph
from engine.layers.spec import TensorShape
from engine.zoo.entry import DIGITS_SHAPE, ZooEntry
from engine.zoo.initial_weights import HE_FAN_OUT
from engine.zoo.recipes import for_digits, for_imagenet
from engine.zoo.residual_blocks import BASIC_BLOCK, BOTTLENECK, PLAIN_BLOCK
from engine.zoo.sketch import STAGE_GAP, LibraryBlock, Sketch

_COUNTS = {
    18: (2, 2, 2, 2),
    34: (3, 4, 6, 3),
    50: (3, 4, 6, 3),
    101: (3, 4, 23, 3),
    152: (3, 8, 36, 3),
}
"""How many blocks each stage has, by the number of layers with weights (Table 1)."""


def resnet(input_shape: TensorShape, classes: int, *, depth: int, block: LibraryBlock) -> Graph:
    """A ResNet with torchvision's names, for instance 25,557,032 parameters for ResNet-50 on ImageNet."""
    pen = Sketch()
    pen.then("input", shape=input_shape)
    _convolve(pen, 64, kernel_size=7, stride=2, padding=3)
    pen.then("max_pool2d", "maxpool", kernel_size=3, stride=2, padding=1)
    _draw_stages(pen, classes, block, 64, _COUNTS[depth], "conv{number}_x", first=2)
    for_imagenet(pen, 0.1)
    return pen.graph


def resnet_small(input_shape: TensorShape, classes: int, *, width: int, counts: tuple[int, ...]) -> Graph:
    """A ResNet for images of some 30 pixels: a 3×3 convolution and no pool before the first stage (section 4.2)."""
    pen = Sketch()
    pen.then("input", shape=input_shape)
    _convolve(pen, width, kernel_size=3, stride=1, padding=1)
    _draw_stages(pen, classes, BASIC_BLOCK, width, counts, "{channels} filters")
    for_digits(pen)
    return pen.graph


def _convolve(pen: Sketch, channels: int, *, kernel_size: int, stride: int, padding: int) -> None:
    pen.then(
        "conv2d",
        "conv1",
        out_channels=channels,
        kernel_size=kernel_size,
        stride=stride,
        padding=padding,
        bias=False,
        **HE_FAN_OUT,
    )
    pen.then("batch_norm2d", "bn1")
    pen.then("relu", "relu")


def _draw_stages(
    pen: Sketch, classes: int, block: LibraryBlock, width: int, counts: tuple[int, ...], title: str, first: int = 1
) -> None:
    """Draw the stages, each in a frame; `title` may name its `number`, from `first` on, and its `channels`."""
    for stage, count in enumerate(counts):
        name, channels = f"layer{stage + 1}", width * 2**stage
        head = pen.then(block, f"{name}.0", channels=channels, stride=2 if stage else 1, gap=STAGE_GAP)
        rest = pen.then(block, f"{name}.1", channels=channels, repeat=count - 1, numbering="beside")
        pen.frame(title.format(number=first + stage, channels=channels), (head, rest))
    pen.then("adaptive_avg_pool2d", "avgpool", output_size=1, gap=STAGE_GAP)
    pen.then("flatten")
    pen.then("linear", "fc", out_features=classes)
    pen.then("output")


def _resnet_entry(depth: int) -> ZooEntry:
    block = BASIC_BLOCK if depth < 50 else BOTTLENECK
    return ZooEntry(
        id=f"resnet{depth}",
        label=f"ResNet-{depth}",
        doc=f"{depth} layers in four stages of residual blocks ({block.name}): skip connections let the gradient "
        "through.",
        family="Residual and dense",
        draw=partial(resnet, depth=depth, block=block),
    )


def _plain_entry(depth: int) -> ZooEntry:
    return ZooEntry(
        id=f"plain{depth}",
        label=f"Plain-{depth}",
        doc=f"ResNet-{depth} without its skip connections: the deeper one learns worse than the shallower one.",
        family="Residual and dense",
        draw=partial(resnet, depth=depth, block=PLAIN_BLOCK),
    )


ENTRIES = (
    *map(_resnet_entry, _COUNTS),
    *map(_plain_entry, (18, 34)),
    ZooEntry(
        id="resnet20",
        label="ResNet-20 for small images",
        doc="The ResNet for CIFAR-10: three stages of 16, 32 and 64 channels, with less than 0.3 million weights.",
        family="Small images",
        draw=partial(resnet_small, width=16, counts=(3, 3, 3)),
        input_shape=DIGITS_SHAPE,
        classes=10,
    ),
    ZooEntry(
        id="resnet18_small",
        label="ResNet-18 for small images",
        doc="ResNet-18 whose start keeps the size of the image: a 3×3 convolution, and no pool.",
        family="Small images",
        draw=partial(resnet_small, width=64, counts=_COUNTS[18]),
        input_shape=DIGITS_SHAPE,
        classes=10,
    ),
)
