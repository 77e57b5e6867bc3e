"""Table and code in the real window: they follow the canvas and lead to it, and end with the window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.zoo.registry import ZOO
from gui.analysis.panel import AnalysisPanel
from gui.code.panel import CodePanel
from gui.main_window import MainWindow
from gui.panel_tabs import bring_up

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def table(window: MainWindow) -> AnalysisPanel:
    """The analysis table at the bottom of the window."""
    return window.sheet.analysis


@pytest.fixture
def code(window: MainWindow) -> CodePanel:
    """The code pane at the right of the window."""
    return window.sheet.code


def open_net(window: MainWindow, name: str) -> None:
    window.workspace.replace(ZOO[name].build())
    window.show_canvas()
    bring_up(window.panels.analysis)
    bring_up(window.panels.code)


def test_table_canvas_and_code_are_in_step(
    window: MainWindow, table: AnalysisPanel, code: CodePanel, qtbot: QtBot
) -> None:
    open_net(window, "lenet5")
    qtbot.waitUntil(lambda: code.live.is_current, timeout=20_000)
    workspace = window.workspace
    conv = next(node for node in workspace.graph.nodes.values() if node.name == "conv2")

    # A click on the node.
    qtbot.wait(50)
    window.view.camera.reveal([conv.id])
    QTest.mouseClick(window.view.viewport(), LEFT, pos=window.view.mapFromScene(*conv.position) + QPoint(20, 0))
    assert workspace.selection == (conv.id,)
    assert [index.data() for index in table.table.selectionModel().selectedRows()] == ["conv2"]
    assert len(code.view.marked) == 2

    # A click on a row.
    index = next(table.model.index(row, 0) for row in range(14) if table.model.index(row, 0).data() == "pool1")
    table.table.scrollTo(index)
    QTest.mouseClick(table.table.viewport(), LEFT, pos=table.table.visualRect(index).center())
    assert [workspace.graph.nodes[node].name for node in workspace.selection] == ["pool1"]
    lines = code.view.toPlainText().split("\n")
    assert [lines[line - 1].strip() for line in code.view.marked][-1] == "x = self.pool1(x)"

    # A click on a line.
    number = next(number for number, line in enumerate(lines) if "x = self.dense3(x)" in line)
    cursor = QTextCursor(code.view.document().findBlockByNumber(number))
    code.view.verticalScrollBar().setValue(max(0, number - 3))
    cursor.setPosition(cursor.position() + 12)
    QTest.mouseClick(code.view.viewport(), LEFT, pos=code.view.cursorRect(cursor).center())
    assert [workspace.graph.nodes[node].name for node in workspace.selection] == ["dense3"]
    assert [index.data() for index in table.table.selectionModel().selectedRows()] == ["dense3"]
    (chosen,) = workspace.selection
    assert window.scene.nodes[chosen].is_selected
    place = window.view.mapFromScene(*workspace.graph.nodes[chosen].position)
    assert window.view.viewport().rect().contains(place)


def test_blocks_are_entered_from_the_table_and_from_the_code(
    window: MainWindow, table: AnalysisPanel, code: CodePanel, qtbot: QtBot
) -> None:
    open_net(window, "resnet18_small")
    qtbot.waitUntil(lambda: code.live.is_current, timeout=20_000)
    workspace = window.workspace
    index = next(
        index for row in range(table.model.rowCount()) if table.model.hasChildren(index := table.model.index(row, 0))
    )
    table.table.scrollTo(index)
    place = table.table.visualRect(index).center()
    QTest.mouseClick(table.table.viewport(), LEFT, pos=place)
    QTest.mouseDClick(table.table.viewport(), LEFT, pos=place)
    assert workspace.scope.is_inside
    block = workspace.graph.block
    assert window.scene.nodes.keys() == workspace.graph.nodes.keys()
    lines = code.view.toPlainText().split("\n")
    _, bottom = code.view.visible_lines()
    assert any(line.startswith(f"class {block}") for line in lines[:bottom])
    workspace.leave()
    assert not workspace.scope.is_inside


@pytest.mark.fresh_window
def test_closing_the_window_in_the_middle_of_writing_leaves_no_thread(
    window: MainWindow, code: CodePanel, qtbot: QtBot
) -> None:
    open_net(window, "resnet50")
    qtbot.waitUntil(lambda: code.live._background.is_busy, timeout=20_000)
    window.workspace.undo_stack.setClean()
    window.close()
    assert not code.live.is_busy
