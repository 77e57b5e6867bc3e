"""A part of a network repeated: it becomes a block whose copies stand in a row."""

from __future__ import annotations

from collections.abc import Collection

from engine.graph.blocks import block_of
from engine.graph.edits import Compound, Edit, SetParam
from engine.graph.errors import GraphError
from engine.graph.model import Graph, NodeId
from engine.graph.params import ParamError
from engine.layers.blocks import REPEAT, block_spec, declared
from engine.layers.grouping import Grouped, group


def repeat(graph: Graph, nodes: Collection[NodeId], times: int) -> Grouped:
    """The edit that lets `nodes` stand `times` in a row, each copy with weights of its own and fed by the one before.

    They become a block with one instance; a single instance of a block is only repeated more or less often.

    Raises:
        GraphError: they have not exactly one way in and one way out, or cannot be a block, or `times` is not possible.
    """
    try:
        count = REPEAT.check(times)
    except ParamError as error:
        raise GraphError(str(error)) from error
    title = f"Repeat {count} times"
    instance = next(iter(nodes)) if len(set(nodes)) == 1 else None
    block = None if instance is None else block_of(graph.nodes[instance].layer)
    if instance is not None and block is not None:
        _require_one_way(len(declared(graph, graph.nodes[instance]).inputs), "in")
        _require_one_way(len(declared(graph, graph.nodes[instance]).outputs), "out")
        return Grouped(Compound(title, (SetParam(instance, REPEAT.name, count),)), instance, block)
    grouped = group(graph, nodes)
    # Planned on a copy, because how many ways in and out there are shows only once the block is there.
    project = graph.blocks.graph("").snapshot()
    grouped.edit.apply(project.blocks.graph(graph.block))
    spec = block_spec(project.blocks[grouped.block])
    _require_one_way(len(spec.inputs), "in")
    _require_one_way(len(spec.outputs), "out")
    edit: Edit = Compound(title, (grouped.edit, SetParam(grouped.instance, REPEAT.name, count)))
    return Grouped(edit, grouped.instance, grouped.block)


def _require_one_way(ways: int, direction: str) -> None:
    if ways != 1:
        found = "none" if ways == 0 else str(ways)
        raise GraphError(
            f"What is repeated needs one way {direction}, so that each copy can be wired to the next; this has {found}."
        )
