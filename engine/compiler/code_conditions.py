"""Which of several modules a layer is: a condition on the arguments of the class, true to every use."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.compiler import code_sizes as sizes
from engine.compiler.code_calls import shown
from engine.compiler.code_plan import CannotExpressError, Made
from engine.graph.model import NodeId
from engine.graph.params import Bool, Choice, Int

if TYPE_CHECKING:
    from engine.compiler.code_planner import Planner


def condition(planner: Planner, node: NodeId, targets: Sequence[str], made: tuple[Made, ...]) -> tuple[Made, ...]:
    """`made` with the condition of each, the last one being what remains.

    Args:
        targets: what the layer is in each use.

    Raises:
        CannotExpressError: there are more than two, and no parameter says which.
    """
    if len(made) == 1:
        return made
    found = _by_parameter(planner, node, targets, made)
    if found is not None:
        return found
    if len(made) > 2:
        raise CannotExpressError
    # What is there only sometimes comes first, the identity last.
    one, other = sorted(made, key=lambda choice: choice.target.endswith(".Identity"))
    is_one = [target == one.target for target in targets]
    label = planner.label(node, f"is_{shown(one.target).rpartition('.')[2].lower()}")
    tree = _disjunction(planner, node, is_one)
    return replace(one, condition=planner.names.find(label, is_one, [tree])), other


def _by_parameter(
    planner: Planner, node: NodeId, targets: Sequence[str], made: tuple[Made, ...]
) -> tuple[Made, ...] | None:
    """The choice by a parameter of the layer for which an expression was typed, if one decides it."""
    for param in planner.plan.layers[node].params:
        if not isinstance(param, (Bool, Choice)):
            continue
        for tree in planner.typed(node, param.name)[:1]:
            values = [site.params[param.name] for site in planner.sites(node)]
            decided: dict[object, set[str]] = {}
            for value, target in zip(values, targets, strict=True):
                decided.setdefault(value, set()).add(target)
            if any(len(found) > 1 for found in decided.values()) or len(decided) != len(made):
                continue
            by_target = {next(iter(found)): value for value, found in decided.items()}
            ordered = sorted(made, key=lambda choice: not by_target[choice.target]) if isinstance(param, Bool) else made
            return (
                *(replace(choice, condition=_equals(tree, by_target[choice.target])) for choice in ordered[:-1]),
                ordered[-1],
            )
    return None


def _equals(tree: ast.expr, value: object) -> ast.expr:
    return tree if value is True else ast.Compare(tree, [ast.Eq()], [sizes.literal(value)])


def _disjunction(planner: Planner, node: NodeId, wanted: Sequence[bool]) -> ast.expr | None:
    """“a or b”, of those simple conditions that are true in some and only in wanted uses."""
    chosen: list[ast.expr] = []
    for atom in _atoms(planner, node):
        found = [bool(sizes.evaluate(atom, known)) for known in planner.names.known]
        if any(found) and not any(is_true and not want for is_true, want in zip(found, wanted, strict=True)):
            chosen.append(atom)
    return None if not chosen else chosen[0] if len(chosen) == 1 else ast.BoolOp(ast.Or(), chosen)


def _atoms(planner: Planner, node: NodeId) -> Iterator[ast.expr]:
    """Conditions that decide on layers: a parameter is not 1, or not the number of channels that come in."""
    fed = [size for one in planner.fed(node) for size in one[:1] if size is not None]
    compared: list[ast.expr] = []
    for param in planner.plan.layers[node].params:
        if isinstance(param, Int):
            trees = planner.typed(node, param.name)[:1]
            yield from (ast.Compare(tree, [ast.NotEq()], [sizes.literal(1)]) for tree in trees)
            plain = planner.sites(node)[0].params[param.name]
            compared += trees or [sizes.literal(plain)]
    yield from (ast.Compare(size, [ast.NotEq()], [tree]) for size in fed for tree in compared)
