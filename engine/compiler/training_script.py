"""A whole training script around a network: data, recipe and loop in one file that needs PyTorch and no Netwright."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.analysis.report import Analysis
from engine.analysis.shapes import ShapeInference
from engine.compiler import training_templates as templates
from engine.compiler.code_format import Code, Line, call
from engine.compiler.codegen import as_file, network_lines
from engine.graph.block_edits import ends
from engine.graph.errors import GraphError
from engine.graph.model import Graph
from engine.graph.params import ParamValue
from engine.layers.endpoints import INPUT, OUTPUT, loss_weights
from engine.layers.spec import TensorShape, format_shape


class ScriptError(GraphError):
    """A project for which no training script can be written; its text is one sentence for the user."""


@dataclass(frozen=True, slots=True)
class ScriptData:
    """The data of a script."""

    kind: str
    """`mnist`, `spirals`, or `folder` for images in folders that are named after their classes."""
    label: str
    """What people call it."""
    sample: TensorShape
    """The shape of one sample, without the batch axis."""
    classes: int
    """How many classes there are."""
    params: Mapping[str, ParamValue]
    """What is set about the data set."""


def network_ends(graph: Graph, analysis: Analysis) -> tuple[TensorShape, dict[str, TensorShape]]:
    """What a network that can be trained by a script takes, and what it gives at each Output, by their names.

    The main Output comes first, as in `loss_weights`.

    Raises:
        ScriptError: it has not one input, or no output.
    """
    inputs, outputs = ends(graph, INPUT.id), ends(graph, OUTPUT.id)
    if len(inputs) != 1 or not outputs:
        raise ScriptError("A training script can be written for a network with one Input and at least one Output.")
    shapes = [analysis.nodes[node].outputs for node in (*inputs, *outputs)]
    if not all(shapes):
        raise ScriptError("A training script can be written when all layers on the way to the Output are wired.")
    names = [graph.nodes[node].name for node in outputs]
    return shapes[0][0], {name: shape for name, (shape,) in zip(names, shapes[1:], strict=True)}


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
        ScriptError: the network does not fit the data.
    """
    known = ShapeInference().analyse(graph) if analysis is None else analysis
    network = network_lines(graph, class_name, known, templates.TAKEN)
    sample, given = network_ends(graph, known)
    if sample != data.sample:
        raise ScriptError(
            f"The samples of {data.label} are {format_shape(data.sample)}, but the network takes "
            f"{format_shape(sample)}: choose a data set that fits it."
        )
    for name, shape in given.items():
        if shape != (data.classes,):
            end = "the Output" if len(given) == 1 else f"the Output “{name}”"
            raise ScriptError(
                f"{data.label} needs {data.classes} numbers at {end}, one for each class, but the network gives "
                f"{format_shape(shape)}."
            )
    constants, functions = templates.filled(data.kind, _values(data, recipe, head, loss_weights(graph)))
    gap = [Line(""), Line("")]
    return as_file(
        [*_lines(constants), *gap, *network, *gap, *_lines(functions)],
        f"{class_name}, trained on {data.label}.",
        "    python train.py\n    torchrun --standalone --nproc-per-node=2 train.py",
        "The second line trains with two processes, each on a device of its own where there are GPUs.",
    )


def _lines(text: str) -> list[Line]:
    return [Line(line) for line in text.strip("\n").splitlines()]


def _values(
    data: ScriptData, recipe: Mapping[str, ParamValue], head: Sequence[str], weights: Mapping[str, float]
) -> dict[str, str]:
    """What is put into the templates."""
    rate, decay, momentum = (float(str(recipe[name])) for name in ("learning_rate", "weight_decay", "momentum"))
    arguments = ["lr=options.learning_rate"]
    if recipe["optimizer"] == "sgd" and momentum:
        arguments.append(f"momentum={momentum!r}")
    if decay:
        arguments.append(f"weight_decay={decay!r}")
    learning = "[parameter for parameter in model.parameters() if parameter.requires_grad]"
    arguments.insert(0, learning if head else "model.parameters()")
    optimizer = {"sgd": "SGD", "adam": "Adam", "rmsprop": "RMSprop"}[str(recipe["optimizer"])]
    made = call(f"torch.optim.{optimizer}", arguments).before("optimizer = ")
    return {
        **{name: repr(value) for name, value in data.params.items()},
        "classes": str(data.classes),
        "image_size": repr(tuple(data.sample[1:])),
        "grey": "transforms.Grayscale(), " if data.sample[:1] == (1,) else "",
        "head": ", ".join(f'"{path}"' for path in head) + ("," if len(head) == 1 else ""),
        "freezes": "yes" if head else "",
        "weights": "".join(f'    "{name}": {weight!r},\n' for name, weight in weights.items()),
        "several": "yes" if len(weights) > 1 else "",
        "optimizer": "\n".join(line.text for line in made.lines(depth=1)),
        "loss": str(recipe["loss"]),
        "learning_rate": repr(rate),
        **{name: str(recipe[name]) for name in ("batch_size", "epochs", "seed", "device", "threads")},
    }
