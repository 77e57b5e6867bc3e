"""The history under real mouse and keyboard: it names every step, leads to any state, and marks what is saved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from engine.graph.block_edits import Within
from engine.graph.document import dump
from engine.graph.edits import AddNode, Connect, Edit, MoveNodes, SetParam
from engine.graph.model import Edge, NodeId
from engine.layers.nodes import new_node
from engine.zoo.registry import ZOO
from gui import theme
from gui.canvas.scene import CanvasScene
from gui.canvas.view import CanvasView
from gui.history.kinds import OPENED, icon_of
from gui.history.model import HistoryModel
from gui.history.panel import HistoryPanel
from gui.workspace import Workspace

Key = Qt.Key


@pytest.fixture
def workspace(qtbot: QtBot, dark: None) -> Iterator[Workspace]:
    shared = Workspace()
    shared.replace(ZOO["lenet5"].build())
    yield shared
    # Its commands know their workspace; a history that still has some cannot be collected as garbage.
    shared.undo_stack.clear()


@pytest.fixture
def panel(workspace: Workspace, host: Callable[..., QWidget]) -> HistoryPanel:
    shown = HistoryPanel(workspace)
    host(shown, 260, 400)
    return shown


def edits(workspace: Workspace) -> list[Edit]:
    """Changes of several kinds, none of which merges with the one before."""
    graph = workspace.document
    relu = new_node(graph, "relu", (400.0, 0.0), name="fresh")
    first = next(iter(graph.nodes))
    conv = next(node.id for node in graph.nodes.values() if node.layer == "conv2d")
    return [
        AddNode(relu),
        Connect(Edge(first, 0, relu.id, 0)),
        SetParam(conv, "out_channels", 17),
        MoveNodes({relu.id: (408.0, 8.0)}),
        SetParam(relu.id, "inplace", True) if "inplace" in relu.params else MoveNodes({conv: (0.0, 8.0)}),
    ]


def make_steps(workspace: Workspace) -> list[bytes]:
    """Make these changes; the document before them and after each."""
    states = [dump(workspace.document)]
    for edit in edits(workspace):
        assert workspace.push(edit)
        states.append(dump(workspace.document))
    assert len(set(states)) == len(states)
    return states


def rows(panel: HistoryPanel) -> list[str]:
    return [str(panel.model.index(row).data()) for row in range(panel.model.rowCount())]


def click(panel: HistoryPanel, row: int) -> None:
    index = panel.model.index(row)
    panel.list.scrollTo(index)
    place = panel.list.visualRect(index).center()
    QTest.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_every_step_is_listed_by_its_name(panel: HistoryPanel, workspace: Workspace) -> None:
    assert rows(panel) == ["As opened"]
    make_steps(workspace)
    stack = workspace.undo_stack
    assert rows(panel) == ["As opened", *(stack.text(step) for step in range(stack.count()))]
    assert rows(panel)[1] == "Add fresh"
    assert panel.list.currentIndex().row() == 5


def test_the_rows_obey_the_rules_of_a_model(workspace: Workspace) -> None:
    model = HistoryModel(workspace.undo_stack)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    make_steps(workspace)
    workspace.undo_stack.setIndex(2)
    workspace.push(AddNode(new_node(workspace.document, "relu", (0.0, 900.0))))
    workspace.replace(ZOO["spirals_mlp"].build())
    assert model.rowCount() == 1
    tester.deleteLater()


def test_a_click_on_any_state_gives_the_bytes_that_it_had(panel: HistoryPanel, workspace: Workspace) -> None:
    states = make_steps(workspace)
    for row in (2, 5, 0, 4, 1, 3):
        click(panel, row)
        assert workspace.undo_stack.index() == row
        assert dump(workspace.document) == states[row]
        assert panel.list.currentIndex().row() == row


def test_the_keyboard_goes_step_by_step_or_to_the_ends(panel: HistoryPanel, workspace: Workspace) -> None:
    states = make_steps(workspace)
    panel.list.setFocus()
    for key, row in ((Key.Key_Up, 4), (Key.Key_Up, 3), (Key.Key_Down, 4), (Key.Key_Home, 0), (Key.Key_End, 5)):
        QTest.keyClick(panel.list, key)
        assert workspace.undo_stack.index() == row
        assert dump(workspace.document) == states[row]


def test_undo_elsewhere_moves_the_highlight_and_pales_what_is_ahead(panel: HistoryPanel, workspace: Workspace) -> None:
    make_steps(workspace)
    workspace.undo_stack.undo()
    workspace.undo_stack.undo()
    assert panel.list.currentIndex().row() == 3
    assert [panel.model.is_ahead(row) for row in range(6)] == [False] * 4 + [True] * 2
    before = panel.list.grab(panel.list.visualRect(panel.model.index(5))).toImage()
    workspace.undo_stack.redo()
    workspace.undo_stack.redo()
    workspace.push(AddNode(new_node(workspace.document, "relu", (0.0, 900.0), name="other")))
    assert panel.list.grab(panel.list.visualRect(panel.model.index(5))).toImage() != before
    workspace.undo_stack.setIndex(3)
    assert "undone" in panel.model.index(5).data(Qt.ItemDataRole.AccessibleTextRole)


def test_a_change_after_going_back_takes_the_place_of_what_was_undone(
    panel: HistoryPanel, workspace: Workspace
) -> None:
    make_steps(workspace)
    kept = rows(panel)[:3]
    click(panel, 2)
    workspace.push(AddNode(new_node(workspace.document, "relu", (0.0, 900.0), name="other")))
    assert rows(panel) == [*kept, "Add other"]
    assert panel.list.currentIndex().row() == 3


def test_what_is_saved_is_marked(panel: HistoryPanel, workspace: Workspace) -> None:
    assert panel.model.saved == 0
    make_steps(workspace)
    click(panel, 3)
    workspace.undo_stack.setClean()
    assert panel.model.saved == 3
    before = panel.grab().toImage()
    click(panel, 1)
    assert panel.model.saved == 3
    assert panel.model.index(3).data(Qt.ItemDataRole.AccessibleTextRole).endswith("saved")
    workspace.undo_stack.resetClean()
    assert panel.model.saved == -1
    click(panel, 3)
    assert panel.grab().toImage() != before


def test_values_that_are_typed_merge_into_one_step(panel: HistoryPanel, workspace: Workspace) -> None:
    conv = next(node.id for node in workspace.document.nodes.values() if node.layer == "conv2d")
    for value in (1, 12, 128):
        workspace.push(SetParam(conv, "out_channels", value))
    assert len(rows(panel)) == 2


class PaintCounter(QObject):
    """Counts how often a widget is painted."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False


def test_a_jump_over_two_hundred_steps_paints_the_canvas_once(
    workspace: Workspace, host: Callable[..., QWidget], qtbot: QtBot
) -> None:
    both = QWidget()
    view = CanvasView(CanvasScene(workspace, parent=workspace))
    shown = HistoryPanel(workspace)
    window = host(both, 900, 600)
    for part in (view, shown):
        part.setParent(window)
        part.show()
    view.setGeometry(0, 0, 600, 600)
    node = next(iter(workspace.document.nodes))
    x, y = workspace.document.nodes[node].position
    for step in range(200):
        workspace.push(MoveNodes({NodeId(node): (x + step + 1.0, y)}))
    qtbot.wait(50)
    counter = PaintCounter()
    view.viewport().installEventFilter(counter)
    shown.jump(0)
    assert counter.count == 0
    qtbot.wait(50)
    assert 1 <= counter.count <= 2
    assert workspace.document.nodes[node].position == (x, y)
    view.viewport().removeEventFilter(counter)


def test_every_row_shows_the_icon_of_its_step(panel: HistoryPanel, workspace: Workspace) -> None:
    make_steps(workspace)
    signs = []
    for row in range(5):
        place = panel.list.visualRect(panel.model.index(row))
        picture = panel.list.viewport().grab(place.adjusted(4, 3, 28 - place.width(), -3)).toImage()
        size = (range(picture.width()), range(picture.height()))
        signs.append(tuple(picture.pixel(x, y) != picture.pixel(0, 0) for y in size[1] for x in size[0]))
    assert all(map(any, signs))
    assert len(set(signs)) >= 4


def test_every_kind_of_edit_has_an_icon(workspace: Workspace) -> None:
    icons = {icon_of(edit) for edit in edits(workspace)}
    assert len(icons) >= 4
    assert icon_of(Within("Block", edits(workspace)[0])) == icon_of(edits(workspace)[0])
    for name in (*icons, OPENED):
        assert not theme.icon(name).pixmap(16, 16).isNull()


def test_another_document_has_another_history(panel: HistoryPanel, workspace: Workspace, tmp_path: Path) -> None:
    make_steps(workspace)
    workspace.replace(ZOO["spirals_mlp"].build(), tmp_path / "other.netwright")
    assert rows(panel) == ["As opened"]
    assert panel.model.saved == 0
