"""Edits of the parameters of a block, which the layers inside it and all of its instances follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.graph import expressions
from engine.graph.block_edits import DescribeBlock, SetLayer, Within
from engine.graph.blocks import Block
from engine.graph.edits import Compound, Edit, SetParam
from engine.graph.errors import GraphError
from engine.graph.model import Graph
from engine.graph.param_file import name_objection
from engine.graph.params import Param, ParamError, ParamValue


def add_param(graph: Graph, block: str, param: Param) -> Edit:
    """The edit that gives `block` one more parameter, behind the others; its instances begin with the default.

    Raises:
        GraphError: the name is taken or cannot name a parameter, or the default lies outside the range.
    """
    found = _block(graph, block)
    _require_name(param.name, found.params)
    _require_default(param)
    steps: list[Edit] = [DescribeBlock(block, (*found.params, param), found.doc)]
    for place, node in graph.blocks.instances(block):
        params = {**node.params, param.name: param.default}
        steps.append(Within(place.block, SetLayer(node.id, node.layer, params)))
    return Compound(f"Add parameter {param.name}", tuple(steps))


def remove_param(graph: Graph, block: str, name: str) -> Edit:
    """The edit that takes a parameter away; it is refused as long as a layer inside the block uses it.

    Raises:
        GraphError: there is no such parameter.
    """
    found = _block(graph, block)
    gone = _param(found, name)
    kept = tuple(param for param in found.params if param is not gone)
    return Compound(f"Remove parameter {name}", (DescribeBlock(block, kept, found.doc),))


def move_param(graph: Graph, block: str, name: str, place: int) -> Edit:
    """The edit that puts a parameter at `place`, counted from 0, among the others.

    Raises:
        GraphError: there is no such parameter.
    """
    found = _block(graph, block)
    moved = _param(found, name)
    others = [param for param in found.params if param is not moved]
    others.insert(place, moved)
    return Compound(f"Move parameter {name}", (DescribeBlock(block, tuple(others), found.doc),))


def rename_param(graph: Graph, block: str, old: str, new: str) -> Edit:
    """The edit that renames a parameter, also where it is used: inside the block, and in the values of its instances.

    Raises:
        GraphError: there is no such parameter, or `new` is taken or cannot name one.
    """
    found = _block(graph, block)
    renamed = _param(found, old)
    _require_name(new, [param for param in found.params if param is not renamed])
    steps: list[Edit] = [Within(block, edit) for edit in _rewritten(found.graph, old, new)]
    params = tuple(replace(param, name=new) if param is renamed else param for param in found.params)
    steps.append(DescribeBlock(block, params, found.doc))
    for place, node in graph.blocks.instances(block):
        values = {new if name == old else name: value for name, value in node.params.items()}
        steps.append(Within(place.block, SetLayer(node.id, node.layer, values)))
    return Compound(f"Rename {old} to {new}", tuple(steps))


@dataclass(frozen=True, slots=True)
class ChangeParam(Edit):
    """Give one parameter of a block another default, range or text.

    Consecutive changes of the same detail merge, as typing makes them.
    """

    block: str
    param: Param
    """Takes the place of the parameter of its name."""
    detail: str
    """What is different about it, such as `default`."""

    @property
    def label(self) -> str:
        return f"Change {self.detail} of {self.param.name}"

    def apply(self, graph: Graph) -> Edit:
        found = _block(graph, self.block)
        before = _param(found, self.param.name)
        _require_default(self.param)
        for _, node in graph.blocks.instances(self.block):
            _require_fitting(self.param, node.name, node.params.get(self.param.name, self.param.default))
        params = tuple(self.param if param is before else param for param in found.params)
        DescribeBlock(self.block, params, found.doc).apply(graph)
        return ChangeParam(self.block, before, self.detail)

    def merge(self, later: Edit) -> Edit | None:
        if not isinstance(later, ChangeParam):
            return None
        mine, other = (self.block, self.param.name, self.detail), (later.block, later.param.name, later.detail)
        return later if mine == other else None


@dataclass(frozen=True, slots=True)
class ChangeDoc(Edit):
    """Say otherwise what a block is for; consecutive changes merge, as typing makes them."""

    block: str
    doc: str

    @property
    def label(self) -> str:
        return f"Describe {self.block}"

    def apply(self, graph: Graph) -> Edit:
        found = _block(graph, self.block)
        before = found.doc
        DescribeBlock(self.block, found.params, self.doc).apply(graph)
        return ChangeDoc(self.block, before)

    def merge(self, later: Edit) -> Edit | None:
        return later if isinstance(later, ChangeDoc) and later.block == self.block else None


def _block(graph: Graph, name: str) -> Block:
    if name not in graph.blocks:
        raise GraphError(f"There is no block “{name}” any more.")
    return graph.blocks[name]


def _param(block: Block, name: str) -> Param:
    for param in block.params:
        if param.name == name:
            return param
    raise GraphError(f"“{block.name}” has no parameter “{name}” any more.")


def _require_name(name: str, others: Sequence[Param]) -> None:
    reason = name_objection(name, others)
    if reason:
        raise GraphError(reason)


def _require_default(param: Param) -> None:
    try:
        param.check(param.default)
    except ParamError as error:
        raise GraphError(f"What “{param.name}” begins with does not fit: {error}") from error


def _require_fitting(param: Param, node: str, value: ParamValue) -> None:
    if expressions.is_expression(value):
        return
    try:
        param.check(value)
    except ParamError as error:
        raise GraphError(f"The instance “{node}” has another value: {error} Change it first.") from error


def _rewritten(graph: Graph, old: str, new: str) -> list[Edit]:
    """The edits that let the expressions in `graph` say `new` instead of `old`."""
    steps: list[Edit] = []
    for node in graph.nodes.values():
        for name, value in node.params.items():
            if not isinstance(value, str) or not expressions.is_expression(value):
                continue
            used, _ = expressions.names_in(expressions.parse(value[len(expressions.MARK) :]))
            if old in used:
                written = expressions.substitute(value, {old: expressions.MARK + new})
                steps.append(SetParam(node.id, name, written))
    return steps
