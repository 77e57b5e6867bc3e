"""Marks stand at round numbers, neither too many nor too few, with texts that say what they are."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication

from gui.training.axes import PlotAxis, nice_distance


@given(st.floats(1e-12, 1e12))
def test_nice_distances_are_1_2_or_5_times_a_power_of_ten(smallest: float) -> None:
    distance = nice_distance(smallest)
    assert smallest * (1 - 1e-6) <= distance <= 2.5 * smallest * (1 + 1e-6)
    mantissa = distance / 10 ** math.floor(math.log10(distance) + 1e-9)
    assert min(abs(mantissa - nice) for nice in (1, 2, 5)) < 1e-6


@pytest.mark.parametrize("kind", ["value", "log", "step", "percent"])
@given(low=st.floats(-5, 5), span=st.floats(0.2, 1000), size=st.integers(120, 1200))
def test_marks(qapp: QApplication, kind: str, low: float, span: float, size: int) -> None:
    axis = PlotAxis("bottom" if kind == "step" else "left", kind)
    marks = axis.tickValues(low, low + span, size)
    for spacing, places in marks:
        assert all(low - 1e-6 * span <= place <= low + span * (1 + 1e-6) for place in places)
        assert len(places) <= max(size / 30 + 1, 5)
        texts = axis.tickStrings(places, 1.0, spacing)
        assert len(texts) == len(places)
        assert len(set(texts)) == len(texts)
        assert all(len(text) <= 12 for text in texts)


def test_texts(qapp: QApplication) -> None:
    assert PlotAxis("left", "log").tickStrings([-3.0, 0.0, 1.0], 1.0, 1.0) == ["10⁻³", "10⁰", "10¹"]
    assert PlotAxis("left", "percent").tickStrings([0.975, 0.98], 1.0, 0.005) == ["97.5 %", "98.0 %"]
    assert PlotAxis("bottom", "step").tickStrings([0, 2500, 40_000], 1.0, 500) == ["0", "2,500", "40k"]
    assert PlotAxis("left", "value").tickStrings([-0.5, 0.0, 0.5], 1.0, 0.5) == ["−0.5", "0.0", "0.5"]
    names = PlotAxis("left", "value")
    names.set_kind("names", ("conv1", "a_very_long_name"))
    (spacing, places) = names.tickValues(2.0, 0.0, 200)[0]
    assert names.tickStrings(places, 1.0, spacing) == ["conv1", "a_very_l…"]


def test_an_unusable_range_has_no_marks(qapp: QApplication) -> None:
    axis = PlotAxis("left", "value")
    assert axis.tickValues(1.0, 1.0, 300) == []
    assert axis.tickValues(float("nan"), 1.0, 300) == []
