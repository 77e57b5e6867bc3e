"""What tests of the window as a whole share: its layers by their names, and further windows."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot

from engine.graph.model import NodeId
from gui.main_window import MainWindow
from gui.workspace import Workspace


@pytest.fixture
def another(qtbot: QtBot) -> Iterator[Callable[[], MainWindow]]:
    """Open a further window, which does not load torch."""
    windows: list[MainWindow] = []

    def make() -> MainWindow:
        main = MainWindow()
        windows.append(main)
        main.start_loading = lambda: None  # type: ignore[method-assign]
        main.show()
        return main

    yield make
    for main in windows:
        main.workspace.undo_stack.setClean()
        main.close()
        main.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


class Layers:
    """The layers of the network in the window, by their names."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    @property
    def _workspace(self) -> Workspace:
        return self._window.workspace

    @property
    def names(self) -> set[str]:
        """The names of all layers."""
        return {node.name for node in self._workspace.graph.nodes.values()}

    @property
    def selected(self) -> set[str]:
        """The names of those that are selected."""
        return {self._workspace.graph.nodes[node].name for node in self._workspace.selection}

    def id(self, name: str) -> NodeId:
        """The id of the layer of that name."""
        node = self._workspace.graph.named(name)
        assert node is not None
        return node.id

    def select(self, *names: str) -> None:
        """Make these the selection."""
        self._workspace.select(map(self.id, names))


@pytest.fixture
def layers(window: MainWindow) -> Layers:
    """The layers of whatever network is open in the window."""
    return Layers(window)
