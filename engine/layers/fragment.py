"""Parts of a network as text, for the clipboard: copied between windows, pasted into e-mails, edited by hand.

The text holds the layers, the wires among them, the frames around them, notes, and the blocks that the layers are
instances of. What comes from a clipboard is not trusted: whatever is wrong with it becomes one sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec

from engine.graph import document, expressions
from engine.graph.annotation_edits import AddAnnotation
from engine.graph.annotations import Annotation, AnnotationId, Frame, Note, enclosed, new_annotation_ids
from engine.graph.block_edits import DefineBlock
from engine.graph.blocks import PREFIX, BlockDefinition, block_of
from engine.graph.document import MAX_NODES, DocumentError
from engine.graph.edits import AddNode, Compound, Connect, Edit
from engine.graph.errors import GraphError
from engine.graph.model import Edge, Graph, Node, NodeId, Point, new_ids
from engine.graph.params import Param, ParamError, Params, ParamValue
from engine.graph.wording import quoted
from engine.layers.blocks import declared
from engine.layers.nodes import check_params, variables
from engine.layers.registry import UnknownLayerError
from engine.layers.validation import misplaced, validated
from engine.layers.wiring import refusal

TAG = "netwright_fragment"
VERSION = 3
"""Since version 2 blocks come along, since version 3 frames and notes; older texts read like ones without."""
GRID = 8.0
"""Pasted nodes move by multiples of this, so that what was aligned stays aligned."""
MAX_CHARACTERS = 32 * 1024 * 1024
"""More than the largest network takes; a longer text is not even read."""
CLIPBOARD = "the clipboard"
"""Where a text comes from unless something else is said, in the middle of a sentence."""


class _Fragment(msgspec.Struct, forbid_unknown_fields=True):
    netwright_fragment: int
    nodes: msgspec.Raw
    edges: msgspec.Raw = msgspec.Raw(b"[]")
    blocks: msgspec.Raw = msgspec.Raw(b"[]")
    frames: msgspec.Raw = msgspec.Raw(b"[]")
    notes: msgspec.Raw = msgspec.Raw(b"[]")
    variables: dict[str, bool | int | float | str | tuple[int, ...]] = {}


class _Lines(msgspec.Struct):
    """The parts of a project file that are also those of a fragment."""

    blocks: msgspec.Raw
    nodes: msgspec.Raw
    edges: msgspec.Raw
    frames: msgspec.Raw = msgspec.Raw(b"[]")
    notes: msgspec.Raw = msgspec.Raw(b"[]")


@dataclass(frozen=True, slots=True)
class Pasted:
    """A change that adds copied layers, not made yet."""

    edit: Edit
    """Defines the blocks that are missing, and adds the nodes and the wires among them."""
    nodes: tuple[Node, ...]
    """The nodes that it adds, with their new ids, names and positions."""
    graph: Graph
    """A copy of the graph in which it is made already, to be looked at."""
    annotations: tuple[Frame | Note, ...] = ()
    """The frames and notes that it adds, with their new ids and positions."""


def copy(graph: Graph, nodes: Iterable[NodeId], notes: Iterable[AnnotationId] = ()) -> str:
    """Write `nodes`, the wires among them, the frames around none but them, `notes`, and the used blocks as JSON."""
    wanted = set(nodes)
    chosen = [node for node in graph.nodes.values() if node.id in wanted]
    edges = [edge for node in chosen for edge in graph.incoming(node.id) if edge.source in wanted]
    wanted_notes = set(notes)
    annotations: list[Annotation] = [frame for frame in graph.annotations.frames if frame.members <= wanted]
    annotations += [note for note in graph.annotations.notes if note.id in wanted_notes]
    part = Graph.assemble(chosen, edges, {}, _used_blocks(graph, chosen), annotations)
    lines = msgspec.json.decode(document.dump(part), type=_Lines)
    # What expressions among the parameters mean, wherever they are pasted.
    known = msgspec.json.encode({param.name: param.default for param in variables(graph)})
    parts = (f'"{name}": '.encode() + bytes(raw) for name, raw in msgspec.structs.asdict(lines).items())
    return b",\n".join((f'{{"{TAG}": {VERSION}'.encode(), *parts, b'"variables": ' + known + b"}\n")).decode()


def is_part(text: str) -> bool:
    """Whether `text` says that it is a part of a network."""
    return TAG in text[:200] and text.lstrip()[:1] == "{"


def paste(
    graph: Graph,
    text: str,
    *,
    at: Point | None = None,
    offset: Point = (0.0, 0.0),
    title: str = "Paste",
    origin: str = CLIPBOARD,
) -> Pasted | None:
    """The edit that adds what `copy` wrote, with new ids and free names; None when `text` is something else.

    A block that the project has already is used; one that differs from the project's of that name gets another name.

    Args:
        at: where the middle of the pasted layers is to be, to the nearest step of `GRID`.
        offset: how far to move them when `at` is not given.
        title: the verb of the edit's label.
        origin: where `text` comes from, in the middle of a sentence.

    Raises:
        GraphError: `text` says that it is a part of a network, but cannot be pasted.
    """
    if not is_part(text):
        return None
    part, known = _parse(text, origin)
    project = graph.blocks.graph("").snapshot()
    if sum(len(place.nodes) for place in (*part.blocks.graphs(), *project.blocks.graphs())) > MAX_NODES:
        raise GraphError(f"A network can have at most {MAX_NODES:,} layers.")
    place = project.blocks.graph(graph.block)
    nodes = sorted(part.nodes.values(), key=lambda node: (len(node.id), node.id))
    defined, names = _define(project, _used_blocks(part, nodes))
    notes = part.annotations.notes
    positions = [node.position for node in nodes] + [note.position for note in notes]
    way = offset if at is None else way_to(at, positions)
    nodes = [replace(node, layer=_relinked(node.layer, names)) for node in nodes]
    added = _add(place, nodes, known, way, origin)
    edges = _wire(place, part, added)
    annotations = _annotate(place, part, {old: node.id for old, node in added.items()}, way)
    new_nodes = tuple(added.values())
    nodes_added = (*map(AddNode, new_nodes), *map(Connect, edges))
    steps: tuple[Edit, ...] = (*map(DefineBlock, defined), *nodes_added, *map(AddAnnotation, annotations))
    return Pasted(Compound(f"{title} {_called(new_nodes, len(notes))}", steps), new_nodes, place, annotations)


def _called(nodes: Sequence[Node], notes: int) -> str:
    """What is pasted, for the undo history."""
    if nodes:
        return nodes[0].name if len(nodes) == 1 else f"{len(nodes)} layers"
    return "note" if notes == 1 else f"{notes} notes"


def _used_blocks(graph: Graph, nodes: Iterable[Node]) -> list[BlockDefinition]:
    """The blocks that `nodes` are instances of and all those inside them, the innermost first.

    Raises:
        GraphError: there is no such block.
    """
    found: dict[str, BlockDefinition] = {}

    def visit(layer: str) -> None:
        name = block_of(layer)
        if name is None or name in found:
            return
        if name not in graph.blocks:
            raise GraphError(f"The block {quoted(name)} is missing.")
        block = graph.blocks[name]
        for node in block.graph.nodes.values():
            visit(node.layer)
        found[name] = block.definition()

    for node in nodes:
        visit(node.layer)
    return list(found.values())


def _parse(text: str, origin: str) -> tuple[Graph, Params]:
    """The copied part as a project of its own, and what the expressions in it mean."""
    it_holds = _it_holds(origin)
    if len(text) > MAX_CHARACTERS:
        raise GraphError(f"{it_holds} more than any network needs.")
    try:
        found = msgspec.json.decode(text, type=_Fragment)
    except (msgspec.DecodeError, msgspec.ValidationError, RecursionError, UnicodeError) as error:
        raise GraphError(f"{it_holds} a damaged part of a network.") from error
    if not 1 <= found.netwright_fragment <= VERSION:
        raise GraphError(f"{it_holds} layers of another version of Netwright.")
    data = b'{"netwright": %d, "blocks": %b, "nodes": %b, "edges": %b, "frames": %b, "notes": %b}' % (
        document.VERSION,
        found.blocks,
        found.nodes,
        found.edges,
        found.frames,
        found.notes,
    )
    try:
        part = document.parse(data, f"What {origin} holds")
    except DocumentError as error:
        raise GraphError(str(error)) from error
    if not part.nodes and not part.annotations:
        raise GraphError(f"{it_holds} no layers.")
    alone = Graph.assemble((), (), {}, (block.definition() for block in part.blocks.values()))
    annotations = part.annotations.values()
    return Graph.assemble(part.nodes.values(), part.edges, {}, _canonical(alone), annotations), found.variables


def _it_holds(origin: str) -> str:
    """The beginning of a sentence on what is wrong with a text."""
    return f"{origin[0].upper()}{origin[1:]} holds"


def _canonical(project: Graph) -> list[BlockDefinition]:
    """The blocks of `project`, once everything inside them has been checked."""
    return [block.definition() for block in validated(project).blocks.values()]


def _define(project: Graph, blocks: Sequence[BlockDefinition]) -> tuple[list[BlockDefinition], dict[str, str]]:
    """Add those of `blocks` that `project` lacks; what was added, and what every block is called there."""
    names: dict[str, str] = {}
    added: list[BlockDefinition] = []
    for block in blocks:
        inner = tuple(replace(node, layer=_relinked(node.layer, names)) for node in block.nodes)
        wanted = replace(block, nodes=inner)
        there = project.blocks.get(block.name)
        if there is not None and _essence(there.definition()) == _essence(wanted):
            names[block.name] = block.name
            continue
        names[block.name] = project.blocks.unique_name(block.name)
        added.append(replace(wanted, name=names[block.name]))
        project.blocks.add(added[-1])
    return added, names


def _essence(block: BlockDefinition) -> tuple[object, ...]:
    """What makes a block what it is: not where its layers lie, and not what is said about it."""
    nodes = {node.id: (node.layer, node.name, dict(node.params)) for node in block.nodes}
    params = [replace(param, doc="") for param in block.params]
    return params, nodes, set(block.edges)


def _relinked(layer: str, names: Mapping[str, str]) -> str:
    block = block_of(layer)
    return layer if block is None else PREFIX + names[block]


def way_to(at: Point, positions: Sequence[Point]) -> Point:
    """How far to move what lies at `positions` so that its middle lies near `at`."""
    columns, rows = zip(*positions, strict=True)
    dx = at[0] - (min(columns) + max(columns)) / 2
    dy = at[1] - (min(rows) + max(rows)) / 2
    return round(dx / GRID) * GRID, round(dy / GRID) * GRID


def _add(place: Graph, nodes: Sequence[Node], known: Params, way: Point, origin: str) -> dict[NodeId, Node]:
    """Add copies of `nodes` to `place`; the copies by the ids of what they are copies of."""
    added: dict[NodeId, Node] = {}
    for node, new_id in zip(nodes, new_ids(place, len(nodes)), strict=True):
        reason = misplaced(node.layer, place)
        if reason is not None:
            raise GraphError(reason)
        x, y = node.position
        copied = replace(
            node,
            id=new_id,
            name=place.unique_name(node.name),
            params=_params(place, node, known, origin),
            position=(x + way[0], y + way[1]),
        )
        place.add_node(copied)
        added[node.id] = copied
    return added


def _params(place: Graph, node: Node, known: Params, origin: str) -> Mapping[str, ParamValue]:
    """The checked parameters of `node`; expressions that mean nothing in `place` become the values they had."""
    try:
        layer = declared(place, node)
        names = {param.name for param in variables(place)}
        values = {name: _meant(layer.params, name, value, names, known) for name, value in node.params.items()}
        return check_params(layer.params, values, variables(place))
    except UnknownLayerError:
        raise GraphError(f"{_it_holds(origin)} a layer {quoted(node.layer)} that is not known here.") from None
    except ParamError as error:
        raise GraphError(f"{quoted(node.name)} from {origin}: {error}") from error


def _meant(params: Sequence[Param], name: str, value: ParamValue, here: set[str], known: Params) -> ParamValue:
    param = next((param for param in params if param.name == name), None)
    if param is None or not isinstance(value, str) or not expressions.is_expression(value):
        return value
    used, _ = expressions.names_in(expressions.parse(value[len(expressions.MARK) :]))
    if used <= here and here:
        return value
    return expressions.resolve(param, value, known)


def _wire(place: Graph, part: Graph, added: Mapping[NodeId, Node]) -> list[Edge]:
    """Wire the copies like what they are copies of, from the first layer on, so that checking is quick."""
    wired: list[Edge] = []
    for node in part.wiring.topological_order():
        for edge in part.incoming(node):
            copied = Edge(added[edge.source].id, edge.source_port, added[edge.target].id, edge.target_port)
            reason = refusal(place, copied)
            if reason is not None:
                raise GraphError(reason)
            place.add_edge(copied)
            wired.append(copied)
    return wired


def _annotate(place: Graph, part: Graph, ids: Mapping[NodeId, NodeId], way: Point) -> tuple[Frame | Note, ...]:
    """Add copies of the frames and notes of `part` to `place`, the frames around the copies of their layers."""
    found: list[Frame | Note] = [*enclosed(part.annotations.frames, ids)]
    for note in part.annotations.notes:
        x, y = note.position
        found.append(replace(note, position=(x + way[0], y + way[1])))
    identifiers = new_annotation_ids(place, len(found))
    copies = tuple(replace(copied, id=new_id) for copied, new_id in zip(found, identifiers, strict=True))
    for copied in copies:
        place.annotations.add(copied)
    return copies
