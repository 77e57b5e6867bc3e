"""The modules of a class: which attributes it has, and which of them are `nn.Sequential`s, lists or dictionaries.

Whatever the arrangement, every module stays at the path that the names on the canvas say, so that weights load by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from torch import nn

from engine.compiler import code_sizes as sizes
from engine.compiler.code_calls import construction
from engine.compiler.code_containers import Container, Member
from engine.compiler.code_format import Piece, Place, bracket, call, choice, generator
from engine.compiler.code_plan import INDEX, CannotExpressError, ClassPlan, Copies, Made
from engine.graph.blocks import block_of
from engine.graph.model import Graph, NodeId
from engine.layers.blocks import NUMBERING
from engine.layers.registry import spec
from engine.layers.spec import Call

MOST_IN_FULL = 3
"""How many copies beside each other are written one by one before it becomes a loop."""
_RANDOM = ("Regularization", "Recurrent", "Attention")
_SEQUENTIAL = frozenset(dir(nn.Sequential))

Dress = Callable[[ClassPlan, NodeId, Made, Piece], Piece]
"""Puts what a module needs for its initial weights around its construction."""


class Members:
    """The modules of one class."""

    def __init__(self, plan: ClassPlan, dress: Dress) -> None:
        self.plan = plan
        self._dress = dress
        self.root = Container("")
        self._place_of: dict[NodeId, Container] = {}
        self._consumers: dict[NodeId, set[NodeId]] = {}
        for node in plan.order:
            for edge in plan.graph.incoming(node):
                self._consumers.setdefault(edge.source, set()).add(node)
        for node in plan.order:
            for path, member in self._of(node):
                self.root.insert(path, member)
        self._find_chains(self.root)

    def container(self, node: NodeId) -> Container | None:
        """The outermost `nn.Sequential` that the module of `node` is in; None when there is none."""
        return self._place_of.get(node)

    def access(self, path: str) -> str:
        """How `forward` gets at the module or the `nn.Sequential` at `path`."""
        first, *rest = path.split(".")
        top = self.root.children[first]
        if isinstance(top, Container) and top.is_holder:
            return f'self.get_submodule("{path}")'
        text, holder = f"self.{first}", top
        for part in rest:
            assert isinstance(holder, Container)
            text += f"[{part}]" if holder.is_numbered else f'["{part}"]'
            holder = holder.children[part]
        return text

    def are_all(self, runs: Sequence[Member]) -> bool:
        """Whether the class has no modules but these."""
        return list(self.root.members()) == list(runs)

    @property
    def stored(self) -> set[str]:
        """The arguments that `forward` needs for loops over copies beside each other."""
        counted = [run for run in self.root.children.values() if isinstance(run, Member) and run.count is not None]
        if self.are_all(counted):
            return set()
        return {name for run in counted if run.count is not None for name in sizes.names_in(run.count)}

    def runs(self, node: NodeId) -> list[Member]:
        """The copies of an instance that stand beside each other as attributes of the class."""
        return [
            child
            for child in self.root.children.values()
            if isinstance(child, Member) and child.node == node and child.stem
        ]

    def statements(self) -> Iterator[Piece | Member]:
        """What makes the modules, in order; copies that are attributes, in a loop, as the member that they are."""
        for name, child in self.root.children.items():
            if isinstance(child, Member):
                yield child if child.count is not None else child.piece.before(f"self.{name} = ")
            elif child.is_holder:
                yield Piece(f"self.{name} = nn.Module()")
                yield from self._held(child, f"self.{name}")
            else:
                yield self._contents(child).before(f"self.{name} = ")

    def _held(self, container: Container, holder: str) -> Iterator[Piece]:
        """What puts modules one by one where no list and no dictionary would take them."""
        for name, child in container.children.items():
            if isinstance(child, Container) and not child.chain:
                yield call(f"{holder}.add_module", [f'"{name}"', "nn.Module()"])
                yield from self._held(child, f'{holder}.get_submodule("{name}")')
            else:
                yield call(f"{holder}.add_module", [f'"{name}"', self._entry(child)])

    # How modules are made

    def _of(self, node: NodeId) -> Iterator[tuple[str, Member]]:
        plan = self.plan
        name = plan.graph.nodes[node].name
        if node in plan.made:
            yield name, Member(node, self._layer(node))
            return
        if node not in plan.stacks:
            return
        numbers = [len(use.sites[node].copies) for use in plan.uses]
        stack = plan.stacks[node]
        if max(numbers) == 1:
            yield name, Member(node, self._instance(node, stack[0]))
        elif plan.graph.nodes[node].params[NUMBERING.name] == "inside":
            rows = call("nn.Sequential", [_starred(self._copies_of(node, copies)) for copies in stack])
            if min(numbers) == 1:
                rows = self._one_or_several(node, rows)
            yield name, Member(node, rows)
        else:
            if min(numbers) == 1 and not name[-1].isdecimal():
                # Alone it is called without the number that several have.
                raise CannotExpressError
            yield from self._beside(node, name)

    def _one_or_several(self, node: NodeId, rows: Piece) -> Piece:
        """A single copy is not numbered, so its module is no `nn.Sequential`."""
        stack = self.plan.stacks[node]
        count = sizes.added(stack[-1].count, sizes.literal(stack[-1].first))
        assert count is not None
        return choice(self._instance(node, stack[0], 0), f"{sizes.code(count)} == 1", rows)

    def _beside(self, node: NodeId, name: str) -> Iterator[tuple[str, Member]]:
        *containers, last = name.split(".")
        stem = last.rstrip("0123456789")
        number = int(last[len(stem) :] or 0)
        done = 0
        for copies in self.plan.stacks[node]:
            member = self._copies_of(node, copies, stem, number)
            length = member.length
            if copies.count is None or (length is not None and length <= MOST_IN_FULL and not containers):
                for index in range(done, done + (length or 1)):
                    one = self._instance(node, copies, index)
                    path = ".".join((*containers, f"{stem}{number + index}"))
                    yield path, Member(node, one, stem, number, index)
            else:
                yield ".".join((*containers, f"{stem}{number + done}")), member
            done += length or 1

    def _copies_of(self, node: NodeId, copies: Copies, stem: str = "", number: int = 0) -> Member:
        counts = copies.counts
        return Member(node, self._instance(node, copies), stem, number, copies.first, copies.count, counts)

    def _instance(self, node: NodeId, copies: Copies, index: int | None = None) -> Piece:
        texts: list[str] = []
        for argument in copies.plan.arguments:
            tree = copies.values[argument.name]
            if index is not None:
                known = {name: sizes.name(name) for name in sizes.names_in(tree)} | {INDEX: sizes.literal(index)}
                tree = sizes.substituted(tree, known) or tree
            text = sizes.code(tree)
            by_name = argument.default is not None or argument.annotation != "int" or any("=" in one for one in texts)
            if argument.default is None or text != sizes.code(argument.default):
                texts.append(f"{argument.name}={text}" if by_name else text)
        return call(copies.plan.name, texts).belonging_to(self._place(node))

    def _layer(self, node: NodeId) -> Piece:
        *conditional, last = self.plan.made[node]
        piece = self._dress(self.plan, node, last, construction(last.target, last.values))
        for made in reversed(conditional):
            assert made.condition is not None
            one = self._dress(self.plan, node, made, construction(made.target, made.values))
            piece = choice(one, sizes.code(made.condition), piece)
        return piece.belonging_to(self._place(node))

    def _place(self, node: NodeId) -> Place:
        return self.plan.block, node

    # Where they are

    def _find_chains(self, container: Container) -> None:
        for child in container.children.values():
            if isinstance(child, Container):
                self._find_chains(child)
        if container is self.root:
            return
        nodes = list(dict.fromkeys(member.node for member in container.members()))
        if self._is_chain(container, nodes):
            container.chain = nodes
            for node in nodes:
                self._place_of[node] = container
        elif any(member.count is not None for member in container.members()):
            if any(member.length is None for member in container.members()):
                raise CannotExpressError
            self._write_out(container)

    def _is_chain(self, container: Container, nodes: list[NodeId]) -> bool:
        plan = self.plan
        if any(name in _SEQUENTIAL for name in container.children):
            return False
        if any(isinstance(child, Container) and not child.chain for child in container.children.values()):
            return False
        if [node for node in plan.order if node in set(nodes)] != nodes or not all(map(self._is_plain, nodes)):
            return False
        if any(self._consumers.get(before) != {after} for before, after in pairwise(nodes)):
            return False
        return not self._would_reorder(nodes)

    def _is_plain(self, node: NodeId) -> bool:
        """Whether the module is called with one tensor and gives one."""
        plan, layer = self.plan, self.plan.layers[node]
        if len(plan.graph.incoming(node)) != 1 or plan.several(node) != 1:
            return False
        if layer.call is Call.MODULE:
            specials = (layer.arguments, layer.call_kwargs, plan.picks[node], layer.inputs[0].integer)
            return not any(specials)
        return layer.call is Call.BLOCK

    def _would_reorder(self, nodes: list[NodeId]) -> bool:
        """Whether random numbers would be drawn in another order if `nodes` were computed in one go."""
        order = self.plan.order
        start, stop = order.index(nodes[0]), order.index(nodes[-1])
        inside = set(nodes)
        between = [node for node in order[start:stop] if node not in inside]
        return any(map(self._is_random, between)) and any(map(self._is_random, nodes))

    def _is_random(self, node: NodeId) -> bool:
        return _draws(self.plan.graph, node)

    def _write_out(self, container: Container) -> None:
        """Give each copy an entry of its own."""
        for child in container.children.values():
            if isinstance(child, Container):
                self._write_out(child)
        found: dict[str, Member | Container] = {}
        for name, child in container.children.items():
            if isinstance(child, Container) or child.count is None:
                found[name] = child
                continue
            for copies in self.plan.stacks[child.node]:
                if copies.first == child.first and copies.count is child.count:
                    for index in range(child.first, child.first + (child.length or 0)):
                        one = Member(child.node, self._instance(child.node, copies, index), child.stem, child.number)
                        found[f"{child.stem}{child.number + index}"] = one
        container.children = found

    def _contents(self, container: Container) -> Piece:
        if container.chain:
            if container.is_numbered:
                items = [self._entry(child) for child in container.children.values()]
                return call("nn.Sequential", items, tall=len(items) > 1)
            return call("nn.Sequential", [self._named(container)])
        if container.is_numbered:
            items = [self._entry(child) for child in container.children.values()]
            return call("nn.ModuleList", [bracket(items, tall=len(items) > 1)])
        return call("nn.ModuleDict", [bracket(self._keyed(container), "{}", tall=len(container.children) > 1)])

    def _named(self, container: Container) -> Piece:
        """The `OrderedDict` of what is inside."""
        only = next(iter(container.children.values()))
        if len(container.children) == 1 and isinstance(only, Member) and only.count is not None:
            return call("OrderedDict", [self._comprehension(only)])
        if all(name.isidentifier() for name in container.children):
            entries = []
            for name, child in container.children.items():
                piece = self._entry(child)
                several = isinstance(child, Member) and child.count is not None
                entries.append(piece if several else piece.before(f"{name}="))
            return call("OrderedDict", entries, tall=len(entries) > 1)
        return call("OrderedDict", [bracket(self._keyed(container), "{}", tall=len(container.children) > 1)])

    def _keyed(self, container: Container) -> list[Piece]:
        found = []
        for name, child in container.children.items():
            piece = self._entry(child, keyed=True)
            several = isinstance(child, Member) and child.count is not None
            found.append(piece if several else piece.before(f'"{name}": '))
        return found

    def _entry(self, child: Member | Container, *, keyed: bool = False) -> Piece:
        if isinstance(child, Container):
            return self._contents(child)
        if child.count is None or not (keyed or child.stem):
            return _starred(child)
        return self._comprehension(child).before("**")

    def _comprehension(self, member: Member) -> Piece:
        """A dictionary of several modules by name."""
        entry = member.piece.before(f'f"{member.pattern}": ')
        return generator(entry, member.named_clause, "{}").belonging_to(*member.piece.places)


def _starred(member: Member) -> Piece:
    """One module, or `*(… for _ in range(n))` for several."""
    if member.count is None:
        return member.piece
    return generator(member.piece, member.clause).before("*").belonging_to(*member.piece.places)


def _draws(graph: Graph, node: NodeId) -> bool:
    """Whether a node draws random numbers, or something inside it does."""
    layer = graph.nodes[node].layer
    block = block_of(layer)
    if block is not None:
        inner = graph.blocks[block].graph
        return any(_draws(inner, one) for one in inner.nodes)
    return spec(layer).family in _RANDOM
