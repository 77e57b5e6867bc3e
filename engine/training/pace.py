"""How fast a run goes."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

_SMOOTHING_S = 2.0
"""How long a change of speed takes to show: long enough to be readable, short enough to be felt."""


class Pace:
    """Steps per second of training: smoothed for display, and overall."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self.smoothed = 0.0
        """Steps per second over about the last two seconds of training."""
        self.steps = 0
        """Training steps timed so far."""
        self.seconds = 0.0
        """What they took, without validation and pauses."""
        self._clock = clock
        self._mark: tuple[float, int] | None = None

    @property
    def mean(self) -> float:
        """Steps per second over the whole run."""
        return self.steps / self.seconds if self.seconds else 0.0

    def start(self, step: int) -> None:
        """Training begins or goes on, with `step` steps done in the run."""
        self._mark = (self._clock(), step)

    def update(self, step: int) -> None:
        """By now, `step` steps are done in the run."""
        if self._mark is None:
            return
        now, (before, first) = self._clock(), self._mark
        elapsed, done = now - before, step - first
        if elapsed <= 0 or not done:
            return
        self._mark = (now, step)
        self.steps += done
        self.seconds += elapsed
        rate = done / elapsed
        # Short stretches count for little, and the mean so far keeps the first readings from jumping.
        weight = 1 - math.exp(-elapsed / _SMOOTHING_S)
        self.smoothed = self.mean if self.seconds < _SMOOTHING_S else self.smoothed + weight * (rate - self.smoothed)

    def stop(self, step: int) -> None:
        """Training rests, with `step` steps done in the run."""
        self.update(step)
        self._mark = None
