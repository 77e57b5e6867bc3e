"""Sizes as expressions: what generated code computes in place of the numbers that are known for each use of a class.

An expression is a syntax tree over the names of a class: parameters of its block, and sizes of its inputs.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Mapping, Sequence
from typing import Any

from engine.graph import expressions
from engine.graph.expressions import NUMBER_FUNCTIONS, ExpressionError

Size = ast.expr | None
"""The size along one axis; None where there is no expression for it."""
Sizes = tuple[Size, ...]
"""The sizes of a tensor along all axes but the batch's."""


def duplicate(tree: ast.expr) -> ast.expr:
    """A copy of `tree` that may be changed."""
    return copy.deepcopy(tree)


def literal(value: object) -> ast.expr:
    """The expression that is just `value`: a number, a text, a truth value, None, or a tuple of such."""
    if isinstance(value, (tuple, list)):
        return ast.Tuple([literal(part) for part in value], ast.Load())
    assert value is None or isinstance(value, (bool, int, float, str))
    return ast.Constant(value)


def name(identifier: str) -> ast.expr:
    """The expression that is a name."""
    return ast.Name(identifier, ast.Load())


def plain(tree: ast.expr) -> Any:
    """The value of a `literal`; raises ValueError for any other expression."""
    return ast.literal_eval(tree)


def is_literal(tree: ast.expr) -> bool:
    """Whether `tree` is a value and mentions no names."""
    return not any(isinstance(part, (ast.Name, ast.Call)) for part in ast.walk(tree))


def names_in(tree: ast.expr) -> set[str]:
    """The names of values that `tree` mentions."""
    return expressions.names_in(tree)[0]


def evaluate(tree: ast.expr, names: Mapping[str, Any]) -> Any:
    """The value of `tree`; None when it cannot be computed."""
    if isinstance(tree, ast.Tuple):
        return tuple(evaluate(part, names) for part in tree.elts)
    if isinstance(tree, ast.BoolOp):
        return any(evaluate(part, names) for part in tree.values)
    try:
        return expressions.compute(tree, names, NUMBER_FUNCTIONS)
    except ExpressionError:
        return None


def square(value: Any) -> Any:
    """A window of equal sides as the number that people write for it; any other value as it is."""
    if isinstance(value, (tuple, list)) and value and len(set(value)) == 1:
        return value[0]
    return value


def alike(one: Any, other: Any) -> bool:
    """Whether two values are the same, where `True` is not 1."""
    return isinstance(one, bool) is isinstance(other, bool) and bool(one == other)


def holds(tree: ast.expr | None, values: Sequence[Any], names: Sequence[Mapping[str, Any]]) -> bool:
    """Whether `tree` has the given value in every use."""
    return tree is not None and all(
        _stands_for(evaluate(tree, known), value) for value, known in zip(values, names, strict=True)
    )


def _stands_for(found: Any, value: Any) -> bool:
    # A window of equal sides may be given by one of them, but 32.0 channels are none.
    found = found if isinstance(value, tuple) else square(found)
    return alike(found, value) and not (isinstance(found, float) and isinstance(value, int))


def constant_of(values: Sequence[Any]) -> ast.expr | None:
    """The literal that all `values` are; None when they differ."""
    if any(not alike(value, values[0]) or type(value) is not type(values[0]) for value in values):
        return None
    return literal(values[0])


def with_whole_division(tree: ast.expr) -> ast.expr:
    """`tree` with `//` for `/`, as whole numbers are divided."""

    class Division(ast.NodeTransformer):
        def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
            op = ast.FloorDiv() if isinstance(node.op, ast.Div) else node.op
            return ast.BinOp(self.visit(node.left), op, self.visit(node.right))

    result: ast.expr = Division().visit(duplicate(tree))
    return result


def substituted(tree: ast.expr, bindings: Mapping[str, ast.expr | None]) -> ast.expr | None:
    """`tree` with expressions in the place of its names, simplified; None when one is not known."""
    if any(bindings.get(used) is None for used in names_in(tree)):
        return None

    class Substitution(ast.NodeTransformer):
        def visit_Call(self, node: ast.Call) -> ast.expr:
            return ast.Call(node.func, [self.visit(part) for part in node.args], [])

        def visit_Name(self, node: ast.Name) -> ast.expr:
            bound = bindings[node.id]
            assert bound is not None
            return bound

    return simplified(Substitution().visit(duplicate(tree)))


def stored(tree: ast.expr) -> ast.expr:
    """`tree` as `forward` computes it: from attributes of the class."""

    class Attributes(ast.NodeTransformer):
        def visit_Call(self, node: ast.Call) -> ast.expr:
            return ast.Call(node.func, [self.visit(part) for part in node.args], [])

        def visit_Name(self, node: ast.Name) -> ast.expr:
            return ast.Name(f"self.{node.id}", ast.Load())

    result: ast.expr = Attributes().visit(duplicate(tree))
    return result


def added(*parts: Size) -> Size:
    """The sum; None when a part is not known."""
    return _joined(parts, ast.Add())


def multiplied(*parts: Size) -> Size:
    """The product; None when a part is not known."""
    return _joined(parts, ast.Mult())


def difference(one: ast.expr, other: ast.expr) -> ast.expr:
    """`one - other`, simplified."""
    return simplified(ast.BinOp(one, ast.Sub(), other))


def _joined(parts: Sequence[Size], op: ast.operator) -> Size:
    known = [part for part in parts if part is not None]
    if len(known) < len(parts) or not known:
        return None
    total = known[0]
    for part in known[1:]:
        total = ast.BinOp(total, op, part)
    return simplified(total)


_Terms = dict[tuple[str, ...], int]
"""A sum of products: the factors of each, and how often it is taken."""


def simplified(tree: ast.expr) -> ast.expr:
    """`tree` with like terms gathered and whatever contains no names computed."""
    factors: dict[str, ast.expr] = {}
    terms = {product: times for product, times in _terms(tree, factors).items() if times}
    positive_first = sorted(terms.items(), key=lambda term: term[1] < 0)
    total: ast.expr | None = None
    for product, times in positive_first:
        parts = [factors[factor] for factor in product]
        size = abs(times) if total is not None else times
        if size != 1 or not parts:
            parts.insert(0, ast.Constant(size))
        part = parts[0]
        for factor in parts[1:]:
            part = ast.BinOp(part, ast.Mult(), factor)
        total = part if total is None else ast.BinOp(total, ast.Add() if times > 0 else ast.Sub(), part)
    return ast.Constant(0) if total is None else total


def _terms(tree: ast.expr, factors: dict[str, ast.expr]) -> _Terms:
    match tree:
        case ast.Constant(value=int() as value) if not isinstance(value, bool):
            return {(): value}
        case ast.UnaryOp(op=ast.USub()):
            return {product: -times for product, times in _terms(tree.operand, factors).items()}
        case ast.BinOp(op=ast.Add() | ast.Sub()):
            terms = _terms(tree.left, factors)
            sign = 1 if isinstance(tree.op, ast.Add) else -1
            for product, times in _terms(tree.right, factors).items():
                terms[product] = terms.get(product, 0) + sign * times
            return terms
        case ast.BinOp(op=ast.Mult()):
            left, right = _terms(tree.left, factors), _terms(tree.right, factors)
            terms = {}
            for one, times in left.items():
                for other, more in right.items():
                    product = (*one, *other)
                    terms[product] = terms.get(product, 0) + times * more
            return terms
    return _atom(tree, factors)


def _atom(tree: ast.expr, factors: dict[str, ast.expr]) -> _Terms:
    """Something that is neither a sum nor a product, with its insides simplified."""
    match tree:
        case ast.Tuple():
            tree = ast.Tuple([simplified(part) for part in tree.elts], ast.Load())
        case ast.BinOp():
            tree = ast.BinOp(simplified(tree.left), tree.op, simplified(tree.right))
        case ast.Call():
            tree = ast.Call(tree.func, [simplified(part) for part in tree.args], [])
    if not names_in(tree) and not isinstance(tree, ast.Constant):
        value = evaluate(tree, {})
        if isinstance(value, int) and not isinstance(value, bool):
            return {(): value}
    factors[ast.unparse(tree)] = tree
    return {(ast.unparse(tree),): 1}


_STRING = re.compile(r"'((?:[^'\\\"]|\\.)*)'")
_ROUNDING = re.compile(r"(?<![\w.])(ceil|floor)\(")
_POWER = re.compile(r"(?<![\w.\])])([A-Za-z_][\w.]*|\d[\w.]*) \*\* (-?(?:[A-Za-z_][\w.]*|\d[\w.]*))(?![\w.(\[])")


class _Bracketed(ast.NodeTransformer):
    """Puts the power behind a minus sign into brackets, as formatters do."""

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        operand = self.visit(node.operand)
        if isinstance(operand, ast.BinOp) and isinstance(operand.op, ast.Pow):
            operand = ast.Name(f"({ast.unparse(operand)})", ast.Load())
        return ast.UnaryOp(node.op, operand)


def code(tree: ast.expr) -> str:
    """`tree` as a person would type it: with double quotes, and powers of simple things without spaces."""
    text = _ROUNDING.sub(r"math.\1(", _STRING.sub(r'"\1"', ast.unparse(_Bracketed().visit(duplicate(tree)))))
    return _POWER.sub(r"\1**\2", text)
