"""The list of reference networks and templates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.graph.model import Graph
from engine.zoo.convolutional import lenet5, residual_cnn
from engine.zoo.perceptrons import deep_relu, deep_sigmoid, spirals_mlp


@dataclass(frozen=True, slots=True)
class ZooEntry:
    """One network that projects can start from."""

    id: str
    """Its name on the command line."""
    label: str
    """Its title on the welcome page."""
    doc: str
    """What it shows, in one or two sentences."""
    build: Callable[[], Graph]
    """Draws it, with the data set and the recipe it is meant for."""


_ENTRIES = (
    ZooEntry(
        "lenet5",
        "LeNet-5 reads digits",
        "The convolutional network of 1998 that read cheques. Learns MNIST to over 98 % in a minute or two.",
        lenet5,
    ),
    ZooEntry(
        "residual_cnn",
        "Small residual network",
        "Skip connections carry the signal and the gradient around each block, as in ResNet.",
        residual_cnn,
    ),
    ZooEntry(
        "spirals_mlp",
        "Perceptron on two spirals",
        "Three hidden layers bend a plane until two spirals come apart. Trains in seconds.",
        spirals_mlp,
    ),
    ZooEntry(
        "deep_sigmoid",
        "Deep sigmoid net",
        "Eight sigmoid layers: watch the gradient vanish on its way to the first layer, and nothing being learned.",
        deep_sigmoid,
    ),
    ZooEntry(
        "deep_relu",
        "Deep ReLU net",
        "The twin of the deep sigmoid net: ReLU and He initialisation let the gradient reach the first layer.",
        deep_relu,
    ),
)

ZOO: dict[str, ZooEntry] = {entry.id: entry for entry in _ENTRIES}
"""Every entry by its id, in the order of the welcome page."""
