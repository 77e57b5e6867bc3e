"""Where data enters a network and where its result leaves it."""

from __future__ import annotations

from engine.graph.params import Params, Shape
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

OUTPUT = LayerSpec(
    id="output",
    label="Output",
    family="Input and output",
    call=Call.OUTPUT,
    base_name="output",
    doc="What the network answers: one score for each class. The loss compares it with the target.",
    formula="ŷ = x",
    shape_rule="The same as its input.",
    when="Every network ends with one.",
    pitfalls="It has to have as many values as the data set has classes.",
    icon="logout-variant",
    inputs=(Port("scores"),),
    outputs=(),
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
