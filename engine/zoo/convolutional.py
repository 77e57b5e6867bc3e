"""Networks for images."""

from __future__ import annotations

from engine.graph.model import Graph, NodeId
from engine.layers.spec import TensorShape
from engine.layout.metrics import LANE
from engine.zoo.entry import DIGITS_SHAPE, TEMPLATES_FAMILY, ZooEntry
from engine.zoo.sketch import Sketch


def lenet5(input_shape: TensorShape, classes: int) -> Graph:
    """LeNet-5 (LeCun, Bottou, Bengio & Haffner, 1998) on 28×28 images: 61,706 parameters.

    As it is taught today, with ReLU and max pooling where the original has tanh and trainable averages.
    """
    pen = Sketch()
    pen.then("input", shape=input_shape)
    pen.then("conv2d", "conv1", out_channels=6, kernel_size=(5, 5), padding=(2, 2))
    pen.then("relu", "relu1")
    pen.then("max_pool2d", "pool1")
    pen.then("conv2d", "conv2", out_channels=16, kernel_size=(5, 5))
    pen.then("relu", "relu2")
    pen.then("max_pool2d", "pool2")
    pen.then("flatten")
    pen.then("linear", "dense1", out_features=120)
    pen.then("relu", "relu3")
    pen.then("linear", "dense2", out_features=84)
    pen.then("relu", "relu4")
    pen.then("linear", "dense3", out_features=classes)
    pen.then("output")
    pen.settings("data", dataset="mnist")
    pen.settings("recipe", optimizer="adam", learning_rate=0.002, batch_size=64, epochs=3)
    return pen.graph


def residual_cnn(input_shape: TensorShape, classes: int) -> Graph:
    """A small residual network after He, Zhang, Ren & Sun (2016): three blocks, each added to what it skips."""
    pen = Sketch()
    pen.then("input", shape=input_shape)
    pen.then("conv2d", "stem", out_channels=16, stride=(2, 2), padding=(1, 1), bias=False, weight_init="he_normal")
    pen.then("batch_norm2d", "stem_norm")
    end = pen.then("relu", "stem_relu")
    end = _residual_block(pen, end, "block1", channels=16, stride=1)
    end = _residual_block(pen, end, "block2", channels=32, stride=2)
    _residual_block(pen, end, "block3", channels=32, stride=1)
    pen.then("adaptive_avg_pool2d", "pool")
    pen.then("flatten")
    pen.then("linear", "dense", out_features=classes)
    pen.then("output")
    pen.settings("data", dataset="mnist")
    pen.settings("recipe", optimizer="adam", learning_rate=0.002, batch_size=64, epochs=2)
    return pen.graph


def _residual_block(pen: Sketch, start: NodeId, name: str, *, channels: int, stride: int) -> NodeId:
    """Two 3×3 convolutions added to their input, which is projected by a 1×1 convolution when it is shrunk."""
    pen.add(
        "conv2d",
        start,
        name=f"{name}_conv1",
        out_channels=channels,
        stride=(stride, stride),
        padding=(1, 1),
        bias=False,
        weight_init="he_normal",
    )
    pen.then("batch_norm2d", f"{name}_norm1")
    pen.then("relu", f"{name}_relu1")
    pen.then("conv2d", f"{name}_conv2", out_channels=channels, padding=(1, 1), bias=False, weight_init="he_normal")
    end = pen.then("batch_norm2d", f"{name}_norm2")
    skip = start
    if stride != 1:
        lane = pen.graph.nodes[start].position[0] / LANE + 1
        projection = pen.add(
            "conv2d",
            start,
            name=f"{name}_project",
            lane=lane,
            out_channels=channels,
            kernel_size=(1, 1),
            stride=(stride, stride),
            bias=False,
            weight_init="he_normal",
        )
        skip = pen.add("batch_norm2d", projection, name=f"{name}_project_norm")
    pen.add("add", end, skip, name=f"{name}_add")
    return pen.then("relu", f"{name}_relu2")


ENTRIES = (
    ZooEntry(
        id="lenet5",
        label="LeNet-5 reads digits",
        doc="The convolutional network of 1998 that read cheques. Learns MNIST to over 98 % in a minute or two.",
        family=TEMPLATES_FAMILY,
        draw=lenet5,
        input_shape=DIGITS_SHAPE,
        classes=10,
        least=12,
    ),
    ZooEntry(
        id="residual_cnn",
        label="Small residual network",
        doc="Skip connections carry the signal and the gradient around each block, as in ResNet.",
        family=TEMPLATES_FAMILY,
        draw=residual_cnn,
        input_shape=DIGITS_SHAPE,
        classes=10,
    ),
)
