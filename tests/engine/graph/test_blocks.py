"""Blocks: defined once, placed any number of times, edited by edits that can be taken back byte for byte."""

from __future__ import annotations

import pytest

from engine.graph import document
from engine.graph.block_edits import DefineBlock, DescribeBlock, DropBlock, RenameBlock, SetLayer, Within
from engine.graph.blocks import BlockDefinition
from engine.graph.edits import AddNode, Compound, Connect, Edit, RemoveNode, SetParam
from engine.graph.errors import GraphError
from engine.graph.events import BlockChanged, BlockDefined, BlockDropped, BlockRenamed, GraphEvent, LayerChanged
from engine.graph.model import Edge, Graph, Node, NodeId
from engine.graph.names import MAX_NAME
from engine.graph.params import Int

WIDTH = Int(name="width", default=4, minimum=1, doc="How wide it is.")


def node(number: int, layer: str, name: str, **params: object) -> Node:
    return Node(NodeId(f"n{number}"), layer, name, params)  # type: ignore[arg-type]


def wire(source: int, target: int, target_port: int = 0, source_port: int = 0) -> Edge:
    return Edge(NodeId(f"n{source}"), source_port, NodeId(f"n{target}"), target_port)


SUM = BlockDefinition(
    "Sum",
    (WIDTH,),
    "Adds what a dense layer makes of the first input to the second one.",
    (
        node(1, "block_input", "x"),
        node(2, "block_input", "y"),
        node(3, "linear", "dense", out_features="=2*width", bias=True),
        node(4, "add", "add"),
        node(5, "block_output", "result"),
    ),
    (wire(1, 3), wire(3, 4), wire(2, 4, 1), wire(4, 5)),
)


@pytest.fixture
def project() -> Graph:
    """A network in which one instance of the block feeds two inputs of another one."""
    nodes = [
        node(1, "input", "input", shape=(8,)),
        node(2, "block:Sum", "first", width=4),
        node(3, "block:Sum", "second", width=4),
        node(4, "output", "output"),
    ]
    edges = [wire(1, 2), wire(1, 2, 1), wire(2, 3), wire(1, 3, 1), wire(3, 4)]
    return Graph.assemble(nodes, edges, {}, [SUM])


def test_blocks_are_written_and_read(project: Graph) -> None:
    text = document.dump(project)
    read = document.parse(text)
    assert document.dump(read) == text
    assert read.blocks["Sum"].definition() == project.blocks["Sum"].definition()
    assert read.blocks["Sum"].params == (WIDTH,)
    assert b'{"name": "Sum"' in text
    assert sum(b'"layer"' in line for line in text.splitlines()) == 4 + 5


def test_a_file_without_blocks_is_still_read() -> None:
    graph = document.parse(b'{"netwright": 1, "nodes": [{"id": "n1", "layer": "relu", "name": "relu"}]}')
    assert [found.name for found in graph.nodes.values()] == ["relu"]
    assert not graph.blocks


def taken_back(graph: Graph, edit: Edit) -> list[GraphEvent]:
    """Make `edit`, take it back, make it again; the events of the first time."""
    before = document.dump(graph)
    events: list[GraphEvent] = []
    disconnect = graph.changed.connect(events.append)
    inverse = edit.apply(graph)
    disconnect()
    after = document.dump(graph)
    again = inverse.apply(graph)
    assert document.dump(graph) == before
    again.apply(graph)
    assert document.dump(graph) == after != before
    return events


def test_a_block_is_defined_and_dropped(project: Graph) -> None:
    other = BlockDefinition("Other", (), "", (node(1, "block_input", "x"),), ())
    assert taken_back(project, DefineBlock(other))[0] == BlockDefined("Other")
    assert project.blocks["Other"].definition() == other
    assert BlockDropped("Other") in taken_back(project, DropBlock("Other"))
    with pytest.raises(GraphError, match="still used"):
        DropBlock("Sum").apply(project)
    with pytest.raises(GraphError, match="already a block"):
        DefineBlock(SUM).apply(project)
    with pytest.raises(GraphError, match="no block “Gone”"):
        DropBlock("Gone").apply(project)


@pytest.mark.parametrize("name", ["sum", "1Sum", "A B", "", "_Sum", "None", "A.B", "X" * 200])
def test_a_block_is_named_like_a_class(project: Graph, name: str) -> None:
    before = document.dump(project)
    for edit in (DefineBlock(BlockDefinition(name)), RenameBlock("Sum", name)):
        with pytest.raises(GraphError, match="cannot name a block"):
            edit.apply(project)
    assert document.dump(project) == before


def test_a_definition_that_cannot_be_leaves_nothing_behind(project: Graph) -> None:
    broken = BlockDefinition("Broken", (), "", (node(1, "relu", "a"), node(2, "relu", "a")), ())
    with pytest.raises(GraphError, match="In the block “Broken”: There is already a layer called “a”"):
        DefineBlock(broken).apply(project)
    assert "Broken" not in project.blocks


def test_instances_follow_a_new_name(project: Graph) -> None:
    events = taken_back(project, RenameBlock("Sum", "Total"))
    assert events[-1] == BlockRenamed("Sum", "Total")
    assert sum(isinstance(event, LayerChanged) for event in events) == 2
    assert [instance.name for _, instance in project.blocks.instances("Total")] == ["first", "second"]
    assert project.blocks["Total"].graph.block == "Total"


def test_a_change_inside_is_announced_by_the_project(project: Graph) -> None:
    version = project.blocks.version
    edit = Within("Sum", SetParam(NodeId("n3"), "out_features", "=3*width"))
    assert taken_back(project, edit) == [BlockChanged("Sum")]
    assert project.blocks.version > version
    assert project.blocks["Sum"].graph.nodes[NodeId("n3")].params["out_features"] == "=3*width"


def test_changes_inside_one_block_merge() -> None:
    first, second = (Within("Sum", SetParam(NodeId("n3"), "out_features", value)) for value in (3, 4))
    assert first.merge(second) == second
    assert first.merge(Within("Other", second.edit)) is None
    assert first.merge(second.edit) is None


def test_wires_follow_the_inputs_that_stay(project: Graph) -> None:
    edges = set(project.edges)
    taken_back(project, Within("Sum", RemoveNode(NodeId("n1"))))
    # What was wired to the second input now ends at the first one.
    assert set(project.edges) == {wire(1, 2), wire(1, 3), wire(3, 4)}
    assert wire(2, 3) in edges


def test_wires_follow_the_outputs_that_stay(project: Graph) -> None:
    more = Compound("More", (AddNode(node(0, "block_output", "early")), Connect(wire(3, 0))))
    taken_back(project, Within("Sum", more))
    # The new output has the lower id and so comes first.
    assert set(project.edges) == {wire(1, 2), wire(1, 2, 1), wire(2, 3, 0, 1), wire(1, 3, 1), wire(3, 4, 0, 1)}


def test_parameters_come_and_go(project: Graph) -> None:
    depth = Int(name="depth", default=2, doc="")
    taken_back(project, DescribeBlock("Sum", (WIDTH, depth), "Longer."))
    for place, instance in project.blocks.instances("Sum"):
        assert instance.params["depth"] == depth.default
        Within(place.block, SetParam(instance.id, "depth", depth.default + 1)).apply(project)
    assert project.blocks["Sum"].doc == "Longer."
    taken_back(project, DescribeBlock("Sum", (WIDTH,), ""))
    assert all("depth" not in instance.params for _, instance in project.blocks.instances("Sum"))
    with pytest.raises(GraphError, match="“width” is still used by “dense” in “Sum”"):
        DescribeBlock("Sum", (), "").apply(project)


def test_a_block_never_contains_itself(project: Graph) -> None:
    outer = BlockDefinition("Outer", (), "", (node(1, "block:Sum", "sum"),), ())
    DefineBlock(outer).apply(project)
    before = document.dump(project)
    for inside, layer in (("Sum", "block:Sum"), ("Sum", "block:Outer"), ("Outer", "block:Outer")):
        with pytest.raises(GraphError, match="would be inside itself"):
            Within(inside, AddNode(node(99, layer, "again"))).apply(project)
        with pytest.raises(GraphError, match="would be inside itself"):
            Within(inside, SetLayer(next(iter(project.blocks[inside].graph.nodes)), layer, {})).apply(project)
    assert document.dump(project) == before


def test_edits_of_blocks_may_be_applied_to_any_graph_of_the_project(project: Graph) -> None:
    inner = project.blocks["Sum"].graph
    inverse = Compound(
        "",
        (
            DefineBlock(BlockDefinition("Other")),
            RenameBlock("Other", "Another"),
            Within("", RemoveNode(NodeId("n4"))),
        ),
    ).apply(inner)
    assert "Another" in project.blocks
    assert NodeId("n4") not in project.nodes
    inverse.apply(inner)
    assert list(project.blocks) == ["Sum"]
    assert project.incoming(NodeId("n4")) == [wire(3, 4)]


def test_a_snapshot_has_blocks_of_its_own(project: Graph) -> None:
    copy = project.snapshot()
    text = document.dump(copy)
    Within("Sum", SetParam(NodeId("n3"), "out_features", 1)).apply(project)
    RenameBlock("Sum", "Total").apply(project)
    assert document.dump(copy) == text
    assert copy.blocks["Sum"].graph.blocks is copy.blocks
    assert copy.blocks.graph("") is copy


@pytest.mark.parametrize(
    ("taken", "name", "complaint"),
    [
        ("features", "features.0", "would lie inside the layer “features”"),
        ("features.0.conv", "features", "other layers are called “features.…”"),
        ("features.0.conv", "features.0", "other layers are called “features.0.…”"),
        ("a.b", "a.b", "already a layer called “a.b”"),
    ],
)
def test_a_layer_does_not_lie_inside_another(taken: str, name: str, complaint: str) -> None:
    graph = Graph()
    graph.add_node(node(1, "relu", taken))
    graph.add_node(node(2, "relu", "other"))
    for change in (lambda: graph.add_node(node(3, "relu", name)), lambda: graph.rename_node(NodeId("n2"), name)):
        with pytest.raises(GraphError, match=complaint):
            change()
    assert graph.named("other") is not None
    graph.remove_node(NodeId("n1"))
    graph.rename_node(NodeId("n2"), name)
    assert graph.unique_name(name) != name


def test_free_names_of_blocks_are_no_longer_than_names_may_be() -> None:
    graph = Graph()
    for name in ("Block", "Block2", "B" * MAX_NAME):
        graph.blocks.define(name)
    assert graph.blocks.unique_name("Other") == "Other"
    assert graph.blocks.unique_name("Block") == graph.blocks.unique_name("Block2") == "Block3"
    longest = graph.blocks.unique_name("B" * MAX_NAME)
    assert longest == "B" * (MAX_NAME - 1) + "2"
    graph.blocks.define(longest)


def test_free_names_are_found_among_paths() -> None:
    graph = Graph()
    for number, name in enumerate(("features.0", "features.2", "block")):
        graph.add_node(node(number, "relu", name))
    assert graph.unique_name("features.0") == "features.3"
    assert graph.unique_name("features") == "features2"
    assert graph.unique_name("block.conv") == "block_conv"
    assert graph.unique_name("new.conv", {"new"}) == "new_conv"
    assert graph.unique_name("new.train") == "new.train2"
    assert graph.unique_name("train.new") == "train_new"
