"""Networks of dense layers, among them two that show how gradients vanish and how they do not."""

from __future__ import annotations

from engine.graph.model import Graph
from engine.zoo.sketch import Sketch

HIDDEN_LAYERS = 8


def spirals_mlp() -> Graph:
    """A multi-layer perceptron that tells two spirals apart (Lang & Witbrock, 1988)."""
    pen = Sketch()
    pen.then("input", shape=(2,))
    for number in (1, 2, 3):
        pen.then("linear", f"dense{number}", out_features=32, weight_init="xavier_uniform")
        pen.then("tanh", f"tanh{number}")
    pen.then("linear", "scores", out_features=2, weight_init="xavier_uniform")
    pen.then("output")
    pen.settings("data", dataset="spirals")
    pen.settings("recipe", optimizer="adam", learning_rate=0.005, batch_size=64, epochs=60)
    return pen.graph


def deep_sigmoid() -> Graph:
    """A deep stack of sigmoids: the gradient shrinks at every layer on its way back (Hochreiter, 1991)."""
    return _deep_stack("sigmoid", weight_init="default")


def deep_relu() -> Graph:
    """The same stack with ReLU and He initialisation (He et al., 2015): the gradient arrives."""
    return _deep_stack("relu", weight_init="he_normal")


def _deep_stack(activation: str, *, weight_init: str) -> Graph:
    pen = Sketch()
    pen.then("input", shape=(1, 28, 28))
    pen.then("flatten")
    for number in range(1, HIDDEN_LAYERS + 1):
        pen.then("linear", f"dense{number}", out_features=64, weight_init=weight_init)
        pen.then(activation, f"{activation}{number}")
    pen.then("linear", "scores", out_features=10, weight_init=weight_init)
    pen.then("output")
    pen.settings("data", dataset="mnist")
    pen.settings("recipe", optimizer="sgd", learning_rate=0.01, momentum=0.9, batch_size=64, epochs=2)
    return pen.graph
