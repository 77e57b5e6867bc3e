"""Whoever leaves a document with unsaved changes is asked, and gets what was answered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox

from engine.graph import document
from gui.main_window import MainWindow

if TYPE_CHECKING:
    from conftest import Edit, FileDialogs, MessageBoxes, Press, SaveProject, State

Button = QMessageBox.StandardButton


LEAVE: dict[str, Callable[[MainWindow], None]] = {
    "close the tab": lambda window: window.actions_table["close_document"].trigger(),
    "quit": lambda window: window.actions_table["quit"].trigger(),
}
WAYS = pytest.mark.parametrize("way", ["close the tab", pytest.param("quit", marks=pytest.mark.fresh_window)])
OPEN: dict[str, Callable[[MainWindow], None]] = {
    "new": lambda window: window.actions_table["new"].trigger(),
    "open": lambda window: window.actions_table["open"].trigger(),
    "template": lambda window: window.start_page.page.templateChosen.emit("lenet5"),
}
QUESTION = "Save the changes to “net.netwright”? They are lost otherwise."


@pytest.fixture
def changed(window: MainWindow, dialogs: FileDialogs, edit: Edit, saved_project: SaveProject) -> Path:
    """The file of the open project, which has a change that is not in it; “Open” is going to open another one."""
    path = saved_project("net.netwright")
    window.documents.open(path)
    edit()
    dialogs.choice = saved_project("other.netwright", "lenet5")
    return path


def has_left(window: MainWindow, way: str) -> bool:
    if way == "quit":
        return not window.isVisible()
    return window.workspace.graph.named("dropout") is None


@WAYS
def test_unsaved_changes_are_saved_on_request(way: str, window: MainWindow, boxes: MessageBoxes, changed: Path) -> None:
    edited = document.dump(window.workspace.graph)
    boxes.answer(Button.Save)
    LEAVE[way](window)
    assert boxes.said == [QUESTION]
    assert changed.read_bytes() == edited
    assert has_left(window, way)


@WAYS
def test_unsaved_changes_are_given_up_on_request(
    way: str, window: MainWindow, boxes: MessageBoxes, changed: Path
) -> None:
    content = changed.read_bytes()
    boxes.answer(Button.Discard)
    LEAVE[way](window)
    assert boxes.said == [QUESTION]
    assert changed.read_bytes() == content
    assert has_left(window, way)


@WAYS
def test_unsaved_changes_stay_when_the_question_is_cancelled(
    way: str, window: MainWindow, boxes: MessageBoxes, changed: Path, state: State
) -> None:
    content, before = changed.read_bytes(), state()
    boxes.answer(Button.Cancel)
    LEAVE[way](window)
    assert boxes.said == [QUESTION]
    assert changed.read_bytes() == content
    assert state() == before
    assert window.isVisible()


@pytest.mark.parametrize("way", OPEN)
def test_whatever_is_opened_leaves_unsaved_changes_in_their_tab(
    way: str, window: MainWindow, boxes: MessageBoxes, changed: Path, state: State
) -> None:
    content, before, sheet = changed.read_bytes(), state(), window.sheet
    OPEN[way](window)
    assert boxes.said == []
    assert window.sheets.sheets == [sheet, window.sheet]
    assert window.workspace.graph.named("dropout") is None
    window.sheets.show_sheet(sheet)
    assert state() == before
    assert changed.read_bytes() == content


def test_whoever_gives_up_choosing_a_file_keeps_the_work(
    window: MainWindow, press: Press, boxes: MessageBoxes, dialogs: FileDialogs, edit: Edit, state: State
) -> None:
    """Asked to save, answered Save, and closed the dialog: nothing is saved, so nothing may be given up."""
    window.documents.open_template("spirals_mlp")
    edit()
    before = state()
    boxes.answer(Button.Save)
    press(Qt.Key.Key_W)
    assert boxes.said == ["Save the changes to this network? They are lost otherwise."]
    assert state() == before


@pytest.mark.fresh_window
def test_without_changes_nothing_is_asked(window: MainWindow, press: Press, boxes: MessageBoxes) -> None:
    window.documents.open_template("spirals_mlp")
    press(Qt.Key.Key_N)
    window.documents.open_template("spirals_mlp")
    press(Qt.Key.Key_Q)
    assert not window.isVisible()
    assert boxes.said == []


def test_a_name_that_is_still_being_typed_is_asked_about(
    window: MainWindow, boxes: MessageBoxes, press: Press, saved_project: SaveProject
) -> None:
    window.documents.open(saved_project("net.netwright"))
    node = window.workspace.graph.named("tanh3")
    assert node is not None
    window.workspace.select([node.id])
    press(Qt.Key.Key_F2, Qt.KeyboardModifier.NoModifier)
    QTest.keyClicks(QApplication.focusWidget(), "squash")
    boxes.answer(Button.Cancel)
    press(Qt.Key.Key_Q)
    assert boxes.said == [QUESTION]
    assert window.workspace.graph.named("squash") is not None
