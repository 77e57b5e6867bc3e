"""How layers that rescale are drawn and what they are compared with; `conftest.py` says what the tables mean."""

from __future__ import annotations

from hypothesis import strategies as st

from engine.graph.params import Params
from engine.layers.spec import TensorShape
from engine.modules.rescaling import Normalize, Rescale

Shapes = list[TensorShape]


def lists(least: float) -> st.SearchStrategy[str]:
    """A few numbers as people write them."""
    numbers = st.integers(round(least * 100), 300).map(lambda hundredths: str(hundredths / 100))
    return st.lists(numbers, min_size=1, max_size=3).map(", ".join)


def plain(text: object) -> float | tuple[float, ...]:
    values = tuple(map(float, str(text).split(", ")))
    return values[0] if len(values) == 1 else values


def as_many_channels(draw, params: Params, shapes: Shapes) -> None:
    shapes[0] = (max(len(str(text).split(", ")) for text in params.values()), *shapes[0][1:])


def one_channel_for_many_numbers(shapes: Shapes, params: Params) -> bool:
    return shapes[0][0] == 1


VALUES = {
    "normalize": {"mean": lists(-3), "std": lists(0.01)},
    "rescale": {"scale": lists(-3), "offset": lists(-3)},
}
ADJUST = {"normalize": as_many_channels, "rescale": as_many_channels}
# PyTorch would make several channels of the only one.
STRICTER = {"normalize": one_channel_for_many_numbers, "rescale": one_channel_for_many_numbers}
HAND_WRITTEN = {
    "normalize": lambda shapes, p: Normalize(plain(p["mean"]), plain(p["std"])),
    "rescale": lambda shapes, p: Rescale(plain(p["scale"]), plain(p["offset"])),
}
