"""Whether the network takes what the data set gives."""

from __future__ import annotations

from collections.abc import Iterator

from engine.analysis.preflight.places import Place
from engine.analysis.preflight.repairs import insert
from engine.analysis.preflight.task import Task
from engine.analysis.problem import Fix, Problem, Severity
from engine.graph.edits import Compound, SetParam, SetSetting
from engine.graph.model import NodeId
from engine.layers.spec import Call, TensorShape, describe_shape, format_shape


def wrong_input(place: Place, task: Task) -> Iterator[Problem]:
    """An Input of another shape than the samples have."""
    if not place.is_network:
        return
    for node in place.ends(Call.INPUT)[:1]:
        shape = node.params["shape"]
        assert isinstance(shape, tuple)
        if shape == task.input_shape:
            continue
        fixes = [*_fit(place, node.id, shape, task), *_other_data(shape, task)]
        sample, expected = describe_shape(task.input_shape), describe_shape(shape)
        if task.is_chosen:
            sentence = f"A sample of “{task.data_label}” is {sample}, but “{node.name}” expects {expected}."
            severity = Severity.ERROR
        else:
            sentence = (
                f"No data set is chosen for this network, and “{task.data_label}”, which is taken then, does not fit: "
                f"a sample of it is {sample}, but “{node.name}” expects {expected}."
            )
            severity = Severity.DATA
        yield place.problem(severity, sentence + _hint(place, task), node.id, fixes)


def expects_other_data(place: Place, task: Task) -> bool:
    """Whether the network is made for data that the project does not have, so that its output may be right."""
    return not task.is_chosen and any(node.params["shape"] != task.input_shape for node in place.ends(Call.INPUT)[:1])


def _fit(place: Place, node: NodeId, shape: TensorShape, task: Task) -> list[Fix]:
    """Let the network take the samples as they are, or laid out in one row where it takes rows."""
    label = f"Set the shape to {format_shape(task.input_shape)}"
    plain = SetParam(node, "shape", task.input_shape)
    edges = place.graph.outgoing(node)
    if len(shape) == 1 < len(task.input_shape) and edges:
        flattened = Compound(label, (insert(place.graph, edges, ("flatten", {})).edit, plain))
        if place.works(flattened, node):
            return [Fix(f"{label} and flatten it", flattened)]
    return [Fix(label, plain)] if place.works(plain, node) else []


def _other_data(shape: TensorShape, task: Task) -> list[Fix]:
    return [
        Fix(f"Train on {data.label}", SetSetting("data", "dataset", data.id))
        for data in task.other_data
        if data.input_shape == shape
    ]


def _hint(place: Place, task: Task) -> str:
    """Why a network that looks at images cannot do with other samples."""
    if len(task.input_shape) == 3:
        return ""
    ranks = [port.ranks for node in place.graph.nodes if (layer := place.layer(node)) for port in layer.inputs]
    if (3,) not in ranks:
        return ""
    return " Its convolutions and poolings need images: choose a data set of images, or build it of dense layers."
