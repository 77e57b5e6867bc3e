"""The blocks of residual networks, and the same without the skip connection."""

from __future__ import annotations

from engine.graph.model import NodeId
from engine.zoo.block_params import CHANNELS, REDUCTION, STRIDE, channels
from engine.zoo.convolution_blocks import SQUEEZE_EXCITATION
from engine.zoo.initial_weights import HE_FAN_OUT
from engine.zoo.sketch import LibraryBlock, Sketch

_INNER_CHANNELS = channels(
    "channels", 64, "The channels of the 3×3 convolution inside; four times as many come out (the expansion)."
)


def _conv_norm(pen: Sketch, number: int, width: str, kernel_size: int = 3, stride: int | str = 1) -> NodeId:
    pen.then(
        "conv2d",
        f"conv{number}",
        out_channels=width,
        kernel_size=kernel_size,
        stride=stride,
        padding=kernel_size // 2,
        bias=False,
        **HE_FAN_OUT,
    )
    return pen.then("batch_norm2d", f"bn{number}")


def _close(pen: Sketch, start: NodeId, end: NodeId, width: str, number: int) -> None:
    """Add what came in, beside the branch, to its `end`."""
    middle = (pen.row_of(start) + pen.row_of(end)) / 2
    shortcut = pen.add(
        "shortcut",
        start,
        name="downsample",
        lane=1,
        row=middle,
        out_channels=width,
        stride="=stride",
        **HE_FAN_OUT,
    )
    pen.add("add", end, shortcut, name="add")
    pen.then("relu", f"relu{number}")
    pen.then("block_output")


def _two_convolutions(pen: Sketch) -> NodeId:
    _conv_norm(pen, 1, "=channels", stride="=stride")
    pen.then("relu", "relu1")
    return _conv_norm(pen, 2, "=channels")


def _three_convolutions(pen: Sketch) -> NodeId:
    _conv_norm(pen, 1, "=channels", kernel_size=1)
    pen.then("relu", "relu1")
    _conv_norm(pen, 2, "=channels", stride="=stride")
    pen.then("relu", "relu2")
    return _conv_norm(pen, 3, "=4*channels", kernel_size=1)


def _basic_block(pen: Sketch) -> None:
    x = pen.then("block_input", "x")
    _close(pen, x, _two_convolutions(pen), "=channels", 2)


BASIC_BLOCK = LibraryBlock(
    "BasicBlock",
    "Two 3×3 convolutions whose result is added to what came in: the residual block of ResNet-18 and 34 "
    "(He et al., 2016).",
    _basic_block,
    (CHANNELS, STRIDE),
)


def _plain_block(pen: Sketch) -> None:
    pen.then("block_input", "x")
    _two_convolutions(pen)
    pen.then("relu", "relu2")
    pen.then("block_output")


PLAIN_BLOCK = LibraryBlock(
    "PlainBlock",
    "A BasicBlock without its skip connection: stack many and see that they learn worse, as He et al. (2016) did.",
    _plain_block,
    (CHANNELS, STRIDE),
)


def _bottleneck(pen: Sketch) -> None:
    x = pen.then("block_input", "x")
    _close(pen, x, _three_convolutions(pen), "=4*channels", 3)


BOTTLENECK = LibraryBlock(
    "Bottleneck",
    "A 1×1 convolution narrows, a 3×3 one filters, a 1×1 one widens, and the result is added to what came in: the "
    "residual block of ResNet-50, 101 and 152 (He et al., 2016; the stride is at the 3×3 convolution).",
    _bottleneck,
    (_INNER_CHANNELS, STRIDE),
)


def _se_bottleneck(pen: Sketch) -> None:
    x = pen.then("block_input", "x")
    _three_convolutions(pen)
    end = pen.then(SQUEEZE_EXCITATION, "se", channels="=4*channels", reduction="=reduction")
    _close(pen, x, end, "=4*channels", 3)


SE_BOTTLENECK = LibraryBlock(
    "SEBottleneck",
    "A Bottleneck that weighs its channels by squeeze-and-excitation before it adds them (Hu et al., 2018).",
    _se_bottleneck,
    (_INNER_CHANNELS, STRIDE, REDUCTION),
)
