"""The bridge tells what is new, once, in order, and only while there is something to tell."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from engine.training.history import History, Measurements
from engine.training.status import RunState, RunStatus
from gui.training.bridge import TrainingBridge

QUICK = 1 / 30
RUNNING = RunStatus(state=RunState.RUNNING, epoch=1, epochs=3, total_steps=300)


class Listener:
    """Everything that a bridge said."""

    def __init__(self, bridge: TrainingBridge) -> None:
        self.histories: list[History] = []
        self.measured: list[Measurements] = []
        self.statuses: list[RunStatus] = []
        bridge.runStarted.connect(self.histories.append)
        bridge.measured.connect(self.measured.append)
        bridge.statusChanged.connect(self.statuses.append)

    @property
    def losses(self) -> list[float]:
        return [float(loss) for news in self.measured for loss in news.loss]


@pytest.fixture
def bridge(runner, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> TrainingBridge:
    # People need it less often, and tests would wait.
    monkeypatch.setattr("gui.training.bridge._FASTEST", QUICK)
    bridge = TrainingBridge(runner)
    yield bridge
    bridge.forget()


@pytest.fixture
def heard(bridge: TrainingBridge) -> Listener:
    return Listener(bridge)


def rows(start: int, stop: int, layers: int = 2) -> np.ndarray:
    return np.stack([np.arange(start, stop)] * (1 + layers), axis=1).astype(np.float32)


def test_nothing_polls_before_a_run(bridge: TrainingBridge) -> None:
    bridge.poll()
    assert not bridge.polling


def test_measurements_come_once_and_without_gaps(
    runner, bridge: TrainingBridge, heard: Listener, history_of: Callable[..., History], qtbot: QtBot
) -> None:
    bridge.start("job")
    assert runner.calls == [("start", "job")]
    assert bridge.polling
    assert heard.histories == []
    runner.history = history_of(np.arange(5.0), np.ones((5, 2)))
    runner.said = replace(RUNNING, step=5)
    qtbot.waitUntil(lambda: len(heard.losses) == 5)
    for start in (5, 6, 40):
        runner.history.append(rows(start, start + 35))
        qtbot.waitUntil(lambda: len(heard.losses) == runner.history.steps)
    assert heard.histories == [runner.history]
    assert [news.start for news in heard.measured] == [0, 5, 40, 75]
    assert np.array_equal(heard.losses, runner.history.read(0).loss)


def test_polling_ends_with_the_run_after_its_last_steps(
    runner, bridge: TrainingBridge, heard: Listener, history_of: Callable[..., History], qtbot: QtBot
) -> None:
    bridge.start("job")
    runner.history = history_of(np.arange(3.0), np.ones((3, 1)))
    runner.said = RUNNING
    qtbot.waitUntil(lambda: len(heard.losses) == 3)
    runner.history.append(rows(3, 9, 1))
    runner.said = replace(RUNNING, state=RunState.FINISHED, step=9)
    qtbot.waitUntil(lambda: not bridge.polling)
    assert len(heard.losses) == 9
    assert heard.statuses[-1].state is RunState.FINISHED
    assert bridge.status is heard.statuses[-1]


def test_a_status_is_told_only_when_it_changed(runner, bridge: TrainingBridge, heard: Listener, qtbot: QtBot) -> None:
    bridge.start("job")
    runner.said = RUNNING
    qtbot.waitUntil(lambda: RUNNING in heard.statuses)
    told = len(heard.statuses)
    bridge.poll()
    bridge.poll()
    assert len(heard.statuses) == told
    assert bridge.polling


def test_commands_reach_the_runner_and_wake_the_bridge(runner, bridge: TrainingBridge) -> None:
    runner.said = replace(RUNNING, state=RunState.STOPPED)
    bridge.poll()
    assert not bridge.polling
    runner.said = RUNNING
    bridge.go_on(2)
    assert bridge.polling
    bridge.pause()
    bridge.resume()
    bridge.stop()
    bridge.set_learning_rate(0.1)
    assert runner.calls == [("go_on", 2), ("pause",), ("resume",), ("stop",), ("set_learning_rate", 0.1)]


def test_going_on_continues_the_same_measurements(
    runner, bridge: TrainingBridge, heard: Listener, history_of: Callable[..., History], qtbot: QtBot
) -> None:
    runner.history = history_of(np.arange(4.0), np.ones((4, 1)))
    runner.said = replace(RUNNING, state=RunState.FINISHED, step=4)
    bridge.poll()
    runner.said = replace(RUNNING, step=4)
    bridge.go_on(1)
    runner.history.append(rows(4, 6, 1))
    qtbot.waitUntil(lambda: len(heard.losses) == 6)
    assert len(heard.histories) == 1


def test_a_forgotten_run_is_stopped_and_silent(
    runner, bridge: TrainingBridge, heard: Listener, history_of: Callable[..., History], qtbot: QtBot
) -> None:
    runner.history = history_of(np.arange(4.0), np.ones((4, 1)))
    runner.said = replace(RUNNING, step=4)
    bridge.poll()
    with qtbot.waitSignal(bridge.runForgotten):
        bridge.forget()
    assert runner.calls == [("stop",)]
    assert heard.statuses[-1] == RunStatus()
    runner.history.append(rows(4, 6, 1))
    bridge.poll()
    assert not bridge.polling
    assert bridge.history is None
    assert len(heard.losses) == 4
    bridge.start("another")
    assert bridge.polling


def test_without_a_run_it_looks_as_often_as_may_be(runner, qtbot: QtBot) -> None:
    assert TrainingBridge(runner).interval in (1 / 12, 1 / 6)


def burn(seconds: float) -> None:
    """Keep the processor busy."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def test_what_is_made_for_a_run_does_not_let_it_be_read_less_often(
    runner, bridge: TrainingBridge, history_of: Callable[..., History], qtbot: QtBot
) -> None:
    bridge.runStarted.connect(lambda _history: burn(0.2))
    bridge.start("job")
    runner.history = history_of(np.arange(3.0), np.ones((3, 1)))
    qtbot.waitUntil(lambda: bridge.history is runner.history)
    qtbot.wait(5)
    assert bridge.interval < 0.2


def test_slow_listeners_are_told_less_often(runner, bridge: TrainingBridge, qtbot: QtBot) -> None:
    fastest = bridge.interval
    assert fastest == QUICK

    bridge.statusChanged.connect(lambda _status: burn(0.02))
    bridge.start("job")
    for step in range(6):
        runner.said = replace(RUNNING, step=step)
        with qtbot.waitSignal(bridge.statusChanged, timeout=3000):
            pass
        qtbot.wait(5)
    assert bridge.interval > 2 * fastest
    assert bridge.interval <= 1.0
