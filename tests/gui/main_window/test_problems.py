"""Problems in the window: counted, shown, led to and mended; and what the status line says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from engine.graph import document
from engine.graph.edits import Rename, SetParam
from engine.training.status import RunState
from gui.main_window import MainWindow

if TYPE_CHECKING:
    from conftest import Layers, Press

CTRL, SHIFT, NO_KEY = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.NoModifier,
)


def test_a_problem_is_seen_counted_shown_and_mended(
    lenet: MainWindow, layers: Layers, press: Press, qtbot: QtBot
) -> None:
    button = lenet.statusBar().findChild(QToolButton, "problemsButton")
    assert button.text() == "No problems"
    before = document.dump(lenet.workspace.graph)
    lenet.workspace.push(SetParam(layers.id("dense3"), "out_features", 7))
    # A step between the mistake and its repair, or they would cancel out.
    lenet.workspace.push(Rename(layers.id("relu1"), "gate"))
    qtbot.waitUntil(lambda: button.text() == "1 problem")
    assert not lenet.findChild(QPushButton, "trainButton").isEnabled()
    assert lenet.sheet.problems.visibleRegion().isEmpty()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not lenet.sheet.problems.visibleRegion().isEmpty())
    fix = lenet.sheet.problems.findChild(QPushButton, "fix_button")
    assert fix.text() == "Set dense3 to 10 units"
    qtbot.mouseClick(fix, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: button.text() == "No problems")
    assert document.dump(lenet.workspace.graph) == before.replace(b'"relu1"', b'"gate"')
    assert lenet.findChild(QPushButton, "trainButton").isEnabled()
    press(Qt.Key.Key_Z)
    qtbot.waitUntil(lambda: button.text() == "1 problem")


def test_a_problem_leads_to_its_layer(lenet: MainWindow, layers: Layers, qtbot: QtBot) -> None:
    lenet.workspace.push(SetParam(layers.id("conv2"), "kernel_size", (40, 40)))
    qtbot.waitUntil(lambda: lenet.sheet.problems.count == 1)
    lenet.show_problems()
    lenet.view.camera.zoom_to(2.0)
    layers.select("output")
    lenet.view.camera.reveal(lenet.workspace.selection)
    row = lenet.sheet.problems.findChild(QWidget, "problem_row")
    qtbot.waitUntil(row.isVisible)
    qtbot.mouseClick(row, Qt.MouseButton.LeftButton)
    assert lenet.workspace.selection == (layers.id("conv2"),)
    shown = lenet.view.mapToScene(lenet.view.viewport().rect()).boundingRect()
    assert shown.contains(*lenet.workspace.graph.nodes[layers.id("conv2")].position)


def test_the_problems_of_a_document_are_shown_beside_it(lenet: MainWindow, press: Press, qtbot: QtBot) -> None:
    press(Qt.Key.Key_H, CTRL | SHIFT)
    qtbot.mouseClick(lenet.statusBar().findChild(QToolButton, "problemsButton"), Qt.MouseButton.LeftButton)
    assert lenet.pages.currentWidget() is lenet.sheets
    qtbot.waitUntil(lambda: not lenet.sheet.problems.visibleRegion().isEmpty())
    assert not lenet.panels.palette.isHidden()


def test_training_what_has_errors_shows_them(lenet: MainWindow, layers: Layers, press: Press, qtbot: QtBot) -> None:
    """Even when the key is pressed before the edit has been analysed."""
    lenet.workspace.push(SetParam(layers.id("dense3"), "out_features", 7))
    press(Qt.Key.Key_F5, NO_KEY)
    qtbot.waitUntil(lambda: not lenet.sheet.problems.visibleRegion().isEmpty())
    assert lenet.desk.status.state is RunState.IDLE


def test_the_status_line_tells_the_size_as_far_as_it_is_known(lenet: MainWindow, layers: Layers, qtbot: QtBot) -> None:
    totals = lenet.statusBar().findChild(QLabel, "totals")
    assert totals.text() == "14 layers   61,706 parameters   833 kFLOPs"
    lenet.workspace.push(SetParam(layers.id("conv1"), "kernel_size", (40, 40)))
    qtbot.waitUntil(lambda: totals.text() == "14 layers")
    lenet.workspace.undo_stack.undo()
    lenet.workspace.push(SetParam(layers.id("conv2"), "kernel_size", (40, 40)))
    qtbot.waitUntil(lambda: totals.text() == "14 layers   156 parameters so far")


def test_a_refused_change_is_told_in_the_status_line(lenet: MainWindow, layers: Layers) -> None:
    lenet.workspace.push(Rename(layers.id("conv1"), "conv2"))
    assert "conv2" in lenet.statusBar().currentMessage()
