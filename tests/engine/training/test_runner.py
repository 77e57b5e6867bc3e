"""The runner: commands reach a run between two steps, and change nothing in what it computes."""

from __future__ import annotations

import math
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from engine.data import mnist
from engine.data.declarations import DataChoice
from engine.graph.params import ParamError
from engine.training import checkpoint, run
from engine.training.failures import TrainingError
from engine.training.job import TrainingJob
from engine.training.recipe import Recipe
from engine.training.runner import TrainingRunner, train
from engine.training.status import RunState, RunStatus

POINTS = DataChoice("spirals", {"points": 200})
RECIPE = Recipe(epochs=3, batch_size=16, seed=4, device="cpu", threads=1)  # 10 steps an epoch


def mlp() -> nn.Module:
    return nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Dropout(0.2), nn.Linear(8, 2))


class Gate(nn.Module):
    """A network that stands still in the middle of a chosen training step until it is let through."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = mlp()
        self.stop_at = -1
        self.calls = 0
        self.entered, self.opened = threading.Event(), threading.Event()

    def forward(self, x: Tensor) -> Tensor:
        if self.training or self.stop_at == 0:
            self.calls += self.training
            if self.calls == self.stop_at:
                self.entered.set()
                assert self.opened.wait(30)
        output: Tensor = self.inner(x)
        return output


def gate(stop_at: int) -> tuple[Gate, Callable[[], nn.Module]]:
    """A gate, and a builder that gives it fresh weights from the run's seed."""
    model = Gate()
    model.stop_at = stop_at

    def build() -> nn.Module:
        model.inner = mlp()
        return model

    return model, build


@pytest.fixture
def runner() -> Iterator[TrainingRunner]:
    runner = TrainingRunner()
    yield runner
    assert runner.close(30)


def job(build: Callable[[], nn.Module] = mlp, recipe: Recipe = RECIPE, run_dir: Path | None = None) -> TrainingJob:
    return TrainingJob(build, POINTS, recipe, run_dir)


def until(runner: TrainingRunner, *states: RunState) -> RunStatus:
    deadline = time.monotonic() + 60
    while (status := runner.status()).state not in states:
        assert time.monotonic() < deadline, status
        time.sleep(0.002)
    return status


def ended(runner: TrainingRunner) -> RunStatus:
    return until(runner, RunState.STOPPED, RunState.FINISHED, RunState.FAILED)


@pytest.fixture(scope="module")
def whole() -> tuple[RunStatus, np.ndarray]:
    """An uninterrupted run: its last status and its rows."""
    runner = TrainingRunner()
    runner.start(job())
    status = ended(runner)
    runner.close()
    assert status.state is RunState.FINISHED
    assert runner.history is not None
    return status, runner.history.rows()


def same(runner: TrainingRunner, whole: tuple[RunStatus, np.ndarray]) -> None:
    """The run came to the same end as an uninterrupted one, bit for bit."""
    status = runner.status()
    assert (status.state, status.results, status.test_loss) == (RunState.FINISHED, whole[0].results, whole[0].test_loss)
    assert runner.history is not None
    np.testing.assert_array_equal(runner.history.rows(), whole[1])


def test_nothing_was_started_yet(runner: TrainingRunner) -> None:
    assert runner.status() == RunStatus()
    assert runner.history is None
    runner.pause()
    runner.resume()
    runner.stop()
    runner.set_learning_rate(0.1)
    with pytest.raises(TrainingError, match="no run"):
        runner.go_on(1)


def test_a_run_to_its_end(whole: tuple[RunStatus, np.ndarray]) -> None:
    status, rows = whole
    assert (status.epoch, status.epochs, status.step, status.total_steps, status.steps_per_epoch) == (3, 3, 30, 30, 10)
    assert [(result.epoch, result.step) for result in status.results] == [(1, 10), (2, 20), (3, 30)]
    assert status.test_accuracy is not None
    assert status.message.startswith("Finished:")
    assert status.device == "CPU, 1 thread"
    assert status.samples_per_second > 0
    assert status.steps_per_second > 0
    assert status.eta_seconds == 0
    assert (status.seed, status.learning_rate) == (4, 1e-3)
    assert rows.shape == (30, 5)


def test_the_same_seed_gives_the_same_run(runner: TrainingRunner, whole: tuple[RunStatus, np.ndarray]) -> None:
    runner.start(job())
    ended(runner)
    same(runner, whole)


def test_pausing_holds_the_run_between_two_steps_and_changes_nothing(
    runner: TrainingRunner, whole: tuple[RunStatus, np.ndarray]
) -> None:
    model, build = gate(stop_at=14)
    runner.start(job(build))
    assert model.entered.wait(30)
    runner.pause()
    model.opened.set()
    status = until(runner, RunState.PAUSED)
    assert (status.step, status.epoch) == (14, 2)
    assert runner.history is not None
    assert runner.history.steps == 14
    torch.rand(50)
    runner.pause()
    time.sleep(0.05)
    assert runner.status() == status
    runner.resume()
    ended(runner)
    same(runner, whole)


@pytest.mark.parametrize("stop_at", [3, 20, 30])
def test_stopping_ends_the_run_after_the_step_in_progress_and_going_on_changes_nothing(
    stop_at: int, runner: TrainingRunner, whole: tuple[RunStatus, np.ndarray]
) -> None:
    model, build = gate(stop_at)
    runner.start(job(build))
    assert model.entered.wait(30)
    runner.stop()
    runner.resume()  # too late: a stop is final
    model.opened.set()
    status = ended(runner)
    assert (status.state, status.step, model.calls) == (RunState.STOPPED, stop_at, stop_at)
    assert status.test_accuracy is None
    torch.rand(50)
    runner.go_on()
    ended(runner)
    same(runner, whole)


def test_stopping_reaches_a_paused_run(runner: TrainingRunner) -> None:
    model, build = gate(stop_at=2)
    runner.start(job(build))
    assert model.entered.wait(30)
    runner.pause()
    model.opened.set()
    until(runner, RunState.PAUSED)
    runner.stop()
    assert ended(runner).step == 2


def test_stopping_reaches_a_run_that_validates(runner: TrainingRunner, whole: tuple[RunStatus, np.ndarray]) -> None:
    class Validating(Gate):
        """Stands still in the first batch of the first validation after training has begun."""

        def forward(self, x: Tensor) -> Tensor:
            if self.training:
                self.calls += 1
            elif self.calls:
                self.entered.set()
                assert self.opened.wait(30)
            output: Tensor = self.inner(x)
            return output

    model = Validating()

    def build() -> nn.Module:
        model.inner = mlp()
        return model

    runner.start(job(build))
    assert model.entered.wait(30)
    runner.stop()
    model.opened.set()
    status = ended(runner)
    assert (status.state, status.step, status.results) == (RunState.STOPPED, 10, ())
    runner.go_on()
    ended(runner)
    same(runner, whole)


def test_stopping_reaches_a_run_that_is_still_loading(
    runner: TrainingRunner, monkeypatch: pytest.MonkeyPatch, whole: tuple[RunStatus, np.ndarray]
) -> None:
    from engine.data import loading

    entered, opened, really_load = threading.Event(), threading.Event(), loading.load

    def load(choice: DataChoice, device: torch.device) -> object:
        entered.set()
        assert opened.wait(30)
        return really_load(choice, device)

    built: list[int] = []

    def build() -> nn.Module:
        built.append(1)
        return mlp()

    monkeypatch.setattr(loading, "load", load)
    runner.start(job(build))
    assert entered.wait(30)
    assert runner.status().state is RunState.STARTING
    assert runner.status().message == "Reading the data…"
    runner.stop()
    opened.set()
    assert (ended(runner).state, built) == (RunState.STOPPED, [])
    runner.go_on()
    ended(runner)
    same(runner, whole)


def test_going_on_adds_epochs_of_which_one_that_was_begun_is_the_first(runner: TrainingRunner) -> None:
    runner.start(job())
    ended(runner)
    runner.go_on(2)
    status = ended(runner)
    assert (status.state, status.epochs, status.step, len(status.results)) == (RunState.FINISHED, 5, 50, 5)
    model, build = gate(stop_at=14)
    runner.start(job(build))
    assert model.entered.wait(30)
    with pytest.raises(TrainingError, match="only a stopped or finished"):
        runner.go_on(1)
    runner.stop()
    model.opened.set()
    ended(runner)
    runner.go_on(1)
    status = ended(runner)
    assert (status.state, status.epochs, status.step) == (RunState.FINISHED, 2, 20)


def test_starting_again_replaces_a_run_in_progress(runner: TrainingRunner, whole: tuple[RunStatus, np.ndarray]) -> None:
    model, build = gate(stop_at=5)
    runner.start(job(build))
    assert model.entered.wait(30)
    first = runner.history
    runner.start(job())
    assert runner.status().state is RunState.STARTING
    model.opened.set()
    ended(runner)
    same(runner, whole)
    assert runner.history is not first
    assert model.calls == 5


def test_the_learning_rate_changes_between_two_steps_also_while_paused(runner: TrainingRunner) -> None:
    model, build = gate(stop_at=4)
    runner.start(job(build, Recipe(optimizer="sgd", momentum=0.0, batch_size=16, epochs=2, threads=1)))
    assert model.entered.wait(30)
    runner.pause()
    model.opened.set()
    until(runner, RunState.PAUSED)
    weights = [parameter.clone() for parameter in model.parameters()]
    with pytest.raises(ParamError):
        runner.set_learning_rate(-1)
    runner.set_learning_rate(0)
    runner.resume()
    assert ended(runner).learning_rate == 0
    assert all(torch.equal(a, b) for a, b in zip(weights, model.parameters(), strict=True))


class Diverging(nn.Linear):
    """Gives NaN from its 7th training step on."""

    calls = 0

    def forward(self, input: Tensor) -> Tensor:
        self.calls += self.training
        return super().forward(input) * (math.nan if self.calls >= 7 else 1)


def test_a_loss_that_becomes_nan_ends_the_run_with_advice_and_keeps_its_state(runner: TrainingRunner) -> None:
    runner.start(job(lambda: Diverging(2, 2)))
    status = ended(runner)
    assert status.state is RunState.FAILED
    assert status.message.startswith("The loss became NaN or infinite at step 7: lower the learning rate")
    assert status.step >= 7
    assert runner.history is not None
    assert runner.history.steps == status.step
    with pytest.raises(TrainingError):
        runner.go_on(1)


class Failing(nn.Linear):
    """Raises in its 13th training step."""

    calls = 0
    error: Exception = RuntimeError("CUDA out of memory. Tried to allocate 20.00 GiB")

    def forward(self, input: Tensor) -> Tensor:
        self.calls += self.training
        if self.calls == 13:
            raise self.error
        return super().forward(input)


def test_memory_that_runs_out_ends_the_run_and_keeps_a_checkpoint(runner: TrainingRunner, tmp_path: Path) -> None:
    model = Failing(2, 2)
    runner.start(job(lambda: model, run_dir=tmp_path / "run"))
    status = ended(runner)
    assert (status.state, status.step, len(status.results)) == (RunState.FAILED, 12, 1)
    assert "not enough memory" in status.message
    assert all(parameter.grad is None for parameter in model.parameters())
    assert checkpoint.exists(tmp_path / "run")
    runner.start(TrainingJob(lambda: nn.Linear(2, 2), POINTS, RECIPE, tmp_path / "run", resume=True))
    assert ended(runner).step == 30


def test_an_unexpected_error_ends_the_run_and_is_logged(
    runner: TrainingRunner, caplog: pytest.LogCaptureFixture
) -> None:
    model = Failing(2, 2)
    model.error = KeyError("odd")
    runner.start(job(lambda: model))
    status = ended(runner)
    assert status.state is RunState.FAILED
    assert "KeyError" in status.message
    assert "Traceback" in caplog.text
    runner.start(job())
    assert ended(runner).state is RunState.FINISHED


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: job(lambda: nn.Linear(2, 3)), "2 classes"),
        (lambda: job(lambda: 1 / 0), "ZeroDivisionError"),  # type: ignore[arg-type, return-value]
        (lambda: TrainingJob(mlp, POINTS, RECIPE, resume=True), "directory"),
        (lambda: TrainingJob(mlp, POINTS, RECIPE, Path("no/such/place"), resume=True), "no checkpoint"),
        (
            lambda: job(lambda: nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2)), Recipe(batch_size=159)),
            "single sample",
        ),
    ],
)
def test_what_cannot_be_trained_fails_with_a_sentence(
    make: Callable[[], TrainingJob], words: str, runner: TrainingRunner
) -> None:
    runner.start(make())
    status = ended(runner)
    assert status.state is RunState.FAILED
    assert words in status.message


def test_missing_data_fails_with_a_sentence(
    runner: TrainingRunner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(mnist.load, "__defaults__", (tmp_path / "gone.npz",))
    runner.start(TrainingJob(mlp, DataChoice("mnist"), RECIPE))
    status = ended(runner)
    assert status.state is RunState.FAILED
    assert "missing" in status.message


def test_checkpoints_are_written_at_the_end_and_now_and_then(
    runner: TrainingRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: tuple[RunStatus, np.ndarray]
) -> None:
    model, build = gate(stop_at=15)
    monkeypatch.setattr(run, "_CHECKPOINT_INTERVAL_S", 0.0)
    runner.start(job(build, run_dir=tmp_path))
    assert model.entered.wait(30)
    assert checkpoint.exists(tmp_path)  # of the first epoch
    runner.stop()
    model.opened.set()
    assert ended(runner).step == 15
    other = TrainingRunner()
    other.start(TrainingJob(build, POINTS, RECIPE, tmp_path, resume=True))
    ended(other)
    same(other, whole)
    assert other.close(30)


def test_a_checkpoint_that_cannot_be_written_does_not_end_the_run(runner: TrainingRunner, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    runner.start(job(run_dir=tmp_path / "file"))
    status = ended(runner)
    assert status.state is RunState.FINISHED
    assert "could not be saved" in status.message


def test_diverged_weights_do_not_replace_a_good_checkpoint(
    runner: TrainingRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class LateNan(nn.Linear):
        calls = 0

        def forward(self, input: Tensor) -> Tensor:
            self.calls += self.training
            return super().forward(input) * (math.nan if self.calls >= 15 else 1)

    monkeypatch.setattr(run, "_CHECKPOINT_INTERVAL_S", 0.0)
    runner.start(job(lambda: LateNan(2, 2), run_dir=tmp_path))
    assert ended(runner).state is RunState.FAILED
    runner.start(TrainingJob(lambda: nn.Linear(2, 2), POINTS, RECIPE, tmp_path, resume=True))
    assert ended(runner).state is RunState.FINISHED


def test_status_and_history_can_be_read_from_anywhere_while_training(runner: TrainingRunner) -> None:
    runner.start(job(recipe=Recipe(epochs=30, batch_size=4, threads=1)))
    seen: list[RunStatus] = []
    steps = 0
    while not seen or seen[-1].state.active:
        seen.append(runner.status())
        if (history := runner.history) is not None:
            measured = history.read(steps)
            steps += len(measured.loss)
            assert np.isfinite(measured.norms).all()
        time.sleep(0.001)  # lets the training thread have the interpreter
    assert [status.step for status in seen] == sorted(status.step for status in seen)
    for status in seen:
        if status.steps_per_epoch:
            assert len(status.results) in (status.epoch - 1, status.epoch)
            assert status.total_steps == 30 * 40
    assert runner.history is not None
    assert runner.history.steps == 1_200


def test_closing_stops_the_run_and_leaves_no_thread() -> None:
    before = set(threading.enumerate())
    runner = TrainingRunner()
    runner.start(job(recipe=Recipe(epochs=100_000, threads=1)))
    until(runner, RunState.RUNNING)
    assert runner.close(30)
    assert set(threading.enumerate()) == before
    assert runner.status().state is RunState.STOPPED
    with pytest.raises(RuntimeError, match="closed"):
        runner.start(job())


def test_closing_gives_up_after_its_timeout() -> None:
    model, build = gate(stop_at=1)
    runner = TrainingRunner()
    runner.start(job(build))
    assert model.entered.wait(30)
    assert not runner.close(0.01)
    model.opened.set()
    assert runner.close(30)


@pytest.mark.slow
@pytest.mark.parametrize("pause", [False, True])
def test_a_program_that_forgets_to_close_still_ends(pause: bool) -> None:
    code = f"""
import time
from torch import nn
from engine.data.declarations import DataChoice
from engine.training.recipe import Recipe
from engine.training.job import TrainingJob
from engine.training.runner import TrainingRunner
from engine.training.status import RunState
runner = TrainingRunner()
runner.start(TrainingJob(lambda: nn.Linear(2, 2), DataChoice("spirals"), Recipe(epochs=100_000, threads=1)))
while not runner.status().step:
    time.sleep(0.01)
if {pause}:
    runner.pause()
    while runner.status().state is not RunState.PAUSED:
        time.sleep(0.01)
raise SystemExit(7)
"""
    assert subprocess.run([sys.executable, "-c", code], timeout=120, check=False).returncode == 7


def test_training_without_a_thread_gives_the_same_run(whole: tuple[RunStatus, np.ndarray]) -> None:
    seen: list[RunStatus] = []
    before = threading.enumerate()
    status = train(job(), seen.append)
    assert threading.enumerate() == before
    assert [len(each.results) for each in seen] == [1, 2, 3]
    assert [each.step for each in seen] == [10, 20, 30]
    assert (status.results, status.test_accuracy) == (whole[0].results, whole[0].test_accuracy)


def test_ctrl_c_ends_the_run_after_the_step_so_that_it_can_be_resumed_exactly(
    tmp_path: Path, whole: tuple[RunStatus, np.ndarray]
) -> None:
    class Interrupted(Gate):
        def forward(self, x: Tensor) -> Tensor:
            self.calls += self.training
            if self.calls == 14:
                signal.raise_signal(signal.SIGINT)
            output: Tensor = self.inner(x)
            return output

    handler = signal.getsignal(signal.SIGINT)
    status = train(job(Interrupted, run_dir=tmp_path))
    assert (status.state, status.step) == (RunState.STOPPED, 14)
    assert signal.getsignal(signal.SIGINT) is handler
    resumed = train(TrainingJob(Gate, POINTS, RECIPE, tmp_path, resume=True))
    assert resumed.results == whole[0].results
    assert resumed.test_loss == whole[0].test_loss


def test_a_second_ctrl_c_interrupts_at_once() -> None:
    class Impatient(nn.Linear):
        def forward(self, input: Tensor) -> Tensor:
            if self.training:
                signal.raise_signal(signal.SIGINT)
                signal.raise_signal(signal.SIGINT)
            return super().forward(input)

    handler = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        train(job(lambda: Impatient(2, 2)))
    assert signal.getsignal(signal.SIGINT) is handler


def test_a_failure_without_a_thread_is_a_status_too() -> None:
    assert train(job(lambda: Diverging(2, 2))).state is RunState.FAILED
