"""The columns of the analysis table: what they are called, what they mean, and how their values are written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from gui.inspector.numbers import exact, short


class Costs(Protocol):
    """What a layer, or a whole network, costs."""

    @property
    def parameters(self) -> int:
        """The number of learnable values."""

    @property
    def flops(self) -> int:
        """Multiplications and additions for one sample."""

    @property
    def macs(self) -> int:
        """Multiply–adds for one sample."""

    @property
    def activation_bytes(self) -> int:
        """What is kept of one sample for the backward pass."""


def memory(size: int) -> str:
    """A number of bytes in three digits and a unit: `823 B`, `9.31 MiB`."""
    scaled, units = float(size), ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
    # Rounding to three digits must not give “1024 KiB”.
    while scaled >= 1023.5 and len(units) > 1:
        scaled /= 1024
        units = units[1:]
    digits = 0 if units[0] == "B" or scaled >= 99.95 else 1 if scaled >= 9.995 else 2
    return f"{scaled:.{digits}f} {units[0]}"


@dataclass(frozen=True, slots=True)
class Figure:
    """What a column of numbers shows."""

    read: Callable[[Costs], int]
    """Takes the number from what is known about a layer or a network."""
    write: Callable[[int], str]
    """The number as it stands in the table."""
    unit: str
    """What the exact number counts, in the plural."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column."""

    title: str
    """What stands above it."""
    doc: str
    """What it means, for a learner."""
    widest: str
    """A text that is about as wide as any in it."""
    figure: Figure | None = None
    """The numbers that it shows; None for a column of texts."""


LAYER, TYPE, OUTPUT, PARAMETERS, FLOPS, MACS, ACTIVATIONS = range(7)
"""The numbers of the columns."""

COLUMNS = (
    Column(
        "Layer",
        "The layers in the order in which they are computed; a block opens to the layers inside it. A click selects "
        "the layer on the canvas, a double click enters a block.",
        "features.denseblock",
    ),
    Column("Type", "What kind of layer it is, and the settings that matter most.", "Conv 2D  64 · 7×7 · /2"),
    Column(
        "Output shape",
        "The shape of what comes out for one sample, without the batch. Sorted by the number of values.",
        "1024 × 14 × 14",
    ),
    Column(
        "Parameters",
        "The number of values that training adjusts: weights and biases.",
        "138,357,544",
        Figure(lambda costs: costs.parameters, exact, "parameters"),
    ),
    Column(
        "FLOPs",
        "Multiplications and additions that a forward pass of one sample takes, those of convolutions and matrix "
        "products; everything else is negligible beside them.",
        "8.18 G00",
        Figure(lambda costs: costs.flops, short, "FLOPs per sample"),
    ),
    Column(
        "Multiply–adds",
        "The same work counted as papers often do: a multiplication with the addition behind it is one. "
        "Half of the FLOPs.",
        "4.09 G00",
        Figure(lambda costs: costs.macs, short, "multiply–adds per sample"),
    ),
    Column(
        "Activations",
        "The memory that training keeps of one sample until the backward pass has used it. What several layers need "
        "counts once, at the layer that made it.",
        "10.0 MiB",
        Figure(lambda costs: costs.activation_bytes, memory, "bytes per sample"),
    ),
)
"""All columns, from left to right."""


def share(part: int, whole: int) -> str:
    """`16 % of the total`, with as many digits as say something."""
    if not whole or not part:
        return ""
    percent = 100 * part / whole
    text = f"{percent:.0f}" if percent >= 9.95 else f"{percent:.1f}" if percent >= 0.095 else "less than 0.1"
    return f"{text} % of the total"
