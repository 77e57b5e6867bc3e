"""New, open, save and save as, by the keys of the window's actions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMessageBox

from engine.graph import document
from engine.graph.edits import RemoveNode
from gui.main_window import MainWindow
from gui.recent import recent_files

if TYPE_CHECKING:
    from conftest import Edit, FileDialogs, MessageBoxes, Press, SaveProject, State

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
Button = QMessageBox.StandardButton


def test_new_opens_an_empty_canvas(window: MainWindow, press: Press) -> None:
    window.documents.open_template("lenet5")
    press(Qt.Key.Key_H, CTRL_SHIFT)
    assert window.pages.currentWidget() is window.start_page
    press(Qt.Key.Key_N)
    assert window.pages.currentWidget() is window.sheets
    assert not window.workspace.graph.nodes
    assert window.workspace.path is None
    assert window.windowTitle() == "Untitled[*] – Netwright"
    assert not window.isWindowModified()


def test_open_shows_the_chosen_project(
    window: MainWindow, press: Press, dialogs: FileDialogs, saved_project: SaveProject
) -> None:
    dialogs.choice = saved_project("two arms.netwright")
    press(Qt.Key.Key_O)
    assert document.dump(window.workspace.graph) == dialogs.choice.read_bytes()
    assert window.workspace.path == dialogs.choice
    assert window.windowTitle() == "two arms.netwright[*] – Netwright"
    assert window.pages.currentWidget() is window.sheets
    assert recent_files() == [dialogs.choice]
    assert set(window.scene.nodes) == set(window.workspace.graph.nodes)


def test_a_document_keeps_its_place_whatever_folder_the_app_runs_in(
    window: MainWindow, saved_project: SaveProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = saved_project("net.netwright")
    monkeypatch.chdir(tmp_path)
    window.documents.open(Path("net.netwright"))
    assert window.workspace.path == file


def test_open_without_a_choice_changes_nothing(
    window: MainWindow, press: Press, dialogs: FileDialogs, state: State
) -> None:
    window.documents.open_template("lenet5")
    before = state()
    press(Qt.Key.Key_O)
    assert len(dialogs.asked) == 1
    assert state() == before


def test_the_first_save_asks_for_a_file_and_the_next_one_does_not(
    window: MainWindow, press: Press, dialogs: FileDialogs, edit: Edit, tmp_path: Path
) -> None:
    window.documents.open_template("spirals_mlp")
    edit()
    assert window.isWindowModified()
    dialogs.choice = tmp_path / "mine"
    press(Qt.Key.Key_S)
    file = tmp_path / "mine.netwright"
    assert file.read_bytes() == document.dump(window.workspace.graph)
    assert not window.isWindowModified()
    assert window.windowTitle() == "mine.netwright[*] – Netwright"
    edit()
    assert window.isWindowModified()
    press(Qt.Key.Key_S)
    assert len(dialogs.asked) == 1
    assert not window.isWindowModified()
    assert file.read_bytes() == document.dump(window.workspace.graph)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.netwright"]


def test_save_as_leaves_the_old_file_and_goes_on_with_the_new_one(
    window: MainWindow, press: Press, dialogs: FileDialogs, edit: Edit, saved_project: SaveProject, tmp_path: Path
) -> None:
    old = saved_project("old.netwright")
    content = old.read_bytes()
    window.documents.open(old)
    edit()
    dialogs.choice = tmp_path / "new.netwright"
    press(Qt.Key.Key_S, CTRL_SHIFT)
    assert dialogs.asked == [str(old)]
    assert old.read_bytes() == content
    assert dialogs.choice.read_bytes() == document.dump(window.workspace.graph) != content
    assert window.workspace.path == dialogs.choice
    assert recent_files() == [dialogs.choice, old]


@pytest.mark.parametrize(
    ("typed", "written"),
    [("net", "net.netwright"), ("lenet-1.5", "lenet-1.5.netwright"), ("net.json", "net.json.netwright")],
)
def test_a_name_gets_the_suffix_of_projects(
    typed: str, written: str, window: MainWindow, press: Press, dialogs: FileDialogs, tmp_path: Path
) -> None:
    window.documents.open_template("spirals_mlp")
    dialogs.choice = tmp_path / typed
    press(Qt.Key.Key_S)
    assert [path.name for path in tmp_path.iterdir()] == [written]


@pytest.mark.parametrize(("button", "is_replaced"), [(Button.Yes, True), (Button.No, False)])
def test_a_file_that_the_dialog_did_not_ask_about_is_not_overwritten_in_silence(
    button: Button,
    is_replaced: bool,
    window: MainWindow,
    press: Press,
    dialogs: FileDialogs,
    boxes: MessageBoxes,
    edit: Edit,
    saved_project: SaveProject,
    tmp_path: Path,
) -> None:
    """The dialog asks about “net”, which is not there; what would be written is “net.netwright”, which is."""
    precious = saved_project("net.netwright", "lenet5")
    content = precious.read_bytes()
    window.documents.open_template("spirals_mlp")
    edit()
    dialogs.choice = tmp_path / "net"
    boxes.answer(button)
    press(Qt.Key.Key_S)
    assert boxes.said == ["“net.netwright” is there already. Replace it?"]
    assert (precious.read_bytes() != content) is is_replaced
    assert window.isWindowModified() is not is_replaced
    assert window.workspace.path == (precious if is_replaced else None)


def test_undo_back_to_the_saved_state_is_no_change(
    window: MainWindow, press: Press, edit: Edit, saved_project: SaveProject
) -> None:
    window.documents.open(saved_project("net.netwright"))
    window.view.setFocus()
    edit()
    assert window.isWindowModified()
    press(Qt.Key.Key_Z)
    assert not window.isWindowModified()
    press(Qt.Key.Key_Z, CTRL_SHIFT)
    assert window.isWindowModified()
    press(Qt.Key.Key_S)
    assert not window.isWindowModified()
    press(Qt.Key.Key_Z)
    assert window.isWindowModified()
    press(Qt.Key.Key_Z, CTRL_SHIFT)
    assert not window.isWindowModified()


def test_a_template_is_a_new_document_without_a_file(
    window: MainWindow, saved_project: SaveProject, tmp_path: Path
) -> None:
    window.documents.open(saved_project("net.netwright"))
    assert window.documents.open_template("lenet5")
    assert window.workspace.path is None
    assert window.windowTitle() == "LeNet-5 reads digits[*] – Netwright"
    assert not window.isWindowModified()
    assert recent_files() == [tmp_path / "net.netwright"]


@pytest.fixture
def path(window: MainWindow, saved_project: SaveProject) -> Path:
    """The file of the open project, of which a layer is selected."""
    file = saved_project("net.netwright")
    window.documents.open(file)
    node = window.workspace.graph.named("tanh3")
    assert node is not None
    window.workspace.select([node.id])
    return file


def test_a_name_that_is_still_being_typed_is_saved(window: MainWindow, press: Press, path: Path) -> None:
    name = window.sheet.inspector.findChild(QLineEdit, "node_name")
    QTest.mouseDClick(name, Qt.MouseButton.LeftButton)
    QTest.keyClicks(name, "squash")
    press(Qt.Key.Key_S)
    assert document.read(path).named("squash") is not None
    assert not window.isWindowModified()
    assert name.hasFocus()


@pytest.mark.fresh_window
def test_a_name_that_is_still_being_typed_in_a_floating_panel_is_saved(window: MainWindow, path: Path) -> None:
    window.panels.inspector.setFloating(True)
    window.panels.inspector.activateWindow()
    QApplication.processEvents()
    name = window.sheet.inspector.findChild(QLineEdit, "node_name")
    QTest.mouseDClick(name, Qt.MouseButton.LeftButton)
    QTest.keyClicks(name, "squash")
    assert name.hasFocus()
    assert window.documents.save()
    assert document.read(path).named("squash") is not None
    assert name.hasFocus()


def test_deleting_a_layer_and_saving_leaves_it_out_of_the_file(
    window: MainWindow, press: Press, saved_project: SaveProject
) -> None:
    path = saved_project("net.netwright")
    window.documents.open(path)
    window.view.setFocus()
    node = window.workspace.graph.named("tanh3")
    assert node is not None
    window.workspace.select([node.id])
    press(Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier)
    press(Qt.Key.Key_S)
    assert document.read(path).named("tanh3") is None
    window.workspace.push(RemoveNode(next(iter(window.workspace.graph.nodes))))
    assert window.isWindowModified()
