"""Where in a document one is: in the network, or inside its blocks, however deep."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.graph.blocks import block_of
from engine.graph.errors import GraphError
from engine.graph.model import Graph, NodeId


@dataclass(frozen=True, slots=True)
class Scope:
    """One graph of a document, and the way to it."""

    block: str = ""
    """The block at which the way begins, when it was opened without an instance; empty for the network."""
    path: tuple[NodeId, ...] = ()
    """The instances entered one after another; each id is of a node in the graph before it."""

    @property
    def is_placed(self) -> bool:
        """Whether the way begins at the network, so that shapes can be known all along it."""
        return not self.block

    @property
    def is_inside(self) -> bool:
        """Whether it leads into a block, and not to the network."""
        return self != Scope()

    def enter(self, node: NodeId) -> Scope:
        """The inside of the instance `node`."""
        return replace(self, path=(*self.path, node))

    def graphs(self, document: Graph) -> list[Graph]:
        """The graphs along the way, as far as there is one: the last is the one that the scope leads to.

        The first is the network, or the inside of `block`; there is none when that block is gone.
        """
        if self.block and self.block not in document.blocks:
            return []
        found = [document.blocks.graph(self.block)]
        for node in self.path:
            inner = inside(found[-1], node)
            if inner is None:
                break
            found.append(inner)
        return found

    def nearest(self, document: Graph) -> Scope:
        """This scope, or what is left of the way to it."""
        graphs = self.graphs(document)
        return replace(self, path=self.path[: len(graphs) - 1]) if graphs else Scope()

    def trail(self, document: Graph) -> list[Crumb]:
        """The steps from the network to here, each with its own scope."""
        crumbs = [Crumb("Network", "", Scope())]
        if self.block:
            crumbs.append(Crumb(self.block, self.block, Scope(self.block)))
        graphs = self.graphs(document)
        for depth, node in enumerate(self.path[: len(graphs) - 1]):
            scope = replace(self, path=self.path[: depth + 1])
            crumbs.append(Crumb(graphs[depth].nodes[node].name, graphs[depth + 1].block, scope))
        return crumbs


@dataclass(frozen=True, slots=True)
class Crumb:
    """One step on the way into a document."""

    title: str
    """“Network”, the name of an instance, or the name of a block that was opened without one."""
    block: str
    """The block that one is inside of there; empty for the network."""
    scope: Scope
    """Where the step leads."""


def inside(graph: Graph, node: NodeId) -> Graph | None:
    """The inside of `node`; None when there is no such node, or when it is not an instance of a block."""
    block = block_of(graph.nodes[node].layer) if node in graph.nodes else None
    if not block:
        return None
    try:
        return graph.blocks.graph(block)
    except GraphError:
        return None


def scope_of(document: Graph, block: str) -> Scope:
    """The first instance of `block` that the network leads to; the block alone when it is placed nowhere.

    Inside an instance the shapes are known.
    """
    seen: set[str] = set()
    waiting: list[tuple[Graph, Scope]] = [(document, Scope())]
    for graph, scope in waiting:
        for node in graph.nodes.values():
            name = block_of(node.layer)
            inner = inside(graph, node.id) if name and name not in seen else None
            if name and inner is not None:
                seen.add(name)
                waiting.append((inner, scope.enter(node.id)))
                if name == block:
                    return scope.enter(node.id)
    return Scope(block)
