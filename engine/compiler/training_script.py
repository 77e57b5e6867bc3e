"""A whole training script around a network: data, recipe and loop in one file that needs PyTorch and no Netwright.

The parts are texts with `$` names in them, for which values are put in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from string import Template

from engine.analysis.report import Analysis
from engine.analysis.shapes import ShapeInference
from engine.compiler.build import CompileError
from engine.compiler.code_format import Code, Line
from engine.compiler.codegen import as_file, network_lines
from engine.graph.errors import GraphError
from engine.graph.model import Graph
from engine.graph.params import ParamValue
from engine.layers.spec import TensorShape, format_shape

TAKEN = frozenset(
    """
    CLASSES DATA_SEED HEAD IMAGE_SIZE MEAN STD Samples choose_device collect divide evaluate freeze_backbone load_data
    loss_of main make_optimizer mean_over_processes normalised parse_options rank spirals train_epoch world_size
    """.split()
)
"""The names of functions and constants of the script, which no class of the network can have."""


class ScriptError(GraphError):
    """A project for which no training script can be written; its text is one sentence for the user."""


@dataclass(frozen=True, slots=True)
class ScriptData:
    """The data of a script."""

    kind: str
    """`mnist`, `spirals`, or `folder` for images in folders that are named after their classes."""
    label: str
    """What people call it."""
    classes: int
    """How many classes there are."""
    params: Mapping[str, ParamValue]
    """What is set about the data set."""


def training_script(
    graph: Graph,
    data: ScriptData,
    recipe: Mapping[str, ParamValue],
    head: Sequence[str] = (),
    class_name: str = "Network",
    analysis: Analysis | None = None,
) -> Code:
    """The script that trains `graph`: with `python train.py`, or on several devices with `torchrun`.

    Args:
        data: what to train on.
        recipe: how to train, by the names of the recipe's settings.
        head: the only modules that learn, by their paths; empty when all do.
        class_name: the name of the network's class.
        analysis: what is known about `graph`, if it has been analysed already.

    Raises:
        CompileError: the graph is not a whole network yet.
        ScriptError: the network has not one input and one output of one number for each class.
    """
    known = ShapeInference().analyse(graph) if analysis is None else analysis
    network = network_lines(graph, class_name, known, TAKEN)
    shape = _sample_shape(graph, known, data)
    title = (
        f"Trains {class_name} on {data.label}: python train.py, or on several devices "
        "torchrun --standalone --nproc-per-node=2 train.py."
    )
    values = _values(data, recipe, shape)
    parts = [_CONSTANTS, _DATA[data.kind], _FREEZING if head else "", _LOOP, _OPTIMIZERS[str(recipe["optimizer"])], _MAIN]
    values |= {
        "head": "HEAD = " + repr(tuple(head)).replace("'", '"') + "\n" if head else "",
        "freeze": "    freeze_backbone(model)\n" if head else "",
        "train": "network.train()\n    freeze_backbone(model)" if head else "network.train()",
        "trained": "[parameter for parameter in model.parameters() if parameter.requires_grad]"
        if head
        else "model.parameters()",
    }
    text = "".join(Template(part).substitute(values) for part in parts if part)
    constants, _, rest = text.partition("\n\n\n")
    lines = [*map(Line, constants.splitlines()), Line(""), Line(""), *network, Line(""), Line("")]
    return as_file(title, [*lines, *map(Line, rest.rstrip("\n").splitlines())])


def _sample_shape(graph: Graph, analysis: Analysis, data: ScriptData) -> TensorShape:
    ends = {kind: [node for node in graph.nodes.values() if node.layer == kind] for kind in ("input", "output")}
    if len(ends["input"]) != 1 or len(ends["output"]) != 1:
        raise ScriptError("A training script can be written for networks with one Input and one Output.")
    (shape,), (given,) = (analysis.nodes[nodes[0].id].outputs for nodes in ends.values())
    if given != (data.classes,):
        raise ScriptError(
            f"{data.label} needs {data.classes} numbers at the Output, one for each class, "
            f"but this network gives {format_shape(given)}."
        )
    if data.kind == "folder" and (len(shape) != 3 or shape[0] not in (1, 3)):
        raise ScriptError(
            f"This network takes {format_shape(shape)}: choose a data set that fits it, and the script will have it."
        )
    if data.kind in _SHAPES and shape != _SHAPES[data.kind]:
        raise ScriptError(
            f"The samples of {data.label} are {format_shape(_SHAPES[data.kind])}, "
            f"but this network takes {format_shape(shape)}."
        )
    return shape
