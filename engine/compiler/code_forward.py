"""The `forward` of a class: straight-line code with the variables that a person would take."""

from __future__ import annotations

import os
from collections.abc import Sequence, Set
from dataclasses import dataclass

from engine.compiler import code_sizes as sizes
from engine.compiler.code_calls import applied, folded, gathered, picked
from engine.compiler.code_format import Piece, Place, Writer, call
from engine.compiler.code_formula import formula_lines
from engine.compiler.code_members import Member, Members
from engine.compiler.code_names import AXES, TAKEN, free
from engine.compiler.code_plan import INDEX, ClassPlan
from engine.graph.block_edits import BLOCK_INPUT, BLOCK_OUTPUT, ends
from engine.graph.model import NodeId
from engine.layers.spec import Call

Value = tuple[NodeId, int]
"""What leaves an output of a node."""
_AMBIGUOUS = frozenset({"l", "O", "I"})


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


class Forward:
    """Writes `forward` and decides on its variables."""

    def __init__(self, plan: ClassPlan, members: Members, taken: Set[str]) -> None:
        self._plan = plan
        self._members = members
        self._taken = {*TAKEN, *taken, *_AMBIGUOUS}
        self._steps, same = steps_of(plan, members)
        ending = ends(plan.graph, BLOCK_OUTPUT) or sorted(
            (node for node in plan.order if plan.layers[node].call is Call.OUTPUT), key=lambda node: (len(node), node)
        )
        self.outputs = ending
        edges = [plan.graph.incoming(node)[0] for node in ending]
        results = [(edge.source, edge.source_port) for edge in edges]
        self._results = [same.get(value, value) for value in results]
        self._last_use: dict[Value, int] = {}
        self._used_by: dict[Value, list[int]] = {}
        for number, step in enumerate(self._steps):
            for value in dict.fromkeys(step.inputs):
                self._used_by.setdefault(value, []).append(number)
        for value in dict.fromkeys(self._results):
            self._used_by.setdefault(value, []).append(len(self._steps))
        self.inputs = ends(plan.graph, BLOCK_INPUT) or [
            node for node in plan.order if plan.layers[node].call is Call.INPUT
        ]
        self._joined = self._joins()
        self._variable: dict[Value, str] = {}
        self._holds: dict[str, Value] = {}
        self.parameters: list[str] = []
        for node in self.inputs:
            wanted = "x" if len(self.inputs) == 1 else plan.graph.nodes[node].name
            name = free(wanted, {*self._taken, *self._holds})
            self.parameters.append(name)
            self._bind((node, 0), name)
        self._main = self.parameters[0]
        self._sources: dict[Step, list[str]] = {}
        self._targets = [self._name(number, step) for number, step in enumerate(self._steps)]

    def write(self, writer: Writer) -> None:
        """Write the statements."""
        declared: set[str] = set(self.parameters)
        returned = {self._variable[value] for value in self._results}
        for step, targets in zip(self._steps, self._targets, strict=True):
            places = tuple((self._plan.block, node) for node in step.nodes)
            names = [self._sources[step][index] for index in range(len(step.inputs))]
            self._write_step(writer, step, names, targets, places, declared, returned)
            declared.update(targets)
        values = ", ".join(self._variable[value] for value in self._results)
        writer.write(f"return {values}", *((self._plan.block, node) for node in self.outputs))

    def annotation(self) -> str:
        """The type of what is returned."""
        count = len(self._results)
        return "Tensor" if count == 1 else f"tuple[{', '.join(['Tensor'] * count)}]"

    # Statements

    def _write_step(
        self,
        writer: Writer,
        step: Step,
        names: Sequence[str],
        targets: Sequence[str],
        places: tuple[Place, ...],
        declared: Set[str],
        returned: Set[str],
    ) -> None:
        runs = self._members.runs(step.last) if self._members.container(step.last) is None else []
        if runs:
            self._write_runs(writer, runs, names, targets[0], places)
            return
        layer = self._plan.layers[step.last]
        if layer.call is Call.FORMULA:
            formula = str(self._plan.uses[0].sites[step.last].params["formula"])
            for line in formula_lines(formula, names[0], targets[0], {*self._taken, *self._holds}):
                writer.write(line, *places)
            return
        piece = self._expression(step, names)
        target = ", ".join(targets)
        # What a module returns has no type of its own.
        loose = layer.call in (Call.MODULE, Call.BLOCK)
        if loose and len(targets) == 1 and target in returned and target not in declared:
            target += ": Tensor"
        writer.write(piece.before(f"{target} = ").belonging_to(*places))

    def _expression(self, step: Step, names: Sequence[str]) -> Piece:
        plan, node = self._plan, step.last
        container = self._members.container(node)
        if container is not None:
            return call(self._members.access(container.path), names)
        layer = plan.layers[node]
        fed = [
            f"{name}.long()" if port.integer else name
            for name, port in zip(names, layer.inputs if not layer.is_variadic else layer.inputs * len(names))
        ]
        chosen = [fed[index] for index in layer.arguments] if layer.arguments else fed
        pick = picked(plan.picks.get(node, ()))
        if node in plan.functions:
            made = plan.functions[node]
            values = {name: sizes.stored(tree) for name, tree in made.values.items()}
            write = {Call.FUNCTION: applied, Call.FOLD: folded, Call.LIST: gathered}[layer.call]
            return write(made.target, chosen, values).behind(pick)
        extra = [f"{name}={sizes.code(sizes.literal(value))}" for name, value in layer.call_kwargs.items()]
        return call(self._members.access(plan.graph.nodes[node].name), [*chosen, *extra]).behind(pick)

    def _write_runs(
        self, writer: Writer, runs: Sequence[Member], names: Sequence[str], target: str, places: tuple[Place, ...]
    ) -> None:
        """Copies beside each other, one after the other."""
        source = names[0]
        if any(run.count is not None for run in runs) and self._members.are_all(runs):
            if source != target:
                writer.write(f"{target} = {source}", *places)
            writer.write("for layer in self.children():", *places)
            writer.write(f"    {target} = layer({target})", *places)
            return
        for run in runs:
            if run.count is None:
                writer.write(f"{target} = self.{run.stem}{run.number + run.first}({source})", *places)
            else:
                if source != target:
                    writer.write(f"{target} = {source}", *places)
                count = sizes.stored(run.count)
                stop = sizes.added(count, sizes.literal(run.first))
                assert stop is not None
                start = f"{run.first}, " if run.first else ""
                writer.write(f"for {INDEX} in range({start}{sizes.code(stop)}):", *places)
                writer.write(f'    {target} = self.get_submodule(f"{run.pattern}")({target})', *places)
            source = target

    # Variables

    def _name(self, number: int, step: Step) -> list[str]:
        """The variables of what a step gives."""
        self._sources[step] = [self._variable[value] for value in step.inputs]
        free_now = {name for name, value in self._holds.items() if self._end(value) <= number}
        if step.outputs > 1:
            return self._name_several(number, step, free_now)
        value = (step.last, 0)
        name = self._choose(number, step, value, free_now)
        self._bind(value, name)
        return [name]

    def _name_several(self, number: int, step: Step, free_now: set[str]) -> list[str]:
        layer = self._plan.layers[step.last]
        name = self._plan.graph.nodes[step.last].name.rpartition(".")[2]
        wanted = [port.name.replace(" ", "_") for port in layer.output_ports({})] if layer.call is Call.BLOCK else []
        found = []
        for port in range(step.outputs):
            value = (step.last, port)
            if value not in self._used_by:
                found.append("_")
                continue
            target = self._fresh(wanted[port] if wanted else f"{name}{port + 1}", free_now)
            found.append(target)
            self._bind(value, target)
        return found

    def _choose(self, number: int, step: Step, value: Value, free_now: set[str]) -> str:
        source = step.inputs[0]
        if step.is_merge:
            forks = [fork for fork, merge in self._joined.items() if merge == number]
            candidates = [self._main, *(self._variable[fork] for fork in forks)]
            candidates += [self._variable[one] for one in step.inputs]
            found = next((name for name in candidates if name in free_now), None)
            return found or self._fresh(self._node_name(step), free_now)
        if source in self._joined and self._joined[source] != number:
            return self._branch_name(number, step, source, free_now)
        if self._is_tapped(value) and self._end(value) < len(self._steps):
            return self._fresh(self._node_name(step), free_now)
        if self._variable[source] in free_now and not self._is_tapped(source):
            return self._variable[source]
        if self._main in free_now:
            return self._main
        return self._fresh("out", free_now)

    def _branch_name(self, number: int, step: Step, fork: Value, free_now: set[str]) -> str:
        """The variable of a branch that begins at `step` and ends where all branches of `fork` meet."""
        merge = self._steps[self._joined[fork]]
        branches = [self._branch_of(start, self._joined[fork]) for start in self._used_by[fork]]
        longest = max(branches, key=len)
        mine = self._branch_of(number, self._joined[fork])
        filled = [branch for branch in branches if branch]
        layer = self._plan.layers[mine[0].last]
        if layer.id == "shortcut":
            return self._fresh("identity", free_now)
        if len(filled) == 1 or (len(filled) == 2 and mine is not None and mine == longest and len(branches) == 2):
            gate = self._plan.layers[merge.last].id == "multiply"
            residual = len(filled) == 1 or any(
                self._plan.layers[branch[0].last].id == "shortcut" for branch in filled if branch
            )
            if residual:
                return self._fresh("scale" if gate else "out", free_now)
        return self._fresh(self._common_name(mine, filled.index(mine) + 1), free_now)

    def _common_name(self, branch: Sequence[Step], number: int) -> str:
        if len(branch) == 1:
            return self._node_name(branch[0])
        paths = [self._plan.graph.nodes[node].name for step in branch for node in step.nodes]
        common = os.path.commonprefix(paths).rpartition(".")[2] or os.path.commonprefix(paths).rpartition(".")[0]
        common = common.rpartition(".")[2].rstrip("_.")
        return common if len(common) > 2 else f"branch{number}"

    def _node_name(self, step: Step) -> str:
        container = self._members.container(step.last)
        path = self._plan.graph.nodes[step.last].name if container is None else container.path
        parts = path.split(".")
        name = next((part for part in reversed(parts) if not part.isdecimal()), parts[0])
        if name == parts[-1]:
            return name
        return "_".join(parts[parts.index(name) :])

    def _branch_of(self, start: int, merge: int) -> list[Step]:
        """The steps from number `start` to before the merge."""
        found: list[Step] = []
        number = start
        while number != merge:
            step = self._steps[number]
            found.append(step)
            value = (step.last, 0)
            number = self._joined[value] if value in self._joined else self._used_by[value][0]
        return found

    def _joins(self) -> dict[Value, int]:
        """For each value that is used more than once, the step in which all that is made of it meets again."""
        found: dict[Value, int] = {}

        def end(number: int) -> int | None:
            """The merge that the branch beginning with a step runs into."""
            while number < len(self._steps):
                step = self._steps[number]
                if step.is_merge:
                    return number
                value = (step.last, 0)
                users = self._used_by.get(value, [])
                while len(users) > 1:
                    merge = found.get(value)
                    if merge is None or len(set(self._steps[merge].inputs)) > len(users):
                        # Other branches meet it there as well.
                        return merge
                    value = (self._steps[merge].last, 0)
                    users = self._used_by.get(value, [])
                if not users or step.outputs > 1:
                    return None
                number = users[0]
            return None

        order = [(step.last, 0) for step in self._steps]
        firsts = [value for value in self._used_by if value not in set(order)]
        for value in [*reversed(order), *firsts]:
            users = self._used_by.get(value, [])
            if len(users) > 1:
                merges = {end(user) for user in users}
                if len(merges) == 1 and None not in merges:
                    found[value] = next(iter(merges)) or 0
        skips = [value for value in found if found[value] in self._used_by[value] and value[0] not in self.inputs]
        # Where skip connections lead around others, as in a U-Net, what they carry deserves a name.
        wide = {self._merge_of(found[value]) for value in skips if self._leads_around(value, found)}
        named = {value for value in skips if self._merge_of(found[value]) in wide}
        return {value: merge for value, merge in found.items() if value not in named}

    def _merge_of(self, step: int) -> str:
        return self._plan.layers[self._steps[step].last].id

    def _leads_around(self, value: Value, found: dict[Value, int]) -> bool:
        inside = range(min(self._used_by[value]), found[value])
        return any((self._steps[number].last, 0) in found for number in inside)

    def _is_tapped(self, value: Value) -> bool:
        """Whether a value is needed again later, beyond where what is made of it meets."""
        return len(self._used_by.get(value, [])) > 1 and value not in self._joined

    def _end(self, value: Value) -> int:
        """The last step that needs a value."""
        return max(self._used_by.get(value, [-1]))

    def _fresh(self, wanted: str, free_now: set[str]) -> str:
        held = set(self._holds) - (free_now - {self._main})
        return free(wanted, {*self._taken, *held})

    def _bind(self, value: Value, name: str) -> None:
        self._variable[value] = name
        self._holds[name] = value


def shape_text(plan: ClassPlan, node: NodeId, port: int) -> str:
    """`(batch, in_channels, height, width)`; what follows from other sizes by more than a name is called `out_…`."""
    found = plan.sizes[node, port]
    axes = AXES.get(len(found), tuple(f"size{axis + 1}" for axis in range(len(found))))
    parts = [f"out_{axis}" if size is None else sizes.code(size) for axis, size in zip(axes, found, strict=True)]
    return f"({', '.join(['batch', *parts])}{'' if parts else ','})"
