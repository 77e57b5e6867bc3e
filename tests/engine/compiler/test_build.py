"""The compiled module is bit for bit the one that a person would have written."""

from __future__ import annotations

import ast
import copy
import io
import itertools
import random
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, fx, nn
from torch.nn import functional

from engine.compiler.build import CompileError, build
from engine.graph.edits import Disconnect, SetParam
from engine.graph.model import Edge, Graph, NodeId
from engine.layers.nodes import new_node
from engine.zoo.registry import TEMPLATES, ZOO
from engine.zoo.sketch import Sketch


class LeNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.dense1 = nn.Linear(400, 120)
        self.dense2 = nn.Linear(120, 84)
        self.dense3 = nn.Linear(84, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = functional.max_pool2d(torch.relu(self.conv1(x)), 2)
        x = functional.max_pool2d(torch.relu(self.conv2(x)), 2)
        x = torch.relu(self.dense1(x.flatten(1)))
        x = torch.relu(self.dense2(x))
        return self.dense3(x)


class Residual(nn.Module):
    """A convolution and its input, projected, summed thrice over; with batch norm, dropout and softmax."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(1, 4, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(4)
        self.branch = nn.Conv2d(4, 8, 3, stride=2, padding=1, groups=2)
        self.project = nn.Conv2d(4, 8, 1, stride=2)
        self.dense = nn.Linear(8, 5)

    def forward(self, x: Tensor) -> Tensor:
        x = functional.leaky_relu(self.norm(self.stem(x)), 0.2)
        skip = self.project(x)
        x = self.branch(x) + skip + skip
        x = functional.adaptive_avg_pool2d(torch.sigmoid(x), 1).flatten(1)
        return torch.softmax(self.dense(x), 1)


def residual_graph() -> Graph:
    pen = Sketch()
    pen.then("input", shape=(1, 10, 10))
    pen.then("conv2d", "stem", out_channels=4, padding=1, bias=False)
    pen.then("batch_norm2d", "norm")
    fork = pen.then("leaky_relu", negative_slope=0.2)
    branch = pen.add("conv2d", fork, name="branch", out_channels=8, stride=2, padding=1, groups=2)
    skip = pen.add("conv2d", fork, name="project", lane=1, out_channels=8, kernel_size=1, stride=2)
    pen.add("add", branch, skip, skip)
    for layer in ("sigmoid", "adaptive_avg_pool2d", "flatten"):
        pen.then(layer)
    pen.then("linear", "dense", out_features=5)
    pen.then("softmax")
    pen.then("output")
    return pen.graph


class Branches(nn.Module):
    """Three branches side by side, as in GoogLeNet, joined in the order small, wide, pooled."""

    def __init__(self) -> None:
        super().__init__()
        self.small = nn.Conv2d(3, 2, 1)
        self.wide = nn.Conv2d(3, 4, 5, padding=2)
        self.dense = nn.Linear(9 * 6 * 6, 3)

    def forward(self, x: Tensor) -> Tensor:
        pooled = functional.max_pool2d(x, 3, 1, 1)
        x = torch.cat([self.small(x), self.wide(x), pooled], 1)
        return self.dense(torch.tanh(x).flatten(1))


def branches_graph() -> Graph:
    pen = Sketch()
    start = pen.then("input", shape=(3, 6, 6))
    small = pen.add("conv2d", start, name="small", out_channels=2, kernel_size=1)
    wide = pen.add("conv2d", start, name="wide", out_channels=4, kernel_size=5, padding=2)
    pooled = pen.add("max_pool2d", start, kernel_size=3, stride=1, padding=1)
    joined = pen.add("concat")
    # Not in the order of wiring: the ports decide.
    for port, source in ((7, pooled), (3, wide), (0, small)):
        pen.graph.add_edge(Edge(source, 0, joined, port))
    for layer, params in (("tanh", {}), ("flatten", {}), ("linear", {"out_features": 3}), ("output", {})):
        pen.then(layer, **params)
    return pen.graph


TWINS: dict[str, tuple[Callable[[], Graph], type[nn.Module], tuple[int, ...]]] = {
    "LeNet": (ZOO["lenet5"].build, LeNet, (1, 28, 28)),
    "residual": (residual_graph, Residual, (1, 10, 10)),
    "branches": (branches_graph, Branches, (3, 6, 6)),
}
TWIN = pytest.mark.parametrize(("make", "twin", "shape"), TWINS.values(), ids=TWINS)


@TWIN
@pytest.mark.parametrize("training", [True, False], ids=["training", "evaluation"])
def test_outputs_and_gradients_equal_those_of_hand_written_code(
    make: Callable[[], Graph], twin: type[nn.Module], shape: tuple[int, ...], training: bool
) -> None:
    torch.manual_seed(1)
    compiled, written = build(make()).train(training), twin().train(training)
    written.load_state_dict(compiled.state_dict())
    samples, classes = torch.randn(5, *shape), torch.arange(5) % 3
    outputs = compiled(samples), written(samples)
    assert torch.equal(*outputs)
    for output in outputs:
        functional.cross_entropy(output, classes).backward()
    expected = dict(written.named_parameters())
    assert {name for name, _ in compiled.named_parameters()} == expected.keys()
    for name, parameter in compiled.named_parameters():
        assert parameter.grad is not None
        assert torch.equal(parameter.grad, expected[name].grad)
    for name, buffer in compiled.named_buffers():
        assert torch.equal(buffer, dict(written.named_buffers())[name])


@TWIN
def test_a_seed_gives_the_weights_of_hand_written_code(
    make: Callable[[], Graph], twin: type[nn.Module], shape: tuple[int, ...]
) -> None:
    torch.manual_seed(3)
    compiled = build(make()).state_dict()
    torch.manual_seed(3)
    written = twin().state_dict()
    assert list(compiled) == list(written)
    assert all(torch.equal(compiled[key], written[key]) for key in written)


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_order_of_drawing_changes_nothing(name: str) -> None:
    graph = ZOO[name].build()
    shuffle = random.Random(0)
    nodes, edges = list(graph.nodes.values()), graph.edges
    shuffle.shuffle(nodes)
    shuffle.shuffle(edges)
    torch.manual_seed(0)
    first = build(graph)
    torch.manual_seed(0)
    second = build(Graph.assemble(nodes, edges, {}))
    assert first.code == second.code
    assert list(first.state_dict()) == list(second.state_dict())
    assert all(map(torch.equal, first.state_dict().values(), second.state_dict().values()))


@pytest.mark.parametrize("name", TEMPLATES)
def test_keys_are_node_names_and_forward_is_one_line_per_layer(name: str) -> None:
    graph = ZOO[name].build()
    model = build(graph)
    assert {key.split(".")[0] for key in model.state_dict()} <= {node.name for node in graph.nodes.values()}
    (forward,) = ast.parse(model.code.strip()).body
    forbidden = (ast.For, ast.While, ast.If, ast.ListComp, ast.GeneratorExp, ast.Try)
    assert not any(isinstance(part, forbidden) for part in ast.walk(forward))
    calls = [part for part in ast.walk(forward) if isinstance(part, (ast.Call, ast.BinOp))]
    ends = [node for node in graph.nodes.values() if node.layer in ("input", "output")]
    assert len(calls) == len(graph.nodes) - len(ends)


def test_what_leads_to_no_output_is_left_out() -> None:
    graph = ZOO["lenet5"].build()
    conv = graph.named("conv1")
    assert conv is not None
    for layer, name in (("linear", "broken"), ("relu", "spare")):
        node = new_node(graph, layer, name=name)
        graph.add_node(node)
        graph.add_edge(Edge(conv.id, 0, node.id, 0))
    torch.manual_seed(0)
    model = build(graph)
    torch.manual_seed(0)
    whole = build(ZOO["lenet5"].build())
    assert model.code == whole.code
    assert all(map(torch.equal, model.state_dict().values(), whole.state_dict().values()))


def test_several_inputs_and_outputs_are_arguments_and_a_tuple() -> None:
    pen = Sketch()
    first, second = pen.add("input", name="left", shape=(3,)), pen.add("input", name="right", shape=(3,))
    total = pen.add("add", first, second)
    pen.add("output", total, name="sum")
    pen.add("output", second, name="copy")
    model = build(pen.graph)
    left, right = torch.randn(2, 3), torch.randn(2, 3)
    outputs = model(left=left, right=right)
    assert len(outputs) == 2
    assert torch.equal(outputs[0], left + right)
    assert torch.equal(outputs[1], right)


def test_an_input_may_be_the_output_and_a_merge_may_have_one_input() -> None:
    pen = Sketch()
    pen.then("input", shape=(3,))
    pen.then("add")
    pen.then("concat")
    pen.then("output")
    x = torch.randn(2, 3)
    assert torch.equal(build(pen.graph)(x), x)


# Names

NAMES = [
    *("x", "input", "output", "add", "add_1", "cat", "concat", "list", "len", "print", "operator", "device", "inf"),
    *("nan", "root", "result", "match", "math", "fx_pytree", "weight", "bias", "añadir", "a" * 100),
]


@pytest.mark.parametrize("name", NAMES)
def test_any_allowed_name_works_for_any_kind_of_layer(name: str) -> None:
    for kind in ("input", "linear", "concat", "add"):
        pen = Sketch()
        names = {each: f"other_{each}" for each in ("input", "linear", "concat", "add", "output")} | {kind: name}
        start = pen.then("input", names["input"], shape=(4,))
        dense = pen.then("linear", names["linear"], out_features=4)
        joined = pen.add("concat", start, dense, name=names["concat"])
        pen.add("add", joined, joined, joined, name=names["add"])
        pen.then("output", names["output"])
        model = build(pen.graph)
        weights = model.get_submodule(names["linear"])
        assert list(model.state_dict()) == [f"{names['linear']}.weight", f"{names['linear']}.bias"]
        x = torch.randn(2, 4)
        expected = torch.cat([x, weights(x)], 1)
        assert torch.equal(model(x), expected + expected + expected)


def test_the_library_cannot_be_hidden_by_a_name() -> None:
    """An argument called `torch` would stand before the library in the generated code."""
    pen = Sketch()
    pen.then("input", "torch", shape=(4,))
    assert [node.name for node in pen.graph.nodes.values()] == ["torch2"]


# A plain module


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_module_can_be_copied_saved_and_loaded(name: str) -> None:
    model = build(ZOO[name].build())
    assert isinstance(model, fx.GraphModule)
    shape = (1, 28, 28) if name != "spirals_mlp" else (2,)
    x = torch.randn(3, *shape)
    twin = copy.deepcopy(model)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(2)
    assert not torch.equal(model(x), twin(x))
    memory = io.BytesIO()
    torch.save(model.state_dict(), memory)
    memory.seek(0)
    twin.load_state_dict(torch.load(memory, weights_only=True))
    assert torch.equal(model.eval()(x), twin.eval()(x))
    assert not any(module.training for module in model.modules())


def test_the_graph_is_not_touched_and_not_needed_any_more() -> None:
    graph = ZOO["lenet5"].build()
    events: list[object] = []
    graph.changed.connect(events.append)
    model = build(graph)
    assert events == []
    for edge in graph.edges:
        Disconnect(edge).apply(graph)
    assert model(torch.randn(1, 1, 28, 28)).shape == (1, 10)


# Errors


def changed(change: Callable[[Graph], object]) -> Graph:
    graph = ZOO["lenet5"].build()
    change(graph)
    return graph


def without_wire_to(name: str) -> Callable[[Graph], object]:
    def change(graph: Graph) -> None:
        node = graph.named(name)
        assert node is not None
        Disconnect(graph.incoming(node.id)[0]).apply(graph)

    return change


def only(*layers: str) -> Graph:
    pen = Sketch()
    for layer in layers:
        pen.then(layer)
    return pen.graph


ERRORS: dict[str, tuple[Callable[[], Graph], str]] = {
    "empty": (Graph, "The network has no Output: add one and wire the last layer to it."),
    "no output": (
        lambda: only("input", "relu"),
        "The network has no Output: add one and wire the last layer to it.",
    ),
    "no input": (
        lambda: only("relu", "output"),
        "“relu” lacks an input: wire every layer on the way to the Output.",
    ),
    "unwired output": (
        lambda: changed(without_wire_to("output")),
        "“output” lacks an input: wire every layer on the way to the Output.",
    ),
    "unwired in the middle": (
        lambda: changed(without_wire_to("conv2")),
        "“conv2” lacks an input: wire every layer on the way to the Output.",
    ),
    "broken layer": (
        lambda: only("input", "linear", "output"),
        "“dense”: Dense takes a vector or a sequence (steps × features), but gets an image of 1 × 28 × 28. "
        "Put a Flatten or a global pooling in between.",
    ),
    "broken and unwired": (
        lambda: changed(
            lambda graph: (
                without_wire_to("dense2")(graph),
                SetParam(NodeId("n5"), "kernel_size", (29, 29)).apply(graph),
            )
        ),
        "“dense2” lacks an input: wire every layer on the way to the Output.",
    ),
}


@pytest.mark.parametrize(("make", "sentence"), ERRORS.values(), ids=ERRORS)
def test_what_is_no_network_yet_is_refused_in_one_sentence(make: Callable[[], Graph], sentence: str) -> None:
    with pytest.raises(CompileError) as caught:
        build(make())
    assert str(caught.value) == sentence


def test_the_first_broken_layer_is_the_one_that_is_told() -> None:
    graph = ZOO["lenet5"].build()
    for first, second in itertools.pairwise(("conv1", "conv2")):
        for name in (first, second):
            node = graph.named(name)
            assert node is not None
            SetParam(node.id, "kernel_size", (99, 99)).apply(graph)
    with pytest.raises(CompileError, match=r"^“conv1”: The convolution window is 99 high"):
        build(graph)
