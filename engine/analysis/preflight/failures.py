"""Layers that cannot take what they get, and what would let them."""

from __future__ import annotations

from collections.abc import Iterator

from engine.analysis.preflight.places import Place
from engine.analysis.preflight.projections import projections
from engine.analysis.preflight.repairs import insert, removal
from engine.analysis.preflight.task import Task
from engine.analysis.preflight.widen import divisors, narrower_windows, wider_borders
from engine.analysis.problem import Fix, Problem, Severity
from engine.graph.edits import SetParam
from engine.graph.model import NodeId
from engine.layers.blocks import REPEAT

_MOST_FIXES = 3


def failing_layers(place: Place, task: Task) -> Iterator[Problem]:
    """Every layer with an error; of an instance, only what its inside does not explain."""
    for node, report in place.analysis.nodes.items():
        if report.error and not _is_explained_inside(place, node):
            yield place.problem(Severity.ERROR, report.error, node, _fixes(place, node))


def _is_explained_inside(place: Place, node: NodeId) -> bool:
    """Whether the inside of an instance has a problem of its own, which is then reported there."""
    inside = place.report(node).inside
    if not inside:
        return False
    return not inside[-1].is_valid or not _has_output(place, node)


def _has_output(place: Place, node: NodeId) -> bool:
    layer = place.layer(node)
    return layer is not None and bool(layer.outputs)


def _fixes(place: Place, node: NodeId) -> list[Fix]:
    """Every way to mend a failing layer that was found to work, the most usual first."""
    works: list[Fix] = []
    for fix in _candidates(place, node):
        if place.works(fix.edit, node):
            works.append(fix)
        if len(works) == _MOST_FIXES:
            break
    return works


def _candidates(place: Place, node: NodeId) -> Iterator[Fix]:
    graph = place.graph
    layer, params, shapes = place.layer(node), place.params(node), place.inputs(node)
    if layer is None or params is None or not shapes:
        return
    if layer.id == "linear" and len(shapes[0]) > 2:
        yield insert(graph, graph.incoming(node), ("flatten", {}))
        if len(shapes[0]) == 3:
            yield insert(graph, graph.incoming(node), ("global_avg_pool2d", {}))
    elif layer.family == "Merge":
        yield from projections(place, node, shapes)
    elif "kernel_size" in params:
        if layer.family == "Pooling":
            yield from narrower_windows(place, node, layer, params, shapes[0])
            yield removal(graph, node)
        else:
            yield from wider_borders(place, node, layer, params, shapes[0])
            yield from narrower_windows(place, node, layer, params, shapes[0])
    yield from divisors(place, node, layer, params, shapes)
    if params.get(REPEAT.name, 1) != 1:
        yield Fix("Place it once", SetParam(node, REPEAT.name, 1))
