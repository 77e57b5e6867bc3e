"""A canvas with everything that comparing puts around it, and LeNet-5 with an older state of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from engine.graph.edits import MoveNodes, SetParam, dissolve, insert_on_edge
from engine.graph.model import Graph, NodeId
from engine.layers.nodes import new_node
from engine.zoo.registry import ZOO
from gui import theme
from gui.canvas.scene import CanvasScene
from gui.canvas.view import CanvasView
from gui.compare.comparing import Comparing
from gui.compare.entries import Kind
from gui.workspace import Workspace

_REST_MS = 20
"""After so long a rest the differences follow here, so that tests need not wait for as long as people rest."""


class Desk:
    """Someone who compares."""

    def __init__(self, workspace: Workspace, view: CanvasView, comparing: Comparing, qtbot: QtBot) -> None:
        self.workspace = workspace
        self.view = view
        self.comparing = comparing
        self._qtbot = qtbot

    @property
    def sentences(self) -> list[str]:
        """What the list says."""
        model = self.comparing.list.model()
        return [str(model.index(row, 0).data()) for row in range(model.rowCount())]

    def id(self, name: str) -> NodeId:
        """The id of a layer of the graph in view."""
        node = self.workspace.graph.named(name)
        assert node is not None
        return node.id

    def edit_lenet(self) -> None:
        """Insert a batch norm behind conv1, take the ReLU behind dense1 away, and give conv1 more filters."""
        graph, push = self.workspace.document, self.workspace.push
        conv, dense = graph.nodes[self.id("conv1")], self.id("dense1")
        x, y = conv.position
        below = {
            node.id: (node.position[0], node.position[1] + 96) for node in graph.nodes.values() if _is_below(node, y)
        }
        assert push(MoveNodes(below))
        assert push(insert_on_edge(new_node(graph, "batch_norm2d", (x, y + 96), name="bn"), graph.outgoing(conv.id)[0]))
        assert push(SetParam(conv.id, "out_channels", 12))
        assert push(dissolve(graph, graph.outgoing(dense)[0].target))

    def rest(self) -> None:
        """Wait until the differences have followed."""
        self._qtbot.wait(_REST_MS + 50)

    def picture(self) -> QImage:
        """What the canvas looks like."""
        return self.view.viewport().grab().toImage()

    def count(self, kind: Kind, picture: QImage | None = None) -> int:
        """How many pixels have the colour of `kind`."""
        shown = (picture or self.picture()).convertToFormat(QImage.Format.Format_RGB32)
        pixels = np.frombuffer(shown.constBits(), np.uint32).reshape(shown.height(), shown.bytesPerLine() // 4)
        return int((pixels == theme.current().colour(kind.role).rgb()).sum())

    def colour_at(self, place: QPointF) -> QColor:
        """The colour of the canvas at a point of the scene."""
        shown = self.picture()
        pixel = self.view.camera.view_point(place) * shown.devicePixelRatio()
        return shown.pixelColor(round(pixel.x()), round(pixel.y()))

    def click(self, row: int) -> None:
        """Click a row of the list."""
        shown = self.comparing.list
        index = shown.model().index(row, 0)
        shown.scrollTo(index)
        QTest.mouseClick(shown.viewport(), Qt.MouseButton.LeftButton, pos=shown.visualRect(index).center())


def _is_below(node: object, y: float) -> bool:
    position: tuple[float, float] = node.position  # type: ignore[attr-defined]
    return position[1] > y


@pytest.fixture
def desk(qtbot: QtBot, dark: None, host: Callable[..., QWidget], monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A canvas of LeNet-5, not compared with anything yet."""
    monkeypatch.setattr("gui.motion.is_reduced", lambda: True)
    monkeypatch.setattr("gui.compare.comparison.REST_MS", _REST_MS)
    workspace = Workspace()
    scene = CanvasScene(workspace, parent=workspace)
    view = CanvasView(scene)
    comparing = Comparing(workspace, view, workspace)
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(comparing.bar)
    column.addWidget(comparing.stage, 1)
    host(page, 1000, 900)
    workspace.replace(ZOO["lenet5"].build())
    view.fit()
    yield Desk(workspace, view, comparing, qtbot)
    comparing.stop()
    # Its commands know their workspace; a history that still has some cannot be collected as garbage.
    workspace.undo_stack.clear()


@pytest.fixture
def old() -> Graph:
    """LeNet-5 as it was."""
    return ZOO["lenet5"].build()
