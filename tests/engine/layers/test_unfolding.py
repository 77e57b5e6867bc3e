"""Networks of blocks become networks of plain layers that are the same model."""

from __future__ import annotations

import pytest
import torch

from engine.compiler.build import build
from engine.graph import document
from engine.graph.blocks import block_of
from engine.graph.edits import Compound
from engine.graph.errors import GraphError
from engine.graph.model import Graph
from engine.graph.params import Int
from engine.layers.unfolding import unfold_edit, unfolded
from engine.zoo.registry import ZOO
from engine.zoo.sketch import Sketch, draw_block

NETS = ("resnet18", "resnet50", "densenet40", "googlenet", "squeezenet1_1", "mobilenet_v2", "unet", "vit_small")
DEEP = ("resnet152", "densenet121")


def layers(graph: Graph) -> list[str]:
    return [node.layer for node in graph.nodes.values()]


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", [*NETS, *DEEP])
def test_the_model_stays_the_same(name: str) -> None:
    graph = ZOO[name].build()
    flat = unfolded(graph)
    assert all(block_of(layer) is None for layer in layers(flat))
    folded_state, flat_state = build(graph, device="meta").state_dict(), build(flat, device="meta").state_dict()
    assert {key: value.shape for key, value in flat_state.items()} == {
        key: value.shape for key, value in folded_state.items()
    }


@pytest.mark.parametrize("name", ["resnet20", "densenet40"])
def test_it_computes_the_same(name: str) -> None:
    graph = ZOO[name].build()
    torch.manual_seed(0)
    folded, flat = build(graph).eval(), build(unfolded(graph)).eval()
    flat.load_state_dict(folded.state_dict())
    shape = next(node.params["shape"] for node in graph.nodes.values() if node.layer == "input")
    values = torch.randn(2, *shape)
    assert torch.equal(folded(values), flat(values))


@pytest.mark.parametrize("name", [*NETS, *DEEP])
def test_the_edit_does_the_same_and_can_be_undone(name: str) -> None:
    graph = ZOO[name].build()
    before = document.dump(graph)
    instances = [node.name for node in graph.nodes.values() if block_of(node.layer)]
    edit = unfold_edit(graph)
    assert document.dump(graph) == before
    inverse = edit.apply(graph)
    assert document.dump(graph) == document.dump(unfolded(ZOO[name].build()))
    assert edit.label == f"Unfold {instances[0] if len(instances) == 1 else f'{len(instances)} blocks'}"
    inverse.apply(graph)
    assert document.dump(graph) == before


def nested() -> Graph:
    """Two blocks of three steps each, in a row after an input, and then one more step."""
    width = Int(name="width", default=4, minimum=1, doc="")

    def draw_step(pen: Sketch) -> None:
        pen.then("block_input")
        pen.then("linear", "dense", out_features="=width")
        pen.then("relu", "relu")
        pen.then("block_output")

    step = draw_block("Step", "", draw_step, [width])

    def draw_stage(pen: Sketch) -> None:
        pen.then("block_input")
        pen.then("block:Step", "steps", width="=2*width", repeat=3)
        pen.then("block_output")

    pen = Sketch()
    pen.use(step, draw_block("Stage", "", draw_stage, [width], uses=[step]))
    pen.then("input", shape=(3,))
    pen.then("block:Stage", "stages", width=5, repeat=2)
    pen.then("block:Step", "last", width=2)
    pen.then("output")
    return pen.graph


def test_blocks_within_blocks_are_written_out() -> None:
    flat = unfolded(nested())
    widths = {node.name: node.params["out_features"] for node in flat.nodes.values() if node.layer == "linear"}
    assert widths == {f"stages.{i}.steps.{j}.dense": 10 for i in range(2) for j in range(3)} | {"last.dense": 2}
    assert len(flat.nodes) == 16


def test_one_instance_alone_is_unfolded() -> None:
    graph = nested()
    (stages,) = (node.id for node in graph.nodes.values() if node.name == "stages")
    edit = unfold_edit(graph, [stages])
    assert isinstance(edit, Compound)
    assert edit.label == "Unfold stages"
    edit.apply(graph)
    assert layers(graph).count("linear") == 6
    assert [node.name for node in graph.nodes.values() if block_of(node.layer)] == ["last"]


def test_what_has_no_blocks_is_refused() -> None:
    graph = ZOO["lenet5"].build()
    assert document.dump(unfolded(graph)) == document.dump(graph)
    with pytest.raises(GraphError, match="There is no block here to unfold"):
        unfold_edit(graph)


def test_copies_that_a_parameter_counts_are_refused() -> None:
    graph = nested()
    inner = graph.blocks["Stage"].graph
    (steps,) = (node.id for node in inner.nodes.values() if node.name == "steps")
    inner.set_param(steps, "repeat", "=width")
    with pytest.raises(GraphError, match="“steps” is repeated as often as a parameter says"):
        unfold_edit(inner)
    # In the network the parameter has a value.
    assert layers(unfolded(graph)).count("linear") == 11


def test_too_many_layers_are_refused_at_once() -> None:
    graph = nested()
    inner = graph.blocks["Stage"].graph
    for place, name in ((inner, "steps"), (graph, "stages")):
        (node,) = (node.id for node in place.nodes.values() if node.name == name)
        place.set_param(node, "repeat", 1000)
    with pytest.raises(GraphError, match="Unfolded, this network would have more than 10,000 layers"):
        unfolded(graph)
