"""What tests of the window share: a theme, the window itself with fingers on its keys, and one for any widget."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLayout, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from engine.graph.document import dump
from engine.graph.model import Graph
from gui import fonts, motion, theme
from gui.main_window import MainWindow
from gui.sheet import Sheet
from gui.stylesheet import style_sheet

Press = Callable[..., None]
_SIZE = (1440, 900)
_OPENING = {"lenet", "two"}
"""Fixtures that leave the welcome page at once."""


def pytest_sessionfinish() -> None:
    """Empty the clipboard: Qt would delete what Python has made for it when Python is gone, and crash."""
    if QGuiApplication.instance() is not None:
        QGuiApplication.clipboard().clear()


@pytest.fixture(scope="session", autouse=True)
def _no_waiting() -> Iterator[None]:
    """Take the result of work in the background when it is there, and not some frames later."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gui.work._POLL_MS", 5)
        patch.setattr("gui.loading._POLL_MS", 5)
        yield


@pytest.fixture(scope="module", autouse=True)
def _garbage_of_a_module() -> Iterator[None]:
    """Leave no widgets that the tests of another module, or a thread of theirs, could find as garbage."""
    gc.disable()
    yield
    gc.collect()
    # What is left is kept for good: imported modules and caches. Without them the next collections are quick.
    gc.freeze()
    gc.enable()


@pytest.fixture(autouse=True)
def _garbage_of_this_thread(_garbage_of_a_module: None) -> Iterator[None]:
    """As in the app, collect in the window's thread alone: no other may delete a widget."""
    gc.disable()
    yield
    gc.collect(1)


@pytest.fixture(autouse=True)
def _choices_of_one_test(own_home: Path) -> Iterator[None]:
    """How large texts are and whether things move is chosen for the whole app; the next test must not inherit it."""
    yield
    motion.motion_hub.set_chosen(None)
    motion.motion_hub.set_desktop(False)
    if fonts.chosen_scale() != 1.0:
        fonts.choose_scale(1.0)


@pytest.fixture(autouse=True)
def _let_go() -> Iterator[None]:
    """Let go of the mouse: `QTest.mouseDClick` leaves its button down, for the next test as well."""
    yield
    for button in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton):
        if QGuiApplication.instance() is not None and QGuiApplication.mouseButtons() & button:
            QTest.mouseRelease(QWidget(), button)


def _make_dark(application: QApplication) -> None:
    """Put on the dark theme as it is at first, unless it is on: all widgets that stand would be styled again."""
    wanted = style_sheet(theme.DARK, fonts.scale(), is_still=motion.is_reduced())
    if theme.current() is not theme.DARK or application.styleSheet() != wanted:
        theme.apply(application, theme.DARK)


@pytest.fixture
def dark(qapp: QApplication) -> Iterator[None]:
    """The dark theme, and nothing left to be deleted afterwards."""
    _make_dark(qapp)
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
            # Nobody is there to answer whether a run may be ended.
            sheet.desk.close()
        main.close()
        main.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _wait_until(is_so: Callable[[], bool]) -> None:
    """Like `QtBot.waitUntil`, for fixtures that outlive a test."""
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        QCoreApplication.processEvents()
        # Unlike `QTest.qWait`, it lets other threads run Python meanwhile: one imports torch.
        time.sleep(0.005)


@pytest.fixture
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at a run in the window as often as can be: a run must not suffer from it, but tests would wait."""
    monkeypatch.setattr("gui.training.bridge._FASTEST", 0.02)
    monkeypatch.setattr("gui.training.bridge._PAINTING_SHARE", 0.5)


@pytest.fixture
def fresh_window(dark: None, own_home: Path, no_pause: None) -> Iterator[MainWindow]:
    """The real window, with torch loaded; unsaved changes are given up at the end."""
    with _open_window() as main:
        yield main


@pytest.fixture
def window(request: pytest.FixtureRequest) -> MainWindow:
    """The real window: one for all tests of a module, but a new one for tests that are marked `fresh_window`."""
    is_fresh = request.node.get_closest_marker("fresh_window") is not None
    main: MainWindow = request.getfixturevalue("fresh_window" if is_fresh else "shared_window")
    return main


@pytest.fixture(scope="module")
def standing_window(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MainWindow]:
    """The window behind `shared_window`, which stands as long as the tests of a module run."""
    _make_dark(qapp)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NETWRIGHT_HOME", str(tmp_path_factory.mktemp("home")))
        with _open_window() as main:
            yield main


@pytest.fixture(scope="module")
def lasting() -> dict[Sheet, bytes]:
    """Documents that stay open in `shared_window` from test to test while each leaves them as they were."""
    return {}


@pytest.fixture
def shared_window(
    qapp: QApplication,
    standing_window: MainWindow,
    lasting: dict[Sheet, bytes],
    own_home: Path,
    no_pause: None,
    request: pytest.FixtureRequest,
) -> Iterator[MainWindow]:
    """The real window as if it had just been opened, but the same one for all tests of a module.

    Making one takes half a second. It suits tests that neither close the window nor move its panels.
    """
    main = standing_window
    _make_dark(qapp)
    if lasting and "two" not in request.fixturenames:
        lasting.clear()
        _forget_documents(main, lasting)
    # To change to another page takes longer than many a test.
    if not _OPENING & set(request.fixturenames):
        main.show_welcome()
        QCoreApplication.processEvents()
    yield main
    _forget_documents(main, lasting)
    main.statusBar().clearMessage()
    main.resize(*_SIZE)
    QCoreApplication.processEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _forget_documents(main: MainWindow, lasting: dict[Sheet, bytes]) -> None:
    """Leave the documents that last, or one empty one.

    Another sheet takes half a second; one that is there will do, if nothing in it lives longer than its document.
    """
    if main.sheets.is_split:
        main.sheets.split()
    plain = [sheet for sheet in main.sheets.sheets if _is_plain(sheet)]
    unchanged = [
        sheet
        for sheet in plain
        if dump(sheet.workspace.document) == lasting.get(sheet) and sheet.workspace.path is None
    ]
    if unchanged != list(lasting):
        lasting.clear()
    kept = list(lasting) or plain[:1]
    for sheet in main.sheets.sheets:
        if sheet not in kept:
            main.sheets.close_sheet(sheet)
    for sheet in kept:
        for panel in ("palette", "outline"):
            for field in sheet.panels[panel].findChildren(QLineEdit):
                field.clear()
        if sheet in lasting:
            sheet.workspace.go_to(0)
            sheet.workspace.select(())
            sheet.workspace.undo_stack.clear()
        else:
            sheet.workspace.replace(Graph())


def _is_plain(sheet: Sheet) -> bool:
    """Whether a sheet has never been used for a run, and neither compares nor exports anything."""
    return sheet.desk.bridge.history is None and not sheet.comparing.comparison.is_active and sheet._export is None


@pytest.fixture
def two(shared_window: MainWindow, lasting: dict[Sheet, bytes]) -> tuple[Sheet, Sheet]:
    """The spirals network and, in front, LeNet-5, each whole in its view."""
    if not lasting:
        for template in ("spirals_mlp", "lenet5"):
            shared_window.documents.open_template(template)
            lasting[shared_window.sheet] = dump(shared_window.workspace.document)
    first, second = lasting
    shared_window.show_canvas()
    for sheet in (first, second):
        shared_window.sheets.show_sheet(sheet)
        QApplication.processEvents()
        sheet.view.fit()
    return first, second


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
