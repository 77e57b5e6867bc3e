"""The modules of a class: which attributes it has, and which of them are `nn.Sequential`s, lists or dictionaries.

Whatever the arrangement, every module stays at the path that the names on the canvas say, so that weights load by name.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from torch import nn

from engine.compiler import code_sizes as sizes
from engine.compiler.build import CompileError
from engine.compiler.code_calls import construction
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
_SEQUENTIAL, _DICTIONARY = frozenset(dir(nn.Sequential)), frozenset(dir(nn.ModuleDict))

Dress = Callable[[ClassPlan, NodeId, Made, Piece], Piece]
"""Puts what a module needs for its initial weights around its construction."""


@dataclass(frozen=True, slots=True)
class Member:
    """One module, or several in a row that are made alike."""

    node: NodeId
    """The node that it is the module of."""
    piece: Piece
    """How one of them is made, in terms of `INDEX` where that matters."""
    stem: str = ""
    """What the names of several have in common."""
    number: int = 0
    """The number at the end of the name of the copy that is called 0."""
    first: int = 0
    """The number of the first copy."""
    count: ast.expr | None = None
    """How many there are; None for one."""
    counts: bool = False
    """Whether they differ by the number of the copy."""

    @property
    def length(self) -> int | None:
        """How many there are; None where that differs between uses."""
        if self.count is None:
            return 1
        return int(sizes.plain(self.count)) if sizes.is_literal(self.count) else None

    @property
    def clause(self) -> str:
        """The `for` that makes all of them."""
        assert self.count is not None
        return self.named_clause if self.counts else f"for _ in range({sizes.code(self.count)})"

    @property
    def named_clause(self) -> str:
        """The `for` that makes all of them where their numbers are needed, for their names too."""
        assert self.count is not None
        stop = sizes.added(self.count, sizes.literal(self.first))
        assert stop is not None
        start = f"{self.first}, " if self.first else ""
        return f"for {INDEX} in range({start}{sizes.code(stop)})"

    @property
    def pattern(self) -> str:
        """The inside of an f-string that gives the name of copy `INDEX`."""
        offset = f" + {self.number}" if self.number else ""
        return f"{self.stem}{{{INDEX}{offset}}}"


@dataclass(slots=True)
class Container:
    """Modules whose names begin alike."""

    path: str
    """What their names begin with; empty for the class itself."""
    children: dict[str, Member | Container] = field(default_factory=dict)
    """What is inside, by the next part of the names, in the order in which it is computed."""
    chain: list[NodeId] = field(default_factory=list)
    """The nodes inside in their order, if they form a chain and so become an `nn.Sequential`."""

    def members(self) -> Iterator[Member]:
        """All modules inside."""
        for child in self.children.values():
            if isinstance(child, Container):
                yield from child.members()
            else:
                yield child

    @property
    def is_numbered(self) -> bool:
        """Whether the names inside are 0, 1, 2 and so on, as those of a list."""
        expected = 0
        for name, child in self.children.items():
            if name != str(expected):
                return False
            length = child.length if isinstance(child, Member) else 1
            if length is None:
                return name == list(self.children)[-1]
            expected += length
        return True


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
                self._insert(path, member)
        self._find_chains(self.root)

    def container(self, node: NodeId) -> Container | None:
        """The outermost `nn.Sequential` that the module of `node` is in; None when there is none."""
        return self._place_of.get(node)

    def access(self, path: str) -> str:
        """How `forward` gets at the module or the `nn.Sequential` at `path`."""
        first, *rest = path.split(".")
        text, holder = f"self.{first}", self.root.children[first]
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

    def attributes(self) -> Iterator[tuple[str, Piece | Member]]:
        """The attributes by name: how each is made; copies in a loop as the member that they are."""
        for name, child in self.root.children.items():
            if isinstance(child, Member):
                yield name, child if child.count is not None else child.piece
            else:
                yield name, self._contents(child)

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

    def _insert(self, path: str, member: Member) -> None:
        *containers, name = path.split(".")
        holder = self.root
        for depth, part in enumerate(containers, 1):
            inner = holder.children.setdefault(part, Container(".".join(containers[:depth])))
            if isinstance(inner, Member):
                raise _collision(path)
            holder = inner
        if name in holder.children:
            raise _collision(path)
        holder.children[name] = member

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
        for before, after in zip(nodes, nodes[1:], strict=False):
            if self._consumers.get(before) != {after}:
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
        if any(name in _DICTIONARY for name in container.children):
            raise CompileError(
                f"“{container.path}” has a layer whose name means something else in a dictionary of modules: rename it."
            )
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


def _collision(path: str) -> CompileError:
    return CompileError(f"Two layers would be called “{path}”: rename one, or change how its copies are called.")


def _draws(graph: Graph, node: NodeId) -> bool:
    """Whether a node draws random numbers, or something inside it does."""
    layer = graph.nodes[node].layer
    block = block_of(layer)
    if block is not None:
        inner = graph.blocks[block].graph
        return any(_draws(inner, one) for one in inner.nodes)
    return spec(layer).family in _RANDOM
