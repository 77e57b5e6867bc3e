"""A pen for drawing networks top to bottom, so that what is built by code is also readable on the canvas."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from engine.graph.annotation_edits import AddAnnotation
from engine.graph.annotations import Frame, new_annotation_ids
from engine.graph.blocks import PREFIX, BlockDefinition, block_of
from engine.graph.edits import AddNode, Connect, SetSetting
from engine.graph.model import Edge, Graph, NodeId
from engine.graph.params import Param, ParamValue
from engine.layers.nodes import new_node
from engine.layout.metrics import LANE, PITCH

STAGE_GAP = 0.5
"""How much further down a new stage of a network begins, in rows; there is room for the title of a frame."""
FRAME_COLOURS = ("blue", "orange", "green", "purple", "teal")
"""The colours of the frames of a network, one after another."""


class Sketch:
    """Adds layers to a graph, each below what feeds it."""

    def __init__(self, graph: Graph | None = None) -> None:
        self.graph = Graph() if graph is None else graph
        """The graph drawn so far."""
        self._last: NodeId | None = None

    def then(self, layer: str | LibraryBlock, name: str = "", **params: Any) -> NodeId:
        """Add a layer below the one added last, fed by it."""
        return self.add(layer, *(() if self._last is None else (self._last,)), name=name, **params)

    def add(
        self,
        layer: str | LibraryBlock,
        *sources: NodeId | tuple[NodeId, int],
        name: str = "",
        lane: float | None = None,
        row: float | None = None,
        gap: float = 0.0,
        **params: Any,
    ) -> NodeId:
        """Add a layer fed by `sources`, which are nodes, or nodes with the number of an output.

        It goes one row and a `gap` below the lowest source, in the lane of the first one, unless `row` or `lane` say
        otherwise. A block of the library is added to the project with the blocks inside it.
        """
        if isinstance(layer, LibraryBlock):
            self.use(*layer.needed)
            layer = layer.layer
        feeds = [source if isinstance(source, tuple) else (source, 0) for source in sources]
        positions = [self.graph.nodes[source].position for source, _ in feeds]
        x = lane * LANE if lane is not None else (positions[0][0] if positions else 0.0)
        y = row * PITCH if row is not None else max((y for _, y in positions), default=-PITCH) + (1 + gap) * PITCH
        node = new_node(self.graph, layer, (x, y), name=name, **params)
        AddNode(node).apply(self.graph)
        for port, (source, source_port) in enumerate(feeds):
            Connect(Edge(source, source_port, node.id, port)).apply(self.graph)
        self._last = node.id
        return node.id

    def go_on_from(self, node: NodeId) -> None:
        """Let `then` add to `node` and not to the layer added last."""
        self._last = node

    def frame(self, title: str, nodes: Iterable[NodeId], colour: str = "") -> None:
        """Put a frame around `nodes`, in another colour than the frame before unless one is given."""
        (name,) = new_annotation_ids(self.graph, 1)
        next_colour = FRAME_COLOURS[len(self.graph.annotations) % len(FRAME_COLOURS)]
        AddAnnotation(Frame(name, title, frozenset(nodes), colour or next_colour)).apply(self.graph)

    def row_of(self, node: NodeId) -> float:
        """The row that `node` is in."""
        return self.graph.nodes[node].position[1] / PITCH

    def use(self, *definitions: BlockDefinition) -> None:
        """Add blocks to the project, those inside others first; blocks that it has already are left alone."""
        for definition in definitions:
            if definition.name not in self.graph.blocks:
                self.graph.blocks.add(definition)

    def settings(self, section: str, **values: ParamValue) -> None:
        """Set what to train on (`data`) or how (`recipe`)."""
        for name, value in values.items():
            SetSetting(section, name, value).apply(self.graph)


class Sequential:
    """Draws a chain and names its layers as `nn.Sequential` does: `features.0`, `features.1`, …"""

    def __init__(self, pen: Sketch, name: str) -> None:
        self._pen = pen
        self._name = name
        self._count = 0

    def then(self, layer: str | LibraryBlock, repeat: int = 1, **params: Any) -> NodeId:
        """Add the next layer below the one added last; the copies of a block are numbered on."""
        copies: dict[str, Any] = {"repeat": repeat, "numbering": "beside"} if repeat > 1 else {}
        return self._pen.then(layer, self._next_name(repeat), **copies, **params)

    def chain(self) -> Sequential:
        """A chain that is the next part of this one: `features.0.0`, `features.0.1`, …"""
        return Sequential(self._pen, self._next_name(1))

    def _next_name(self, parts: int) -> str:
        name = f"{self._name}.{self._count}"
        self._count += parts
        return name


@dataclass(frozen=True, eq=False)
class LibraryBlock:
    """A block that networks are drawn with; its inside is drawn when it is first needed."""

    name: str
    """What it is called in a project, and its class in the compiled model."""
    doc: str
    """What it is for, in a sentence or two."""
    draw: Callable[[Sketch], object]
    """Draws its inside."""
    params: tuple[Param, ...] = ()
    """What can be set about an instance."""

    @property
    def layer(self) -> str:
        """The layer id of its instances."""
        return PREFIX + self.name

    @property
    def definition(self) -> BlockDefinition:
        """The block as a value."""
        return self.needed[-1]

    @cached_property
    def needed(self) -> tuple[BlockDefinition, ...]:
        """The block and those inside it, innermost first."""
        pen = Sketch()
        block = pen.graph.blocks.define(self.name, self.params, self.doc)
        self.draw(Sketch(block.graph))
        found: dict[str, BlockDefinition] = {}

        def collect(name: str) -> None:
            definition = pen.graph.blocks[name].definition()
            for node in definition.nodes:
                inner = block_of(node.layer)
                if inner is not None and inner not in found:
                    collect(inner)
            found[name] = definition

        collect(self.name)
        return tuple(found.values())


def draw_block(
    name: str,
    doc: str,
    draw: Callable[[Sketch], object],
    params: Sequence[Param] = (),
    uses: Sequence[BlockDefinition] = (),
) -> BlockDefinition:
    """A block whose inside `draw` draws, with the blocks of `uses` at hand."""

    def draw_inside(pen: Sketch) -> None:
        pen.use(*uses)
        draw(pen)

    return LibraryBlock(name, doc, draw_inside, tuple(params)).definition


def instance_of(definition: BlockDefinition) -> str:
    """The layer id of the instances of a block."""
    return PREFIX + definition.name
