"""Ranges change rarely, and never leave data outside."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gui.training.frame import fitted, stretched

VALUES = st.floats(-1e6, 1e6)


@given(st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=8))
def test_a_fitted_range_holds_the_values(extremes: list[tuple[float, float]]) -> None:
    shown = None
    for one, other in extremes:
        low, high = min(one, other), max(one, other)
        before = shown
        shown = fitted(before, low, high)
        assert shown[0] <= low <= high <= shown[1]
        assert shown[1] > shown[0]
        if before is not None and before != shown:
            outside = low < before[0] or high > before[1]
            small = high - low < 0.31 * (before[1] - before[0])
            assert outside or small


def test_a_fitted_range_respects_floor_and_least() -> None:
    assert fitted(None, 0.0, 2.0, floor=0.0)[0] == 0.0
    low, high = fitted(None, 0.5, 0.5, least=0.02)
    assert high - low >= 0.02
    assert fitted((low, high), 0.5, 0.5, least=0.02) == (low, high)


def test_steps_grow_in_few_leaps_up_to_the_plan() -> None:
    shown, leaps = None, 0
    for steps in range(1, 2812):
        before = shown
        shown = stretched(shown, steps, 2811, live=True)
        leaps += shown != before
        assert steps <= shown[1] <= max(2811, 50)
        assert steps == 1 or shown[1] <= max(50, 1.4 * 1.25 * steps + 1)
    assert leaps <= 14
    assert shown == (0.0, 2811.0)


def test_steps_close_up_at_the_end_and_open_again_for_more() -> None:
    ended = stretched((0.0, 2000.0), 900, 2000, live=False)
    assert 900 < ended[1] < 950
    assert stretched(ended, 900, 3000, live=True)[1] >= 900
    assert stretched(None, 1, 0, live=True)[1] >= 50
    assert stretched((0.0, 50.0), 300, 0, live=True)[1] >= 300
