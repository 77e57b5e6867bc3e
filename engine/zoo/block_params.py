"""Parameters that several blocks of the library have."""

from __future__ import annotations

from engine.graph.params import Float, Int


def channels(name: str, default: int, doc: str) -> Int:
    """A number of channels, or of values of a vector."""
    return Int(name=name, default=default, minimum=1, maximum=65_536, doc=doc)


CHANNELS = channels("channels", 64, "How many channels come out; more can hold more features and cost more.")
STRIDE = Int(
    name="stride",
    default=1,
    minimum=1,
    maximum=16,
    doc="What height and width are divided by: 1 keeps the size, 2 halves it.",
)
REDUCTION = Int(
    name="reduction",
    default=16,
    minimum=1,
    maximum=1024,
    doc="By how much the squeezed vector of channels is shortened before it is expanded again.",
)
DROPOUT = Float(
    name="dropout",
    default=0.1,
    minimum=0.0,
    maximum=1.0,
    doc="The share of values that is set to zero in training, against overfitting.",
)
