"""A workspace with the real analysis, and a code pane that shows its code in a window."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from engine.analysis.problem import Problem
from engine.analysis.report import Analysis
from engine.graph.model import Graph
from engine.zoo.registry import ZOO
from gui.analyser import Analyser
from gui.code.panel import CodePanel
from gui.workspace import Workspace

LEFT = Qt.MouseButton.LeftButton
NO_KEY = Qt.KeyboardModifier.NoModifier


class Shapes:
    """The real analysis of shapes and costs; problems are shown elsewhere."""

    def __init__(self) -> None:
        from engine.analysis.shapes import ShapeInference

        self._inference = ShapeInference()

    def analyse(self, graph: Graph) -> tuple[Analysis, list[Problem]]:
        """Analyse `graph` as it is now."""
        return self._inference.analyse(graph), []


@pytest.fixture(scope="session")
def analyser() -> Analyser:
    """What is known about a network; torch is loaded once."""
    return Shapes()


@pytest.fixture
def workspace(qtbot: QtBot, dark: None, analyser: Analyser) -> Workspace:
    """An empty document that is analysed by torch."""
    shared = Workspace()
    shared.use_analyser(analyser)
    return shared


class Reader:
    """Someone who reads the code and clicks into it."""

    def __init__(self, panel: CodePanel, workspace: Workspace, qtbot: QtBot) -> None:
        self.panel = panel
        self.view = panel.view
        self.workspace = workspace
        self.qtbot = qtbot

    def open(self, name: str) -> Graph:
        """Open a network of the zoo, and wait for its code."""
        self.workspace.replace(ZOO[name].build())
        self.settle()
        return self.workspace.graph

    def settle(self) -> None:
        """Wait until the code is that of the document as it is now."""
        self.workspace.analyse()
        live = self.panel.live
        self.qtbot.waitUntil(lambda: not live.is_busy, timeout=20_000)

    @property
    def lines(self) -> list[str]:
        """The code as it is shown."""
        return self.view.toPlainText().split("\n")

    def line(self, text: str, after: str = "") -> int:
        """The number of the first line that holds `text`, behind the one that holds `after`."""
        start = self.line(after) if after else 0
        return next(number for number, line in enumerate(self.lines, 1) if text in line and number > start)

    def place(self, line: int, column: int = 6) -> QPoint:
        """Where a line is on the screen; it is scrolled to."""
        top, bottom = self.view.visible_lines()
        if not top <= line <= bottom:
            self.view.verticalScrollBar().setValue(line - 3)
        cursor = QTextCursor(self.view.document().findBlockByNumber(line - 1))
        cursor.setPosition(cursor.position() + min(column, cursor.block().length() - 1))
        return self.view.cursorRect(cursor).center()

    def click(self, line: int, keys: Qt.KeyboardModifier = NO_KEY) -> None:
        """Click a line."""
        place = self.place(line)
        QTest.mouseClick(self.view.viewport(), LEFT, keys, place)

    def marked(self) -> list[str]:
        """The lines that stand out."""
        return [self.lines[line - 1].strip() for line in self.view.marked]

    def selected(self) -> list[str]:
        """The names of the nodes that are selected."""
        return [self.workspace.graph.nodes[node].name for node in self.workspace.selection]


@pytest.fixture
def panel(workspace: Workspace, host: Callable[..., QWidget], monkeypatch: pytest.MonkeyPatch) -> Iterator[CodePanel]:
    """The pane of the workspace, as large as a dock at the side of the window; it hardly waits for the next edit."""
    monkeypatch.setattr("gui.code.live.DEBOUNCE_MS", 10)
    shown = CodePanel(workspace)
    host(shown, 420, 640)
    yield shown
    shown.close_worker()


@pytest.fixture
def reader(panel: CodePanel, workspace: Workspace, qtbot: QtBot) -> Reader:
    """Someone in front of the pane."""
    return Reader(panel, workspace, qtbot)
