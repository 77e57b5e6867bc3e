"""The list of problems: it leads to nodes, mends what can be mended, and follows the analysis."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from engine.analysis.problem import Fix, Problem, Severity
from engine.analysis.report import Analysis
from engine.graph.block_edits import DefineBlock, Within
from engine.graph.edits import AddNode, Rename, SetParam
from engine.graph.model import Graph, NodeId
from engine.layers.nodes import new_node
from engine.zoo.sketch import Sketch, draw_block
from gui.problems import MOST_SHOWN, ProblemRow, ProblemsPanel
from gui.workspace import Workspace


class FakeAnalyser:
    """Finds what it is told to find."""

    def __init__(self, find: Callable[[Graph], list[Problem]]) -> None:
        self.find = find

    def analyse(self, graph: Graph) -> tuple[Analysis, list[Problem]]:
        return Analysis(), self.find(graph)


@pytest.fixture
def workspace(dark: None) -> Workspace:
    """A document with a dense layer, not analysed yet."""
    shared = Workspace()
    shared.push(AddNode(new_node(shared.graph, "linear")))
    return shared


@pytest.fixture
def dense(workspace: Workspace) -> NodeId:
    """The dense layer."""
    return next(iter(workspace.graph.nodes))


@pytest.fixture
def panel(workspace: Workspace, host: Callable[..., QWidget]) -> ProblemsPanel:
    """The panel of the workspace."""
    shown = ProblemsPanel(workspace)
    host(shown, 320, 300)
    return shown


def problems_of(dense: NodeId) -> Callable[[Graph], list[Problem]]:
    """Errors as long as the layer has not 10 units."""

    def find(graph: Graph) -> list[Problem]:
        if graph.nodes[dense].params["out_features"] == 10:
            return []
        return [
            Problem(Severity.ERROR, "It must have 10 units.", dense, SetParam(dense, "out_features", 10), "Set to 10"),
            Problem(Severity.WARNING, "The whole is a little odd."),
        ]

    return find


def note(panel: ProblemsPanel) -> str:
    label = panel.findChild(QLabel, "no_problems")
    return label.text() if label.isVisible() else ""


def test_before_torch_is_loaded_it_says_so(panel: ProblemsPanel) -> None:
    assert "as soon as PyTorch is loaded" in note(panel)


def test_no_problems(panel: ProblemsPanel, workspace: Workspace) -> None:
    workspace.use_analyser(FakeAnalyser(lambda graph: []))
    assert note(panel) == "No problems."
    assert panel.count == 0


def test_a_click_selects_the_node_and_asks_for_it(panel: ProblemsPanel, workspace: Workspace, dense: NodeId) -> None:
    workspace.use_analyser(FakeAnalyser(problems_of(dense)))
    asked: list[NodeId] = []
    panel.nodeRequested.connect(asked.append)
    first, second = panel.findChildren(ProblemRow)
    QTest.mouseClick(first, Qt.MouseButton.LeftButton)
    assert workspace.selection == (dense,)
    assert asked == [dense]
    QTest.mouseClick(second, Qt.MouseButton.LeftButton)
    QTest.keyClick(first, Qt.Key.Key_Return)
    assert asked == [dense, dense], "a problem of the whole network leads nowhere, Enter leads there as well"
    assert {label.text() for label in first.findChildren(QLabel)} == {"It must have 10 units.", "dense"}


def test_fix_mends_in_one_step_that_can_be_undone(
    panel: ProblemsPanel, workspace: Workspace, dense: NodeId, qtbot: QtBot
) -> None:
    workspace.use_analyser(FakeAnalyser(problems_of(dense)))
    counts: list[int] = []
    panel.countChanged.connect(counts.append)
    button = panel.findChild(QPushButton, "fix_button")
    assert button.text() == "Set to 10"
    with qtbot.waitSignal(workspace.analysisChanged):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert workspace.graph.nodes[dense].params["out_features"] == 10
    assert note(panel) == "No problems."
    with qtbot.waitSignal(workspace.analysisChanged):
        workspace.undo_stack.undo()
    assert panel.count == 2
    assert note(panel) == ""
    assert counts == [0, 2]


def test_enter_on_a_fix_mends_and_leads_nowhere(panel: ProblemsPanel, workspace: Workspace, dense: NodeId) -> None:
    workspace.use_analyser(FakeAnalyser(problems_of(dense)))
    asked: list[NodeId] = []
    panel.nodeRequested.connect(asked.append)
    button = panel.findChild(QPushButton, "fix_button")
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Return)
    assert workspace.graph.nodes[dense].params["out_features"] == 10
    assert asked == []


def test_rows_stay_while_nothing_changes_and_follow_a_rename(
    panel: ProblemsPanel, workspace: Workspace, dense: NodeId
) -> None:
    workspace.use_analyser(FakeAnalyser(problems_of(dense)))
    before = panel.findChildren(ProblemRow)
    workspace.analyse()
    assert panel.findChildren(ProblemRow) == before
    workspace.push(Rename(dense, "classifier"))
    workspace.analyse()
    assert "classifier" in {label.text() for label in panel.findChildren(ProblemRow)[0].findChildren(QLabel)}


def test_very_many_problems_are_cut(panel: ProblemsPanel, workspace: Workspace) -> None:
    many = [Problem(Severity.ERROR, f"Wrong {number}.") for number in range(MOST_SHOWN + 23)]
    workspace.use_analyser(FakeAnalyser(lambda graph: many))
    assert len(panel.findChildren(ProblemRow)) == MOST_SHOWN
    assert panel.count == MOST_SHOWN + 23
    assert "… and 23 more." in {label.text() for label in panel.findChildren(QLabel)}


def test_another_document_starts_clean(panel: ProblemsPanel, workspace: Workspace, dense: NodeId) -> None:
    workspace.use_analyser(FakeAnalyser(lambda graph: problems_of(dense)(graph) if dense in graph.nodes else []))
    assert panel.count == 2
    workspace.replace(Graph())
    assert panel.count == 0
    assert note(panel) == "No problems."


@pytest.mark.parametrize(("width", "beside"), [(320, False), (800, True)])
def test_the_button_stands_where_there_is_room(
    width: int, beside: bool, panel: ProblemsPanel, workspace: Workspace, dense: NodeId, qtbot: QtBot
) -> None:
    panel.window().resize(width, 300)
    workspace.use_analyser(FakeAnalyser(problems_of(dense)))
    button = panel.findChild(QPushButton, "fix_button")
    qtbot.waitUntil(lambda: button.isVisible() and button.width() > 40)
    row = panel.findChildren(ProblemRow)[0]
    sentence = row.findChildren(QLabel)[0]
    assert (button.mapTo(row, QPoint()).x() > sentence.geometry().right()) is beside


# Inside of blocks


@pytest.fixture
def inside(workspace: Workspace, host: Callable[..., QWidget]) -> ProblemsPanel:
    """A panel that shows a problem of `conv` in the block Unit, of which `first` is an instance."""

    def draw(pen: Sketch) -> None:
        pen.add("block_input", name="x")
        pen.then("conv2d", name="conv")
        pen.then("block_output", name="result")

    workspace.push(DefineBlock(draw_block("Unit", "", draw)))
    first = new_node(workspace.graph, "block:Unit", name="first")
    workspace.push(AddNode(first))
    conv = workspace.document.blocks["Unit"].graph.named("conv")
    assert conv is not None
    best, other = (Within("Unit", SetParam(conv.id, "kernel_size", (size, size))) for size in (1, 5))
    problem = Problem(
        Severity.ERROR,
        "The window is too large.",
        conv.id,
        best,
        "Use a smaller kernel",
        (Fix("Use an odd kernel", other),),
        "Unit",
        (first.id,),
    )
    shown = ProblemsPanel(workspace)
    host(shown, 320, 300)
    workspace.use_analyser(FakeAnalyser(lambda graph: [problem]))
    return shown


def test_a_problem_in_a_block_says_the_way_to_it_and_leads_there(inside: ProblemsPanel, workspace: Workspace) -> None:
    row = inside.findChild(ProblemRow)
    assert "first › conv" in [label.text() for label in row.findChildren(QLabel)]
    QTest.mouseClick(row, Qt.MouseButton.LeftButton, pos=row.rect().topLeft() + QPoint(4, 4))
    assert workspace.graph.block == "Unit"
    assert [workspace.graph.nodes[node].name for node in workspace.selection] == ["conv"]


def test_a_fix_inside_a_block_is_seen_and_undone_there(inside: ProblemsPanel, workspace: Workspace) -> None:
    QTest.mouseClick(inside.findChild(QPushButton, "fix_button"), Qt.MouseButton.LeftButton)
    assert workspace.graph.block == "Unit"
    assert workspace.graph.named("conv").params["kernel_size"] == (1, 1)
    workspace.leave()
    workspace.undo_stack.undo()
    assert workspace.graph.block == "Unit"
    assert workspace.graph.named("conv").params["kernel_size"] == (3, 3)


def test_other_ways_to_mend_it_are_offered(inside: ProblemsPanel, workspace: Workspace) -> None:
    button = inside.findChild(QToolButton, "other_fixes")
    assert button.accessibleName()
    (action,) = button.menu().actions()
    assert action.text() == "Use an odd kernel"
    action.trigger()
    assert workspace.document.blocks["Unit"].graph.named("conv").params["kernel_size"] == (5, 5)


def test_a_problem_of_the_network_is_shown_from_inside_a_block(
    inside: ProblemsPanel, workspace: Workspace, dense: NodeId
) -> None:
    problem = Problem(Severity.ERROR, "It has no input.", dense)
    workspace.use_analyser(FakeAnalyser(lambda graph: [problem]))
    workspace.open_block("Unit")
    row = inside.findChild(ProblemRow)
    QTest.mouseClick(row, Qt.MouseButton.LeftButton, pos=row.rect().topLeft() + QPoint(4, 4))
    assert workspace.graph is workspace.document
    assert workspace.selection == (dense,)
