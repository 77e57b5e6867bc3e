"""Which published weights fit: by names and shapes, and never because of what a network is called."""

from __future__ import annotations

import pytest
from torchvision import models

from engine.compiler.build import build
from engine.graph.edits import Rename, SetParam
from engine.graph.model import Graph
from engine.weights.catalogue import Candidate, candidates, published
from engine.weights.declarations import WeightsError
from engine.weights.head import head_of
from engine.zoo.registry import ZOO


def fitting(graph: Graph, *, grey: bool = False) -> list[Candidate]:
    return candidates(build(graph, device="meta"), head_of(graph), grey=grey)


def names(graph: Graph, *, grey: bool = False) -> list[str]:
    return [candidate.weights.name for candidate in fitting(graph, grey=grey)]


@pytest.mark.sampled(4)
@pytest.mark.parametrize("name", ["alexnet", "vgg16", "googlenet", "resnet50", "densenet121", "squeezenet1_0"])
@pytest.mark.parametrize("classes", [1000, 10])
def test_a_network_of_the_zoo_gets_what_torchvision_has_for_it(name: str, classes: int) -> None:
    weights = models.get_model_weights(name)
    expected = [str(entry) for entry in weights if entry.meta["_metrics"]["ImageNet-1K"]["acc@1"] > 0]
    found = names(ZOO[name].build(classes=classes))
    assert sorted(found) == sorted(expected)
    assert found[0] == str(weights.DEFAULT)


def test_what_is_told_is_what_torchvision_says() -> None:
    entry = models.ResNet50_Weights.IMAGENET1K_V2
    weights = published("ResNet50_Weights.IMAGENET1K_V2")
    assert weights.accuracy == pytest.approx(0.80858)
    assert (weights.architecture, weights.title, weights.is_default) == ("resnet50", "IMAGENET1K_V2", True)
    assert (weights.url, weights.parameters) == (entry.url, 25_557_032)
    assert weights.file_name == "resnet50-11ad3fa6.pth"
    assert weights.megabytes == pytest.approx(97.79)


def test_the_fit_says_what_is_left_of_the_file() -> None:
    graph = ZOO["resnet18"].build(classes=10)
    assert fitting(graph)[0].fit.sentence == (
        "120 tensors of “ResNet18_Weights.IMAGENET1K_V1” are loaded; “fc” starts from random numbers."
    )


def test_grey_images_are_a_matter_of_choice() -> None:
    graph = ZOO["resnet18"].build(input_shape=(1, 64, 64))
    assert names(graph) == []
    assert names(graph, grey=True) == ["ResNet18_Weights.IMAGENET1K_V1"]
    mobile = ZOO["mobilenet_v2"].build(input_shape=(1, 64, 64))  # whose depthwise filters look at one channel anyway
    assert len(names(mobile, grey=True)) == 2


def test_edits_decide_and_not_the_origin() -> None:
    graph = ZOO["resnet18"].build()
    conv, bn, pool = (graph.named(name) for name in ("conv1", "bn1", "maxpool"))
    assert conv is not None
    assert bn is not None
    assert pool is not None
    SetParam(pool.id, "padding", (0, 0)).apply(graph)
    assert names(graph) == ["ResNet18_Weights.IMAGENET1K_V1"]
    undo = Rename(bn.id, "norm").apply(graph)
    assert names(graph) == []
    undo.apply(graph)
    SetParam(conv.id, "kernel_size", (5, 5)).apply(graph)
    assert names(graph) == []


@pytest.mark.parametrize("name", ["lenet5", "resnet20", "plain18"])
def test_other_networks_have_none(name: str) -> None:
    assert names(ZOO[name].build()) == []


@pytest.mark.parametrize("name", ["ResNet50_Weights.V9", "Foo_Weights.A", "VGG16_Weights.IMAGENET1K_FEATURES"])
def test_names_that_give_no_classifier_are_refused(name: str) -> None:
    with pytest.raises(WeightsError, match=f"torchvision has no weights “{name}” of an image classifier"):
        published(name)
