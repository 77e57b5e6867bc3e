"""A sitting at the canvas: Netwright's whole window with a large network in it, handled by mouse and keys.

`python -m tests.benchmarks.canvas_sitting FILE CLOCK` prints as JSON what `gestures.sitting` and `edits.edits` have
measured.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from engine.graph.model import Graph, NodeId
from engine.project import open_project
from gui.app import make_application
from gui.canvas.camera import Look
from gui.garbage import GarbageCollector
from gui.main_window import MainWindow
from tests.benchmarks.edits import edits
from tests.benchmarks.gestures import Plan, sitting
from tests.benchmarks.hands import settle

_SIZE = (1440, 900)


class Netwright:
    """The window as an `Editor`."""

    wheel = 40

    def __init__(self, window: MainWindow, path: Path) -> None:
        self._window = window
        self._path = path
        self.graph = open_project(path)

    @property
    def surface(self) -> QWidget:
        """What the canvas of the document in front paints on."""
        return self._window.view.viewport()

    def open_memory(self) -> None:
        """Start a document from the network."""
        self._window.documents.start(self.graph.snapshot, "large")

    def open_file(self) -> None:
        """Open the file."""
        self._window.documents.open(self._path)

    def close_document(self) -> None:
        """Close it without asking; in its place comes an empty one."""
        self._window.workspace.undo_stack.setClean()
        self._window.documents.close(self._window.sheet)

    def look(self, zoom: float, middle: tuple[float, float]) -> None:
        """Turn the camera."""
        self._window.view.camera.look_again(Look(zoom, middle))

    def place_of(self, place: tuple[float, float]) -> QPointF:
        """A point of the scene in the view."""
        return self._window.view.camera.view_point(QPointF(*place))

    def select(self, nodes: Sequence[int]) -> None:
        """Select by number."""
        ids: list[NodeId] = list(self._window.workspace.graph.nodes)
        self._window.workspace.select(ids[node] for node in nodes)

    def select_all(self) -> None:
        """Ctrl+A."""
        self._press(Qt.Key.Key_A)

    def undo(self) -> None:
        """Ctrl+Z."""
        self._press(Qt.Key.Key_Z)

    def redo(self) -> None:
        """Ctrl+Shift+Z."""
        self._press(Qt.Key.Key_Z, Qt.KeyboardModifier.ShiftModifier)

    def _press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self._window.view, key, modifiers | Qt.KeyboardModifier.ControlModifier)


def open_window() -> MainWindow:
    """A window as it is when torch is loaded."""
    window = MainWindow()
    window.resize(*_SIZE)
    window.show()
    window.activateWindow()
    while not window.loaded:
        settle()
        time.sleep(0.02)
    return window


def open_app() -> MainWindow:
    """The app as `gui.app` starts it: what is there once torch is loaded is no garbage, and is not looked at again."""
    collector = GarbageCollector(make_application())
    collector.start()
    window = open_window()
    collector.spare()
    return window


def close_window(window: MainWindow) -> None:
    """Close without asking."""
    window.workspace.undo_stack.setClean()
    window.close()
    window.deleteLater()
    settle()


def plan_of(graph: Graph) -> Plan:
    """Where the nodes of `graph` stand."""
    return Plan([node.position for node in graph.nodes.values()])


def main() -> None:
    """Handle the network in the file named on the command line."""
    assert "NETWRIGHT_HOME" in os.environ, "a benchmark keeps out of its user's home"
    window = open_app()
    editor, clock = Netwright(window, Path(sys.argv[1])), getattr(time, sys.argv[2])
    times = sitting(editor, plan_of(editor.graph), clock)
    surface = editor.surface.width(), editor.surface.height()
    times |= edits(window, clock)
    close_window(window)
    print(json.dumps({"surface": surface, "times": times}))


if __name__ == "__main__":
    main()
