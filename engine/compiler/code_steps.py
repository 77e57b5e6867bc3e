"""The statements of a `forward`, and where what flows through them forks and meets again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.compiler.code_members import Members
from engine.compiler.code_plan import ClassPlan
from engine.graph.model import NodeId
from engine.layers.spec import Call

Value = tuple[NodeId, int]
"""What leaves an output of a node."""


@dataclass(frozen=True, slots=True)
class Step:
    """One statement of `forward`."""

    nodes: tuple[NodeId, ...]
    """The nodes that it computes."""
    inputs: tuple[Value, ...]
    """What it takes, in order."""
    outputs: int = 1
    """How many values it gives."""

    @property
    def last(self) -> NodeId:
        """The node whose outputs it gives."""
        return self.nodes[-1]

    @property
    def is_merge(self) -> bool:
        """Whether it takes different values."""
        return len(set(self.inputs)) > 1


def steps_of(plan: ClassPlan, members: Members) -> tuple[list[Step], dict[Value, Value]]:
    """The statements of `forward` in order, and which values are but others under another name."""
    found: list[Step] = []
    same: dict[Value, Value] = {}
    done: set[NodeId] = set()

    def source(node: NodeId) -> tuple[Value, ...]:
        edges = [(edge.source, edge.source_port) for edge in plan.graph.incoming(node)]
        return tuple(same.get(value, value) for value in edges)

    for node in plan.order:
        call_kind = plan.layers[node].call
        if node in done or call_kind in (Call.INPUT, Call.OUTPUT):
            continue
        inputs = source(node)
        if call_kind is Call.FOLD and len(inputs) == 1:
            same[node, 0] = inputs[0]
            continue
        container = members.container(node)
        nodes = (node,) if container is None else tuple(container.chain)
        done.update(nodes)
        found.append(Step(nodes, inputs, plan.several(nodes[-1])))
    return found, same


class Flow:
    """Who uses what, and which branches belong together."""

    def __init__(
        self, steps: Sequence[Step], results: Sequence[Value], kinds: Mapping[NodeId, str], inputs: Sequence[NodeId]
    ) -> None:
        """Look at the steps of one class.

        Args:
            results: what the class returns.
            kinds: the layer that each node is.
            inputs: the nodes at which values enter.
        """
        self.steps = steps
        self._kinds = kinds
        self._inputs = inputs
        self.used_by: dict[Value, list[int]] = {}
        """The numbers of the steps that use each value; returning it counts as a step behind the last."""
        for number, step in enumerate(steps):
            for value in dict.fromkeys(step.inputs):
                self.used_by.setdefault(value, []).append(number)
        for value in dict.fromkeys(results):
            self.used_by.setdefault(value, []).append(len(steps))
        self.joined = self._without_wide_skips(self._joins())
        """For each value that is used more than once the step in which all that is made of it meets again."""

    def end(self, value: Value) -> int:
        """The last step that needs a value."""
        return max(self.used_by.get(value, [-1]))

    def is_tapped(self, value: Value) -> bool:
        """Whether a value is needed again later, beyond where what is made of it meets."""
        return len(self.used_by.get(value, [])) > 1 and value not in self.joined

    def branch(self, start: int, merge: int) -> list[Step]:
        """The steps from number `start` to before the merge."""
        found: list[Step] = []
        number = start
        while number != merge:
            step = self.steps[number]
            found.append(step)
            value = (step.last, 0)
            number = self.joined[value] if value in self.joined else self.used_by[value][0]
        return found

    def _joins(self) -> dict[Value, int]:
        found: dict[Value, int] = {}
        computed = [(step.last, 0) for step in self.steps]
        entering = [value for value in self.used_by if value not in set(computed)]
        # From the end on, so that inner forks are known before the outer ones.
        for value in [*reversed(computed), *entering]:
            users = self.used_by.get(value, [])
            if len(users) > 1:
                merges = {self._merge_behind(user, found) for user in users}
                (merge, *others) = merges
                if merge is not None and not others:
                    found[value] = merge
        return found

    def _merge_behind(self, number: int, found: Mapping[Value, int]) -> int | None:
        """The merge that the branch beginning with step `number` runs into; None when it ends otherwise."""
        while number < len(self.steps):
            step = self.steps[number]
            if step.is_merge:
                return number
            value = (step.last, 0)
            users = self.used_by.get(value, [])
            while len(users) > 1:
                merge = found.get(value)
                if merge is None or len(set(self.steps[merge].inputs)) > len(users):
                    # Other branches meet it there as well.
                    return merge
                value = (self.steps[merge].last, 0)
                users = self.used_by.get(value, [])
            if not users or step.outputs > 1:
                return None
            number = users[0]
        return None

    def _without_wide_skips(self, found: Mapping[Value, int]) -> dict[Value, int]:
        """`found` without skip connections that lead around others, as in a U-Net: what they carry deserves a name."""
        skips = [value for value in found if found[value] in self.used_by[value] and value[0] not in self._inputs]
        wide = {self._merge_of(found[value]) for value in skips if self._leads_around(value, found)}
        named = {value for value in skips if self._merge_of(found[value]) in wide}
        return {value: merge for value, merge in found.items() if value not in named}

    def _merge_of(self, step: int) -> str:
        return self._kinds[self.steps[step].last]

    def _leads_around(self, value: Value, found: Mapping[Value, int]) -> bool:
        inside = range(min(self.used_by[value]), found[value])
        return any((self.steps[number].last, 0) in found for number in inside)
