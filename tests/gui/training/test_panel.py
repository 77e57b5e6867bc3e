"""The panel brings controls, plots and bridge together, and loads the plots late."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QPushButton, QSplitter, QStackedWidget
from pytestqt.qtbot import QtBot

from engine.training.history import History
from engine.training.status import RunState, RunStatus
from gui.training.bridge import TrainingBridge
from gui.training.live_plots import LivePlots
from gui.training.panel import TrainingPanel
from gui.training.plot_frame import PlotRow

RUNNING = RunStatus(state=RunState.RUNNING, epoch=1, epochs=3, step=50, total_steps=300)


@pytest.fixture
def panel(runner, qtbot: QtBot) -> TrainingPanel:
    panel = TrainingPanel(TrainingBridge(runner))
    panel.bridge.setParent(panel)
    qtbot.addWidget(panel)
    panel.resize(1440, 300)
    yield panel
    panel.bridge.forget()


def press(panel: TrainingPanel, name: str, qtbot: QtBot) -> None:
    qtbot.mouseClick(panel.findChild(QPushButton, name), Qt.MouseButton.LeftButton)


@pytest.mark.usefixtures("no_pause")
def test_a_run_from_the_first_press_to_the_last(
    runner, panel: TrainingPanel, history_of: Callable[..., History], qtbot: QtBot
) -> None:
    panel.trainRequested.connect(lambda: panel.bridge.start("job"))
    panel.show()
    press(panel, "trainButton", qtbot)
    assert runner.calls == [("start", "job")]
    runner.history = history_of(np.ones(50), np.ones((50, 3)))
    runner.said = RUNNING
    qtbot.waitUntil(lambda: panel.plots.loss.point_count == 50)
    press(panel, "pauseButton", qtbot)
    runner.said = replace(RUNNING, state=RunState.PAUSED)
    qtbot.waitUntil(lambda: panel.findChild(QPushButton, "pauseButton").text() == "Resume")
    press(panel, "pauseButton", qtbot)
    runner.said = RUNNING
    qtbot.waitUntil(lambda: panel.findChild(QPushButton, "pauseButton").text() == "Pause")
    press(panel, "stopButton", qtbot)
    runner.said = replace(RUNNING, state=RunState.STOPPED)
    qtbot.waitUntil(lambda: panel.findChild(QPushButton, "goOnButton").isEnabled())
    press(panel, "goOnButton", qtbot)
    assert runner.calls[1:] == [("pause",), ("resume",), ("stop",), ("go_on", 1)]
    assert panel.plots.loss.point_count == 50


def test_plots_made_late_catch_up(
    runner, panel: TrainingPanel, history_of: Callable[..., History], qtbot: QtBot
) -> None:
    runner.history = history_of(np.ones(50), np.ones((50, 3)), ("a", "b", "c"))
    runner.said = RUNNING
    panel.bridge.poll()
    panel.highlight("b")
    # Published, but not told yet: it must come once, with the next reading.
    runner.history.append(np.ones((7, 4), np.float32))
    assert panel.plots.loss.point_count == 50
    assert panel.plots.norms.highlighted == "b"
    panel.bridge.poll()
    assert panel.plots.loss.point_count == panel.plots.norms.point_count == 57


def test_a_choice_made_before_the_run_stays_highlighted(
    runner, panel: TrainingPanel, history_of: Callable[..., History]
) -> None:
    assert panel.plots.norms.empty
    panel.highlight("b")
    runner.history = history_of(np.ones(5), np.ones((5, 3)), ("a", "b", "c"))
    runner.said = RUNNING
    panel.bridge.poll()
    assert panel.plots.norms.highlighted == "b"


def test_a_forgotten_run_leaves_the_plots(runner, panel: TrainingPanel, history_of: Callable[..., History]) -> None:
    runner.history = history_of(np.ones(5), np.ones((5, 3)))
    runner.said = RUNNING
    panel.bridge.poll()
    assert panel.plots.loss.point_count == 5
    panel.bridge.forget()
    assert panel.plots.loss.empty
    assert panel.findChild(QPushButton, "trainButton").isEnabled()
    assert panel.findChild(QPushButton, "trainButton").text() == "Train"


def test_the_panel_does_not_import_plots_or_torch() -> None:
    code = "import sys, gui.training.panel; print([name for name in ('torch', 'pyqtgraph') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def begin(runner, panel: TrainingPanel, history_of: Callable[..., History], steps: int = 5) -> None:
    runner.history = history_of(np.ones(steps), np.ones((steps, 3)))
    runner.said = RUNNING
    panel.bridge.poll()


def look(panel: TrainingPanel) -> QImage:
    """The panel without its buttons."""
    QApplication.processEvents()
    row = next(row for row in panel.findChildren(PlotRow) if row.isVisible())
    return row.grab().toImage()


def test_the_plots_come_with_the_first_run(
    runner, panel: TrainingPanel, history_of: Callable[..., History], qtbot: QtBot
) -> None:
    panel.show()
    qtbot.waitExposed(panel)
    assert panel.findChild(LivePlots) is None
    begin(runner, panel, history_of)
    plots = panel.findChild(LivePlots)
    assert plots.isVisible()
    assert plots.loss.point_count == 5


def test_without_a_run_the_plots_would_look_like_their_frames(panel: TrainingPanel, qtbot: QtBot) -> None:
    panel.show()
    qtbot.waitExposed(panel)
    frames = look(panel)
    stack = panel.findChild(QStackedWidget)
    stack.setCurrentWidget(panel.plots.parentWidget())
    assert panel.plots.isVisible()
    assert look(panel) == frames


def test_a_run_that_nobody_sees_makes_no_plots(
    runner, panel: TrainingPanel, history_of: Callable[..., History], qtbot: QtBot
) -> None:
    begin(runner, panel, history_of, steps=20)
    assert panel.findChild(LivePlots) is None
    panel.show()
    qtbot.waitUntil(lambda: panel.findChild(LivePlots) is not None)
    assert panel.plots.loss.point_count == 20


def test_a_run_that_is_forgotten_unseen_leaves_the_frames(
    runner, panel: TrainingPanel, history_of: Callable[..., History], qtbot: QtBot
) -> None:
    begin(runner, panel, history_of)
    panel.bridge.forget()
    panel.show()
    qtbot.waitExposed(panel)
    assert panel.findChild(LivePlots) is None


def test_plots_are_as_wide_as_their_frames_were_made(
    runner, panel: TrainingPanel, history_of: Callable[..., History], qtbot: QtBot
) -> None:
    panel.show()
    qtbot.waitExposed(panel)
    splitter = panel.findChild(QSplitter)
    before = splitter.sizes()
    handle = splitter.handle(1)
    middle = handle.rect().center()
    qtbot.mousePress(handle, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseMove(handle, middle + QPoint(120, 0))
    qtbot.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=middle)
    wanted = splitter.sizes()
    assert wanted[0] > before[0]
    begin(runner, panel, history_of)
    QApplication.processEvents()
    assert panel.plots.splitter.sizes() == wanted
