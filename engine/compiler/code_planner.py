"""Decides how the layers of a class are made: the arguments of each one in terms of those of the class around it.

A size that follows from what comes in is followed back to the layer that set it. Whatever expression is found is
computed for every use of the class and compared; where none holds, the class gets one more argument.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any

from engine.compiler import code_copies
from engine.compiler import code_sizes as sizes
from engine.compiler.code_calls import OWN, default_of
from engine.compiler.code_conditions import condition
from engine.compiler.code_names import Names
from engine.compiler.code_plan import CannotExpressError, ClassPlan, Made
from engine.compiler.code_sizes import Size, Sizes
from engine.compiler.code_uses import Site, Use
from engine.graph.model import NodeId
from engine.graph.params import Int, Param, Params, ParamValue
from engine.graph.params import Sizes as SizesParam
from engine.layers.initialization import weight_init
from engine.layers.spec import Call, LayerSpec

_INITIAL = tuple(param.name for param in weight_init())


class Planner:
    """Plans one class."""

    def __init__(self, plan: ClassPlan, plan_of: Mapping[Use, ClassPlan], taken: Set[str]) -> None:
        """Prepare.

        Args:
            plan: with its name, its nodes and its uses; the rest is filled in by `carry_out`.
            plan_of: the class of each use of an inner block.
            taken: names that mean something else in the generated code.
        """
        self.plan = plan
        self.plan_of = plan_of
        blocks = plan.graph.blocks
        params = blocks[plan.block].params if plan.block else ()
        self.names = Names(plan.graph, plan.uses, params, taken)
        plan.known = self.names.known

    def carry_out(self) -> None:
        """Plan all layers and the arguments of the class.

        Raises:
            CannotExpressError: the uses cannot be served by one class.
        """
        plan = self.plan
        for node in plan.order:
            layer = plan.layers[node]
            if layer.call in (Call.INPUT, Call.OUTPUT):
                plan.sizes[node, 0] = self.names.inputs.get(node) or self.constants(node, 0)
            elif layer.call is Call.BLOCK:
                code_copies.plan_copies(self, node)
            else:
                self._plan_layer(node, layer)
        plan.stored = sorted({name for made in plan.functions.values() for name in _names_of(made)})
        mentioned = {name for made in plan.made.values() for one in made for name in _names_of(one)}
        stacked = {name for stack in plan.stacks.values() for copies in stack for name in code_copies.names_of(copies)}
        plan.arguments = self.names.arguments({*plan.stored, *mentioned, *stacked})

    def sites(self, node: NodeId) -> list[Site]:
        """What a node is in each use."""
        return [use.sites[node] for use in self.plan.uses]

    def param(self, node: NodeId, name: str) -> tuple[Param | None, ParamValue | None]:
        """The declaration of a parameter of a node, and what was typed for it."""
        param = next((param for param in self.plan.layers[node].params if param.name == name), None)
        return param, self.plan.graph.nodes[node].params.get(name)

    def typed(self, node: NodeId, name: str) -> list[ast.expr]:
        """The expressions that were typed for a parameter of a node."""
        return self.names.typed(*self.param(node, name))

    def fed(self, node: NodeId) -> list[Sizes]:
        """The sizes of what arrives at each input of a node."""
        edges = self.plan.graph.incoming(node)
        return [self.plan.sizes[edge.source, edge.source_port] for edge in edges]

    def label(self, node: NodeId, argument: str) -> str:
        """What an argument that only one node needs is called."""
        return f"{self.plan.graph.nodes[node].name.replace('.', '_')}_{argument}"

    def constants(self, node: NodeId, port: int) -> Sizes:
        """The sizes of an output as plain numbers, as far as they are the same in all uses."""
        shapes = [site.outputs[port] for site in self.sites(node)]
        if len({len(shape) for shape in shapes}) > 1:
            raise CannotExpressError
        return tuple(sizes.constant_of(axis) for axis in zip(*shapes, strict=True))

    def _plan_layer(self, node: NodeId, layer: LayerSpec) -> None:
        plan, sites = self.plan, self.sites(node)
        if len({initial_choice(site.params) for site in sites}) > 1:
            raise CannotExpressError
        invocations = [site.invocation for site in sites]
        if layer.call is not Call.FORMULA:
            picks = {repr(found.pick) for found in invocations if found is not None}
            targets = [found.target for found in invocations if found is not None]
            if len(picks) > 1 or len({len(site.outputs) for site in sites}) > 1:
                raise CannotExpressError
            made = tuple(self._made(node, layer, target, targets) for target in dict.fromkeys(targets))
            first = invocations[0]
            assert first is not None
            plan.picks[node] = first.pick
            if layer.call is Call.MODULE:
                plan.made[node] = condition(self, node, targets, made)
            elif len(made) > 1:
                raise CannotExpressError
            else:
                plan.functions[node] = made[0]
        for port in range(len(sites[0].outputs)):
            plan.sizes[node, port] = self._outputs(node, port)

    def _made(self, node: NodeId, layer: LayerSpec, target: str, targets: Sequence[str]) -> Made:
        """How the module is made in those uses in which it is a `target`."""
        chosen = tuple(site for site, found in enumerate(targets) if found == target)
        sites = self.sites(node)
        keywords: dict[str, list[Any]] = {}
        for number in chosen:
            found = sites[number].invocation
            assert found is not None
            for name in found.kwargs:
                keywords.setdefault(name, [])
        for name, values in keywords.items():
            for number in chosen:
                found = sites[number].invocation
                assert found is not None
                values.append(found.kwargs.get(name, default_of(target, name)))
        moved = _moved_by_input(layer, sites[chosen[0]])
        return Made(
            target,
            {name: self._keyword(node, target, name, keywords[name], chosen, moved.get(name, ())) for name in keywords},
            sites=chosen,
        )

    def _keyword(
        self,
        node: NodeId,
        target: str,
        name: str,
        values: list[Any],
        chosen: Sequence[int],
        axes: Sequence[tuple[int, int]],
    ) -> ast.expr:
        """The argument `name`, which has these `values`."""
        if name == "normalized_shape":
            values = [value[0] if len(value) == 1 else value for value in values]
        param, _ = self.param(node, name)
        is_window = isinstance(param, SizesParam)
        sides = len(values[0]) if is_window else 0
        if is_window:
            values = [sizes.square(value) for value in values]
        if isinstance(values[0], tuple) and not is_window and sizes.constant_of(values) is None:
            if len({len(value) for value in values}) > 1:
                raise CannotExpressError
            parts = [list(part) for part in zip(*values, strict=True)]
            return ast.Tuple([self._value(node, name, part, chosen, axes) for part in parts], ast.Load())
        found = self._value(node, name, values, chosen, axes)
        if is_window and target.startswith(OWN) and not isinstance(sizes.evaluate(found, self.names.known[0]), tuple):
            # Unlike PyTorch's layers, ours take a number for each side.
            return ast.Tuple([found] * sides, ast.Load())
        return found

    def _value(
        self, node: NodeId, name: str, values: list[Any], chosen: Sequence[int], axes: Sequence[tuple[int, int]]
    ) -> ast.expr:
        hints: list[Size] = list(self.typed(node, name))
        fed = self.fed(node)
        along = [fed[number][axis] for number, axis in axes]
        hints += along
        whole = [param for param in self.plan.layers[node].params if isinstance(param, Int)]
        for param in whole:
            factors = self.typed(node, param.name) or [sizes.literal(self.sites(node)[0].params[param.name])]
            hints += [sizes.multiplied(size, factor) for size in along for factor in factors]
        return self.names.find(self.label(node, name), values, hints, chosen)

    def _outputs(self, node: NodeId, port: int) -> Sizes:
        """The sizes of an output: set by an argument of the layer, or those of an input, or a sum of them."""
        plain = self.constants(node, port)
        fed, known = self.fed(node), self.names.known
        shapes = [site.outputs[port] for site in self.sites(node)]
        own = [
            tree
            for made in (*self.plan.made.get(node, ()), *filter(None, [self.plan.functions.get(node)]))
            for name, tree in made.values.items()
            if name.startswith("out_") or name in ("embedding_dim", "hidden_size")
        ]
        found: list[Size] = []
        for axis, constant in enumerate(plain):
            values = [shape[axis] for shape in shapes]
            along = [one[axis] for one in fed if len(one) == len(plain)]
            is_main = axis == 0 or len(plain) == 2
            hints: list[Size] = [*(own if is_main else ()), *along]
            if len(along) > 1:
                hints.append(sizes.added(*along))
            if is_main:
                hints += [size for one in fed for size in (*one[:1], *one[-1:])]
                hints += [sizes.multiplied(*one) for one in fed if one and None not in one]
            found.append(next((hint for hint in hints if sizes.holds(hint, values, known)), constant))
        return tuple(found)


def initial_choice(params: Params) -> tuple[object, ...]:
    """How the weights of a layer are drawn."""
    return tuple(params.get(name) for name in _INITIAL)


def _names_of(made: Made) -> Iterator[str]:
    for tree in (*made.values.values(), *filter(None, [made.condition])):
        yield from sizes.names_in(tree)


def _moved_by_input(layer: LayerSpec, site: Site) -> dict[str, list[tuple[int, int]]]:
    """Which arguments of a layer follow from which axes of its inputs: found out by changing the sizes."""
    found: dict[str, list[tuple[int, int]]] = {}
    before = layer.wire(site.shapes, site.params)
    for number, shape in enumerate(site.shapes):
        for axis, size in enumerate(shape):
            changed = list(site.shapes)
            changed[number] = (*shape[:axis], size + 1, *shape[axis + 1 :])
            after = layer.wire(changed, site.params)
            for name, value in before.items():
                if name not in after or after[name] != value:
                    found.setdefault(name, []).append((number, axis))
    return found
