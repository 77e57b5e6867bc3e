"""Numbers as people read them: losses, durations, counts, powers of ten."""

from __future__ import annotations

import math

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def measure(value: float) -> str:
    """Return a measured value with three significant digits: “0.0312”, “2.30”, “3.1×10⁻⁷”, “NaN”."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"
    value = float(f"{value:.2e}") if abs(value) < 1e3 else value
    if 1e-3 <= abs(value) < 1e4:
        digits = max(0, 2 - math.floor(math.log10(abs(value))))
        return f"{value:.{digits}f}".replace("-", "−")
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa}×{power(int(exponent))}".replace("-", "−")


def power(exponent: int) -> str:
    """Return a power of ten: “10⁻³”."""
    return "10" + str(exponent).translate(_SUPERSCRIPTS)


def count(number: float) -> str:
    """Return a whole number with thousands set apart: “61,706”."""
    return f"{round(number):,}"


def short_count(number: float) -> str:
    """Return a whole number for an axis: “800”, “2,500”, “40k”, “1.5M”."""
    if abs(number) < 10_000:
        return f"{round(number):,}"
    if abs(number) < 1_000_000:
        return f"{number / 1000:g}k"
    return f"{number / 1_000_000:g}M"


def percent(share: float) -> str:
    """Return a share as “98.41 %”, with the digits that matter close to the top."""
    if math.isnan(share):
        return "–"
    return f"{100 * share:.2f} %" if share < 1 else "100 %"


def duration(seconds: float) -> str:
    """Return a length of time as “0:42”, “12:05” or “1:02:05”."""
    whole = max(0, round(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, rest = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
