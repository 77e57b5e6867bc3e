"""The reference networks are torchvision's: the same weights by name, the same outputs, the same gradients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
import torch
import torchvision
from torch import nn

from engine.compiler.build import build
from engine.graph.model import Graph
from engine.zoo.registry import ZOO

SHAPE = (3, 64, 64)
# A minute altogether; the others are relatives of them.
NETS = (
    *("alexnet", "vgg11", "vgg11_bn", "vgg13", "vgg13_bn", "vgg16", "vgg16_bn", "vgg19", "vgg19_bn", "googlenet"),
    *("resnet18", "resnet34", "resnet50", "resnet101", "resnet152"),
    *("densenet121", "densenet161", "densenet169", "densenet201", "squeezenet1_0", "squeezenet1_1", "mobilenet_v2"),
)
QUICK = {"googlenet", "resnet18", "squeezenet1_0", "mobilenet_v2"}
"""Of each kind a small one; files of weights for DenseNets are loaded in tests of their own."""


def reference(name: str, **options: Any) -> nn.Module:
    """Torchvision's network with random weights."""
    if name.startswith("vgg") or name == "googlenet":
        # Left as PyTorch draws them: the networks' own way takes seconds longer.
        options["init_weights"] = False
    if name == "googlenet":
        options.setdefault("aux_logits", False)
    model: nn.Module = torchvision.models.get_model(name, weights=None, **options)
    return model


@dataclass
class Pair:
    """A network of the zoo, and the one that it is to be."""

    graph: Graph
    theirs: nn.Module


@pytest.fixture(scope="module", params=[pytest.param(n, marks=[] if n in QUICK else [pytest.mark.slow]) for n in NETS])
def pair(request: pytest.FixtureRequest, twins: Any) -> Pair:
    return Pair(ZOO[request.param].build(), twins.stir(reference(request.param)))


def test_the_weights_load_strictly_by_name_and_it_is_the_same_function(pair: Pair, twins: Any) -> None:
    ours = twins.twin(pair.graph, pair.theirs)
    assert sum(p.numel() for p in ours.parameters()) == sum(p.numel() for p in pair.theirs.parameters())
    twins.assert_same_function(ours, pair.theirs, SHAPE, training=False)


@pytest.mark.sampled(1)
def test_in_training_it_is_the_same_function_with_the_same_seed(pair: Pair, twins: Any) -> None:
    twins.assert_same_function(twins.twin(pair.graph, pair.theirs), pair.theirs, SHAPE, training=True)


@pytest.mark.slow
def test_the_auxiliary_heads_come_in_the_order_of_torchvision(twins: Any) -> None:
    theirs = twins.stir(reference("googlenet", aux_logits=True))
    graph = ZOO["googlenet"].build(aux=True)
    ours = twins.twin(graph, theirs)
    assert sum(parameter.numel() for parameter in ours.parameters()) == 13_004_888
    # Dropout falls the same way too: the heads are computed where torchvision computes them.
    twins.assert_same_function(ours, theirs, SHAPE, training=True)


# Torchvision answers with the auxiliary heads in training only.
@pytest.mark.sampled(1)
@pytest.mark.parametrize(("aux", "training"), [(False, False), (False, True), (True, True)])
def test_the_input_is_rescaled_as_by_torchvision(aux: bool, training: bool, twins: Any) -> None:
    theirs = twins.stir(reference("googlenet", aux_logits=aux, transform_input=True))
    ours = build(ZOO["googlenet"].build(aux=aux, transform_input=True))
    ours.load_state_dict(theirs.state_dict(), strict=True)
    twins.assert_same_function(ours, theirs, SHAPE, training=training)
    plain = twins.twin(ZOO["googlenet"].build(aux=aux), theirs)
    with pytest.raises(AssertionError):
        twins.assert_same_function(plain, theirs, SHAPE, training=training)


def test_images_without_three_colours_are_rescaled_by_the_mean() -> None:
    rescaled = build(ZOO["googlenet"].build((1, 32, 32), transform_input=True)).get_submodule("transform_input")
    factor = (0.229 + 0.224 + 0.225) / 3 / 0.5
    shift = ((0.485 + 0.456 + 0.406) / 3 - 0.5) / 0.5
    x = torch.linspace(-2, 2, 9).view(1, 1, 3, 3)
    torch.testing.assert_close(rescaled(x), x * factor + shift)


@pytest.mark.sampled(1)
@pytest.mark.parametrize("name", ["resnet18", "mobilenet_v2", "densenet121", "squeezenet1_1", "googlenet"])
def test_other_numbers_of_classes_and_sizes_are_torchvisions_too(name: str, twins: Any) -> None:
    theirs = twins.stir(reference(name, num_classes=7))
    twins.assert_same_function(twins.twin(ZOO[name].build((3, 50, 71), 7), theirs), theirs, (3, 50, 71), training=False)
