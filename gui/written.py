"""Parameters to be read: where an expression stands for a value, it is shown as it is written.

Summaries of layers are made from numbers. Inside a block `=4*channels` may stand for one; numbers that print as
their expression let every summary show it: `4·channels · 3×3`.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.graph.expressions import MARK, has_expression, is_expression
from engine.graph.params import Float, Int, Param, Params, ParamValue, Shape, Sizes


class _Whole(int):
    """A whole number that prints as an expression, and equals none of those that summaries leave out."""

    text: str

    def __new__(cls, value: int, text: str) -> _Whole:
        made = super().__new__(cls, value)
        made.text = text
        return made

    def __str__(self) -> str:
        return self.text

    def __format__(self, how: str) -> str:
        return self.text

    def __eq__(self, other: object) -> bool:
        return self is other

    def __ne__(self, other: object) -> bool:
        return self is not other

    def __hash__(self) -> int:
        return hash(self.text)


class _Real(float):
    """A number that prints as an expression, and equals none of those that summaries leave out."""

    text: str

    def __new__(cls, value: float, text: str) -> _Real:
        made = super().__new__(cls, value)
        made.text = text
        return made

    def __str__(self) -> str:
        return self.text

    def __format__(self, how: str) -> str:
        return self.text

    def __eq__(self, other: object) -> bool:
        return self is other

    def __ne__(self, other: object) -> bool:
        return self is not other

    def __hash__(self) -> int:
        return hash(self.text)


def written(params: Sequence[Param], values: Params) -> Params:
    """`values` with something that prints as the expression in the place of each expression."""
    if not has_expression(values.values()):
        return values
    known = {param.name: param for param in params}
    return {name: _printable(known[name], value) if name in known else value for name, value in values.items()}


def _printable(param: Param, value: ParamValue) -> ParamValue:
    if not isinstance(value, str) or not is_expression(value):
        return value
    text = value[len(MARK) :].strip()
    text = text if "**" in text else text.replace("*", "·")
    match param:
        case Int():
            return _Whole(param.default, text)
        case Float():
            return _Real(param.default, text)
        case Sizes() | Shape():
            # The same object for each axis: what is equal along all of them is often shown once.
            return (_Whole(1, text),) * len(param.default)
    return param.default
