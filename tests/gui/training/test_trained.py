"""Weights of a run and the network as it is now: what was renamed is found again, what does not fit is named."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from engine.compiler.build import CompileError, build
from engine.graph.block_edits import SetLayer, Within
from engine.graph.edits import Edit, MoveNodes, RemoveNode, Rename, SetParam, SetSetting
from engine.graph.model import Graph, NodeId
from engine.layers.blocks import NUMBERING
from engine.layers.registry import spec
from engine.zoo.registry import ZOO
from gui.training.trained import TrainedNetwork


def trained(graph: Graph) -> TrainedNetwork:
    """The network as it is now has been trained."""
    shapes = {name: tuple(tensor.shape) for name, tensor in build(graph, device="meta").state_dict().items()}
    return TrainedNetwork(graph.snapshot(), shapes)


def node(graph: Graph, name: str) -> NodeId:
    found = graph.named(name)
    assert found is not None
    return found.id


def turned_into(graph: Graph, name: str, layer: str) -> Edit:
    """The edit that makes a layer another one, as it comes from the palette."""
    return SetLayer(node(graph, name), layer, {param.name: param.default for param in spec(layer).params})


def apply(graph: Graph, *edits: Edit) -> None:
    for edit in edits:
        edit.apply(graph)


def test_a_network_that_is_as_it_was_fits() -> None:
    graph = ZOO["lenet5"].build()
    network = trained(graph)
    fit = network.fit(graph)
    assert (fit.objection, fit.is_edited) == ("", False)
    assert network.names_in(graph) == {name: name for name in network.layout}


def first_instance(graph: Graph) -> NodeId:
    return next(
        node.id for node in graph.nodes.values() if node.layer.startswith("block:") and node.params["repeat"] == 2
    )


def test_names_are_followed_into_every_copy_of_a_block() -> None:
    graph = ZOO["resnet20"].build()
    network = trained(graph)
    torch.manual_seed(1)
    before = build(graph).eval()
    instance = graph.nodes[first_instance(graph)]
    block = graph.blocks.graph(instance.layer.removeprefix("block:"))
    inner = next(node for node in block.nodes.values() if node.layer == "conv2d")
    apply(
        graph,
        Rename(instance.id, "stage"),
        SetParam(instance.id, NUMBERING.name, "beside"),
        Within(block.block, Rename(inner.id, "first_of_all")),
    )
    names = network.names_in(graph)
    assert network.fit(graph).objection == ""
    assert any(name.startswith("stage1.first_of_all.") for name in names.values())
    now = build(graph).eval()
    now.load_state_dict({names[name]: tensor for name, tensor in before.state_dict().items()}, strict=True)
    shape = next(node.params["shape"] for node in graph.nodes.values() if node.layer == "input")
    image = torch.rand(1, *shape)
    with torch.no_grad():
        assert torch.equal(now(image), before(image))


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda graph: SetParam(node(graph, "dense2"), "out_features", 50), "“dense2” has changed since."),
        (lambda graph: SetParam(node(graph, "dense1"), "bias", False), "“dense1” has changed since."),
        (lambda graph: turned_into(graph, "relu3", "prelu"), "“relu3” has never been trained."),
        (lambda graph: turned_into(graph, "dense2", "relu"), "“dense3” has changed since."),
    ],
)
def test_what_does_not_fit_is_named(make: Callable[[Graph], Edit], sentence: str) -> None:
    graph = ZOO["lenet5"].build()
    network = trained(graph)
    apply(graph, make(graph))
    assert network.fit(graph).objection == f"The trained weights do not fit any more: {sentence}"


def test_a_layer_that_is_gone_is_named() -> None:
    graph = ZOO["lenet5"].build()
    apply(graph, SetParam(node(graph, "dense1"), "out_features", 84))
    network = trained(graph)
    apply(graph, turned_into(graph, "dense2", "relu"))
    assert network.fit(graph).objection == "The trained weights do not fit any more: “dense2” is gone."


@pytest.mark.parametrize(
    ("make", "is_edited"),
    [
        (lambda graph: turned_into(graph, "relu1", "tanh"), True),
        (lambda graph: SetParam(node(graph, "pool2"), "ceil_mode", True), True),
        (lambda graph: SetParam(node(graph, "dense1"), "weight_init", "he_normal"), False),
        (lambda graph: MoveNodes({node(graph, "dense1"): (500.0, 500.0)}), False),
        (lambda graph: SetSetting("recipe", "epochs", 9), False),
    ],
)
def test_edits_that_change_what_is_computed_are_told(make: Callable[[Graph], Edit], is_edited: bool) -> None:
    graph = ZOO["lenet5"].build()
    network = trained(graph)
    apply(graph, make(graph))
    fit = network.fit(graph)
    assert (fit.objection, fit.is_edited) == ("", is_edited)


def test_edits_inside_of_blocks_are_told() -> None:
    graph = ZOO["resnet20"].build()
    network = trained(graph)
    block = graph.blocks.graph("BasicBlock")
    apply(graph, Within("BasicBlock", turned_into(block, "relu2", "tanh")))
    assert network.fit(graph).is_edited


def test_a_network_that_is_not_whole_is_refused() -> None:
    graph = ZOO["lenet5"].build()
    network = trained(graph)
    apply(graph, RemoveNode(node(graph, "output")))
    with pytest.raises(CompileError, match="no Output"):
        network.fit(graph)
