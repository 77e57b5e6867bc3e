"""Small runs on two spirals, a network that stands still where it is told to, and someone who waits for runs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from torch import Tensor, nn

from engine.data.declarations import DataChoice
from engine.training.job import TrainingJob
from engine.training.recipe import Recipe
from engine.training.runner import TrainingRunner
from engine.training.status import RunState, RunStatus

POINTS = DataChoice("spirals", {"points": 200})
RECIPE = Recipe(epochs=3, batch_size=16, seed=4, device="cpu", threads=1)  # 10 steps an epoch

Build = Callable[[], nn.Module]
Whole = tuple[RunStatus, np.ndarray]
MakeJob = Callable[..., TrainingJob]
MakeGate = Callable[..., tuple["Gate", Build]]
Ended = Callable[[TrainingRunner], RunStatus]
Until = Callable[..., RunStatus]
Same = Callable[[TrainingRunner], None]


def _mlp() -> nn.Module:
    return nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Dropout(0.2), nn.Linear(8, 2))


class Gate(nn.Module):
    """The small network, which stands still while `is_here` until it is let through."""

    def __init__(self, is_here: Callable[[Gate], object]) -> None:
        super().__init__()
        self.inner = _mlp()
        self.calls = 0
        """The number of training batches so far."""
        self.entered, self.opened = threading.Event(), threading.Event()
        self._is_here = is_here

    def forward(self, x: Tensor) -> Tensor:
        """Compute the scores, as soon as the gate is open."""
        self.calls += self.training
        if self._is_here(self):
            self.entered.set()
            assert self.opened.wait(30)
        output: Tensor = self.inner(x)
        return output


def _make_job(
    build: Build = _mlp,
    recipe: Recipe = RECIPE,
    run_dir: Path | None = None,
    resume: bool = False,
    data: DataChoice = POINTS,
) -> TrainingJob:
    return TrainingJob(build, data, recipe, run_dir, resume)


def _until(runner: TrainingRunner, *states: RunState) -> RunStatus:
    deadline = time.monotonic() + 60
    while (status := runner.status()).state not in states:
        assert time.monotonic() < deadline, status
        time.sleep(0.002)
    return status


def _ended(runner: TrainingRunner) -> RunStatus:
    return _until(runner, RunState.STOPPED, RunState.FINISHED, RunState.FAILED)


@pytest.fixture
def runner() -> Iterator[TrainingRunner]:
    """A runner, closed at the end."""
    runner = TrainingRunner()
    yield runner
    assert runner.close(30)


@pytest.fixture
def job() -> MakeJob:
    """Make a job of the small network with the small recipe, or of what is given in their place."""
    return _make_job


@pytest.fixture
def gate() -> MakeGate:
    """Make a gate that stands still before step `stop_at`, if any, or wherever it is said, and its builder.

    The builder gives it fresh weights from the run's seed.
    """

    def make(stop_at: int = 0, is_here: Callable[[Gate], object] | None = None) -> tuple[Gate, Build]:
        model = Gate(is_here or (lambda gate: gate.training and gate.calls == stop_at))

        def build() -> nn.Module:
            model.inner = _mlp()
            return model

        return model, build

    return make


@pytest.fixture
def until() -> Until:
    """Wait until a run is in one of the states."""
    return _until


@pytest.fixture
def ended() -> Ended:
    """Wait for the end of a run, in whatever way it ends."""
    return _ended


@pytest.fixture(scope="session")
def whole() -> Whole:
    """An uninterrupted run: its last status and its rows."""
    runner = TrainingRunner()
    runner.start(_make_job())
    status = _ended(runner)
    runner.close()
    assert status.state is RunState.FINISHED
    assert runner.history is not None
    return status, runner.history.rows()


@pytest.fixture
def same(whole: Whole) -> Same:
    """Check that a run came to the same end as the uninterrupted one, bit for bit."""

    def check(runner: TrainingRunner) -> None:
        status = runner.status()
        wanted = (RunState.FINISHED, whole[0].results, whole[0].test_loss)
        assert (status.state, status.results, status.test_loss) == wanted
        assert runner.history is not None
        np.testing.assert_array_equal(runner.history.rows(), whole[1])

    return check
