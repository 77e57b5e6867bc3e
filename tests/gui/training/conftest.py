"""A runner without a thread: tests set what it says."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from engine.training.history import History
from engine.training.status import RunState, RunStatus
from gui import theme


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


@pytest.fixture(autouse=True)
def _dark(qapp: QApplication) -> None:
    """Every test starts in the dark theme."""
    if theme.current() is not theme.DARK or not qapp.styleSheet():
        theme.apply(qapp, theme.DARK)
