"""The modules of a class as a tree: by the parts of their names, copies of one block as a loop over them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from torch import nn

from engine.compiler import code_sizes as sizes
from engine.compiler.build import CompileError
from engine.compiler.code_format import Piece
from engine.compiler.code_plan import INDEX
from engine.graph.model import NodeId

_DICTIONARY = frozenset(dir(nn.ModuleDict))


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

    def insert(self, path: str, member: Member) -> None:
        """Put a module where its name says.

        Raises:
            CompileError: there is one already.
        """
        *containers, name = path.split(".")
        holder = self
        for depth, part in enumerate(containers, 1):
            inner = holder.children.setdefault(part, Container(".".join(containers[:depth])))
            if isinstance(inner, Member):
                raise _collision(path)
            holder = inner
        if name in holder.children:
            raise _collision(path)
        holder.children[name] = member

    def members(self) -> Iterator[Member]:
        """All modules inside."""
        for child in self.children.values():
            if isinstance(child, Container):
                yield from child.members()
            else:
                yield child

    @property
    def is_holder(self) -> bool:
        """Whether neither a list nor a dictionary takes these names, since they mean something there."""
        if self.chain:
            return False
        inner = any(isinstance(child, Container) and child.is_holder for child in self.children.values())
        return inner or (not self.is_numbered and any(name in _DICTIONARY for name in self.children))

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


def _collision(path: str) -> CompileError:
    return CompileError(f"Two layers would be called “{path}”: rename one, or change how its copies are called.")
