"""Instances of blocks: how the modules of all copies of one are made, in a loop where they follow a pattern."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from engine.compiler import code_sizes as sizes
from engine.compiler.code_plan import INDEX, CannotExpressError, Copies
from engine.compiler.code_sizes import Size, Sizes
from engine.graph.block_edits import BLOCK_INPUT, BLOCK_OUTPUT, ends
from engine.graph.model import NodeId
from engine.layers.blocks import REPEAT

if TYPE_CHECKING:
    from engine.compiler.code_planner import Planner

Bindings = dict[str, ast.expr | None]
"""What stands for each name of the inner class in the outer one; None where there is no expression."""


class _Pattern(NamedTuple):
    """How an argument runs through the copies."""

    first: ast.expr
    """Its value for the first copy."""
    rest: ast.expr
    """Its value for all others, which may mention the number of the copy."""

    @property
    def is_uniform(self) -> bool:
        """Whether the first copy is like the others."""
        return self.first is self.rest


def names_of(copies: Copies) -> Iterator[str]:
    """The names of the outer class that the construction of `copies` mentions."""
    for tree in (*copies.values.values(), *filter(None, [copies.count])):
        yield from sizes.names_in(tree) - {INDEX}


def plan_copies(planner: Planner, node: NodeId) -> None:
    """Plan an instance of a block: `stacks` and `sizes` of the plan.

    Raises:
        CannotExpressError: copies are of different classes, or their number differs and they follow no pattern.
    """
    _Instance(planner, node).carry_out()


class _Instance:
    """One instance, seen in all uses of the class around it."""

    def __init__(self, planner: Planner, node: NodeId) -> None:
        self._planner = planner
        self._node = node
        self._copies = [site.copies for site in planner.sites(node)]
        plans = {planner.plan_of[use] for copies in self._copies for use in copies}
        if len(plans) > 1:
            raise CannotExpressError
        (self._inner,) = plans
        # The names of a class are those of the block's parameters, in this order, and then others.
        params = [param.name for param in planner.plan.graph.blocks[self._inner.block].params]
        self._parameters = list(self._inner.known[0])[: len(params)]
        self._inner_name = dict(zip(params, self._parameters, strict=True))
        self._numbers = [len(copies) for copies in self._copies]

    def carry_out(self) -> None:
        """Write the results into the plan."""
        first = self._bindings()
        second = self._after(first)
        inner = [argument.name for argument in self._inner.arguments]
        patterns = {name: self._pattern(name, first, second) for name in inner}
        repeats = self._planner.typed(self._node, REPEAT.name)
        count = self._planner.names.find(REPEAT.name, self._numbers, repeats) if max(self._numbers) > 1 else None
        plan = self._planner.plan
        plan.stacks[self._node] = tuple(self._stack(patterns, count))
        for port in range(len(self._planner.sites(self._node)[0].outputs)):
            plan.sizes[self._node, port] = self._outputs(port, first, second, count)

    def _stack(self, patterns: Mapping[str, _Pattern | None], count: ast.expr | None) -> Iterator[Copies]:
        known = {name: pattern for name, pattern in patterns.items() if pattern is not None}
        if len(known) < len(patterns):
            yield from self._one_by_one()
            return
        rest = {name: pattern.rest for name, pattern in known.items()}
        if count is None:
            yield Copies(self._inner, {name: pattern.first for name, pattern in known.items()})
        elif all(pattern.is_uniform for pattern in known.values()):
            yield Copies(self._inner, rest, count)
        else:
            yield Copies(self._inner, {name: pattern.first for name, pattern in known.items()})
            fewer = sizes.difference(count, sizes.literal(1))
            yield Copies(self._inner, rest, fewer, first=1)

    def _one_by_one(self) -> Iterator[Copies]:
        """Each copy by itself."""
        if len(set(self._numbers)) > 1:
            raise CannotExpressError
        for number in range(self._numbers[0]):
            values = {}
            for argument in self._inner.arguments:
                label = f"{argument.name}{number + 1}" if self._numbers[0] > 1 else argument.name
                found = [self._inner.value(copies[number], argument.name) for copies in self._copies]
                values[argument.name] = self._planner.names.find(self._planner.label(self._node, label), found, ())
            yield Copies(self._inner, values)

    def _bindings(self) -> Bindings:
        """What the names of the inner class are for the first copy."""
        block = self._planner.plan.graph.blocks[self._inner.block]
        found: Bindings = dict.fromkeys(self._inner.known[0])
        for param in block.params:
            name = self._inner_name[param.name]
            for tree in self._planner.typed(self._node, param.name):
                if found.get(name) is None and self._is_true(name, tree):
                    found[name] = tree
        for node, along in zip(ends(block.graph, BLOCK_INPUT), self._planner.fed(self._node), strict=True):
            self._bind_input(found, node, along)
        for name in self._inner.known[0]:
            if found[name] is None:
                found[name] = sizes.constant_of(self._values(name, 0))
        return found

    def _after(self, before: Bindings) -> Bindings:
        """What they are for the copy behind the one for which they are `before`."""
        outputs = self._output_sizes(before)
        found = dict(before)
        # Only a block with one output is repeated; then the copy behind is fed by it.
        for node, along in zip(ends(self._inner.graph, BLOCK_INPUT), outputs, strict=False):
            for size in self._inner.sizes.get((node, 0), ()):
                if isinstance(size, ast.Name) and size.id not in self._parameters:
                    found[size.id] = None
            self._bind_input(found, node, along)
        return found

    def _bind_input(self, found: Bindings, node: NodeId, along: Sizes) -> None:
        for size, outer in zip(self._inner.sizes.get((node, 0), ()), along, strict=False):
            if isinstance(size, ast.Name) and found.get(size.id) is None:
                found[size.id] = outer

    def _is_true(self, name: str, tree: ast.expr) -> bool:
        return sizes.holds(tree, self._values(name, 0), self._planner.names.known)

    def _values(self, name: str, number: int) -> list[Any]:
        return [self._inner.value(copies[min(number, len(copies) - 1)], name) for copies in self._copies]

    def _pattern(self, name: str, first: Bindings, second: Bindings) -> _Pattern | None:
        """How the argument `name` of the inner class runs through the copies; None when there is no pattern."""
        start = self._first_value(name, first[name])
        if max(self._numbers) == 1:
            return None if start is None else _Pattern(start, start)
        if start is not None and self._runs(name, lambda number: start):
            return _Pattern(start, start)
        then = second[name]
        if then is None:
            then = sizes.constant_of([self._inner.value(c[1], name) for c in self._copies if len(c) > 1])
        if start is None or then is None:
            return None
        if self._runs(name, lambda number: then if number else start):
            return _Pattern(start, then)
        step = sizes.multiplied(sizes.name(INDEX), sizes.difference(then, start))
        line = sizes.added(start, step)
        if line is not None and self._runs(name, lambda number: line):
            return _Pattern(line, line)
        return None

    def _first_value(self, name: str, hint: Size) -> Size:
        values = self._values(name, 0)
        if max(self._numbers) > 1:
            return hint if sizes.holds(hint, values, self._planner.names.known) else sizes.constant_of(values)
        return self._planner.names.find(self._planner.label(self._node, name), values, [hint])

    def _runs(self, name: str, expression: Callable[[int], ast.expr]) -> bool:
        """Whether `expression` of the number of the copy gives the argument of every copy in every use."""
        return all(
            sizes.holds(expression(number), [self._inner.value(use, name)], [{**known, INDEX: number}])
            for copies, known in zip(self._copies, self._planner.names.known, strict=True)
            for number, use in enumerate(copies)
        )

    def _output_sizes(self, bindings: Bindings) -> list[Sizes]:
        """The sizes of what leaves a copy with `bindings`, in terms of the outer class."""
        block = self._planner.plan.graph.blocks[self._inner.block]
        found: list[Sizes] = []
        for node in ends(block.graph, BLOCK_OUTPUT):
            (edge,) = block.graph.incoming(node)
            inner = self._inner.sizes[edge.source, edge.source_port]
            found.append(tuple(None if size is None else sizes.substituted(size, bindings) for size in inner))
        return found

    def _outputs(self, port: int, first: Bindings, second: Bindings, count: ast.expr | None) -> Sizes:
        """The sizes of what leaves the last copy."""
        once, twice = self._output_sizes(first)[port], self._output_sizes(second)[port]
        plain = self._planner.constants(self._node, port)
        fed = self._planner.fed(self._node)
        shapes = [site.outputs[port] for site in self._planner.sites(self._node)]
        found: list[Size] = []
        for axis, constant in enumerate(plain):
            hints: Sequence[Size] = (once[axis], twice[axis])
            if count is not None and once[axis] is not None and twice[axis] is not None:
                start, then = once[axis], twice[axis]
                assert start is not None
                assert then is not None
                step = sizes.difference(then, start)
                hints = (*hints, sizes.added(sizes.difference(start, step), sizes.multiplied(count, step)))
            hints = (*hints, *(one[axis] for one in fed if len(one) == len(plain)))
            values = [shape[axis] for shape in shapes]
            known = self._planner.names.known
            found.append(next((hint for hint in hints if sizes.holds(hint, values, known)), constant))
        return tuple(found)
