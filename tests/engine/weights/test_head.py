"""The head is what decides the classes, wherever it lies; torchvision's own heads are the oracle."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from engine.compiler.build import build
from engine.graph import document
from engine.graph.errors import GraphError
from engine.graph.model import Graph
from engine.graph.params import Int
from engine.layers.grouping import group
from engine.weights.declarations import WeightsError
from engine.weights.head import adapt_head, head_of
from engine.weights.survey import survey
from engine.zoo.registry import ZOO
from engine.zoo.sketch import LibraryBlock, Sketch

COUNT = Int(name="count", default=7, minimum=1, doc="How many.")


def modules(graph: Graph) -> list[str]:
    return [layer.module for layer in head_of(graph).layers]


def outputs(graph: Graph) -> list[tuple[int, ...]]:
    """The shapes that come out of the compiled network, without the batch axis."""
    model = build(graph, device="meta")
    shape = next(node.params["shape"] for node in graph.nodes.values() if node.layer == "input")
    result = model.eval()(torch.empty(2, *shape, device="meta"))  # type: ignore[misc]
    return [tuple(tensor.shape[1:]) for tensor in (result if isinstance(result, tuple) else (result,))]


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("lenet5", "dense3"),
        ("alexnet", "classifier.6"),
        ("vgg11_bn", "classifier.6"),
        ("googlenet", "fc"),
        ("resnet18", "fc"),
        ("densenet121", "classifier"),
        ("squeezenet1_1", "classifier.1"),
        ("mobilenet_v2", "classifier.1"),
    ],
)
def test_the_head_of_a_network_of_the_zoo_is_found_and_adapted(name: str, head: str) -> None:
    graph = ZOO[name].build()
    before = document.dump(graph)
    assert modules(graph) == [head]
    undo = adapt_head(graph, 13).apply(graph)
    assert outputs(graph) == [(13,)]
    undo.apply(graph)
    assert document.dump(graph) == before


def test_heads_in_blocks_with_a_parameter_are_set_on_each_instance() -> None:
    graph = ZOO["googlenet"].build(aux=True)
    assert set(modules(graph)) == {"fc", "aux1.fc2", "aux2.fc2"}
    head = head_of(graph)
    assert head.holds("aux1.fc2.weight")
    assert not head.holds("aux1.fc1.weight")
    adapt_head(graph, 13).apply(graph)
    assert outputs(graph) == [(13,)] * 3


def small(last: str | LibraryBlock, **params: object) -> Graph:
    pen = Sketch()
    pen.then("input", shape=(6,))
    pen.then("linear", "first", out_features=5)
    pen.then(last, "last", **params)
    pen.then("output")
    return pen.graph


def classifier(units: int | str, params: tuple[Int, ...] = ()) -> LibraryBlock:
    def draw(pen: Sketch) -> None:
        pen.then("block_input", "x")
        pen.then("linear", "dense", out_features=units)
        pen.then("relu", "relu")
        pen.then("block_output")

    return LibraryBlock("Classifier", "A head.", draw, params)


def test_a_head_that_was_grouped_is_changed_inside_its_block() -> None:
    graph = ZOO["lenet5"].build()
    chain = list(graph.nodes.values())
    grouped = group(graph, [node.id for node in chain[-4:-1]], "Top")
    grouped.edit.apply(graph)
    (path,) = modules(graph)
    assert path.endswith(".dense3")
    undo = adapt_head(graph, 13).apply(graph)
    assert outputs(graph) == [(13,)]
    undo.apply(graph)
    assert outputs(graph) == [(10,)]


def test_a_parameter_is_followed_out_of_nested_blocks() -> None:
    inner = classifier("=count", (COUNT,))

    def draw(pen: Sketch) -> None:
        pen.then("block_input", "x")
        pen.then(inner, "inner", count="=count")
        pen.then("block_output")

    graph = small(LibraryBlock("Outer", "Around.", draw, (COUNT,)))
    assert modules(graph) == ["last.inner.dense"]
    adapt_head(graph, 13).apply(graph)
    last = graph.named("last")
    assert last is not None
    assert last.params["count"] == 13
    assert outputs(graph) == [(13,)]


def test_a_network_that_is_not_whole_has_no_head() -> None:
    inner = classifier("=count", (replace(COUNT, maximum=9),))

    def draw(pen: Sketch) -> None:
        pen.then("block_input", "x")
        pen.then(inner, "inner", count="=count")
        pen.then("block_output")

    graph = small(LibraryBlock("Outer", "Around.", draw, (replace(COUNT, default=10),)))
    sentence = "In “last.inner”: “Count” must be between 1 and 9, not 10."
    with pytest.raises(GraphError) as caught:
        head_of(graph)
    assert str(caught.value) == sentence
    with pytest.raises(WeightsError) as refused:
        survey(graph, (6,), 3)
    assert str(refused.value) == f"Weights fit only a network that is whole. {sentence}"


def test_of_copies_in_a_row_the_last_is_the_head() -> None:
    graph = small(classifier("=count", (COUNT,)), repeat=3)
    assert modules(graph) == ["last.2.dense"]
    adapt_head(graph, 13).apply(graph)
    assert outputs(graph) == [(13,)]


def test_the_way_leads_through_copies_that_decide_nothing() -> None:
    def draw(pen: Sketch) -> None:
        pen.then("block_input", "x")
        pen.then("batch_norm1d", "norm")
        pen.then("block_output")

    graph = small(LibraryBlock("Norm", "No units.", draw, ()), repeat=2)
    head = head_of(graph)
    assert [layer.module for layer in head.layers] == ["first"]
    assert head.modules == {"first", "last.0.norm", "last.1.norm"}


def test_a_merge_has_a_head_on_each_side_and_a_skip_is_followed() -> None:
    pen = Sketch()
    x = pen.then("input", shape=(6,))
    left = pen.add("linear", x, name="left", out_features=5)
    right = pen.add("linear", x, name="right", out_features=5)
    pen.add("add", left, right, name="add")
    pen.then("softmax")
    pen.then("output")
    assert set(modules(pen.graph)) == {"left", "right"}
    adapt_head(pen.graph, 3).apply(pen.graph)
    assert outputs(pen.graph) == [(3,)]


def test_many_skips_are_walked_once() -> None:
    """A chain of n additions of a value to itself has 2**n ways through it."""
    pen = Sketch()
    pen.then("input", shape=(6,))
    last = pen.then("linear", "first", out_features=5)
    for _ in range(60):
        last = pen.add("add", last, last)
    pen.then("output")
    assert modules(pen.graph) == ["first"]


@pytest.mark.parametrize(
    ("graph", "words"),
    [
        (small(classifier("=2*count", (COUNT,))), "“last.dense” computes its size as “=2*count”: set it to 13 classes"),
        (
            small(classifier(4), repeat=2),
            "lies in the block “Classifier”, which is placed several times: make the last",
        ),
        (
            small(classifier("=count", (replace(COUNT, maximum=9),))),
            "“last.dense” cannot give 13 values: “Count” must be between 1 and 9, not 13.",
        ),
    ],
)
def test_what_cannot_be_adapted_says_why(graph: Graph, words: str) -> None:
    before = document.dump(graph)
    with pytest.raises(GraphError) as caught:
        adapt_head(graph, 13)
    assert words in str(caught.value)
    assert document.dump(graph) == before


def test_networks_without_or_with_an_unfit_head_say_so() -> None:
    pen = Sketch()
    pen.then("input", shape=(4, 6))
    pen.then("relu")
    pen.then("output")
    assert head_of(pen.graph).layers == ()
    with pytest.raises(GraphError, match="No layer decides how many values come out"):
        adapt_head(pen.graph, 3)
    pen = Sketch()
    pen.then("input", shape=(4, 6))
    pen.then("lstm", "lstm", hidden_size=8)
    pen.then("output")
    assert modules(pen.graph) == ["lstm"]
    with pytest.raises(GraphError, match="“lstm” cannot give one value per class: put a Dense layer behind it"):
        adapt_head(pen.graph, 3)


def test_an_adapted_head_needs_no_change() -> None:
    graph = ZOO["lenet5"].build()
    before = document.dump(graph)
    adapt_head(graph, 10).apply(graph)
    assert document.dump(graph) == before
