"""The pyramid against NumPy on the samples themselves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gui.training.pyramid import Pyramid, polylines

FLOATS = st.floats(-1e6, 1e6, width=32) | st.sampled_from([np.nan, np.inf, -np.inf])


def grown(values: np.ndarray, cuts: list[int]) -> Pyramid:
    """A pyramid that got `values` (samples, curves) in several pieces."""
    pyramid = Pyramid(values.shape[1])
    ends = [*sorted(min(cut, len(values)) for cut in cuts), len(values)]
    start = 0
    for end in ends:
        pyramid.append(values[start:end])
        start = end
    return pyramid


@st.composite
def growing(draw: st.DrawFn) -> tuple[np.ndarray, list[int]]:
    samples = draw(st.integers(1, 700))
    curves = draw(st.sampled_from([1, 2, 9]))
    few = draw(arrays(np.float32, (min(samples, 40), curves), elements=FLOATS))
    values = np.tile(few, (-(-samples // len(few)), 1))[:samples]
    return values, draw(st.lists(st.integers(0, samples), max_size=6))


@given(growing(), st.floats(-50, 800), st.floats(0, 800), st.integers(1, 300))
@settings(max_examples=5 * settings.default.max_examples // 2)
def test_extremes_are_those_of_the_samples(
    grown_from: tuple[np.ndarray, list[int]], start: float, width: float, columns: int
) -> None:
    values, cuts = grown_from
    pyramid = grown(values, cuts)
    found = pyramid.extremes(start, start + width, columns)
    assert len(pyramid) == len(values)
    assert len(found.low) == len(found.high) == len(found.edges) - 1
    finite = np.where(np.isfinite(values), values, np.nan)
    for bucket, (first, last) in enumerate(zip(found.edges[:-1], found.edges[1:], strict=True)):
        assert first < last
        for curve in range(values.shape[1]):
            part = finite[first:last, curve]
            known = part[np.isfinite(part)]
            if len(known):
                assert found.low[bucket, curve] == known.min()
                assert found.high[bucket, curve] == known.max()
            else:
                assert np.isnan(found.low[bucket, curve])
                assert np.isnan(found.high[bucket, curve])
    inside = [i for i in range(len(values)) if start <= i <= start + width]
    if inside:
        assert found.edges[0] <= inside[0]
        assert found.edges[-1] > inside[-1]


@given(st.integers(1, 200_000), st.integers(1, 1000), st.floats(0, 1), st.floats(0, 1))
@settings(max_examples=4 * settings.default.max_examples // 3)
def test_a_picture_takes_at_most_about_two_points_a_column(
    samples: int, columns: int, one: float, other: float
) -> None:
    pyramid = Pyramid()
    pyramid.append(np.arange(samples, dtype=np.float32))
    start, stop = sorted((one * samples, other * samples))
    found = pyramid.extremes(start, stop, columns)
    assert len(found.low) <= columns + 2
    x, y = polylines(found)
    assert len(x) == y.shape[1] <= 2 * columns + 4
    # And no coarser than it must be: rounding to whole entries may cost a third of the columns at most.
    visible = min(samples, int(np.ceil(stop)) + 1) - int(start)
    widths = np.diff(found.edges)
    if len(widths):
        assert widths.max() <= max(1, 1.5 * np.ceil(visible / columns))


def test_buckets_stay_where_they_are_while_the_curve_grows() -> None:
    pyramid = Pyramid()
    random = np.random.default_rng(0)
    pyramid.append(random.random(1000))
    before = pyramid.extremes(0, 5000, 100)
    pyramid.append(random.random(700))
    after = pyramid.extremes(0, 5000, 60)
    width = np.diff(after.edges)[0]
    assert set(after.edges[:-1] % width) == {0}
    assert set(before.edges[:-1] % np.diff(before.edges)[0]) == {0}


def test_a_single_outlier_is_seen_at_every_zoom() -> None:
    values = np.zeros(100_000, np.float32)
    values[77_777] = 5
    pyramid = Pyramid()
    pyramid.append(values)
    for columns in (10, 100, 1000, 10_000):
        found = pyramid.extremes(0, 100_000, columns)
        bucket = int(np.argmax(found.high[:, 0]))
        assert found.high[bucket, 0] == 5
        assert found.edges[bucket] <= 77_777 < found.edges[bucket + 1]


def test_close_up_the_line_goes_through_the_samples() -> None:
    values = np.random.default_rng(0).random(5000).astype(np.float32)
    pyramid = Pyramid()
    pyramid.append(values)
    x, y = polylines(pyramid.extremes(1000, 1100, 400))
    assert x.tolist() == list(range(1000, 1101))
    assert np.array_equal(y[0], values[1000:1101])


@pytest.mark.parametrize("buckets", [1, 2, 3, 8])
def test_lines_visit_both_extremes_of_every_bucket(buckets: int) -> None:
    values = np.random.default_rng(0).random((buckets * 10, 3)).astype(np.float32)
    pyramid = Pyramid(3)
    pyramid.append(values)
    x, y = polylines(pyramid.extremes(0, buckets * 10, buckets))
    assert y.shape == (3, 2 * buckets)
    assert np.all(np.diff(x) >= 0)
    for curve in range(3):
        pairs = np.sort(y[curve].reshape(buckets, 2), axis=1)
        parts = values[:, curve].reshape(buckets, 10)
        assert np.array_equal(pairs, np.stack([parts.min(1), parts.max(1)], axis=1))


def test_bounds() -> None:
    pyramid = Pyramid(2)
    assert pyramid.bounds(0, 10) is None
    pyramid.append([[np.nan, np.inf]])
    assert pyramid.bounds(0, 1) is None
    pyramid.append([[3.0, -2.0], [0.0, 7.0]])
    assert pyramid.bounds(0, 3) == (-2.0, 7.0)
    assert pyramid.bounds(0, 3, positive=True) == (3.0, 7.0)


def test_wrong_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="2 curves"):
        Pyramid(2).append(np.zeros(5))
    with pytest.raises(ValueError, match="1 curves"):
        Pyramid().append(np.zeros((5, 2)))


def test_nothing_yet() -> None:
    found = Pyramid().extremes(0, 100, 10)
    x, y = polylines(found)
    assert len(x) == 0
    assert y.shape == (1, 0)
