"""Every network is drawn well, fits any input and number of classes, and shows what it promises."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import combinations

import pytest
import torch
from torch.nn import functional

from engine.analysis.shapes import ShapeInference
from engine.compiler.build import build
from engine.graph import document
from engine.graph.edits import RemoveNode
from engine.graph.model import Graph, NodeId
from engine.graph.params import ParamError
from engine.project import ProjectAnalyser, checked, data_choice, recipe
from engine.zoo.entry import FAMILIES
from engine.zoo.registry import TEMPLATES, ZOO, collect
from engine.zoo.sketch import Sequential, Sketch

EVERY = pytest.mark.parametrize("name", ZOO)
IMAGES = [name for name, entry in ZOO.items() if entry.axes == (3,)]
ON_DIGITS = [*TEMPLATES, *("alexnet_small", "vgg11_small", "resnet20", "resnet18_small", "densenet40", "mlp")]
ON_DIGITS += [*("rnn_classifier", "lstm_classifier", "gru_classifier", "vit_small")]
DEEP = ("resnet101", "resnet152", "densenet161", "densenet169", "densenet201", "densenet264")
NODE_WIDTH, NODE_HEIGHT, APART = 176, 56, 16
LARGE = 20_000_000
"""Networks with more weights are run on the meta device, where nothing is computed but shapes."""


def test_the_templates_of_the_first_version_are_there() -> None:
    assert list(TEMPLATES) == ["lenet5", "residual_cnn", "spirals_mlp", "deep_sigmoid", "deep_relu"]
    assert list(ZOO)[: len(TEMPLATES)] == list(TEMPLATES)
    assert all(entry.is_template == (name in TEMPLATES) for name, entry in ZOO.items())


def test_every_network_has_its_texts_and_a_family() -> None:
    assert all(entry.id == name and entry.label and entry.doc.endswith(".") for name, entry in ZOO.items())
    assert len({entry.label for entry in ZOO.values()}) == len(ZOO)
    families = [entry.family for entry in ZOO.values()]
    assert list(Counter(families)) == list(FAMILIES)
    assert families == sorted(families, key=FAMILIES.index)


def test_a_name_cannot_be_given_twice() -> None:
    with pytest.raises(ValueError, match="lenet5"):
        collect([ZOO["lenet5"], ZOO["mlp"], ZOO["lenet5"]])
    with pytest.raises(ValueError, match="Birds"):
        collect([replace(ZOO["lenet5"], family="Birds")])


@pytest.mark.parametrize("name", ON_DIGITS)
def test_it_has_no_problems_with_its_own_data_and_recipe(name: str) -> None:
    graph = ZOO[name].build()
    analysis, problems = ProjectAnalyser().analyse(graph)
    assert problems == []
    assert analysis.is_valid
    assert graph.settings["data"]["dataset"] == data_choice(graph).dataset


@EVERY
def test_it_says_how_to_train(name: str) -> None:
    graph = ZOO[name].build()
    assert recipe(graph).epochs == graph.settings["recipe"]["epochs"]


@pytest.mark.sampled(15)
@EVERY
def test_it_survives_the_file(name: str) -> None:
    data = document.dump(ZOO[name].build())
    assert document.dump(checked(document.parse(data), "The file")) == data


def variants(name: str) -> list[Graph]:
    """The network as it is meant to be, and with each of its options."""
    entry = ZOO[name]
    return [entry.build(), *(entry.build(**{option.name: not option.default}) for option in entry.options)]


@EVERY
def test_its_layers_do_not_overlap_and_flow_downwards(name: str) -> None:
    for graph in (part for variant in variants(name) for part in variant.blocks.graphs()):
        for one, other in combinations(graph.nodes.values(), 2):
            across, down = (abs(a - b) for a, b in zip(one.position, other.position, strict=True))
            assert across >= NODE_WIDTH + APART or down >= NODE_HEIGHT + APART, f"{one.name} lies on {other.name}"
        for edge in graph.edges:
            source, target = graph.nodes[edge.source], graph.nodes[edge.target]
            assert target.position[1] - source.position[1] >= NODE_HEIGHT + APART, f"{source.name} → {target.name}"


@EVERY
def test_every_build_is_a_graph_of_its_own(name: str) -> None:
    first = ZOO[name].build()
    before = document.dump(first)
    RemoveNode(NodeId("n1")).apply(first)
    for block in first.blocks.values():
        RemoveNode(NodeId("n1")).apply(block.graph)
    assert document.dump(ZOO[name].build()) == before


def other_shape(name: str) -> tuple[int, ...]:
    """A shape that the network is not made for, but takes."""
    entry = ZOO[name]
    if 3 not in entry.axes:
        return (17, 3)
    side = max(entry.least, 20)
    return (2, side + 9, side)


@pytest.mark.sampled(8)
@pytest.mark.parametrize("name", [pytest.param(n, marks=[pytest.mark.slow] if n in DEEP else []) for n in ZOO])
def test_it_takes_other_samples_and_classes_and_runs(name: str) -> None:
    shape = other_shape(name)
    graph = ZOO[name].build(shape, 7)
    analysis = ShapeInference().analyse(graph)
    assert analysis.is_valid
    device = "meta" if analysis.parameters > LARGE else "cpu"
    scores = build(graph, device=device)(torch.ones(2, *shape, device=device))
    assert scores.shape == ((2, 7, *shape[1:]) if name == "unet" else (2, 7))
    if device == "cpu":
        assert bool(scores.isfinite().all())
        assert len(set(scores.flatten().tolist())) > 1


@pytest.mark.sampled(8)
@pytest.mark.parametrize("name", IMAGES)
def test_the_smallest_image_is_the_smallest_of_which_something_is_left(name: str) -> None:
    entry = ZOO[name]
    assert ShapeInference().analyse(entry.build((3, entry.least, entry.least))).is_valid
    if entry.least == 1:
        return
    below = (3, entry.least, entry.least - 1)
    with pytest.raises(ParamError, match=f"at least {entry.least}×{entry.least} pixels"):
        entry.build(below)
    assert not ShapeInference().analyse(entry.draw(below, 10, **{o.name: o.default for o in entry.options})).is_valid


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("resnet18", {"input_shape": (28, 28)}, "takes an image"),
        ("lstm_classifier", {"input_shape": (4,)}, "a sequence (steps × features) or an image"),
        ("lstm_forecaster", {"input_shape": (1, 28, 28)}, "takes a sequence"),
        ("mlp", {"input_shape": ()}, "“Input” must be 1 to 4 whole numbers"),
        ("mlp", {"input_shape": (0, 3)}, "between 1 and 100,000"),
        ("mlp", {"classes": 0}, "“Classes” must be between 1 and 1,000,000"),
        ("mlp", {"aux": True}, "“mlp” has no option “aux”"),
        ("googlenet", {"aux": 3}, "“Auxiliary heads” must be true or false"),
    ],
)
def test_what_it_cannot_take_is_refused_in_a_sentence(name: str, arguments: dict[str, object], words: str) -> None:
    with pytest.raises(ParamError) as caught:
        ZOO[name].build(**arguments)  # type: ignore[arg-type]
    assert words in str(caught.value)


def test_googlenet_has_its_auxiliary_heads_on_request_alone() -> None:
    def names(graph: Graph) -> set[str]:
        return {node.name for node in graph.nodes.values()}

    plain, heads, _ = variants("googlenet")
    assert names(heads) - names(plain) == {"aux1", "aux2", "output_aux1", "output_aux2"}
    assert [
        tuple(scores.shape) for scores in build(heads, device="meta")(torch.empty(2, 3, 64, 64, device="meta"))
    ] == [(2, 1000)] * 3


def test_googlenet_rescales_its_input_on_request_alone() -> None:
    plain, _, rescaled = variants("googlenet")
    assert {node.name for node in rescaled.nodes.values()} - {node.name for node in plain.nodes.values()} == {
        "transform_input"
    }
    layer = rescaled.named("transform_input")
    assert layer is not None
    assert [rescaled.nodes[edge.source].name for edge in rescaled.incoming(layer.id)] == ["input"]
    assert [rescaled.nodes[edge.target].name for edge in rescaled.outgoing(layer.id)] == ["conv1"]
    assert build(rescaled, device="meta").state_dict().keys() == build(plain, device="meta").state_dict().keys()


def test_weights_are_counted_as_in_the_literature() -> None:
    def weights(name: str) -> int:
        return ShapeInference().analyse(ZOO[name].build()).parameters

    assert weights("lenet5") == 61_706
    assert weights("spirals_mlp") == (2 * 32 + 32) + 2 * (32 * 32 + 32) + (32 * 2 + 2)
    assert weights("mlp") == (784 * 256 + 256) + (256 * 128 + 128) + (128 * 10 + 10)
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
    pen.then("relu", gap=0.5)
    places = {node.name: node.position for node in pen.graph.nodes.values()}
    assert places == {
        "input": (0.0, 0.0),
        "left": (0.0, 96.0),
        "right": (232.0, 96.0),
        "add": (0.0, 192.0),
        "relu": (0.0, 336.0),
    }
    assert [edge.source for edge in pen.graph.incoming(joined)] == [left, right]
    pen.go_on_from(right)
    assert [edge.source for edge in pen.graph.incoming(pen.then("sigmoid"))] == [right]
    pen.settings("recipe", seed=4, epochs=2)
    assert pen.graph.settings == {"recipe": {"seed": 4, "epochs": 2}}


def test_a_chain_is_named_as_pytorch_names_it() -> None:
    pen = Sketch()
    features = Sequential(pen, "features")
    features.then("conv2d")
    part = features.chain()
    part.then("conv2d")
    part.then("relu")
    features.then("relu")
    names = [node.name for node in pen.graph.nodes.values()]
    assert names == ["features.0", "features.1.0", "features.1.1", "features.2"]
