"""The actions of the window, from the menus and by keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QMessageBox, QSpinBox
from pytestqt.qtbot import QtBot

from engine.graph import document
from gui.canvas.geometry import LANE
from gui.main_window import MainWindow

if TYPE_CHECKING:
    from conftest import Layers, Press

CTRL, SHIFT, NO_KEY = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.NoModifier,
)


def all_actions(window: MainWindow) -> list[QAction]:
    return [action for action in window.actions() if action.objectName().endswith("Action")]


def test_every_action_has_a_place_in_the_menus_and_keys_of_its_own(window: MainWindow) -> None:
    in_menus = {
        action.objectName()
        for menu in window.menuBar().findChildren(QMenu)
        for action in menu.actions()
        if action.objectName()
    }
    actions = all_actions(window)
    assert len(actions) >= 24
    assert {action.objectName() for action in actions} <= in_menus
    keys = [key.toString() for action in actions for key in action.shortcuts() if not key.isEmpty()]
    assert len(keys) == len(set(keys))
    for action in window.findChild(QObject, "toolbar").actions():
        assert action.isSeparator() or (action.toolTip() and not action.icon().isNull())


def test_menus_have_keys_that_do_not_collide(window: MainWindow) -> None:
    for menu in window.menuBar().findChildren(QMenu):
        letters = [QKeySequence.mnemonic(action.text()).toString() for action in menu.actions()]
        letters = [letter for letter in letters if letter]
        assert len(letters) == len(set(letters)), menu.title()


@pytest.mark.parametrize(
    ("key", "modifiers", "is_done"),
    [
        (Qt.Key.Key_Delete, NO_KEY, lambda window, layers: "relu1" not in layers.names),
        (Qt.Key.Key_X, CTRL, lambda window, layers: "relu1" not in layers.names),
        (Qt.Key.Key_D, CTRL, lambda window, layers: len(layers.names) == 15),
        (Qt.Key.Key_A, CTRL, lambda window, layers: len(window.workspace.selection) == 14),
        (
            Qt.Key.Key_F,
            CTRL,
            lambda window, layers: window.sheet.outline.search.hasFocus(),
        ),
        (
            Qt.Key.Key_A,
            CTRL | SHIFT,
            lambda window, layers: window.sheet.palette.findChild(QLineEdit, "palette_search").hasFocus(),
        ),
        (Qt.Key.Key_Plus, CTRL, lambda window, layers: window.view.camera.zoom > 0.5),
        (Qt.Key.Key_Minus, CTRL, lambda window, layers: window.view.camera.zoom < 0.5),
        (Qt.Key.Key_0, CTRL, lambda window, layers: window.view.camera.zoom == pytest.approx(1.0)),
        (Qt.Key.Key_1, CTRL, lambda window, layers: is_all_in_view(window)),
    ],
    ids=[
        "delete",
        "cut",
        "duplicate",
        "select all",
        "find",
        "find to add",
        "zoom in",
        "zoom out",
        "actual size",
        "fit",
    ],
)
def test_the_keys_of_the_canvas_do_what_the_menu_says(
    key: Qt.Key,
    modifiers: Qt.KeyboardModifier,
    is_done: Callable[[MainWindow, Layers], bool],
    lenet: MainWindow,
    layers: Layers,
    press: Press,
) -> None:
    QCoreApplication.processEvents()
    lenet.view.camera.zoom_to(0.5)
    layers.select("relu1")
    assert not is_done(lenet, layers)
    press(key, modifiers)
    assert is_done(lenet, layers)


def is_all_in_view(window: MainWindow) -> bool:
    shown = window.view.mapToScene(window.view.viewport().rect()).boundingRect()
    return shown.contains(window.scene.content_rect())


def test_copied_layers_are_pasted_with_their_wires(lenet: MainWindow, layers: Layers, press: Press) -> None:
    layers.select("conv1", "relu1")
    wires = len(lenet.workspace.graph.edges)
    press(Qt.Key.Key_C)
    press(Qt.Key.Key_V)
    assert len(layers.names) == 16
    assert len(lenet.workspace.graph.edges) == wires + 1
    assert len(lenet.workspace.selection) == 2


def test_undo_and_redo_say_what_they_change(lenet: MainWindow, layers: Layers, press: Press) -> None:
    undo, redo = lenet.actions_table["undo"], lenet.actions_table["redo"]
    assert not undo.isEnabled()
    assert not redo.isEnabled()
    assert undo.text() == "&Undo"
    before = document.dump(lenet.workspace.graph)
    layers.select("relu1")
    press(Qt.Key.Key_Delete, NO_KEY)
    assert undo.text() == f"&Undo {lenet.workspace.undo_stack.undoText()}"
    assert "relu1" in undo.text()
    press(Qt.Key.Key_Z)
    assert document.dump(lenet.workspace.graph) == before
    assert not undo.isEnabled()
    assert redo.text() == f"&Redo {lenet.workspace.undo_stack.redoText()}"
    press(Qt.Key.Key_Z, CTRL | SHIFT)
    assert "relu1" not in layers.names


def test_undo_selects_what_it_brings_back(lenet: MainWindow, layers: Layers, press: Press) -> None:
    layers.select("conv1", "relu1")
    press(Qt.Key.Key_Delete, NO_KEY)
    layers.select("conv2")
    press(Qt.Key.Key_Z)
    assert layers.selected == {"conv1", "relu1"}
    press(Qt.Key.Key_Delete, NO_KEY)
    assert not layers.names & {"conv1", "relu1"}
    press(Qt.Key.Key_Z)
    press(Qt.Key.Key_D)
    assert layers.selected == {"conv3", "relu5"}
    press(Qt.Key.Key_Z)
    assert layers.selected == {"conv1", "relu1"}, "what was selected before the copies were"
    press(Qt.Key.Key_Z, CTRL | SHIFT)
    assert layers.selected == {"conv3", "relu5"}


def test_copies_stand_beside_what_they_are_copies_of(lenet: MainWindow, layers: Layers, press: Press) -> None:
    graph = lenet.workspace.graph
    for side in (1, -1, 2):
        layers.select("conv1", "relu1")
        before = set(graph.nodes)
        press(Qt.Key.Key_D)
        added = [node.position for node in graph.nodes.values() if node.id not in before]
        originals = [graph.nodes[layers.id(name)].position for name in ("conv1", "relu1")]
        assert added == [(x + side * LANE, y) for x, y in originals]


def test_only_what_runs_can_be_paused_and_stopped(lenet: MainWindow, qtbot: QtBot) -> None:
    table = lenet.actions_table
    idle = {"train": True, "pause": False, "stop": False}
    assert {name: table[name].isEnabled() for name in idle} == idle
    lenet.desk.train()
    assert {name: table[name].isEnabled() for name in idle} == {name: not on for name, on in idle.items()}
    lenet.desk.stop()
    qtbot.waitUntil(lambda: not lenet.desk.status.state.active, timeout=30_000)
    assert {name: table[name].isEnabled() for name in idle} == idle


def test_another_document_forgets_for_how_many_epochs_the_last_one_was_to_go_on(
    window: MainWindow, press: Press, qtbot: QtBot
) -> None:
    window.documents.open_template("spirals_mlp")
    window.desk.train()
    window.desk.stop()
    epochs = window.desk.panel.findChild(QSpinBox, "moreEpochs")
    qtbot.waitUntil(epochs.isEnabled, timeout=30_000)
    QTest.mouseDClick(epochs.lineEdit(), Qt.MouseButton.LeftButton, pos=QPoint(8, epochs.height() // 2))
    QTest.keyClicks(epochs, "25")
    assert epochs.text() == "25 epochs"
    press(Qt.Key.Key_N)
    assert window.desk.panel.findChild(QSpinBox, "moreEpochs").text() == "1 epoch"


def test_about_says_what_this_is(window: MainWindow, press: Press) -> None:
    said: list[str] = []

    def look() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        said.append(box.text())
        QTest.mouseClick(box.button(QMessageBox.StandardButton.Ok), Qt.MouseButton.LeftButton)

    QTimer.singleShot(20, look)
    window.actions_table["about"].trigger()
    assert "Netwright" in said[0]
    assert QApplication.activeModalWidget() is None
