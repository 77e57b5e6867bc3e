"""When the range that a plot shows has to change: rarely, for every change repaints all of it."""

from __future__ import annotations

from typing import TypeAlias

Range: TypeAlias = tuple[float, float]

_HEADROOM = 0.08
_LEAST_FILLED = 0.3
_GROWTH = 1.4
_FIRST_STEPS = 50
_END_MARGIN = 0.015


def fitted(shown: Range | None, low: float, high: float, *, floor: float | None = None, least: float = 0.0) -> Range:
    """Return the range to show values from `low` to `high` in: the one that is shown, as long as it serves.

    Args:
        shown: the range in force, if there is one.
        low: the least value.
        high: the greatest value.
        floor: what the range never goes below.
        least: the smallest range that makes sense.
    """
    if shown is not None and shown[0] <= low and high <= shown[1]:
        filled = high - low >= _LEAST_FILLED * (shown[1] - shown[0])
        if filled or shown[1] - shown[0] <= least * (1 + 2 * _HEADROOM) * 1.001:
            return shown
    span = max(high - low, least, 1e-6 * max(abs(low), abs(high)), 1e-12)
    middle = (low + high) / 2
    bottom, top = middle - span * (0.5 + _HEADROOM), middle + span * (0.5 + _HEADROOM)
    return (bottom if floor is None else max(bottom, floor), top)


def stretched(shown: Range | None, steps: int, total: int, *, live: bool) -> Range:
    """Return the range of steps to show: it grows in leaps while steps come in, and closes up when they end.

    Args:
        shown: the range in force, if there is one.
        steps: the steps done.
        total: the steps planned; 0 when unknown.
        live: whether more steps will come.
    """
    if not live:
        return 0.0, max(steps, 2) * (1 + _END_MARGIN)
    if shown is not None and steps <= shown[1] and (total == 0 or shown[1] <= max(total, _FIRST_STEPS)):
        return shown
    end = max(_FIRST_STEPS, int(steps * _GROWTH))
    if total and end > 0.8 * total:
        end = max(total, steps)
    return 0.0, float(max(end, 2))
