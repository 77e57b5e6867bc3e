"""However a run ends, it says why and keeps what it has learned."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from torch import Tensor, nn

from engine.data import mnist
from engine.data.declarations import DataChoice
from engine.training import checkpoint, run
from engine.training.failures import TrainingError
from engine.training.job import TrainingJob
from engine.training.recipe import Recipe
from engine.training.runner import TrainingRunner
from engine.training.status import RunState

if TYPE_CHECKING:
    from conftest import Ended, MakeGate, MakeJob, Same


class Diverging(nn.Linear):
    """Gives NaN from its 7th training step on."""

    calls = 0

    def forward(self, input: Tensor) -> Tensor:
        self.calls += self.training
        return super().forward(input) * (math.nan if self.calls >= 7 else 1)


def test_a_loss_that_becomes_nan_ends_the_run_with_advice_and_keeps_its_state(
    runner: TrainingRunner, job: MakeJob, ended: Ended
) -> None:
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


def test_memory_that_runs_out_ends_the_run_and_keeps_a_checkpoint(
    runner: TrainingRunner, tmp_path: Path, job: MakeJob, ended: Ended
) -> None:
    model = Failing(2, 2)
    runner.start(job(lambda: model, run_dir=tmp_path / "run"))
    status = ended(runner)
    assert (status.state, status.step, len(status.results)) == (RunState.FAILED, 12, 1)
    assert "not enough memory" in status.message
    assert all(parameter.grad is None for parameter in model.parameters())
    assert checkpoint.exists(tmp_path / "run")
    runner.start(job(lambda: nn.Linear(2, 2), run_dir=tmp_path / "run", resume=True))
    assert ended(runner).step == 30


def test_an_unexpected_error_ends_the_run_and_is_logged(
    runner: TrainingRunner, caplog: pytest.LogCaptureFixture, job: MakeJob, ended: Ended
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
        (lambda job: job(lambda: nn.Linear(2, 3)), "2 classes"),
        (lambda job: job(lambda: 1 / 0), "ZeroDivisionError"),  # type: ignore[arg-type, return-value]
        (lambda job: job(resume=True), "directory"),
        (lambda job: job(run_dir=Path("no/such/place"), resume=True), "no checkpoint"),
        (
            lambda job: job(lambda: nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2)), Recipe(batch_size=159)),
            "single sample",
        ),
    ],
)
def test_what_cannot_be_trained_fails_with_a_sentence(
    make: Callable[[MakeJob], TrainingJob], words: str, runner: TrainingRunner, job: MakeJob, ended: Ended
) -> None:
    runner.start(make(job))
    status = ended(runner)
    assert status.state is RunState.FAILED
    assert words in status.message


def test_missing_data_fails_with_a_sentence(
    runner: TrainingRunner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, job: MakeJob, ended: Ended
) -> None:
    monkeypatch.setattr(mnist.load, "__defaults__", (tmp_path / "gone.npz",))
    runner.start(job(data=DataChoice("mnist")))
    status = ended(runner)
    assert status.state is RunState.FAILED
    assert "missing" in status.message


def test_checkpoints_are_written_at_the_end_and_now_and_then(
    runner: TrainingRunner,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    job: MakeJob,
    gate: MakeGate,
    ended: Ended,
    same: Same,
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
    other.start(job(build, run_dir=tmp_path, resume=True))
    ended(other)
    same(other)
    assert other.close(30)


def test_a_checkpoint_that_cannot_be_written_does_not_end_the_run(
    runner: TrainingRunner, tmp_path: Path, job: MakeJob, ended: Ended
) -> None:
    (tmp_path / "file").write_text("in the way")
    runner.start(job(run_dir=tmp_path / "file"))
    status = ended(runner)
    assert status.state is RunState.FINISHED
    assert "could not be saved" in status.message


def test_diverged_weights_do_not_replace_a_good_checkpoint(
    runner: TrainingRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, job: MakeJob, ended: Ended
) -> None:
    class LateNan(nn.Linear):
        calls = 0

        def forward(self, input: Tensor) -> Tensor:
            self.calls += self.training
            return super().forward(input) * (math.nan if self.calls >= 15 else 1)

    monkeypatch.setattr(run, "_CHECKPOINT_INTERVAL_S", 0.0)
    runner.start(job(lambda: LateNan(2, 2), run_dir=tmp_path))
    assert ended(runner).state is RunState.FAILED
    runner.start(job(lambda: nn.Linear(2, 2), run_dir=tmp_path, resume=True))
    assert ended(runner).state is RunState.FINISHED
