"""The weights that torchvision publishes, and which of them fit a network.

Nothing is compared by the name of an architecture: weights fit when the tensors of the network they were made for have
the names and shapes of the tensors here. So it does not matter how a network came about, or what was edited.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlparse

import torch
from torch import Tensor, nn

from engine.graph.wording import quoted
from engine.weights.declarations import WeightsError
from engine.weights.head import Head
from engine.weights.loading import AUXILIARY, Fit, first_filters, fit

_DATA = "ImageNet-1K"
_CLASSES = 1000
_COLOURS = 3


@dataclass(frozen=True, slots=True)
class PublishedWeights:
    """One set of weights that can be downloaded."""

    name: str
    """Its name in torchvision, such as `ResNet50_Weights.IMAGENET1K_V2`."""
    architecture: str
    """The network that it was made for, such as `resnet50`."""
    url: str
    """Where it is."""
    accuracy: float
    """The share of ImageNet's validation images that the network classifies correctly with it, 0 to 1."""
    megabytes: float
    """The size of the file."""
    parameters: int
    """How many numbers are learnt, without auxiliary heads."""
    is_default: bool
    """Whether torchvision recommends it for this network."""

    @property
    def file_name(self) -> str:
        """What the file is called, with the beginning of its SHA-256 before the suffix."""
        return PurePosixPath(urlparse(self.url).path).name

    @property
    def title(self) -> str:
        """Its name among the weights of the same network, such as `IMAGENET1K_V2`."""
        return self.name.partition(".")[2]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Published weights that fit a network."""

    weights: PublishedWeights
    fit: Fit
    """How they fit."""


def published(name: str) -> PublishedWeights:
    """The weights with a name such as `ResNet50_Weights.IMAGENET1K_V2`.

    Raises:
        WeightsError: torchvision has none of this name that can be used here.
    """
    found = _by_name().get(name)
    if found is None:
        raise WeightsError(f"torchvision has no weights {quoted(name)} of an image classifier: choose others.")
    return found


def candidates(model: nn.Module, head: Head, *, grey: bool = False) -> list[Candidate]:
    """The published weights that fit `model`, the recommended ones first, then by accuracy.

    Args:
        model: the compiled network; the meta device will do.
        head: its head, which may decide between other classes than ImageNet's.
        grey: whether the first layer may be adapted to grey images.
    """
    count = _count(model, head)
    found = []
    for weights in _by_name().values():
        # Only what has as many parameters is worth building.
        if weights.parameters == count:
            try:
                found.append(Candidate(weights, fit_published(model, head, weights, grey=grey)))
            except WeightsError:
                continue
    return sorted(found, key=lambda candidate: (not candidate.weights.is_default, -candidate.weights.accuracy))


def fit_published(model: nn.Module, head: Head, weights: PublishedWeights, *, grey: bool = False) -> Fit:
    """See whether published weights fit `model`, without downloading them.

    Raises:
        WeightsError: they do not.
    """
    return fit(model, _reference(weights.architecture).tensors, head, quoted(weights.name, 100), grey=grey)


def rescales_input(weights: PublishedWeights) -> bool:
    """Whether torchvision's network brings its input to another scale, as these weights expect it.

    Networks that can do so have the switch `transform_input`, which torchvision's builders turn on with any weights.
    """
    return _reference(weights.architecture).can_rescale


def published_in(file_name: str) -> PublishedWeights | None:
    """The weights that are published in a file of this name, which contains a part of the file's SHA-256."""
    return next((weights for weights in _by_name().values() if weights.file_name == file_name), None)


def _count(model: nn.Module, head: Head) -> int:
    """How many parameters `model` would have with ImageNet's classes and colours, and without auxiliary heads."""
    shapes = {name: list(tensor.shape) for name, tensor in model.named_parameters() if not name.startswith(AUXILIARY)}
    first = first_filters(model)
    if first in shapes and shapes[first][1] == 1:
        shapes[first][1] = _COLOURS
    for name in shapes:
        if head.holds(name):
            shapes[name][0] = _CLASSES
    return sum(map(math.prod, shapes.values()))


@cache
def _by_name() -> dict[str, PublishedWeights]:
    from torchvision import models

    found: dict[str, PublishedWeights] = {}
    for architecture in models.list_models(module=models):
        weights = models.get_model_weights(architecture)
        for entry in weights:
            described = _described(architecture, entry, is_default=entry is weights.DEFAULT)
            if described is not None:
                found[described.name] = described
    return found


def _described(architecture: str, entry: Any, *, is_default: bool) -> PublishedWeights | None:
    """What torchvision says about one set of weights; None for one that does not classify ImageNet."""
    accuracy = entry.meta["_metrics"].get(_DATA, {}).get("acc@1", math.nan)
    if not math.isfinite(accuracy) or len(entry.meta["categories"] or ()) != _CLASSES:
        return None
    return PublishedWeights(
        name=str(entry),
        architecture=architecture,
        url=entry.url,
        accuracy=accuracy / 100,
        megabytes=entry.meta["_file_size"],
        parameters=entry.meta["num_params"],
        is_default=is_default,
    )


@dataclass(frozen=True, slots=True)
class _Reference:
    """What a network of torchvision's is like when it is built for pretrained weights."""

    tensors: dict[str, Tensor]
    """The tensors in its file, without their numbers."""
    can_rescale: bool
    """Whether it has the switch `transform_input`."""


@cache
def _reference(architecture: str) -> _Reference:
    from torchvision import models

    # Their files were saved from the networks with the auxiliary heads; without the option, building them warns.
    has_heads = architecture in ("googlenet", "inception_v3")
    options = {"aux_logits": True, "init_weights": False} if has_heads else {}
    with torch.device("meta"):
        model = models.get_model(architecture, weights=None, **options)
    return _Reference(dict(model.state_dict()), hasattr(model, "transform_input"))
