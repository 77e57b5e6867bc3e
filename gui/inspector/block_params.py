"""The parameters of a block as a form shows them: each of their details is a parameter of that form."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias, TypeVar

from engine.graph.expressions import is_expression
from engine.graph.params import (
    Bool,
    Choice,
    Float,
    Int,
    Param,
    ParamError,
    ParamValue,
    Shape,
    Sizes,
    Text,
    format_value,
)

_Value = TypeVar("_Value", bound=ParamValue)
Fits: TypeAlias = Callable[[ParamValue], "str | None"]
"""Why a value cannot be taken, in a sentence; None when it can."""
FitCheck: TypeAlias = Callable[[str, ParamValue], str]
"""Why a detail of a parameter, such as “default”, cannot have a value, in a sentence; empty when it can."""

KINDS: Mapping[str, Param] = {
    "Whole number": Int(name="number", default=1, minimum=1, doc=""),
    "Real number": Float(name="number", default=1.0, doc=""),
    "Yes or no": Bool(name="flag", default=True, doc=""),
    "Choice": Choice(name="mode", default="first", options=("first", "second"), doc=""),
    "Sizes": Sizes(name="size", default=(3, 3), minimum=1, doc=""),
}
"""The kinds of parameter that a block can have, each with one to begin from."""
_WHOLE_LIMIT = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Whole(Int):
    fits: Fits

    def check(self, value: object) -> int:
        return _fitting(Int.check(self, value), self.fits)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Real(Float):
    fits: Fits

    def check(self, value: object) -> float:
        return _fitting(Float.check(self, value), self.fits)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row(Shape):
    fits: Fits

    def check(self, value: object) -> tuple[int, ...]:
        return _fitting(Shape.check(self, value), self.fits)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line(Text):
    """A text that may be empty."""

    def check(self, value: object) -> str:
        return "" if isinstance(value, str) and not value.strip() else Text.check(self, value)


def kind_of(param: Param) -> str:
    """What people call the kind of `param`."""
    return next(name for name, example in KINDS.items() if type(example) is type(param))


def new_param(kind: str, taken: Collection[str]) -> Param:
    """A parameter of `kind` to begin from, with a name that is not among `taken`."""
    example = KINDS[kind]
    name, number = example.name, 2
    while name in taken:
        name, number = f"{example.name}{number}", number + 1
    return replace(example, name=name)


def described(param: Param) -> str:
    """`param` on one line: its kind, and what instances begin with."""
    return f"{kind_of(param)} · {format_value(param.default)}"


def details(param: Param, refuse: FitCheck) -> tuple[Param, ...]:
    """What can be said about `param`, as parameters of a form."""

    def fits(detail: str) -> Fits:
        return lambda value: refuse(detail, value) or None

    default = "What a new instance begins with."
    low, high = "The smallest value that an instance can have.", "The largest value that an instance can have."
    rows: tuple[Param, ...]
    match param:
        case Int():
            rows = (
                _whole("default", default, fits),
                _whole("minimum", low, fits),
                _whole("maximum", high, fits),
            )
        case Float():
            rows = (
                _Real(name="default", default=0.0, doc=default, fits=fits("default")),
                _limit("minimum", low, fits),
                _limit("maximum", high, fits),
            )
        case Bool():
            rows = (Bool(name="default", default=True, doc=default),)
        case Choice():
            rows = (
                Choice(name="default", default=param.default, options=param.options, doc=default),
                Text(
                    name="options",
                    default="",
                    doc="What there is to choose from.",
                    objection=_options_objection(fits("options")),
                ),
            )
        case _:
            row = _Row(
                name="default",
                default=(3, 3),
                maximum_axes=3,
                minimum_size=0,
                doc=f"{default} One number for each axis: width; height, width; or depth, height, width.",
                fits=fits("default"),
            )
            rows = (row, _whole("minimum", low, fits), _whole("maximum", high, fits))
    return (*rows, _Line(name="doc", label="Meaning", default="", doc="What it does, for whoever uses the block."))


def detail_values(param: Param) -> dict[str, ParamValue]:
    """What `details` say of `param` now."""
    values: dict[str, ParamValue] = {"default": param.default, "doc": param.doc}
    match param:
        case Float():
            for name, limit in (("minimum", param.minimum), ("maximum", param.maximum)):
                values[name] = "" if math.isinf(limit) else f"{limit:g}"
        case Int() | Sizes():
            values |= {"minimum": param.minimum, "maximum": param.maximum}
        case Choice():
            values["options"] = ", ".join(param.options)
    return values


def with_detail(param: Param, detail: str, value: ParamValue) -> Param:
    """`param` with one detail as the form gives it."""
    stored: object = value
    if detail == "options" and isinstance(param, Choice):
        return replace(param, options=_options(str(value)), titles=())
    if isinstance(param, Float) and detail in ("minimum", "maximum"):
        unlimited = -math.inf if detail == "minimum" else math.inf
        stored = float(str(value)) if str(value).strip() else unlimited
    return replace(param, **{detail: stored})  # type: ignore[arg-type]


def _whole(name: str, doc: str, fits: Callable[[str], Fits]) -> Param:
    return _Whole(name=name, default=0, minimum=-_WHOLE_LIMIT, maximum=_WHOLE_LIMIT, doc=doc, fits=fits(name))


def _limit(name: str, doc: str, fits: Callable[[str], Fits]) -> Param:
    def objection(text: str) -> str | None:
        try:
            float(text)
        except ValueError:
            return "it must be a number, or empty for no limit."
        return fits(name)(text)

    return _Line(name=name, default="", doc=f"{doc} Empty for no limit.", objection=objection)


def _options(text: str) -> tuple[str, ...]:
    return tuple(option.strip() for option in text.split(","))


def _options_objection(fits: Fits) -> Fits:
    def objection(text: ParamValue) -> str | None:
        options = _options(str(text))
        if not all(options):
            return "write the options with commas between them."
        if len(set(options)) < len(options):
            return "no two options can be the same."
        if any(map(is_expression, options)):
            return "no option can begin with “=”, as expressions do."
        return fits(text)

    return objection


def _fitting(value: _Value, fits: Fits) -> _Value:
    reason = fits(value)
    if reason:
        raise ParamError(reason)
    return value
