"""Shapes and costs are those of the real layers, errors are sentences, and only what changed is measured again."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.analysis import shapes
from engine.analysis.report import UNKNOWN, Analysis, NodeReport
from engine.analysis.shapes import ShapeInference
from engine.analysis.weights import weight_shapes
from engine.graph.edits import Connect, Disconnect, RemoveNode, SetParam, dissolve
from engine.graph.model import Edge, Graph, NodeId
from engine.graph.params import Params, ParamValue
from engine.layers.registry import spec
from engine.layers.spec import LayerSpec, TensorShape, format_shape
from engine.zoo.registry import TEMPLATES, ZOO
from engine.zoo.sketch import Sketch


def outputs_by_name(graph: Graph, analysis: Analysis) -> dict[str, str]:
    return {
        graph.nodes[node].name: " | ".join(map(format_shape, report.outputs)) for node, report in analysis.nodes.items()
    }


def test_lenet_has_the_published_shapes_and_weights() -> None:
    graph = ZOO["lenet5"].build()
    analysis = ShapeInference().analyse(graph)
    assert analysis.is_valid
    shapes_by_name = outputs_by_name(graph, analysis)
    activations = {node.name for node in graph.nodes.values() if spec(node.layer).family == "Activation"}
    assert len(activations) == 4
    assert {name: shape for name, shape in shapes_by_name.items() if name not in activations} == {
        "input": "1 × 28 × 28",
        "conv1": "6 × 28 × 28",
        "pool1": "6 × 14 × 14",
        "conv2": "16 × 10 × 10",
        "pool2": "16 × 5 × 5",
        "flatten": "400",
        "dense1": "120",
        "dense2": "84",
        "dense3": "10",
        "output": "10",
    }
    # 1998's table: 156 + 2,416 (all maps wired) in the convolutions, 48,120 + 10,164 + 850 in the dense layers.
    weights = {graph.nodes[node].name: report.parameters for node, report in analysis.nodes.items()}
    assert {name: number for name, number in weights.items() if number} == {
        "conv1": 156,
        "conv2": 2_416,
        "dense1": 48_120,
        "dense2": 10_164,
        "dense3": 850,
    }
    multiplications = 6 * 784 * 25 + 16 * 100 * 6 * 25 + 400 * 120 + 120 * 84 + 84 * 10
    assert analysis.flops == 2 * multiplications


# Errors


def two_branches(layer: str, left: tuple[int, ...], right: tuple[int, ...], **params: object) -> Sketch:
    pen = Sketch()
    first, second = pen.add("input", shape=left), pen.add("input", shape=right)
    pen.add(layer, first, second, name="bad", **params)
    return pen


def chain(shape: tuple[int, ...], *layers: tuple[str, dict[str, object]]) -> Sketch:
    """An input and layers behind it, the last one called `bad`."""
    pen = Sketch()
    pen.then("input", shape=shape)
    for layer, params in layers[:-1]:
        pen.then(layer, **params)
    layer, params = layers[-1]
    pen.then(layer, "bad", **params)
    return pen


IMAGE = "an image (channels × height × width)"

ERRORS: dict[str, tuple[Sketch, str]] = {
    "convolution of a vector": (
        chain((1, 28, 28), ("flatten", {}), ("conv2d", {})),
        f"Conv 2D takes {IMAGE}, but gets a vector of 784 values. "
        "Wire it where there still is an image: before a Flatten, behind an Input of images.",
    ),
    "pooling of points": (
        chain((1,), ("max_pool2d", {})),
        f"Max pool 2D takes {IMAGE}, but gets a vector of 1 value. "
        "Wire it where there still is an image: before a Flatten, behind an Input of images.",
    ),
    "batch norm of a sequence": (
        chain((5, 7), ("batch_norm2d", {})),
        f"Batch norm 2D takes {IMAGE}, but gets a sequence of 5 × 7.",
    ),
    "dense on an image": (
        chain((3, 8, 8), ("relu", {}), ("linear", {})),
        "Dense takes a vector or a sequence (steps × features), but gets an image of 3 × 8 × 8. "
        "Put a Flatten or a global pooling in between.",
    ),
    "kernel larger than the image": (
        chain((1, 4, 9), ("conv2d", {"kernel_size": 5})),
        "The convolution window is 5 high, but an image of 1 × 4 × 9 is only 4 high. "
        "Use a smaller kernel or more padding, or shrink the image less before.",
    ),
    "dilated kernel wider than the padded image": (
        chain((1, 9, 3), ("conv2d", {"dilation": 3, "padding": (0, 1)})),
        "The convolution window is 7 wide, but an image of 1 × 9 × 3 is only 3 wide (5 with padding). "
        "Use a smaller kernel or more padding, or shrink the image less before.",
    ),
    "pooling used up": (
        chain((1, 2, 2), ("max_pool2d", {}), ("avg_pool2d", {})),
        "The pooling window is 2 high, but an image of 1 × 1 × 1 is only 1 high. "
        "Use a smaller kernel or more padding, or shrink the image less before.",
    ),
    "too much padding": (
        chain((1, 8, 8), ("max_pool2d", {"padding": 2})),
        "Padding 2 is more than half of the pooling window of 2; use at most 1.",
    ),
    "groups of the input": (
        chain((3, 8, 8), ("conv2d", {"groups": 2})),
        "3 input channels cannot be divided into 2 groups.",
    ),
    "groups of the output": (
        chain((4, 8, 8), ("conv2d", {"groups": 4, "out_channels": 6})),
        "6 output channels cannot be divided into 4 groups.",
    ),
    "sum of different images": (
        two_branches("add", (16, 28, 28), (16, 14, 14)),
        "Add needs inputs of one shape, but 16 × 28 × 28 meets 16 × 14 × 14. "
        "Bring them to the same shape, for instance by a 1×1 convolution on the skip connection.",
    ),
    "sum of an image and a vector": (
        two_branches("add", (16, 28, 28), (16,)),
        "Add needs inputs of one shape, but 16 × 28 × 28 meets 16. "
        "Bring them to the same shape, for instance by a 1×1 convolution on the skip connection.",
    ),
    "concatenation of different images": (
        two_branches("concat", (16, 28, 28), (8, 14, 28)),
        "Concat along axis 1 needs inputs that agree along all other axes, but 16 × 28 × 28 meets 8 × 14 × 28.",
    ),
    "concatenation along another axis": (
        two_branches("concat", (16, 28, 28), (8, 28, 28), dim=2),
        "Concat along axis 2 needs inputs that agree along all other axes, but 16 × 28 × 28 meets 8 × 28 × 28.",
    ),
    "concatenation of an image and a vector": (
        two_branches("concat", (16, 28, 28), (8,)),
        "Concat along axis 1 needs inputs that agree along all other axes, but 16 × 28 × 28 meets 8.",
    ),
    "concatenation along an axis that is not there": (
        two_branches("concat", (16,), (8,), dim=2),
        "Concat joins along axis 2, but a vector of 16 values has only 1.",
    ),
    "softmax along an axis that is not there": (
        chain((10,), ("softmax", {"dim": 3})),
        "Softmax runs along axis 3, but a vector of 10 values has only 1.",
    ),
    "an input beyond all memory": (
        chain((100_000, 100_000, 100_000, 100_000), ("flatten", {})),
        "Flatten gets a tensor of 100000 × 100000 × 100000 × 100000: more values than fit into memory.",
    ),
    "dense weights beyond all memory": (
        chain((100_000, 100_000), ("linear", {"out_features": 1_000_000})),
        "Dense would have 100,000,000,000 weights: more than fit into memory.",
    ),
    "convolution weights beyond all memory": (
        chain((65_536, 1000, 1000), ("conv2d", {"out_channels": 65_536, "kernel_size": 1000})),
        "Conv 2D gets an image of 65536 × 1000 × 1000: more values than fit into memory.",
    ),
    "many large filters": (
        chain((65_536, 300, 300), ("conv2d", {"out_channels": 65_536, "kernel_size": 300})),
        f"Conv 2D would have {65_536 * 65_536 * 300 * 300:,} weights: more than fit into memory.",
    ),
}


@pytest.mark.parametrize(("pen", "sentence"), ERRORS.values(), ids=ERRORS)
def test_an_error_says_what_met_what_and_stays_where_it_is(pen: Sketch, sentence: str) -> None:
    graph = pen.graph.snapshot()
    bad = graph.named("bad")
    assert bad is not None
    behind = [NodeId("behind1"), NodeId("behind2")]
    extended = Sketch()
    extended.graph = graph
    last = extended.add("relu", bad.id, name="behind1")
    extended.add("output", last, name="behind2")
    analysis = ShapeInference().analyse(graph)
    assert analysis.nodes[bad.id].error == sentence
    assert analysis.nodes[bad.id].outputs == ()
    assert not analysis.is_valid
    for node in graph.nodes.values():
        report = analysis.nodes[node.id]
        if node.name in behind:
            assert report == UNKNOWN
        elif node.id != bad.id:
            assert report.outputs
            assert report.error is None
            assert not report.waiting
    assert (
        weight_shapes(bad.layer, bad.params, [analysis.nodes[e.source].outputs[0] for e in graph.incoming(bad.id)])
        == {}
    )


def test_a_layer_without_its_inputs_waits_and_so_does_what_it_feeds() -> None:
    graph = ZOO["residual_cnn"].build()
    middle, merge = graph.named("block2_norm1"), graph.named("block2_add")
    assert middle is not None
    assert merge is not None
    Disconnect(graph.incoming(middle.id)[0]).apply(graph)
    analysis = ShapeInference().analyse(graph)
    waiting = {node for node, report in analysis.nodes.items() if report.waiting}
    assert waiting == graph.wiring.descendants(middle.id)
    assert merge.id in waiting
    assert not any(report.error for report in analysis.nodes.values())


def test_merges_take_any_number_of_inputs_in_the_order_of_their_ports() -> None:
    pen = Sketch()
    sizes = (3, 5, 7)
    parts = [pen.add("input", shape=(size, 4, 4)) for size in sizes]
    joined = pen.add("concat")
    for port, part in zip((4, 0, 2), parts, strict=True):
        pen.graph.add_edge(Edge(part, 0, joined, port))
    assert ShapeInference().analyse(pen.graph).nodes[joined].outputs == ((15, 4, 4),)
    alone = pen.add("add", parts[0])
    assert ShapeInference().analyse(pen.graph).nodes[alone].outputs == ((3, 4, 4),)


def test_several_inputs_that_agree_only_in_pairs_do_not_add_up() -> None:
    pen = Sketch()
    parts = [pen.add("input", shape=shape) for shape in ((1, 4), (2, 4), (3, 4))]
    total = pen.add("add", *parts)
    error = ShapeInference().analyse(pen.graph).nodes[total].error
    assert error is not None
    assert "2 × 4 meets 3 × 4" in error


def test_huge_layers_are_measured_without_memory() -> None:
    graph = chain((100_000,), ("linear", {"out_features": 100_000})).graph
    assert ShapeInference().analyse(graph).parameters == 100_000 * 100_000 + 100_000


def test_an_empty_network_has_nothing_to_say() -> None:
    assert ShapeInference().analyse(Graph()) == Analysis({})


# Memory


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[ParamValue]:
    """The layers that have been measured, in order: the size of a dense layer, the slope of a leaky ReLU."""
    found: list[ParamValue] = []
    real_measure = shapes.measure

    def counting(layer: LayerSpec, params: Params, inputs: Sequence[TensorShape]) -> NodeReport:
        found.append(params.get("out_features", params.get("negative_slope", 0)))
        return real_measure(layer, params, inputs)

    monkeypatch.setattr(shapes, "measure", counting)
    return found


def long_chain(length: int) -> Sketch:
    """Dense layers that all differ in size, so that no two share what is remembered."""
    pen = Sketch()
    pen.then("input", shape=(1000,))
    for number in range(1, length + 1):
        pen.then("linear", f"dense{number}", out_features=number)
    return pen


def test_an_edit_costs_only_what_lies_downstream(measured: list[ParamValue]) -> None:
    graph = long_chain(500).graph
    inference = ShapeInference()
    inference.analyse(graph)
    assert len(measured) == 500
    measured.clear()
    inference.analyse(graph)
    assert measured == []
    changed = graph.named("dense300")
    assert changed is not None
    inverse = SetParam(changed.id, "out_features", 777).apply(graph)
    analysis = inference.analyse(graph)
    # The layer itself and the one it feeds; from there on the shapes are as before.
    assert measured == [777, 301]
    assert analysis == ShapeInference().analyse(graph)
    measured.clear()
    inverse.apply(graph)
    inference.analyse(graph)
    assert measured == []


def test_a_change_of_shape_is_measured_all_the_way_down(measured: list[ParamValue]) -> None:
    pen = Sketch()
    start = pen.then("input", shape=(4,))
    for number in range(50):
        pen.then("leaky_relu", f"relu{number}", negative_slope=number / 100)
    inference = ShapeInference()
    inference.analyse(pen.graph)
    measured.clear()
    SetParam(start, "shape", (5,)).apply(pen.graph)
    inference.analyse(pen.graph)
    assert measured == [number / 100 for number in range(50)]


def test_layers_that_are_alike_are_measured_once(measured: list[ParamValue]) -> None:
    ShapeInference().analyse(ZOO["deep_relu"].build())
    # Flatten, the first dense layer, the seven alike, ReLU, the scores and the output.
    assert len(measured) == 6


def test_moving_renaming_and_initialising_do_not_change_results() -> None:
    graph = ZOO["lenet5"].build()
    inference = ShapeInference()
    before = inference.analyse(graph)
    for node in list(graph.nodes.values()):
        graph.move_nodes({node.id: (1.0, 1.0)})
        graph.rename_node(node.id, f"{node.name}_x")
        if "weight_init" in node.params:
            graph.set_param(node.id, "weight_init", "he_normal")
    assert inference.analyse(graph) == before


LAYERS = st.sampled_from(
    [
        ("conv2d", {"out_channels": 3}),
        ("conv2d", {"out_channels": 4, "kernel_size": (5, 5), "groups": 2}),
        ("max_pool2d", {}),
        ("adaptive_avg_pool2d", {"output_size": (2, 2)}),
        ("batch_norm2d", {}),
        ("relu", {}),
        ("dropout", {}),
        ("flatten", {}),
        ("linear", {"out_features": 5}),
        ("softmax", {}),
    ]
)


@settings(max_examples=2 * settings.default.max_examples // 3)
@given(layers=st.lists(LAYERS, min_size=1, max_size=8), data=st.data())
def test_what_is_remembered_equals_a_fresh_inference(
    layers: list[tuple[str, dict[str, object]]], data: st.DataObject
) -> None:
    pen = Sketch()
    start = pen.then("input", shape=(2, 12, 12))
    for layer, params in layers:
        pen.then(layer, **params)
    graph = pen.graph
    inference = ShapeInference()
    for _ in range(4):
        assert inference.analyse(graph) == ShapeInference().analyse(graph)
        node = data.draw(st.sampled_from(list(graph.nodes)))
        match data.draw(st.sampled_from(["shape", "dissolve", "remove", "wire", "units"])):
            case "shape" if start in graph.nodes:
                shape = data.draw(st.sampled_from([(2, 12, 12), (4, 6, 6), (7,), (3, 2, 2)]))
                SetParam(start, "shape", shape).apply(graph)
            case "dissolve" if node != start:
                dissolve(graph, node).apply(graph)
            case "remove" if node != start:
                RemoveNode(node).apply(graph)
            case "wire":
                edge = Edge(node, 0, data.draw(st.sampled_from(list(graph.nodes))), 0)
                if graph.refusal(edge) is None and edge.target != start:
                    Connect(edge).apply(graph)
            case _ if graph.nodes[node].layer == "linear":
                SetParam(node, "out_features", data.draw(st.integers(1, 9))).apply(graph)


def test_inference_leaves_torch_as_it_was() -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    for entry in TEMPLATES.values():
        ShapeInference().analyse(entry.build())
    ShapeInference().analyse(chain((1, 8, 8), ("dropout", {}), ("conv2d", {"weight_init": "he_normal"})).graph)
    assert torch.equal(torch.rand(3), expected)
    assert torch.is_grad_enabled()
    assert torch.empty(1).device.type == "cpu"
