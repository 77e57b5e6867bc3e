"""Blocks: named sub-networks with parameters of their own, defined once and placed any number of times.

A node whose layer is `block:Bottleneck` is an instance of the block called Bottleneck. All instances are linked: the
definition is one graph, and a change of it shows in each of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, count
from typing import TYPE_CHECKING

from engine.graph import names
from engine.graph.errors import GraphError
from engine.graph.events import BlockChanged, BlockDefined, BlockDropped, BlockRenamed, GraphEvent
from engine.graph.params import Param
from engine.graph.wording import quoted

if TYPE_CHECKING:
    from engine.graph.annotations import Annotation
    from engine.graph.model import Edge, Graph, Node

PREFIX = "block:"
"""What the layer of an instance begins with; the name of its block follows."""


@dataclass(frozen=True, slots=True)
class BlockDefinition:
    """A block as a value, to be kept in an edit or a library."""

    name: str
    """What it is called, and its class in the compiled model."""
    params: tuple[Param, ...] = ()
    """What can be set about an instance; the parameters of inner layers may be arithmetic in these."""
    doc: str = ""
    """What it is for, in a sentence."""
    nodes: tuple[Node, ...] = ()
    """Its layers."""
    edges: tuple[Edge, ...] = ()
    """The wires among them."""
    annotations: tuple[Annotation, ...] = ()
    """The frames, notes and bookmarks inside it."""


@dataclass(slots=True)
class Block:
    """A block that is in use: its inside is a graph that can be edited and listened to."""

    name: str
    params: tuple[Param, ...]
    doc: str
    graph: Graph

    def definition(self) -> BlockDefinition:
        """The block as it is now, as a value."""
        graph = self.graph
        return BlockDefinition(
            self.name,
            self.params,
            self.doc,
            tuple(graph.nodes.values()),
            tuple(graph.edges),
            tuple(graph.annotations.values()),
        )


def block_of(layer: str) -> str | None:
    """The name of the block that a node of `layer` is an instance of; None for a plain layer."""
    return layer.removeprefix(PREFIX) if layer.startswith(PREFIX) else None


class Blocks(Mapping[str, Block]):
    """All blocks of a project by name."""

    def __init__(self, root: Graph) -> None:
        self._root = root
        self._blocks: dict[str, Block] = {}
        self.version = 0
        """Grows with every change of any block, so that what was derived from them can be told to be stale."""

    def __getitem__(self, name: str) -> Block:
        return self._blocks[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._blocks)

    def __len__(self) -> int:
        return len(self._blocks)

    def graph(self, name: str) -> Graph:
        """The inside of the block `name`; the network itself when `name` is empty.

        Raises:
            GraphError: there is no such block.
        """
        if not name:
            return self._root
        if name not in self._blocks:
            raise GraphError(f"There is no block “{name}” any more.")
        return self._blocks[name].graph

    def graphs(self) -> list[Graph]:
        """The network itself and the inside of every block."""
        return [self._root, *(block.graph for block in self._blocks.values())]

    def instances(self, name: str) -> list[tuple[Graph, Node]]:
        """Where the block is placed, directly, in the network or in other blocks."""
        layer = PREFIX + name
        return [(graph, node) for graph in self.graphs() for node in graph.nodes.values() if node.layer == layer]

    def uses(self, name: str) -> set[str]:
        """The block itself and all blocks inside it, however deep."""
        found: set[str] = set()
        stack = [name]
        while stack:
            current = stack.pop()
            if current not in found and current in self._blocks:
                found.add(current)
                inner = (block_of(node.layer) for node in self._blocks[current].graph.nodes.values())
                stack.extend(block for block in inner if block is not None)
        return found

    def refusal(self, layer: str, inside: str) -> str | None:
        """Why a node of `layer` cannot be placed inside the block `inside`; None when it can.

        Whether there is such a block at all is checked with the project, since a file may name one further down.
        """
        name = block_of(layer)
        if name is None or not inside or inside not in self.uses(name) | {name}:
            return None
        return f"The block “{inside}” cannot contain “{name}”: it would be inside itself."

    def unique_name(self, base: str) -> str:
        """`base`, or `base` with the first free number behind it."""
        stem = names.stem_of(base)
        candidates = chain((base,), (names.numbered(stem, number) for number in count(2)))
        return next(name for name in candidates if name not in self._blocks)

    # Changing: called by edits alone

    def define(self, name: str, params: tuple[Param, ...] = (), doc: str = "") -> Block:
        """Add an empty block.

        Raises:
            GraphError: the name is taken, or cannot name a block.
        """
        self._require_free(name)
        block = self._blocks[name] = Block(name, params, doc, type(self._root)(self, name))
        block.graph.changed.connect(lambda event: self._on_inner_event(block, event))
        self._tell(BlockDefined(name))
        return block

    def add(self, definition: BlockDefinition) -> None:
        """Add a whole block.

        Raises:
            GraphError: the name cannot be, or the layers and wires cannot be in one graph; nothing is added then.
        """
        block = self.define(definition.name, definition.params, definition.doc)
        try:
            block.graph.fill(definition.nodes, definition.edges, definition.annotations)
        except GraphError as error:
            self.drop(definition.name)
            raise GraphError(f"In the block “{definition.name}”: {error}") from error

    def drop(self, name: str) -> None:
        """Take a block away that is placed nowhere any more."""
        if self.instances(name):
            raise GraphError(f"The block “{name}” is still used.")
        del self._blocks[name]
        self._tell(BlockDropped(name))

    def rename(self, old: str, new: str) -> None:
        """Give a block another name, also in all its instances."""
        self._require_free(new)
        # In place, so that the order of the blocks stays.
        self._blocks = {new if name == old else name: block for name, block in self._blocks.items()}
        block = self._blocks[new]
        block.name = block.graph.block = new
        for graph in self.graphs():
            for node in list(graph.nodes.values()):
                if node.layer == PREFIX + old:
                    graph.set_layer(node.id, PREFIX + new, node.params)
        self._tell(BlockRenamed(old, new))

    def describe(self, name: str, params: tuple[Param, ...], doc: str) -> None:
        """Give a block other parameters and another text."""
        self._blocks[name].params, self._blocks[name].doc = params, doc
        self._tell(BlockChanged(name))

    def copy_into(self, root: Graph) -> Blocks:
        """Independent copies of all blocks, for a copy of the network."""
        copied = Blocks(root)
        for name, block in self._blocks.items():
            copied._blocks[name] = Block(name, block.params, block.doc, block.graph.snapshot(copied))
        return copied

    def _require_free(self, name: str) -> None:
        reason = names.block_objection(name)
        if name in self._blocks:
            reason = f"There is already a block called {quoted(name)}."
        if reason:
            raise GraphError(reason)

    def _on_inner_event(self, block: Block, event: GraphEvent) -> None:
        self._tell(BlockChanged(block.name))

    def _tell(self, event: GraphEvent) -> None:
        self.version += 1
        self._root.changed.emit(event)
