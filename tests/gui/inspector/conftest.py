"""A workspace with the real analyser, an inspector that shows it, and fingers that type."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLayout, QLineEdit, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from engine.analysis.problem import Problem
from engine.analysis.report import Analysis
from engine.graph.edits import AddNode, Connect
from engine.graph.model import Edge, Graph, NodeId
from engine.graph.params import Choice, Float, Int, Param, ParamValue
from engine.layers.nodes import new_node
from engine.zoo.sketch import Sketch, draw_block, instance_of
from gui import theme
from gui.analyser import Analyser
from gui.inspector.form import ParamForm
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


@pytest.fixture(scope="module")
def standing(qapp: QApplication, analyser: Analyser) -> Iterator[tuple[Workspace, Inspector, QWidget]]:
    """A workspace and an inspector that shows it, in a window: the same for all tests of a module.

    Making an inspector takes far longer than most of what is tested in it.
    """
    theme.apply(qapp, theme.DARK)
    shared = Workspace()
    shared.use_analyser(analyser)
    window = QWidget()
    column = QVBoxLayout(window)
    column.setContentsMargins(0, 0, 0, 0)
    # The offscreen platform warns of windows with limits of size, and a warning fails the test.
    column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
    panel = Inspector(shared)
    column.addWidget(panel)
    yield shared, panel, window
    window.close()
    window.deleteLater()
    shared.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def workspace(qtbot: QtBot, analyser: Analyser, standing: tuple[Workspace, Inspector, QWidget]) -> Iterator[Workspace]:
    """An empty document that is analysed by torch."""
    shared, panel, _ = standing
    yield shared
    while popup := QApplication.activePopupWidget():
        popup.close()
    if focused := QApplication.focusWidget():
        focused.clearFocus()
    panel.show_layer()
    # Its commands know their workspace; a history that still has some cannot be collected as garbage.
    shared.replace(Graph())
    shared.use_analyser(analyser)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def unloaded(qtbot: QtBot) -> Iterator[Workspace]:
    """An empty document, before torch is loaded."""
    shared = Workspace()
    yield shared
    shared.undo_stack.clear()


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
def inspector(
    workspace: Workspace, standing: tuple[Workspace, Inspector, QWidget], dark: None, qtbot: QtBot
) -> Inspector:
    """The inspector of the workspace."""
    _, panel, window = standing
    window.resize(320, 900)
    window.show()
    with qtbot.waitActive(window):
        window.activateWindow()
    return panel


@pytest.fixture
def edits() -> list[tuple[str, ParamValue]]:
    """What a form has announced."""
    return []


@pytest.fixture
def show_form(host: Callable[..., QWidget], edits: list[tuple[str, ParamValue]]) -> Callable[..., ParamForm]:
    """Show a form that is told at once what it announces, as by a graph."""

    def show(params: Sequence[Param]) -> ParamForm:
        form = ParamForm(params, {})

        def take(name: str, value: ParamValue) -> None:
            edits.append((name, value))
            form.set_value(name, value)

        form.valueEdited.connect(take)
        host(form)
        return form

    return show


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


class Hand:
    """Finds and presses what belongs to one parameter on the page of the selected layers."""

    def __init__(self, workspace: Workspace, inspector: Inspector) -> None:
        self._workspace = workspace
        self._inspector = inspector

    @property
    def page(self) -> QWidget:
        """The page that is shown."""
        return self._inspector.findChild(QWidget, "layer_page").currentWidget()

    def id_of(self, name: str) -> NodeId:
        """The id of the layer called `name` in the graph in view."""
        node = self._workspace.graph.named(name)
        assert node is not None
        return node.id

    def select(self, *names: str) -> None:
        """Select the layers called `names`."""
        self._workspace.select([self.id_of(name) for name in names])

    def held(self, name: str, param: str) -> object:
        """What the layer called `name` holds for a parameter."""
        return self._workspace.graph.nodes[self.id_of(name)].params[param]

    def expression(self, param: str) -> QLineEdit:
        """The field for an expression."""
        return self.page.findChild(QLineEdit, f"expression_{param}")

    def toggle(self, param: str) -> QToolButton:
        """The switch between a plain value and an expression."""
        return self.page.findChild(QToolButton, f"compute_{param}")

    def press(self, param: str) -> None:
        """Click the switch."""
        QTest.mouseClick(self.toggle(param), Qt.MouseButton.LeftButton)

    def error(self, param: str) -> str:
        """Why what was typed is not taken."""
        return self._text(f"error_{param}")

    def here(self, param: str) -> str:
        """What an expression is said to be worth."""
        return self._text(f"here_{param}")

    def is_computed(self, param: str) -> bool:
        """Whether an expression is shown, and nothing else."""
        computed = self.toggle(param).isChecked()
        assert self.expression(param).isVisible() is computed
        assert self.page.findChild(QWidget, f"param_{param}").isVisible() is not computed
        return computed

    def _text(self, name: str) -> str:
        label = self.page.findChild(QLabel, name)
        return label.text() if label.isVisible() else ""


@pytest.fixture
def hand(workspace: Workspace, inspector: Inspector) -> Hand:
    """Somebody who computes values from the parameters of a block."""
    return Hand(workspace, inspector)


@pytest.fixture
def conv_page(inside: Workspace, hand: Hand) -> QWidget:
    """The page of the layer `conv` in the block."""
    hand.select("conv")
    return hand.page
