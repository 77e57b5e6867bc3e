"""Layers become a block and a block becomes layers again, without changing what the network computes."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch

from engine.analysis.shapes import ShapeInference
from engine.compiler.build import build
from engine.graph import document
from engine.graph.block_edits import Within
from engine.graph.edits import SetParam
from engine.graph.errors import GraphError
from engine.graph.model import Graph, NodeId
from engine.graph.params import Int, ParamError
from engine.layers.blocks import base_name
from engine.layers.grouping import group, make_unique, ungroup
from engine.layers.validation import validated
from engine.zoo.registry import ZOO
from engine.zoo.sketch import Sketch, draw_block, instance_of


def ids(graph: Graph, *names: str) -> list[NodeId]:
    found = [graph.named(name) for name in names]
    assert None not in found
    return [node.id for node in found if node is not None]


def assert_alike(graph: Graph, twin: Graph, renamed: dict[str, str]) -> None:
    """The two compute the same when the one's weights, under their new names, are loaded into the other."""
    torch.manual_seed(0)
    first, second = build(validated(graph)), build(validated(twin))

    def new_name(key: str) -> str:
        layer = next((old for old in renamed if key.startswith(f"{old}.")), None)
        return key if layer is None else renamed[layer] + key[len(layer) :]

    second.load_state_dict({new_name(key): value for key, value in first.state_dict().items()}, strict=True)
    shape = next(node.params["shape"] for node in graph.nodes.values() if node.layer == "input")
    values = torch.randn(3, *shape)
    assert torch.equal(first.eval()(values), second.eval()(values))


def test_a_residual_block_is_grouped() -> None:
    graph = ZOO["residual_cnn"].build()
    before = document.dump(graph)
    twin = graph.snapshot()
    chosen = [node.id for node in graph.nodes.values() if node.name.startswith("block2_")]
    grouped = group(graph, chosen, "Residual")
    inverse = grouped.edit.apply(graph)
    assert grouped.block == "Residual"
    instance = graph.nodes[grouped.instance]
    assert instance.name == "residual"
    assert len(graph.incoming(instance.id)) == 1
    assert {edge.source_port for edge in graph.outgoing(instance.id)} == {0}
    inside = graph.blocks["Residual"].graph
    assert len(inside.nodes) == len(chosen) + 2
    assert ShapeInference().analyse(graph).is_valid
    assert_alike(twin, graph, {name: f"residual.{name}" for name in (twin.nodes[node].name for node in chosen)})
    inverse.apply(graph)
    assert document.dump(graph) == before


def test_what_is_grouped_and_ungrouped_computes_the_same() -> None:
    graph = ZOO["residual_cnn"].build()
    twin = graph.snapshot()
    names = [node.name for node in graph.nodes.values() if node.name.startswith("block2_")]
    grouped = group(graph, ids(graph, *names), "Residual")
    grouped.edit.apply(graph)
    before = document.dump(graph)
    inverse = ungroup(graph, grouped.instance).apply(graph)
    assert {node.name for node in graph.nodes.values()} >= {f"residual.{name}" for name in names}
    assert_alike(twin, graph, {name: f"residual.{name}" for name in names})
    # The layers of the block are grouped again under the names that they had.
    again = group(graph, ids(graph, *(f"residual.{name}" for name in names)), "Residual")
    assert again.block == "Residual2"
    undo_again = again.edit.apply(graph)
    assert graph.nodes[again.instance].name == "residual"
    assert {node.name for node in graph.blocks["Residual2"].graph.nodes.values()} >= set(names)
    undo_again.apply(graph)
    inverse.apply(graph)
    assert document.dump(graph) == before


def test_several_inputs_and_outputs_become_ports() -> None:
    pen = Sketch()
    start = pen.add("input", shape=(4,))
    left = pen.add("linear", start, name="left", out_features=5)
    right = pen.add("linear", start, name="right", out_features=5)
    total = pen.add("add", left, right, name="total")
    product = pen.add("multiply", left, right, name="product")
    pen.add("output", pen.add("concat", total, product, name="both"))
    twin = pen.graph.snapshot()
    grouped = group(pen.graph, [total, product], "Mix")
    grouped.edit.apply(pen.graph)
    # Each source is one input, however many layers it feeds.
    assert [edge.source for edge in pen.graph.incoming(grouped.instance)] == [left, right]
    assert [edge.source_port for edge in pen.graph.outgoing(grouped.instance)] == [0, 1]
    assert_alike(twin, pen.graph, {})


def test_repeated_copies_are_taken_apart_one_by_one() -> None:
    width = Int(name="width", default=4, minimum=1, doc="")

    def draw(pen: Sketch) -> None:
        pen.then("block_input")
        pen.then("linear", "dense", out_features="=2*width")
        pen.then("relu", "relu")
        pen.then("block_output")

    block = draw_block("Step", "", draw, [width])
    pen = Sketch()
    pen.use(block)
    pen.then("input", shape=(3,))
    instance = pen.then("block:Step", "steps", width=5, repeat=3)
    pen.then("linear", "scores", out_features=2)
    pen.then("output")
    graph, twin = pen.graph, pen.graph.snapshot()
    before = document.dump(graph)
    inverse = ungroup(graph, instance).apply(graph)
    assert [node.params["out_features"] for node in graph.nodes.values() if node.name.endswith("dense")] == [10] * 3
    assert_alike(twin, graph, {})
    rows = sorted(node.position[1] for node in graph.nodes.values())
    assert all(lower - upper >= 90 for upper, lower in pairwise(rows))
    inverse.apply(graph)
    assert document.dump(graph) == before


def test_inside_a_block_expressions_are_carried_over() -> None:
    width = Int(name="width", default=4, minimum=1, doc="How wide.")

    def draw(pen: Sketch) -> None:
        pen.then("block_input")
        pen.then("linear", "first", out_features="=width")
        pen.then("linear", "second", out_features="=3*width")
        pen.then("block_output")

    pen = Sketch()
    pen.use(draw_block("Outer", "", draw, [width]))
    pen.then("input", shape=(3,))
    pen.then("block:Outer", "outer", width=2)
    pen.then("output")
    graph, twin = pen.graph, pen.graph.snapshot()
    inner = graph.blocks["Outer"].graph
    grouped = group(inner, ids(inner, "second"), "Inner")
    inverse = Within("Outer", grouped.edit).apply(graph)
    assert inner.nodes[grouped.instance].params["width"] == "=width"
    assert graph.blocks["Inner"].params == (width,)
    assert_alike(twin, graph, {"outer.second": "outer.inner.second"})
    # Its own parameter may be anything; what is inside follows.
    Within("Outer", SetParam(grouped.instance, "width", "=width + 1")).apply(graph)
    undo = Within("Outer", ungroup(inner, grouped.instance)).apply(graph)
    (second,) = (node for node in inner.nodes.values() if node.name == "inner.second")
    assert second.params["out_features"] == "=3 * (width + 1)"
    undo.apply(graph)
    inverse.apply(graph)
    assert list(graph.blocks) == ["Outer"]


def test_what_decides_the_number_of_ports_is_no_expression() -> None:
    def draw(pen: Sketch) -> None:
        pen.then("block_input")
        with pytest.raises(ParamError, match="“Parts” must be a whole number"):
            pen.then("split", chunks="=parts")

    draw_block("Cut", "", draw, [Int(name="parts", default=2, minimum=2, doc="")])


def test_a_unique_instance_leaves_the_others_alone() -> None:
    graph = ZOO["lenet5"].build()
    grouped = group(graph, ids(graph, "dense1", "relu3"), "Dense")
    grouped.edit.apply(graph)
    before = document.dump(graph)
    inverse = make_unique(graph, grouped.instance).apply(graph)
    assert graph.nodes[grouped.instance].layer == "block:Dense2"
    (dense,) = (node for node in graph.blocks["Dense2"].graph.nodes.values() if node.layer == "linear")
    Within("Dense2", SetParam(dense.id, "out_features", 7)).apply(graph)
    assert graph.blocks["Dense"].graph.nodes[dense.id].params["out_features"] == 120
    Within("Dense2", SetParam(dense.id, "out_features", 120)).apply(graph)
    inverse.apply(graph)
    assert document.dump(graph) == before


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        ((), "Select the layers that are to become a block."),
        (("input", "conv1"), "“input” stays outside of a block"),
        (("conv1", "pool1"), "“relu1” lies between the selected layers: select it too."),
    ],
)
def test_what_cannot_be_a_block_is_refused(names: tuple[str, ...], sentence: str) -> None:
    graph = ZOO["lenet5"].build()
    with pytest.raises(GraphError, match=sentence):
        group(graph, ids(graph, *names))


def test_an_instance_that_asks_for_too_much_is_not_taken_apart() -> None:
    def draw(pen: Sketch) -> None:
        pen.then("block_input")
        pen.then("linear", "dense", out_features="=1000*width")
        pen.then("block_output")

    wide = draw_block("Wide", "", draw, [Int(name="width", default=1, maximum=10**6, doc="How wide it is.")])
    pen = Sketch()
    pen.use(wide)
    pen.then("input", shape=(4,))
    instance = pen.then(instance_of(wide), "wide", width=10**6)
    before = document.dump(pen.graph)
    with pytest.raises(GraphError) as caught:
        ungroup(pen.graph, instance)
    assert str(caught.value) == (
        "“wide” cannot be taken apart: in “dense”, “Units” must be between 1 and 1,000,000, not 1000000000."
    )
    assert document.dump(pen.graph) == before


def test_only_an_instance_is_taken_apart() -> None:
    graph = ZOO["lenet5"].build()
    for change in (ungroup, make_unique):
        with pytest.raises(GraphError, match="“conv1” is a layer and not an instance of a block"):
            change(graph, *ids(graph, "conv1"))


@pytest.mark.parametrize(
    ("block", "name"),
    [("ResidualBlock", "residual_block"), ("SEBottleneck", "se_bottleneck"), ("MLP", "mlp"), ("Block2", "block")],
)
def test_instances_are_named_after_their_block(block: str, name: str) -> None:
    assert base_name(block) == name
