"""Whether the network ends in what the loss expects."""

from __future__ import annotations

from collections.abc import Iterator

from engine.analysis.preflight.input import expects_other_data
from engine.analysis.preflight.places import Place
from engine.analysis.preflight.repairs import NewLayer, insert, removal
from engine.analysis.preflight.task import Task
from engine.analysis.problem import Fix, Problem, Severity
from engine.graph.blocks import block_of
from engine.graph.edits import Compound, Connect, Disconnect, SetParam
from engine.graph.model import Edge, Graph, NodeId
from engine.layers.registry import spec
from engine.layers.spec import Call, TensorShape, describe_shape

_TRANSPARENT = ("Activation", "Regularization")
"""The families of layers that pass on as many values as they get."""


def wrong_output(place: Place, task: Task) -> Iterator[Problem]:
    """An Output that is not one number for each class."""
    if not place.is_network or expects_other_data(place, task):
        return
    for node in place.ends(Call.OUTPUT)[:1]:
        outputs = place.report(node.id).outputs
        if not outputs or outputs[0] == (task.classes,):
            continue
        yield place.problem(
            Severity.ERROR,
            f"“{task.data_label}” has {task.classes} classes, so the network has to end in a vector of "
            f"{task.classes} values, but it ends in {describe_shape(outputs[0])}.",
            node.id,
            _fit(place, node.id, outputs[0], task),
        )


def _fit(place: Place, output: NodeId, shape: TensorShape, task: Task) -> list[Fix]:
    graph = place.graph
    last = last_linear(graph, output)
    fixes = []
    if last is not None and len(shape) == 1 and _decides_alone(graph, last):
        edit = SetParam(last, "out_features", task.classes)
        fixes.append(Fix(f"Set {graph.nodes[last].name} to {task.classes} units", edit))
    dense: NewLayer = ("linear", {"out_features": task.classes})
    edges = graph.incoming(output)
    if len(shape) == 1:
        return fixes or [insert(graph, edges, dense)]
    if len(shape) == 3:
        pool: NewLayer = ("global_avg_pool2d", {})
        fixes.append(insert(graph, edges, *([pool] if shape[0] == task.classes else [pool, dense])))
    return [*fixes, insert(graph, edges, ("flatten", {}), dense)]


def last_linear(graph: Graph, node: NodeId) -> NodeId | None:
    """The dense layer that decides how many values reach `node`, looking through layers that keep the shape."""
    while incoming := graph.incoming(node):
        node = incoming[0].source
        layer = graph.nodes[node].layer
        if layer == "linear":
            return node
        if block_of(layer) is not None or spec(layer).family not in _TRANSPARENT:
            return None
    return None


def _decides_alone(graph: Graph, node: NodeId) -> bool:
    """Whether nothing but the Output gets what comes from `node`."""
    while edges := graph.outgoing(node):
        if len(edges) > 1:
            return False
        node = edges[0].target
    return True


def nothing_to_learn(place: Place, task: Task) -> Iterator[Problem]:
    """A network without weights."""
    outputs = [node.id for node in place.ends(Call.OUTPUT) if place.report(node.id).outputs]
    if not place.is_network or place.analysis.parameters or not outputs:
        return
    sentence = "The network has no weights, so it has nothing to learn: add a layer such as Dense or Conv 2D."
    (shape,) = place.report(outputs[0]).outputs
    dense: NewLayer = ("linear", {"out_features": task.classes})
    fixes = [insert(place.graph, place.graph.incoming(outputs[0]), dense)] if len(shape) == 1 else []
    yield place.problem(Severity.ERROR, sentence, fixes=fixes)


def double_softmax(place: Place, task: Task) -> Iterator[Problem]:
    """A softmax at the end, where the loss contains one already."""
    if task.loss != "cross_entropy" or not place.is_network:
        return
    for output in place.ends(Call.OUTPUT)[:1]:
        for edge in place.graph.incoming(output.id):
            node = place.graph.nodes[edge.source]
            if node.layer == "softmax":
                sentence = (
                    "Cross-entropy contains a softmax already; with a second one before it the network learns slowly."
                )
                yield place.problem(Severity.WARNING, sentence, node.id, _without(place.graph, edge))


def _without(graph: Graph, edge: Edge) -> list[Fix]:
    """Let the wire `edge` begin before the layer at which it begins; that is deleted when it feeds nothing else."""
    if len(graph.outgoing(edge.source)) == 1:
        return [removal(graph, edge.source)]
    (feed,) = graph.incoming(edge.source)
    around = Connect(Edge(feed.source, feed.source_port, edge.target, edge.target_port))
    label = f"Wire the Output past {graph.nodes[edge.source].name}"
    return [Fix(label, Compound(label, (Disconnect(edge), around)))]
