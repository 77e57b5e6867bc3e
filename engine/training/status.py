"""What a window or a command line reads about a run: plain, immutable, without torch."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class RunState(Enum):
    """Where a run stands."""

    IDLE = "idle"
    """Nothing was started yet."""
    STARTING = "starting"
    """Loading torch and the data, building the network."""
    RUNNING = "running"
    """Training or validating."""
    PAUSED = "paused"
    """Waiting to be resumed or stopped."""
    STOPPED = "stopped"
    """Ended early on request; can go on exactly where it was."""
    FINISHED = "finished"
    """All planned epochs are done; can go on for more."""
    FAILED = "failed"
    """Ended by an error, which the status's message explains."""

    @property
    def active(self) -> bool:
        """Whether the run still holds its thread."""
        return self in (RunState.STARTING, RunState.RUNNING, RunState.PAUSED)


@dataclass(frozen=True, slots=True)
class EpochResult:
    """What one epoch brought."""

    epoch: int
    """Its number, from 1."""
    step: int
    """The steps done in the whole run when it ended."""
    train_loss: float
    """The mean loss over its training samples, each at the moment of its step."""
    validation_loss: float
    """The mean loss over the validation split, after the epoch."""
    validation_accuracy: float
    """The share of the validation split that is classified correctly, 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStatus:
    """One moment of a run."""

    state: RunState = RunState.IDLE
    """Where it stands."""
    epoch: int = 0
    """The epoch in progress, or the last one done, from 1; 0 before the first step."""
    epochs: int = 0
    """The epochs planned."""
    step: int = 0
    """The steps done in the whole run."""
    steps_per_epoch: int = 0
    """The steps of one epoch; 0 until the data is loaded."""
    total_steps: int = 0
    """The steps planned in the whole run."""
    samples_per_second: float = 0.0
    """Training throughput, smoothed over the last seconds; validation and pauses are left out."""
    eta_seconds: float | None = None
    """About how long the planned epochs still take, validation included; None while that is unknown."""
    device: str = ""
    """The device that trains, in words: “CPU, 1 thread”."""
    message: str = ""
    """One sentence on what is going on or went wrong."""
    results: tuple[EpochResult, ...] = ()
    """Every epoch done, in order."""
    test_loss: float | None = None
    """The mean loss over the test split, once the planned epochs are done."""
    test_accuracy: float | None = None
    """The share of the test split that is classified correctly, 0 to 1, once the planned epochs are done."""
    seed: int = 0
    """The seed of the run."""
    learning_rate: float = 0.0
    """The learning rate in force."""
    steps_per_second: float = 0.0
    """Mean pace over all training steps so far; validation and pauses are left out."""
