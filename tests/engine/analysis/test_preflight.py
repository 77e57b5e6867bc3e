"""What keeps a network from training is found, explained at its node, and mended by the offered fix."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest

from engine.analysis.preflight import Task, find_problems
from engine.analysis.problem import Problem, Severity
from engine.analysis.shapes import ShapeInference
from engine.graph import document
from engine.graph.edits import Disconnect, RemoveNode
from engine.graph.model import Edge, Graph, NodeId
from engine.layers.nodes import new_node
from engine.zoo.sketch import Sketch

DIGITS = Task("MNIST digits", (1, 28, 28), 10, "cross_entropy")
POINTS = Task("Two spirals", (2,), 2, "mse")


def problems(graph: Graph, task: Task = DIGITS) -> list[Problem]:
    shapes = ShapeInference()
    return find_problems(graph, shapes.analyse(graph), task, ShapeInference(shapes).analyse)


def drawn(*layers: tuple[str, dict[str, object]]) -> Graph:
    """A chain of layers; what is not given is the default."""
    pen = Sketch()
    for layer, params in layers:
        pen.then(layer, **params)
    return pen.graph


INPUT, FLATTEN, DENSE, OUTPUT = ("input", {}), ("flatten", {}), ("linear", {"out_features": 10}), ("output", {})
SOFTMAX = ("softmax", {})


def node_id(graph: Graph, name: str) -> NodeId:
    node = graph.named(name)
    assert node is not None
    return node.id


def test_an_empty_canvas_has_no_problems() -> None:
    assert problems(Graph()) == []


def test_a_sound_network_has_no_problems() -> None:
    assert problems(drawn(INPUT, FLATTEN, DENSE, OUTPUT)) == []


def two_of(layer: str) -> Graph:
    graph = drawn(INPUT, FLATTEN, DENSE, OUTPUT)
    graph.add_node(new_node(graph, layer, (400.0, 0.0)))
    return graph


def lonely_merge(layer: str) -> Graph:
    return drawn(INPUT, FLATTEN, (layer, {}), DENSE, OUTPUT)


def unwired(name: str) -> Graph:
    graph = drawn(INPUT, FLATTEN, DENSE, OUTPUT)
    Disconnect(graph.incoming(node_id(graph, name))[0]).apply(graph)
    return graph


def side_branch() -> Graph:
    graph = drawn(INPUT, FLATTEN, DENSE, OUTPUT)
    spare = new_node(graph, "relu")
    graph.add_node(spare)
    graph.add_edge(Edge(node_id(graph, "flatten"), 0, spare.id, 0))
    return graph


def empty_merge() -> Graph:
    graph = drawn(INPUT, FLATTEN, DENSE, OUTPUT)
    merge = new_node(graph, "add", name="total")
    graph.add_node(merge)
    return graph


E, W = Severity.ERROR, Severity.WARNING

CASES: dict[str, tuple[Callable[[], Graph], Task, list[tuple[Severity, str | None, str, str]]]] = {
    "no input": (
        lambda: drawn(("relu", {}), OUTPUT),
        DIGITS,
        [
            (E, None, "The network has no Input: add one and wire it to the first layer.", "Add Input"),
            (E, "relu", "Nothing is wired to the input of “relu”.", ""),
        ],
    ),
    "no output": (
        lambda: drawn(INPUT, FLATTEN, DENSE),
        DIGITS,
        [(E, None, "The network has no Output: add one and wire the last layer to it.", "Add Output")],
    ),
    "two inputs": (
        lambda: two_of("input"),
        DIGITS,
        [
            (E, "input2", "The network has more than one Input; training needs exactly one.", "Delete input2"),
            (W, "input2", "“input2” leads nowhere: wire it on towards the Output, or delete it.", ""),
        ],
    ),
    "two outputs, one of them unwired": (
        lambda: two_of("output"),
        DIGITS,
        [(E, "output2", "Nothing is wired to the input of “output2”.", "Delete output2")],
    ),
    "image into dense": (
        lambda: drawn(INPUT, DENSE, OUTPUT),
        DIGITS,
        [
            (
                E,
                "dense",
                "Dense takes a vector or a sequence (steps × features), but gets an image of 1 × 28 × 28. "
                "Put a Flatten or a global pooling in between.",
                "Insert Flatten",
            )
        ],
    ),
    "kernel too large": (
        lambda: drawn(INPUT, ("conv2d", {"kernel_size": 29}), FLATTEN, DENSE, OUTPUT),
        DIGITS,
        [
            (
                E,
                "conv",
                "The convolution window is 29 high, but an image of 1 × 28 × 28 is only 28 high. "
                "Use a smaller kernel or more padding, or shrink the image less before.",
                "Set the padding to 1×1",
            )
        ],
    ),
    "unwired layer": (
        lambda: unwired("dense"),
        DIGITS,
        [
            (E, "dense", "Nothing is wired to the input of “dense”.", ""),
            (W, "flatten", "“flatten” leads nowhere: wire it on towards the Output, or delete it.", ""),
        ],
    ),
    "unwired output": (
        lambda: unwired("output"),
        DIGITS,
        [
            (E, "output", "Nothing is wired to the input of “output”.", ""),
            (W, "dense", "“dense” leads nowhere: wire it on towards the Output, or delete it.", ""),
        ],
    ),
    "unwired merge": (
        empty_merge,
        DIGITS,
        [
            (E, "total", "Nothing is wired to “total”.", ""),
            (W, "total", "“total” leads nowhere: wire it on towards the Output, or delete it.", "Delete total"),
        ],
    ),
    "merge of one": (
        lambda: lonely_merge("add"),
        DIGITS,
        [(W, "add", "“add” has only one input, so there is nothing to add.", "Remove add")],
    ),
    "concatenation of one": (
        lambda: lonely_merge("concat"),
        DIGITS,
        [(W, "concat", "“concat” has only one input, so there is nothing to concat.", "Remove concat")],
    ),
    "input of another shape": (
        lambda: drawn(("input", {"shape": (784,)}), DENSE, OUTPUT),
        DIGITS,
        [
            (
                E,
                "input",
                "A sample of “MNIST digits” is an image of 1 × 28 × 28, but “input” expects a vector of 784 values.",
                "Set the shape to 1 × 28 × 28 and flatten it",
            )
        ],
    ),
    "input of another data set": (
        lambda: drawn(INPUT, FLATTEN, ("linear", {"out_features": 2}), OUTPUT),
        POINTS,
        [
            (
                E,
                "input",
                "A sample of “Two spirals” is a vector of 2 values, but “input” expects an image of 1 × 28 × 28.",
                "Set the shape to 2",
            )
        ],
    ),
    "too many scores": (
        lambda: drawn(INPUT, FLATTEN, ("linear", {"out_features": 12}), ("relu", {}), ("dropout", {}), OUTPUT),
        DIGITS,
        [
            (
                E,
                "output",
                "“MNIST digits” has 10 classes, so the network has to end in a vector of 10 values, "
                "but it ends in a vector of 12 values.",
                "Set dense to 10 units",
            )
        ],
    ),
    "an image at the end": (
        lambda: drawn(INPUT, ("conv2d", {"out_channels": 10}), OUTPUT),
        DIGITS,
        [
            (
                E,
                "output",
                "“MNIST digits” has 10 classes, so the network has to end in a vector of 10 values, "
                "but it ends in an image of 10 × 26 × 26.",
                "Insert Global average pool 2D",
            )
        ],
    ),
    "a vector that no dense layer decides": (
        lambda: drawn(INPUT, ("conv2d", {"out_channels": 8}), ("adaptive_avg_pool2d", {}), FLATTEN, OUTPUT),
        DIGITS,
        [
            (
                E,
                "output",
                "“MNIST digits” has 10 classes, so the network has to end in a vector of 10 values, "
                "but it ends in a vector of 8 values.",
                "Insert Dense",
            )
        ],
    ),
    "nothing to learn": (
        lambda: drawn(("input", {"shape": (2,)}), ("relu", {}), OUTPUT),
        POINTS,
        [
            (
                E,
                None,
                "The network has no weights, so it has nothing to learn: add a layer such as Dense or Conv 2D.",
                "Insert Dense",
            )
        ],
    ),
    "two softmaxes": (
        lambda: drawn(INPUT, FLATTEN, DENSE, SOFTMAX, OUTPUT),
        DIGITS,
        [
            (
                W,
                "softmax",
                "Cross-entropy contains a softmax already; with a second one before it the network learns slowly.",
                "Remove softmax",
            )
        ],
    ),
    "softmax with squared errors": (
        lambda: drawn(INPUT, FLATTEN, DENSE, SOFTMAX, OUTPUT),
        replace(DIGITS, loss="mse"),
        [],
    ),
    "dead end": (
        side_branch,
        DIGITS,
        [(W, "relu", "“relu” leads nowhere: wire it on towards the Output, or delete it.", "Delete relu")],
    ),
}


@pytest.mark.parametrize(("make", "task", "expected"), CASES.values(), ids=CASES)
def test_each_problem_is_found_at_its_node(
    make: Callable[[], Graph], task: Task, expected: list[tuple[Severity, str | None, str, str]]
) -> None:
    graph = make()
    found = [
        (each.severity, graph.nodes[each.node].name if each.node else None, each.sentence, each.fix_label)
        for each in problems(graph, task)
    ]
    assert found == expected


@pytest.mark.parametrize(("make", "task", "expected"), CASES.values(), ids=CASES)
def test_every_fix_mends_its_problem_and_can_be_undone(
    make: Callable[[], Graph], task: Task, expected: list[tuple[Severity, str | None, str, str]]
) -> None:
    graph = make()
    before = document.dump(graph)
    for problem in problems(graph, task):
        assert bool(problem.fix) is bool(problem.fix_label)
        if problem.fix is not None:
            inverse = problem.fix.apply(graph)
            assert (problem.node, problem.sentence) not in [
                (each.node, each.sentence) for each in problems(graph, task)
            ]
            inverse.apply(graph)
            assert document.dump(graph) == before


def test_the_fixes_of_a_beginner_lead_to_a_sound_network() -> None:
    graph = drawn(("input", {"shape": (2,)}), ("linear", {"out_features": 5}), SOFTMAX, OUTPUT)
    for _ in range(10):
        fixes = [problem.fix for problem in problems(graph) if problem.fix]
        if not fixes:
            break
        fixes[0].apply(graph)
    assert problems(graph) == []
    assert [graph.nodes[node].layer for node in graph.wiring.topological_order()] == [
        "input",
        "flatten",
        "linear",
        "output",
    ]


def test_an_inserted_flatten_lies_on_no_other_layer() -> None:
    graph = drawn(INPUT, DENSE, OUTPUT)
    (problem,) = problems(graph)
    assert problem.fix is not None
    problem.fix.apply(graph)
    rows = sorted(node.position[1] for node in graph.nodes.values())
    assert [lower - upper for upper, lower in pairwise(rows)] == [96.0, 96.0, 96.0]
    assert [graph.nodes[node].position[1] for node in graph.wiring.topological_order()] == rows


def test_errors_come_before_warnings() -> None:
    graph = drawn(("input", {"shape": (784,)}), DENSE, SOFTMAX, OUTPUT)
    assert [problem.severity for problem in problems(graph)] == [E, W]


def test_which_of_two_inputs_counts_does_not_depend_on_the_order_of_editing() -> None:
    graph = two_of("input")
    before = [(problem.node, problem.fix) for problem in problems(graph)]
    inverse = RemoveNode(node_id(graph, "input")).apply(graph)
    inverse.apply(graph)
    for same in (graph, document.parse(document.dump(graph))):
        assert [(problem.node, problem.fix) for problem in problems(same)] == before
