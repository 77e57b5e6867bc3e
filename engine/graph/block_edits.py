"""Edits of blocks: of their insides, their parameters and names, and of which block a node is an instance of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.graph import expressions
from engine.graph.blocks import PREFIX, BlockDefinition
from engine.graph.edits import Compound, Connect, Disconnect, Edit
from engine.graph.errors import GraphError
from engine.graph.model import Edge, Graph, NodeId
from engine.graph.params import Param, Params

BLOCK_INPUT, BLOCK_OUTPUT = "block_input", "block_output"
"""The layers through which values enter and leave the inside of a block."""


def ends(graph: Graph, layer: str) -> list[NodeId]:
    """The inputs or outputs of a block in the order of its ports, which is that of their ids."""
    found = [node.id for node in graph.nodes.values() if node.layer == layer]
    return sorted(found, key=lambda node: (len(node), node))


@dataclass(frozen=True, slots=True)
class DefineBlock(Edit):
    """Add a block to the project."""

    definition: BlockDefinition

    @property
    def label(self) -> str:
        return f"Define {self.definition.name}"

    def apply(self, graph: Graph) -> Edit:
        graph.blocks.add(self.definition)
        return DropBlock(self.definition.name)


@dataclass(frozen=True, slots=True)
class DropBlock(Edit):
    """Take away a block that is placed nowhere."""

    block: str

    @property
    def label(self) -> str:
        return f"Delete {self.block}"

    def apply(self, graph: Graph) -> Edit:
        definition = _existing(graph, self.block)
        graph.blocks.drop(self.block)
        return DefineBlock(definition)


@dataclass(frozen=True, slots=True)
class RenameBlock(Edit):
    """Give a block another name; its instances follow."""

    block: str
    name: str

    @property
    def label(self) -> str:
        return f"Rename to {self.name}"

    def apply(self, graph: Graph) -> Edit:
        _existing(graph, self.block)
        graph.blocks.rename(self.block, self.name)
        return RenameBlock(self.name, self.block)


@dataclass(frozen=True, slots=True)
class DescribeBlock(Edit):
    """Give a block other parameters and another text; instances lose the values of parameters that are gone.

    Of new parameters they get the defaults.
    """

    block: str
    params: tuple[Param, ...]
    doc: str

    @property
    def label(self) -> str:
        return f"Change {self.block}"

    def apply(self, graph: Graph) -> Edit:
        before = _existing(graph, self.block)
        names = {param.name for param in self.params}
        for node in before.nodes:
            for value in node.params.values():
                if isinstance(value, str) and expressions.is_expression(value):
                    used, _ = expressions.names_in(expressions.parse(value[len(expressions.MARK) :]))
                    for name in sorted(used - names):
                        raise GraphError(f"“{name}” is still used by “{node.name}” in “{self.block}”.")
        known = {param.name for param in before.params}
        gone, fresh = known - names, {param.name: param.default for param in self.params if param.name not in known}
        steps: list[Edit] = [_Describe(self.block, self.params, self.doc)]
        for place, node in graph.blocks.instances(self.block):
            kept = {name: value for name, value in node.params.items() if name not in gone}
            if fresh or len(kept) < len(node.params):
                steps.append(Within(place.block, SetLayer(node.id, node.layer, {**fresh, **kept})))
        return Compound(self.label, tuple(steps)).apply(graph)


@dataclass(frozen=True, slots=True)
class _Describe(Edit):
    """What `DescribeBlock` does to the block itself."""

    block: str
    params: tuple[Param, ...]
    doc: str

    @property
    def label(self) -> str:
        return f"Change {self.block}"

    def apply(self, graph: Graph) -> Edit:
        before = _existing(graph, self.block)
        graph.blocks.describe(self.block, self.params, self.doc)
        return _Describe(self.block, before.params, before.doc)


@dataclass(frozen=True, slots=True)
class SetLayer(Edit):
    """Make a node another layer, or an instance of another block."""

    node: NodeId
    layer: str
    params: Params

    @property
    def label(self) -> str:
        return f"Change to {self.layer.removeprefix(PREFIX)}"

    def apply(self, graph: Graph) -> Edit:
        if self.node not in graph.nodes:
            raise GraphError("This layer is not in the network any more.")
        before = graph.nodes[self.node]
        graph.set_layer(self.node, self.layer, self.params)
        return SetLayer(self.node, before.layer, before.params)


@dataclass(frozen=True, slots=True)
class Within(Edit):
    """Make a change inside a block; wires of its instances follow the inputs and outputs that stay.

    Edits of blocks and this one may be applied to any graph of a project.
    """

    block: str
    """The block; empty for the network itself."""
    edit: Edit

    @property
    def label(self) -> str:
        return self.edit.label

    def apply(self, graph: Graph) -> Edit:
        inner = graph.blocks.graph(self.block)
        before = {layer: ends(inner, layer) for layer in (BLOCK_INPUT, BLOCK_OUTPUT)}
        inverse = self.edit.apply(inner)
        after = {layer: ends(inner, layer) for layer in before}
        if before == after:
            return Within(self.block, inverse)
        moved_in = _renumbered(before[BLOCK_INPUT], after[BLOCK_INPUT])
        moved_out = _renumbered(before[BLOCK_OUTPUT], after[BLOCK_OUTPUT])
        rewired = Compound("", tuple(_rewire(graph, self.block, moved_in, moved_out)))
        return Compound(self.label, (rewired.apply(graph), _Raw(self.block, inverse)))

    def merge(self, later: Edit) -> Edit | None:
        if not isinstance(later, Within) or later.block != self.block:
            return None
        merged = self.edit.merge(later.edit)
        return None if merged is None else Within(self.block, merged)


@dataclass(frozen=True, slots=True)
class _Raw(Edit):
    """Make a change inside a block and leave the wires of its instances alone."""

    block: str
    edit: Edit

    @property
    def label(self) -> str:
        return self.edit.label

    def apply(self, graph: Graph) -> Edit:
        return _Raw(self.block, self.edit.apply(graph.blocks.graph(self.block)))


def _existing(graph: Graph, block: str) -> BlockDefinition:
    graph.blocks.graph(block)
    return graph.blocks[block].definition()


def _renumbered(before: list[NodeId], after: list[NodeId]) -> Callable[[int], int | None]:
    """Where a port of an instance has gone; None when it is no more."""
    places: Mapping[int, int] = {port: after.index(end) for port, end in enumerate(before) if end in after}
    return places.get


def _rewire(
    graph: Graph, block: str, moved_in: Callable[[int], int | None], moved_out: Callable[[int], int | None]
) -> list[Edit]:
    """The edits that let the wires of all instances of `block` follow its ports."""
    steps: list[Edit] = []
    layer = PREFIX + block
    for place in graph.blocks.graphs():
        cut: list[Edit] = []
        joined: list[Edit] = []
        for edge in place.edges:
            source = moved_out(edge.source_port) if place.nodes[edge.source].layer == layer else edge.source_port
            target = moved_in(edge.target_port) if place.nodes[edge.target].layer == layer else edge.target_port
            if (source, target) == (edge.source_port, edge.target_port):
                continue
            cut.append(Disconnect(edge))
            if source is not None and target is not None:
                joined.append(Connect(Edge(edge.source, source, edge.target, target)))
        if cut:
            steps.append(_Raw(place.block, Compound("", (*cut, *joined))))
    return steps
