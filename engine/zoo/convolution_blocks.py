"""Blocks around a convolution: with its norm and activation, in pairs, and split into depth and width."""

from __future__ import annotations

from engine.graph.model import NodeId
from engine.graph.params import Float, Int
from engine.zoo.block_params import CHANNELS, REDUCTION, STRIDE, channels
from engine.zoo.initial_weights import HE_FAN_OUT
from engine.zoo.sketch import LibraryBlock, Sketch

_EXPANSION = Int(
    name="expansion",
    default=6,
    minimum=1,
    maximum=64,
    doc="How many times as many channels there are inside, where the depthwise convolution works.",
)
_HE = {"bias": False, "weight_init": "he_normal"}
"""Of a convolution before a batch norm and a ReLU: the norm has a bias of its own."""
_MOBILE = {"bias": False, **HE_FAN_OUT}
"""The same in MobileNetV2, as torchvision has it."""


def _conv_norm_act(pen: Sketch) -> None:
    pen.then("block_input", "x")
    pen.then(
        "conv2d",
        "conv",
        out_channels="=channels",
        kernel_size="=kernel_size",
        stride="=stride",
        padding="=kernel_size//2",
        **_HE,
    )
    pen.then("batch_norm2d", "bn", eps="=eps")
    pen.then("relu", "relu")
    pen.then("block_output")


CONV_NORM_ACT = LibraryBlock(
    "ConvNormAct",
    "A convolution, a batch norm and a ReLU: what most networks for images are made of.",
    _conv_norm_act,
    (
        CHANNELS,
        Int(
            name="kernel_size",
            default=3,
            minimum=1,
            maximum=63,
            doc="The height and width of the filters. With an odd number and a stride of 1 the image keeps its size.",
        ),
        STRIDE,
        Float(
            name="eps",
            default=1e-5,
            minimum=0.0,
            maximum=1.0,
            doc="Added to the variance in the batch norm, against division by zero; GoogLeNet has 0.001.",
        ),
    ),
)


def _double_conv(pen: Sketch) -> None:
    pen.then("block_input", "x")
    for number in (1, 2):
        pen.then("conv2d", f"conv{number}", out_channels="=channels", padding=1, **_HE)
        pen.then("batch_norm2d", f"bn{number}")
        pen.then("relu", f"relu{number}")
    pen.then("block_output")


DOUBLE_CONV = LibraryBlock(
    "DoubleConv",
    "Two 3×3 convolutions, each with a batch norm and a ReLU: one level of a U-Net (Ronneberger et al., 2015; the "
    "norms came later).",
    _double_conv,
    (CHANNELS,),
)


def _squeeze_excitation(pen: Sketch) -> None:
    x = pen.then("block_input", "x")
    pen.add("adaptive_avg_pool2d", x, name="avgpool", lane=1)
    pen.then("conv2d", "fc1", out_channels="=max(1, channels//reduction)", kernel_size=1, weight_init="he_normal")
    pen.then("relu", "activation")
    pen.then("conv2d", "fc2", out_channels="=channels", kernel_size=1, weight_init="xavier_normal")
    scale = pen.then("sigmoid", "scale_activation")
    pen.add("multiply", x, scale, name="scale")
    pen.then("block_output")


SQUEEZE_EXCITATION = LibraryBlock(
    "SqueezeExcitation",
    "Looks at the mean of each channel and from them weighs the channels: those that matter in this image pass, "
    "others are turned down (Hu et al., 2018).",
    _squeeze_excitation,
    (channels("channels", 64, "The channels of the image that comes in, which come out again."), REDUCTION),
)


def _depthwise_separable(pen: Sketch) -> None:
    pen.then("block_input", "x")
    pen.then("depthwise_conv2d", "depthwise", stride="=stride", padding=1, **_HE)
    pen.then("batch_norm2d", "bn1")
    pen.then("relu", "relu1")
    pen.then("conv2d", "pointwise", out_channels="=channels", kernel_size=1, **_HE)
    pen.then("batch_norm2d", "bn2")
    pen.then("relu", "relu2")
    pen.then("block_output")


DEPTHWISE_SEPARABLE = LibraryBlock(
    "DepthwiseSeparable",
    "A 3×3 convolution in two steps, each channel by itself and then all channels pixel by pixel: about an eighth of "
    "the cost (Howard et al., 2017, MobileNet).",
    _depthwise_separable,
    (CHANNELS, STRIDE),
)


def _linear_bottleneck(pen: Sketch, hidden: str, stride: int | str) -> NodeId:
    """The inside of MobileNetV2's blocks, with torchvision's names; without `hidden` nothing is widened first."""
    part = 0
    if hidden:
        pen.then("conv2d", "conv.0.0", out_channels=hidden, kernel_size=1, **_MOBILE)
        pen.then("batch_norm2d", "conv.0.1")
        pen.then("relu6", "conv.0.2")
        part = 1
    pen.then("depthwise_conv2d", f"conv.{part}.0", stride=stride, padding=1, **_MOBILE)
    pen.then("batch_norm2d", f"conv.{part}.1")
    pen.then("relu6", f"conv.{part}.2")
    pen.then("conv2d", f"conv.{part + 1}", out_channels="=channels", kernel_size=1, **_MOBILE)
    return pen.then("batch_norm2d", f"conv.{part + 2}")


def _depthwise_linear(pen: Sketch) -> None:
    pen.then("block_input", "x")
    _linear_bottleneck(pen, "", "=stride")
    pen.then("block_output")


DEPTHWISE_LINEAR = LibraryBlock(
    "DepthwiseLinear",
    "A depthwise convolution and a 1×1 convolution without an activation behind it: the first bottleneck of "
    "MobileNetV2, which widens nothing (Sandler et al., 2018).",
    _depthwise_linear,
    (CHANNELS, STRIDE),
)


def _inverted_bottleneck(pen: Sketch) -> None:
    pen.then("block_input", "x")
    _linear_bottleneck(pen, "=in_channels*expansion", "=stride")
    pen.then("block_output")


INVERTED_BOTTLENECK = LibraryBlock(
    "InvertedBottleneck",
    "Widens, filters each channel by itself, and narrows again without an activation: MobileNetV2's bottleneck where "
    "size or channels change, so that nothing can be added (Sandler et al., 2018).",
    _inverted_bottleneck,
    (
        channels("in_channels", 32, "The channels that come in; inside there are so many times the expansion."),
        CHANNELS,
        STRIDE,
        _EXPANSION,
    ),
)


def _inverted_residual(pen: Sketch) -> None:
    x = pen.then("block_input", "x")
    end = _linear_bottleneck(pen, "=channels*expansion", 1)
    pen.add("add", end, x, name="add")
    pen.then("block_output")


INVERTED_RESIDUAL = LibraryBlock(
    "InvertedResidual",
    "Widens, filters each channel by itself, narrows again, and adds what came in: unlike in a ResNet the skip "
    "connects the narrow ends (Sandler et al., 2018, MobileNetV2).",
    _inverted_residual,
    (channels("channels", 32, "The channels that come in and go out; they must be the same."), _EXPANSION),
)
