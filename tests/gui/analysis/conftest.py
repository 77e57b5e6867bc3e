"""A workspace with the real analysis, and an analysis panel that shows it in a window."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from engine.analysis.problem import Problem
from engine.analysis.report import Analysis
from engine.graph.model import Graph
from engine.zoo.registry import ZOO
from gui.analyser import Analyser
from gui.analysis.panel import AnalysisPanel
from gui.workspace import Workspace


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


@pytest.fixture
def panel(workspace: Workspace, host: Callable[..., QWidget]) -> AnalysisPanel:
    """The panel of the workspace, as large as a dock at the bottom of the window."""
    shown = AnalysisPanel(workspace)
    host(shown, 1100, 420)
    return shown


class Hand:
    """Someone who clicks into the table."""

    def __init__(self, panel: AnalysisPanel) -> None:
        self.panel = panel
        self.table = panel.table
        self.model = panel.model

    def names(self, below: QModelIndex | None = None) -> list[str]:
        """The names of the rows, from top to bottom."""
        parent = below or QModelIndex()
        return [self.model.index(row, 0, parent).data() for row in range(self.model.rowCount(parent))]

    def index(self, *names: str, column: int = 0) -> QModelIndex:
        """The row that `names` lead to, opening what is on the way."""
        found = QModelIndex()
        for name in names:
            if found.isValid():
                self.table.expand(found)
            found = self.model.index(self.names(found).index(name), 0, found)
        return found.siblingAtColumn(column)

    def click(self, *names: str, double: bool = False, modifier: Qt.KeyboardModifier | None = None) -> None:
        """Click the row that `names` lead to, once or twice."""
        index = self.index(*names)
        self.table.scrollTo(index)
        place = self.table.visualRect(index).center()
        keys = modifier or Qt.KeyboardModifier.NoModifier
        QTest.mouseClick(self.table.viewport(), Qt.MouseButton.LeftButton, keys, place)
        if double:
            QTest.mouseDClick(self.table.viewport(), Qt.MouseButton.LeftButton, keys, place)

    def click_title(self, column: int) -> None:
        """Click the title of a column."""
        titles = self.table.titles
        place = QPoint(titles.sectionViewportPosition(column) + titles.sectionSize(column) // 2, titles.height() // 2)
        QTest.mouseClick(titles.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)

    def selected(self) -> list[str]:
        """The names of the selected rows, from top to bottom."""
        return [index.data() for index in sorted(self.table.selectionModel().selectedRows(), key=QModelIndex.row)]


@pytest.fixture
def hand(panel: AnalysisPanel) -> Hand:
    """Someone in front of the panel."""
    return Hand(panel)


def zoo(name: str) -> Graph:
    """A network of the zoo."""
    return ZOO[name].build()
