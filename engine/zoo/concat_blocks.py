"""Blocks that join their branches by concatenation: of GoogLeNet, SqueezeNet and DenseNet."""

from __future__ import annotations

from engine.graph.model import NodeId
from engine.graph.params import Int
from engine.zoo.block_params import CHANNELS, channels
from engine.zoo.convolution_blocks import CONV_NORM_ACT
from engine.zoo.sketch import LibraryBlock, Sketch

GOOGLENET_EPS = 0.001
"""What GoogLeNet's batch norms add to the variance."""
_GROWTH = channels("growth", 32, "How many channels each layer adds to what it gets (the growth rate k).")
_BN_SIZE = Int(
    name="bn_size",
    default=4,
    minimum=1,
    maximum=64,
    doc="The width of the 1×1 convolution before the 3×3 one, in growth rates.",
)


def _inception(pen: Sketch) -> None:
    x = pen.then("block_input", "x")

    def conv(source: NodeId, name: str, width: str, kernel_size: int | str, lane: float, row: float) -> NodeId:
        return pen.add(
            CONV_NORM_ACT,
            source,
            name=name,
            lane=lane,
            row=row,
            channels=width,
            kernel_size=kernel_size,
            eps=GOOGLENET_EPS,
        )

    branch1 = conv(x, "branch1", "=ch1x1", 1, -1.5, 2)
    reduced = conv(x, "branch2.0", "=ch3x3red", 1, -0.5, 1)
    branch2 = conv(reduced, "branch2.1", "=ch3x3", 3, -0.5, 2)
    reduced = conv(x, "branch3.0", "=ch5x5red", 1, 0.5, 1)
    branch3 = conv(reduced, "branch3.1", "=ch5x5", "=large_kernel", 0.5, 2)
    pool = pen.add(
        "max_pool2d", x, name="branch4.0", lane=1.5, row=1, kernel_size=3, stride=1, padding=1, ceil_mode=True
    )
    branch4 = conv(pool, "branch4.1", "=pool_proj", 1, 1.5, 2)
    pen.add("concat", branch1, branch2, branch3, branch4, name="concat", lane=0)
    pen.then("block_output")


INCEPTION = LibraryBlock(
    "Inception",
    "Looks at an image with filters of several sizes at once and lays the results on top of each other; 1×1 "
    "convolutions before the larger filters keep it cheap (Szegedy et al., 2015, GoogLeNet).",
    _inception,
    (
        channels("ch1x1", 64, "The channels of the branch of one 1×1 convolution."),
        channels("ch3x3red", 96, "The channels that are left before the 3×3 convolution."),
        channels("ch3x3", 128, "The channels of the 3×3 convolution."),
        channels("ch5x5red", 16, "The channels that are left before the convolution with the large filters."),
        channels("ch5x5", 32, "The channels of the convolution with the large filters."),
        channels("pool_proj", 32, "The channels of the 1×1 convolution behind the pooling."),
        Int(
            name="large_kernel",
            default=3,
            minimum=1,
            maximum=31,
            doc="The size of the large filters, an odd number: 5 in the paper, 3 in torchvision's weights.",
        ),
    ),
)


def _inception_aux(pen: Sketch) -> None:
    pen.then("block_input", "x")
    pen.then("adaptive_avg_pool2d", "avgpool", output_size=4)
    pen.then(CONV_NORM_ACT, "conv", channels=128, kernel_size=1, eps=GOOGLENET_EPS)
    pen.then("flatten")
    pen.then("linear", "fc1", out_features=1024)
    pen.then("relu", "relu")
    pen.then("dropout", "dropout", p=0.7)
    pen.then("linear", "fc2", out_features="=classes")
    pen.then("block_output")


INCEPTION_AUX = LibraryBlock(
    "InceptionAux",
    "A second classifier half way up a deep network: in training its loss, weighed by 0.3, feeds gradient into the "
    "layers below it (Szegedy et al., 2015).",
    _inception_aux,
    (Int(name="classes", default=1000, minimum=1, maximum=1_000_000, doc="How many scores come out."),),
)


def _fire(pen: Sketch) -> None:
    pen.then("block_input", "x")
    pen.then("conv2d", "squeeze", out_channels="=squeeze", kernel_size=1, weight_init="he_uniform")
    squeezed = pen.then("relu", "squeeze_activation")
    ends = []
    for size, lane in ((1, -0.5), (3, 0.5)):
        name = f"expand{size}x{size}"
        pen.add(
            "conv2d",
            squeezed,
            name=name,
            lane=lane,
            out_channels=f"={name}",
            kernel_size=size,
            padding=size // 2,
            weight_init="he_uniform",
        )
        ends.append(pen.then("relu", f"{name}_activation"))
    pen.add("concat", *ends, name="concat", lane=0)
    pen.then("block_output")


FIRE = LibraryBlock(
    "Fire",
    "Squeezes the channels by a 1×1 convolution and expands them again by 1×1 and 3×3 ones side by side: few weights "
    "for many channels (Iandola et al., 2016, SqueezeNet).",
    _fire,
    (
        channels("squeeze", 16, "The few channels in the middle."),
        channels("expand1x1", 64, "The channels of the 1×1 convolution that expands."),
        channels("expand3x3", 64, "The channels of the 3×3 convolution that expands."),
    ),
)


def _dense_layer(pen: Sketch) -> None:
    x = pen.then("block_input", "x")
    for number, width, size in ((1, "=bn_size*growth", 1), (2, "=growth", 3)):
        pen.then("batch_norm2d", f"norm{number}")
        pen.then("relu", f"relu{number}")
        new = pen.then(
            "conv2d",
            f"conv{number}",
            out_channels=width,
            kernel_size=size,
            padding=size // 2,
            bias=False,
            weight_init="he_normal",
        )
    pen.add("concat", x, new, name="concat", lane=0)
    pen.then("block_output")


DENSE_LAYER = LibraryBlock(
    "DenseLayer",
    "Adds a few new channels to all those that it gets, which it passes on unchanged: so every later layer sees every "
    "earlier one (Huang et al., 2017).",
    _dense_layer,
    (_GROWTH, _BN_SIZE),
)


def _dense_block(pen: Sketch) -> None:
    pen.then("block_input", "x")
    pen.then(DENSE_LAYER, "denselayer1", growth="=growth", bn_size="=bn_size", repeat="=layers", numbering="beside")
    pen.then("block_output")


DENSE_BLOCK = LibraryBlock(
    "DenseBlock",
    "Dense layers in a row: each gets the channels of all before it (Huang et al., 2017).",
    _dense_block,
    (Int(name="layers", default=6, minimum=1, maximum=1000, doc="How many dense layers there are."), _GROWTH, _BN_SIZE),
)


def _transition(pen: Sketch) -> None:
    pen.then("block_input", "x")
    pen.then("batch_norm2d", "norm")
    pen.then("relu", "relu")
    pen.then("conv2d", "conv", out_channels="=channels", kernel_size=1, bias=False, weight_init="he_normal")
    pen.then("avg_pool2d", "pool")
    pen.then("block_output")


TRANSITION = LibraryBlock(
    "Transition",
    "Between two dense blocks: a 1×1 convolution takes back some of the channels and a pool halves the image "
    "(Huang et al., 2017).",
    _transition,
    (CHANNELS,),
)
