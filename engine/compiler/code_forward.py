"""The `forward` of a class: straight-line code with the variables that a person would take."""

from __future__ import annotations

from collections.abc import Sequence, Set
from itertools import takewhile

from engine.compiler import code_sizes as sizes
from engine.compiler.code_calls import applied, folded, gathered, picked
from engine.compiler.code_containers import Member
from engine.compiler.code_format import Piece, Place, Writer, call
from engine.compiler.code_formula import formula_lines
from engine.compiler.code_members import Members
from engine.compiler.code_names import AXES, TAKEN, free
from engine.compiler.code_plan import INDEX, ClassPlan
from engine.compiler.code_steps import Flow, Step, Value, steps_of
from engine.graph.block_edits import BLOCK_INPUT, BLOCK_OUTPUT, ends
from engine.graph.model import NodeId
from engine.layers.spec import Call

_AMBIGUOUS = frozenset({"l", "O", "I"})


class Forward:
    """Writes `forward` and decides on its variables."""

    def __init__(self, plan: ClassPlan, members: Members, taken: Set[str]) -> None:
        """Decide on all names.

        Args:
            taken: names that mean something at the top of the file.
        """
        self._plan = plan
        self._members = members
        self._taken = {*TAKEN, *taken, *_AMBIGUOUS}
        self._steps, same = steps_of(plan, members)
        self.inputs = ends(plan.graph, BLOCK_INPUT) or self._ends(Call.INPUT)
        """The nodes at which values enter."""
        self.outputs = ends(plan.graph, BLOCK_OUTPUT) or self._ends(Call.OUTPUT)
        """The nodes at which they leave."""
        edges = [plan.graph.incoming(node)[0] for node in self.outputs]
        results = [(edge.source, edge.source_port) for edge in edges]
        self._results = [same.get(value, value) for value in results]
        kinds = {node: layer.id for node, layer in plan.layers.items()}
        self._flow = Flow(self._steps, self._results, kinds, self.inputs)
        self._sources: dict[Step, list[str]] = {}
        self._variable: dict[Value, str] = {}
        self._holds: dict[str, Value] = {}
        self.parameters = [self._parameter(node) for node in self.inputs]
        """The arguments of `forward`."""
        self._main = self.parameters[0]
        self._targets = [self._name(number, step) for number, step in enumerate(self._steps)]

    def _ends(self, call_kind: Call) -> list[NodeId]:
        found = [node for node in self._plan.order if self._plan.layers[node].call is call_kind]
        return found if call_kind is Call.INPUT else sorted(found, key=lambda node: (len(node), node))

    def _parameter(self, node: NodeId) -> str:
        wanted = "x" if len(self.inputs) == 1 else self._plan.graph.nodes[node].name
        name = free(wanted, {*self._taken, *self._holds})
        self._bind((node, 0), name)
        return name

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
        ports = layer.inputs * len(names) if layer.is_variadic else layer.inputs
        fed = [f"{name}.long()" if port.integer else name for name, port in zip(names, ports, strict=True)]
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
        free_now = {name for name, value in self._holds.items() if self._flow.end(value) <= number}
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
            if value not in self._flow.used_by:
                found.append("_")
                continue
            target = self._fresh(wanted[port] if wanted else f"{name}{port + 1}", free_now)
            found.append(target)
            self._bind(value, target)
        return found

    def _choose(self, number: int, step: Step, value: Value, free_now: set[str]) -> str:
        source = step.inputs[0]
        if step.is_merge:
            forks = [fork for fork, merge in self._flow.joined.items() if merge == number]
            candidates = [self._main, *(self._variable[fork] for fork in forks)]
            candidates += [self._variable[one] for one in step.inputs]
            found = next((name for name in candidates if name in free_now), None)
            return found or self._fresh(self._node_name(step), free_now)
        if source in self._flow.joined and self._flow.joined[source] != number:
            return self._branch_name(number, source, free_now)
        if self._flow.is_tapped(value) and self._flow.end(value) < len(self._steps):
            return self._fresh(self._node_name(step), free_now)
        if self._variable[source] in free_now and not self._flow.is_tapped(source):
            return self._variable[source]
        if self._main in free_now:
            return self._main
        return self._fresh("out", free_now)

    def _branch_name(self, number: int, fork: Value, free_now: set[str]) -> str:
        """The variable of a branch that begins at step `number` and ends where all branches of `fork` meet."""
        merge = self._flow.joined[fork]
        branches = [branch for start in self._flow.used_by[fork] if (branch := self._flow.branch(start, merge))]
        mine = self._flow.branch(number, merge)
        kinds = [self._plan.layers[branch[0].last].id for branch in branches]
        if self._plan.layers[mine[0].last].id == "shortcut":
            return self._fresh("identity", free_now)
        if len(branches) == 1 or (len(branches) == 2 and "shortcut" in kinds):
            gate = self._plan.layers[self._steps[merge].last].id == "multiply"
            return self._fresh("scale" if gate else "out", free_now)
        return self._fresh(self._common_name(mine, branches.index(mine) + 1), free_now)

    def _common_name(self, branch: Sequence[Step], number: int) -> str:
        """What the names of the nodes of a branch have in common."""
        if len(branch) == 1:
            return self._node_name(branch[0])
        paths = [self._plan.graph.nodes[node].name for step in branch for node in step.nodes]
        alike = takewhile(lambda letters: len(set(letters)) == 1, zip(*paths, strict=False))
        common = "".join(letters[0] for letters in alike).rstrip("_.").rpartition(".")[2]
        return common if len(common) > 2 else f"branch{number}"

    def _node_name(self, step: Step) -> str:
        container = self._members.container(step.last)
        path = self._plan.graph.nodes[step.last].name if container is None else container.path
        parts = path.split(".")
        name = next((part for part in reversed(parts) if not part.isdecimal()), parts[0])
        if name == parts[-1]:
            return name
        return "_".join(parts[parts.index(name) :])

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
