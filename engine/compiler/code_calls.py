"""Calls of PyTorch's classes and functions as people write them: defaults left out, what is well known by position."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
import typing
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from engine.analysis.calls import resolve
from engine.compiler import code_sizes as sizes
from engine.compiler.code_format import Piece, bracket, call
from engine.layers.spec import Index

OWN = "engine.modules."
"""Where the modules and functions are whose source is copied into the generated code."""
_PREFIXES = (("torch.nn.functional.", "F."), ("torch.nn.", "nn."))
_POSITIONAL = frozenset(
    """
    channels embed_dim embedding_dim features hidden_size in1_features in2_features in_channels in_features
    input_size nhead normalized_shape num_channels num_embeddings num_features num_groups num_heads out_channels
    out_features output_size p shape size steps d_model
    """.split()
)
"""Arguments that need no name, as long as they stand first."""
_POSITIONAL_ALONE = frozenset("kernel_size negative_slope padding upscale_factor".split())
"""Arguments that need no name when they stand first and alone."""
_POSITIONAL_BEHIND_TENSORS = frozenset({"chunks", "dim0", "dim1", "dims"})
"""Arguments of functions that need no name, since they follow the tensors."""
_OPERATORS = {"operator.add": ast.Add(), "operator.sub": ast.Sub(), "operator.mul": ast.Mult()}
_SIDE_BY_SIDE = re.compile(r"torch\.nn\.(Max|Avg)Pool[123]d$")
"""The layers whose windows stand side by side unless they are told otherwise."""
_EMPTY = inspect.Parameter.empty


def shown(target: str) -> str:
    """How code names the class or function at the dotted path `target`."""
    if target.startswith(OWN):
        return target.rpartition(".")[2]
    for prefix, short in _PREFIXES:
        if target.startswith(prefix):
            return short + target.removeprefix(prefix)
    return target


def source(target: str) -> str:
    """The source of one of our own modules or functions."""
    return textwrap.dedent(inspect.getsource(resolve(target))).rstrip()


@cache
def parameters(target: str) -> Mapping[str, inspect.Parameter]:
    """The parameters of a class or function, as far as it can be asked for them."""
    function = resolve(target)
    try:
        found = inspect.signature(function).parameters
    except ValueError:
        return {}
    if all(parameter.kind is parameter.VAR_POSITIONAL for parameter in list(found.values())[:1]) and found:
        # The recurrent layers say what they take in an overload only.
        overloads = typing.get_overloads(inspect.getattr_static(function, "__init__"))
        if overloads:
            return dict(list(inspect.signature(overloads[0]).parameters.items())[1:])
    return found


def default_of(target: str, argument: str) -> Any:
    """The default of an argument; `inspect.Parameter.empty` where there is none, or none that is known."""
    found = parameters(target)
    return found[argument].default if argument in found else _EMPTY


def arguments(target: str, values: Mapping[str, ast.expr]) -> list[str]:
    """What stands in the brackets of a call of `target` with `values`."""
    given = {name: sizes.code(tree) for name, tree in values.items() if not _is_default(target, name, tree)}
    if _SIDE_BY_SIDE.match(target) and given.get("stride") == given["kernel_size"]:
        del given["stride"]
    found: list[str] = []
    is_alone = len(given) == 1
    for name, parameter in parameters(target).items():
        by_name = parameter.kind in (parameter.KEYWORD_ONLY, parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL)
        well_known = name in _POSITIONAL or (is_alone and name in _POSITIONAL_ALONE)
        if by_name or name not in given or not well_known:
            break
        found.append(given.pop(name))
    order = list(parameters(target))
    named = sorted(given, key=lambda name: order.index(name) if name in order else len(order))
    return found + [f"{name}={given[name]}" for name in named]


def _is_default(target: str, name: str, tree: ast.expr) -> bool:
    default = default_of(target, name)
    if default is _EMPTY or not sizes.is_literal(tree):
        return False
    return sizes.alike(sizes.plain(tree), default)


def construction(target: str, values: Mapping[str, ast.expr]) -> Piece:
    """The construction of a module, or the call of a function with keyword arguments alone."""
    return call(shown(target), arguments(target, values))


def applied(target: str, inputs: Sequence[str], values: Mapping[str, ast.expr]) -> Piece:
    """A function applied to tensors."""
    operator = _OPERATORS.get(target)
    if operator is not None:
        trees = [ast.parse(text, mode="eval").body for text in inputs]
        return Piece(sizes.code(ast.BinOp(trees[0], operator, trees[1])))
    return call(shown(target), [*inputs, *_keywords(target, values)])


def gathered(target: str, inputs: Sequence[str], values: Mapping[str, ast.expr]) -> Piece:
    """A function applied to a list of tensors."""
    return call(shown(target), [bracket(inputs), *_keywords(target, values)])


def _keywords(target: str, values: Mapping[str, ast.expr]) -> list[str]:
    given = {name: sizes.code(tree) for name, tree in values.items() if not _is_default(target, name, tree)}
    return [text if name in _POSITIONAL_BEHIND_TENSORS else f"{name}={text}" for name, text in given.items()]


def folded(target: str, inputs: Sequence[str], values: Mapping[str, ast.expr]) -> Piece:
    """A function of two applied from the first input to the last."""
    total = Piece(inputs[0])
    for value in inputs[1:]:
        total = applied(target, [total.flat, value], values)
    return total


def picked(pick: Sequence[Index]) -> str:
    """What stands behind a result to take a part of it, such as `[0][:, -1]`."""
    return "".join(f"[{_index(index)}]" for index in pick)


def _index(index: Index) -> str:
    return ", ".join(_range(part) for part in index) if isinstance(index, tuple) else str(index)


def _range(part: int | slice) -> str:
    if isinstance(part, int):
        return str(part)
    start, stop = ("" if end is None else str(end) for end in (part.start, part.stop))
    return f"{start}:{stop}"
