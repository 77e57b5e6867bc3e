"""What watching costs: training in the open window against the same run unwatched, and how the window keeps time."""

from __future__ import annotations

import statistics
import time
from dataclasses import replace

from PySide6.QtCore import QElapsedTimer, QEvent, QEventLoop, Qt, QTimer

from engine.training.status import RunState
from gui.app import make_application
from gui.main_window import MainWindow
from tests.benchmarks.figures import Figure, percentile

ROUNDS = 5
PHASE_S = 3.0
_SETTLE_S = 0.5
_TICK_MS = 16


def measure() -> list[Figure]:
    """Train LeNet-5 in the real window, in turns watched and unwatched."""
    application = make_application()
    window = MainWindow()
    window.resize(1440, 900)
    window.show()
    window.documents.open_template("lenet5")
    _wait_until(lambda: window.workspace.analysis is not None)
    _start_long_run(window)
    _wait_until(lambda: window.desk.status.step > 200)
    ticks = _Ticks()
    watched: list[float] = []
    unwatched: list[float] = []
    for _ in range(ROUNDS):
        watched.append(_pace(window, _run_events))
        unwatched.append(_pace(window, time.sleep))
    # In a stretch of its own: sixty ticks a second take their share of the interpreter, too.
    ticks.start()
    _run_events(ROUNDS * PHASE_S)
    ticks.stop()
    window.desk.close()
    window.workspace.undo_stack.setClean()
    window.close()
    application.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    how = f"LeNet-5, batch 64, 1 thread, window 1440×900 with live plots and canvas, {ROUNDS} × {PHASE_S:g} s in turns"
    kept = statistics.median(watched) / statistics.median(unwatched)
    return [
        Figure("training kept: in the open window, against the same run unwatched", kept, "", "≥ 0.90 on 2 cores", how),
        Figure(
            "interval of a 16 ms tick in the window while training, p99",
            percentile(ticks.intervals, 0.99),
            "ms",
            "≤ 33 ms",
            how,
        ),
        Figure("the same, worst", max(ticks.intervals), "ms", "≤ 100 ms", how),
    ]


def _start_long_run(window: MainWindow) -> None:
    from engine.project import training_job

    job = training_job(window.workspace.graph)
    recipe = replace(job.recipe, epochs=1000, threads=1, device="cpu", learning_rate=1e-4)
    window.desk.bridge.start(replace(job, recipe=recipe))


def _pace(window: MainWindow, spend: object) -> float:
    """Training steps per second while the window's thread spends its time as `spend` says."""
    assert callable(spend)
    spend(_SETTLE_S)
    runner = window.desk.runner
    step, start = runner.status().step, time.perf_counter()
    spend(PHASE_S)
    assert runner.status().state is RunState.RUNNING
    return (runner.status().step - step) / (time.perf_counter() - start)


def _run_events(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()


def _wait_until(condition: object) -> None:
    assert callable(condition)
    while not condition():
        _run_events(0.05)


class _Ticks:
    """Intervals of a precise 16 ms timer in the window's thread, in milliseconds."""

    def __init__(self) -> None:
        self.intervals: list[float] = []
        self._clock = QElapsedTimer()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        self._clock.start()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _tick(self) -> None:
        self.intervals.append(self._clock.nsecsElapsed() / 1e6)
        self._clock.restart()
