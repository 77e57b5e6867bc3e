"""Training without a thread of its own, as on the command line: the same run, ended by Ctrl+C."""

from __future__ import annotations

import math
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from torch import Tensor, nn

from engine.training.runner import train
from engine.training.status import RunState, RunStatus

if TYPE_CHECKING:
    from conftest import Gate, MakeGate, MakeJob, Whole


def test_training_without_a_thread_gives_the_same_run(whole: Whole, job: MakeJob) -> None:
    seen: list[RunStatus] = []
    before = threading.enumerate()
    status = train(job(), seen.append)
    assert threading.enumerate() == before
    assert [len(each.results) for each in seen] == [1, 2, 3]
    assert [each.step for each in seen] == [10, 20, 30]
    assert (status.results, status.test_accuracy) == (whole[0].results, whole[0].test_accuracy)


def test_ctrl_c_ends_the_run_after_the_step_so_that_it_can_be_resumed_exactly(
    tmp_path: Path, whole: Whole, gate: MakeGate, job: MakeJob
) -> None:
    def interrupt(gate: Gate) -> None:
        if gate.calls == 14:
            signal.raise_signal(signal.SIGINT)

    _, build = gate(is_here=interrupt)
    handler = signal.getsignal(signal.SIGINT)
    status = train(job(build, run_dir=tmp_path))
    assert (status.state, status.step) == (RunState.STOPPED, 14)
    assert signal.getsignal(signal.SIGINT) is handler
    _, build_anew = gate()
    resumed = train(job(build_anew, run_dir=tmp_path, resume=True))
    assert resumed.results == whole[0].results
    assert resumed.test_loss == whole[0].test_loss


def test_a_second_ctrl_c_interrupts_at_once(job: MakeJob) -> None:
    class Impatient(nn.Linear):
        def forward(self, input: Tensor) -> Tensor:
            if self.training:
                signal.raise_signal(signal.SIGINT)
                signal.raise_signal(signal.SIGINT)
            return super().forward(input)

    before = signal.getsignal(signal.SIGINT)
    # Whoever runs tests in the background of a shell has it ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            train(job(lambda: Impatient(2, 2)))
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_failure_without_a_thread_is_a_status_too(job: MakeJob) -> None:
    class Diverging(nn.Linear):
        def forward(self, input: Tensor) -> Tensor:
            return super().forward(input) * math.nan

    assert train(job(lambda: Diverging(2, 2))).state is RunState.FAILED
