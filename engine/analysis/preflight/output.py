"""Whether the network ends in what the loss expects, at each of its Outputs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.analysis.preflight.input import expects_other_data
from engine.analysis.preflight.places import Place
from engine.analysis.preflight.repairs import NewLayer, insert, removal
from engine.analysis.preflight.task import Task
from engine.analysis.preflight.wiring import leading_to
from engine.analysis.problem import Fix, Problem, Severity
from engine.graph.block_edits import BLOCK_OUTPUT, ends
from engine.graph.blocks import block_of
from engine.graph.edits import Compound, Connect, Disconnect, SetParam
from engine.graph.expressions import MARK, is_expression
from engine.graph.model import Edge, Graph, NodeId
from engine.graph.params import ParamError
from engine.layers.blocks import declared
from engine.layers.endpoints import LOSS_WEIGHT, OUTPUT, loss_weights
from engine.layers.registry import spec
from engine.layers.spec import Call, TensorShape, describe_shape

_DENSE = "linear"
_TRANSPARENT = ("Activation", "Regularization")
"""The families of layers that pass on as many values as they get."""


def wrong_output(place: Place, task: Task) -> Iterator[Problem]:
    """An Output that is not one number for each class."""
    if not place.is_network or expects_other_data(place, task):
        return
    found = place.ends(Call.OUTPUT)
    for node in found:
        outputs = place.report(node.id).outputs
        if not outputs or outputs[0] == (task.classes,):
            continue
        wanted, given = f"a vector of {task.classes} values", describe_shape(outputs[0])
        what = f"so the network has to end in {wanted}, but it ends in {given}."
        if len(found) > 1:
            what = f"so each Output has to get {wanted}, but “{node.name}” gets {given}."
        sentence = f"“{task.data_label}” has {task.classes} classes, {what}"
        yield place.problem(Severity.ERROR, sentence, node.id, _fit(place, node.id, outputs[0], task))


def _fit(place: Place, output: NodeId, shape: TensorShape, task: Task) -> list[Fix]:
    graph = place.graph
    dense: NewLayer = (_DENSE, {"out_features": task.classes})
    edges = graph.incoming(output)
    if len(shape) == 1:
        return _resized(place, output, task.classes) or [insert(graph, edges, dense)]
    if not shape:
        return [insert(graph, edges, ("unsqueeze", {"dim": 1}), dense)]
    fixes = []
    if len(shape) == 3:
        pool: NewLayer = ("global_avg_pool2d", {})
        fixes.append(insert(graph, edges, *([pool] if shape[0] == task.classes else [pool, dense])))
    return [*fixes, insert(graph, edges, ("flatten", {}), dense)]


def _resized(place: Place, output: NodeId, classes: int) -> list[Fix]:
    """Let the layer that decides how many values reach `output` give one per class, where that does no harm."""
    graph = place.graph
    edit = sizing(graph, output, classes)
    if edit is None or not _decides_scores_alone(graph, edit.node):
        return []
    node = graph.nodes[edit.node]
    layer = declared(graph, node)
    if layer.call is not Call.BLOCK:
        return [Fix(f"Set {node.name} to {classes} units", edit)]
    label = f"Set the {layer.param(edit.name).title.lower()} of {node.name} to {classes}"
    return [Fix(label, edit)] if place.works(edit, node.id) else []


def sizing(graph: Graph, output: NodeId, values: int) -> SetParam | None:
    """The edit that lets so many `values` reach `output`, in the layer that decides how many do.

    That is a dense layer, or an instance of a block that hands a parameter on to one; None where there is no such
    layer, or it cannot give so many.
    """
    node, name = _size_decider(graph, output) or (output, "")
    if not name:
        return None
    try:
        return SetParam(node, name, declared(graph, graph.nodes[node]).param(name).check(values))
    except ParamError:
        return None


def _size_decider(graph: Graph, node: NodeId) -> tuple[NodeId, str] | None:
    """What decides how many values reach `node`, and the parameter by which it does."""
    while incoming := graph.incoming(node):
        node, port = incoming[0].source, incoming[0].source_port
        layer = graph.nodes[node].layer
        block = block_of(layer)
        if layer == _DENSE:
            return node, "out_features"
        if block is not None:
            name = _deciding_param(graph, block, port)
            return (node, name) if name else None
        if not _is_transparent(graph, node):
            return None
    return None


def _deciding_param(graph: Graph, block: str, port: int) -> str:
    """The parameter of a block that is the number of values at its output `port`; empty where there is none."""
    inside = graph.blocks.graph(block)
    ways_out = ends(inside, BLOCK_OUTPUT)
    found = _size_decider(inside, ways_out[port]) if port < len(ways_out) else None
    value = inside.nodes[found[0]].params[found[1]] if found else ""
    name = str(value).removeprefix(MARK).strip() if is_expression(value) else ""
    return name if name in {param.name for param in graph.blocks[block].params} else ""


def _is_transparent(graph: Graph, node: NodeId) -> bool:
    layer = graph.nodes[node].layer
    return block_of(layer) is None and spec(layer).family in _TRANSPARENT


def _decides_scores_alone(graph: Graph, node: NodeId) -> bool:
    """Whether what comes from `node` is of use for nothing but scores, at one Output or several."""
    behind = graph.wiring.descendants(node) - {node}
    return all(graph.nodes[each].layer == OUTPUT.id or _is_transparent(graph, each) for each in behind)


def nothing_to_learn(place: Place, task: Task) -> Iterator[Problem]:
    """A network without weights."""
    outputs = [node.id for node in place.ends(Call.OUTPUT) if place.report(node.id).outputs]
    if not place.is_network or place.analysis.parameters or not outputs:
        return
    sentence = "The network has no weights, so it has nothing to learn: add a layer such as Dense or Conv 2D."
    yield place.problem(Severity.ERROR, sentence, fixes=_weights_before(place, outputs[0], task))


def nothing_learnt_at(place: Place, task: Task) -> Iterator[Problem]:
    """One of several Outputs that no layer with weights leads to."""
    outputs = [node for node in place.ends(Call.OUTPUT) if place.report(node.id).outputs]
    if not place.is_network or not place.analysis.parameters or len(outputs) < 2:
        return
    for node in outputs:
        if not any(place.report(each).parameters for each in leading_to(place, [node.id])):
            sentence = (
                f"No layer with weights leads to “{node.name}”, so nothing can be learnt from its loss: "
                "add a layer such as Dense before it, or delete it."
            )
            yield place.problem(Severity.WARNING, sentence, node.id, _weights_before(place, node.id, task))


def _weights_before(place: Place, output: NodeId, task: Task) -> list[Fix]:
    """A dense layer before an Output that gets a vector."""
    (shape,) = place.report(output).outputs
    dense: NewLayer = (_DENSE, {"out_features": task.classes})
    return [insert(place.graph, place.graph.incoming(output), dense)] if len(shape) == 1 else []


def nothing_counts(place: Place, task: Task) -> Iterator[Problem]:
    """Several Outputs, none of whose losses counts."""
    found = place.ends(Call.OUTPUT)
    if place.is_network and found and not any(loss_weights(place.graph).values()):
        sentence = "The loss counts at none of the Outputs, so nothing would be learnt: give one of them a loss weight."
        fix = Fix(f"Let {found[0].name} count", SetParam(found[0].id, LOSS_WEIGHT.name, LOSS_WEIGHT.default))
        yield place.problem(Severity.ERROR, sentence, found[0].id, [fix])


def double_softmax(place: Place, task: Task) -> Iterator[Problem]:
    """A softmax before an Output, where the loss contains one already."""
    if task.loss != "cross_entropy" or not place.is_network:
        return
    at_end: dict[NodeId, list[Edge]] = {}
    for output in place.ends(Call.OUTPUT):
        for edge in place.graph.incoming(output.id):
            if place.graph.nodes[edge.source].layer == "softmax":
                at_end.setdefault(edge.source, []).append(edge)
    for softmax, edges in at_end.items():
        sentence = "Cross-entropy contains a softmax already; with a second one before it the network learns slowly."
        yield place.problem(Severity.WARNING, sentence, softmax, _without(place.graph, softmax, edges))


def _without(graph: Graph, softmax: NodeId, edges: Sequence[Edge]) -> list[Fix]:
    """Let the wires `edges` to Outputs begin before `softmax`, which is removed when it feeds nothing else."""
    if len(graph.outgoing(softmax)) == len(edges):
        return [removal(graph, softmax)]
    feeds = graph.incoming(softmax)
    if not feeds:
        return []
    start = (feeds[0].source, feeds[0].source_port)
    around = [Connect(Edge(*start, edge.target, edge.target_port)) for edge in edges]
    label = f"Wire the Output{'s' if len(edges) > 1 else ''} past {graph.nodes[softmax].name}"
    return [Fix(label, Compound(label, (*map(Disconnect, edges), *around)))]
