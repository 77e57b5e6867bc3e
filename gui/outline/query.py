"""What people type to find layers: words of names and kinds, numbers, sizes, and conditions on parameters.

`conv 64` finds the convolutions in which a 64 matters, `batch` the batch norms, `7×7` whatever has such a window or
shape, `stride=2` and `channels>=256` what is set like that. All words must fit.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from engine.analysis.report import UNKNOWN, NodeReport
from engine.graph.expressions import is_expression
from engine.graph.model import Node
from engine.graph.params import Bool, Choice, Param, ParamValue
from engine.layers.spec import LayerSpec
from gui.written import written

EXAMPLES = "Try “conv 64”, “7×7” or “stride=2”."
"""What a search can be, for those who have found nothing."""
_Comparison = Callable[[float, float], bool]
_COMPARISONS: dict[str, _Comparison] = {
    "=": operator.eq,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
_SPELLINGS = str.maketrans({"≤": "<=", "≥": ">=", ":": "=", "−": "-"})
_BETWEEN_SIZES = re.compile(r"(?<=\d)\s*[x×*]\s*(?=\d)")
_LOOSE_COMPARISON = re.compile(r"(?<=\S)\s+(<=|>=|=|<|>)\s+(?=\S)")
_CONDITION = re.compile(r"([a-z_][\w.]*)(<=|>=|=|<|>)(.+)")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")
_SIZES = re.compile(r"\d+(?:×\d+)+")
_YES, _NO = {"yes", "true", "on", "1"}, {"no", "false", "off", "0"}


class Query:
    """A search that has been read, to be compared with any number of layers."""

    def __init__(self, text: str) -> None:
        self.text = text
        """What was typed."""
        self._terms = tuple(map(_term, _words(text)))

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look for, so that everything fits."""
        return not self._terms

    def matches(self, node: Node, layer: LayerSpec | None, report: NodeReport | None = None) -> bool:
        """Whether a layer fits all that is looked for.

        Args:
            layer: the declaration of its layer; None when it is an instance of a block that does not exist.
            report: what is known about its shapes; None when that is nothing.
        """
        subject = _Subject(node, layer, report or UNKNOWN)
        return all(term.fits(subject) for term in self._terms)


class _Subject:
    """A layer as a search looks at it; what no term asks for is never made."""

    def __init__(self, node: Node, layer: LayerSpec | None, report: NodeReport) -> None:
        self.name = node.name.lower()
        self.outputs = report.outputs
        self._node = node
        self._layer = layer

    @cached_property
    def kind_words(self) -> list[str]:
        """The words of what kind of layer it is; everything is beside an input or an output."""
        layer = self._layer
        if layer is None:
            return [self._node.layer.lower()]
        family = "" if layer.family == "Input and output" else layer.family
        return f"{layer.label} {layer.also} {family}".lower().replace(",", " ").split()

    @cached_property
    def kind(self) -> str:
        """What kind of layer it is, in one word: `batchnorm2d`."""
        return self._node.layer.lower() if self._layer is None else self._layer.label.lower().replace(" ", "")

    @cached_property
    def values(self) -> list[tuple[Param, ParamValue]]:
        """What is set, with the declarations."""
        params = () if self._layer is None else self._layer.params
        return [(param, self._node.params.get(param.name, param.default)) for param in params]

    @cached_property
    def special(self) -> list[tuple[Param, ParamValue]]:
        """What is set to something else than usual."""
        return [(param, value) for param, value in self.values if value != param.default]

    @cached_property
    def summary(self) -> str:
        """The settings that matter, as on the canvas."""
        if self._layer is None:
            return ""
        return self._layer.summary(written(self._layer.params, self._node.params)).lower()

    @cached_property
    def numbers(self) -> set[float]:
        """The numbers that one sees: in its name, its summary, its shape, and what is set otherwise than usual."""
        found = {float(size) for shape in self.outputs for size in shape}
        found.update(map(float, re.findall(r"\d+", self.name)))
        found.update(map(float, re.findall(r"\d+(?:\.\d+)?", self.summary)))
        for _, value in self.special:
            found.update(_numbers(value))
        return found


class _Term(Protocol):
    """One thing that is looked for."""

    def fits(self, subject: _Subject) -> bool:
        """Whether it is there."""


@dataclass(frozen=True, slots=True)
class _Word:
    """Letters in the name, the kind, the summary or what is set."""

    text: str

    def fits(self, subject: _Subject) -> bool:
        text = self.text
        if text in subject.name or text in subject.kind or any(map(self._begins, subject.kind_words)):
            return True
        return text.replace("*", "·") in subject.summary or any(map(self._is_said_by, subject.special))

    def _begins(self, word: str) -> bool:
        return word.startswith(self.text)

    def _is_said_by(self, setting: tuple[Param, ParamValue]) -> bool:
        param, value = setting
        if any(map(self._begins, _titles(param))):
            return True
        return isinstance(value, str) and any(self.text in said.replace(" ", "") for said in _said(param, value))


@dataclass(frozen=True, slots=True)
class _Number:
    """A number that one sees."""

    value: float
    word: _Word

    def fits(self, subject: _Subject) -> bool:
        return self.value in subject.numbers or (len(self.word.text) > 2 and self.word.text in subject.name)


@dataclass(frozen=True, slots=True)
class _Sizes:
    """Several sizes in a row, of a window or of a shape."""

    sizes: tuple[int, ...]

    def fits(self, subject: _Subject) -> bool:
        tuples = [value for _, value in subject.values if isinstance(value, tuple)]
        return any(map(self._is_part_of, (*subject.outputs, *tuples)))

    def _is_part_of(self, sizes: tuple[int, ...]) -> bool:
        length = len(self.sizes)
        return any(sizes[start : start + length] == self.sizes for start in range(len(sizes) - length + 1))


@dataclass(frozen=True, slots=True)
class _Condition:
    """A parameter that is set like that."""

    name: str
    sign: str
    wanted: str

    def fits(self, subject: _Subject) -> bool:
        # Where something is called just that, as the `p` of a dropout, nothing that only begins so is meant.
        exact = [setting for setting in subject.values if self.name == setting[0].name]
        meant = exact or [setting for setting in subject.values if self._names(setting[0])]
        return any(self._holds(param, value) for param, value in meant)

    def _names(self, param: Param) -> bool:
        return param.name.startswith(self.name) or any(word.startswith(self.name) for word in _titles(param))

    def _holds(self, param: Param, value: ParamValue) -> bool:
        is_equality = self.sign == "="
        if is_expression(value):
            return is_equality and self.wanted.lstrip("=").replace("×", "*") in str(value).lower().replace(" ", "")
        if isinstance(param, Bool):
            return is_equality and self.wanted in (_YES if value else _NO)
        if isinstance(value, str):
            return is_equality and any(said.startswith(self.wanted) for said in _said(param, value))
        sizes = _SIZES.fullmatch(self.wanted)
        if sizes:
            return is_equality and value == tuple(map(int, self.wanted.split("×")))
        if not _NUMBER.fullmatch(self.wanted):
            return False
        wanted, compare = float(self.wanted), _COMPARISONS[self.sign]
        held = [compare(number, wanted) for number in _numbers(value)]
        return bool(held) and (all(held) if is_equality else any(held))


def _words(text: str) -> list[str]:
    text = _BETWEEN_SIZES.sub("×", text.lower().translate(_SPELLINGS))
    return _LOOSE_COMPARISON.sub(r"\1", text).split()


def _term(word: str) -> _Term:
    condition = _CONDITION.fullmatch(word)
    if condition:
        return _Condition(condition[1], condition[2], condition[3])
    if _SIZES.fullmatch(word):
        return _Sizes(tuple(map(int, word.split("×"))))
    if _NUMBER.fullmatch(word):
        return _Number(float(word), _Word(word))
    return _Word(word.lstrip("="))


def _titles(param: Param) -> list[str]:
    """The words by which people know a parameter."""
    return f"{param.name.replace('_', ' ')} {param.title}".lower().split()


def _said(param: Param, value: str) -> Iterator[str]:
    """How a text that is set is written, in the file and in forms."""
    yield value.lower()
    if isinstance(param, Choice) and value in param.options:
        yield param.option_title(value).lower()


def _numbers(value: ParamValue) -> Iterator[float]:
    """The numbers that a value consists of."""
    if isinstance(value, tuple):
        yield from map(float, value)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield float(value)
