"""The window starts without torch and whatever its settings, and leaves nothing behind."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QApplication, QGraphicsItem
from pytestqt.qtbot import QtBot

from gui.app import apply_theme
from gui.main_window import MainWindow
from gui.sheet import Sheet

ROOT = Path(__file__).parents[3]

_START = """
import os, sys
from PySide6.QtCore import QEvent, QObject
from gui import app
from gui.main_window import MainWindow
print("torch" in sys.modules)

class FirstPaint(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            print("torch" in sys.modules, flush=True)
            os._exit(0)
        return False

show = MainWindow.show
first_paint = FirstPaint()
MainWindow.show = lambda window: (window.start_page.installEventFilter(first_paint), show(window))
app.run_app([])
"""


def test_torch_is_not_imported_before_the_first_paint(own_home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _START],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert done.stdout.split() == ["False", "False"]


def test_a_window_can_be_closed_while_torch_is_loading(qtbot: QtBot, dark: None) -> None:
    window = MainWindow()
    window.show()
    window.start_loading()
    assert window.close()
    assert "load torch" not in {thread.name for thread in threading.enumerate()}
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


_MISHAP = """
import sys
from PySide6.QtCore import QTimer
from gui import app
from gui.main_window import MainWindow

MainWindow.start_loading = lambda window: None
show = MainWindow.show

def stumble(window):
    QTimer.singleShot(50, lambda: 1 / 0)
    QTimer.singleShot(100, lambda: print(window.statusBar().currentMessage(), flush=True))
    QTimer.singleShot(150, window.close)
    show(window)

MainWindow.show = stumble
sys.exit(app.run_app([]))
"""


def test_an_unexpected_error_is_logged_and_told_and_ends_nothing(own_home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _MISHAP],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert done.stdout.strip() == "Something went wrong; your work is safe, and the log has the details."
    assert "ZeroDivisionError" in (own_home / "netwright.log").read_text()


@pytest.mark.parametrize(
    "content", [b"\x00\xff" * 300, b"[General]\ngeometry=5\nlayout=abc\nrecent_files=3, 4\ntheme=7\n"]
)
def test_damaged_settings_do_not_keep_the_app_from_starting(
    content: bytes, own_home: Path, another: Callable[[], MainWindow], qapp: QApplication
) -> None:
    (own_home / "settings.ini").write_bytes(content)
    apply_theme(qapp)
    window = another()
    window.documents.open_template("lenet5")
    assert window.panels.palette.isVisible()


def living() -> list[object]:
    """The Qt objects that exist and that Python can reach."""
    # Not isinstance: some of torch's objects warn when they are asked for their class.
    things = [thing for thing in gc.get_objects() if issubclass(type(thing), (QObject, QGraphicsItem))]
    return [thing for thing in things if shiboken6.isValid(thing)]


def make_everything(sheet: Sheet) -> None:
    """What would be made when it is first seen."""
    assert all((sheet.outline, sheet.history, sheet.problems, sheet.analysis, sheet.code, sheet.desk.panel.plots))
    sheet.inspector.show_training()
    nodes = list(sheet.workspace.graph.nodes)
    for selection in (nodes[:1], nodes[:2], []):
        sheet.workspace.select(selection)


def test_a_deleted_window_takes_all_its_parts_along(another: Callable[[], MainWindow], qtbot: QtBot) -> None:
    """What it left to Python's collector would be deleted later, maybe by the thread that trains, and crash."""
    gc.collect()
    before = {id(thing) for thing in living()}
    gc.disable()
    try:
        window = MainWindow()
        window.start_loading = lambda: None  # type: ignore[method-assign]
        window.show()
        window.documents.open_template("lenet5")
        make_everything(window.sheet)
        qtbot.wait(50)
        window.close()
        window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        left = [thing for thing in living() if id(thing) not in before]
        # The menus of pyqtgraph's plots are its own affair: they have no timers.
        ours = [type(thing).__name__ for thing in left if not type(thing).__module__.startswith("pyqtgraph")]
        ours = [name for name in ours if name not in ("QMenu", "QAction")]
        assert ours == []
        del left
    finally:
        gc.enable()
