"""Numbers as people write them."""

from __future__ import annotations

import pytest

from gui.training import wording


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.03123, "0.0312"),
        (2.3026, "2.30"),
        (0.0099999998, "0.0100"),
        (0.0009999999, "0.00100"),
        (123.4, "123"),
        (9999.0, "9999"),
        (0.0, "0"),
        (3.12e-7, "3.1×10⁻⁷"),
        (-1.5, "−1.50"),
        (2.5e12, "2.5×10¹²"),
        (float("nan"), "NaN"),
        (float("inf"), "∞"),
        (float("-inf"), "−∞"),
    ],
)
def test_measure(value: float, text: str) -> None:
    assert wording.measure(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (2500, "2,500"), (40_000, "40k"), (12_500, "12.5k"), (1_500_000, "1.5M")]
)
def test_short_count(value: float, text: str) -> None:
    assert wording.short_count(value) == text


@pytest.mark.parametrize(("seconds", "text"), [(0.4, "0:00"), (42, "0:42"), (725, "12:05"), (3725, "1:02:05")])
def test_duration(seconds: float, text: str) -> None:
    assert wording.duration(seconds) == text


@pytest.mark.parametrize(
    ("share", "text"), [(0.98412, "98.41 %"), (1.0, "100 %"), (0.1, "10.00 %"), (float("nan"), "–")]
)
def test_percent(share: float, text: str) -> None:
    assert wording.percent(share) == text
