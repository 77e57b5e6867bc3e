"""Training in the window: what a run shows on nodes and plots, and what happens to it while people go on working."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot

from engine.graph import document
from engine.graph.edits import Rename, SetParam, SetSetting, remove
from engine.graph.model import NodeId
from engine.graph.params import ParamValue
from engine.training.status import RunState
from gui.main_window import MainWindow
from gui.training.layer_list import LayerList

SHIFT, NO_KEY = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.NoModifier
LAYERS = ("dense1", "dense2", "dense3", "scores")
LONG = 60_000


class Desk:
    """The window with a small network on two spirals, and someone who trains it."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window = window
        self.qtbot = qtbot
        self.workspace = window.workspace
        window.documents.open_template("spirals_mlp")
        self.set_recipe(device="cpu", epochs=5000)

    def set_recipe(self, **settings: ParamValue) -> None:
        for name, value in settings.items():
            assert self.workspace.push(SetSetting("recipe", name, value))

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NO_KEY) -> None:
        self.window.activateWindow()
        self.qtbot.waitUntil(lambda: QApplication.activeWindow() is self.window)
        QTest.keyClick(QApplication.focusWidget() or self.window, key, modifiers)

    def click(self, name: str) -> None:
        button = self.window.findChild(QPushButton, name)
        self.qtbot.waitUntil(button.isEnabled)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    @property
    def state(self) -> RunState:
        return self.window.desk.status.state

    def wait_for(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=LONG)

    def train(self, steps: int) -> None:
        """Train until so many steps are done."""
        self.press(Qt.Key.Key_F5)
        self.wait_for(lambda: self.window.desk.bridge.steps_told >= steps)

    def stop(self) -> None:
        self.press(Qt.Key.Key_F5, SHIFT)
        self.wait_for(lambda: not self.state.active)

    def losses(self) -> npt.NDArray[np.float32]:
        history = self.window.desk.bridge.history
        assert history is not None
        return history.read(0).loss

    def node(self, name: str) -> NodeId:
        node = self.workspace.graph.named(name)
        assert node is not None
        return node.id

    def bars(self) -> set[str]:
        """The names of the nodes that show a gradient norm."""
        return {item.node.name for item in self.window.scene.nodes.values() if item.norm is not None}

    def layer_list(self) -> LayerList:
        return self.window.desk.panel.plots.norms.layer_list

    def highlighted(self) -> str | None:
        """The layer that stands out, in the list and in the plot alike."""
        chosen = [str(index.data()) for index in self.layer_list().selectedIndexes()]
        name = self.window.desk.panel.plots.norms.highlighted
        assert chosen == ([] if name is None else [name])
        return name


@pytest.fixture
def desk(window: MainWindow, qtbot: QtBot) -> Desk:
    return Desk(window, qtbot)


# What a run shows


def test_every_layer_with_weights_shows_its_norm(desk: Desk) -> None:
    desk.train(100)
    desk.wait_for(lambda: desk.bars() == set(LAYERS))
    desk.stop()
    history = desk.window.desk.bridge.history
    assert history is not None
    last = history.read(history.steps - 1).norms[0]
    for name, norm in zip(LAYERS, last, strict=True):
        assert desk.window.scene.nodes[desk.node(name)].norm == pytest.approx(float(norm))
    assert desk.window.desk.panel.plots.loss.point_count == history.steps
    assert not desk.window.workspace.undo_stack.canRedo()


def test_training_is_no_change_of_the_document(desk: Desk) -> None:
    desk.workspace.undo_stack.setClean()
    before = document.dump(desk.workspace.graph)
    desk.train(50)
    desk.stop()
    assert document.dump(desk.workspace.graph) == before
    assert not desk.window.isWindowModified()


def test_each_document_has_its_own_run(desk: Desk) -> None:
    desk.train(50)
    desk.wait_for(lambda: desk.bars() != set())
    first = desk.window.sheet
    assert desk.window.documents.open_template("spirals_mlp")
    second = desk.window.sheet
    assert (first.desk.status.state, second.desk.status.state) == (RunState.RUNNING, RunState.IDLE)
    assert second.desk.panel.plots.loss.empty
    assert not desk.window.actions_table["stop"].isEnabled()
    steps = first.desk.status.step
    desk.wait_for(lambda: first.desk.status.step > steps)
    desk.window.sheets.show_sheet(first)
    desk.press(Qt.Key.Key_F5, Qt.KeyboardModifier.ShiftModifier)
    desk.wait_for(lambda: first.desk.status.state is RunState.STOPPED)
    first.workspace.undo_stack.setClean()
    assert desk.window.documents.close(first)
    desk.wait_for(lambda: all(thread.name != "training" for thread in threading.enumerate()))
    assert desk.window.sheet is second


def test_an_empty_document_is_not_trained_but_said_to_be_empty(desk: Desk) -> None:
    desk.workspace.undo_stack.setClean()
    desk.window.documents.new()
    train = desk.window.desk.panel.findChild(QPushButton, "trainButton")
    assert not train.isEnabled()
    assert train.toolTip() == "Add layers to the canvas first."
    desk.press(Qt.Key.Key_F5)
    assert desk.state is RunState.IDLE


# Working on during a run


def test_the_run_goes_on_while_the_network_is_edited(desk: Desk) -> None:
    desk.train(30)
    workspace = desk.workspace
    workspace.push(SetParam(desk.node("dense2"), "out_features", 8))
    workspace.push(Rename(desk.node("dense1"), "first"))
    removed = desk.node("dense3")
    workspace.push(remove(workspace.graph, [removed]))
    desk.window.scene.add_layer("linear", (600.0, 0.0))
    told = desk.window.desk.bridge.steps_told
    desk.wait_for(lambda: desk.window.desk.bridge.steps_told > told + 100)
    assert desk.state is RunState.RUNNING
    assert desk.bars() == {"first", "dense2", "scores"}
    for _ in range(2):
        workspace.undo_stack.undo()
    assert removed in workspace.graph.nodes
    desk.wait_for(lambda: desk.bars() == {"first", "dense2", "dense3", "scores"})
    desk.stop()
    # The plots keep the names that the layers had when the run began.
    assert desk.window.desk.panel.plots.norms.names == LAYERS


def test_a_run_can_be_started_from_the_welcome_page_and_goes_on_behind_it(desk: Desk) -> None:
    desk.workspace.undo_stack.setClean()
    desk.window.show_welcome()
    QTest.mouseClick(desk.window.findChild(QPushButton, "train_spirals_mlp"), Qt.MouseButton.LeftButton)
    assert desk.window.pages.currentWidget() is desk.window.sheets
    desk.wait_for(lambda: desk.window.desk.bridge.steps_told > 20)
    desk.window.show_welcome()
    told = desk.window.desk.bridge.steps_told
    desk.wait_for(lambda: desk.window.desk.bridge.steps_told > told + 50)
    desk.window.desk.stop()
    desk.wait_for(lambda: not desk.state.active)


# Choosing a layer


def test_a_click_on_a_layer_in_the_list_selects_its_node(desk: Desk) -> None:
    desk.train(20)
    desk.workspace.push(Rename(desk.node("dense2"), "second"))
    desk.window.view.camera.zoom_to(2.0)
    listed = desk.layer_list()
    place = listed.visualRect(listed.model().index(1, 0)).center()
    QTest.mouseClick(listed.viewport(), Qt.MouseButton.LeftButton, pos=place)
    second = desk.node("second")
    assert desk.workspace.selection == (second,)
    assert desk.highlighted() == "dense2"
    shown = desk.window.view.mapToScene(desk.window.view.viewport().rect()).boundingRect()
    assert shown.contains(*desk.workspace.graph.nodes[second].position)
    desk.stop()


def test_a_selected_node_stands_out_in_the_plots(desk: Desk) -> None:
    desk.workspace.select([desk.node("dense3")])
    desk.train(20)
    assert desk.highlighted() == "dense3"
    desk.workspace.select([desk.node("tanh1")])
    assert desk.highlighted() is None
    desk.workspace.select([desk.node("tanh1"), desk.node("scores")])
    assert desk.highlighted() == "scores"
    desk.workspace.select([])
    assert desk.highlighted() is None
    desk.stop()


# Pause, stop, fail


def test_the_keys_pause_resume_and_stop(desk: Desk) -> None:
    pause = desk.window.findChild(QPushButton, "pauseButton")
    desk.train(20)
    desk.press(Qt.Key.Key_F6)
    desk.wait_for(lambda: desk.state is RunState.PAUSED)
    assert pause.text() == "Resume"
    step = desk.window.desk.runner.status().step
    desk.qtbot.wait(150)
    assert desk.window.desk.runner.status().step == step
    desk.press(Qt.Key.Key_F6)
    desk.wait_for(lambda: desk.state is RunState.RUNNING)
    assert pause.text() == "Pause"
    desk.wait_for(lambda: desk.window.desk.status.step > step + 20)
    desk.press(Qt.Key.Key_F5, SHIFT)
    desk.wait_for(lambda: desk.state is RunState.STOPPED)
    assert all(thread.name != "training" for thread in threading.enumerate())


def test_a_paused_run_can_be_stopped(desk: Desk) -> None:
    desk.train(20)
    desk.press(Qt.Key.Key_F6)
    desk.wait_for(lambda: desk.state is RunState.PAUSED)
    desk.stop()
    assert desk.state is RunState.STOPPED


def test_a_run_that_fails_says_why_and_leaves_the_window_alive(desk: Desk) -> None:
    desk.set_recipe(learning_rate=100.0, optimizer="sgd", loss="mse")
    message = desk.window.findChild(QLabel, "messageLabel")
    assert not message.isVisible()
    desk.press(Qt.Key.Key_F5)
    desk.wait_for(lambda: desk.state is RunState.FAILED)
    assert message.isVisible()
    sentence = message.text()
    assert sentence.startswith("The loss became NaN or infinite at step ")
    assert "lower the learning rate (it is 100)" in sentence
    assert sentence.endswith(".")
    desk.window.grab()
    desk.set_recipe(learning_rate=0.01, epochs=2)
    desk.press(Qt.Key.Key_F5)
    desk.wait_for(lambda: desk.state is RunState.FINISHED)
    assert not message.isVisible()
    assert np.isfinite(desk.losses()).all()


# What a run computes


def test_the_same_seed_gives_the_same_run_and_another_one_does_not(desk: Desk) -> None:
    runs = []
    for seed in (5, 5, 6):
        desk.set_recipe(seed=seed, epochs=3)
        desk.press(Qt.Key.Key_F5)
        desk.wait_for(lambda: desk.state is RunState.FINISHED)
        runs.append(desk.losses())
        assert desk.window.desk.panel.plots.loss.point_count == len(runs[-1])
    first, again, other = runs
    assert len(first) == desk.window.desk.status.total_steps > 0
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_neither_pauses_nor_a_stop_change_what_is_computed(desk: Desk) -> None:
    # So many that no run ends before it is stopped, however late that is.
    desk.set_recipe(epochs=90)
    desk.train(20)
    for _ in range(2):
        desk.press(Qt.Key.Key_F6)
        desk.wait_for(lambda: desk.state is RunState.PAUSED)
        told = len(desk.losses())
        desk.press(Qt.Key.Key_F6)
        desk.wait_for(lambda told=told: desk.state is RunState.RUNNING and len(desk.losses()) > told + 10)
    desk.stop()
    stopped = len(desk.losses())
    # It may have been stopped behind the last step of an epoch, which going on for one epoch would only end.
    epochs = desk.window.findChild(QSpinBox, "moreEpochs")
    epochs.setFocus()
    epochs.selectAll()
    QTest.keyClicks(epochs, "2")
    desk.click("goOnButton")
    desk.wait_for(lambda: not desk.state.active)
    interrupted = desk.losses()
    assert len(interrupted) > stopped
    desk.train(len(interrupted))
    desk.stop()
    np.testing.assert_array_equal(interrupted, desk.losses()[: len(interrupted)])
