"""A workspace with the real analyser, an inspector that shows it, and fingers that type."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from engine.analysis.problem import Problem
from engine.analysis.report import Analysis
from engine.graph.edits import AddNode, Connect
from engine.graph.model import Edge, Graph, NodeId
from engine.graph.params import Choice, Float, Int
from engine.layers.nodes import new_node
from engine.zoo.sketch import Sketch, draw_block, instance_of
from gui.analyser import Analyser
from gui.inspector.inspector import Inspector
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
def workspace(qtbot: QtBot, analyser: Analyser) -> Workspace:
    """An empty document that is analysed by torch."""
    shared = Workspace()
    shared.use_analyser(analyser)
    return shared


@pytest.fixture
def add(workspace: Workspace) -> Callable[..., NodeId]:
    """Add a layer, fed by others, and bring the analysis up to date."""

    def add_layer(layer: str, *sources: NodeId, **params: object) -> NodeId:
        node = new_node(workspace.graph, layer, **params)  # type: ignore[arg-type]
        assert workspace.push(AddNode(node))
        for port, source in enumerate(sources):
            assert workspace.push(Connect(Edge(source, 0, node.id, port)))
        workspace.analyse()
        return node.id

    return add_layer


@pytest.fixture
def inspector(workspace: Workspace, host: Callable[..., QWidget]) -> Inspector:
    """The inspector of the workspace."""
    panel = Inspector(workspace)
    host(panel)
    return panel


@pytest.fixture
def type_into() -> Callable[..., None]:
    """Click into a field, replace its text key by key, and finish with a key."""

    def type_text(field: QWidget, text: str, end: Qt.Key | None = Qt.Key.Key_Return) -> None:
        QTest.mouseClick(field, Qt.MouseButton.LeftButton)
        field.setFocus()
        QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(field, text)
        if end is not None:
            QTest.keyClick(field, end)

    return type_text


def _draw_unit(pen: Sketch) -> None:
    pen.then("block_input", "x")
    pen.then("conv2d", "conv", out_channels="=4*channels", kernel_size=3, padding=1, stride="=stride")
    pen.then("leaky_relu", "act", negative_slope="=slope")
    pen.then("conv2d", "last", out_channels=24, kernel_size=1)
    pen.then("block_output")


UNIT = draw_block(
    "Unit",
    "Two convolutions.",
    _draw_unit,
    (
        Int(name="channels", default=8, minimum=1, maximum=512, doc="Filters."),
        Int(name="stride", default=1, minimum=1, doc="Step."),
        Float(name="slope", default=0.1, minimum=0.0, doc="Left of 0."),
        Choice(name="mode", default="zeros", options=("zeros", "reflect"), doc="Border."),
    ),
)
"""A block of which some layers compute with its parameters."""


@pytest.fixture
def nested(workspace: Workspace) -> Workspace:
    """A document with two instances of `UNIT`, the first of which stands three times in a row."""
    pen = Sketch()
    pen.use(UNIT)
    pen.then("input", "input", shape=(3, 16, 16))
    pen.then(instance_of(UNIT), "units", channels=4, repeat=3)
    pen.then(instance_of(UNIT), "tail", channels=16, stride=2, slope=0.5)
    pen.then("output", "output")
    workspace.replace(pen.graph)
    return workspace


@pytest.fixture
def inside(nested: Workspace) -> Workspace:
    """The same, seen from inside its second instance."""
    tail = nested.graph.named("tail")
    assert tail is not None
    nested.enter(tail.id)
    return nested
