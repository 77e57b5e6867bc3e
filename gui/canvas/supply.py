"""What can be placed on the canvas: layers of the catalogue, blocks of the project, blocks of the library."""

from __future__ import annotations

from dataclasses import dataclass

from engine.graph.block_edits import DefineBlock
from engine.graph.blocks import PREFIX, BlockDefinition
from engine.graph.edits import Compound, Edit
from engine.graph.errors import GraphError
from engine.graph.model import Graph
from engine.layers.blocks import layer_spec
from engine.layers.registry import UnknownLayerError
from engine.layers.spec import LayerSpec
from engine.layers.validation import misplaced
from engine.zoo.blocks import LIBRARY, needed

LIBRARY_PREFIX = "library:"
"""What the id of a block of the library begins with; its name follows."""


@dataclass(frozen=True, slots=True)
class Supply:
    """Something that can be placed, and what has to be in the project for that."""

    layer: str
    """The layer of the nodes that it becomes."""
    graph: Graph
    """Where to plan the change: the graph itself or, when the project lacks blocks, a copy that has them."""
    missing: tuple[BlockDefinition, ...] = ()
    """The blocks that the project lacks, those inside others first."""

    @property
    def spec(self) -> LayerSpec:
        """The declaration of the layer."""
        return layer_spec(self.graph, self.layer)

    @property
    def refusal(self) -> str | None:
        """Why it cannot be placed, in a sentence; None when it can."""
        return misplaced(self.layer, self.graph) or self.graph.blocks.refusal(self.layer, self.graph.block)

    def complete(self, edit: Edit) -> Edit:
        """`edit`, planned in `graph`, together with the blocks that it needs."""
        return Compound(edit.label, (*map(DefineBlock, self.missing), edit)) if self.missing else edit


def supply(graph: Graph, layer: str) -> Supply:
    """What the palette calls `layer`, to be placed in `graph`.

    Raises:
        UnknownLayerError: there is no such layer, and no such block in the project or in the library.
        GraphError: the blocks that it needs cannot be in the project.
    """
    if not layer.startswith(LIBRARY_PREFIX):
        layer_spec(graph, layer)
        return Supply(layer, graph)
    name = layer.removeprefix(LIBRARY_PREFIX)
    if name not in LIBRARY:
        raise UnknownLayerError(layer)
    missing = tuple(block for block in needed(name) if block.name not in graph.blocks)
    if not missing:
        return Supply(PREFIX + name, graph)
    project = graph.blocks.graph("").snapshot()
    for block in missing:
        project.blocks.add(block)
    return Supply(PREFIX + name, project.blocks.graph(graph.block), missing)


def is_supplied(graph: Graph, layer: str) -> bool:
    """Whether there is anything that the palette calls `layer`."""
    try:
        supply(graph, layer)
    except (UnknownLayerError, GraphError):
        return False
    return True
