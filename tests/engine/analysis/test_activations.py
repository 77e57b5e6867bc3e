"""What is kept for the backward pass, over whole networks: exactly what PyTorch's autograd says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.analysis.report import Analysis
from engine.analysis.shapes import ShapeInference
from engine.graph.model import Graph
from engine.layers.grouping import ungroup
from engine.zoo.registry import ZOO
from engine.zoo.sketch import Sketch

if TYPE_CHECKING:
    from conftest import Networks, Reality

pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
# Fused kernels keep a workspace of their own; the analysis says what PyTorch's step-by-step computation keeps.
FUSED = {"lstm", "gru", "rnn"}
RECURRENT = {name for name, entry in ZOO.items() if entry.family == "Sequences"}
LARGE = {name for name, entry in ZOO.items() if max(entry.input_shape) > 64} - {"squeezenet1_1", "alexnet"}
EXACT = [pytest.param(name, marks=[pytest.mark.slow] if name in LARGE else []) for name in ZOO if name not in RECURRENT]


def kept(analysis: Analysis, batch: int) -> int:
    return batch * analysis.activation_bytes + analysis.fixed_bytes


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", EXACT)
def test_reference_networks_keep_what_is_computed(name: str, reality: Reality) -> None:
    graph = ZOO[name].build()
    analysis = ShapeInference().analyse(graph)
    assert [kept(analysis, batch) for batch in (2, 3)] == [reality.kept(graph, batch) for batch in (2, 3)]
    assert analysis.inference_bytes == reality.peak(graph)


def attends_to_itself(graph: Graph) -> bool:
    """Whether a cross-attention looks at its own queries, for which PyTorch takes a way that keeps less."""
    for place in graph.blocks.graphs():
        for node in place.nodes.values():
            sources = {(edge.source, edge.source_port) for edge in place.incoming(node.id)}
            if node.layer == "cross_attention" and len(sources) < 2:
                return True
    return False


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_random_networks_keep_what_is_computed(data: st.DataObject, networks: Networks, reality: Reality) -> None:
    graph = data.draw(networks.valid())
    layers = {node.layer for place in graph.blocks.graphs() for node in place.nodes.values()}
    if layers & FUSED or attends_to_itself(graph):
        return
    analysis = networks.analyse(graph)
    assert [kept(analysis, batch) for batch in (2, 3)] == [reality.kept(graph, batch) for batch in (2, 3)]


def by_path(graph: Graph, analysis: Analysis, prefix: str = "") -> dict[str, int]:
    """What is kept of the making of each layer, the layers inside the first copies of blocks by their paths."""
    found = {}
    for node, report in analysis.nodes.items():
        name = prefix + graph.nodes[node].name
        if report.inside:
            block = graph.blocks[graph.nodes[node].layer.removeprefix("block:")]
            found |= by_path(block.graph, report.inside[0], f"{name}.")
        else:
            found[name] = report.activation_bytes
    return {name: size for name, size in found.items() if size}


def drawn(*layers: tuple[str, dict[str, object]], shape: tuple[int, ...] = (3, 8, 8)) -> Graph:
    pen = Sketch()
    pen.then("input", shape=shape)
    for layer, params in layers:
        pen.then(layer, **params)
    pen.then("output")
    return pen.graph


def test_each_piece_of_memory_counts_once_at_the_layer_that_made_it() -> None:
    graph = drawn(
        ("conv2d", {"out_channels": 4, "padding": 1}),
        ("batch_norm2d", {}),
        ("relu", {}),
        ("max_pool2d", {}),
        ("dropout", {}),
        ("flatten", {}),
        ("linear", {"out_features": 10}),
    )
    analysis = ShapeInference().analyse(graph)
    image, pooled = 4 * 8 * 8, 4 * 4 * 4
    assert by_path(graph, analysis) == {
        "input": 4 * 3 * 8 * 8,
        "conv": 4 * image,
        # The ReLU keeps what it gives out, and the pooling that follows keeps the same.
        "relu": 4 * image,
        "pool": 8 * pooled,
        # Its mask and what it gives out, which the dense layer keeps, flattened in the same memory.
        "dropout": 4 * pooled + 4 * pooled,
    }
    # Mean and spread of each channel.
    assert analysis.fixed_bytes == 2 * 4 * 4
    assert analysis.activation_bytes == sum(by_path(graph, analysis).values())


def test_nothing_is_kept_where_nothing_is_learned() -> None:
    graph = drawn(("relu", {}), ("sigmoid", {}), ("flatten", {}))
    assert ShapeInference().analyse(graph).activation_bytes == 0


def test_a_view_is_as_large_as_what_it_shows() -> None:
    graph = drawn(("conv2d", {"out_channels": 8}), ("slice", {"dim": 1, "length": 1}), ("relu", {}), ("conv2d", {}))
    sizes = by_path(graph, ShapeInference().analyse(graph))
    assert sizes == {"input": 4 * 3 * 8 * 8, "relu": 4 * 6 * 6}
    graph = drawn(("conv2d", {"out_channels": 8}), ("slice", {"dim": 1, "length": 1}), ("conv2d", {}))
    assert by_path(graph, ShapeInference().analyse(graph))["conv"] == 4 * 8 * 6 * 6


def test_an_axis_swapped_is_a_view_until_it_is_flattened() -> None:
    swapped = ("transpose", {"dim0": 1, "dim1": 2})
    graph = drawn(("linear", {"out_features": 6}), swapped, ("flatten", {}), ("linear", {}), shape=(5, 4))
    sizes = by_path(graph, ShapeInference().analyse(graph))
    assert sizes == {"input": 4 * 20, "flatten": 4 * 30}


@pytest.mark.parametrize("name", ["resnet18_small", "densenet40", "vit_small"])
def test_a_block_keeps_what_its_layers_would_without_it(name: str) -> None:
    graph = ZOO[name].build()
    shapes = ShapeInference()
    before = shapes.analyse(graph)
    while instances := [node.id for node in graph.nodes.values() if node.layer.startswith("block:")]:
        ungroup(graph, instances[0]).apply(graph)
    after = shapes.analyse(graph)
    for figure in ("parameters", "buffers", "flops", "macs", "activation_bytes", "fixed_bytes"):
        assert getattr(before, figure) == getattr(after, figure), figure


def test_the_layers_inside_a_block_add_up_to_the_block() -> None:
    graph = ZOO["densenet40"].build()
    analysis = ShapeInference().analyse(graph)
    instances = [report for report in analysis.nodes.values() if report.inside]
    assert instances
    for report in instances:
        for figure in ("parameters", "buffers", "flops", "activation_bytes", "fixed_bytes"):
            assert getattr(report, figure) == sum(getattr(inside, figure) for inside in report.inside)
