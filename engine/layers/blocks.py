"""Instances of blocks seen as layers: the declaration that follows from a block's definition."""

from __future__ import annotations

import re
from collections.abc import Mapping

from engine.graph import expressions
from engine.graph.block_edits import BLOCK_INPUT, BLOCK_OUTPUT, ends
from engine.graph.blocks import PREFIX, Block, block_of
from engine.graph.model import Graph, Node
from engine.graph.params import Choice, Int, Param, Params, ParamValue, format_value
from engine.layers.registry import UnknownLayerError, spec
from engine.layers.spec import Call, LayerSpec, Port, whole

REPEAT = Int(
    name="repeat",
    default=1,
    minimum=1,
    maximum=1000,
    passed=False,
    doc="How many copies stand in a row, each with weights of its own and fed by the one before.",
)
NUMBERING = Choice(
    name="numbering",
    label="Copies",
    default="inside",
    options=("inside", "beside"),
    titles=("name.0, .1, …", "name1, 2, …"),
    passed=False,
    # What copies are called is no question while there is only one.
    only_with=(REPEAT.name, tuple(range(2, REPEAT.maximum + 1))),
    doc="What the copies are called in the model: “blocks” gives blocks.0, blocks.1, …; counting on, “block1” gives "
    "block1, block2, ….",
)
INSTANCE_PARAMS: tuple[Param, ...] = (REPEAT, NUMBERING)
"""What can be set about every instance, whatever its block."""


def declared(graph: Graph, node: Node) -> LayerSpec:
    """The declaration of what `node` is: a layer of the catalogue, or a block of the project.

    Raises:
        UnknownLayerError: there is no such layer, or no such block in the project.
    """
    return layer_spec(graph, node.layer)


def layer_spec(graph: Graph, layer: str) -> LayerSpec:
    """The declaration of `layer`: one of the catalogue, or a block of the project of `graph`.

    Raises:
        UnknownLayerError: there is no such layer, or no such block in the project.
    """
    name = block_of(layer)
    if name is None:
        return spec(layer)
    if name not in graph.blocks:
        raise UnknownLayerError(layer)
    return block_spec(graph.blocks[name])


def block_spec(block: Block) -> LayerSpec:
    """The declaration of the instances of `block`."""
    return LayerSpec(
        id=PREFIX + block.name,
        label=block.name,
        family="Block",
        call=Call.BLOCK,
        base_name=base_name(block.name),
        doc=block.doc or "A block of this project.",
        formula="",
        shape_rule="What its layers make of the shape; enter it to see each.",
        when="Where the same group of layers is needed again: all instances change with the definition.",
        pitfalls="A change inside it changes every instance; make one unique to change it alone.",
        icon="cube-outline",
        params=(*block.params, *INSTANCE_PARAMS),
        inputs=_ports(block, BLOCK_INPUT),
        outputs=_ports(block, BLOCK_OUTPUT),
        summary=lambda params: _summary(block, params),
    )


def resolved(layer: LayerSpec, params: Params, variables: Params) -> Params:
    """`params` with plain values for the expressions in them, computed from the parameters of the block around.

    Raises:
        ParamError: an expression cannot be computed, or its value is out of range.
    """
    if not expressions.has_expression(params.values()):
        return params
    known = {param.name: param for param in layer.params}
    return {name: expressions.resolve(known[name], value, variables) for name, value in params.items()}


def copies(node: Node, params: Params) -> list[str]:
    """The names of the modules of an instance: its own name, or one for each copy."""
    number = whole(params[REPEAT.name])
    if number == 1:
        return [node.name]
    if params[NUMBERING.name] == "inside":
        return [f"{node.name}.{index}" for index in range(number)]
    stem = node.name.rstrip("0123456789")
    first = int(node.name[len(stem) :] or 0)
    return [f"{stem}{first + index}" for index in range(number)]


def variables_of(block: Block, params: Params) -> Mapping[str, ParamValue]:
    """The values that expressions inside an instance with `params` are computed from."""
    return {param.name: params.get(param.name, param.default) for param in block.params}


def _ports(block: Block, layer: str) -> tuple[Port, ...]:
    return tuple(Port(block.graph.nodes[node].name) for node in ends(block.graph, layer))


def base_name(name: str) -> str:
    """What instances of a block are called: `residual_block` for ResidualBlock, `se_block` for SEBlock."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[^A-Z_]+", name)
    return "_".join(words).lower().rstrip("0123456789_") or "block"


def _summary(block: Block, params: Params) -> str:
    shown = [format_value(params.get(param.name, param.default)) for param in block.params[:3]]
    times = params.get(REPEAT.name, 1)
    return " · ".join([block.name, *shown, *([f"×{times}"] if times != 1 else [])])
