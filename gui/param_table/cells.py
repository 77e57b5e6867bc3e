"""What stands in a cell, and what a text that is typed or pasted into it means."""

from __future__ import annotations

from collections.abc import Sequence

from engine.graph.expressions import MARK, is_expression
from engine.graph.params import Bool, Choice, Float, Int, Param, Params, ParamValue, Shape, Sizes
from engine.layers.nodes import check_params
from gui.inspector.reading import is_percentage, read_number, read_shape, read_sizes, value_text

_YES, _NO = ("yes", "true", "on"), ("no", "false", "off")


def cell_text(param: Param, value: ParamValue) -> str:
    """How a cell writes `value` of `param`; `read_cell` reads it again without loss."""
    if is_expression(value):
        return str(value)
    if isinstance(param, Float) and isinstance(value, float):
        short = value_text(param, value)
        return short if read_number(param, short.removesuffix("%").strip()) == value else _exact(param, value)
    return value_text(param, value)


def read_cell(param: Param, text: str, variables: Sequence[Param] = ()) -> ParamValue:
    """The value of `param` that `text` means.

    Args:
        variables: what expressions may use; none outside of blocks.

    Raises:
        ParamError: it means none that `param` takes; the reason is one sentence, as in a form.
    """
    text = text.strip()
    if text.startswith(MARK) and variables:
        return check_params((param,), {param.name: MARK + text.removeprefix(MARK).strip()}, variables)[param.name]
    match param:
        case Int():
            return read_number(param, text)
        case Float():
            return read_number(param, text.removesuffix("%").strip() if is_percentage(param) else text)
        case Bool():
            return param.check(_yes_or_no(text))
        case Choice():
            return param.check(_option(param, text))
        case Sizes():
            sizes = read_sizes(text)
            return param.check(sizes[0] if sizes is not None and len(sizes) == 1 else sizes or text)
        case Shape():
            return read_shape(param, text)
    return param.check(text)


def applies(param: Param, values: Params) -> bool:
    """Whether `param` means anything beside `values`; where that depends on the block around, it may."""
    if param.only_with is None or is_expression(values.get(param.only_with[0])):
        return True
    return param.applies(values)


def rank(value: ParamValue) -> tuple[int, float, tuple[int, ...], str]:
    """By what cells of one column are sorted: numbers by size, sizes axis by axis, texts, expressions last."""
    if isinstance(value, str):
        return (2 if is_expression(value) else 1, 0.0, (), value.lower())
    if isinstance(value, tuple):
        return (0, 0.0, value, "")
    return (0, float(value), (), "")


def _exact(param: Float, value: float) -> str:
    return f"{100 * value!r} %" if is_percentage(param) else repr(value)


def _yes_or_no(text: str) -> object:
    word = text.lower()
    return True if word in _YES else False if word in _NO else text


def _option(param: Choice, text: str) -> str:
    """The option that is meant by its name or its title, whatever the case of the letters."""
    for option in param.options:
        if text.lower() in (option.lower(), param.option_title(option).lower()):
            return option
    return text
