"""A runner without a thread: tests set what it says; and plots that show an example of a run."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.training.history import History, Measurements
from engine.training.status import EpochResult, RunState, RunStatus
from gui import theme
from gui.training.live_plots import LivePlots
from gui.training.plot_panel import PlotPanel

PointAt = Callable[[PlotPanel, float, float], QPoint]


class FakeRunner:
    """Says what it was told to say, and remembers what it was asked."""

    def __init__(self) -> None:
        self.said = RunStatus()
        self.history: History | None = None
        self.calls: list[tuple[object, ...]] = []

    def status(self) -> RunStatus:
        return self.said

    def start(self, job: object) -> None:
        self.calls.append(("start", job))
        self.said, self.history = RunStatus(state=RunState.STARTING), None

    def pause(self) -> None:
        self.calls.append(("pause",))

    def resume(self) -> None:
        self.calls.append(("resume",))

    def stop(self) -> None:
        self.calls.append(("stop",))

    def go_on(self, epochs: int | None = None) -> None:
        self.calls.append(("go_on", epochs))

    def set_learning_rate(self, value: float) -> None:
        self.calls.append(("set_learning_rate", value))


@pytest.fixture
def runner() -> FakeRunner:
    """A runner of which nothing was asked yet."""
    return FakeRunner()


@pytest.fixture
def history_of() -> Callable[..., History]:
    """Make a history from losses, and gradient norms of shape (steps, layers)."""

    def make(loss: np.ndarray, norms: np.ndarray, names: tuple[str, ...] | None = None) -> History:
        layers = norms.shape[1]
        history = History(names or tuple(f"layer{i}" for i in range(layers)), np.arange(layers))
        history.append(np.concatenate([loss[:, None], norms], axis=1).astype(np.float32))
        return history

    return make


class Example:
    """A run of 600 steps, of 1,000, with five layers of which the last have the smaller gradients."""

    names = ("conv1", "conv2", "dense1", "dense2", "output")
    steps = 600
    status = RunStatus(
        state=RunState.RUNNING,
        epoch=3,
        epochs=4,
        step=steps,
        steps_per_epoch=250,
        total_steps=1000,
        results=(EpochResult(1, 250, 0.9, 0.5, 0.91), EpochResult(2, 500, 0.4, 0.3, 0.95)),
    )

    def __init__(self, history_of: Callable[..., History]) -> None:
        self._history_of = history_of

    def measured(self, steps: int = steps, layers: int = len(names), start: int = 0) -> Measurements:
        """A falling loss, and layers whose norms lie exactly a factor 10 apart."""
        t = np.arange(start, start + steps)
        loss = (2.0 * np.exp(-t / 200) + 0.1 + 0.05 * np.sin(t)).astype(np.float32)
        norms = np.tile(10.0 ** -np.arange(layers), (steps, 1)).astype(np.float32)
        return Measurements(start, loss, norms)

    def begin(self, plots: LivePlots, names: tuple[str, ...] = names) -> None:
        """Tell the plots that a run has begun."""
        plots.begin(self._history_of(np.empty(0), np.empty((0, len(names))), names))


@pytest.fixture
def example(history_of: Callable[..., History]) -> Example:
    """What the plots are told of a run."""
    return Example(history_of)


@pytest.fixture
def empty(qtbot: QtBot) -> LivePlots:
    """The plots before any run."""
    plots = LivePlots()
    qtbot.addWidget(plots)
    plots.resize(1440, 260)
    plots.show()
    qtbot.waitExposed(plots)
    return plots


@pytest.fixture
def plots(empty: LivePlots, example: Example) -> LivePlots:
    """The plots of the example."""
    example.begin(empty)
    empty.extend(example.measured())
    empty.show_status(example.status)
    QApplication.processEvents()
    return empty


@pytest.fixture
def point_at(qtbot: QtBot) -> PointAt:
    """Move the pointer to a place of a plot, in its own units; the place in pixels."""

    def move(panel: PlotPanel, x: float, y: float) -> QPoint:
        position = panel.view.position_of(x, y)
        qtbot.mouseMove(panel.view.viewport(), position + QPoint(40, 25))
        qtbot.mouseMove(panel.view.viewport(), position)
        return position

    return move


@pytest.fixture(autouse=True)
def _dark(qapp: QApplication) -> None:
    """Every test starts in the dark theme."""
    if theme.current() is not theme.DARK or not qapp.styleSheet():
        theme.apply(qapp, theme.DARK)
