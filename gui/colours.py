"""Arithmetic with colours: contrast as WCAG defines it, and even ramps in a perceptual space."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TypeAlias

from PySide6.QtGui import QColor

Lch: TypeAlias = tuple[float, float, float]
"""A colour in OKLCH: lightness 0 to 1, chroma, hue in degrees."""


def contrast(first: QColor, second: QColor) -> float:
    """Return the contrast ratio of two colours, 1 to 21, as WCAG 2.2 defines it."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: QColor) -> float:
    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF())


@lru_cache(maxsize=4096)
def ramp_colour(ramp: tuple[Lch, Lch], place: float) -> str:
    """Return the colour at `place` (0 to 1): lightness rises evenly, so the order is seen in grey as well."""
    (light_0, chroma_0, hue_0), (light_1, chroma_1, hue_1) = ramp
    lightness = light_0 + (light_1 - light_0) * place
    chroma = chroma_0 + (chroma_1 - chroma_0) * place
    hue = math.radians(hue_0 + (hue_1 - hue_0) * place)
    while True:
        channels = _from_oklch(lightness, chroma, hue)
        if chroma <= 0.0 or all(0.0 <= channel <= 1.0 for channel in channels):
            break
        chroma -= 0.005
    red, green, blue = (round(255 * min(max(channel, 0.0), 1.0)) for channel in channels)
    return f"#{red:02x}{green:02x}{blue:02x}"


def _from_oklch(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    """Convert OKLCH to sRGB (unclipped); the matrices are Björn Ottosson's, “A perceptual color space” (2020)."""
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )

    def gamma(value: float) -> float:
        return 1.055 * value ** (1 / 2.4) - 0.055 if value > 0.0031308 else 12.92 * value

    return gamma(linear[0]), gamma(linear[1]), gamma(linear[2])
