"""The runner: commands reach a run between two steps, and change nothing in what it computes."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from torch import nn

from engine.data.declarations import DataChoice
from engine.graph.params import ParamError
from engine.training.failures import TrainingError
from engine.training.recipe import Recipe
from engine.training.runner import TrainingRunner
from engine.training.status import RunState, RunStatus

if TYPE_CHECKING:
    from conftest import Ended, MakeGate, MakeJob, Same, Until, Whole


def test_nothing_was_started_yet(runner: TrainingRunner) -> None:
    assert runner.status() == RunStatus()
    assert runner.history is None
    runner.pause()
    runner.resume()
    runner.stop()
    runner.set_learning_rate(0.1)
    with pytest.raises(TrainingError, match="no run"):
        runner.go_on(1)


def test_a_run_to_its_end(whole: Whole) -> None:
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


def test_the_same_seed_gives_the_same_run(runner: TrainingRunner, job: MakeJob, ended: Ended, same: Same) -> None:
    runner.start(job())
    ended(runner)
    same(runner)


def test_pausing_holds_the_run_between_two_steps_and_changes_nothing(
    runner: TrainingRunner, job: MakeJob, gate: MakeGate, ended: Ended, until: Until, same: Same
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
    same(runner)


@pytest.mark.parametrize("stop_at", [3, 20, 30])
def test_stopping_ends_the_run_after_the_step_in_progress_and_going_on_changes_nothing(
    stop_at: int, runner: TrainingRunner, job: MakeJob, gate: MakeGate, ended: Ended, same: Same
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
    same(runner)


def test_stopping_reaches_a_paused_run(
    runner: TrainingRunner, job: MakeJob, gate: MakeGate, ended: Ended, until: Until
) -> None:
    model, build = gate(stop_at=2)
    runner.start(job(build))
    assert model.entered.wait(30)
    runner.pause()
    model.opened.set()
    until(runner, RunState.PAUSED)
    runner.stop()
    assert ended(runner).step == 2


def test_stopping_reaches_a_run_that_validates(
    runner: TrainingRunner, gate: MakeGate, job: MakeJob, ended: Ended, same: Same
) -> None:
    model, build = gate(is_here=lambda gate: not gate.training and gate.calls)
    runner.start(job(build))
    assert model.entered.wait(30)
    runner.stop()
    model.opened.set()
    status = ended(runner)
    assert (status.state, status.step, status.results) == (RunState.STOPPED, 10, ())
    runner.go_on()
    ended(runner)
    same(runner)


def test_stopping_reaches_a_run_that_is_still_loading(
    runner: TrainingRunner, monkeypatch: pytest.MonkeyPatch, job: MakeJob, gate: MakeGate, ended: Ended, same: Same
) -> None:
    from engine.data import loading

    entered, opened, really_load = threading.Event(), threading.Event(), loading.load

    def load(choice: DataChoice, device: torch.device) -> object:
        entered.set()
        assert opened.wait(30)
        return really_load(choice, device)

    built: list[int] = []
    _, build_gate = gate()

    def build() -> nn.Module:
        built.append(1)
        return build_gate()

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
    same(runner)


def test_going_on_adds_epochs_of_which_one_that_was_begun_is_the_first(
    runner: TrainingRunner, job: MakeJob, gate: MakeGate, ended: Ended
) -> None:
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


def test_starting_again_replaces_a_run_in_progress(
    runner: TrainingRunner, job: MakeJob, gate: MakeGate, ended: Ended, same: Same
) -> None:
    model, build = gate(stop_at=5)
    runner.start(job(build))
    assert model.entered.wait(30)
    first = runner.history
    runner.start(job())
    assert runner.status().state is RunState.STARTING
    model.opened.set()
    ended(runner)
    same(runner)
    assert runner.history is not first
    assert model.calls == 5


def test_the_learning_rate_changes_between_two_steps_also_while_paused(
    runner: TrainingRunner, job: MakeJob, gate: MakeGate, ended: Ended, until: Until
) -> None:
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


def test_status_and_history_can_be_read_from_anywhere_while_training(runner: TrainingRunner, job: MakeJob) -> None:
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


def test_closing_stops_the_run_and_leaves_no_thread(job: MakeJob, until: Until) -> None:
    before = set(threading.enumerate())
    runner = TrainingRunner()
    runner.start(job(recipe=Recipe(epochs=100_000, threads=1)))
    until(runner, RunState.RUNNING)
    assert runner.close(30)
    assert set(threading.enumerate()) == before
    assert runner.status().state is RunState.STOPPED
    with pytest.raises(RuntimeError, match="closed"):
        runner.start(job())


def test_closing_gives_up_after_its_timeout(job: MakeJob, gate: MakeGate) -> None:
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
