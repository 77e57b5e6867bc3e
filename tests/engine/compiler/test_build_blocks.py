"""Blocks become modules: named as on the canvas, one class per block, equal to what is written by hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import nn

from engine.analysis.shapes import ShapeInference
from engine.compiler.build import CompileError, build
from engine.graph.block_edits import Within
from engine.graph.edits import Disconnect, SetParam
from engine.graph.model import Graph
from engine.graph.params import Int, Param
from engine.zoo.sketch import Sketch, draw_block

CHANNELS = Int(name="channels", default=8, minimum=1, maximum=4096, doc="")
STRIDE = Int(name="stride", default=1, minimum=1, doc="")


def basic(pen: Sketch) -> None:
    start = pen.add("block_input", name="x")
    pen.then("conv2d", "conv1", out_channels="=channels", stride="=stride", padding=1, bias=False)
    pen.then("batch_norm2d", "bn1")
    pen.then("relu", "relu1")
    pen.then("conv2d", "conv2", out_channels="=channels", padding=1, bias=False)
    end = pen.then("batch_norm2d", "bn2")
    skip = pen.add("shortcut", start, name="downsample", lane=1, out_channels="=channels", stride="=stride")
    pen.add("add", end, skip, name="add")
    pen.then("relu", "relu2")
    pen.then("block_output")


BASIC = draw_block("Basic", "A residual block.", basic, [CHANNELS, STRIDE])


class HandWritten(nn.Module):
    def __init__(self, inputs: int, channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, channels, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.downsample: nn.Module = nn.Identity()
        if stride != 1 or inputs != channels:
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, channels, 1, stride, bias=False), nn.BatchNorm2d(channels)
            )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.bn2(self.conv2(self.bn1(self.conv1(x)).relu()))
        return (y + self.downsample(x)).relu()


def network(**params: object) -> Graph:
    pen = Sketch()
    pen.use(BASIC)
    pen.then("input", shape=(3, 9, 9))
    pen.then("block:Basic", "stage.0", channels=6, stride=2)
    pen.then("block:Basic", "stage.1", channels=6, **{"repeat": 2, "numbering": "beside"} | params)
    pen.then("block:Basic", "tail", channels=5, repeat=2)
    pen.then("global_avg_pool2d", "pool")
    pen.then("linear", "scores", out_features=4)
    pen.then("output")
    return pen.graph


def test_copies_are_named_and_wired_as_by_hand() -> None:
    torch.manual_seed(0)
    model = build(network())
    by_hand = nn.Sequential()
    by_hand.add_module("stage", nn.Sequential(HandWritten(3, 6, 2), HandWritten(6, 6, 1), HandWritten(6, 6, 1)))
    by_hand.add_module("tail", nn.Sequential(HandWritten(6, 5, 1), HandWritten(5, 5, 1)))
    by_hand.add_module("scores", nn.Linear(5, 4))
    by_hand.load_state_dict(model.state_dict(), strict=True)
    values = torch.randn(4, 3, 9, 9, requires_grad=True)

    def run(forward: Callable[[torch.Tensor], torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
        result = forward(values)
        (gradient,) = torch.autograd.grad(result.square().sum(), values)
        return result, gradient

    stage, tail, scores = by_hand
    expected = run(lambda x: scores(tail(stage(x)).mean((2, 3))))
    torch.testing.assert_close(run(model), expected, rtol=0, atol=0)


def test_every_copy_is_of_a_class_named_after_the_block() -> None:
    model = build(network())
    classes = {path: type(module).__name__ for path, module in model.named_modules()}
    assert classes[""] == "Network"
    paths = [path for path, name in classes.items() if name == "Basic"]
    assert paths == ["stage.0", "stage.1", "stage.2", "tail.0", "tail.1"]


def test_the_analysis_agrees_with_the_module() -> None:
    graph = network()
    analysis = ShapeInference().analyse(graph)
    model = build(graph)
    assert analysis.parameters == sum(parameter.numel() for parameter in model.parameters())
    tail = graph.named("tail")
    assert tail is not None
    report = analysis.nodes[tail.id]
    assert report.outputs == ((5, 5, 5),)
    assert len(report.inside) == 2
    assert [copy.parameters for copy in report.inside] == [
        sum(parameter.numel() for parameter in model.get_submodule(f"tail.{index}").parameters()) for index in range(2)
    ]
    inner = graph.blocks["Basic"].graph.named("downsample")
    assert inner is not None
    inside = analysis.at([tail.id])
    assert inside is not None
    assert inside.nodes[inner.id].outputs == ((5, 5, 5),)
    assert analysis.at([inner.id, tail.id]) is None


def test_a_change_inside_changes_every_instance() -> None:
    graph = network()
    inference = ShapeInference()
    before = inference.analyse(graph).parameters
    conv = graph.blocks["Basic"].graph.named("conv1")
    assert conv is not None
    inverse = Within("Basic", SetParam(conv.id, "out_channels", "=2*channels")).apply(graph)
    model = build(graph)
    assert [model.get_parameter(f"{path}.conv1.weight").shape[0] for path in ("stage.0", "stage.2", "tail.1")] == [
        12,
        12,
        10,
    ]
    assert inference.analyse(graph).parameters == sum(parameter.numel() for parameter in model.parameters()) > before
    inverse.apply(graph)
    assert inference.analyse(graph).parameters == before


def test_inputs_come_in_the_order_of_the_ports() -> None:
    def draw(pen: Sketch) -> None:
        first, second, _unused = (pen.add("block_input", name=name) for name in ("a", "b", "c"))
        pen.add("block_output", pen.add("subtract", second, first, name="difference"), name="d")
        pen.add("block_output", first, name="same")

    pen = Sketch()
    pen.use(draw_block("Pair", "", draw))
    x, y = pen.add("input", name="x", shape=(3,)), pen.add("input", name="y", shape=(3,))
    pair = pen.add("block:Pair", x, y, y, name="pair")
    pen.add("output", (pair, 1), name="first")
    pen.add("output", (pair, 0), name="second")
    a, b = torch.randn(2, 3), torch.randn(2, 3)
    first, second = build(pen.graph)(a, b)
    assert torch.equal(first, a)
    assert torch.equal(second, b - a)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda graph: SetParam(graph.named("tail").id, "channels", 0), "“tail”: In “conv1”: “Filters” must be"),
        (lambda graph: SetParam(graph.named("stage.1").id, "repeat", 5), None),
        (
            lambda graph: Within("Basic", Disconnect(graph.blocks["Basic"].graph.edges[0])),
            "“stage.0”: In the block “Basic” not everything on the way to its output is wired.",
        ),
    ],
)
def test_what_is_wrong_inside_is_said_at_the_instance(
    change: Callable[[Graph], SetParam], sentence: str | None
) -> None:
    graph = network()
    change(graph).apply(graph)
    if sentence is None:
        build(graph)
        return
    with pytest.raises(CompileError) as caught:
        build(graph)
    assert str(caught.value).startswith(sentence)


def test_copies_whose_names_collide_are_refused() -> None:
    pen = Sketch()
    pen.use(BASIC)
    pen.then("input", shape=(3, 9, 9))
    pen.then("block:Basic", "block1", repeat=2, numbering="beside")
    pen.then("block:Basic", "block2")
    pen.then("output")
    with pytest.raises(CompileError, match="Two layers would be called “block2”"):
        build(pen.graph)


def test_only_a_row_of_copies_can_be_made() -> None:
    def draw(pen: Sketch) -> None:
        first, second = pen.add("block_input"), pen.add("block_input")
        pen.add("block_output", pen.add("add", first, second))

    pen = Sketch()
    pen.use(draw_block("Two", "", draw))
    start = pen.add("input", shape=(3,))
    pen.add("output", pen.add("block:Two", start, start, repeat=2))
    with pytest.raises(CompileError, match="“Two” needs one input and one output to be repeated"):
        build(pen.graph)


def test_an_expression_that_cannot_be_computed_is_named() -> None:
    def draw(pen: Sketch) -> None:
        pen.then("block_input")
        pen.then("linear", "dense", out_features="=8 // depth")
        pen.then("block_output")

    depth: Param = Int(name="depth", default=2, minimum=0, doc="")
    pen = Sketch()
    pen.use(draw_block("Deep", "", draw, [depth]))
    pen.then("input", shape=(3,))
    instance = pen.then("block:Deep", "deep")
    pen.then("output")
    assert build(pen.graph).get_parameter("deep.dense.weight").shape == (4, 3)
    SetParam(instance, "depth", 0).apply(pen.graph)
    with pytest.raises(CompileError, match="“deep”: In “dense”: “8 // depth” cannot be computed"):
        build(pen.graph)


def test_nothing_is_allocated_on_the_meta_device() -> None:
    model = build(network(), device="meta")
    assert all(parameter.is_meta for parameter in model.parameters())
