"""Someone who answers what the window asks about documents, and looks at what a document holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QWidget

from engine.graph import document
from engine.graph.edits import AddNode
from engine.graph.model import Graph
from engine.layers.nodes import new_node
from engine.zoo.registry import ZOO
from gui.main_window import MainWindow

Button = QMessageBox.StandardButton
Edit = Callable[[], None]
State = Callable[[], "Document"]
SaveProject = Callable[..., Path]


class MessageBoxes:
    """Someone who reads every message box and presses, with the mouse, the button that the test has named."""

    def __init__(self, window: MainWindow) -> None:
        self.said: list[str] = []
        self.unexpected: list[str] = []
        self._answers: list[Button] = []
        self._timer = QTimer(window)
        self._timer.setInterval(5)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def answer(self, *buttons: Button) -> None:
        """Answer the next boxes by these buttons."""
        self._answers += buttons
        self.said.clear()

    def close(self) -> None:
        self._timer.stop()
        self._timer.deleteLater()
        assert self.unexpected == []
        assert self._answers == [], "boxes that never came"

    def _look(self) -> None:
        box = QApplication.activeModalWidget()
        if not isinstance(box, QMessageBox) or not box.isVisible():
            return
        sentence = " ".join(filter(None, (box.text(), box.informativeText())))
        if not self._answers or box.button(self._answers[0]) is None:
            self.unexpected.append(sentence)
            box.reject()
            return
        self.said.append(sentence)
        QTest.mouseClick(box.button(self._answers.pop(0)), Qt.MouseButton.LeftButton)


class FileDialogs:
    """Someone who chooses the file that the test has named, in place of the dialogs of the system."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.choice: Path | None = None
        self.asked: list[str] = []
        monkeypatch.setattr(QFileDialog, "getOpenFileName", self._choose)
        monkeypatch.setattr(QFileDialog, "getSaveFileName", self._choose)

    def _choose(self, parent: QWidget, title: str, suggestion: str, file_filter: str) -> tuple[str, str]:
        self.asked.append(suggestion)
        return str(self.choice or ""), file_filter


class Document(NamedTuple):
    """Everything of an open document that a failure must leave as it is."""

    graph: Graph
    content: bytes
    path: Path | None
    history: int
    steps: int
    is_clean: bool
    selection: tuple[str, ...]
    title: str

    @classmethod
    def of(cls, window: MainWindow) -> Document:
        workspace = window.workspace
        stack = workspace.undo_stack
        return cls(
            workspace.graph,
            document.dump(workspace.graph),
            workspace.path,
            stack.index(),
            stack.count(),
            stack.isClean(),
            tuple(workspace.selection),
            window.windowTitle(),
        )


@pytest.fixture
def boxes(window: MainWindow) -> Iterator[MessageBoxes]:
    """Someone who answers what the window asks."""
    reader = MessageBoxes(window)
    yield reader
    reader.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert window.findChildren(QMessageBox, options=Qt.FindChildOption.FindDirectChildrenOnly) == []


@pytest.fixture
def dialogs(monkeypatch: pytest.MonkeyPatch) -> FileDialogs:
    """Someone who chooses files."""
    return FileDialogs(monkeypatch)


@pytest.fixture
def state(window: MainWindow) -> State:
    """Look at the open document."""
    return lambda: Document.of(window)


@pytest.fixture
def edit(window: MainWindow) -> Edit:
    """Make a change: add a dropout."""
    workspace = window.workspace

    def add_dropout() -> None:
        assert workspace.push(AddNode(new_node(workspace.graph, "dropout", (500.0, 0.0))))

    return add_dropout


@pytest.fixture
def saved_project(tmp_path: Path) -> SaveProject:
    """Write an entry of the zoo to a file of that name, and return the file."""

    def write(name: str, entry: str = "spirals_mlp") -> Path:
        path = tmp_path / name
        document.write(ZOO[entry].build(), path)
        return path

    return write
