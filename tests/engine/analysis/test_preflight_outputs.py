"""Every Output of a network is looked at, and mended by its own fixes; several are no fault."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from engine.analysis.preflight import Task, find_problems
from engine.analysis.problem import Problem, Severity
from engine.analysis.shapes import ShapeInference
from engine.compiler.build import build
from engine.graph import document
from engine.graph.model import Graph
from engine.graph.params import Int
from engine.project import parse_project
from engine.zoo.registry import ZOO
from engine.zoo.sketch import Sketch, draw_block, instance_of

THINGS = Task("Things", (6,), 4, "cross_entropy")
E, W = Severity.ERROR, Severity.WARNING
Layer = tuple[str, dict[str, object]]
RELU: Layer = ("relu", {})
SOFTMAX: Layer = ("softmax", {})
FORGOTTEN = "so nothing can be learnt from its loss: add a layer such as Dense before it, or delete it."
DOUBLE = "Cross-entropy contains a softmax already; with a second one before it the network learns slowly."


def dense(units: int = 4) -> Layer:
    return ("linear", {"out_features": units})


def problems(graph: Graph, task: Task = THINGS) -> list[Problem]:
    shapes = ShapeInference()
    return find_problems(graph, shapes.analyse(graph), task, ShapeInference(shapes).analyse)


def headed(
    main: tuple[Layer, ...], *others: tuple[Layer, ...], weights: tuple[float, ...] = (1.0, 0.3, 0.3), stem: int = 5
) -> Graph:
    """A dense layer with a ReLU, and an Output behind each of some chains that begin there."""
    pen = Sketch()
    pen.then("input", shape=(6,))
    start = pen.then("flatten", "flatten")
    if stem:
        pen.then("linear", "stem", out_features=stem)
        start = pen.then("relu", "stem_relu")
    for number, (chain, weight) in enumerate(zip((main, *others), weights, strict=False)):
        pen.go_on_from(start)
        for layer, params in chain:
            pen.then(layer, f"{layer}_{number}", **params)
        pen.then("output", f"out{number}", loss_weight=weight)
    return pen.graph


def shared(*layers: Layer) -> Graph:
    """Two Outputs behind one chain of layers."""
    graph = headed(layers)
    last = graph.named("out0")
    assert last is not None
    Sketch(graph).add("output", graph.incoming(last.id)[0].source, name="out1")
    return graph


def too_many(name: str, count: int = 7) -> str:
    wanted = "“Things” has 4 classes, so each Output has to get a vector of 4 values, but"
    return f"{wanted} “{name}” gets a vector of {count} values."


CASES: dict[str, tuple[Callable[[], Graph], list[tuple[Severity, str, str, tuple[str, ...]]]]] = {
    "three heads": (lambda: headed((dense(),), (dense(),), (dense(), RELU)), []),
    "a head of one number": (
        lambda: headed((dense(),), (dense(1), ("squeeze", {"dim": 1}))),
        [(E, "out1", too_many("out1").replace("a vector of 7 values", "one number"), ("Insert Unsqueeze and Dense",))],
    ),
    "a head of the wrong size": (
        lambda: headed((dense(),), (dense(7), RELU)),
        [(E, "out1", too_many("out1"), ("Set linear_1 to 4 units",))],
    ),
    "all heads of the wrong size": (
        lambda: headed((dense(7),), (dense(8),)),
        [
            (E, "out0", too_many("out0"), ("Set linear_0 to 4 units",)),
            (E, "out1", too_many("out1", 8), ("Set linear_1 to 4 units",)),
        ],
    ),
    "one layer of the wrong size for two Outputs": (
        lambda: shared(dense(7)),
        [
            (E, "out0", too_many("out0"), ("Set linear_0 to 4 units",)),
            (E, "out1", too_many("out1"), ("Set linear_0 to 4 units",)),
        ],
    ),
    "a head at a layer that has other work to do": (
        lambda: headed((dense(),), ()),
        [(E, "out1", too_many("out1", 5), ("Insert Dense",))],
    ),
    "a softmax in the second head": (
        lambda: headed((dense(),), (dense(), SOFTMAX)),
        [(W, "softmax_1", DOUBLE, ("Remove softmax_1",))],
    ),
    "a softmax in each head": (
        lambda: headed((dense(), SOFTMAX), (dense(), SOFTMAX)),
        [(W, "softmax_0", DOUBLE, ("Remove softmax_0",)), (W, "softmax_1", DOUBLE, ("Remove softmax_1",))],
    ),
    "one softmax for two Outputs": (
        lambda: shared(dense(), SOFTMAX),
        [(W, "softmax_0", DOUBLE, ("Remove softmax_0",))],
    ),
    "heads that share no weights": (
        lambda: headed((dense(),), (dense(),), stem=0),
        [],
    ),
    "a main head that learns, and one that does not": (
        lambda: bypassed(),
        [(W, "out1", f"No layer with weights leads to “out1”, {FORGOTTEN}", ("Insert Dense",))],
    ),
    "no weights at all": (
        lambda: headed((RELU,), (RELU,), stem=0),
        [
            (E, "out0", too_many("out0", 6), ("Insert Dense",)),
            (E, "out1", too_many("out1", 6), ("Insert Dense",)),
            (
                E,
                "",
                "The network has no weights, so it has nothing to learn: add a layer such as Dense or Conv 2D.",
                ("Insert Dense",),
            ),
        ],
    ),
    "losses that do not count": (
        lambda: headed((dense(),), (dense(),), weights=(0.0, 0.0)),
        [
            (
                E,
                "out0",
                "The loss counts at none of the Outputs, so nothing would be learnt: give one of them a loss weight.",
                ("Let out0 count",),
            )
        ],
    ),
    "a single loss counts in any case": (lambda: headed((dense(),), weights=(0.0,)), []),
    "a main loss that does not count": (lambda: headed((dense(),), (dense(),), weights=(0.0, 1.0)), []),
}


def bypassed() -> Graph:
    """A network with weights, and an Output that gets four values that nothing has learnt."""
    graph = headed((dense(),))
    pen = Sketch(graph)
    start = graph.named("flatten")
    assert start is not None
    pen.add("slice", start.id, name="part", length=4)
    pen.then("output", "out1", loss_weight=0.3)
    return graph


def described(graph: Graph, task: Task = THINGS) -> list[tuple[Severity, str, str, tuple[str, ...]]]:
    return [
        (each.severity, graph.nodes[each.node].name if each.node else "", each.sentence, labels(each))
        for each in problems(graph, task)
    ]


def labels(problem: Problem) -> tuple[str, ...]:
    return tuple(fix.label for fix in problem.fixes)


@pytest.mark.parametrize(("make", "expected"), CASES.values(), ids=CASES)
def test_each_output_is_looked_at(
    make: Callable[[], Graph], expected: list[tuple[Severity, str, str, tuple[str, ...]]]
) -> None:
    assert described(make()) == expected


@pytest.mark.parametrize(("make", "_expected"), CASES.values(), ids=CASES)
def test_each_fix_mends_its_output_and_can_be_undone(make: Callable[[], Graph], _expected: object) -> None:
    graph = make()
    before = document.dump(graph)
    for problem in problems(graph):
        for fix in problem.fixes:
            inverse = fix.edit.apply(graph)
            left = problems(graph)
            assert (problem.node, problem.sentence) not in [(each.node, each.sentence) for each in left], fix.label
            inverse.apply(graph)
            assert document.dump(graph) == before


@pytest.mark.parametrize(("make", "_expected"), CASES.values(), ids=CASES)
def test_the_first_fixes_one_after_another_lead_to_a_network_that_trains(
    make: Callable[[], Graph], _expected: object
) -> None:
    graph = make()
    for _ in range(6):
        fixes = [problem.fix for problem in problems(graph) if problem.fix]
        if not fixes:
            break
        fixes[0].apply(graph)
    assert problems(graph) == []
    build(graph, device="meta")


def test_a_softmax_that_feeds_two_outputs_and_another_layer_stays() -> None:
    graph = shared(dense(), SOFTMAX)
    softmax = graph.named("softmax_0")
    assert softmax is not None
    pen = Sketch(graph)
    pen.add("linear", pen.add("relu", softmax.id), out_features=4)
    pen.then("output", "out2")
    (problem,) = problems(graph)
    assert labels(problem) == ("Wire the Outputs past softmax_0",)
    problem.fixes[0].edit.apply(graph)
    assert problems(graph) == []
    (feed,) = {graph.incoming(node.id)[0].source for node in map(graph.named, ("out0", "out1")) if node}
    assert graph.nodes[feed].name == "linear_0"
    assert [graph.nodes[edge.target].name for edge in graph.outgoing(softmax.id)] == ["relu"]


def test_softmaxes_are_wanted_with_squared_errors() -> None:
    graph = headed((dense(), SOFTMAX), (dense(), SOFTMAX))
    assert problems(graph, replace(THINGS, loss="mse")) == []


def test_a_softmax_at_the_end_to_which_nothing_is_wired_yet_is_no_reason_to_fail() -> None:
    pen = Sketch()
    pen.then("softmax", "lonely")
    pen.then("output")
    pen.add("relu", pen.graph.named("lonely").id)  # type: ignore[union-attr]
    assert (W, "lonely", DOUBLE, ()) in described(pen.graph)


@pytest.mark.parametrize("classes", [1000, 10])
def test_googlenet_with_its_auxiliary_heads_is_sound_for_its_classes_and_mended_for_others(classes: int) -> None:
    graph = ZOO["googlenet"].build((3, 64, 64), classes, aux=True)
    task = Task("Pictures", (3, 64, 64), 10, "cross_entropy", batch_size=2)
    found = problems(graph, task)
    assert [graph.nodes[each.node].name for each in found if each.node] == (
        [] if classes == 10 else ["output", "output_aux2", "output_aux1"]
    )
    fixed = []
    while found := [each for each in problems(graph, task) if each.severity.keeps_from_training]:
        assert found[0].fix is not None
        found[0].fix.apply(graph)
        fixed.append(found[0].fix_label)
    expected = ["Set fc to 10 units", "Set the classes of aux2 to 10", "Set the classes of aux1 to 10"]
    assert fixed == ([] if classes == 10 else expected)


def test_a_block_that_cannot_give_so_many_values_gets_a_layer_behind_it() -> None:
    def draw(pen: Sketch) -> None:
        pen.then("block_input")
        pen.then("linear", out_features="=classes")
        pen.then("block_output")

    head = draw_block("Head", "", draw, [Int(name="classes", default=2, maximum=3, doc="How many classes there are.")])
    pen = Sketch()
    pen.use(head)
    pen.then("input", shape=(6,))
    pen.then(instance_of(head), "head")
    pen.then("output")
    (problem,) = problems(pen.graph)
    problem.fixes[0].edit.apply(pen.graph)
    assert problems(pen.graph) == []
    # A value out of range would make a file that cannot be opened any more.
    assert document.dump(parse_project(document.dump(pen.graph), "It")) == document.dump(pen.graph)
