"""A small network on a canvas, with everything that a picture can show, and eyes to look at pictures with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from engine.analysis.problem import Problem
from engine.analysis.report import Analysis, NodeReport
from engine.graph.model import Graph, NodeId
from engine.zoo.sketch import Sketch, draw_block
from gui.canvas.scene import CanvasScene
from gui.workspace import Workspace


def draw_stage(pen: Sketch) -> None:
    pen.add("block_input", name="x")
    pen.then("relu", name="act")
    pen.then("block_output", name="result")


STAGE = draw_block("Stage", "", draw_stage)
SHAPES = {
    "image": (3, 32, 32),
    "conv": (64, 16, 16),
    "norm": (64, 17, 17),
    "stage": (64, 18, 18),
    "sum": (64, 19, 19),
    "scores": (10,),
}
"""What each node of `network` gives; made up, so that each can be told from the others."""


def network() -> Graph:
    """image → conv → norm → stage ×3 → sum → scores, and conv → sum beside that."""
    pen = Sketch()
    pen.use(STAGE)
    pen.add("input", name="image", shape=(3, 32, 32))
    conv = pen.then("conv2d", name="conv", out_channels=64)
    pen.then("batch_norm2d", name="norm")
    stage = pen.then("block:Stage", name="stage", repeat=3)
    pen.add("add", conv, stage, name="sum")
    pen.then("output", name="scores")
    return pen.graph


class Shapes:
    """Knows `SHAPES`."""

    def analyse(self, graph: Graph) -> tuple[Analysis, list[Problem]]:
        nodes = {
            node.id: NodeReport(outputs=(SHAPES[node.name],)) for node in graph.nodes.values() if node.name in SHAPES
        }
        return Analysis(nodes=nodes), []


@dataclass
class Canvas:
    """A canvas without a view."""

    workspace: Workspace
    scene: CanvasScene
    shapes: dict[str, tuple[int, ...]]

    def id(self, name: str) -> NodeId:
        """The node that is called `name`."""
        return next(node.id for node in self.workspace.graph.nodes.values() if node.name == name)

    def show(self, graph: Graph, name: str = "") -> None:
        """Open another network."""
        self.workspace.replace(graph, None, name)
        QCoreApplication.processEvents()


@pytest.fixture
def canvas(qtbot: QtBot, dark: None) -> Iterator[Canvas]:
    """`network`, with its shapes, in a dark window."""
    workspace = Workspace()
    scene = CanvasScene(workspace)
    workspace.setParent(scene)
    made = Canvas(workspace, scene, SHAPES)
    workspace.use_analyser(Shapes())
    made.show(network(), "Small & fine")
    yield made
    scene.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def pixels(image: QImage) -> NDArray[np.int16]:
    """Red, green, blue and alpha of each pixel, from 0 to 255, as an array (height, width, 4)."""
    plain = image.convertToFormat(QImage.Format.Format_RGBA8888)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return rows[:, : 4 * plain.width()].reshape(plain.height(), plain.width(), 4).astype(np.int16)


Compare = Callable[[QImage, QImage], None]


@pytest.fixture
def check_alike() -> Compare:
    """Checks that two images show the same, but for how edges are smoothed."""

    def check(first: QImage, second: QImage) -> None:
        assert first.size() == second.size()
        away = np.abs(pixels(first) - pixels(second)).max(axis=2)
        assert away.mean() < 1.0
        assert (away > 64).mean() < 0.004

    return check
