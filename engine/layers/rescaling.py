"""Layers that bring values to another scale by fixed numbers, which nothing learns and no batch changes."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from engine.graph.params import Params, Text, format_value
from engine.layers.spec import SAME_SHAPE, LayerSpec, Port, TensorShape, describe_shape

_SEPARATOR = re.compile(r"[\s,;]+")
_LARGEST = 1e6
_SMALLEST_SPREAD = 1e-6
_WANTED = "Write one number for all channels, or one for each with commas between them, such as 0.485, 0.456, 0.406."
_WIDEST = 24


def read_numbers(text: str) -> tuple[float, ...]:
    """The numbers in a text such as “0.485, 0.456, 0.406”.

    Raises:
        ValueError: something else stands there too.
    """
    return tuple(float(word) for word in _SEPARATOR.split(text.replace("−", "-")) if word)


def write_numbers(values: Sequence[float]) -> str:
    """A text that `read_numbers` reads, with seven decimals at most."""
    return ", ".join(f"{value:.7f}".rstrip("0").rstrip(".") for value in values)


def _objection_below(least: float, too_small: str) -> Callable[[str], str | None]:
    """The objection to texts that are no list of numbers from `least` to `_LARGEST`."""

    def objection(text: str) -> str | None:
        try:
            values = read_numbers(text)
        except ValueError:
            return _WANTED
        if not values or not all(map(math.isfinite, values)):
            return _WANTED
        if min(values) < least:
            return f"{too_small}: {format_value(min(values))} is too small."
        if max(values) > _LARGEST:
            return f"Numbers go up to {_LARGEST:,.0f}: {format_value(max(values))} is too large."
        return None

    return objection


_any_number = _objection_below(-_LARGEST, f"Numbers go down to −{_LARGEST:,.0f}")
_spread = _objection_below(_SMALLEST_SPREAD, "A spread is a number larger than 0")


def _numbers(
    name: str, label: str, default: str, doc: str, objection: Callable[[str], str | None] = _any_number
) -> Text:
    return Text(
        name=name,
        label=label,
        default=default,
        maximum_length=1000,
        passed=False,
        objection=objection,
        doc=f"{doc} Write one number for all channels, or one for each with commas between them.",
    )


def _arguments(
    params: tuple[Text, ...], shapes: Sequence[TensorShape], values: Params
) -> dict[str, float | tuple[float, ...]]:
    """The numbers of each of `params`, a single one for all channels by itself."""
    found = {param.name: read_numbers(str(values[param.name])) for param in params}
    return {name: numbers[0] if len(numbers) == 1 else numbers for name, numbers in found.items()}


def _count_objection(params: tuple[Text, ...], shapes: Sequence[TensorShape], values: Params) -> str | None:
    shape = shapes[0]
    for param in params:
        count = len(read_numbers(str(values[param.name])))
        if count not in (1, shape[0]):
            channels = f"{shape[0]} channel{'' if shape[0] == 1 else 's'}"
            return (
                f"“{param.title}” has {count} numbers, but {describe_shape(shape)} has {channels}: write one number "
                "for each, or one for all."
            )
    return None


def _summary(params: tuple[Text, ...], signs: tuple[str, ...], values: Params) -> str:
    """What is done, such as “− 0.5 · ÷ 0.25”, where that is one and the same for all channels."""
    parts = []
    for sign, number in zip(signs, _arguments(params, (), values).values(), strict=True):
        if isinstance(number, tuple):
            return "by channel"
        parts.append(f"{sign} {format_value(number)}")
    text = " · ".join(parts).replace("-", "−")
    return text if len(text) <= _WIDEST else ""


def _rescaling(params: tuple[Text, ...], signs: tuple[str, ...], **texts: Any) -> LayerSpec:
    """A declaration of which only the texts and the target are missing."""
    return LayerSpec(
        family="Normalization",
        shape_rule=SAME_SHAPE,
        params=params,
        inputs=(Port("channels first", ranks=(1, 2, 3, 4)),),
        wire=partial(_arguments, params),
        check=partial(_count_objection, params),
        summary=partial(_summary, params, signs),
        **texts,
    )


NORMALIZE = _rescaling(
    (
        _numbers("mean", "Mean", "0.5", "What is subtracted: the mean that the values of a channel have."),
        _numbers(
            "std", "Spread", "0.5", "What is divided by: the standard deviation that they have.", objection=_spread
        ),
    ),
    ("−", "÷"),
    id="normalize",
    label="Normalize",
    target="engine.modules.rescaling.Normalize",
    base_name="normalize",
    doc="Subtracts a fixed mean from each channel and divides it by a fixed spread, so that values with this mean and "
    "spread come to 0 and 1. Nothing is learned, and the batch plays no part.",
    formula="y[c] = (x[c] − mean[c]) / std[c]",
    when="Behind the Input, for data that come as they are: with their mean and spread the network sees values around "
    "0, as initial weights and pretrained ones expect.",
    pitfalls="Data that were normalised when they were loaded are normalised twice. The channels are the first axis: "
    "in a sequence of steps × features each step would have numbers of its own.",
    source="torchvision.transforms.Normalize; Keras calls it Normalization",
    also="standardize standardise channels mean std imagenet",
    icon="tune-vertical",
)

RESCALE = _rescaling(
    (
        _numbers("scale", "Factor", "2", "What each value is multiplied by."),
        _numbers("offset", "Offset", "-1", "What is added then."),
    ),
    ("×", "+"),
    id="rescale",
    label="Rescale",
    target="engine.modules.rescaling.Rescale",
    base_name="rescale",
    doc="Multiplies each channel by a fixed factor and adds a fixed number. Nothing is learned, and the batch plays no "
    "part.",
    formula="y[c] = scale[c] · x[c] + offset[c]",
    when="Behind the Input of a network that expects values in another range than the data have: factor 2 and offset "
    "−1 bring 0 to 1 into −1 to 1. GoogLeNet's pretrained weights want such images.",
    pitfalls="A network that learns from the start needs it only where values are far from the size of 1. The "
    "channels are the first axis: in a sequence of steps × features each step would have numbers of its own.",
    source="Keras: Rescaling; in torchvision the option transform_input of GoogLeNet",
    also="rescaling scale shift affine channels range transform_input",
    icon="arrow-expand-vertical",
)
