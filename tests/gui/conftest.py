"""What tests of the window share: a theme, the window itself with fingers on its keys, and one for any widget."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLayout, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui import theme
from gui.main_window import MainWindow

Press = Callable[..., None]
_SIZE = (1440, 900)


@pytest.fixture
def dark(qapp: QApplication) -> Iterator[None]:
    """The dark theme, and nothing left to be deleted afterwards."""
    theme.apply(qapp, theme.DARK)
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def host(qtbot: QtBot, dark: None) -> Callable[..., QWidget]:
    """Show a widget in an active window, so that it can have the focus; returns the window."""
    window = QWidget()
    column = QVBoxLayout(window)
    column.setContentsMargins(0, 0, 0, 0)
    # The offscreen platform warns of windows with limits of size, and a warning fails the test.
    column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
    qtbot.addWidget(window)

    def show(widget: QWidget, width: int = 320, height: int = 900) -> QWidget:
        column.addWidget(widget)
        window.resize(width, height)
        window.show()
        with qtbot.waitActive(window):
            window.activateWindow()
        return window

    return show


@contextmanager
def _open_window() -> Iterator[MainWindow]:
    main = MainWindow()
    main.resize(*_SIZE)
    main.show()
    main.start_loading()
    try:
        _wait_until(lambda: main.loaded)
        yield main
    finally:
        for sheet in main.sheets.sheets:
            sheet.workspace.undo_stack.setClean()
        main.close()
        main.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _wait_until(is_so: Callable[[], bool]) -> None:
    """Like `QtBot.waitUntil`, for fixtures that outlive a test."""
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        QTest.qWait(5)


@pytest.fixture
def window(dark: None, own_home: Path) -> Iterator[MainWindow]:
    """The real window, with torch loaded; unsaved changes are given up at the end."""
    with _open_window() as main:
        yield main


@pytest.fixture(scope="module")
def standing_window(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MainWindow]:
    """The window behind `shared_window`, which stands as long as the tests of a module run."""
    theme.apply(qapp, theme.DARK)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NETWRIGHT_HOME", str(tmp_path_factory.mktemp("home")))
        with _open_window() as main:
            yield main


@pytest.fixture
def shared_window(qapp: QApplication, standing_window: MainWindow, own_home: Path) -> Iterator[MainWindow]:
    """The real window as if it had just been opened, but the same one for all tests of a module.

    Making one takes half a second. It suits tests that neither close the window nor move its panels.
    """
    main = standing_window
    if theme.current() is not theme.DARK:
        theme.apply(qapp, theme.DARK)
    yield main
    for sheet in main.sheets.sheets:
        main.sheets.close_sheet(sheet)
    main.statusBar().clearMessage()
    main.show_welcome()
    main.resize(*_SIZE)
    QCoreApplication.processEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def lenet(window: MainWindow) -> MainWindow:
    """The window with LeNet-5 in it."""
    window.documents.open_template("lenet5")
    return window


@pytest.fixture
def press(window: MainWindow, qtbot: QtBot) -> Press:
    """Press a key, with Ctrl unless told otherwise, where the keyboard's focus is."""

    def press_key(key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.ControlModifier) -> None:
        # A message box that was answered is still the active window until it is deleted.
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        window.activateWindow()
        qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
        QTest.keyClick(QApplication.focusWidget() or window, key, modifiers)

    return press_key
