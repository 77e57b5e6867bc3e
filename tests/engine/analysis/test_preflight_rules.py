"""Each rule of the pre-flight check fires where it should and only there, and each of its fixes mends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from engine.analysis.preflight import OtherData, Task, find_problems
from engine.analysis.problem import Problem, Severity
from engine.analysis.shapes import ShapeInference
from engine.compiler.build import build
from engine.graph import document
from engine.graph.model import Graph
from engine.zoo.sketch import Sketch

IMAGES = Task("Pictures", (3, 16, 16), 10, "cross_entropy")
POINTS = Task("Two spirals", (2,), 2, "cross_entropy", other_data=(OtherData("mnist", "MNIST", (1, 28, 28)),))
E, W, D = Severity.ERROR, Severity.WARNING, Severity.DATA
Layer = tuple[str, dict[str, object]]
CONV: Layer = ("conv2d", {"out_channels": 8, "padding": 1})
RELU: Layer = ("relu", {})
HEAD: tuple[Layer, ...] = (("global_avg_pool2d", {}), ("linear", {"out_features": 10}))


def problems(graph: Graph, task: Task = IMAGES) -> list[Problem]:
    shapes = ShapeInference()
    return find_problems(graph, shapes.analyse(graph), task, ShapeInference(shapes).analyse)


def chain(*layers: Layer, shape: tuple[int, ...] = (3, 16, 16)) -> Graph:
    """An Input, layers one behind the other, and an Output."""
    pen = Sketch()
    pen.then("input", shape=shape)
    for layer, params in layers:
        pen.then(layer, **params)
    pen.then("output")
    return pen.graph


def two_dense(*between: Layer, first: int = 64) -> Graph:
    return chain(
        ("flatten", {}), ("linear", {"out_features": first}), *between, ("linear", {"out_features": 10, "bias": False})
    )


NO_ACTIVATION = (
    "Between “{}” and “{}” there is no activation, so the two can learn no more than one linear layer could: "
    "put an activation such as ReLU between them."
)
ONE_VALUE = (
    "With batches of 1 sample “{}” has one value per channel to normalise, since it gets {}; training stops there. "
    "Use larger batches, or leave it out."
)
Case = tuple[Callable[[], Graph], Task, list[tuple[Severity, str, str, tuple[str, ...]]]]

CASES: dict[str, Case] = {
    "pooling of a used-up image": (
        lambda: chain(CONV, RELU, ("adaptive_avg_pool2d", {}), ("max_pool2d", {"kernel_size": 3}), *HEAD),
        IMAGES,
        [
            (
                E,
                "pool2",
                "The pooling window is 3 high, but an image of 8 × 1 × 1 is only 1 high. "
                "Use a smaller kernel or more padding, or shrink the image less before.",
                ("Set the kernel size to 1×1", "Remove pool2"),
            )
        ],
    ),
    "convolution of a used-up image": (
        lambda: chain(CONV, RELU, ("adaptive_avg_pool2d", {}), ("conv2d", {"kernel_size": 5}), RELU, *HEAD),
        IMAGES,
        [
            (
                E,
                "conv2",
                "The convolution window is 5 high, but an image of 8 × 1 × 1 is only 1 high. "
                "Use a smaller kernel or more padding, or shrink the image less before.",
                ("Set the padding to 2×2", "Set the kernel size to 1×1"),
            )
        ],
    ),
    "pooling with too much padding": (
        lambda: chain(CONV, RELU, ("max_pool2d", {"padding": 2}), *HEAD),
        IMAGES,
        [
            (
                E,
                "pool",
                "Padding 2 is more than half of the pooling window of 2; use at most 1.",
                ("Set the padding to 1×1", "Remove pool"),
            )
        ],
    ),
    "groups that do not divide": (
        lambda: chain(CONV, RELU, ("conv2d", {"out_channels": 12, "groups": 8}), RELU, *HEAD),
        IMAGES,
        [(E, "conv2", "12 output channels cannot be divided into 8 groups.", ("Set the groups to 4",))],
    ),
    "flatten or pool before dense": (
        lambda: chain(CONV, RELU, ("linear", {"out_features": 10})),
        IMAGES,
        [
            (
                E,
                "dense",
                "Dense takes a vector or a sequence (steps × features), but gets an image of 8 × 16 × 16. "
                "Put a Flatten or a global pooling in between.",
                ("Insert Flatten", "Insert Global average pool 2D"),
            )
        ],
    ),
    "two dense layers": (
        two_dense,
        IMAGES,
        [(W, "dense2", NO_ACTIVATION.format("dense", "dense2"), ("Insert ReLU",))],
    ),
    "two dense layers with a dropout between": (
        lambda: two_dense(("dropout", {})),
        IMAGES,
        [(W, "dense2", NO_ACTIVATION.format("dense", "dense2"), ("Insert ReLU",))],
    ),
    "two dense layers with an activation": (lambda: two_dense(("dropout", {}), ("tanh", {})), IMAGES, []),
    "two dense layers with a bottleneck": (lambda: two_dense(first=4), IMAGES, []),
    "an identity that says so": (lambda: two_dense(("identity", {})), IMAGES, []),
    "two convolutions": (
        lambda: chain(CONV, ("batch_norm2d", {}), CONV, RELU, *HEAD),
        IMAGES,
        [(W, "conv2", NO_ACTIVATION.format("conv", "conv2"), ("Insert ReLU",))],
    ),
    "a convolution and a dense layer": (
        lambda: chain(("conv2d", {"out_channels": 8, "stride": 2, "padding": 1}), ("flatten", {}), HEAD[1]),
        IMAGES,
        [(W, "dense", NO_ACTIVATION.format("conv", "dense"), ("Insert ReLU",))],
    ),
    "a separable convolution": (
        lambda: chain(CONV, RELU, ("depthwise_conv2d", {"padding": 1}), ("conv2d", {"kernel_size": 1}), RELU, *HEAD),
        IMAGES,
        [],
    ),
    "a linear bottleneck": (
        lambda: chain(
            CONV, RELU, ("conv2d", {"out_channels": 4, "kernel_size": 1}), ("batch_norm2d", {}), CONV, RELU, *HEAD
        ),
        IMAGES,
        [],
    ),
    "a pool that leaves pixels out": (
        lambda: chain(CONV, RELU, ("max_pool2d", {}), ("max_pool2d", {"kernel_size": 3, "stride": 3}), *HEAD),
        IMAGES,
        [
            (
                W,
                "pool2",
                "“pool2” never looks at the last 2 rows of 8 and the last 2 columns of 8: its windows do not fit into "
                "the size.",
                ("Round the size up",),
            )
        ],
    ),
    "a convolution that leaves pixels out": (
        lambda: chain(("conv2d", {"kernel_size": 4, "stride": 5}), RELU, *HEAD),
        IMAGES,
        [],
    ),
    "a strided convolution that leaves pixels out": (
        lambda: chain(("conv2d", {"kernel_size": (5, 4), "stride": (4, 4)}), RELU, *HEAD),
        IMAGES,
        [
            (
                W,
                "conv",
                "“conv” never looks at the last 3 rows of 16: its windows do not fit into the size.",
                ("Set the padding to 2×0",),
            )
        ],
    ),
    "a pool with padding for the last pixel": (
        lambda: chain(CONV, RELU, ("max_pool2d", {"kernel_size": 3, "padding": 1}), *HEAD),
        IMAGES,
        [],
    ),
    "batch norm of one value": (
        lambda: chain(CONV, ("adaptive_avg_pool2d", {}), ("batch_norm2d", {}), RELU, *HEAD),
        replace(IMAGES, batch_size=1),
        [
            (
                E,
                "norm",
                ONE_VALUE.format("norm", "an image of 8 × 1 × 1"),
                ("Set the batch size to 32", "Remove norm"),
            )
        ],
    ),
    "batch norm of one value in batches": (
        lambda: chain(CONV, ("adaptive_avg_pool2d", {}), ("batch_norm2d", {}), RELU, *HEAD),
        replace(IMAGES, batch_size=2),
        [],
    ),
    "batch norm of an image in batches of one": (
        lambda: chain(CONV, ("batch_norm2d", {}), RELU, *HEAD),
        replace(IMAGES, batch_size=1),
        [],
    ),
    "batch norm of a vector in batches of one": (
        lambda: chain(("flatten", {}), ("batch_norm1d", {}), ("linear", {"out_features": 10})),
        replace(IMAGES, batch_size=1),
        [
            (
                E,
                "norm",
                ONE_VALUE.format("norm", "a vector of 768 values"),
                ("Set the batch size to 32", "Remove norm"),
            )
        ],
    ),
    "a projection of one value": (
        lambda: chain(("adaptive_avg_pool2d", {}), ("shortcut", {"out_channels": 8}), RELU, *HEAD),
        replace(IMAGES, batch_size=1),
        [
            (
                E,
                "downsample",
                ONE_VALUE.format("downsample", "an image of 8 × 1 × 1"),
                ("Set the batch size to 32", "Take the norm out of downsample"),
            )
        ],
    ),
    "convolutions on points": (
        lambda: chain(CONV, RELU, ("global_avg_pool2d", {}), ("linear", {"out_features": 2}), shape=(1, 28, 28)),
        POINTS,
        [
            (
                E,
                "input",
                "A sample of “Two spirals” is a vector of 2 values, but “input” expects an image of 1 × 28 × 28. "
                "Its convolutions and poolings need images: choose a data set of images, or build it of dense layers.",
                ("Train on MNIST",),
            )
        ],
    ),
    "data that nobody chose": (
        lambda: chain(CONV, RELU, *HEAD, shape=(3, 32, 32)),
        replace(IMAGES, is_chosen=False, classes=7),
        [
            (
                D,
                "input",
                "No data set is chosen for this network, and “Pictures”, which is taken then, does not fit: a sample "
                "of it is an image of 3 × 16 × 16, but “input” expects an image of 3 × 32 × 32.",
                ("Set the shape to 3 × 16 × 16",),
            )
        ],
    ),
    "an image at the end": (
        lambda: chain(("conv2d", {"out_channels": 8})),
        IMAGES,
        [
            (
                E,
                "output",
                "“Pictures” has 10 classes, so the network has to end in a vector of 10 values, "
                "but it ends in an image of 8 × 14 × 14.",
                ("Insert Global average pool 2D and Dense", "Insert Flatten and Dense"),
            )
        ],
    ),
}


def where(graph: Graph, problem: Problem) -> str:
    assert problem.node is not None
    return graph.blocks.graph(problem.block).nodes[problem.node].name


@pytest.mark.parametrize(("make", "task", "expected"), CASES.values(), ids=CASES)
def test_each_rule_fires_where_it_should_and_only_there(
    make: Callable[[], Graph], task: Task, expected: list[tuple[Severity, str, str, tuple[str, ...]]]
) -> None:
    graph = make()
    found = [
        (each.severity, where(graph, each), each.sentence, tuple(fix.label for fix in each.fixes))
        for each in problems(graph, task)
    ]
    assert found == expected


@pytest.mark.parametrize(("make", "task", "expected"), CASES.values(), ids=CASES)
def test_each_fix_mends_and_can_be_undone(
    make: Callable[[], Graph], task: Task, expected: list[tuple[Severity, str, str, tuple[str, ...]]]
) -> None:
    graph = make()
    before = document.dump(graph)
    for problem in problems(graph, task):
        for fix in problem.fixes:
            inverse = fix.edit.apply(graph)
            settings = graph.settings.get("recipe", {})
            batch_size = settings.get("batch_size", task.batch_size)
            assert isinstance(batch_size, int)
            chosen = graph.settings.get("data", {}).get("dataset")
            now = replace(task, batch_size=batch_size)
            if chosen is not None:
                now = replace(now, input_shape=next(data.input_shape for data in task.other_data if data.id == chosen))
            left = problems(graph, now)
            assert problem.sentence not in [each.sentence for each in left], fix.label
            if not any(each.severity is E for each in left):
                build(graph, device="meta")
            inverse.apply(graph)
            assert document.dump(graph) == before


def test_a_dead_branch_is_deleted_as_a_whole_and_nothing_else() -> None:
    pen = Sketch()
    pen.then("input", shape=(3, 16, 16))
    stem = pen.then("conv2d", "stem", padding=1)
    for layer, params in (RELU, *HEAD):
        pen.then(layer, **params)
    pen.then("output")
    alive = set(pen.graph.nodes)
    first = pen.add("conv2d", stem, name="side1", padding=1)
    left = pen.add("relu", first, name="side2")
    pen.add("add", left, stem, name="side3")
    (problem,) = problems(pen.graph)
    assert [fix.label for fix in problem.fixes] == ["Delete 3 layers"]
    problem.fixes[0].edit.apply(pen.graph)
    assert set(pen.graph.nodes) == alive
    assert problems(pen.graph) == []


def test_a_softmax_that_feeds_something_else_as_well_stays() -> None:
    graph = chain(CONV, RELU, *HEAD, ("softmax", {}))
    softmax, relu = graph.named("softmax"), "relu9"
    assert softmax is not None
    pen = Sketch(graph)
    pen.add("relu", softmax.id, name=relu)
    pen.then("output")
    fixes = [problem.fixes for problem in problems(graph) if problem.node == softmax.id]
    assert [[fix.label for fix in each] for each in fixes] == [["Wire the Output past softmax"]]
    fixes[0][0].edit.apply(graph)
    assert graph.named("softmax") is not None
    assert not any(problem.node == softmax.id for problem in problems(graph))
