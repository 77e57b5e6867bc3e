"""What is decided about a class before it is written: its arguments, and how each of its layers is made."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.compiler.code_sizes import Sizes
from engine.compiler.code_uses import Use
from engine.graph.model import Graph, NodeId
from engine.layers.spec import Index, LayerSpec


class CannotExpressError(Exception):
    """Uses of a block differ in a way for which one class has no expression; each needs a class of its own."""


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a class."""

    name: str
    """Its identifier."""
    annotation: str
    """Its type."""
    doc: str
    """What it means, in a sentence."""
    default: ast.expr | None = None
    """What it is unless said otherwise; None when it has to be said."""


@dataclass(frozen=True, slots=True)
class Made:
    """How the module of a layer is made, or a function called."""

    target: str
    """The dotted path of the class or function."""
    values: Mapping[str, ast.expr]
    """The arguments, in terms of those of the class around it."""
    condition: ast.expr | None = None
    """When it is this one and not the next of several; None for the last of them."""
    sites: tuple[int, ...] = ()
    """In which uses of the class around it, by number, it is this one."""


@dataclass(frozen=True, slots=True)
class Copies:
    """Copies of a block in a row that are made alike."""

    plan: ClassPlan
    """The class of the block."""
    values: Mapping[str, ast.expr]
    """Its arguments, in terms of those of the class around and of the number of the copy, called `INDEX`."""
    count: ast.expr | None = None
    """How many there are; None for one."""
    first: int = 0
    """The number of the first of them."""

    @property
    def counts(self) -> bool:
        """Whether arguments depend on the number of the copy."""
        return any(
            isinstance(part, ast.Name) and part.id == INDEX for tree in self.values.values() for part in ast.walk(tree)
        )


INDEX = "i"
"""What the number of a copy is called in a loop."""


@dataclass(eq=False, slots=True)
class ClassPlan:
    """One class of the generated code."""

    name: str
    """What it is called."""
    block: str
    """The block that it is made from; empty for the network."""
    graph: Graph
    """What it consists of."""
    order: list[NodeId]
    """The nodes that lead to an output, in the order in which they are computed."""
    layers: Mapping[NodeId, LayerSpec]
    """What each of them is."""
    uses: list[Use]
    """How it is used."""
    known: list[dict[str, Any]] = field(default_factory=list)
    """For each use the values of all names that expressions may mention."""
    arguments: list[Argument] = field(default_factory=list)
    """What it is made with, those with defaults last."""
    made: dict[NodeId, tuple[Made, ...]] = field(default_factory=dict)
    """How the module of each layer is made; several when it differs between uses."""
    functions: dict[NodeId, Made] = field(default_factory=dict)
    """How each layer is called that is a function."""
    stacks: dict[NodeId, tuple[Copies, ...]] = field(default_factory=dict)
    """How the modules of each instance of a block are made."""
    sizes: dict[tuple[NodeId, int], Sizes] = field(default_factory=dict)
    """The size along each axis of what leaves each output of each node."""
    picks: dict[NodeId, tuple[Index, ...]] = field(default_factory=dict)
    """What is taken from the result of each layer."""
    stored: list[str] = field(default_factory=list)
    """The arguments that `forward` needs as well."""

    def value(self, use: Use, name: str) -> Any:
        """The value of an argument in one use."""
        return self.known[self.uses.index(use)][name]

    def several(self, node: NodeId, use: int = 0) -> int:
        """How many outputs a node has."""
        return len(self.layers[node].output_ports(self.uses[use].sites[node].params))
