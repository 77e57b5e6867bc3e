"""What has changed in the graphs that the outline shows, collected until somebody brings it up to date."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from engine.graph.events import (
    BlockChanged,
    BlockDefined,
    BlockDropped,
    BlockRenamed,
    EdgeAdded,
    EdgeRemoved,
    GraphEvent,
    LayerChanged,
    NodeAdded,
    NodeRemoved,
    NodeRenamed,
    ParamChanged,
)
from engine.graph.model import Graph, NodeId


@dataclass(slots=True)
class Pending:
    """What the outline does not show yet."""

    rearranged: set[Graph] = field(default_factory=set)
    """The graphs with other layers, or with layers in another order."""
    touched: dict[Graph, set[NodeId]] = field(default_factory=dict)
    """The layers that have another name, other parameters or another kind."""
    blocks: set[str] = field(default_factory=set)
    """The blocks that are new, gone, or different."""

    def __bool__(self) -> bool:
        return bool(self.rearranged or self.touched or self.blocks)


class Changes:
    """Listens to graphs; that a layer was moved on the canvas is nothing to the outline."""

    def __init__(self, told: Callable[[], object]) -> None:
        """Call `told` whenever there is something new to be followed."""
        self._told = told
        self._ends: dict[Graph, Callable[[], None]] = {}
        self._pending = Pending()

    def listen(self, graph: Graph) -> None:
        """Collect what happens in `graph` from now on."""
        if graph not in self._ends:
            self._ends[graph] = graph.changed.connect(partial(self._on_event, graph))

    def end(self) -> None:
        """Listen to nothing any more, and forget what was heard."""
        for end in self._ends.values():
            end()
        self._ends.clear()
        self._pending = Pending()

    def take(self) -> Pending:
        """What has happened since this was asked last."""
        pending, self._pending = self._pending, Pending()
        return pending

    def _on_event(self, graph: Graph, event: GraphEvent) -> None:
        match event:
            case NodeAdded() | NodeRemoved() | EdgeAdded() | EdgeRemoved():
                self._pending.rearranged.add(graph)
            case NodeRenamed(node) | ParamChanged(node) | LayerChanged(node):
                self._pending.touched.setdefault(graph, set()).add(node.id)
            case BlockDefined(block) | BlockDropped(block) | BlockChanged(block) | BlockRenamed(block=block):
                self._pending.blocks.add(block)
            case _:
                return
        self._told()
