"""Blocks taken apart, all the way down: a network of plain layers, as an edit or as a graph of its own."""

from __future__ import annotations

from collections.abc import Collection

from engine.graph.annotation_edits import AddAnnotation, RemoveAnnotation
from engine.graph.annotations import Annotation, in_order
from engine.graph.block_edits import BLOCK_INPUT, BLOCK_OUTPUT
from engine.graph.blocks import PREFIX, block_of
from engine.graph.document import MAX_NODES
from engine.graph.edits import AddNode, Compound, Connect, Edit, MoveNodes, RemoveNode
from engine.graph.errors import GraphError
from engine.graph.model import Graph, Node, NodeId
from engine.layers.blocks import REPEAT
from engine.layers.grouping import ungroup


def unfolded(graph: Graph, nodes: Collection[NodeId] | None = None) -> Graph:
    """A copy of `graph` in which the layers of every block, and of those inside, stand in the place of its instances.

    Copies that an instance repeats are written out. The blocks themselves stay defined.

    Args:
        graph: the network, or the inside of a block; it is left as it is.
        nodes: which instances to take apart; all of them when left out.

    Raises:
        GraphError: an instance is repeated as often as a parameter says, or there would be too many layers.
    """
    copy = graph.snapshot()
    waiting = [node for node in copy.wiring.topological_order() if nodes is None or node in nodes]
    while waiting:
        node = copy.nodes[waiting.pop()]
        if block_of(node.layer) is None:
            continue
        _require_room(copy, node)
        before = set(copy.nodes)
        ungroup(copy, node.id).apply(copy)
        waiting += [new for new in copy.nodes if new not in before]
    return copy


def unfold_edit(graph: Graph, nodes: Collection[NodeId] | None = None) -> Edit:
    """The edit that makes of `graph` what `unfolded` returns.

    Raises:
        GraphError: there is no instance to take apart, or as `unfolded` says.
    """
    flat = unfolded(graph, nodes)
    gone = [node for node in graph.nodes if node not in flat.nodes]
    if not gone:
        raise GraphError("There is no block here to unfold.")
    added = [flat.nodes[node] for node in flat.nodes if node not in graph.nodes]
    moved = {
        node: flat.nodes[node].position
        for node, before in graph.nodes.items()
        if node in flat.nodes and flat.nodes[node].position != before.position
    }
    # From the first layer on, so that looking for cycles ends at once: nothing hangs on the end of a new wire yet.
    known = set(graph.edges)
    wires = [edge for node in flat.wiring.topological_order() for edge in flat.incoming(node) if edge not in known]
    # Frames around blocks become frames around what was inside of them.
    old, new = set(graph.annotations.values()), set(flat.annotations.values())

    def by_id(annotation: Annotation) -> tuple[int, str]:
        return in_order(annotation.id)

    steps: tuple[Edit, ...] = (
        *(RemoveAnnotation(annotation.id) for annotation in sorted(old - new, key=by_id)),
        *map(RemoveNode, gone),
        *((MoveNodes(moved),) if moved else ()),
        *map(AddNode, added),
        *map(Connect, wires),
        *map(AddAnnotation, sorted(new - old, key=by_id)),
    )
    title = f"Unfold {graph.nodes[gone[0]].name}" if len(gone) == 1 else f"Unfold {len(gone)} blocks"
    return Compound(title, steps)


def _require_room(graph: Graph, instance: Node) -> None:
    """Refuse before memory is spent on more layers than a project can have."""
    inside = graph.blocks.graph(instance.layer.removeprefix(PREFIX))
    layers = sum(node.layer not in (BLOCK_INPUT, BLOCK_OUTPUT) for node in inside.nodes.values())
    times = instance.params[REPEAT.name]
    if isinstance(times, int) and len(graph.nodes) - 1 + times * layers > MAX_NODES:
        raise GraphError(f"Unfolded, this network would have more than {MAX_NODES:,} layers.")
