"""What keeps a network from training, or from doing what its author expects; with a fix where there is one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.analysis.problem import Problem, Severity
from engine.analysis.report import Analysis
from engine.graph.edits import Compound, Edit, MoveNodes, RemoveNode, SetParam, dissolve, insert_on_edge
from engine.graph.model import Graph, Node, NodeId
from engine.layers.nodes import new_node
from engine.layers.registry import spec
from engine.layers.spec import Call, TensorShape, describe_shape, format_shape
from engine.layers.wiring import free_input

_ROW = 96.0
"""How much lower a layer lies than the one before it, in scene units."""


@dataclass(frozen=True, slots=True)
class Task:
    """What the network is to be trained for."""

    data_label: str
    """What people call the data set."""
    input_shape: TensorShape
    """The shape of one sample."""
    classes: int
    """How many classes the samples fall into."""
    loss: str
    """The id of the loss."""


def find_problems(graph: Graph, analysis: Analysis, task: Task) -> list[Problem]:
    """Everything that is wrong with `graph` as a network for `task`, errors first; empty for an empty graph."""
    if not graph.nodes:
        return []
    found = [
        *_missing_ends(graph),
        *_layer_errors(graph, analysis),
        *_unwired(graph),
        *_wrong_input(graph, task),
        *_wrong_output(graph, analysis, task),
        *_nothing_to_learn(graph, analysis),
        *_double_softmax(graph, task),
        *_dead_ends(graph),
    ]
    return sorted(found, key=lambda problem: problem.severity is not Severity.ERROR)


def _ends(graph: Graph, call: Call) -> list[Node]:
    # By id and not as the graph has them, so that undoing and reopening do not change which one counts.
    nodes = sorted(graph.nodes.values(), key=lambda node: (len(node.id), node.id))
    return [node for node in nodes if spec(node.layer).call is call]


def _missing_ends(graph: Graph) -> Iterator[Problem]:
    for call, label, wire_to in (
        (Call.INPUT, "Input", "wire it to the first layer"),
        (Call.OUTPUT, "Output", "wire the last layer to it"),
    ):
        nodes = _ends(graph, call)
        if not nodes:
            yield Problem(Severity.ERROR, f"The network has no {label}: add one and {wire_to}.")
        for node in nodes[1:]:
            sentence = f"The network has more than one {label}; training needs exactly one."
            yield Problem(Severity.ERROR, sentence, node.id, RemoveNode(node.id), f"Delete {node.name}")


def _layer_errors(graph: Graph, analysis: Analysis) -> Iterator[Problem]:
    for node_id, report in analysis.nodes.items():
        if report.error:
            fix = _flatten_before(graph, analysis, node_id)
            label = "Insert Flatten" if fix else ""
            yield Problem(Severity.ERROR, report.error, node_id, fix, label)


def _flatten_before(graph: Graph, analysis: Analysis, node_id: NodeId) -> Edit | None:
    incoming = graph.incoming(node_id)
    if graph.nodes[node_id].layer != "linear" or len(incoming) != 1:
        return None
    shape = analysis.nodes[incoming[0].source].outputs[incoming[0].source_port]
    if len(shape) < 3:
        return None
    (x, y), (_, above) = graph.nodes[node_id].position, graph.nodes[incoming[0].source].position
    insert = insert_on_edge(new_node(graph, "flatten", (x, above + _ROW)), incoming[0])
    if y - above >= 2 * _ROW:
        return insert
    below = {node: graph.nodes[node].position for node in graph.descendants(node_id)}
    make_room = MoveNodes({node: (column, row + _ROW) for node, (column, row) in below.items()})
    return Compound(insert.label, (make_room, insert))


def _unwired(graph: Graph) -> Iterator[Problem]:
    for node in graph.nodes.values():
        declared = spec(node.layer)
        if not declared.inputs:
            continue
        if declared.is_variadic:
            inputs = len(graph.incoming(node.id))
            if inputs == 0:
                yield Problem(Severity.ERROR, f"Nothing is wired to “{node.name}”.", node.id)
            elif inputs == 1:
                sentence = f"“{node.name}” has only one input, so there is nothing to {declared.label.lower()}."
                yield Problem(Severity.WARNING, sentence, node.id)
        elif free_input(graph, node.id) is not None:
            yield Problem(Severity.ERROR, f"Nothing is wired to the input of “{node.name}”.", node.id)


def _wrong_input(graph: Graph, task: Task) -> Iterator[Problem]:
    for node in _ends(graph, Call.INPUT)[:1]:
        shape = node.params["shape"]
        if shape != task.input_shape:
            assert isinstance(shape, tuple)
            yield Problem(
                Severity.ERROR,
                f"A sample of “{task.data_label}” is {describe_shape(task.input_shape)}, "
                f"but “{node.name}” expects {describe_shape(shape)}.",
                node.id,
                SetParam(node.id, "shape", task.input_shape),
                f"Set the shape to {format_shape(task.input_shape)}",
            )


def _wrong_output(graph: Graph, analysis: Analysis, task: Task) -> Iterator[Problem]:
    for node in _ends(graph, Call.OUTPUT)[:1]:
        outputs = analysis.nodes[node.id].outputs
        if not outputs or outputs[0] == (task.classes,):
            continue
        last = last_linear(graph, node.id)
        fix = SetParam(last, "out_features", task.classes) if last and len(outputs[0]) == 1 else None
        yield Problem(
            Severity.ERROR,
            f"“{task.data_label}” has {task.classes} classes, so the network has to end in a vector of "
            f"{task.classes} values, but it ends in {describe_shape(outputs[0])}.",
            node.id,
            fix,
            f"Set {graph.nodes[last].name} to {task.classes} units" if fix and last else "",
        )


def _nothing_to_learn(graph: Graph, analysis: Analysis) -> Iterator[Problem]:
    if analysis.parameters == 0 and any(analysis.nodes[node.id].outputs for node in _ends(graph, Call.OUTPUT)):
        sentence = "The network has no weights, so it has nothing to learn: add a layer such as Dense or Conv 2D."
        yield Problem(Severity.ERROR, sentence)


def last_linear(graph: Graph, node: NodeId) -> NodeId | None:
    """The dense layer that decides how many values reach `node`, looking through layers that keep the shape."""
    while incoming := graph.incoming(node):
        node = incoming[0].source
        declared = spec(graph.nodes[node].layer)
        if declared.id == "linear":
            return node
        if declared.family not in ("Activation", "Regularization"):
            return None
    return None


def _double_softmax(graph: Graph, task: Task) -> Iterator[Problem]:
    if task.loss != "cross_entropy":
        return
    for output in _ends(graph, Call.OUTPUT)[:1]:
        for edge in graph.incoming(output.id):
            node = graph.nodes[edge.source]
            if node.layer == "softmax":
                sentence = (
                    "Cross-entropy contains a softmax already; with a second one before it the network learns slowly."
                )
                fix = dissolve(graph, node.id)
                yield Problem(Severity.WARNING, sentence, node.id, fix, f"Remove {node.name}")


def _dead_ends(graph: Graph) -> Iterator[Problem]:
    if not _ends(graph, Call.OUTPUT):
        return
    for node in graph.nodes.values():
        if spec(node.layer).outputs and not graph.outgoing(node.id):
            yield Problem(
                Severity.WARNING, f"“{node.name}” leads nowhere: wire it on towards the Output, or delete it.", node.id
            )
