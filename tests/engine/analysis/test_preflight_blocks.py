"""Problems inside blocks are found in the instance that has them, located inside, and mended inside."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from engine.analysis.preflight import Task, find_problems
from engine.analysis.problem import Problem, Severity
from engine.analysis.shapes import ShapeInference
from engine.compiler.build import build
from engine.graph import document
from engine.graph.block_edits import Within
from engine.graph.blocks import BlockDefinition
from engine.graph.edits import Disconnect, RemoveNode, SetParam
from engine.graph.model import Graph, NodeId
from engine.graph.params import Int
from engine.zoo.sketch import Sketch, draw_block, instance_of

IMAGES = Task("Pictures", (3, 16, 16), 10, "cross_entropy")
CHANNELS = Int(name="channels", default=8, minimum=1, doc="Filters.")


def problems(graph: Graph, task: Task = IMAGES) -> list[Problem]:
    shapes = ShapeInference()
    return find_problems(graph, shapes.analyse(graph), task, ShapeInference(shapes).analyse)


def residual(pen: Sketch) -> None:
    start = pen.then("block_input", "x")
    pen.then("conv2d", "conv", out_channels="=channels", padding=1)
    end = pen.then("relu", "bend")
    pen.add("add", end, start, name="sum")
    pen.then("block_output", "y")


def inside(draw: Callable[[Sketch], None], name: str = "Unit", uses: Sequence[BlockDefinition] = ()) -> BlockDefinition:
    return draw_block(name, "A part.", draw, (CHANNELS,), uses)


def network(block: BlockDefinition, *instances: dict[str, object], uses: Sequence[BlockDefinition] = ()) -> Graph:
    """A convolution to 8 channels, instances of `block` one behind the other, and a classifier."""
    pen = Sketch()
    pen.use(*uses, block)
    pen.then("input", shape=(3, 16, 16))
    pen.then("conv2d", "stem", out_channels=8, padding=1)
    pen.then("relu", "stem_relu")
    for number, params in enumerate(instances):
        pen.then(instance_of(block), f"unit{number}", **params)
    pen.then("global_avg_pool2d")
    pen.then("linear", "scores", out_features=10)
    pen.then("output")
    return pen.graph


def named(graph: Graph, name: str) -> NodeId:
    node = graph.named(name)
    assert node is not None
    return node.id


def test_a_sound_block_has_no_problems() -> None:
    assert problems(network(inside(residual), {}, {"repeat": 3})) == []


def test_an_error_lies_inside_the_instance_that_has_it() -> None:
    graph = network(inside(residual), {}, {"channels": 16})
    before = document.dump(graph)
    (problem,) = problems(graph)
    inner = graph.blocks["Unit"].graph
    assert problem.severity is Severity.ERROR
    assert (problem.block, problem.node) == ("Unit", named(inner, "sum"))
    assert problem.path == (named(graph, "unit1"),)
    assert problem.sentence.startswith("Add needs inputs of one shape, but 16 × 16 × 16 meets 8 × 16 × 16.")
    # A projection to 16 channels inside would spoil the first instance, which has 8.
    assert problem.fixes == ()
    SetParam(named(graph, "unit0"), "channels", 16).apply(graph)
    (problem,) = problems(graph)
    assert [fix.label for fix in problem.fixes] == ["Insert Projection shortcut to 16 × 16 × 16"]
    assert isinstance(problem.fix, Within)
    inverse = problem.fixes[0].edit.apply(graph)
    assert problems(graph) == []
    build(graph, device="meta")
    inverse.apply(graph)
    SetParam(named(graph, "unit0"), "channels", 8).apply(graph)
    assert document.dump(graph) == before


def test_an_error_deep_inside_has_the_whole_path() -> None:
    unit = inside(residual)

    def stage(pen: Sketch) -> None:
        pen.then("block_input", "x")
        pen.then(instance_of(unit), "first", channels="=channels")
        pen.then("block_output", "y")

    graph = network(inside(stage, "Stage", [unit]), {"channels": 3}, uses=[unit])
    (problem,) = problems(graph)
    assert problem.block == "Unit"
    assert problem.path == (named(graph, "unit0"), named(graph.blocks["Stage"].graph, "first"))


def test_a_warning_of_a_block_is_given_once_and_mended_for_all_instances() -> None:
    def plain(pen: Sketch) -> None:
        pen.then("block_input", "x")
        pen.then("conv2d", "conv1", out_channels="=channels", padding=1)
        pen.then("conv2d", "conv2", out_channels="=channels", padding=1)
        pen.then("relu", "bend")
        pen.then("block_output", "y")

    graph = network(inside(plain), {}, {"channels": 12}, {"repeat": 2})
    (problem,) = problems(graph)
    assert (problem.severity, problem.block) == (Severity.WARNING, "Unit")
    assert "“conv1” and “conv2”" in problem.sentence
    problem.fixes[0].edit.apply(graph)
    assert problems(graph) == []
    build(graph, device="meta")


def test_what_is_not_wired_inside_is_named_there_and_not_at_the_instance() -> None:
    graph = network(inside(residual), {})
    inner = graph.blocks["Unit"].graph
    Within("Unit", Disconnect(inner.incoming(named(inner, "bend"))[0])).apply(graph)
    found = problems(graph)
    assert [(problem.block, problem.sentence) for problem in found] == [
        ("Unit", "Nothing is wired to the input of “bend”."),
        ("Unit", "“conv” leads nowhere: wire it on towards a Block output, or delete it."),
    ]


def test_a_block_without_an_output_is_said_to_lack_one() -> None:
    graph = network(inside(residual), {})
    inner = graph.blocks["Unit"].graph
    Within("Unit", RemoveNode(named(inner, "y"))).apply(graph)
    found = [problem for problem in problems(graph) if problem.severity is Severity.ERROR]
    assert [problem.sentence for problem in found if problem.block] == [
        "The block “Unit” has no Block output: add one and wire the last layer to it."
    ]
    fixes = [fix for problem in found if problem.block for fix in problem.fixes]
    assert [fix.label for fix in fixes] == ["Add Output"]
    fixes[0].edit.apply(graph)
    assert not graph.blocks["Unit"].graph.named("sum") or graph.blocks["Unit"].graph.outgoing(named(inner, "sum"))


def test_an_instance_that_cannot_be_repeated_is_placed_once() -> None:
    def joined(pen: Sketch) -> None:
        left, right = pen.add("block_input", name="left"), pen.add("block_input", name="right", lane=1)
        pen.add("add", left, right, name="sum")
        pen.then("block_output", "y")

    block = inside(joined)
    pen = Sketch()
    pen.use(block)
    start = pen.then("input", shape=(3, 16, 16))
    pen.add(instance_of(block), start, start, name="both", repeat=2)
    pen.then("flatten")
    pen.then("linear", out_features=10)
    pen.then("output")
    (problem,) = problems(pen.graph)
    assert problem.sentence == "“Unit” needs one input and one output to be repeated."
    assert [fix.label for fix in problem.fixes] == ["Place it once"]
    problem.fixes[0].edit.apply(pen.graph)
    assert problems(pen.graph) == []


def test_the_batch_size_is_a_matter_of_the_network_also_when_the_norm_is_inside() -> None:
    def normed(pen: Sketch) -> None:
        pen.then("block_input", "x")
        pen.then("adaptive_avg_pool2d", "pool")
        pen.then("batch_norm2d", "norm")
        pen.then("block_output", "y")

    graph = network(inside(normed), {})
    single = Task("Pictures", (3, 16, 16), 10, "cross_entropy", batch_size=1)
    (problem,) = problems(graph, single)
    assert (problem.block, [fix.label for fix in problem.fixes]) == (
        "Unit",
        ["Set the batch size to 32", "Remove norm"],
    )
    inverse = problem.fixes[0].edit.apply(graph)
    assert graph.settings["recipe"]["batch_size"] == 32
    inverse.apply(graph)
    problem.fixes[1].edit.apply(graph)
    assert problems(graph, single) == []


def test_copies_that_would_be_called_like_another_layer_are_numbered_otherwise() -> None:
    graph = network(inside(residual), {"repeat": 2, "numbering": "beside"}, {})
    (problem,) = problems(graph)
    assert problem.node == named(graph, "unit0")
    assert problem.sentence == (
        "The copies of “unit0” count on from its name, but “unit1” is the name of another layer: rename one of them, "
        "or let the copies be numbered inside the name."
    )
    problem.fixes[0].edit.apply(graph)
    assert problems(graph) == []
    build(graph, device="meta")
    assert problems(network(inside(residual), {}, {"repeat": 3, "numbering": "beside"})) == []
