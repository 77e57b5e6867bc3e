"""Formulas in x that people type for custom activations: read by a whitelist and translated into torch calls.

The translation is a syntax tree that is carried out node by node, never by `eval`, and printed as Python code, so
that what is trained and what is exported are the same. What a formula means is settled while it is translated:
plain numbers are computed by `math`, whatever contains x by `torch`.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from enum import Enum, auto
from functools import lru_cache
from typing import Any, NamedTuple

from engine.graph.expressions import ExpressionError, check_names, compute, names_in, parse

_F = "F."
_FUNCTIONAL = "torch.nn.functional."
_MATH = "math."
_CONSTANTS: Mapping[str, float] = {"pi": math.pi, "e": math.e}
_MAX_POWER = 64
"""The limit that the computation of expressions has as well."""

_TARGETS: Mapping[str, str] = {
    **{
        name: f"torch.{name}"
        for name in (
            "abs atan ceil cos cosh erf exp expm1 floor log log1p relu sigmoid sign sin sinh sqrt square tan tanh"
        ).split()
    },
    **{name: _F + name for name in "elu gelu leaky_relu mish relu6 selu silu softplus softsign".split()},
}
"""The functions of one value, and what they are in torch."""
_USAGES: Mapping[str, str] = {
    "clamp": "clamp(x, -1, 1)",
    "max": "max(x, 0)",
    "maximum": "maximum(x, 0)",
    "min": "min(x, 6)",
    "minimum": "minimum(x, 6)",
    "pow": "pow(x, 2)",
    "where": "where(x > 0, x, 0.1 * x)",
}
"""The functions of several values, and how they are written."""
FUNCTIONS: tuple[str, ...] = tuple(sorted({*_TARGETS, *_USAGES}))
"""What may be called in a formula."""


def objection(text: str) -> str | None:
    """Why `text` is no formula in x, as a sentence for the user; None when it is one."""
    try:
        _translated(text, "x")
    except ExpressionError as error:
        return str(error)
    return None


def apply(text: str, x: Any, resolve: Callable[[str], Callable[..., Any]]) -> Any:
    """The value of the formula `text` at `x`.

    Args:
        x: a tensor of floating-point numbers, or what stands for one while a network is compiled.
        resolve: finds a function by its dotted path, such as `torch.nn.functional.softplus`.

    Raises:
        ExpressionError: `text` is no formula in x.
    """
    tree = _translated(text, "x")
    _, called = names_in(tree)
    paths = {name: _FUNCTIONAL + name.removeprefix(_F) if name.startswith(_F) else name for name in called}
    functions = {name: resolve(path) for name, path in paths.items()}
    return compute(tree, {"x": x, **{_MATH + name: value for name, value in _CONSTANTS.items()}}, functions)


def torch_code(text: str, variable: str = "x") -> str:
    """The formula `text` as Python code, such as `x * torch.sigmoid(x)`.

    It needs `import math`, `import torch` and `import torch.nn.functional as F`, as far as it mentions them.

    Args:
        variable: the identifier that takes the place of x.

    Raises:
        ExpressionError: `text` is no formula in x.
    """
    return ast.unparse(_translated(text, variable))


class _Kind(Enum):
    """What a part of a formula is."""

    NUMBER = auto()
    TENSOR = auto()
    CONDITION = auto()


class _Part(NamedTuple):
    """A part of a formula in terms of torch."""

    tree: ast.expr
    """Code in which functions and constants are names with dots, such as `torch.sigmoid`."""
    kind: _Kind


@lru_cache(maxsize=1024)
def _translated(text: str, variable: str) -> ast.expr:
    """The formula `text` in terms of torch.

    Raises:
        ExpressionError: it is no formula in x.
    """
    tree = parse(text)
    check_names(tree, ("x", *_CONSTANTS), FUNCTIONS)
    if "x" not in names_in(tree)[0]:
        raise ExpressionError("The formula has to contain x, the value that comes in, as in x * sigmoid(x).")
    return _Translator(variable).value(tree).tree


class _Translator:
    """Translates a checked formula, part by part."""

    def __init__(self, variable: str) -> None:
        self._x = ast.Name(variable)

    def value(self, tree: ast.expr) -> _Part:
        """`tree` as a number or a tensor; a condition counts 1 where it holds and 0 elsewhere."""
        part = self._part(tree)
        if part.kind is _Kind.CONDITION:
            return self._choice(part.tree, _number(1), _number(0))
        return part

    def _part(self, tree: ast.expr) -> _Part:
        match tree:
            case ast.Constant(value=bool()):
                raise ExpressionError("Write 1 and 0 instead of True and False.")
            case ast.Constant():
                return _joined(tree)
            case ast.Name(id=name):
                known = name in _CONSTANTS
                return _Part(ast.Name(_MATH + name), _Kind.NUMBER) if known else _Part(self._x, _Kind.TENSOR)
            case ast.UnaryOp(op=op):
                operand = self.value(tree.operand)
                return _joined(ast.UnaryOp(op, operand.tree), operand)
            case ast.BinOp(op=op):
                return _arithmetic(self.value(tree.left), op, self.value(tree.right))
            case ast.Compare(ops=ops, comparators=[other]):
                return _comparison(self.value(tree.left), ops, self.value(other))
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return self._call(name, arguments)
        raise ExpressionError(f"Write where(x > 0, a, b) instead of “{ast.unparse(tree)}”.")

    def _call(self, name: str, arguments: Sequence[ast.expr]) -> _Part:
        usage = _USAGES.get(name, f"{name}(x)")
        if len(arguments) != usage.count(",") + 1:
            raise ExpressionError(f"“{name}” takes {_COUNTS[usage.count(',')]}, as in {usage}.")
        if name == "where":
            condition = self._part(arguments[0])
            if condition.kind is not _Kind.CONDITION:
                raise ExpressionError(f"“where” begins with a comparison, as in {usage}.")
            return self._choice(condition.tree, *map(self.value, arguments[1:]))
        values = [self.value(argument) for argument in arguments]
        match name:
            case "pow":
                return _arithmetic(values[0], ast.Pow(), values[1])
            case "max" | "maximum":
                return _bound(values[0], values[1], "maximum", "clamp_min")
            case "min" | "minimum":
                return _bound(values[0], values[1], "minimum", "clamp_max")
            case "clamp":
                return _clamp(*values)
        if values[0].kind is _Kind.TENSOR:
            return _called(_TARGETS[name], *values)
        if not hasattr(math, name):
            raise ExpressionError(f"“{name}({ast.unparse(arguments[0])})” does not depend on x: write the number.")
        return _called(_MATH + name, *values)

    def _choice(self, condition: ast.expr, one: _Part, other: _Part) -> _Part:
        if one.kind is other.kind is _Kind.NUMBER:
            # Of two plain numbers torch would make a tensor of its own type instead of that of x.
            one = _called("torch.full_like", _Part(self._x, _Kind.TENSOR), one)
        return _called("torch.where", _Part(condition, _Kind.TENSOR), one, other)


_COUNTS = ("one value", "two values", "three values")


def _number(value: int) -> _Part:
    return _Part(ast.Constant(value), _Kind.NUMBER)


def _joined(tree: ast.expr, *parts: _Part) -> _Part:
    """The part that `parts` make up; a number is computed, so that what cannot be is found out now."""
    if any(part.kind is _Kind.TENSOR for part in parts):
        return _Part(tree, _Kind.TENSOR)
    _number_of(tree)
    return _Part(tree, _Kind.NUMBER)


def _number_of(tree: ast.expr) -> Any:
    functions = {_MATH + name: getattr(math, name) for name in FUNCTIONS if hasattr(math, name)}
    number = compute(tree, {_MATH + name: value for name, value in _CONSTANTS.items()}, functions)
    if isinstance(number, complex):
        raise ExpressionError(f"“{ast.unparse(tree)}” is no real number.")
    return number


def _called(target: str, *values: _Part) -> _Part:
    return _joined(ast.Call(ast.Name(target), [value.tree for value in values], []), *values)


def _arithmetic(left: _Part, op: ast.operator, right: _Part) -> _Part:
    tree = ast.BinOp(left.tree, op, right.tree)
    match op:
        case ast.FloorDiv() if _Kind.TENSOR in (left.kind, right.kind):
            raise ExpressionError("PyTorch has no slope for //: write floor(a / b) instead of a // b.")
        case ast.Mod() if right.kind is _Kind.TENSOR:
            raise ExpressionError("PyTorch has no slope for % with x behind it: there can only be a number.")
        case ast.Pow() if right.kind is _Kind.NUMBER and abs(_number_of(right.tree)) > _MAX_POWER:
            raise ExpressionError(f"“{ast.unparse(tree)}” raises to too high a power; {_MAX_POWER} is the highest.")
    return _joined(tree, left, right)


def _comparison(left: _Part, ops: list[ast.cmpop], right: _Part) -> _Part:
    tree = ast.Compare(left.tree, ops, [right.tree])
    if left.kind is right.kind is _Kind.NUMBER:
        raise ExpressionError(f"“{ast.unparse(tree)}” compares two numbers: one side has to contain x.")
    return _Part(tree, _Kind.CONDITION)


def _bound(one: _Part, other: _Part, of_tensors: str, by_number: str) -> _Part:
    """The greater or lesser of two values; torch has one function for two tensors and one for a bound."""
    match one.kind, other.kind:
        case _Kind.TENSOR, _Kind.TENSOR:
            return _called(f"torch.{of_tensors}", one, other)
        case _Kind.TENSOR, _:
            return _called(f"torch.{by_number}", one, other)
        case _, _Kind.TENSOR:
            return _called(f"torch.{by_number}", other, one)
    raise ExpressionError(f"The {of_tensors} of two plain numbers does not depend on x: write the number.")


def _clamp(value: _Part, low: _Part, high: _Part) -> _Part:
    if value.kind is _Kind.TENSOR and low.kind is high.kind is _Kind.NUMBER:
        return _called("torch.clamp", value, low, high)
    return _bound(_bound(value, low, "maximum", "clamp_min"), high, "minimum", "clamp_max")
