"""Formulas of custom activations as statements, long ones cut into several."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Set

from engine.compiler import code_sizes as sizes
from engine.compiler.code_format import WIDTH
from engine.compiler.code_names import free
from engine.layers.formula import torch_code

_LONGEST = WIDTH - 8
"""What is left of a line inside of a method."""


def formula_lines(formula: str, variable: str, target: str, taken: Set[str]) -> Iterator[str]:
    """The statements that give `target` the value of `formula` at `variable`."""
    tree = ast.parse(torch_code(formula, variable), mode="eval").body
    used = {*taken, variable, target}
    while len(f"{target} = {sizes.code(tree)}") > _LONGEST:
        part = _largest(tree, _LONGEST // 2)
        if part is None:
            break
        name = free("part", used)
        used.add(name)
        yield f"{name} = {sizes.code(part)}"
        tree = ast.parse(ast.unparse(_Replacement(part, name).visit(tree)), mode="eval").body
    yield f"{target} = {sizes.code(tree)}"


def _largest(tree: ast.expr, most: int) -> ast.expr | None:
    """The longest call or operation inside of `tree` that is not longer than `most` characters."""
    short = [part for part in _parts(tree) if 8 < len(ast.unparse(part)) <= most]
    return max(short, key=lambda part: len(ast.unparse(part)), default=None)


def _parts(tree: ast.expr) -> Iterator[ast.expr]:
    """The calls and operations inside of `tree`, from left to right."""
    for part in ast.iter_child_nodes(tree):
        if isinstance(part, ast.expr):
            if isinstance(part, (ast.BinOp, ast.Call, ast.UnaryOp)):
                yield part
            yield from _parts(part)


class _Replacement(ast.NodeTransformer):
    """Puts a name in the place of one part."""

    def __init__(self, part: ast.expr, name: str) -> None:
        self._part = part
        self._name = name

    def visit(self, node: ast.AST) -> ast.AST:
        return ast.Name(self._name, ast.Load()) if node is self._part else self.generic_visit(node)
