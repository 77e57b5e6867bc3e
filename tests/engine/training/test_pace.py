"""Throughput, against a clock that the test moves."""

from __future__ import annotations

import pytest

from engine.training.pace import Pace


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_steady_run_shows_its_rate_at_once_and_rests_do_not_count() -> None:
    clock = Clock()
    pace = Pace(clock)
    pace.start(0)
    for step in range(1, 201):
        clock.now += 0.05
        pace.update(step)
        assert pace.smoothed == pytest.approx(20)
        if step == 100:
            pace.stop(step)
            clock.now += 3_600
            pace.start(step)
    assert pace.mean == pytest.approx(20)
    assert pace.seconds == pytest.approx(10)
    assert pace.steps == 200


def test_a_change_of_speed_shows_within_seconds_and_not_at_once() -> None:
    clock = Clock()
    pace = Pace(clock)
    pace.start(0)
    step = 0
    for _ in range(100):
        clock.now, step = clock.now + 0.1, step + 10
        pace.update(step)
    clock.now, step = clock.now + 0.1, step + 1
    pace.update(step)
    assert 80 < pace.smoothed < 100
    for _ in range(100):
        clock.now, step = clock.now + 0.1, step + 1
        pace.update(step)
    assert pace.smoothed == pytest.approx(10, rel=0.1)


def test_nothing_done_is_no_measurement() -> None:
    clock = Clock()
    pace = Pace(clock)
    pace.update(5)
    pace.start(5)
    clock.now += 1
    pace.update(5)
    pace.stop(5)
    assert (pace.smoothed, pace.mean, pace.steps) == (0, 0, 0)
