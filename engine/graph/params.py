"""Typed parameters: one declaration gives the range check, the file's type and the form field.

Layers, data sets and the training recipe all declare what can be set about them with these classes.
A value is always a plain, immutable Python value, so that it can live in a file and in a memo key.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from engine.graph.wording import quoted, shown

ParamValue: TypeAlias = bool | int | float | str | tuple[int, ...]
Params: TypeAlias = Mapping[str, ParamValue]


class ParamError(ValueError):
    """A value that a parameter does not take; its text is one sentence for the user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Param:
    """One thing that can be set."""

    name: str
    """The keyword under which the value is stored and passed on."""
    default: ParamValue
    """The value a new node starts with."""
    doc: str
    """What it means, in one or two sentences for a learner."""
    label: str = ""
    """The name shown in forms; derived from `name` when empty."""
    unit: str = ""
    """The unit shown behind the value, if it has one."""
    passed: bool = True
    """Whether the value is an argument of the layer's constructor (and not, say, an initialisation)."""
    fixed: bool = False
    """Whether it has a plain value even inside a block, because the number of ports depends on it."""
    only_with: tuple[str, tuple[ParamValue, ...]] | None = None
    """Another parameter, and the values of it with which this one means anything; forms hide it with others."""

    @property
    def title(self) -> str:
        """The name to show in a form."""
        return self.label or self.name.replace("_", " ").capitalize()

    def applies(self, values: Params) -> bool:
        """Whether the parameter means anything beside `values` of the others."""
        if self.only_with is None:
            return True
        other, wanted = self.only_with
        return values.get(other) in wanted

    def check(self, value: object) -> ParamValue:
        """Return `value` in its canonical type.

        Raises:
            ParamError: the value has the wrong type or lies outside the range.
        """
        raise TypeError(f"{type(self).__name__} does not say how it is checked")

    def _refuse(self, value: object, wanted: str) -> ParamError:
        return ParamError(f"“{self.title}” must be {wanted}, not {shown(value)}.")


def no_objection(text: str) -> str | None:
    """The `objection` of a text that may say anything."""
    return None


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


@dataclass(frozen=True, slots=True, kw_only=True)
class Int(Param):
    """A whole number within a range."""

    default: int
    minimum: int = 0
    maximum: int = 1_000_000
    special: str = ""
    """What the minimum stands for where it is no number, such as “automatic”; empty where it is one."""

    def check(self, value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise self._refuse(value, "a whole number")
        if not self.minimum <= value <= self.maximum:
            raise self._refuse(value, f"between {self.minimum:,} and {self.maximum:,}")
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Float(Param):
    """A finite number within a range."""

    default: float
    minimum: float = -math.inf
    maximum: float = math.inf

    def check(self, value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self._refuse(value, "a number")
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise self._refuse(value, "a finite number")
        if not self.minimum <= number <= self.maximum:
            raise self._refuse(value, f"between {self.minimum:g} and {self.maximum:g}")
        return number


@dataclass(frozen=True, slots=True, kw_only=True)
class Bool(Param):
    """Yes or no."""

    default: bool

    def check(self, value: object) -> bool:
        if not isinstance(value, bool):
            raise self._refuse(value, "true or false")
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Param):
    """One of a few named options."""

    default: str
    options: tuple[str, ...]
    """The values that are stored."""
    titles: tuple[str, ...] = ()
    """What a form shows for each option; the option itself when empty."""

    def check(self, value: object) -> str:
        if not isinstance(value, str) or value not in self.options:
            raise self._refuse(value, f"one of {', '.join(self.options)}")
        return value

    def option_title(self, option: str) -> str:
        """What a form shows for `option`."""
        return self.titles[self.options.index(option)] if self.titles else option


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes(Param):
    """One whole number for each axis of a window, the last one along the width; a single number means all."""

    default: tuple[int, ...]
    minimum: int = 0
    maximum: int = 10_000

    @property
    def axes(self) -> tuple[str, ...]:
        """What the numbers are along: height and width, or depth, height and width."""
        return AXES[-len(self.default) :]

    def check(self, value: object) -> tuple[int, ...]:
        count = len(self.default)
        numbers = (value,) * count if _is_int(value) else value
        if not isinstance(numbers, (list, tuple)) or len(numbers) != count or not all(map(_is_int, numbers)):
            raise self._refuse(value, f"one or {COUNTS[count]} whole numbers ({', '.join(self.axes)})")
        if not all(self.minimum <= number <= self.maximum for number in numbers):
            raise self._refuse(value, f"between {self.minimum:,} and {self.maximum:,}")
        return tuple(numbers)


AXES = ("depth", "height", "width")
"""The axes of a volume; those of an image are the last two."""
COUNTS = {1: "one", 2: "two", 3: "three"}
"""Small numbers in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape(Param):
    """A list of whole numbers, such as the size of one sample along each axis, without the batch axis."""

    default: tuple[int, ...]
    minimum_axes: int = 1
    maximum_axes: int = 4
    minimum_size: int = 1
    maximum_size: int = 100_000

    def check(self, value: object) -> tuple[int, ...]:
        if not isinstance(value, (list, tuple)) or not self.minimum_axes <= len(value) <= self.maximum_axes:
            example = ", ".join(map(str, self.default)) or "1, 28, 28"
            raise self._refuse(value, f"{self.minimum_axes} to {self.maximum_axes} whole numbers, such as {example}")
        if not all(_is_int(size) and self.minimum_size <= size <= self.maximum_size for size in value):
            raise self._refuse(value, f"whole numbers between {self.minimum_size} and {self.maximum_size:,}")
        return tuple(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Param):
    """One line of text, such as a formula."""

    default: str
    maximum_length: int = 200
    objection: Callable[[str], str | None] = no_objection
    """Why a text cannot be used, as a whole sentence; None when it can."""

    def check(self, value: object) -> str:
        if not isinstance(value, str) or not value.strip():
            raise self._refuse(value, "a text")
        if len(value) > self.maximum_length or not value.isprintable():
            raise self._refuse(value, f"one line of at most {self.maximum_length} characters")
        reason = self.objection(value)
        if reason:
            raise ParamError(f"“{self.title}”: {reason}")
        return value


def check_all(params: Sequence[Param], values: Mapping[str, object]) -> dict[str, ParamValue]:
    """Return a canonical value for each of `params`, taking defaults for those that `values` lacks.

    Raises:
        ParamError: a value is wrong, or `values` names something that is not among `params`.
    """
    known = {param.name for param in params}
    for name in values:
        if name not in known:
            listed = ", ".join(sorted(known)) or "nothing"
            raise ParamError(f"There is no setting {quoted(name)}; what can be set is {listed}.")
    return {param.name: param.check(values[param.name]) if param.name in values else param.default for param in params}


def format_value(value: ParamValue) -> str:
    """Write `value` compactly, for a node's parameter line or a message: `3×3`, `0.001`, `yes`."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return "×".join(map(str, value))
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)
