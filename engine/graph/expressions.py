"""Arithmetic that people type: parsed by a whitelist, evaluated node by node, never by `eval`.

In a block a parameter may be such an expression in the block's own parameters, written as `=4*channels`.
The same parser reads the formulas of custom activations, which compute with tensors.
"""

from __future__ import annotations

import ast
import copy
import math
import operator
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import lru_cache
from typing import Any

from engine.graph.params import Param, ParamError, Params, ParamValue
from engine.graph.wording import quoted

MARK = "="
"""What an expression begins with where a plain value could stand as well."""
MAX_LENGTH = 200
"""The longest expression, in characters."""
_MAX_DEPTH = 24
_MAX_NUMBER = 1e15

_Operation = Callable[[Any, Any], Any]
_BINARY: dict[type[ast.operator], _Operation] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
_UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {ast.USub: operator.neg, ast.UAdd: operator.pos}
_COMPARE: dict[type[ast.cmpop], _Operation] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
NUMBER_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "min": min,
    "max": max,
    "round": round,
    "abs": abs,
    "int": int,
    "ceil": math.ceil,
    "floor": math.floor,
}
"""What may be called in the expressions of a block."""


class ExpressionError(ParamError):
    """An expression that cannot be read or computed; its text is one sentence for the user."""


def is_expression(value: object) -> bool:
    """Whether `value` is an expression and not a plain value."""
    return isinstance(value, str) and value.startswith(MARK)


def has_expression(values: Iterable[object]) -> bool:
    """Whether there is an expression among `values`."""
    return any(map(is_expression, values))


@lru_cache(maxsize=4096)
def parse(text: str) -> ast.expr:
    """Read `text`, without the mark, as arithmetic.

    Raises:
        ExpressionError: it is not arithmetic; whether its names mean anything is not looked at here.
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"The formula is longer than {MAX_LENGTH} characters.")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise ExpressionError(f"{quoted(text)} is not a complete formula.") from error
    _check(tree, text, _MAX_DEPTH)
    return tree


def names_in(tree: ast.expr) -> tuple[set[str], set[str]]:
    """The variables and the functions that an expression uses."""
    called = {call.func.id for call in ast.walk(tree) if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)}
    functions = {id(call.func) for call in ast.walk(tree) if isinstance(call, ast.Call)}
    variables = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in functions}
    return variables, called


def check_names(tree: ast.expr, variables: Collection[str], functions: Collection[str]) -> None:
    """Raise `ExpressionError` when an expression uses anything but `variables` and `functions`."""
    used, called = names_in(tree)
    for name in sorted(used - set(variables)):
        known = ", ".join(sorted(variables)) or "nothing"
        raise ExpressionError(f"{quoted(name)} means nothing here; what can be used is {known}.")
    for name in sorted(called - set(functions)):
        raise ExpressionError(f"There is no function {quoted(name)} here; there are {', '.join(sorted(functions))}.")


def compute(tree: ast.expr, variables: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]]) -> Any:
    """The value of an expression; works with numbers and with tensors alike.

    Raises:
        ExpressionError: it uses an unknown name, or divides by zero, or its value grows beyond all bounds.
    """
    try:
        return _compute(tree, variables, functions)
    except (ArithmeticError, ValueError, TypeError) as error:
        if isinstance(error, ParamError):
            raise
        raise ExpressionError(f"“{ast.unparse(tree)}” cannot be computed: {error}.") from error


def resolve(param: Param, value: ParamValue, variables: Params) -> ParamValue:
    """`value` of `param` as a plain value: an expression is computed from `variables`, the parameters of a block.

    Raises:
        ParamError: the expression cannot be computed, or its value lies outside the range of `param`.
    """
    if not isinstance(value, str) or not is_expression(value):
        return value
    tree = parse(value[len(MARK) :])
    check_names(tree, variables, NUMBER_FUNCTIONS)
    result = compute(tree, variables, NUMBER_FUNCTIONS)
    # Division gives 32.0 where a number of channels is meant.
    whole = isinstance(result, float) and result.is_integer() and not isinstance(param.default, float)
    return param.check(int(result) if whole else result)


def substitute(value: ParamValue, variables: Params) -> ParamValue:
    """`value` with what `variables` hold in the place of their names, which may be expressions themselves."""
    if not isinstance(value, str) or not is_expression(value):
        return value
    tree = copy.deepcopy(parse(value[len(MARK) :]))
    # Sizes and choices are passed on whole.
    if isinstance(tree, ast.Name) and tree.id in variables:
        return variables[tree.id]
    return MARK + ast.unparse(_Substitution(variables).visit(tree))


class _Substitution(ast.NodeTransformer):
    def __init__(self, variables: Params) -> None:
        self._variables = variables

    def visit_Call(self, node: ast.Call) -> ast.Call:
        node.args = [self.visit(part) for part in node.args]
        return node

    def visit_Name(self, node: ast.Name) -> ast.expr:
        value = self._variables.get(node.id, MARK + node.id)
        if isinstance(value, str) and is_expression(value):
            return parse(value[len(MARK) :])
        return ast.Constant(value if isinstance(value, (int, float, str)) else str(value))


def check_expression(param: Param, value: str, variables: Collection[str]) -> str:
    """Return the expression `value`, which begins with the mark, when `param` can hold it.

    Raises:
        ParamError: it is no arithmetic, or uses a name that is not among `variables`.
    """
    try:
        check_names(parse(value[len(MARK) :]), variables, NUMBER_FUNCTIONS)
    except ExpressionError as error:
        raise ParamError(f"“{param.title}”: {error}") from error
    return value


def _check(tree: ast.AST, text: str, depth: int) -> None:
    if depth == 0:
        raise ExpressionError(f"{quoted(text)} is nested too deeply.")
    match tree:
        case ast.Constant(value=bool() | int() | float()) | ast.Name():
            return
        case ast.BinOp(op=op) if type(op) in _BINARY:
            parts: list[ast.expr] = [tree.left, tree.right]
        case ast.UnaryOp(op=sign) if type(sign) in _UNARY:
            parts = [tree.operand]
        case ast.Compare(ops=[only], comparators=[right]) if type(only) in _COMPARE:
            parts = [tree.left, right]
        case ast.IfExp():
            parts = [tree.test, tree.body, tree.orelse]
        case ast.Call(func=ast.Name(), keywords=[]):
            parts = tree.args
        case _:
            raise ExpressionError(f"{quoted(text)} is no plain arithmetic: use numbers, names, + - * / // % ** and ().")
    for part in parts:
        _check(part, text, depth - 1)


def _compute(tree: ast.expr, variables: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]]) -> Any:
    match tree:
        case ast.Constant(value=value):
            return _bounded(value)
        case ast.Name(id=name):
            if name not in variables:
                raise ExpressionError(f"{quoted(name)} means nothing here.")
            return variables[name]
        case ast.BinOp():
            left, right = _compute(tree.left, variables, functions), _compute(tree.right, variables, functions)
            if isinstance(tree.op, ast.Pow) and isinstance(right, (int, float)) and abs(right) > 64:
                raise ExpressionError(f"“{ast.unparse(tree)}” raises to too high a power.")
            return _bounded(_BINARY[type(tree.op)](left, right))
        case ast.UnaryOp():
            return _UNARY[type(tree.op)](_compute(tree.operand, variables, functions))
        case ast.Compare():
            left = _compute(tree.left, variables, functions)
            return _COMPARE[type(tree.ops[0])](left, _compute(tree.comparators[0], variables, functions))
        case ast.IfExp():
            chosen = tree.body if _compute(tree.test, variables, functions) else tree.orelse
            return _compute(chosen, variables, functions)
        case ast.Call(func=ast.Name(id=name)):
            if name not in functions:
                raise ExpressionError(f"There is no function {quoted(name)} here.")
            return _bounded(functions[name](*(_compute(part, variables, functions) for part in tree.args)))
    raise ExpressionError(f"“{ast.unparse(tree)}” is more than arithmetic.")


def _bounded(value: Any) -> Any:
    if isinstance(value, (int, float)) and not abs(value) <= _MAX_NUMBER:
        raise ExpressionError("The formula gives too large a number.")
    return value
