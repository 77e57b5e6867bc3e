"""The main job, from an empty canvas to a trained network, with mouse and keyboard alone."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QDrag, QDragEnterEvent, QDragMoveEvent, QDropEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QListView, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from torch import Tensor, nn

from engine.data.declarations import DataChoice
from engine.data.loading import load
from engine.data.splits import epoch_order
from engine.graph.model import Node
from engine.layers.spec import LayerSpec
from engine.training.status import RunState
from gui.canvas.geometry import HALF_HEIGHT
from gui.main_window import MainWindow
from gui.palette import ENTRY_ROLE

pytestmark = pytest.mark.fresh_window
LEFT, NO_KEY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier

CHAIN: list[tuple[str, dict[str, int]]] = [
    ("input", {}),
    ("conv2d", {"out_channels": 6, "kernel_size": 5, "padding": 2}),
    ("relu", {}),
    ("max_pool2d", {}),
    ("conv2d", {"out_channels": 16, "kernel_size": 5}),
    ("relu", {}),
    ("max_pool2d", {}),
    ("flatten", {}),
    ("linear", {"out_features": 120}),
    ("relu", {}),
    ("linear", {"out_features": 84}),
    ("relu", {}),
    ("linear", {"out_features": 10}),
    ("output", {}),
]
ROWS = 5
BATCH_SIZE = 1000


class Person:
    """Someone in front of the window, who has a mouse and a keyboard."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window = window
        self.qtbot = qtbot
        self.canvas = window.view.viewport()

    def click(self, name: str) -> None:
        button = self.window.findChild(QPushButton, name)
        assert button is not None, name
        assert button.isVisible(), name
        self.qtbot.mouseClick(button, LEFT)

    def place_of(self, x: float, y: float) -> QPoint:
        return self.window.view.mapFromScene(QPointF(x, y))

    def drag_layer(self, layer: str, place: QPoint) -> Node:
        """Find a layer in the palette, drag it over the canvas and let it go."""
        search = self.window.sheet.palette.findChild(QLineEdit, "palette_search")
        assert search is not None
        search.setText(layer)
        palette = self.window.sheet.palette.findChild(QListView, "palette_list")
        assert palette is not None
        model = palette.model()
        rows = (model.index(row, 0) for row in range(model.rowCount()))
        row = next(row for row in rows if isinstance(e := row.data(ENTRY_ROLE), LayerSpec) and e.id == layer)
        palette.scrollTo(row)
        grip = palette.visualRect(row).center()
        before = set(self.window.workspace.graph.nodes)
        self._target = place
        self.qtbot.mousePress(palette.viewport(), LEFT, pos=grip)
        for step in (8, 16, 24):
            self.qtbot.mouseMove(palette.viewport(), grip + QPoint(step, step))
        self.qtbot.mouseRelease(palette.viewport(), LEFT, pos=grip + QPoint(24, 24))
        (added,) = set(self.window.workspace.graph.nodes) - before
        return self.window.workspace.graph.nodes[added]

    def finish_drag(self, drag: QDrag, actions: Qt.DropAction) -> Qt.DropAction:
        """What the window system does once a drag has begun, which the offscreen one leaves out."""
        data, buttons, copy = drag.mimeData(), LEFT, Qt.DropAction.CopyAction
        for event in (
            QDragEnterEvent(self._target, copy, data, buttons, NO_KEY),
            QDragMoveEvent(self._target, copy, data, buttons, NO_KEY),
            QDropEvent(QPointF(self._target), copy, data, buttons, NO_KEY),
        ):
            QApplication.sendEvent(self.canvas, event)
            assert event.isAccepted()
        return copy

    def wire(self, source: Node, target: Node) -> None:
        """Drag from the output of one node to the input of another."""
        start = self.place_of(source.position[0], source.position[1] + HALF_HEIGHT)
        end = self.place_of(target.position[0], target.position[1] - HALF_HEIGHT)
        QTest.mouseMove(self.canvas, start)
        QTest.mousePress(self.canvas, LEFT, NO_KEY, start)
        for share in (0.25, 0.5, 0.75, 1.0):
            QTest.mouseMove(self.canvas, start + (end - start) * share)
        QTest.mouseRelease(self.canvas, LEFT, NO_KEY, end)

    def select(self, node: Node) -> None:
        self.qtbot.mouseClick(self.canvas, LEFT, pos=self.place_of(*node.position) + QPoint(20, 0))
        assert self.window.workspace.selection == (node.id,)

    def type_into(self, page: str, name: str, value: object) -> None:
        """Type a value into a field of a page of the inspector, and press Enter."""
        field = self.field(page, name)
        self.qtbot.mouseClick(field, LEFT)
        self.qtbot.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        self.qtbot.keyClicks(field, str(value))
        self.qtbot.keyClick(field, Qt.Key.Key_Return)

    def field(self, page: str, name: str) -> QWidget:
        found = self.window.sheet.inspector.findChild(QWidget, page).findChild(QWidget, name)
        assert found is not None, name
        return found

    def zoom_out(self, times: int) -> None:
        middle = self.canvas.rect().center()
        for _ in range(times):
            wheel = QWheelEvent(
                QPointF(middle),
                QPointF(self.canvas.mapToGlobal(middle)),
                QPoint(),
                QPoint(0, -120),
                Qt.MouseButton.NoButton,
                NO_KEY,
                Qt.ScrollPhase.NoScrollPhase,
                False,
            )
            QApplication.sendEvent(self.canvas, wheel)


@pytest.fixture
def person(window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Person:
    someone = Person(window, qtbot)
    monkeypatch.setattr(QDrag, "exec", lambda drag, actions: someone.finish_drag(drag, actions))
    return someone


def compose_lenet(person: Person) -> list[Node]:
    """Drag, wire and set all of LeNet-5, in columns of five."""
    window = person.window
    person.click("new_button")
    assert window.pages.currentWidget() is window.sheets
    person.zoom_out(3)
    area = person.canvas.rect()
    nodes = []
    for index, (layer, _) in enumerate(CHAIN):
        column, row = divmod(index, ROWS)
        place = QPoint(
            round(area.width() * (0.2 + 0.3 * column)), round(area.height() * (0.12 + 0.76 * row / (ROWS - 1)))
        )
        nodes.append(person.drag_layer(layer, place))
    for source, target in pairwise(nodes):
        person.wire(source, target)
    for node, (_, params) in zip(nodes, CHAIN, strict=True):
        if params:
            person.select(node)
        for name, value in params.items():
            person.type_into("layer_page", f"param_{name}", value)
    return nodes


class HandWritten(nn.Module):
    """LeNet-5 with the layers in the order of the canvas, so that the same seed draws the same weights."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.dense = nn.Linear(400, 120)
        self.dense2 = nn.Linear(120, 84)
        self.dense3 = nn.Linear(84, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = nn.functional.max_pool2d(self.conv(x).relu(), 2)
        x = nn.functional.max_pool2d(self.conv2(x).relu(), 2)
        x = self.dense(x.flatten(1)).relu()
        return self.dense3(self.dense2(x).relu())


def hand_written_run(epochs: int, seed: int) -> tuple[list[float], list[list[float]]]:
    """Losses and per-layer gradient norms of every step, by a loop that shares nothing with the engine's."""
    torch.set_num_threads(1)
    train = load(DataChoice("mnist"), torch.device("cpu")).train
    torch.manual_seed(seed)
    model = HandWritten()
    # The same arithmetic as the engine's: torch's two versions of Adam round differently, which steps amplify.
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    losses: list[float] = []
    norms: list[list[float]] = []
    for epoch in range(1, epochs + 1):
        order = epoch_order(len(train.inputs), seed, epoch)
        for start in range(0, len(order), BATCH_SIZE):
            batch = order[start : start + BATCH_SIZE]
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(train.inputs[batch]), train.targets[batch])
            loss.backward()
            losses.append(loss.item())
            norms.append(
                [
                    sum(float(p.grad.double().pow(2).sum()) for p in layer.parameters() if p.grad is not None) ** 0.5
                    for layer in model.children()
                ]
            )
            optimizer.step()
    return losses, norms


@pytest.mark.slow
def test_lenet_is_composed_by_hand_and_trains_like_a_hand_written_loop(person: Person, qtbot: QtBot) -> None:
    window = person.window
    nodes = compose_lenet(person)
    workspace = window.workspace
    qtbot.waitUntil(lambda: workspace.analysis is not None and workspace.analysis.parameters == 61_706)
    assert workspace.problems == []
    assert workspace.analysis is not None
    assert workspace.analysis.nodes[nodes[6].id].outputs == ((16, 5, 5),)

    window.sheet.inspector.show_training()
    for name, value in (("batch_size", BATCH_SIZE), ("epochs", 1), ("seed", 3), ("learning_rate", 0.001)):
        person.type_into("setup_page", f"param_{name}", value)
    qtbot.keyClicks(person.field("setup_page", "param_device"), "CPU")

    person.click("trainButton")
    qtbot.waitUntil(lambda: window.desk.status.state is RunState.FINISHED, timeout=120_000)

    history = window.desk.bridge.history
    assert history is not None
    assert window.desk.status.step == history.steps == 55
    plots = window.desk.panel.plots
    assert plots.loss.point_count == history.steps
    assert plots.norms.point_count == history.steps
    assert tuple(plots.norms.names) == history.layer_names == ("conv", "conv2", "dense", "dense2", "dense3")

    losses, norms = hand_written_run(epochs=1, seed=3)
    measured = history.read(0)
    np.testing.assert_allclose(measured.loss, losses, rtol=1e-5)
    np.testing.assert_allclose(measured.norms, norms, rtol=1e-5)


def test_two_clicks_lead_from_launch_to_a_live_curve(window: MainWindow, qtbot: QtBot) -> None:
    card = window.start_page.findChild(QWidget, "template_spirals_mlp")
    assert card is not None
    qtbot.mouseClick(card, LEFT)
    train = window.findChild(QPushButton, "trainButton")
    assert train is not None
    qtbot.waitUntil(train.isEnabled)
    qtbot.mouseClick(train, LEFT)
    qtbot.waitUntil(lambda: window.desk.panel.plots.loss.point_count > 100, timeout=60_000)
    qtbot.waitUntil(lambda: any(item.norm is not None for item in window.scene.nodes.values()))
    stop = window.findChild(QPushButton, "stopButton")
    assert stop is not None
    qtbot.mouseClick(stop, LEFT)
    qtbot.waitUntil(lambda: not window.desk.status.state.active)


def test_the_window_closes_safely_while_training(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QMessageBox, "exec", lambda box: QMessageBox.StandardButton.Close)
    window.documents.open_template("spirals_mlp")
    window.desk.train()
    qtbot.waitUntil(lambda: window.desk.status.state is RunState.RUNNING, timeout=60_000)
    assert window.close()
    assert window.desk.runner.status().state is RunState.STOPPED
