"""Inside of blocks: which graph is in view, where edits go, and where undo leads."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import shiboken6
from pytestqt.qtbot import QtBot

from engine.analysis.problem import Problem
from engine.analysis.report import Analysis, NodeReport
from engine.graph import document
from engine.graph.block_edits import DefineBlock, DropBlock, RenameBlock
from engine.graph.edits import AddNode, Compound, MoveNodes, RemoveNode, Rename, SetParam, SetSetting
from engine.graph.events import BlockChanged, GraphEvent, NodeAdded, SettingChanged
from engine.graph.model import Graph, NodeId
from engine.graph.params import Int
from engine.layers.grouping import make_unique
from engine.layers.nodes import new_node
from engine.zoo.sketch import Sketch, draw_block
from gui.scope import Scope
from gui.workspace import Workspace

CHANNELS = Int(name="channels", default=16, minimum=1, doc="How many.")


def draw_inner(pen: Sketch) -> None:
    pen.add("block_input", name="x")
    pen.then("relu", name="act")
    pen.then("block_output", name="result")


INNER = draw_block("Inner", "", draw_inner)


def draw_outer(pen: Sketch) -> None:
    pen.add("block_input", name="x")
    pen.then("conv2d", name="conv", out_channels="=channels")
    pen.then("block:Inner", name="inner")
    pen.then("block_output", name="result")


OUTER = draw_block("Outer", "", draw_outer, params=(CHANNELS,), uses=(INNER,))


def network() -> Graph:
    """input → first (Outer) → second (Outer) → output."""
    pen = Sketch()
    pen.use(INNER, OUTER)
    pen.add("input", name="image", shape=(3, 8, 8))
    pen.then("block:Outer", name="first", channels=8)
    pen.then("block:Outer", name="second")
    pen.then("output", name="scores")
    return pen.graph


class Shapes:
    """Knows one shape: that of `conv` inside of `first`."""

    def __init__(self) -> None:
        self.calls = 0

    def analyse(self, graph: Graph) -> tuple[Analysis, list[Problem]]:
        self.calls += 1
        first = graph.named("first")
        conv = graph.blocks["Outer"].graph.named("conv") if "Outer" in graph.blocks else None
        if first is None or conv is None:
            return Analysis(), []
        inside = Analysis({conv.id: NodeReport(((8, 8, 8),))})
        return Analysis({first.id: NodeReport(((8, 8, 8),), inside=(inside,))}), []


@pytest.fixture
def workspace(qtbot: QtBot) -> Iterator[Workspace]:
    shared = Workspace()
    shared.replace(network())
    yield shared
    shiboken6.delete(shared)


def node(workspace: Workspace, name: str) -> NodeId:
    found = workspace.graph.named(name)
    assert found is not None
    return found.id


def titles(workspace: Workspace) -> list[tuple[str, str]]:
    return [(crumb.title, crumb.block) for crumb in workspace.scope.trail(workspace.document)]


def test_entering_and_leaving_shows_the_graphs_on_the_way(workspace: Workspace, qtbot: QtBot) -> None:
    root, first = workspace.document, node(workspace, "first")
    workspace.select([first])
    with qtbot.waitSignals([workspace.scopeChanged, workspace.selectionChanged]):
        assert workspace.enter(first)
    assert workspace.document is root
    assert workspace.graph is root.blocks["Outer"].graph
    assert workspace.selection == ()
    inner = node(workspace, "inner")
    assert workspace.enter(inner)
    assert workspace.scope.path == (first, inner)
    assert titles(workspace) == [("Network", ""), ("first", "Outer"), ("inner", "Inner")]
    assert workspace.leave()
    assert workspace.graph.block == "Outer"
    assert workspace.selection == (inner,), "what was left shows where one came from"
    assert workspace.go_to(0)
    assert workspace.graph is root
    assert workspace.selection == (first,)
    assert not workspace.leave()
    assert not workspace.scope.is_inside


def test_only_instances_can_be_entered(workspace: Workspace) -> None:
    assert not workspace.enter(node(workspace, "image"))
    assert not workspace.enter(NodeId("nobody"))
    assert workspace.graph is workspace.document


def test_a_block_is_opened_through_its_first_instance(workspace: Workspace) -> None:
    first = node(workspace, "first")
    workspace.open_block("Inner")
    assert workspace.graph.block == "Inner"
    assert workspace.scope.is_placed
    assert workspace.scope.path[0] == first
    workspace.open_block("Nothing")
    assert workspace.graph.block == "Inner"


def test_a_block_without_an_instance_is_opened_alone(workspace: Workspace) -> None:
    workspace.use_analyser(Shapes())
    for name in ("first", "second"):
        workspace.push(RemoveNode(node(workspace, name)))
    workspace.open_block("Inner")
    assert workspace.graph.block == "Inner"
    assert workspace.scope == Scope("Inner")
    assert workspace.analysis is None
    assert titles(workspace) == [("Network", ""), ("Inner", "Inner")]
    assert workspace.leave()
    assert workspace.graph is workspace.document


def test_an_edit_goes_to_the_graph_in_view_and_is_undone_there(workspace: Workspace) -> None:
    before = document.dump(workspace.document)
    workspace.enter(node(workspace, "first"))
    assert workspace.push(SetParam(node(workspace, "conv"), "out_channels", "=2*channels"))
    assert workspace.push(AddNode(new_node(workspace.graph, "relu", (300.0, 0.0))))
    assert workspace.graph.named("relu") is not None
    assert workspace.document.named("relu") is None
    after = document.dump(workspace.document)
    workspace.undo_stack.undo()
    workspace.undo_stack.undo()
    assert document.dump(workspace.document) == before
    workspace.undo_stack.redo()
    workspace.undo_stack.redo()
    assert document.dump(workspace.document) == after


def test_undo_and_redo_go_to_where_the_change_is(workspace: Workspace) -> None:
    first = node(workspace, "first")
    workspace.enter(first)
    conv = node(workspace, "conv")
    workspace.push(SetParam(conv, "bias", False))
    workspace.leave()
    workspace.push(Rename(first, "stem"))
    workspace.undo_stack.undo()
    assert workspace.graph is workspace.document
    workspace.undo_stack.undo()
    assert workspace.graph.block == "Outer"
    assert workspace.graph.nodes[conv].params["bias"] is True
    workspace.leave()
    workspace.undo_stack.redo()
    assert workspace.graph.block == "Outer"
    workspace.undo_stack.redo()
    assert workspace.graph is workspace.document
    assert workspace.document.nodes[first].name == "stem"


def test_what_comes_back_inside_a_block_is_selected_there_alone(workspace: Workspace) -> None:
    first = node(workspace, "first")
    workspace.select([first])
    workspace.enter(first)
    conv = node(workspace, "conv")
    workspace.select([conv])
    workspace.push(RemoveNode(conv))
    workspace.leave()
    assert workspace.selection == (first,)
    workspace.undo_stack.undo()
    assert workspace.graph.block == "Outer"
    assert workspace.selection == (conv,)
    workspace.push(DefineBlock(draw_block("Other", "", draw_inner)))
    workspace.undo_stack.undo()
    assert workspace.selection == (conv,), "a block is no node"


def test_a_change_that_is_in_view_through_another_instance_is_undone_in_place(workspace: Workspace) -> None:
    first, second = node(workspace, "first"), node(workspace, "second")
    workspace.enter(first)
    workspace.push(SetParam(node(workspace, "conv"), "bias", False))
    workspace.leave()
    workspace.enter(second)
    workspace.undo_stack.undo()
    assert workspace.scope.path == (second,)


def test_a_number_typed_inside_a_block_is_one_step(workspace: Workspace) -> None:
    workspace.enter(node(workspace, "first"))
    conv = node(workspace, "conv")
    for size in (1, 12, 128):
        workspace.push(SetParam(conv, "out_channels", size))
    assert workspace.undo_stack.count() == 1
    workspace.undo_stack.undo()
    assert workspace.graph.nodes[conv].params["out_channels"] == "=channels"


def test_settings_are_the_documents_wherever_one_is(workspace: Workspace) -> None:
    events: list[GraphEvent] = []
    workspace.enter(node(workspace, "first"))
    workspace.graphChanged.connect(events.append)
    assert workspace.push(SetSetting("recipe", "epochs", 3))
    assert workspace.push(Compound("Two", (SetSetting("recipe", "seed", 1), SetSetting("data", "dataset", "mnist"))))
    assert workspace.document.settings["recipe"] == {"epochs": 3, "seed": 1}
    assert workspace.document.settings["data"] == {"dataset": "mnist"}
    assert {type(event) for event in events} == {SettingChanged}
    workspace.undo_stack.undo()
    assert workspace.graph.block == "Outer", "a setting can be seen from everywhere"


def test_the_network_can_be_changed_from_inside_and_is_shown_when_that_is_undone(workspace: Workspace) -> None:
    first = node(workspace, "first")
    workspace.enter(first)
    assert workspace.push_document(Rename(first, "stem"))
    assert workspace.graph.block == "Outer"
    assert workspace.document.nodes[first].name == "stem"
    workspace.undo_stack.undo()
    assert workspace.graph is workspace.document


def test_events_of_the_graph_in_view_and_of_blocks_are_passed_on(workspace: Workspace) -> None:
    workspace.enter(node(workspace, "first"))
    events: list[GraphEvent] = []
    seen: list[None] = []
    workspace.graphChanged.connect(events.append)
    workspace.documentChanged.connect(lambda: seen.append(None))
    relu = new_node(workspace.graph, "relu", (300.0, 0.0))
    workspace.push(AddNode(relu))
    assert NodeAdded(relu) in events
    assert BlockChanged("Outer") in events
    assert seen
    events.clear()
    root = workspace.document
    AddNode(new_node(root, "relu", (300.0, 0.0))).apply(root)
    assert events == [], "what happens in the network is not in view"


def test_the_view_follows_the_block_it_shows(workspace: Workspace) -> None:
    workspace.push(RemoveNode(node(workspace, "first")))
    workspace.push(RemoveNode(node(workspace, "second")))
    workspace.open_block("Outer")
    assert workspace.push(RenameBlock("Outer", "Stage"))
    assert workspace.scope == Scope("Stage")
    assert titles(workspace) == [("Network", ""), ("Stage", "Stage")]
    assert workspace.push(DropBlock("Stage"))
    assert workspace.graph is workspace.document
    workspace.undo_stack.undo()
    assert workspace.graph.block == "Stage", "undo brings back what was in view"
    workspace.undo_stack.undo()
    assert workspace.scope == Scope("Outer")


def test_a_vanished_instance_is_left(workspace: Workspace, qtbot: QtBot) -> None:
    second = node(workspace, "second")
    workspace.enter(second)
    workspace.enter(node(workspace, "inner"))
    with qtbot.waitSignal(workspace.scopeChanged):
        workspace.push_document(RemoveNode(second))
    assert workspace.graph is workspace.document
    assert workspace.scope == Scope()


def test_an_instance_that_gets_another_block_is_seen_anew(workspace: Workspace, qtbot: QtBot) -> None:
    first = node(workspace, "first")
    workspace.push(make_unique(workspace.graph, first))
    workspace.enter(first)
    assert workspace.graph.block == "Outer2"
    workspace.push(SetParam(node(workspace, "conv"), "bias", False))
    workspace.undo_stack.undo()
    with qtbot.waitSignal(workspace.scopeChanged):
        workspace.undo_stack.undo()
    assert "Outer2" not in workspace.document.blocks


def test_what_is_known_inside_is_that_of_the_instance(workspace: Workspace, qtbot: QtBot) -> None:
    workspace.use_analyser(Shapes())
    first, second = node(workspace, "first"), node(workspace, "second")
    with qtbot.waitSignal(workspace.analysisChanged):
        workspace.enter(first)
    assert workspace.analysis is not None
    assert workspace.analysis.nodes[node(workspace, "conv")].outputs == ((8, 8, 8),)
    assert workspace.document_analysis is not None
    workspace.leave()
    assert workspace.analysis is workspace.document_analysis
    workspace.enter(second)
    assert workspace.analysis is None
    assert workspace.is_analysed


def test_moving_a_layer_inside_a_block_is_not_analysed_but_everything_else_is(
    workspace: Workspace, qtbot: QtBot
) -> None:
    shapes = Shapes()
    workspace.use_analyser(shapes)
    workspace.enter(node(workspace, "first"))
    conv = node(workspace, "conv")
    workspace.push(MoveNodes({conv: (500.0, 0.0)}))
    qtbot.wait(30)
    assert shapes.calls == 1
    workspace.push(SetParam(conv, "bias", False))
    workspace.push(MoveNodes({conv: (600.0, 0.0)}))
    qtbot.waitUntil(lambda: shapes.calls == 2)


def test_another_document_is_shown_from_outside(workspace: Workspace) -> None:
    workspace.enter(node(workspace, "first"))
    workspace.replace(network())
    assert workspace.graph is workspace.document
    assert not workspace.scope.is_inside


def test_a_document_with_blocks_alone_is_not_blank(workspace: Workspace) -> None:
    workspace.replace(Graph())
    assert workspace.is_blank
    DefineBlock(INNER).apply(workspace.document)
    assert not workspace.is_blank
