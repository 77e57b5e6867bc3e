"""The names that expressions in one class may mention, and the search for an expression that holds in every use."""

from __future__ import annotations

import ast
import builtins
import keyword
from collections.abc import Container, Iterable, Sequence, Set
from typing import Any

from engine.compiler import code_sizes as sizes
from engine.compiler.code_imports import NAMES
from engine.compiler.code_plan import INDEX, Argument, CannotExpressError
from engine.compiler.code_sizes import Size, Sizes
from engine.compiler.code_uses import Use
from engine.graph import expressions
from engine.graph.block_edits import BLOCK_INPUT, ends
from engine.graph.model import Graph, NodeId
from engine.graph.params import Param, ParamValue
from engine.graph.params import Sizes as SizesParam

TAKEN = NAMES | {"operator", "self", INDEX, *dir(builtins)}
"""What nothing in generated code may be called, since it means something there."""
AXES = {
    1: ("features",),
    2: ("steps", "features"),
    3: ("channels", "height", "width"),
    4: ("channels", "depth", "height", "width"),
}
"""What the axes of a tensor are called, by how many there are beside the batch's."""
_MAIN = {"channels": "in_channels", "features": "in_features"}


def free(wanted: str, taken: Container[str]) -> str:
    """`wanted` as an identifier, with a number or an underscore behind it where it is in `taken`."""
    base = wanted.replace(".", "_")
    if keyword.iskeyword(base) or base in dir(builtins):
        base += "_"
    number, found = 2, base
    while found in taken:
        found, number = f"{base}{number}", number + 1
    return found


class Names:
    """The names of one class: parameters of its block, sizes of its inputs, and what had to be added."""

    def __init__(self, graph: Graph, uses: Sequence[Use], params: Sequence[Param], taken: Set[str]) -> None:
        self.known: list[dict[str, Any]] = [{} for _ in uses]
        """For each use the value of every name."""
        self.inputs: dict[NodeId, Sizes] = {}
        """The sizes of each input of the block."""
        self._uses = uses
        self._taken = taken
        self._params: dict[str, str] = {}
        self._defaults: dict[str, Any] = {}
        self._docs: dict[str, str] = {}
        for param in params:
            self._add_param(param)
        self._add_inputs(graph)

    def typed(self, param: Param | None, value: ParamValue | None) -> list[ast.expr]:
        """The expressions that what was typed for `param` may become in code; none for a plain value."""
        if param is None or not isinstance(value, str) or not expressions.is_expression(value):
            return []
        tree = expressions.parse(value[len(expressions.MARK) :])
        bound = {name: sizes.name(self._params[name]) for name in sizes.names_in(tree)}
        renamed = _Renamed(bound).visit(sizes.duplicate(tree))
        whole = ast.Call(ast.Name("int", ast.Load()), [renamed], [])
        return [renamed, sizes.with_whole_division(renamed), whole]

    def find(
        self, label: str, values: Sequence[Any], hints: Iterable[Size], sites: Sequence[int] | None = None
    ) -> ast.expr:
        """An expression that gives the right one of `values` in every use, if need be a new argument called `label`.

        Args:
            hints: what it could be, the likeliest first.
            sites: the uses that `values` belong to, by number; all of them when not given.
        """
        known = self.known if sites is None else [self.known[site] for site in sites]
        for hint in hints:
            if sizes.holds(hint, values, known):
                assert hint is not None
                return hint
        constant = sizes.constant_of(values)
        return self._add(label, values, sites) if constant is None else constant

    def arguments(self, used: set[str]) -> list[Argument]:
        """Those of the names that are `used`, as arguments of the class, those with defaults last."""
        found = [
            Argument(name, self._annotation(name), self._docs.get(name, ""), self._default(name))
            for name in self.known[0]
            if name in used
        ]
        # Sizes of inputs come first, as in the layers of PyTorch.
        own = set(self._params.values())
        return sorted(found, key=lambda argument: (argument.default is not None, argument.name in own))

    def _add_param(self, param: Param) -> None:
        name = free(param.name, self._reserved())
        values = [use.variables[param.name] for use in self._uses]
        default = param.default
        if isinstance(param, SizesParam) and all(isinstance(sizes.square(value), int) for value in values):
            values, default = [sizes.square(value) for value in values], sizes.square(default)
        self._set(name, values)
        self._params[param.name] = name
        self._defaults[name] = default
        self._docs[name] = param.doc

    def _add_inputs(self, graph: Graph) -> None:
        nodes = [node for node in ends(graph, BLOCK_INPUT) if node in self._uses[0].sites]
        if not graph.block:
            nodes = []
        first_channels = _channels_first(graph)
        for node in nodes:
            shapes = [use.sites[node].outputs[0] for use in self._uses]
            if len(set(map(len, shapes))) > 1:
                raise CannotExpressError
            axes = AXES.get(len(shapes[0]), tuple(f"size{axis + 1}" for axis in range(len(shapes[0]))))
            if len(axes) == 2 and first_channels:
                axes = ("channels", "length")
            owner = graph.nodes[node].name.replace(".", "_") if len(nodes) > 1 else ""
            self.inputs[node] = tuple(
                self._axis(owner, axis, along) for axis, along in zip(axes, zip(*shapes, strict=True), strict=True)
            )

    def _axis(self, owner: str, axis: str, values: Sequence[int]) -> ast.expr:
        """The size along one axis of an input, which is a constant, a parameter of the block or a name of its own."""
        name = f"{owner}_{axis}" if owner else _MAIN.get(axis, axis)
        differ = len(set(values)) > 1
        for param in self._params.values():
            same = all(type(known[param]) is int and known[param] == size for known, size in self._with(values))
            # That several uses agree with a parameter is no accident if that is what it is called.
            is_meant = param == name or (param == axis and sum(use.count for use in self._uses) > 1)
            if same and (differ or is_meant):
                return sizes.name(param)
        if not differ and not (axis in _MAIN and self._params):
            return sizes.literal(values[0])
        name = free(name, self._reserved())
        self._set(name, values)
        self._docs[name] = f"The {axis} of {f'`{owner}`' if owner else 'what comes in'}."
        return sizes.name(name)

    def _add(self, label: str, values: Sequence[Any], sites: Sequence[int] | None) -> ast.expr:
        name = free(label, self._reserved())
        # A use in which it plays no part gets what another one has.
        whole = [values[0]] * len(self._uses)
        for site, value in zip(range(len(self._uses)) if sites is None else sites, values, strict=True):
            whole[site] = sizes.square(value)
        self._set(name, whole)
        return sizes.name(name)

    def _set(self, name: str, values: Sequence[Any]) -> None:
        for known, value in self._with(values):
            known[name] = value

    def _with(self, values: Sequence[Any]) -> Iterable[tuple[dict[str, Any], Any]]:
        return zip(self.known, values, strict=True)

    def _reserved(self) -> set[str]:
        return {*TAKEN, *self._taken, *self.known[0]}

    def _annotation(self, name: str) -> str:
        types = {_type_name(known[name]) for known in self.known}
        if types == {"int", "float"}:
            types = {"float"}
        return " | ".join(sorted(types, key=lambda text: (text == "None", text)))

    def _default(self, name: str) -> ast.expr | None:
        """The default of an argument: that of the block's parameter if most uses leave it at that, or what all have."""
        if name not in self._defaults:
            return None
        default = self._defaults[name]
        counts = [use.count for use in self._uses]
        left = sum(count for count, known in zip(counts, self.known, strict=True) if sizes.alike(known[name], default))
        if 2 * left > sum(counts):
            return sizes.literal(default)
        return sizes.constant_of([known[name] for known in self.known]) if sum(counts) > 1 else None


class _Renamed(ast.NodeTransformer):
    def __init__(self, names: dict[str, ast.expr]) -> None:
        self._names = names

    def visit_Call(self, node: ast.Call) -> ast.Call:
        return ast.Call(node.func, [self.visit(part) for part in node.args], [])

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._names[node.id]


def _type_name(value: Any) -> str:
    if isinstance(value, tuple):
        return f"tuple[{', '.join(map(_type_name, value))}]"
    return "None" if value is None else type(value).__name__


def _channels_first(graph: Graph) -> bool:
    """Whether sequences inside `graph` have their channels first, as convolutions expect them."""
    return any(node.layer.endswith("1d") for node in graph.nodes.values())
