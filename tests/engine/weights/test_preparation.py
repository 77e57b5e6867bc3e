"""A network that gets published weights computes what torchvision's computes with them, rescaled images included."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import nn
from torchvision import models

from engine.compiler.build import build
from engine.graph import document
from engine.graph.edits import AddNode, Compound, Connect, Edit, SetParam, insert_on_edge
from engine.graph.model import Edge, Graph
from engine.layers.nodes import new_node
from engine.weights.catalogue import published, published_in, rescales_input
from engine.weights.declarations import WeightChoice, WeightsError
from engine.weights.head import head_of
from engine.weights.preparation import prepare
from engine.weights.sources import load_choice
from engine.zoo.registry import ZOO

Nets = Callable[[str], nn.Module]
NAME = "GoogLeNet_Weights.IMAGENET1K_V1"
FILE = "googlenet-1378be20.pth"
SHAPE = (3, 64, 64)


def prepared(graph: Graph, source: str = NAME) -> str:
    """Prepare `graph`, and give the sentence."""
    found = prepare(graph, source)
    Compound("", found.edits).apply(graph)
    return found.sentence


def path_from_input(graph: Graph, length: int) -> list[str]:
    """The first layers, one after another."""
    node = graph.named("input")
    names = []
    for _ in range(length):
        assert node is not None
        names.append(node.name)
        (edge,) = graph.outgoing(node.id)
        node = graph.nodes[edge.target]
    return names


@pytest.mark.sampled(1)
@pytest.mark.parametrize("aux", [False, True])
def test_the_network_answers_as_torchvisions_with_the_same_weights(
    aux: bool, tmp_path: Path, torchvision_net: Nets, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = torchvision_net("googlenet").state_dict()
    torch.save(state, tmp_path / FILE)
    weights = models.GoogLeNet_Weights.IMAGENET1K_V1
    monkeypatch.setattr(type(weights), "get_state_dict", lambda self, *args, **kwargs: state)
    if aux:
        with pytest.warns(UserWarning, match="NOT pretrained"):
            theirs = models.googlenet(weights=weights, aux_logits=True)
    else:
        theirs = models.googlenet(weights=weights)
    graph = ZOO["googlenet"].build(SHAPE, aux=aux)
    assert prepared(graph, FILE) == (
        "“transform_input” is put behind “input”: these weights expect images on another scale."
    )
    ours = build(graph)
    load_choice(ours, head_of(graph), WeightChoice(source=FILE), tmp_path, lambda sentence: None)
    x = torch.randn(2, *SHAPE)
    for training in (False, True):
        results = []
        for model in (ours.train(training), theirs.train(training)):
            torch.manual_seed(0)
            found = model(x)
            results.append(found[0] if isinstance(found, tuple) else found)
        assert torch.equal(*results)


def test_it_is_known_from_torchvision_which_weights_want_it() -> None:
    assert rescales_input(published(NAME))
    assert rescales_input(published("Inception_V3_Weights.IMAGENET1K_V1"))
    for name in ("ResNet18_Weights.IMAGENET1K_V1", "VGG11_Weights.IMAGENET1K_V1"):
        assert not rescales_input(published(name))


def test_other_weights_need_nothing() -> None:
    for name, source in (
        ("resnet18", "ResNet18_Weights.IMAGENET1K_V1"),
        ("resnet18", "resnet18-f37072fd.pth"),
        # The tensors of a run of one's own, which may have seen images as they are.
        ("googlenet", "googlenet.pth"),
        ("googlenet", "runs/mine.safetensors"),
    ):
        graph = ZOO[name].build()
        assert prepare(graph, source).edits == ()
        assert prepare(graph, source).sentence == ""
    with pytest.raises(WeightsError, match="torchvision has no weights"):
        prepare(ZOO["googlenet"].build(), "GoogLeNet_Weights.NEWEST")


def test_a_published_file_is_known_by_its_name() -> None:
    assert published_in(FILE) == published(NAME)
    assert published_in("googlenet.pth") is None


def test_the_layer_is_put_in_once_and_taken_back_by_undo() -> None:
    graph = ZOO["googlenet"].build()
    before = document.dump(graph)
    edit: Edit = Compound("", prepare(graph, NAME).edits)
    assert document.dump(graph) == before, "preparing changes nothing"
    undo = edit.apply(graph)
    assert path_from_input(graph, 3) == ["input", "transform_input", "conv1"]
    first, second, third = (graph.named(name) for name in path_from_input(graph, 3))
    assert first is not None
    assert second is not None
    assert third is not None
    assert first.position[1] < second.position[1] < third.position[1]
    assert prepared(graph) == ""
    undo.apply(graph)
    assert document.dump(graph) == before
    asked_for = ZOO["googlenet"].build(transform_input=True)
    assert prepared(asked_for) == ""


def test_it_stands_behind_what_normalises_the_images() -> None:
    graph = ZOO["googlenet"].build()
    source, conv = graph.named("input"), graph.named("conv1")
    assert source is not None
    assert conv is not None
    own = new_node(graph, "normalize", name="imagenet", mean="0.485, 0.456, 0.406", std="0.229, 0.224, 0.225")
    insert_on_edge(own, Edge(source.id, 0, conv.id, 0)).apply(graph)
    assert prepared(graph).startswith("“transform_input” is put behind “imagenet”: ")
    assert path_from_input(graph, 4) == ["input", "imagenet", "transform_input", "conv1"]
    layer = graph.named("transform_input")
    assert layer is not None
    SetParam(layer.id, "offset", "-.030001 -.088 -.188").apply(graph)
    assert prepared(graph) == "", "numbers may be rounded"


def test_all_that_sees_the_images_sees_them_rescaled() -> None:
    graph = ZOO["googlenet"].build()
    source = graph.named("input")
    assert source is not None
    pool = new_node(graph, "adaptive_avg_pool2d", name="brightness")
    Compound("", (AddNode(pool), Connect(Edge(source.id, 0, pool.id, 0)))).apply(graph)
    prepared(graph)
    layer = graph.named("transform_input")
    assert layer is not None
    assert {graph.nodes[edge.target].name for edge in graph.outgoing(layer.id)} == {"conv1", "brightness"}
    assert [edge.target for edge in graph.outgoing(source.id)] == [layer.id]


def test_grey_images_get_the_mean_of_the_colours() -> None:
    graph = ZOO["googlenet"].build((1, 32, 32))
    assert "with the mean of the colours' numbers" in prepared(graph)
    layer = graph.named("transform_input")
    assert layer is not None
    assert layer.params == {"scale": "0.452", "offset": "-0.102"}
