"""A table of parameters in a window, and a hand to work it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from engine.graph.document import dump
from engine.graph.model import Graph, NodeId
from engine.graph.params import Int
from engine.zoo.sketch import Sketch, draw_block, instance_of
from gui.param_table.dialog import ParamTableDialog
from gui.workspace import Workspace


def _draw_pair(pen: Sketch) -> None:
    pen.then("block_input", "x")
    pen.then("conv2d", "inner", out_channels="=4*channels", kernel_size=3)
    pen.then("block_output", "y")


PAIR = draw_block("Pair", "", _draw_pair, (Int(name="channels", default=8, minimum=1, doc=""),))


def network() -> Graph:
    pen = Sketch()
    pen.use(PAIR)
    pen.then("input", "input", shape=(3, 64, 64))
    pen.then("conv2d", "a", out_channels=64, kernel_size=7, stride=2)
    pen.then("relu", "act")
    pen.then("conv2d", "b", out_channels=8, kernel_size=3, padding_mode="reflect")
    pen.then("conv2d", "c", out_channels=32, kernel_size=3)
    pen.then(instance_of(PAIR), "one", channels=2)
    pen.then(instance_of(PAIR), "two", repeat=2)
    pen.then("flatten", "flat")
    pen.then("linear", "head", out_features=10)
    pen.then("output", "result")
    return pen.graph


@pytest.fixture
def workspace(qtbot: QtBot, dark: None) -> Iterator[Workspace]:
    """The network above."""
    shared = Workspace()
    shared.replace(network())
    yield shared
    shared.undo_stack.clear()


class Hand:
    """Someone in front of the table."""

    def __init__(self, workspace: Workspace, dialog: ParamTableDialog) -> None:
        self.workspace = workspace
        self.dialog = dialog
        self.table = dialog.table
        self.model = dialog.model

    def open(self, *selected: str) -> None:
        """Open the table with layers selected, as the outline does."""
        self.workspace.select([self.id_of(name) for name in selected])
        self.dialog.open_for_selection()
        QTest.qWaitForWindowActive(self.dialog)

    def choose(self, layer: str) -> None:
        """Choose a kind of layer."""
        self.dialog.kind_box.setCurrentIndex(self.dialog.kind_box.findData(layer))

    def source(self, text: str) -> None:
        """Choose where the layers come from."""
        box = self.dialog.source_box
        box.setCurrentIndex(next(place for place in range(box.count()) if text in box.itemText(place)))

    def id_of(self, name: str) -> NodeId:
        """The id of a layer of the graph in view."""
        node = self.workspace.graph.named(name)
        assert node is not None
        return node.id

    def names(self) -> list[str]:
        """The layers, from top to bottom."""
        return [self.model.index(row, 0).data() for row in range(self.model.rowCount())]

    def titles(self) -> list[str]:
        """The titles of the columns."""
        return [
            self.model.headerData(section, Qt.Orientation.Horizontal) for section in range(self.model.columnCount())
        ]

    def cell(self, name: str, title: str) -> QModelIndex:
        """A cell by the name of its layer and the title of its column."""
        return self.model.index(self.names().index(name), self.titles().index(title))

    def column(self, title: str) -> list[str]:
        """The texts of a column."""
        return [self.cell(name, title).data() for name in self.names()]

    def click(self, name: str, title: str, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Click a cell."""
        cell = self.cell(name, title)
        self.table.scrollTo(cell)
        place = self.table.visualRect(cell).center()
        QTest.mouseClick(self.table.viewport(), Qt.MouseButton.LeftButton, modifier, place)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key in the table."""
        QTest.keyClick(self.table, key, modifier)

    def type(self, text: str, end: Qt.Key | None = Qt.Key.Key_Return) -> QLineEdit:
        """Type over the current cell."""
        QTest.keyClicks(self.table, text[0])
        editor = self.table.findChild(QLineEdit, "cell_editor")
        QTest.keyClicks(editor, text[1:])
        if end is not None:
            self.end(editor, end)
        return editor

    def end(self, editor: QLineEdit, key: Qt.Key) -> None:
        """End typing with a key, which Qt treats when it is done with it."""
        QTest.keyClick(editor, key)
        QTest.qWait(1)

    def note(self) -> str:
        """Why something was refused."""
        note = self.dialog.findChild(QWidget, "param_table_note")
        return note.text.text() if note.isVisible() else ""

    def held(self, name: str, param: str) -> object:
        """What a layer of the graph in view holds."""
        return self.workspace.graph.nodes[self.id_of(name)].params[param]


@pytest.fixture
def hand(workspace: Workspace, qtbot: QtBot) -> Hand:
    """Someone in front of the dialog, which is not open yet; the cells are watched by Qt's own checks."""
    dialog = ParamTableDialog(workspace)
    qtbot.addWidget(dialog)
    QAbstractItemModelTester(dialog.model, QAbstractItemModelTester.FailureReportingMode.Fatal, dialog.model)
    return Hand(workspace, dialog)


@pytest.fixture
def undone(workspace: Workspace) -> Iterator[None]:
    """What the test does is one step, and can be undone to the very bytes that were there before."""
    before = dump(workspace.document)
    yield
    assert workspace.undo_stack.count() == 1
    assert dump(workspace.document) != before
    workspace.undo_stack.undo()
    assert dump(workspace.document) == before
