"""The projects that were open last, on the welcome page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from gui.recent import recent_files
from gui.welcome_cards import RecentRow

if TYPE_CHECKING:
    from conftest import MessageBoxes, Press, SaveProject

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
Button = QMessageBox.StandardButton


def rows(window: MainWindow) -> list[RecentRow]:
    return [row for row in window.start_page.findChildren(RecentRow) if row.isVisible()]


@pytest.mark.fresh_window
def test_recent_projects_are_listed_newest_first_and_outlive_the_window(
    window: MainWindow, press: Press, saved_project: SaveProject
) -> None:
    files = [saved_project(f"{name}.netwright") for name in ("one", "zwei, drei; ü", "100 %")]
    for file in (*files, files[0]):
        window.documents.open(file)
    wanted = [files[0], files[2], files[1]]
    assert recent_files() == wanted
    press(Qt.Key.Key_H, CTRL_SHIFT)
    assert [row.file.path for row in rows(window)] == wanted
    window.close()
    later = MainWindow()
    later.show()
    try:
        assert [row.file.path for row in rows(later)] == wanted
        QTest.mouseClick(rows(later)[1], Qt.MouseButton.LeftButton)
        assert later.workspace.path == files[2]
    finally:
        later.close()
        later.deleteLater()


def test_a_recent_project_that_is_gone_is_shown_so(
    window: MainWindow, press: Press, boxes: MessageBoxes, saved_project: SaveProject, qtbot: QtBot
) -> None:
    file = saved_project("net.netwright")
    window.documents.open(file)
    press(Qt.Key.Key_W)
    (row,) = rows(window)
    file.unlink()
    # It has gone since the page was drawn.
    boxes.answer(Button.Ok)
    QTest.mouseClick(row, Qt.MouseButton.LeftButton)
    assert boxes.said == ["“net.netwright” cannot be read: no such file or directory."]
    qtbot.waitUntil(lambda: rows(window) != [])
    (row,) = rows(window)
    assert row.file.reason == "The file is not there any more."
    QTest.mouseClick(row, Qt.MouseButton.LeftButton)
    assert len(boxes.said) == 1
