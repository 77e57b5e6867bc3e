"""A U-Net (Ronneberger, Fischer & Brox, 2015): an encoder, a decoder, and skip connections at every level."""

from __future__ import annotations

from engine.graph.model import Graph, NodeId
from engine.layers.spec import TensorShape
from engine.zoo.convolution_blocks import DOUBLE_CONV
from engine.zoo.entry import ZooEntry
from engine.zoo.sketch import Sketch

_LEVELS = 4
_WIDTH = 64


def unet(input_shape: TensorShape, classes: int) -> Graph:
    """A U-Net that gives a map of scores as large as the image, one channel for each class.

    Unlike in the paper the convolutions are padded, so that nothing is cropped; up-convolutions into a level of odd
    size get one more row or column. On the canvas the U lies on its side: each level has a lane, and the skip
    connections run straight down in it.
    """
    pen = Sketch()
    pen.then("input", shape=input_shape)
    sizes = [input_shape[1:]]
    skips: list[NodeId] = []
    down: list[NodeId] = []
    for level in range(_LEVELS):
        skips.append(pen.then(DOUBLE_CONV, f"encoder{level + 1}", channels=_WIDTH * 2**level))
        down += (skips[-1], pen.then("max_pool2d", f"pool{level + 1}", lane=level + 1))
        sizes.append(tuple(size // 2 for size in sizes[-1]))
    pen.then(DOUBLE_CONV, "bottom", channels=_WIDTH * 2**_LEVELS)
    ways_up: list[NodeId] = []
    for level in reversed(range(_LEVELS)):
        channels = _WIDTH * 2**level
        odd = tuple(size % 2 for size in sizes[level])
        up = pen.then("conv_transpose2d", f"up{level + 1}", out_channels=channels, output_padding=odd)
        join = pen.add("concat", skips[level], up, name=f"concat{level + 1}")
        ways_up += (up, join, pen.then(DOUBLE_CONV, f"decoder{level + 1}", channels=channels))
    pen.frame("Contracting path", down)
    pen.frame("Expansive path", ways_up)
    pen.then("conv2d", "head", out_channels=classes, kernel_size=1)
    pen.then("output")
    pen.settings("recipe", optimizer="adam", learning_rate=1e-3, batch_size=8, epochs=20)
    return pen.graph


ENTRIES = (
    ZooEntry(
        id="unet",
        label="U-Net",
        doc="Says of each pixel what it belongs to: an encoder sees what there is, a decoder where, joined at each "
        "level.",
        family="Segmentation",
        draw=unet,
        input_shape=(3, 256, 256),
        classes=2,
        least=2**_LEVELS,
    ),
)
