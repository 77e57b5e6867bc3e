"""Gradient norms as bars: blue where gradients vanish, green where they do their work, orange where they explode."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtGui import QBrush, QColor

from gui.canvas.style import mix
from gui.theme import Theme

LOWEST, HIGHEST = -7.0, 1.0
"""The powers of ten at the two ends of the bar."""
STEPS = 112
"""So many lengths of the bar are told apart: one for each unit of its width."""


@dataclass(frozen=True, slots=True)
class GradientBar:
    """How one gradient norm is shown."""

    length: int
    """0 to `STEPS`."""
    is_broken: bool = False
    """Whether the norm is infinite or not a number."""


def bar_of(norm: float) -> GradientBar:
    """The bar for a gradient norm: its length grows with the logarithm."""
    if not math.isfinite(norm):
        return GradientBar(STEPS, True)
    if norm <= 0.0:
        return GradientBar(0)
    share = (math.log10(norm) - LOWEST) / (HIGHEST - LOWEST)
    return GradientBar(round(STEPS * min(max(share, 0.0), 1.0)))


def describe(norm: float) -> str:
    """A gradient norm and what it means, for a tooltip."""
    if not math.isfinite(norm):
        return "Gradient norm: not a number any more; training has diverged."
    meaning = ""
    if norm < 1e-5:
        meaning = ": so small that the layer hardly learns (vanishing)"
    elif norm > 5.0:
        meaning = ": so large that a step may overshoot (exploding)"
    return f"Gradient norm {norm:.2g}{meaning}."


@lru_cache(maxsize=1024)
def brush_of(theme: Theme, bar: GradientBar) -> QBrush:
    """What fills `bar`."""
    if bar.is_broken:
        return QBrush(theme.colour("error"))
    vanishing, healthy, exploding = (
        (QColor("#4a90f0"), QColor("#35c08a"), QColor("#ff9a3c"))
        if theme.is_dark
        else (QColor("#2563c9"), QColor("#0b8a5f"), QColor("#d06a00"))
    )
    power = LOWEST + bar.length / STEPS * (HIGHEST - LOWEST)
    if power < -2.5:
        return QBrush(mix(vanishing, healthy, min(max((power + 5.5) / 3.0, 0.0), 1.0)))
    return QBrush(mix(healthy, exploding, min(max((power + 0.5) / 1.2, 0.0), 1.0)))
