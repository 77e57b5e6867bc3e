"""Curves of any length, kept so that a picture of any part costs the same: about two points for each pixel column.

Above the samples lie levels, each of which holds the least and the greatest value of every 16 neighbours of the level
below. A stretch of the curve is drawn from the coarsest level that is still finer than a pixel, so nothing that stands
out by a single sample is ever lost, however far one zooms out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Values: TypeAlias = npt.NDArray[np.float32]
Points: TypeAlias = npt.NDArray[np.float64]
Indices: TypeAlias = npt.NDArray[np.int64]

FACTOR = 16
"""Neighbours that become one entry of the next level."""
_FIRST_CAPACITY = 1024
_FEW_CURVES = 8


@dataclass(frozen=True, slots=True)
class Extremes:
    """A stretch of curves, cut into buckets of equal width; without a sample in it, a bucket holds NaN."""

    edges: Indices
    """The first sample of each bucket, and one more for the end: shape (buckets + 1,)."""
    low: Values
    """The least finite value in each bucket: shape (buckets, curves)."""
    high: Values
    """The greatest finite value in each bucket: shape (buckets, curves)."""


@dataclass(slots=True)
class _Level:
    """Entries 0 … n of one level, in arrays that grow by doubling."""

    low: Values
    high: Values
    size: int = 0

    def reserve(self, size: int) -> None:
        if size <= len(self.low):
            return
        shape = (max(size, 2 * len(self.low)), self.low.shape[1])
        same = self.high is self.low
        self.low = _grown(self.low, self.size, shape)
        self.high = self.low if same else _grown(self.high, self.size, shape)


@dataclass(slots=True)
class Pyramid:
    """Several curves of equal length that grow at their end.

    Values that are not finite are kept out of every extreme.
    """

    curves: int = 1
    """How many values there are for each sample."""
    _levels: list[_Level] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        samples = np.empty((_FIRST_CAPACITY, self.curves), np.float32)
        self._levels.append(_Level(samples, samples))

    def __len__(self) -> int:
        """Return the number of samples of each curve."""
        return self._levels[0].size

    def append(self, values: npt.ArrayLike) -> None:
        """Add samples at the end.

        Args:
            values: shape (samples,) for a single curve or (samples, curves).

        Raises:
            ValueError: the shape does not fit.
        """
        block = np.asarray(values, np.float32)
        if block.ndim == 1 and self.curves == 1:
            block = block[:, None]
        if block.ndim != 2 or block.shape[1] != self.curves:
            raise ValueError(f"{self.curves} curves cannot take values of shape {block.shape}")
        base = self._levels[0]
        start, stop = base.size, base.size + len(block)
        base.reserve(stop)
        base.low[start:stop] = np.where(np.isfinite(block), block, np.float32(np.nan))
        base.size = stop
        self._rebuild_from(start)

    def _rebuild_from(self, start: int) -> None:
        """Bring the levels up to date from sample `start`; their last entry may stand for fewer than 16 neighbours."""
        depth = 0
        while self._levels[depth].size > FACTOR:
            below = self._levels[depth]
            depth += 1
            if depth == len(self._levels):
                self._levels.append(_Level(self._empty(), self._empty()))
                start = 0
            level = self._levels[depth]
            start //= FACTOR
            level.reserve(-(-below.size // FACTOR))
            level.size = -(-below.size // FACTOR)
            first = start * FACTOR
            level.low[start : level.size] = _merged(np.fmin, below.low[first : below.size], FACTOR)
            level.high[start : level.size] = _merged(np.fmax, below.high[first : below.size], FACTOR)

    def _empty(self) -> Values:
        return np.empty((FACTOR, self.curves), np.float32)

    def samples(self, start: int, stop: int) -> Values:
        """Return the samples themselves, shape (stop - start, curves); not to be written to."""
        base = self._levels[0]
        return base.low[max(start, 0) : min(stop, base.size)]

    def extremes(self, start: float, stop: float, columns: int) -> Extremes:
        """Return the extremes of the samples from `start` to `stop` in at most about `columns` buckets.

        The buckets begin at multiples of their width, so that they stay where they are while the curve grows, and the
        first and the last may reach a little beyond the stretch, so that a line leaves the picture at its border.
        """
        first, last = max(0, int(np.floor(start))), min(len(self), int(np.ceil(stop)) + 1)
        if last <= first:
            nothing = np.empty((0, self.curves), np.float32)
            return Extremes(np.array([first], np.int64), nothing, nothing)
        wanted = max(1, -(-(last - first) // max(1, columns)))
        depth = 0
        # At least two entries make a bucket, else rounding its width up to whole entries could halve the resolution.
        while depth + 1 < len(self._levels) and 2 * FACTOR ** (depth + 1) <= wanted:
            depth += 1
        level, unit = self._levels[depth], FACTOR**depth
        merged = -(-wanted // unit)
        width = merged * unit
        entry, end = first // width * merged, min(-(-last // width) * merged, level.size)
        buckets = -(-(end - entry) // merged)
        edges = entry * unit + width * np.arange(buckets + 1, dtype=np.int64)
        edges[-1] = min(int(edges[-1]), len(self))
        low, high = level.low[entry:end], level.high[entry:end]
        if merged > 1:
            low, high = _merged(np.fmin, low, merged), _merged(np.fmax, high, merged)
        return Extremes(edges, low, high)

    def bounds(self, start: float, stop: float, *, positive: bool = False) -> tuple[float, float] | None:
        """Return the least and the greatest value between two samples over all curves, None when there is none.

        Args:
            start: the first sample.
            stop: the last sample.
            positive: leave values that are not above zero out, as far as the buckets that are looked at tell.
        """
        found = self.extremes(start, stop, 256)
        low, high = found.low, found.high
        if positive:
            low, high = low[low > 0], high[high > 0]
        if not np.isfinite(low).any() or not np.isfinite(high).any():
            return None
        return float(np.nanmin(low)), float(np.nanmax(high))


def polylines(found: Extremes) -> tuple[Points, Points]:
    """Return the lines through the curves: the samples where they stand alone, else both extremes of each bucket.

    Returns:
        x, shape (points,), and y, shape (curves, points), NaN where nothing finite was measured.
    """
    low, high = found.low.T, found.high.T
    starts, ends = found.edges[:-1], found.edges[1:]
    if not len(starts) or int((ends - starts).max()) <= 1:
        return starts.astype(np.float64), low.astype(np.float64)
    x = np.repeat((starts + ends - 1) / 2, 2)
    y = np.empty((len(low), len(x)), np.float64)
    # Up in one bucket and down in the next: neighbouring columns join at near values, as the curve itself does.
    y[:, 0::4], y[:, 1::4] = low[:, 0::2], high[:, 0::2]
    y[:, 2::4], y[:, 3::4] = high[:, 1::2], low[:, 1::2]
    return x, y


def _merged(least_or_greatest: np.ufunc, rows: Values, width: int) -> Values:
    """Reduce every `width` rows to one, and what is left at the end as well."""
    if rows.shape[1] < _FEW_CURVES:
        merged: Values = least_or_greatest.reduceat(rows, np.arange(0, len(rows), width), axis=0)
        return merged
    # Beside one another, curves are reduced several at a time: four times as fast as reduceat.
    whole = len(rows) // width * width
    merged = least_or_greatest.reduce(rows[:whole].reshape(-1, width, rows.shape[1]), axis=1)
    if whole == len(rows):
        return merged
    return np.concatenate([merged, least_or_greatest.reduce(rows[whole:], axis=0, keepdims=True)])


def _grown(old: Values, used: int, shape: tuple[int, ...]) -> Values:
    new = np.empty(shape, np.float32)
    new[:used] = old[:used]
    return new
