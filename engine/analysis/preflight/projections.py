"""Projections that bring the inputs of a merge to one shape."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.analysis.preflight.places import Place
from engine.analysis.preflight.repairs import NewLayer, insert_beside
from engine.analysis.problem import Fix
from engine.graph.edits import Compound
from engine.graph.model import Edge, NodeId
from engine.layers.projecting import projection
from engine.layers.spec import TensorShape, format_shape

_ELEMENTWISE = ("add", "subtract", "multiply", "mean", "maximum", "minimum")


def projections(place: Place, node: NodeId, shapes: Sequence[TensorShape]) -> Iterator[Fix]:
    """Bring what skips layers to the shape of the longest branch, or the other way round where that cannot be."""
    if place.graph.nodes[node].layer not in _ELEMENTWISE:
        return
    edges = place.graph.incoming(node)
    depths = _depths(place, [edge.source for edge in edges])
    by_depth = sorted(range(len(edges)), key=lambda index: -depths[edges[index].source])
    for main in by_depth:
        layers = [None if shape == shapes[main] else projection(shape, shapes[main]) for shape in shapes]
        pairs = [(edge, layer) for edge, layer in zip(edges, layers, strict=True) if layer is not None]
        if pairs and len(pairs) == sum(shape != shapes[main] for shape in shapes):
            yield _all_of(place, pairs, shapes[main])
            return


def _all_of(place: Place, pairs: Sequence[tuple[Edge, NewLayer]], target: TensorShape) -> Fix:
    if len(pairs) == 1:
        fix = insert_beside(place.graph, *pairs[0])
        return Fix(f"{fix.label} to {format_shape(target)}", fix.edit)
    copy = place.graph.snapshot()
    steps = []
    for pair in pairs:
        # Each one gets ids and names that those before it have not taken.
        fix = insert_beside(copy, *pair)
        fix.edit.apply(copy)
        steps.append(fix.edit)
    label = f"Insert {len(pairs)} projections to {format_shape(target)}"
    return Fix(label, Compound(label, tuple(steps)))


def _depths(place: Place, nodes: Sequence[NodeId]) -> dict[NodeId, int]:
    """How many layers lie one behind the other before each node."""
    depth: dict[NodeId, int] = {}
    for node in place.graph.wiring.topological_order():
        depth[node] = max((depth[edge.source] + 1 for edge in place.graph.incoming(node)), default=0)
    return {node: depth[node] for node in nodes}
