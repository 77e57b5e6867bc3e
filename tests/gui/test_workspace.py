"""What the parts of the window share: changes, their history, what is known about them, the selection."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import shiboken6
from pytestqt.qtbot import QtBot

from engine.analysis.problem import Problem, Severity
from engine.analysis.report import Analysis
from engine.graph import document
from engine.graph.edits import AddNode, Compound, Connect, MoveNodes, RemoveNode, Rename, SetParam, SetSetting, remove
from engine.graph.events import NodeAdded, NodesMoved, ParamChanged
from engine.graph.model import Edge, Graph, NodeId
from engine.layers.nodes import new_node
from engine.zoo.registry import ZOO
from gui.workspace import Workspace


class CountingAnalyser:
    """Finds one problem, and notes what it has looked at."""

    def __init__(self) -> None:
        self.seen: list[bytes] = []

    def analyse(self, graph: Graph) -> tuple[Analysis, list[Problem]]:
        self.seen.append(document.dump(graph))
        return Analysis(), [Problem(Severity.WARNING, "It could be larger.", None, None, "")]


@pytest.fixture
def workspace(qtbot: QtBot) -> Iterator[Workspace]:
    shared = Workspace()
    shared.replace(ZOO["spirals_mlp"].build())
    yield shared
    # Left to Python's collector, its timer might be deleted by the thread of a later test.
    shiboken6.delete(shared)


def named(workspace: Workspace, name: str) -> NodeId:
    node = workspace.graph.named(name)
    assert node is not None
    return node.id


def test_a_change_can_be_undone_and_redone(workspace: Workspace) -> None:
    before = document.dump(workspace.graph)
    assert workspace.push(AddNode(new_node(workspace.graph, "relu", (300.0, 0.0))))
    after = document.dump(workspace.graph)
    assert after != before
    assert workspace.undo_stack.undoText() == "Add relu"
    workspace.undo_stack.undo()
    assert document.dump(workspace.graph) == before
    workspace.undo_stack.redo()
    assert document.dump(workspace.graph) == after


def test_a_refused_change_says_why_and_leaves_no_trace(workspace: Workspace, qtbot: QtBot) -> None:
    before = document.dump(workspace.graph)
    first, last = named(workspace, "dense1"), named(workspace, "dense3")
    with qtbot.waitSignal(workspace.refused) as refused:
        assert not workspace.push(Connect(Edge(last, 0, first, 0)))
    (sentence,) = refused.args
    assert sentence.endswith(".")
    assert document.dump(workspace.graph) == before
    assert workspace.undo_stack.count() == 0
    assert workspace.undo_stack.isClean()


def test_a_refused_change_does_not_cost_the_changes_that_could_be_redone(workspace: Workspace) -> None:
    workspace.push(Rename(named(workspace, "dense1"), "first"))
    workspace.undo_stack.undo()
    assert not workspace.push(Rename(named(workspace, "dense1"), "dense2"))
    assert workspace.undo_stack.canRedo()
    workspace.undo_stack.redo()
    assert workspace.graph.named("first") is not None


def test_typing_a_number_is_one_step_of_the_history(workspace: Workspace) -> None:
    dense = named(workspace, "dense1")
    for units in (1, 12, 128):
        assert workspace.push(SetParam(dense, "out_features", units))
    assert workspace.undo_stack.count() == 1
    workspace.undo_stack.undo()
    assert workspace.graph.nodes[dense].params["out_features"] == 32


def test_what_is_typed_and_taken_back_is_no_step_at_all(workspace: Workspace) -> None:
    dense = named(workspace, "dense1")
    workspace.push(SetParam(dense, "out_features", 3))
    workspace.push(SetParam(dense, "out_features", 32))
    assert workspace.undo_stack.count() == 0
    assert workspace.undo_stack.isClean()


def test_changes_of_different_things_are_steps_of_their_own(workspace: Workspace) -> None:
    workspace.push(SetParam(named(workspace, "dense1"), "out_features", 8))
    workspace.push(SetParam(named(workspace, "dense2"), "out_features", 8))
    workspace.push(SetSetting("recipe", "epochs", 3))
    assert workspace.undo_stack.count() == 3


def test_a_merged_step_does_not_swallow_what_was_saved(workspace: Workspace) -> None:
    """The state on disk must stay reachable by undo, or the title would claim that nothing is unsaved."""
    dense = named(workspace, "dense1")
    workspace.push(SetParam(dense, "out_features", 8))
    workspace.undo_stack.setClean()
    saved = document.dump(workspace.graph)
    workspace.push(SetParam(dense, "out_features", 9))
    assert not workspace.undo_stack.isClean()
    workspace.undo_stack.undo()
    assert workspace.undo_stack.isClean()
    assert document.dump(workspace.graph) == saved


def test_every_event_of_the_open_graph_is_passed_on(workspace: Workspace) -> None:
    events: list[object] = []
    workspace.graphChanged.connect(events.append)
    relu = new_node(workspace.graph, "relu", (300.0, 0.0))
    workspace.push(AddNode(relu))
    workspace.push(MoveNodes({relu.id: (0.0, 0.0)}))
    workspace.push(SetParam(named(workspace, "dense1"), "out_features", 8))
    assert [type(event) for event in events] == [NodeAdded, NodesMoved, ParamChanged]


def test_a_graph_that_was_replaced_is_not_listened_to(workspace: Workspace) -> None:
    old = workspace.graph
    workspace.replace(Graph())
    events: list[object] = []
    workspace.graphChanged.connect(events.append)
    AddNode(new_node(old, "relu")).apply(old)
    assert events == []


def test_another_document_starts_with_nothing_of_the_old_one(workspace: Workspace, qtbot: QtBot) -> None:
    workspace.use_analyser(CountingAnalyser())
    workspace.push(Rename(named(workspace, "dense1"), "first"))
    workspace.select([named(workspace, "first")])
    seen: list[tuple[bool, int, tuple[NodeId, ...], Path | None]] = []
    selections: list[tuple[NodeId, ...]] = []

    def look() -> None:
        stack = workspace.undo_stack
        seen.append((stack.isClean(), stack.count(), workspace.selection, workspace.path))

    # The history is emptied first, and tells so.
    workspace.undo_stack.indexChanged.connect(lambda: selections.append(workspace.selection))
    workspace.graphReplaced.connect(look)
    with qtbot.waitSignals([workspace.graphReplaced, workspace.selectionChanged, workspace.analysisChanged]):
        workspace.replace(ZOO["lenet5"].build(), Path("digits.netwright"))
    assert seen == [(True, 0, (), Path("digits.netwright"))]
    assert set(selections) == {()}
    assert workspace.analysis is not None


def test_the_selection_holds_what_exists_once_each(workspace: Workspace, qtbot: QtBot) -> None:
    first, second = named(workspace, "dense1"), named(workspace, "dense2")
    workspace.select([second, first, second, NodeId("nobody")])
    assert workspace.selection == (second, first)
    with qtbot.assertNotEmitted(workspace.selectionChanged):
        workspace.select([first, second])


def test_a_deleted_node_leaves_the_selection_and_is_selected_when_it_comes_back(workspace: Workspace) -> None:
    first, second = named(workspace, "dense1"), named(workspace, "dense2")
    workspace.select([first, second])
    assert workspace.push(remove(workspace.graph, [first]))
    assert workspace.selection == (second,)
    workspace.undo_stack.undo()
    assert workspace.selection == (first,)
    workspace.undo_stack.redo()
    assert workspace.selection == ()


def test_without_an_added_node_what_was_selected_before_is_selected_again(workspace: Workspace) -> None:
    dense = named(workspace, "dense1")
    workspace.select([dense])
    added = new_lonely_node(workspace)
    workspace.select([added])
    workspace.undo_stack.undo()
    assert workspace.selection == (dense,)
    workspace.undo_stack.redo()
    assert workspace.selection == (added,)
    workspace.select([])
    workspace.undo_stack.undo()
    assert workspace.selection == (), "who has nothing selected wants it so"


def test_however_many_layers_go_it_is_told_once(workspace: Workspace) -> None:
    nodes = list(workspace.graph.nodes)
    workspace.select(nodes)
    selections: list[tuple[NodeId, ...]] = []
    changes: list[int] = []
    workspace.selectionChanged.connect(lambda: selections.append(workspace.selection))
    workspace.documentChanged.connect(lambda: changes.append(len(workspace.graph.nodes)))
    workspace.push(remove(workspace.graph, nodes[1:]))
    assert (selections, changes) == ([(nodes[0],)], [1])
    workspace.undo_stack.undo()
    assert set(selections[-1]) == set(nodes[1:])
    assert changes[-1] == len(nodes)
    workspace.undo_stack.redo()
    assert selections[-1] == ()
    assert len(changes) == 3


def test_what_is_asked_while_layers_go_is_answered_as_it_is_then(workspace: Workspace) -> None:
    nodes = list(workspace.graph.nodes)
    workspace.select(nodes)
    seen: list[bool] = []
    workspace.graphChanged.connect(lambda _event: seen.append(set(workspace.selection) <= set(workspace.graph.nodes)))
    workspace.push(remove(workspace.graph, nodes))
    assert len(seen) > len(nodes)
    assert all(seen)
    assert workspace.selection == ()


def test_what_was_selected_before_a_refused_change_is_selected_still(workspace: Workspace) -> None:
    first, second, third = (named(workspace, name) for name in ("dense1", "dense2", "dense3"))
    workspace.select([first, second])
    impossible = Compound("Both", (RemoveNode(first), SetParam(third, "nothing", 1)))
    assert not workspace.push(impossible)
    assert workspace.selection == (first, second)


def test_undo_of_what_adds_and_deletes_nothing_leaves_the_selection(workspace: Workspace) -> None:
    workspace.select([named(workspace, "dense1")])
    workspace.push(SetParam(named(workspace, "dense1"), "out_features", 8))
    workspace.select([named(workspace, "dense2")])
    workspace.undo_stack.undo()
    assert workspace.selection == (named(workspace, "dense2"),)


def test_all_the_events_of_one_moment_lead_to_one_analysis(workspace: Workspace, qtbot: QtBot) -> None:
    analyser = CountingAnalyser()
    workspace.use_analyser(analyser)
    analyser.seen.clear()
    with qtbot.waitSignal(workspace.analysisChanged):
        workspace.push(Rename(named(workspace, "dense1"), "first"))
        workspace.push(remove(workspace.graph, [named(workspace, "dense3")]))
    assert analyser.seen == [document.dump(workspace.graph)]
    assert [problem.sentence for problem in workspace.problems] == ["It could be larger."]


def test_moving_a_node_changes_nothing_that_is_analysed(workspace: Workspace, qtbot: QtBot) -> None:
    analyser = CountingAnalyser()
    workspace.use_analyser(analyser)
    with qtbot.assertNotEmitted(workspace.analysisChanged, wait=50):
        workspace.push(MoveNodes({named(workspace, "dense1"): (900.0, 0.0)}))


def test_undo_and_redo_are_analysed_too(workspace: Workspace, qtbot: QtBot) -> None:
    analyser = CountingAnalyser()
    workspace.use_analyser(analyser)
    workspace.push(SetParam(named(workspace, "dense1"), "out_features", 8))
    qtbot.waitUntil(lambda: len(analyser.seen) == 2)
    workspace.undo_stack.undo()
    qtbot.waitUntil(lambda: len(analyser.seen) == 3)
    assert analyser.seen[2] == analyser.seen[0] != analyser.seen[1]


def test_without_an_analyser_everything_can_be_edited(workspace: Workspace, qtbot: QtBot) -> None:
    assert not workspace.is_analysed
    workspace.push(RemoveNode(new_lonely_node(workspace)))
    qtbot.wait(20)
    assert workspace.analysis is None
    assert workspace.problems == []


def new_lonely_node(workspace: Workspace) -> NodeId:
    node = new_node(workspace.graph, "relu", (300.0, 0.0))
    assert workspace.push(AddNode(node))
    return node.id


def test_the_title_is_the_name_of_the_file(workspace: Workspace) -> None:
    assert workspace.title == "Untitled"
    workspace.set_path(Path("/somewhere/digits.netwright"))
    assert workspace.title == "digits.netwright"


def test_a_document_is_blank_until_something_was_done_with_it(workspace: Workspace) -> None:
    assert not workspace.is_blank
    workspace.replace(Graph())
    assert workspace.is_blank
    workspace.push(AddNode(new_node(workspace.graph, "relu")))
    assert not workspace.is_blank
    workspace.undo_stack.undo()
    assert not workspace.is_blank, "the relu can still be brought back"
    workspace.replace(Graph(), Path("empty.netwright"))
    assert not workspace.is_blank
