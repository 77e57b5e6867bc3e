"""Layers into a block, a block into layers, and one instance set apart from the others: as edits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from engine.graph import expressions, names
from engine.graph.annotation_edits import AddAnnotation, remove_annotation
from engine.graph.annotations import Annotation, AnnotationId, enclosed, new_annotation_ids
from engine.graph.block_edits import BLOCK_INPUT, BLOCK_OUTPUT, DefineBlock, SetLayer, ends
from engine.graph.blocks import PREFIX, Block, BlockDefinition, block_of
from engine.graph.edits import AddNode, Compound, Connect, Edit, EnterFrames, MoveNodes, RemoveNode, remove
from engine.graph.errors import GraphError
from engine.graph.model import Edge, Graph, Node, NodeId, Point, new_ids
from engine.graph.params import Param, ParamError, ParamValue
from engine.graph.wording import quoted
from engine.layers.blocks import INSTANCE_PARAMS, REPEAT, base_name, copies, declared
from engine.layers.nodes import variables
from engine.layers.registry import spec
from engine.layers.spec import Call
from engine.layout.metrics import LANE, PITCH

Feed = tuple[NodeId, int]
"""An output: a node and the number of the port."""


@dataclass(frozen=True, slots=True)
class Grouped:
    """A change that makes a block of layers, not made yet."""

    edit: Edit
    """Defines the block and puts an instance of it into the place of the layers."""
    instance: NodeId
    """The instance."""
    block: str
    """The name of the block."""


def group(
    graph: Graph, nodes: Collection[NodeId], name: str = "Block", notes: Collection[AnnotationId] = ()
) -> Grouped:
    """The edit that makes a block of `nodes`, named `name` or like it, and places one instance of it instead.

    Frames whose layers all go into the block go with them, and so do `notes`. The instance takes the place of the
    layers in frames around all of them and others.

    Raises:
        GraphError: they cannot be a block, with the reason.
    """
    chosen = sorted(set(nodes), key=lambda node: (len(node), node))
    _require_groupable(graph, chosen)
    block = graph.blocks.unique_name(name)
    prefix = _common_container(graph, chosen)
    feeds = _distinct((edge.source, edge.source_port) for edge in _crossing(graph, chosen, inwards=True))
    results = _distinct((edge.source, edge.source_port) for edge in _crossing(graph, chosen, inwards=False))
    results = results or [(node, 0) for node in chosen if not graph.outgoing(node)]
    definition = _definition(graph, chosen, block, prefix, feeds, results)
    inner_notes = [note for note in graph.annotations.notes if note.id in notes]
    definition = replace(definition, annotations=(*definition.annotations, *inner_notes))
    taken = graph.unique_name(base_name(block))
    params: dict[str, ParamValue] = {param.name: expressions.MARK + param.name for param in definition.params}
    params |= {param.name: param.default for param in INSTANCE_PARAMS}
    positions = [graph.nodes[node].position for node in chosen]
    middle = (sum(x for x, _ in positions) / len(positions), sum(y for _, y in positions) / len(positions))
    instance = Node(new_ids(graph, 1)[0], PREFIX + block, prefix or taken, params, _snapped(middle))
    wires = [Edge(source, port, instance.id, index) for index, (source, port) in enumerate(feeds)]
    for edge in _crossing(graph, chosen, inwards=False):
        port = results.index((edge.source, edge.source_port))
        wires.append(Edge(instance.id, port, edge.target, edge.target_port))
    around = [frame for frame in graph.annotations.frames if frame.members > set(chosen)]
    entering = EnterFrames(tuple(replace(frame, members=frozenset({instance.id})) for frame in around))
    steps: tuple[Edit, ...] = (
        *(remove_annotation(graph, note.id) for note in inner_notes),
        remove(graph, chosen),
        DefineBlock(definition),
        AddNode(instance),
        *map(Connect, wires),
        *((entering,) if around else ()),
    )
    return Grouped(Compound(f"Group into {block}", steps), instance.id, block)


def make_unique(graph: Graph, node_id: NodeId) -> Edit:
    """The edit that gives an instance a block of its own, so that changes of it leave the others alone."""
    node = graph.nodes[node_id]
    block = _block(graph, node)
    copy = replace(block.definition(), name=graph.blocks.unique_name(block.name))
    return Compound(f"Make {node.name} unique", (DefineBlock(copy), SetLayer(node_id, PREFIX + copy.name, node.params)))


def ungroup(graph: Graph, node_id: NodeId) -> Edit:
    """The edit that puts the layers of a block, once for each of its copies, into the place of an instance.

    Raises:
        GraphError: how often it is repeated depends on a parameter of the block around it, or a layer inside cannot be
            with the values that the instance gives it.
    """
    node = graph.nodes[node_id]
    block = _block(graph, node)
    if isinstance(node.params[REPEAT.name], str):
        raise GraphError(f"“{node.name}” is repeated as often as a parameter says, so it cannot be taken apart.")
    return _Unpacking(graph, node, block).edit()


class _Unpacking:
    """Works out what stands in the place of one instance."""

    def __init__(self, graph: Graph, node: Node, block: Block) -> None:
        self._graph = graph
        self._node = node
        self._inner = block.graph
        self._values = {param.name: node.params.get(param.name, param.default) for param in block.params}
        rows = [inner.position[1] for inner in self._layers()]
        self._top, self._height = min(rows, default=0.0), max(rows, default=0.0) - min(rows, default=0.0) + PITCH
        self._nodes: list[Node] = []
        self._edges: list[Edge] = []
        self._annotations: list[Annotation] = []

    def edit(self) -> Edit:
        """Remove the instance, make room, and add its layers with their wires."""
        graph, node = self._graph, self._node
        names_of_copies = copies(node, node.params)
        fresh = iter(new_ids(graph, len(self._layers()) * len(names_of_copies)))
        feeds: dict[int, Feed] = {edge.target_port: (edge.source, edge.source_port) for edge in graph.incoming(node.id)}
        for index, name in enumerate(names_of_copies):
            feeds = self._unpack(name, index, feeds, {inner.id: next(fresh) for inner in self._layers()})
        for edge in graph.outgoing(node.id):
            if edge.source_port in feeds:
                self._edges.append(Edge(*feeds[edge.source_port], edge.target, edge.target_port))
        lower = self._height * len(names_of_copies) - PITCH
        moved: dict[NodeId, Point] = {}
        for follower in graph.wiring.descendants(node.id) - {node.id}:
            x, y = graph.nodes[follower].position
            moved[follower] = (x, y + lower)
        room = (MoveNodes(moved),) if moved and lower > 0 else ()
        members = frozenset(added.id for added in self._nodes)
        around = tuple(replace(frame, members=members) for frame in graph.annotations.around(node.id) if members)
        identifiers = new_annotation_ids(graph, len(self._annotations))
        annotations = (replace(copy, id=new) for copy, new in zip(self._annotations, identifiers, strict=True))
        added = (*map(AddNode, self._nodes), *map(Connect, self._edges), *map(AddAnnotation, annotations))
        entering = (EnterFrames(around),) if around else ()
        return Compound(f"Ungroup {node.name}", (*room, RemoveNode(node.id), *added, *entering))

    def _layers(self) -> list[Node]:
        found = (node for node in self._inner.nodes.values() if node.layer not in (BLOCK_INPUT, BLOCK_OUTPUT))
        return sorted(found, key=lambda node: (len(node.id), node.id))

    def _unpack(self, name: str, index: int, feeds: dict[int, Feed], ids: dict[NodeId, NodeId]) -> dict[int, Feed]:
        """Add one copy, fed by `feeds`; return what its outputs are."""
        self._annotate(index, ids)
        for inner in self._layers():
            place = self._place(inner.position, index)
            self._nodes.append(Node(ids[inner.id], inner.layer, f"{name}.{inner.name}", self._params(inner), place))
        inputs = {end: port for port, end in enumerate(ends(self._inner, BLOCK_INPUT))}

        def source(edge: Edge) -> Feed | None:
            return feeds.get(inputs[edge.source]) if edge.source in inputs else (ids[edge.source], edge.source_port)

        for edge in self._inner.edges:
            feed = source(edge)
            if edge.target in ids and feed is not None:
                self._edges.append(Edge(*feed, ids[edge.target], edge.target_port))
        outputs = ((port, self._inner.incoming(end)) for port, end in enumerate(ends(self._inner, BLOCK_OUTPUT)))
        found = {port: source(edges[0]) for port, edges in outputs if edges}
        return {port: feed for port, feed in found.items() if feed is not None}

    def _place(self, position: Point, index: int) -> Point:
        """Where in the graph something at `position` inside the copy of this index comes to lie."""
        x, y = self._node.position
        return x + position[0], y + position[1] - self._top + index * self._height

    def _annotate(self, index: int, ids: dict[NodeId, NodeId]) -> None:
        """Add the frames of one copy; and the notes, which need to be read only once."""
        for frame in self._inner.annotations.frames:
            members = frozenset(ids[member] for member in frame.members if member in ids)
            if members:
                self._annotations.append(replace(frame, members=members))
        if index == 0:
            notes = self._inner.annotations.notes
            self._annotations += [replace(note, position=self._place(note.position, index)) for note in notes]

    def _params(self, inner: Node) -> dict[str, ParamValue]:
        known = {param.name: param for param in declared(self._inner, inner).params}
        try:
            return {name: self._plain(known[name], value) for name, value in inner.params.items()}
        except ParamError as error:
            instance = quoted(self._node.name)
            raise GraphError(f"{instance} cannot be taken apart: in {quoted(inner.name)}, {error}") from error

    def _plain(self, param: Param, value: ParamValue) -> ParamValue:
        """`value` in terms of what surrounds the instance: a plain one where that is plain too."""
        substituted = expressions.substitute(value, self._values)
        if not isinstance(substituted, str) or not expressions.is_expression(substituted):
            return param.check(substituted)
        used, _ = expressions.names_in(expressions.parse(substituted[len(expressions.MARK) :]))
        return substituted if used else expressions.resolve(param, substituted, {})


def _block(graph: Graph, node: Node) -> Block:
    name = block_of(node.layer)
    if name is None or name not in graph.blocks:
        raise GraphError(f"“{node.name}” is a layer and not an instance of a block.")
    return graph.blocks[name]


def _require_groupable(graph: Graph, chosen: Sequence[NodeId]) -> None:
    if not chosen:
        raise GraphError("Select the layers that are to become a block.")
    for node in chosen:
        layer = graph.nodes[node].layer
        if block_of(layer) is None and spec(layer).call in (Call.INPUT, Call.OUTPUT):
            raise GraphError(
                f"“{graph.nodes[node].name}” stays outside of a block: select the layers between the ends."
            )
    inside = set(chosen)
    for edge in _crossing(graph, chosen, inwards=False):
        if not inside.isdisjoint(graph.wiring.descendants(edge.target)):
            between = graph.nodes[edge.target].name
            raise GraphError(f"“{between}” lies between the selected layers: select it too.")


def _crossing(graph: Graph, chosen: Iterable[NodeId], *, inwards: bool) -> list[Edge]:
    """The edges that enter or leave a selection."""
    inside = set(chosen)
    edges = (edge for node in chosen for edge in (graph.incoming(node) if inwards else graph.outgoing(node)))
    return [edge for edge in edges if (edge.source if inwards else edge.target) not in inside]


def _distinct(feeds: Iterable[Feed]) -> list[Feed]:
    return list(dict.fromkeys(feeds))


def _common_container(graph: Graph, chosen: Sequence[NodeId]) -> str:
    """The dotted path that the names of all `chosen` layers, and of no other ones, begin with; or nothing."""
    paths = [names.prefixes(graph.nodes[node].name) for node in chosen]
    common = [prefix for prefix in paths[0] if all(prefix in path for path in paths)]
    others = [node.name for node in graph.nodes.values() if node.id not in set(chosen)]
    for prefix in reversed(common):
        if not any(other.startswith(f"{prefix}.") for other in others):
            inner = [graph.nodes[node].name[len(prefix) + 1 :] for node in chosen]
            if all(names.objection(name) is None for name in inner):
                return prefix
    return ""


def _definition(
    graph: Graph, chosen: Sequence[NodeId], block: str, prefix: str, feeds: Sequence[Feed], results: Sequence[Feed]
) -> BlockDefinition:
    number = len(feeds) + len(chosen) + len(results)
    fresh = [NodeId(f"n{index}") for index in range(1, number + 1)]
    inputs, inner, outputs = fresh[: len(feeds)], fresh[len(feeds) : -len(results)], fresh[-len(results) :]
    ids = dict(zip(chosen, inner, strict=True))
    cut = len(prefix) + 1 if prefix else 0
    nodes = [replace(graph.nodes[node], id=ids[node], name=graph.nodes[node].name[cut:]) for node in chosen]
    left = min(node.position[0] for node in nodes)
    top, bottom = min(node.position[1] for node in nodes), max(node.position[1] for node in nodes)
    taken = {node.name for node in nodes}
    for layer, ids_of_ends, y in ((BLOCK_INPUT, inputs, top - PITCH), (BLOCK_OUTPUT, outputs, bottom + PITCH)):
        for index, end in enumerate(ids_of_ends):
            name = _free(spec(layer).base_name, taken)
            nodes.append(Node(end, layer, name, {}, (left + LANE * index, y)))
    edges = [
        Edge(ids[edge.source], edge.source_port, ids[edge.target], edge.target_port)
        for edge in graph.edges
        if edge.source in ids and edge.target in ids
    ]
    for edge in _crossing(graph, chosen, inwards=True):
        port = feeds.index((edge.source, edge.source_port))
        edges.append(Edge(inputs[port], 0, ids[edge.target], edge.target_port))
    edges += [Edge(ids[node], port, end, 0) for (node, port), end in zip(results, outputs, strict=True)]
    frames = tuple(enclosed(graph.annotations.frames, ids))
    return BlockDefinition(block, _used_variables(graph, chosen), "", tuple(nodes), tuple(edges), frames)


def _used_variables(graph: Graph, chosen: Sequence[NodeId]) -> tuple[Param, ...]:
    """The parameters of the block around that the expressions of the chosen layers use."""
    used: set[str] = set()
    for node in chosen:
        for value in graph.nodes[node].params.values():
            if isinstance(value, str) and expressions.is_expression(value):
                used |= expressions.names_in(expressions.parse(value[len(expressions.MARK) :]))[0]
    return tuple(param for param in variables(graph) if param.name in used)


def _free(base: str, taken: set[str]) -> str:
    name, number = base, 2
    while name in taken:
        name, number = f"{base}{number}", number + 1
    taken.add(name)
    return name


def _snapped(point: Point) -> Point:
    return round(point[0] / 8) * 8.0, round(point[1] / 8) * 8.0
