"""Join, bridge, take out, replace, repeat: what they make of a network, why they refuse, and that undo is exact."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.analysis.shapes import ShapeInference
from engine.graph import document
from engine.graph.edits import AddNode, Connect, Edit, crossing, dissolve
from engine.graph.errors import GraphError
from engine.graph.model import Edge, Graph, NodeId
from engine.graph.params import ParamError
from engine.layers.bridging import ShapeOf, bridge
from engine.layers.nodes import new_node
from engine.layers.projecting import projection
from engine.layers.registry import specs
from engine.layers.repeating import repeat
from engine.layers.replacing import replace_layer
from engine.layers.rewiring import detach, join
from engine.layers.validation import misplaced, validated
from engine.zoo.registry import TEMPLATES, ZooEntry


def add(graph: Graph, layer: str, *sources: NodeId, y: float | None = None, **params: object) -> NodeId:
    place = (0.0, 96.0 * len(graph.nodes) if y is None else y)
    node = new_node(graph, layer, place, **params)  # type: ignore[arg-type]
    AddNode(node).apply(graph)
    for port, source in enumerate(sources):
        Connect(Edge(source, 0, node.id, port)).apply(graph)
    return node.id


def wires(graph: Graph) -> set[tuple[str, str, int]]:
    return {(graph.nodes[e.source].name, graph.nodes[e.target].name, e.target_port) for e in graph.edges}


def made(graph: Graph, edit: Edit) -> set[tuple[str, str, int]]:
    """Make the edit; the wires afterwards. Taken back, the document is the same byte for byte."""
    before = document.dump(graph)
    inverse = edit.apply(graph)
    found, after = wires(graph), document.dump(graph)
    redo = inverse.apply(graph)
    assert document.dump(graph) == before
    redo.apply(graph)
    assert document.dump(graph) == after
    return found


def shapes(graph: Graph) -> ShapeOf:
    nodes = ShapeInference().analyse(graph).nodes
    return lambda node: nodes[node].outputs[0] if nodes[node].outputs else None


@pytest.fixture
def graph() -> Graph:
    return Graph()


@pytest.fixture
def chain(graph: Graph) -> list[NodeId]:
    """input (3 × 16 × 16) → conv → relu → conv2 → output."""
    nodes = [add(graph, "input", shape=(3, 16, 16))]
    same = {"out_channels": 8, "same": True}
    for layer, params in (("conv2d", same), ("relu", {}), ("conv2d", same)):
        nodes.append(add(graph, layer, nodes[-1], **params))
    return [*nodes, add(graph, "output", nodes[-1])]


# Dissolve and take out


def test_several_are_dissolved_at_once(graph: Graph, chain: list[NodeId]) -> None:
    assert made(graph, dissolve(graph, chain[1], chain[2])) == {("input", "conv2", 0), ("conv2", "output", 0)}


def test_taken_out_they_stay_with_the_wires_among_them(graph: Graph, chain: list[NodeId]) -> None:
    edit = detach(graph, chain[1:3])
    assert edit is not None
    assert edit.label == "Take out 2 layers"
    assert made(graph, edit) == {("input", "conv2", 0), ("conv2", "output", 0), ("conv", "relu", 0)}


def test_what_is_wired_to_nothing_cannot_be_taken_out(graph: Graph, chain: list[NodeId]) -> None:
    assert detach(graph, chain) is None
    assert crossing(graph, chain) == []


# Join


def test_each_is_wired_to_the_next_from_top_to_bottom(graph: Graph) -> None:
    nodes = [add(graph, layer) for layer in ("input", "conv2d", "relu", "output")]
    assert made(graph, join(graph, reversed(nodes))) == {
        ("input", "conv", 0),
        ("conv", "relu", 0),
        ("relu", "output", 0),
    }


def test_what_is_wired_stays_wired(graph: Graph) -> None:
    first = add(graph, "input")
    second = add(graph, "conv2d", first)
    third = add(graph, "relu")
    assert made(graph, join(graph, [first, second, third])) == {("input", "conv", 0), ("conv", "relu", 0)}
    with pytest.raises(GraphError, match="already"):
        join(graph, [first, second])


@pytest.mark.parametrize("layer", ["add", "concat", "subtract"])
def test_all_are_wired_into_a_merge_at_the_end(graph: Graph, layer: str) -> None:
    sources = [add(graph, "input", y=0.0), add(graph, "input", y=8.0)]
    merge = add(graph, layer, y=96.0)
    name = graph.nodes[merge].name
    assert made(graph, join(graph, [*sources, merge])) == {("input", name, 0), ("input2", name, 1)}


@pytest.mark.parametrize(
    ("layers", "reason"),
    [(("input",), "two or more"), (("conv2d", "input"), "no input"), (("output", "relu"), "no such output")],
)
def test_why_they_cannot_be_joined(graph: Graph, layers: tuple[str, ...], reason: str) -> None:
    nodes = [add(graph, layer) for layer in layers]
    with pytest.raises(GraphError, match=reason):
        join(graph, nodes)


def test_a_fed_input_takes_no_second_wire(graph: Graph) -> None:
    first = add(graph, "input")
    second = add(graph, "input")
    target = add(graph, "relu", first)
    with pytest.raises(GraphError, match="is fed already"):
        join(graph, [second, target])


# Bridge


def test_equal_shapes_are_added(graph: Graph, chain: list[NodeId]) -> None:
    planned = bridge(graph, [chain[3], chain[1]], shapes(graph))
    assert planned.projection is None
    assert made(graph, planned.edit) == {
        ("input", "conv", 0),
        ("conv", "relu", 0),
        ("relu", "conv2", 0),
        ("conv2", "add", 0),
        ("conv", "add", 1),
        ("add", "output", 0),
    }
    assert all(report.error is None for report in ShapeInference().analyse(graph).nodes.values())
    rows = [graph.nodes[node].position[1] for node in (chain[3], planned.add, chain[4])]
    assert rows[1] - rows[0] >= 96.0 <= rows[2] - rows[1]


@pytest.mark.parametrize("stride", [1, 2, 3])
def test_a_projection_brings_images_to_one_shape(graph: Graph, stride: int) -> None:
    first = add(graph, "input", shape=(3, 16, 13))
    second = add(graph, "conv2d", first, out_channels=24, kernel_size=3, stride=stride, same=False, padding=1)
    end = add(graph, "output", second)
    planned = bridge(graph, [first, second], shapes(graph))
    assert planned.projection is not None
    made(graph, planned.edit)
    known = ShapeInference().analyse(graph).nodes
    assert known[planned.projection].outputs == known[second].outputs == known[planned.add].outputs
    assert all(report.error is None for report in known.values())
    assert graph.incoming(end)[0].source == planned.add


def test_a_dense_layer_brings_vectors_to_one_shape(graph: Graph) -> None:
    first = add(graph, "input", shape=(7,))
    second = add(graph, "linear", first, out_features=4)
    planned = bridge(graph, [second, first], shapes(graph))
    made(graph, planned.edit)
    assert planned.projection is not None
    assert graph.nodes[planned.projection].layer == "linear"
    assert ShapeInference().analyse(graph).nodes[planned.add].outputs == ((4,),)


def test_to_the_output_it_ends_before_it(graph: Graph, chain: list[NodeId]) -> None:
    planned = bridge(graph, [chain[1], chain[4]], lambda node: None)
    assert {("conv2", "add", 0), ("conv", "add", 1), ("add", "output", 0)} <= made(graph, planned.edit)


def test_why_there_can_be_no_bridge(graph: Graph, chain: list[NodeId]) -> None:
    other = add(graph, "input", shape=(3, 16, 16))
    flat = add(graph, "flatten", chain[3])
    known = shapes(graph)
    for chosen, reason in (
        ([chain[1]], "Select two layers"),
        ([chain[1], other], "do not lie one behind the other"),
        ([chain[1], flat], "No projection makes"),
        ([chain[3], chain[4]], "nothing to skip"),
    ):
        with pytest.raises(GraphError, match=reason):
            bridge(graph, chosen, known)


def test_no_layer_enlarges_an_image_or_changes_the_number_of_axes() -> None:
    assert projection((3, 8, 8), (3, 16, 16)) is None
    assert projection((3, 8, 8), (192,)) is None
    assert projection((5, 8), (6, 8)) is None
    assert projection((1, 2, 3, 4), (1, 2, 3, 5)) is None


# Replace


def test_common_parameters_wires_and_the_number_of_the_name_stay(graph: Graph) -> None:
    first = add(graph, "input", shape=(3, 16, 16))
    node = add(graph, "conv2d", first, name="stem.conv2", kernel_size=5, stride=2)
    add(graph, "relu", node)
    found = made(graph, replace_layer(graph, [node], "max_pool2d", {}))
    after = graph.nodes[node]
    assert (after.layer, after.name) == ("max_pool2d", "stem.pool2")
    assert (after.params["kernel_size"], after.params["stride"]) == ((5, 5), (2, 2))
    assert found == {("input", "stem.pool2", 0), ("stem.pool2", "relu", 0)}
    validated(graph)


def test_a_chosen_name_stays(graph: Graph) -> None:
    node = add(graph, "conv2d", name="stem")
    made(graph, replace_layer(graph, [node], "linear", {"out_features": 3}))
    assert graph.nodes[node].name == "stem"
    assert graph.nodes[node].params["out_features"] == 3


def test_wires_that_no_port_takes_go(graph: Graph) -> None:
    sources = [add(graph, "input") for _ in range(3)]
    node = add(graph, "add", *sources)
    add(graph, "relu", node)
    made(graph, replace_layer(graph, [node], "subtract", {}))
    assert len(graph.incoming(node)) == 2
    made(graph, replace_layer(graph, [node], "output", {}))
    assert (len(graph.incoming(node)), graph.outgoing(node)) == (1, [])


def test_several_get_names_of_their_own(graph: Graph) -> None:
    nodes = [add(graph, "conv2d"), add(graph, "conv1d"), add(graph, "linear")]
    made(graph, replace_layer(graph, nodes, "relu", {}))
    assert {graph.nodes[node].layer for node in nodes} == {"relu"}
    assert len({graph.nodes[node].name for node in nodes}) == 3


def test_the_same_layer_is_no_replacement(graph: Graph) -> None:
    node = add(graph, "relu")
    with pytest.raises(GraphError, match="ReLU already"):
        replace_layer(graph, [node], "relu", {})
    with pytest.raises(GraphError, match="Select"):
        replace_layer(graph, [], "relu", {})
    with pytest.raises(ParamError):
        replace_layer(graph, [node], "dropout", {"p": 7})


# Repeat


def test_a_segment_becomes_a_block_in_a_row(graph: Graph, chain: list[NodeId]) -> None:
    planned = repeat(graph, chain[1:4], 3)
    made(graph, planned.edit)
    assert graph.nodes[planned.instance].params["repeat"] == 3
    report = ShapeInference().analyse(graph).nodes[planned.instance]
    assert len(report.inside) == 3
    assert report.outputs == ((8, 16, 16),)


def test_an_instance_is_repeated_as_it_is(graph: Graph, chain: list[NodeId]) -> None:
    repeat(graph, chain[1:4], 3).edit.apply(graph)
    instance = next(node.id for node in graph.nodes.values() if node.layer.startswith("block:"))
    planned = repeat(graph, [instance], 5)
    made(graph, planned.edit)
    assert planned.instance == instance
    assert graph.nodes[instance].params["repeat"] == 5
    assert len(graph.blocks) == 1


def test_why_it_cannot_be_repeated(graph: Graph, chain: list[NodeId]) -> None:
    two = [add(graph, "relu", chain[1]), add(graph, "tanh", chain[1])]
    add(graph, "add", *two)
    for chosen, count, reason in (
        (two, 2, "one way out"),
        ([chain[0]], 2, "stays outside"),
        ([], 2, "Select"),
        ([chain[1]], 0, "must be between"),
        ([add(graph, "sigmoid")], 2, "one way in"),
    ):
        with pytest.raises(GraphError, match=reason):
            repeat(graph, chosen, count)


# Whatever is chosen


def some_edit(graph: Graph, draw: Callable[..., object], chosen: list[NodeId]) -> Edit | None:
    """One of the edits of this file, of any nodes."""
    kind = draw(st.sampled_from(["dissolve", "detach", "join", "bridge", "replace", "repeat"]))
    fitting = [spec.id for spec in specs() if misplaced(spec.id, graph) is None]
    match kind:
        case "dissolve":
            return dissolve(graph, *chosen)
        case "detach":
            return detach(graph, chosen)
        case "join":
            return join(graph, chosen)
        case "bridge":
            return bridge(graph, chosen[:2], lambda node: None).edit
        case "replace":
            return replace_layer(graph, chosen, str(draw(st.sampled_from(fitting))), {})
    return repeat(graph, chosen, 2).edit


@given(entry=st.sampled_from(list(TEMPLATES.values())), data=st.data())
def test_whatever_is_chosen_undo_is_exact_and_the_file_stays_valid(entry: ZooEntry, data: st.DataObject) -> None:
    graph = entry.build()
    for _ in range(data.draw(st.integers(1, 6))):
        if not graph.nodes:
            break
        chosen = data.draw(st.lists(st.sampled_from(sorted(graph.nodes)), min_size=1, max_size=5, unique=True))
        before = document.dump(graph)
        try:
            edit = some_edit(graph, data.draw, chosen)
        except GraphError:
            assert document.dump(graph) == before
            continue
        if edit is not None:
            made(graph, edit)
            validated(graph)
