"""What somebody types to add a layer: words that name it, and numbers for the parameters that matter most.

`conv 64 3` is a convolution with 64 filters of 3×3: numbers are given to the parameters that take numbers, in the
order in which the layer declares them. Those that mean something only beside a certain value of another are left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from engine.graph.params import Float, Int, Param, ParamError, ParamValue, Shape, Sizes, format_value
from engine.graph.wording import quoted
from engine.layers.spec import LayerSpec

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_NUMBERS = re.compile(r"\d+([x×]\d+)+")


@dataclass(frozen=True, slots=True)
class Entry:
    """What was typed, taken apart."""

    words: str
    """What names the layer."""
    numbers: tuple[str, ...] = ()
    """The numbers behind it, as they were written: `64`, `0.3`, `3x3`."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the numbers of an entry mean for one layer."""

    params: dict[str, ParamValue]
    """The parameters that they set."""
    text: str = ""
    """The same in words, such as “output channels 64 · kernel size 3×3”."""
    refusal: str | None = None
    """Why the numbers cannot be used, in a sentence; None when they can."""


def parse(text: str) -> Entry:
    """Take `text` apart: the numbers at its end, and all that stands before them."""
    words = text.split()
    first = len(words)
    while first > 1 and (_NUMBER.fullmatch(words[first - 1]) or _NUMBERS.fullmatch(words[first - 1])):
        first -= 1
    return Entry(" ".join(words[:first]), tuple(words[first:]))


def main_params(spec: LayerSpec) -> tuple[Param, ...]:
    """The parameters that numbers are given to, the one that matters most first."""
    return tuple(
        param for param in spec.params if isinstance(param, (Int, Float, Sizes, Shape)) and param.only_with is None
    )


def read(spec: LayerSpec, numbers: Sequence[str]) -> Reading:
    """What `numbers` mean for a layer."""
    params = main_params(spec)
    if len(numbers) > len(params):
        return Reading({}, refusal=_too_many(spec, params, numbers))
    values: dict[str, ParamValue] = {}
    try:
        for param, number in zip(params, numbers, strict=False):
            values[param.name] = _value(param, number)
    except ParamError as error:
        return Reading({}, refusal=str(error))
    pairs = zip(params, values.values(), strict=False)
    text = " · ".join(f"{param.title[:1].lower()}{param.title[1:]} {format_value(value)}" for param, value in pairs)
    return Reading(values, text)


def _value(param: Param, written: str) -> ParamValue:
    """`written` as a value of `param`.

    Raises:
        ParamError: it is not in range, or not of the parameter's kind.
    """
    if _NUMBERS.fullmatch(written):
        return param.check(tuple(int(part) for part in re.split("[x×]", written)))
    number = float(written)
    whole = int(number) if number.is_integer() and "e" not in written.lower() and "." not in written else None
    if isinstance(param, Shape) and whole is not None:
        return param.check((whole,))
    return param.check(number if whole is None else whole)


def _too_many(spec: LayerSpec, params: Sequence[Param], numbers: Sequence[str]) -> str:
    if not params:
        return f"{spec.label} has no parameter that takes a number, so {quoted(numbers[0])} says nothing."
    takes = "one number" if len(params) == 1 else f"at most {len(params)} numbers"
    return f"{spec.label} takes {takes}: {', '.join(param.title.lower() for param in params[:4])}."
