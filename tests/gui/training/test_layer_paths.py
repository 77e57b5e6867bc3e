"""Modules of the compiled network and layers on the canvas, compared with what the compiler builds."""

from __future__ import annotations

import pytest
from torch import nn

from engine.compiler.build import build
from engine.graph.params import Int
from engine.zoo.sketch import Sketch, draw_block
from gui.training.layer_paths import find_path, layer_paths


def draw_inner(pen: Sketch) -> None:
    pen.add("block_input", name="x")
    pen.then("conv2d", name="conv", out_channels=4, padding=(1, 1))
    pen.then("block_output", name="result")


INNER = draw_block("Inner", "", draw_inner)


def draw_outer(pen: Sketch) -> None:
    pen.add("block_input", name="x")
    pen.then("block:Inner", name="parts", repeat="=depth")
    pen.then("batch_norm2d", name="norm")
    pen.then("block_output", name="result")


OUTER = draw_block(
    "Outer", "", draw_outer, params=(Int(name="depth", default=2, minimum=1, doc="How many."),), uses=(INNER,)
)


@pytest.fixture
def pen() -> Sketch:
    """image → stem → body (Outer, 2 copies, each of 3 Inner) → block1, block2 (Outer) → scores."""
    made = Sketch()
    made.use(INNER, OUTER)
    made.add("input", name="image", shape=(3, 8, 8))
    made.then("conv2d", name="stem", out_channels=4)
    made.then("block:Outer", name="body", repeat=2, depth=3)
    made.then("block:Outer", name="block1", repeat=2, numbering="beside")
    made.then("flatten")
    made.then("linear", name="fc", out_features=10)
    made.then("output", name="scores")
    return made


def test_every_module_with_parameters_leads_to_its_layer(pen: Sketch) -> None:
    paths, graph = layer_paths(pen.graph), pen.graph
    kinds = (nn.Conv2d, nn.BatchNorm2d, nn.Linear)
    modules = [name for name, module in build(graph).named_modules() if isinstance(module, kinds)]
    assert len(modules) == 2 + 2 * 4 + 2 * 3
    for name in modules:
        path = find_path(paths, name)
        assert path is not None, name
        places = [graph, *(graph.blocks[block].graph for block in ("Outer", "Inner"))]
        assert places[min(len(path.nodes) - 1, 2)].nodes[path.nodes[-1]].name == name.rpartition(".")[2]


def test_a_part_of_a_layer_belongs_to_it(pen: Sketch) -> None:
    paths = layer_paths(pen.graph)
    assert find_path(paths, "fc.out_proj") == paths["fc"]
    assert find_path(paths, "stranger.conv") is None


def test_from_outside_an_instance_stands_for_all_copies_and_inside_the_first_is_shown(pen: Sketch) -> None:
    paths, graph = layer_paths(pen.graph), pen.graph
    body = graph.named("body").id
    parts = graph.blocks["Outer"].graph.named("parts").id
    norm = graph.blocks["Outer"].graph.named("norm").id
    conv = graph.blocks["Inner"].graph.named("conv").id
    for module in ("body.0.norm", "body.1.norm", "body.0.parts.2.conv", "body.1.parts.0.conv"):
        assert paths[module].step_from(()) == body
    assert paths["body.0.norm"].step_from((body,)) == norm
    assert paths["body.0.parts.2.conv"].step_from((body,)) is None, "it lies in the third copy"
    assert paths["body.0.parts.0.conv"].step_from((body,)) == parts
    assert paths["body.0.parts.0.conv"].step_from((body, parts)) == conv
    assert paths["body.1.norm"].step_from((body,)) is None, "the first copy alone is shown inside"
    assert paths["block2.norm"].step_from((graph.named("block1").id,)) is None
    assert paths["stem"].step_from((body,)) is None
