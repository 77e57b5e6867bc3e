"""A workspace with the real analysis and check, an outline that shows it in a window, and a hand to work it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from engine.graph.document import dump
from engine.graph.model import Graph, NodeId
from engine.graph.params import Int
from engine.zoo.sketch import Sketch, draw_block, instance_of
from gui.analyser import Analyser
from gui.outline.model import OutlineModel
from gui.outline.panel import OutlinePanel
from gui.workspace import Workspace


def _draw_pair(pen: Sketch) -> None:
    pen.then("block_input", "x")
    pen.then("conv2d", "conv", out_channels="=4*channels", kernel_size=3, padding=1)
    pen.then("relu", "act")
    pen.then("block_output", "result")


PAIR = draw_block(
    "Pair",
    "A convolution and its activation.",
    _draw_pair,
    (Int(name="channels", default=8, minimum=1, maximum=512, doc="A fourth of the filters."),),
)


def _draw_stage(pen: Sketch) -> None:
    pen.then("block_input", "x")
    pen.then(instance_of(PAIR), "first", channels=2)
    pen.then("max_pool2d", "pool")
    pen.then(instance_of(PAIR), "second", channels=4)
    pen.then("block_output", "result")


STAGE = draw_block("Stage", "Two pairs with a pooling between them.", _draw_stage, uses=(PAIR,))


def nested_network() -> Graph:
    """input, stem, two stages (the second of them three times in a row), head, output; stages hold pairs."""
    pen = Sketch()
    pen.use(PAIR, STAGE)
    pen.then("input", "input", shape=(3, 64, 64))
    pen.then("conv2d", "stem", out_channels=8, kernel_size=7, stride=2, padding=3)
    pen.then(instance_of(STAGE), "stage1")
    pen.then(instance_of(STAGE), "stage2", repeat=3)
    pen.then("flatten", "flatten")
    pen.then("linear", "head", out_features=10)
    pen.then("output", "output")
    return pen.graph


@pytest.fixture(scope="session")
def analyser() -> Analyser:
    """What is known about a network and what is wrong with it; torch is loaded once."""
    from engine.project import ProjectAnalyser

    return ProjectAnalyser()


@pytest.fixture
def workspace(qtbot: QtBot, dark: None, analyser: Analyser) -> Iterator[Workspace]:
    """The nested network, analysed."""
    shared = Workspace()
    shared.use_analyser(analyser)
    shared.replace(nested_network())
    yield shared
    # Its commands know their workspace; a history that still has some cannot be collected as garbage.
    shared.undo_stack.clear()


@pytest.fixture
def panel(workspace: Workspace, host: Callable[..., QWidget]) -> OutlinePanel:
    """The outline of the workspace, as wide as the dock at the left."""
    shown = OutlinePanel(workspace)
    host(shown, 260, 600)
    return shown


def listed(model: OutlineModel, below: QModelIndex | None = None) -> list[str]:
    """The names of the rows below an index."""
    parent = below or QModelIndex()
    return [model.index(row, 0, parent).data() for row in range(model.rowCount(parent))]


class Hand:
    """Someone in front of the outline."""

    def __init__(self, panel: OutlinePanel, workspace: Workspace) -> None:
        self.panel = panel
        self.tree = panel.tree
        self.model = panel.model
        self.workspace = workspace

    def names(self) -> list[str]:
        """The names of the outermost rows."""
        return listed(self.model)

    def index(self, *names: str) -> QModelIndex:
        """The row that `names` lead to, opening what is on the way."""
        found = QModelIndex()
        for name in names:
            if found.isValid():
                self.tree.expand(found)
            found = self.model.index(listed(self.model, found).index(name), 0, found)
        return found

    def click(self, *names: str, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Click the row that `names` lead to."""
        index = self.index(*names)
        self.tree.scrollTo(index)
        place = self.tree.visualRect(index).center()
        QTest.mouseClick(self.tree.viewport(), Qt.MouseButton.LeftButton, modifier, place)

    def double_click(self, *names: str) -> None:
        """Double-click the row that `names` lead to."""
        self.click(*names)
        place = self.tree.visualRect(self.index(*names)).center()
        QTest.mouseDClick(self.tree.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key in the tree."""
        QTest.keyClick(self.tree, key, modifier)

    def highlighted(self) -> list[str]:
        """The names of the highlighted rows."""
        return [row.node.name for row in self.tree.chosen_rows()]

    def selected(self) -> list[str]:
        """The names of the layers that are selected on the canvas."""
        return sorted(self.workspace.graph.nodes[node].name for node in self.workspace.selection)

    def id_of(self, name: str) -> NodeId:
        """The id of a layer of the graph in view."""
        node = self.workspace.graph.named(name)
        assert node is not None
        return node.id

    def catch_up(self) -> None:
        """Let the zero timers run: analysis, then outline."""
        self.workspace.analyse()
        self.panel.refresh()


@pytest.fixture
def hand(panel: OutlinePanel, workspace: Workspace) -> Hand:
    """Someone in front of the panel."""
    return Hand(panel, workspace)


@pytest.fixture
def undone(workspace: Workspace) -> Iterator[None]:
    """What the test does can be undone to the very bytes that were there before."""
    before = dump(workspace.document)
    yield
    assert workspace.undo_stack.count() > 0
    assert dump(workspace.document) != before
    while workspace.undo_stack.canUndo():
        workspace.undo_stack.undo()
    assert dump(workspace.document) == before


@pytest.fixture
def nested() -> Graph:
    """The nested network, not open yet."""
    return nested_network()
