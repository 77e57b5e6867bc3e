"""Networks of dense layers, among them two that show how gradients vanish and how they do not."""

from __future__ import annotations

from engine.graph.model import Graph
from engine.layers.spec import TensorShape
from engine.zoo.entry import DIGITS_SHAPE, TEMPLATES_FAMILY, ZooEntry
from engine.zoo.recipes import for_digits
from engine.zoo.sketch import Sketch

HIDDEN_LAYERS = 8
"""How many hidden layers the two deep stacks have."""
_ANY_AXES = (1, 2, 3, 4)


def spirals_mlp(input_shape: TensorShape, classes: int) -> Graph:
    """A multi-layer perceptron that tells two spirals apart (Lang & Witbrock, 1988)."""
    pen = Sketch()
    _draw_input(pen, input_shape)
    for number in (1, 2, 3):
        pen.then("linear", f"dense{number}", out_features=32, weight_init="xavier_uniform")
        pen.then("tanh", f"tanh{number}")
    pen.then("linear", "scores", out_features=classes, weight_init="xavier_uniform")
    pen.then("output")
    pen.settings("data", dataset="spirals")
    pen.settings("recipe", optimizer="adam", learning_rate=0.005, batch_size=64, epochs=60)
    return pen.graph


def mlp(input_shape: TensorShape, classes: int) -> Graph:
    """A multi-layer perceptron with two hidden layers and dropout (Rosenblatt, 1958; Rumelhart et al., 1986)."""
    pen = Sketch()
    _draw_input(pen, input_shape)
    for number, units in enumerate((256, 128), start=1):
        pen.then("linear", f"dense{number}", out_features=units, weight_init="he_normal")
        pen.then("relu", f"relu{number}")
        pen.then("dropout", f"dropout{number}", p=0.2)
    pen.then("linear", "scores", out_features=classes)
    pen.then("output")
    for_digits(pen, epochs=3)
    return pen.graph


def deep_sigmoid(input_shape: TensorShape, classes: int) -> Graph:
    """A deep stack of sigmoids: the gradient shrinks at every layer on its way back (Hochreiter, 1991)."""
    return _deep_stack(input_shape, classes, "sigmoid", weight_init="default")


def deep_relu(input_shape: TensorShape, classes: int) -> Graph:
    """The same stack with ReLU and He initialisation (He et al., 2015): the gradient arrives."""
    return _deep_stack(input_shape, classes, "relu", weight_init="he_normal")


def _deep_stack(input_shape: TensorShape, classes: int, activation: str, *, weight_init: str) -> Graph:
    pen = Sketch()
    _draw_input(pen, input_shape)
    for number in range(1, HIDDEN_LAYERS + 1):
        pen.then("linear", f"dense{number}", out_features=64, weight_init=weight_init)
        pen.then(activation, f"{activation}{number}")
    pen.then("linear", "scores", out_features=classes, weight_init=weight_init)
    pen.then("output")
    pen.settings("data", dataset="mnist")
    pen.settings("recipe", optimizer="sgd", learning_rate=0.01, momentum=0.9, batch_size=64, epochs=2)
    return pen.graph


def _draw_input(pen: Sketch, input_shape: TensorShape) -> None:
    pen.then("input", shape=input_shape)
    if len(input_shape) > 1:
        pen.then("flatten")


ENTRIES = (
    ZooEntry(
        id="spirals_mlp",
        label="Perceptron on two spirals",
        doc="Three hidden layers bend a plane until two spirals come apart. Trains in seconds.",
        family=TEMPLATES_FAMILY,
        draw=spirals_mlp,
        input_shape=(2,),
        classes=2,
        axes=_ANY_AXES,
    ),
    ZooEntry(
        id="deep_sigmoid",
        label="Deep sigmoid net",
        doc="Eight sigmoid layers: watch the gradient vanish on its way to the first layer, and nothing being learned.",
        family=TEMPLATES_FAMILY,
        draw=deep_sigmoid,
        input_shape=DIGITS_SHAPE,
        classes=10,
        axes=_ANY_AXES,
    ),
    ZooEntry(
        id="deep_relu",
        label="Deep ReLU net",
        doc="The twin of the deep sigmoid net: ReLU and He initialisation let the gradient reach the first layer.",
        family=TEMPLATES_FAMILY,
        draw=deep_relu,
        input_shape=DIGITS_SHAPE,
        classes=10,
        axes=_ANY_AXES,
    ),
    ZooEntry(
        id="mlp",
        label="Multi-layer perceptron",
        doc="Two hidden layers of dense units with ReLU and dropout: 97 to 98 % of MNIST in a minute.",
        family="Perceptrons",
        draw=mlp,
        input_shape=DIGITS_SHAPE,
        classes=10,
        axes=_ANY_AXES,
    ),
)
