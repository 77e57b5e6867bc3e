"""Every template is sound for its own task, reads well on the canvas, and shows what it promises."""

from __future__ import annotations

from itertools import combinations

import pytest
import torch
from torch.nn import functional

from engine.compiler.build import build
from engine.graph import document
from engine.graph.edits import RemoveNode
from engine.graph.model import NodeId
from engine.project import ProjectAnalyser, checked, data_choice, recipe
from engine.zoo.registry import ZOO
from engine.zoo.sketch import Sketch

EVERY = pytest.mark.parametrize("name", ZOO)
NODE_WIDTH, NODE_HEIGHT = 176, 56


def test_the_templates_of_the_first_version_are_there() -> None:
    assert list(ZOO)[:4] == ["lenet5", "residual_cnn", "spirals_mlp", "deep_sigmoid"]
    assert all(entry.id == name and entry.label and entry.doc.endswith(".") for name, entry in ZOO.items())
    assert len({entry.label for entry in ZOO.values()}) == len(ZOO)


@EVERY
def test_it_has_no_problems_with_its_own_data_and_recipe(name: str) -> None:
    analysis, problems = ProjectAnalyser().analyse(ZOO[name].build())
    assert problems == []
    assert analysis.is_valid


@EVERY
def test_it_says_what_to_train_on_and_how(name: str) -> None:
    graph = ZOO[name].build()
    assert graph.settings["data"]["dataset"] == data_choice(graph).dataset
    assert recipe(graph).epochs == graph.settings["recipe"]["epochs"]


@EVERY
def test_it_survives_the_file(name: str) -> None:
    data = document.dump(ZOO[name].build())
    assert document.dump(checked(document.parse(data), "The file")) == data


@EVERY
def test_its_layers_do_not_overlap_and_flow_downwards(name: str) -> None:
    graph = ZOO[name].build()
    for one, other in combinations(graph.nodes.values(), 2):
        apart = [abs(a - b) for a, b in zip(one.position, other.position, strict=True)]
        assert apart[0] >= NODE_WIDTH or apart[1] >= NODE_HEIGHT, f"{one.name} lies on {other.name}"
    for edge in graph.edges:
        assert graph.nodes[edge.target].position[1] - graph.nodes[edge.source].position[1] >= NODE_HEIGHT


@EVERY
def test_its_layers_have_different_names(name: str) -> None:
    names = [node.name for node in ZOO[name].build().nodes.values()]
    assert len(set(names)) == len(names)


@EVERY
def test_every_build_is_a_graph_of_its_own(name: str) -> None:
    first = ZOO[name].build()
    before = document.dump(first)
    RemoveNode(NodeId("n1")).apply(first)
    assert document.dump(ZOO[name].build()) == before


def test_weights_are_counted_as_in_the_literature() -> None:
    def weights(name: str) -> int:
        return ProjectAnalyser().analyse(ZOO[name].build())[0].parameters

    assert weights("lenet5") == 61_706
    assert weights("spirals_mlp") == (2 * 32 + 32) + 2 * (32 * 32 + 32) + (32 * 2 + 2)
    deep = (784 * 64 + 64) + 7 * (64 * 64 + 64) + (64 * 10 + 10)
    assert weights("deep_sigmoid") == weights("deep_relu") == deep


def gradient_norms(name: str, seed: int) -> tuple[float, float]:
    """The gradient norms of the first and of the last dense layer, on a batch of noise."""
    torch.manual_seed(seed)
    model = build(ZOO[name].build())
    samples, classes = torch.randn(64, 1, 28, 28), torch.arange(64) % 10
    functional.cross_entropy(model(samples), classes).backward()

    def norm(layer: str) -> float:
        parts = [parameter.grad for parameter in model.get_submodule(layer).parameters()]
        return float(torch.cat([part.flatten() for part in parts if part is not None]).norm())

    return norm("dense1"), norm("scores")


@pytest.mark.parametrize("seed", range(3))
def test_the_gradient_vanishes_through_sigmoids_and_not_through_relus(seed: int) -> None:
    first, last = gradient_norms("deep_sigmoid", seed)
    assert 0 < first < last / 100
    first, last = gradient_norms("deep_relu", seed)
    assert last / 10 < first < last * 10


def test_a_sketch_puts_each_layer_below_what_feeds_it() -> None:
    pen = Sketch()
    start = pen.then("input", shape=(1, 8, 8))
    left = pen.then("conv2d", "left")
    right = pen.add("conv2d", start, name="right", lane=1)
    joined = pen.add("add", left, right)
    places = {node.name: node.position for node in pen.graph.nodes.values()}
    assert places == {"input": (0.0, 0.0), "left": (0.0, 96.0), "right": (232.0, 96.0), "add": (0.0, 192.0)}
    assert [edge.source for edge in pen.graph.incoming(joined)] == [left, right]
    pen.settings("recipe", seed=4, epochs=2)
    assert pen.graph.settings == {"recipe": {"seed": 4, "epochs": 2}}
