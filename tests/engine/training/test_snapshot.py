"""Weights of a run, copied between two steps: whoever asks, and whenever, the run computes what it would have."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from engine.data.declarations import DataChoice
from engine.training.failures import TrainingError
from engine.training.job import TrainingJob
from engine.training.recipe import Recipe
from engine.training.runner import TrainingRunner
from engine.training.snapshot import Snapshot
from engine.training.status import RunState

POINTS = DataChoice("spirals", {"points": 200})
RECIPE = Recipe(epochs=3, batch_size=16, seed=4, device="cpu", threads=1)  # 10 steps an epoch
ENDED = (RunState.STOPPED, RunState.FINISHED, RunState.FAILED)


class Net(nn.Sequential):
    """Weights, running statistics, and dropout's random numbers; it rests in the middle of a chosen step."""

    def __init__(self) -> None:
        super().__init__(nn.Linear(2, 8), nn.BatchNorm1d(8), nn.Dropout(0.2), nn.Linear(8, 2))
        self.stop_at = -1
        self.fail_at = -1
        self.calls = 0
        self.entered, self.opened = threading.Event(), threading.Event()

    def forward(self, x: Tensor) -> Tensor:
        self.calls += self.training
        if self.calls == self.stop_at and self.training:
            self.entered.set()
            assert self.opened.wait(30)
        if self.calls == self.fail_at:
            raise RuntimeError("broken")
        output: Tensor = super().forward(x)
        return output


class Someone:
    """Starts runs and asks for their weights."""

    def __init__(self) -> None:
        self.runner = TrainingRunner()
        self.net = Net()

    def start(
        self, *, stop_at: int = -1, fail_at: int = -1, recipe: Recipe = RECIPE, folder: Path | None = None
    ) -> None:
        def build() -> nn.Module:
            self.net = Net()
            self.net.stop_at, self.net.fail_at = stop_at, fail_at
            built.set()
            return self.net

        built = threading.Event()
        self.runner.start(TrainingJob(build, POINTS, recipe, folder))
        assert built.wait(30)

    def until(self, *states: RunState) -> None:
        deadline = time.monotonic() + 60
        while (status := self.runner.status()).state not in states:
            assert time.monotonic() < deadline, status
            time.sleep(0.002)

    def ask_beside(self) -> tuple[threading.Thread, list[Snapshot]]:
        """Ask on another thread, as a window does."""
        found: list[Snapshot] = []
        thread = threading.Thread(target=lambda: found.append(self.runner.snapshot()))
        thread.start()
        return thread, found

    def check(self, snapshot: Snapshot) -> None:
        """The weights are those that the network has now, which rests."""
        live = self.net.state_dict()
        assert list(snapshot.tensors) == list(live)
        for name, tensor in snapshot.tensors.items():
            assert torch.equal(tensor, live[name])
            assert tensor.data_ptr() != live[name].data_ptr()


@pytest.fixture
def someone() -> Iterator[Someone]:
    someone = Someone()
    yield someone
    someone.net.opened.set()
    assert someone.runner.close(30)


def rows_of(runner: TrainingRunner) -> np.ndarray:
    assert runner.history is not None
    return runner.history.rows()


def test_in_a_step_the_weights_after_it_are_waited_for(someone: Someone, tmp_path: Path) -> None:
    someone.start(stop_at=14, folder=tmp_path)
    assert someone.net.entered.wait(30)
    thread, found = someone.ask_beside()
    time.sleep(0.05)
    assert not found
    # A stop that is asked for meanwhile leaves the run where the snapshot is taken.
    someone.runner.stop()
    someone.net.opened.set()
    thread.join(30)
    someone.until(RunState.STOPPED)
    assert (found[0].step, found[0].epoch) == (14, 2)
    (file,) = tmp_path.glob("*.safetensors")
    saved = load_file(file)
    for name, tensor in found[0].tensors.items():
        assert torch.equal(tensor, saved[f"model.{name}"])


def test_a_paused_run_gives_them_and_stays_paused(someone: Someone) -> None:
    someone.start(stop_at=5)
    assert someone.net.entered.wait(30)
    someone.runner.pause()
    someone.net.opened.set()
    someone.until(RunState.PAUSED)
    snapshot = someone.runner.snapshot()
    assert snapshot.step == 5
    someone.check(snapshot)
    assert someone.runner.status().state is RunState.PAUSED


@pytest.mark.parametrize("after", [None, 12])
def test_a_run_that_has_ended_gives_them(someone: Someone, after: int | None) -> None:
    someone.start(stop_at=after or -1)
    if after is not None:
        assert someone.net.entered.wait(30)
        someone.runner.stop()
        someone.net.opened.set()
    someone.until(*ENDED)
    snapshot = someone.runner.snapshot()
    assert (snapshot.step, snapshot.epoch) == ((12, 2) if after else (30, 3))
    someone.check(snapshot)


def test_a_failed_run_gives_what_it_had_learnt(someone: Someone) -> None:
    someone.start(fail_at=8)
    someone.until(RunState.FAILED)
    snapshot = someone.runner.snapshot()
    assert snapshot.step == 7
    someone.check(snapshot)


def test_asking_all_the_time_changes_nothing_in_the_run(someone: Someone) -> None:
    someone.start()
    someone.until(*ENDED)
    undisturbed, expected = someone.runner.snapshot(), rows_of(someone.runner)
    someone.start()
    steps = set()
    while someone.runner.status().state not in ENDED:
        steps.add(someone.runner.snapshot().step)
    assert len(steps) > 2
    np.testing.assert_array_equal(rows_of(someone.runner), expected)
    final = someone.runner.snapshot()
    assert all(torch.equal(final.tensors[name], tensor) for name, tensor in undisturbed.tensors.items())


def test_a_snapshot_stays_as_it_is_while_the_run_goes_on(someone: Someone) -> None:
    someone.start(recipe=Recipe(epochs=1, batch_size=16, device="cpu", threads=1))
    someone.until(RunState.FINISHED)
    snapshot = someone.runner.snapshot()
    kept = {name: tensor.clone() for name, tensor in snapshot.tensors.items()}
    someone.runner.go_on(1)
    someone.until(RunState.FINISHED)
    assert all(torch.equal(tensor, kept[name]) for name, tensor in snapshot.tensors.items())
    assert not torch.equal(someone.runner.snapshot().tensors["0.weight"], kept["0.weight"])


def test_whoever_waits_can_give_up(someone: Someone) -> None:
    class GivenUpError(Exception):
        pass

    def give_up() -> None:
        raise GivenUpError

    someone.start(stop_at=3)
    assert someone.net.entered.wait(30)
    with pytest.raises(GivenUpError):
        someone.runner.snapshot(give_up)
    someone.net.opened.set()
    someone.until(RunState.FINISHED)


def test_the_layout_is_known_once_the_network_is_built(someone: Someone) -> None:
    assert someone.runner.layout is None
    someone.start(stop_at=1)
    assert someone.net.entered.wait(30)
    assert someone.runner.layout == {name: tuple(tensor.shape) for name, tensor in Net().state_dict().items()}


def test_without_weights_a_sentence_says_so(someone: Someone) -> None:
    with pytest.raises(TrainingError, match="nothing was trained yet"):
        someone.runner.snapshot()

    def fail() -> nn.Module:
        raise TrainingError("It cannot be built.")

    failing: Callable[[], nn.Module] = fail
    someone.runner.start(TrainingJob(failing, POINTS, RECIPE))
    someone.until(RunState.FAILED)
    with pytest.raises(TrainingError, match="ended before its first step"):
        someone.runner.snapshot()
