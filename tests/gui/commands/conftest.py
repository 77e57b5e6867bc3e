"""A window that gets its keys back, and somebody who changes keys on the page of shortcuts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.commands.shortcuts_dialog import ShortcutsDialog
from gui.main_window import MainWindow

if TYPE_CHECKING:
    from conftest import Press

OpenPage = Callable[[], ShortcutsDialog]
Record = Callable[..., None]


@pytest.fixture
def window(window: MainWindow) -> Iterator[MainWindow]:
    """The real window, with the keys it came with."""
    yield window
    window.actions_table.shortcuts.reset_all()


@pytest.fixture
def open_page(lenet: MainWindow, press: Press, qtbot: QtBot) -> OpenPage:
    """Opens the page of shortcuts by its keys."""

    def show() -> ShortcutsDialog:
        lenet.view.setFocus()
        press(Qt.Key.Key_Slash)
        page = QApplication.activeModalWidget()
        assert isinstance(page, ShortcutsDialog)
        qtbot.waitUntil(lambda: QApplication.activeWindow() is page)
        return page

    return show


@pytest.fixture
def record() -> Record:
    """Looks for an action on the page and presses new keys for it, all by the keyboard."""

    def press_new_keys(
        page: ShortcutsDialog,
        title: str,
        key: Qt.Key,
        modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        page.search.setFocus()
        page.search.selectAll()
        QTest.keyClicks(page.search, title)
        assert page.list.row is not None
        assert page.list.row.title == title
        QTest.keyClick(page.search, Qt.Key.Key_Return)
        recorder = QApplication.focusWidget()
        assert recorder is not None
        assert recorder.objectName() == "key_recorder"
        QTest.keyClick(recorder, key, modifiers)

    return press_new_keys
