"""A skip connection whose shape differs is projected; and no reference network is found fault with."""

from __future__ import annotations

import pytest

from engine.analysis.preflight import Task, find_problems
from engine.analysis.problem import Problem, Severity
from engine.analysis.shapes import ShapeInference
from engine.graph import document
from engine.graph.model import Graph, NodeId
from engine.zoo.registry import ZOO
from engine.zoo.sketch import Sketch

IMAGES = Task("Pictures", (3, 16, 16), 10, "cross_entropy")
E = Severity.ERROR
Layer = tuple[str, dict[str, object]]
CONV: Layer = ("conv2d", {"out_channels": 8, "padding": 1})
RELU: Layer = ("relu", {})
HEAD: tuple[Layer, ...] = (("global_avg_pool2d", {}), ("linear", {"out_features": 10}))


def problems(graph: Graph, task: Task = IMAGES) -> list[Problem]:
    shapes = ShapeInference()
    return find_problems(graph, shapes.analyse(graph), task, ShapeInference(shapes).analyse)


def skip(branch: tuple[Layer, ...], *, merge: str = "add", head: tuple[Layer, ...] = HEAD) -> Graph:
    """A branch, and a connection around it, both behind a convolution."""
    pen = Sketch()
    pen.then("input", shape=(3, 16, 16))
    pen.then(*CONV[:1], name="stem", **CONV[1])
    start = pen.then("relu", "stem_relu")
    end = start
    for layer, params in branch:
        end = pen.then(layer, **params)
    pen.add(merge, end, start, name="merge")
    for layer, params in head:
        pen.then(layer, **params)
    pen.then("output")
    return pen.graph


SKIPS: dict[str, tuple[dict[str, object], str, str]] = {
    "other channels": ({"out_channels": 32, "padding": 1}, "32 × 16 × 16", "32 × 16 × 16"),
    "a stride": ({"out_channels": 8, "padding": 1, "stride": 2}, "8 × 8 × 8", "8 × 8 × 8"),
    "odd sizes": ({"out_channels": 16, "kernel_size": 5, "padding": 2, "stride": 3}, "16 × 6 × 6", "16 × 6 × 6"),
    "sizes that no stride makes": ({"out_channels": 8, "padding": 0}, "8 × 14 × 14", ""),
}


@pytest.mark.parametrize(("branch", "shape", "target"), SKIPS.values(), ids=SKIPS)
def test_a_skip_of_another_shape_is_projected(branch: dict[str, object], shape: str, target: str) -> None:
    graph = skip((("conv2d", branch), RELU))
    before = document.dump(graph)
    (problem,) = problems(graph)
    assert problem.severity is E
    assert problem.node is not None
    assert graph.nodes[problem.node].name == "merge"
    assert problem.sentence == (
        f"Add needs inputs of one shape, but {shape} meets 8 × 16 × 16. "
        "Bring them to the same shape, for instance by a 1×1 convolution on the skip connection."
    )
    labels = [f"Insert Projection shortcut to {target}"] if target else []
    assert [fix.label for fix in problem.fixes] == labels
    for fix in problem.fixes:
        inverse = fix.edit.apply(graph)
        assert problems(graph) == []
        inverse.apply(graph)
        assert document.dump(graph) == before


def test_a_skip_that_fits_is_left_alone() -> None:
    assert problems(skip((CONV, RELU))) == []


def test_vectors_are_projected_by_a_dense_layer() -> None:
    pen = Sketch()
    pen.then("input", shape=(3, 16, 16))
    start = pen.then("flatten")
    pen.then("linear", out_features=10)
    end = pen.then("relu")
    pen.add("add", end, start, name="merge")
    pen.then("output")
    (problem,) = problems(pen.graph)
    assert [fix.label for fix in problem.fixes] == ["Insert Dense to 10"]
    problem.fixes[0].edit.apply(pen.graph)
    assert problems(pen.graph) == []


def test_a_projection_lies_beside_the_branch_and_leads_to_a_sound_network() -> None:
    graph = skip((("conv2d", {"out_channels": 32, "padding": 1, "stride": 2}), RELU))
    (problem,) = problems(graph)
    problem.fixes[0].edit.apply(graph)
    assert problems(graph) == []
    places = [node.position for node in graph.nodes.values()]
    assert len(set(places)) == len(places)
    added = graph.named("downsample")
    assert added is not None
    assert added.params["out_channels"] == 32
    assert added.params["stride"] == 2


def test_of_several_branches_all_are_brought_to_the_longest() -> None:
    pen = Sketch()
    start = pen.then("input", shape=(3, 16, 16))
    one = pen.add("conv2d", start, out_channels=4, padding=1)
    pen.add("conv2d", start, out_channels=6, padding=1)
    deep = pen.then("relu")
    pen.add("add", start, one, deep, name="merge")
    for layer, params in HEAD:
        pen.then(layer, **params)
    pen.then("output")
    (problem,) = (each for each in problems(pen.graph) if each.severity is E)
    assert [fix.label for fix in problem.fixes] == ["Insert 2 projections to 6 × 16 × 16"]
    problem.fixes[0].edit.apply(pen.graph)
    assert not [each for each in problems(pen.graph) if each.severity is E]


# Reference networks


def own_task(graph: Graph) -> Task:
    """A task that the network is made for."""
    (first, *_) = (node for node in graph.nodes.values() if node.layer == "input")
    shape = first.params["shape"]
    assert isinstance(shape, tuple)
    analysis = ShapeInference().analyse(graph)
    outputs = sorted((node for node in graph.nodes if graph.nodes[node].layer == "output"), key=len)
    values = analysis.nodes[NodeId(outputs[0])].outputs[0]
    return Task("its data", shape, values[0], "cross_entropy", batch_size=2)


@pytest.mark.sampled(10)
@pytest.mark.parametrize("name", ZOO)
def test_no_reference_network_is_wronged(name: str) -> None:
    graph = ZOO[name].build()
    found = problems(graph, own_task(graph))
    # A picture of scores, as segmentation gives, is no vector of scores.
    expected = ["output"] if ZOO[name].family == "Segmentation" else []
    names = [graph.blocks.graph(problem.block).nodes[problem.node or NodeId("")].name for problem in found]
    assert names == expected, [problem.sentence for problem in found]
