"""Someone in front of the export dialog, with a network that has or has not been trained."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QRadioButton, QWidget
from pytestqt.qtbot import QtBot

from engine.training.runner import TrainingRunner
from engine.zoo.registry import ZOO
from gui.export_dialog import ExportDialog
from gui.training.bridge import TrainingBridge
from gui.training.trained import Trained
from gui.workspace import Workspace

LEFT = Qt.MouseButton.LeftButton
MINUTE = 60_000


@pytest.fixture
def workspace(qtbot: QtBot, dark: None) -> Workspace:
    """LeNet-5, open."""
    shared = Workspace()
    shared.replace(ZOO["lenet5"].build())
    return shared


@pytest.fixture
def make_dialog(workspace: Workspace, qtbot: QtBot) -> Iterator[Callable[[], ExportDialog]]:
    """Makes a dialog about a network of which there is no run."""
    made: list[ExportDialog] = []

    def make() -> ExportDialog:
        runner = TrainingRunner()
        dialog = ExportDialog(workspace, Trained(runner, TrainingBridge(runner, workspace), workspace))
        qtbot.addWidget(dialog)
        # The offscreen platform cannot raise windows, and says so.
        dialog.raise_ = lambda: None  # type: ignore[method-assign]
        made.append(dialog)
        return dialog

    yield make
    for dialog in made:
        dialog.close_worker()


class Person:
    """Someone in front of the dialog."""

    def __init__(self, dialog: ExportDialog, qtbot: QtBot) -> None:
        self.dialog = dialog
        self.qtbot = qtbot

    def part(self, kind: type[QWidget], name: str) -> QWidget:
        found = self.dialog.findChild(kind, name)
        assert found is not None, name
        return found

    def press(self, name: str) -> None:
        """Click a radio button."""
        button = self.part(QRadioButton, name)
        assert button.isEnabled()
        # The right part of a radio button, behind its words, takes no clicks.
        QTest.mouseClick(button, LEFT, pos=QPoint(10, button.height() // 2))

    def choose(self, format_id: str) -> None:
        self.press(f"export_{format_id}")

    def name(self, path: Path | str) -> None:
        field = self.part(QLineEdit, "export_file")
        QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClick(field, Qt.Key.Key_Delete)
        QTest.keyClicks(field, str(path))

    def click(self, name: str) -> None:
        button = self.part(QPushButton, name)
        assert button.isVisible()
        assert button.isEnabled()
        QTest.mouseClick(button, LEFT)

    def wait(self) -> None:
        self.qtbot.waitUntil(lambda: not self.dialog.is_busy, timeout=MINUTE)

    def write(self, format_id: str, path: Path) -> str:
        """Write a file with the weights that are chosen; what is told of it."""
        self.choose(format_id)
        self.name(path)
        self.click("export_start")
        self.wait()
        assert self.told("export_failed") == ""
        return self.told("export_done")

    def told(self, name: str) -> str:
        box = self.part(QWidget, name)
        if not box.isVisible():
            return ""
        return box.text() if isinstance(box, QLabel) else box.findChild(QLabel).text()


@pytest.fixture
def person(make_dialog: Callable[[], ExportDialog], qtbot: QtBot) -> Person:
    """Someone who has just asked for the dialog."""
    dialog = make_dialog()
    dialog.ask()
    return Person(dialog, qtbot)


@pytest.fixture
def in_front(qtbot: QtBot) -> Callable[[ExportDialog], Person]:
    """Puts someone in front of a dialog."""
    return lambda dialog: Person(dialog, qtbot)
