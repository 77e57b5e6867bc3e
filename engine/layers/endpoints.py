"""Where data enters a network and where its result leaves it."""

from __future__ import annotations

from engine.graph.block_edits import ends
from engine.graph.model import Graph
from engine.graph.params import Float, Params, Shape, format_value
from engine.layers.spec import Call, LayerSpec, Port, format_shape


def _shape_summary(params: Params) -> str:
    shape = params["shape"]
    return format_shape(shape) if isinstance(shape, tuple) else ""


INPUT = LayerSpec(
    id="input",
    label="Input",
    family="Input and output",
    call=Call.INPUT,
    base_name="input",
    doc="Where the samples of the data set enter the network.",
    formula="y = x",
    shape_rule="The shape of one sample; the batch axis is left out everywhere.",
    when="Every network starts with one.",
    pitfalls="Its shape has to be that of the data set's samples.",
    icon="login-variant",
    params=(
        Shape(
            name="shape",
            default=(1, 28, 28),
            doc="The shape of one sample without the batch axis: channels, height, width for images; "
            "the number of features for points.",
        ),
    ),
    inputs=(),
    summary=_shape_summary,
)

LOSS_WEIGHT = Float(
    name="loss_weight",
    default=1.0,
    minimum=0.0,
    maximum=1000.0,
    doc="How much the loss at this Output counts when there are several: training follows the gradient of the weighted "
    "sum of all losses. GoogLeNet's auxiliary heads count 0.3 each. The main Output is the one that was added first: "
    "the loss that is shown, the accuracy and all predictions come from it alone. A single Output counts wholly, "
    "whatever is set here.",
    passed=False,
)
"""The weight of an Output's loss; see `loss_weights`."""


def _loss_summary(params: Params) -> str:
    weight = params[LOSS_WEIGHT.name]
    return "" if weight == LOSS_WEIGHT.default else f"loss × {format_value(weight)}"


OUTPUT = LayerSpec(
    id="output",
    label="Output",
    family="Input and output",
    call=Call.OUTPUT,
    base_name="output",
    doc="What the network answers: one score for each class. The loss compares it with the target. Of several Outputs "
    "the one that was added first is the main one; the others are auxiliary heads, which only help it to learn.",
    formula="ŷ = x",
    shape_rule="The same as its input.",
    when="Every network ends with one. A second one half way feeds gradient into the lower layers of a deep network.",
    pitfalls="It has to have as many values as the data set has classes. When the main one of several is deleted and "
    "added anew, another one has become the main one.",
    source="Auxiliary heads: Szegedy et al., 2015 (Going Deeper with Convolutions)",
    also="head auxiliary classifier deep supervision",
    icon="logout-variant",
    params=(LOSS_WEIGHT,),
    inputs=(Port("scores"),),
    outputs=(),
    summary=_loss_summary,
)

BLOCK_INPUT = LayerSpec(
    id="block_input",
    label="Block input",
    family="Input and output",
    call=Call.INPUT,
    base_name="x",
    doc="Where values enter a block: each one is an input of every instance of the block.",
    formula="y = x",
    shape_rule="The shape of what is wired to the instance.",
    when="Inside a block, once for each of its inputs; they are numbered in the order in which they were added.",
    pitfalls="A block with several inputs cannot be repeated, since its copies stand in a row.",
    icon="login-variant",
    inputs=(),
)

BLOCK_OUTPUT = LayerSpec(
    id="block_output",
    label="Block output",
    family="Input and output",
    call=Call.OUTPUT,
    base_name="result",
    doc="Where values leave a block: each one is an output of every instance of the block.",
    formula="y = x",
    shape_rule="The same as its input.",
    when="Inside a block, once for each of its outputs.",
    pitfalls="What does not lead to an output of the block is not computed.",
    icon="logout-variant",
    inputs=(Port("value"),),
    outputs=(),
)


def loss_weights(graph: Graph) -> dict[str, float]:
    """How much the loss at each Output of a network counts, by the Outputs' names.

    They come in the order in which the compiled network returns its outputs, the main one first. A single Output has
    nothing to be weighed against, so it counts 1.
    """
    outputs = [graph.nodes[node] for node in ends(graph, OUTPUT.id)]
    if len(outputs) == 1:
        return {outputs[0].name: 1.0}
    return {node.name: LOSS_WEIGHT.check(node.params[LOSS_WEIGHT.name]) for node in outputs}
