"""A disk that is full or gone costs no work."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox

from engine.graph import document
from gui.main_window import MainWindow
from gui.recent import recent_files

if TYPE_CHECKING:
    from conftest import Edit, FileDialogs, MessageBoxes, Press, SaveProject, State

Button = QMessageBox.StandardButton


def refuse(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("step", ["replace", "open"])
def test_a_failing_save_says_so_and_leaves_the_document_changed(
    step: str,
    window: MainWindow,
    press: Press,
    boxes: MessageBoxes,
    edit: Edit,
    state: State,
    saved_project: SaveProject,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = saved_project("net.netwright")
    content = path.read_bytes()
    window.documents.open(path)
    window.view.setFocus()
    edit()
    before = state()
    boxes.answer(Button.Ok)
    with monkeypatch.context() as broken:
        broken.setattr(Path, step, refuse)
        press(Qt.Key.Key_S)
    assert boxes.said == ["“net.netwright” cannot be written: no space left on device."]
    assert state() == before
    assert window.isWindowModified()
    assert path.read_bytes() == content
    assert [file.name for file in tmp_path.iterdir()] == ["net.netwright"]
    press(Qt.Key.Key_S)
    assert not window.isWindowModified()
    assert path.read_bytes() == document.dump(window.workspace.graph)


def test_a_window_does_not_close_over_a_save_that_failed(
    window: MainWindow,
    boxes: MessageBoxes,
    edit: Edit,
    state: State,
    saved_project: SaveProject,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    window.documents.open(saved_project("net.netwright"))
    edit()
    before = state()
    boxes.answer(Button.Save, Button.Ok)
    with monkeypatch.context() as broken:
        broken.setattr(Path, "replace", refuse)
        assert not window.close()
    assert boxes.said[1] == "“net.netwright” cannot be written: no space left on device."
    assert window.isVisible()
    assert state() == before


def test_a_save_as_that_fails_keeps_the_old_file_as_the_documents(
    window: MainWindow,
    boxes: MessageBoxes,
    dialogs: FileDialogs,
    edit: Edit,
    state: State,
    saved_project: SaveProject,
    tmp_path: Path,
) -> None:
    path = saved_project("net.netwright")
    window.documents.open(path)
    edit()
    before = state()
    dialogs.choice = tmp_path / "no such folder" / "net.netwright"
    boxes.answer(Button.Ok)
    window.actions_table["save_as"].trigger()
    assert boxes.said == ["“net.netwright” cannot be written: no such file or directory."]
    assert state() == before
    assert recent_files() == [path]
