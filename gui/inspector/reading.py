"""Values of parameters as people write and read them, the same in forms and in tables."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TypeVar

from engine.graph.params import Choice, Float, Int, Param, ParamValue, Shape, format_value

AnyParam = TypeVar("AnyParam", bound=Param)
_SEPARATOR = re.compile(r"[\s,;×x]+")
_SIZE = re.compile(r"[-−]?[0-9]{1,9}")


def value_text(param: Param, value: ParamValue) -> str:
    """How a form writes `value` of `param`, such as “automatic”, “8.33 %” or the title of an option."""
    match param, value:
        case Choice(), str() if value in param.options:
            return param.option_title(value)
        case Int(), int() if param.special and value == param.minimum:
            return param.special
        case Float(), float() if is_percentage(param):
            return f"{100 * value:.3g} %"
        case Shape(), tuple():
            return ", ".join(map(str, value))
    return format_value(value)


def is_percentage(param: Param) -> bool:
    """Whether values of `param` are shares of a whole, kept as fractions of 1 but written in percent."""
    return isinstance(param, Float) and param.unit == "%"


def as_written(param: AnyParam) -> AnyParam:
    """`param` with its default and range as people read them: in percent where it is a percentage."""
    if not isinstance(param, Float) or not is_percentage(param):
        return param
    default, minimum, maximum = (float(f"{100 * share:.3g}") for share in (param.default, param.minimum, param.maximum))
    return replace(param, default=default, minimum=minimum, maximum=maximum)


def share_of(param: Param) -> float:
    """How many of the units in which `param` is written make one of those in which it is kept."""
    return 100.0 if is_percentage(param) else 1.0


def kept(param: Param, number: int | float) -> int | float:
    """The value of `param` that is written as `number`."""
    # Twelve digits, so that 7 % is kept as 0.07 and not as 0.07000000000000001.
    return float(f"{number / share_of(param):.12g}") if is_percentage(param) else number


def read_number(param: Int | Float, text: str) -> int | float:
    """The value of `param` that `text` means.

    Raises:
        ParamError: it is no number, or lies outside the range.
    """
    written = as_written(param)
    if isinstance(param, Int) and text.strip() and text.strip().lower() == param.special.lower():
        return param.minimum
    number: object = text
    for kind in (int, float):
        try:
            number = kind(text)
            break
        except ValueError:
            continue
    return kept(param, written.check(number))


def read_sizes(text: str) -> tuple[int, ...] | None:
    """The whole numbers of `text`, with any separator between them; None when it holds anything else."""
    words = [word for word in _SEPARATOR.split(text.strip()) if word]
    return tuple(int(word.replace("−", "-")) for word in words) if all(map(_SIZE.fullmatch, words)) else None


def read_shape(param: Shape, text: str) -> tuple[int, ...]:
    """The value of `param` that `text` means.

    Raises:
        ParamError: it is no row of whole numbers, or too long or too short a one, or one is out of range.
    """
    sizes = read_sizes(text)
    return param.check(text if sizes is None else sizes)
