"""What is typed to find layers, and which layers it finds."""

from __future__ import annotations

import pytest

from engine.analysis.shapes import ShapeInference
from engine.graph.model import Graph, Node, NodeId
from engine.graph.params import Int
from engine.layers.blocks import declared
from engine.zoo.sketch import Sketch, draw_block, instance_of
from gui.outline.query import Query


def network() -> Graph:
    pen = Sketch()
    pen.then("input", "image", shape=(3, 64, 64))
    pen.then("conv2d", "conv1", out_channels=64, kernel_size=7, stride=2, padding=3, bias=False)
    pen.then("batch_norm2d", "norm")
    pen.then("relu", "act")
    pen.then("max_pool2d", "pool", kernel_size=3, stride=2, padding=1)
    pen.then("conv2d", "deep", out_channels=128, kernel_size=3, padding=1, padding_mode="reflect")
    pen.then("dropout", "drop", p=0.25)
    pen.then("flatten", "flat")
    pen.then("linear", "head", out_features=10)
    pen.then("output", "result")
    return pen.graph


GRAPH = network()
REPORTS = ShapeInference().analyse(GRAPH).nodes


def found(text: str, graph: Graph = GRAPH, *, shapes: bool = True) -> list[str]:
    query = Query(text)
    reports = REPORTS if shapes else {}
    nodes = graph.nodes.values()
    return [node.name for node in nodes if query.matches(node, declared(graph, node), reports.get(node.id))]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("conv1", ["conv1"]),
        ("CONV", ["conv1", "deep"]),
        ("conv2d", ["conv1", "deep"]),
        ("batch", ["norm"]),
        ("batchnorm", ["norm"]),
        ("max pool", ["pool"]),
        ("conv 64", ["conv1"]),
        ("conv 128", ["deep"]),
        ("7×7", ["conv1"]),
        ("7x7", ["conv1"]),
        ("7 x 7", ["conv1"]),
        ("64×32×32", ["conv1", "norm", "act"]),
        ("16×16", ["pool", "deep", "drop"]),
        ("stride=2", ["conv1", "pool"]),
        ("stride = 2", ["conv1", "pool"]),
        ("stride>1 conv", ["conv1"]),
        ("channels>=64", ["conv1", "deep"]),
        ("channels≥100", ["deep"]),
        ("channels<100", ["conv1"]),
        ("kernel:3×3", ["pool", "deep"]),
        ("kernel_size=7", ["conv1"]),
        ("bias=no", ["conv1"]),
        ("bias=yes conv", ["deep"]),
        ("reflect", ["deep"]),
        ("padding_mode=refl", ["deep"]),
        ("p=0.25", ["drop"]),
        ("0.25", ["drop"]),
        ("p<0.5 drop", ["drop"]),
        ("p>0.2 dropout", ["drop"]),
        ("out_features=10", ["head"]),
        ("activation", ["act"]),
        ("input", ["image"]),
        ("output", ["result"]),
        ("conv relu", []),
        ("stride>many", []),
        ("nonsense=2", []),
    ],
)
def test_what_is_typed_finds(text: str, names: list[str]) -> None:
    assert found(text) == names


def test_an_empty_search_finds_everything() -> None:
    assert Query("  ").is_empty
    assert len(found("")) == len(GRAPH.nodes)


def test_numbers_of_shapes_are_found_only_once_shapes_are_known() -> None:
    assert "act" in found("32×32")
    assert found("32×32", shapes=False) == []
    assert found("conv 64", shapes=False) == ["conv1"], "parameters are known at once"


def test_what_is_as_usual_finds_nothing_by_itself() -> None:
    assert found("groups") == []
    assert found("zeros") == []


def test_expressions_are_found_as_they_are_written() -> None:
    def draw(pen: Sketch) -> None:
        pen.then("block_input", "x")
        pen.then("conv2d", "wide", out_channels="=4 * channels")
        pen.then("conv2d", "plain", out_channels=8)
        pen.then("block_output", "y")

    block = draw_block("Wide", "", draw, (Int(name="channels", default=8, minimum=1, doc=""),))
    pen = Sketch()
    pen.use(block)
    pen.then(instance_of(block), "one", channels=16, repeat=3)
    inner = pen.graph.blocks["Wide"].graph
    for text in ("4*channels", "=4*channels", "out_channels=4*channels"):
        assert found(text, inner) == ["wide"], text
    assert found("channels=16", pen.graph) == ["one"]
    assert found("×3", pen.graph) == ["one"]
    assert found("wide", pen.graph) == ["one"]


def test_an_instance_of_a_block_that_does_not_exist_is_found_by_its_name() -> None:
    node = Node(NodeId("n1"), "block:Gone", "left")
    assert Query("left").matches(node, None)
    assert Query("gone").matches(node, None)
    assert not Query("conv").matches(node, None)
    assert not Query("stride=1").matches(node, None)
