"""The buttons say and allow what fits the state of the run; mouse and keyboard press them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QProgressBar, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot

from engine.training.status import RunState, RunStatus
from gui.training.controls import TrainingControls

RUNNING = RunStatus(
    state=RunState.RUNNING,
    epoch=2,
    epochs=3,
    step=1200,
    steps_per_epoch=937,
    total_steps=2811,
    samples_per_second=12345.6,
    eta_seconds=63.0,
    device="CPU, 1 thread",
)


@pytest.fixture
def controls(qtbot: QtBot) -> TrainingControls:
    controls = TrainingControls()
    qtbot.addWidget(controls)
    controls.resize(1400, controls.sizeHint().height())
    controls.show()
    qtbot.waitExposed(controls)
    return controls


def button(controls: TrainingControls, name: str) -> QPushButton:
    return controls.findChild(QPushButton, name)


BUTTONS = ("trainButton", "pauseButton", "stopButton", "goOnButton")


@pytest.mark.parametrize(
    ("state", "usable"),
    [
        (RunState.IDLE, {"trainButton"}),
        (RunState.STARTING, {"pauseButton", "stopButton"}),
        (RunState.RUNNING, {"pauseButton", "stopButton"}),
        (RunState.PAUSED, {"pauseButton", "stopButton"}),
        (RunState.STOPPED, {"trainButton", "goOnButton"}),
        (RunState.FINISHED, {"trainButton", "goOnButton"}),
        (RunState.FAILED, {"trainButton"}),
    ],
)
def test_what_can_be_pressed(controls: TrainingControls, state: RunState, usable: set[str]) -> None:
    for before in RunState:
        controls.show_status(replace(RUNNING, state=before))
        controls.show_status(replace(RUNNING, state=state))
        assert {name for name in BUTTONS if button(controls, name).isEnabled()} == usable
        assert controls.findChild(QSpinBox, "moreEpochs").isEnabled() == ("goOnButton" in usable)


def test_clicks_ask(controls: TrainingControls, qtbot: QtBot) -> None:
    with qtbot.waitSignal(controls.trainRequested):
        qtbot.mouseClick(button(controls, "trainButton"), Qt.MouseButton.LeftButton)
    controls.show_status(RUNNING)
    with qtbot.waitSignal(controls.pauseRequested):
        qtbot.mouseClick(button(controls, "pauseButton"), Qt.MouseButton.LeftButton)
    controls.show_status(replace(RUNNING, state=RunState.PAUSED))
    assert button(controls, "pauseButton").text() == "Resume"
    with qtbot.waitSignal(controls.resumeRequested), qtbot.assertNotEmitted(controls.pauseRequested):
        qtbot.mouseClick(button(controls, "pauseButton"), Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(controls.stopRequested):
        qtbot.mouseClick(button(controls, "stopButton"), Qt.MouseButton.LeftButton)


def test_going_on_for_a_number_of_epochs(controls: TrainingControls, qtbot: QtBot) -> None:
    controls.show_status(replace(RUNNING, state=RunState.FINISHED))
    box = controls.findChild(QSpinBox, "moreEpochs")
    assert box.text() == "1 epoch"
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, "5")
    assert box.text() == "5 epochs"
    with qtbot.waitSignal(controls.goOnRequested) as asked:
        qtbot.mouseClick(button(controls, "goOnButton"), Qt.MouseButton.LeftButton)
    assert asked.args == [5]


def test_another_document_knows_nothing_of_the_epochs_asked_for_before(
    controls: TrainingControls, qtbot: QtBot
) -> None:
    controls.show_status(replace(RUNNING, state=RunState.FINISHED))
    box = controls.findChild(QSpinBox, "moreEpochs")
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, "12")
    controls.show_status(replace(RUNNING, state=RunState.STARTING))
    assert box.text() == "12 epochs"
    controls.show_status(RunStatus())
    assert box.text() == "1 epoch"


def test_the_keyboard_presses_what_can_be_pressed(controls: TrainingControls, qtbot: QtBot) -> None:
    train = button(controls, "trainButton")
    train.setFocus()
    with qtbot.waitSignal(controls.trainRequested):
        qtbot.keyClick(train, Qt.Key.Key_Space)
    # The focus moves on to a button that can be pressed now and undoes nothing, instead of getting lost.
    controls.show_status(replace(RUNNING, state=RunState.STARTING))
    controls.show_status(RUNNING)
    assert controls.focusWidget() is button(controls, "pauseButton")


def test_every_button_has_a_name_for_screen_readers(controls: TrainingControls) -> None:
    for state in RunState:
        controls.show_status(replace(RUNNING, state=state))
        for name in BUTTONS:
            assert button(controls, name).accessibleName() or button(controls, name).text()
    assert controls.findChild(QSpinBox, "moreEpochs").accessibleName()
    assert controls.findChild(QProgressBar, "progressBar").accessibleName()


def test_progress_in_words_and_as_a_bar(controls: TrainingControls) -> None:
    controls.show_status(RUNNING)
    bar = controls.findChild(QProgressBar, "progressBar")
    assert (bar.value(), bar.maximum()) == (1200, 2811)
    assert controls.progress_label.text() == "Epoch 2/3  ·  step 1,200/2,811"
    for part in ("12,346 images/s", "1:03 left", "0:00 elapsed", "CPU, 1 thread"):
        assert part in controls.pace_label.text()
    controls.set_sample_noun("points")
    assert "points/s" in controls.pace_label.text()
    controls.show_status(RunStatus(state=RunState.STARTING, message="Loading PyTorch…"))
    assert bar.maximum() == 0
    assert controls.progress_label.text() == "Loading PyTorch…"
    controls.show_status(replace(RUNNING, state=RunState.FINISHED, step=2811, eta_seconds=0.0))
    assert bar.value() == bar.maximum() == 2811
    assert controls.progress_label.text().startswith("Finished  ·  epoch 2/3")
    assert "left" not in controls.pace_label.text()


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_a_narrow_window_drops_the_least_important_words(controls: TrainingControls, qtbot: QtBot) -> None:
    controls.show_status(RUNNING)
    controls.resize(controls.minimumSizeHint().width() + 260, controls.height())
    qtbot.waitUntil(lambda: "CPU" not in controls.pace_label.text())
    label = controls.pace_label
    assert label.fontMetrics().horizontalAdvance(label.text()) <= max(label.width(), 0) or "·" not in label.text()
    ask = QHelpEvent(QEvent.Type.ToolTip, label.rect().center(), label.mapToGlobal(label.rect().center()))
    QApplication.sendEvent(label, ask)
    assert "CPU, 1 thread" in label.toolTip()
    controls.resize(1400, controls.height())
    qtbot.waitUntil(lambda: "CPU" in controls.pace_label.text())
    QApplication.sendEvent(label, ask)
    assert label.toolTip() == ""


def test_a_failure_says_why(controls: TrainingControls) -> None:
    assert not controls.message_label.isVisible()
    sentence = "The GPU has no memory left; try a smaller batch size."
    controls.show_status(replace(RUNNING, state=RunState.FAILED, message=sentence))
    assert controls.message_label.isVisible()
    assert controls.message_label.text() == sentence
    controls.show_status(RunStatus(state=RunState.STARTING))
    assert not controls.message_label.isVisible()


def test_a_blocked_run_says_why(controls: TrainingControls, qtbot: QtBot) -> None:
    controls.set_blocked("“conv1” has no input.")
    train = button(controls, "trainButton")
    assert not train.isEnabled()
    assert train.toolTip() == controls.progress_label.text() == "“conv1” has no input."
    with qtbot.assertNotEmitted(controls.trainRequested):
        qtbot.mouseClick(train, Qt.MouseButton.LeftButton)
    controls.show_status(RUNNING)
    controls.show_status(replace(RUNNING, state=RunState.STOPPED))
    assert not train.isEnabled()
    controls.set_blocked("")
    assert train.isEnabled()


def test_the_clock_counts_work_only(controls: TrainingControls, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("gui.training.controls.monotonic", lambda: now)

    def at(seconds: float, state: RunState, step: int = 10) -> str:
        nonlocal now
        now = 1000.0 + seconds
        controls.show_status(replace(RUNNING, state=state, step=step))
        return controls.pace_label.text()

    at(0, RunState.STARTING, 0)
    assert "0:20 elapsed" in at(20, RunState.RUNNING)
    at(30, RunState.PAUSED)
    assert "0:30 elapsed" in at(90, RunState.PAUSED)
    at(100, RunState.RUNNING)
    assert "0:35 elapsed" in at(105, RunState.FINISHED)
    at(200, RunState.STARTING, 10)
    assert "0:45 elapsed" in at(210, RunState.STOPPED)
    at(300, RunState.STARTING, 0)
    assert "0:07 elapsed" in at(307, RunState.RUNNING)


def test_a_pace_that_does_not_fit_is_left_out(controls: TrainingControls, qtbot: QtBot) -> None:
    controls.show_status(RUNNING)
    label = controls.pace_label
    assert label.text().startswith("12,346 images/s")
    label.setFixedWidth(20)
    assert label.text() == ""
    assert label.accessibleName().startswith("12,346 images/s")


def test_epochs_that_were_asked_for_do_not_survive_into_another_project(controls: TrainingControls) -> None:
    controls.show_status(replace(RUNNING, state=RunState.FINISHED))
    controls.more_epochs.setValue(7)
    controls.show_status(RunStatus())
    assert controls.more_epochs.value() == 1
