"""How large numbers are written for people."""

from __future__ import annotations


def exact(number: int) -> str:
    """`61,706`."""
    return f"{number:,}"


def short(number: int) -> str:
    """Three digits and a prefix: `823`, `61.7 k`, `1.25 M`, `8.18 G`."""
    for size, prefix in ((10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "k")):
        # Rounding to three digits must not give “1,000 k”.
        if number >= size * 0.9995:
            scaled = number / size
            digits = 2 if scaled < 9.995 else 1 if scaled < 99.95 else 0
            text = f"{scaled:.{digits}f}"
            return f"{text.rstrip('0').rstrip('.') if '.' in text else text} {prefix}"
    return str(number)


def plural(number: int, noun: str) -> str:
    """`1 layer`, `12 layers`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
