"""The graph of a network: nodes, edges, settings, and the only code that changes them.

The graph knows nothing of layers' meaning or of tensors. It keeps its own promises: ids and names are
unique, an input takes one edge, nothing feeds itself. Everything that changes announces itself on `changed`.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import count, islice
from types import MappingProxyType
from typing import NamedTuple, NewType, TypeAlias

from engine.graph import names
from engine.graph.annotations import MAX_COORDINATE, Annotation, Annotations
from engine.graph.blocks import BlockDefinition, Blocks
from engine.graph.errors import GraphError
from engine.graph.events import (
    EdgeAdded,
    EdgeRemoved,
    GraphEvent,
    LayerChanged,
    NodeAdded,
    NodeRemoved,
    NodeRenamed,
    NodesMoved,
    ParamChanged,
    SettingChanged,
    Signal,
)
from engine.graph.params import Params, ParamValue
from engine.graph.wiring import Wiring

NodeId = NewType("NodeId", str)
Point: TypeAlias = tuple[float, float]
Settings: TypeAlias = Mapping[str, Mapping[str, ParamValue]]


@dataclass(frozen=True, slots=True)
class Node:
    """One layer placed in a graph."""

    id: NodeId
    """Never changes and is never shown."""
    layer: str
    """The id of the layer's declaration."""
    name: str
    """A unique path of identifiers such as `conv1` or `layer1.0`: the submodule's name in the compiled model."""
    params: Params = field(default_factory=dict)
    """The value of every parameter of the layer; treated as immutable."""
    position: Point = (0.0, 0.0)
    """The centre of the node on the canvas; y grows downwards."""


class Edge(NamedTuple):
    """A wire from an output port to an input port; ports are counted from 0.

    A tuple, because wires are what sets and tables of large networks are full of: it is hashed in a tenth of the time.
    """

    source: NodeId
    source_port: int
    target: NodeId
    target_port: int


def check_name(name: str) -> None:
    """Raise `GraphError` unless `name` can name a submodule of a PyTorch model."""
    reason = names.objection(name)
    if reason:
        raise GraphError(reason)


def check_position(name: str, position: Point) -> None:
    """Raise `GraphError` unless the node `name` can lie at `position`."""
    if not all(abs(coordinate) <= MAX_COORDINATE for coordinate in position):
        raise GraphError(f"“{name}” cannot lie that far out on the canvas.")


class Graph:
    """A directed acyclic graph of layers: the network of a project with its settings, or the inside of a block."""

    def __init__(self, blocks: Blocks | None = None, block: str = "") -> None:
        self.blocks: Blocks = Blocks(self) if blocks is None else blocks
        """The blocks of the project, which the network and the insides of its blocks share."""
        self.block = block
        """The block whose inside this is; empty for the network itself."""
        self._containers: dict[str, int] = {}
        self._nodes: dict[NodeId, Node] = {}
        self._nodes_view = MappingProxyType(self._nodes)
        self._names: dict[str, NodeId] = {}
        self._free_numbers = names.FreeNumbers()
        self._incoming: dict[NodeId, dict[int, Edge]] = {}
        self._outgoing: dict[NodeId, dict[Edge, None]] = {}
        self.wiring = Wiring(self._nodes, self._incoming, self._outgoing)
        """What lies before and behind what, along the edges."""
        self._settings: dict[str, dict[str, ParamValue]] = {}
        self.annotations = Annotations(self)
        """The frames, notes and bookmarks beside the layers."""
        self.changed: Signal[GraphEvent] = Signal()

    @classmethod
    def assemble(
        cls,
        nodes: Iterable[Node],
        edges: Iterable[Edge],
        settings: Settings,
        blocks: Iterable[BlockDefinition] = (),
        annotations: Iterable[Annotation] = (),
    ) -> Graph:
        """Build a whole graph at once, in linear time.

        Raises:
            GraphError: an id or name is double, an edge dangles or feeds an input twice, edges form a cycle, or
                an annotation cannot be.
        """
        graph = cls()
        for definition in blocks:
            graph.blocks.add(definition)
        graph.fill(nodes, edges, annotations)
        for section, values in settings.items():
            for name, value in values.items():
                graph.set_setting(section, name, value)
        return graph

    # Reading

    @property
    def nodes(self) -> Mapping[NodeId, Node]:
        """All nodes by id, in the order they were added."""
        return self._nodes_view

    @property
    def edges(self) -> list[Edge]:
        """All edges, ordered by target."""
        return [edge for ports in self._incoming.values() for _, edge in sorted(ports.items())]

    @property
    def settings(self) -> Settings:
        """The project's settings by section, such as `settings["recipe"]["learning_rate"]`."""
        return MappingProxyType(self._settings)

    def named(self, name: str) -> Node | None:
        """The node called `name`, if there is one."""
        node_id = self._names.get(name)
        return None if node_id is None else self._nodes[node_id]

    def incoming(self, node: NodeId) -> list[Edge]:
        """The edges into `node`, ordered by port."""
        ports = self._incoming[node]
        return [edge for _, edge in sorted(ports.items())] if len(ports) > 1 else list(ports.values())

    def outgoing(self, node: NodeId) -> list[Edge]:
        """The edges out of `node`, in a stable order."""
        edges = self._outgoing[node]
        return sorted(edges) if len(edges) > 1 else list(edges)

    def refusal(self, edge: Edge) -> str | None:
        """Why `edge` cannot be added, as a sentence for the user; None when it can."""
        reason = self._local_refusal(edge)
        if reason is None and self.wiring.leads(edge.target, edge.source):
            source, target = self._nodes[edge.source].name, self._nodes[edge.target].name
            return f"This would form a cycle: “{target}” already feeds “{source}”."
        return reason

    def unique_name(self, base: str, taken: Container[str] = ()) -> str:
        """`base`, or `base` with the first free number behind it; names in `taken` are avoided too."""

        def is_used(name: str) -> bool:
            return names.is_reserved(name) or self._name_refusal(name) is not None

        containers = names.prefixes(base)
        if any(prefix in self._names or prefix in taken or names.is_reserved(prefix) for prefix in containers):
            # No number behind it would make it free.
            base = base.replace(".", "_")
        if base not in taken and not is_used(base):
            return base
        stem = names.stem_of(base)
        candidates = (names.numbered(stem, number) for number in count(self._free_numbers.first(stem, is_used)))
        return next(name for name in candidates if name not in taken and not is_used(name))

    def snapshot(self, blocks: Blocks | None = None) -> Graph:
        """An independent copy without listeners, for another thread.

        The copy has blocks of its own, unless it is made for those that it is given.
        """
        copy = Graph(blocks, self.block)
        copy._containers = dict(self._containers)
        copy._nodes.update(self._nodes)
        copy._names = dict(self._names)
        copy._incoming.update((node, dict(ports)) for node, ports in self._incoming.items())
        copy._outgoing.update((node, dict(edges)) for node, edges in self._outgoing.items())
        copy._settings = {section: dict(values) for section, values in self._settings.items()}
        copy.annotations = self.annotations.copy_into(copy)
        if blocks is None:
            copy.blocks = self.blocks.copy_into(copy)
        return copy

    # Changing: called by edits alone

    def fill(self, nodes: Iterable[Node], edges: Iterable[Edge], annotations: Iterable[Annotation] = ()) -> None:
        """Put all that into the empty graph, in linear time and without announcing each wire.

        Raises:
            GraphError: an id or name is double, an edge dangles or feeds an input twice, edges form a cycle, or
                an annotation cannot be.
        """
        for node in nodes:
            self.add_node(node)
        for edge in edges:
            refusal = self._local_refusal(edge)
            if refusal:
                raise GraphError(refusal)
            self._insert_edge(edge)
        self.wiring.topological_order()
        for annotation in annotations:
            self.annotations.add(annotation)

    def add_node(self, node: Node) -> None:
        """Add an unwired node."""
        check_name(node.name)
        reason = self._name_refusal(node.name) or self.blocks.refusal(node.layer, self.block)
        if reason:
            raise GraphError(reason)
        if node.id in self._nodes:
            raise GraphError(f"“{self._nodes[node.id].name}” and “{node.name}” have the same id.")
        check_position(node.name, node.position)
        self._nodes[node.id] = node
        self._take_name(node.name, node.id)
        self._incoming[node.id] = {}
        self._outgoing[node.id] = {}
        self.changed.emit(NodeAdded(node))

    def remove_node(self, node_id: NodeId) -> None:
        """Remove a node that has no edges and is in no frame any more."""
        node = self._existing(node_id)
        if self._incoming[node_id] or self._outgoing[node_id]:
            raise GraphError(f"“{node.name}” is still wired.")
        if self.annotations.around(node_id):
            raise GraphError(f"“{node.name}” is still in a frame.")
        del self._nodes[node_id], self._incoming[node_id], self._outgoing[node_id]
        self._free_name(node.name)
        self.changed.emit(NodeRemoved(node))

    def add_edge(self, edge: Edge) -> None:
        """Add an edge; `refusal` tells beforehand whether that works."""
        reason = self.refusal(edge)
        if reason:
            raise GraphError(reason)
        self._insert_edge(edge)
        self.changed.emit(EdgeAdded(edge))

    def remove_edge(self, edge: Edge) -> None:
        """Remove an edge."""
        if self._incoming.get(edge.target, {}).get(edge.target_port) != edge:
            raise GraphError("This wire is not in the network any more.")
        del self._incoming[edge.target][edge.target_port]
        del self._outgoing[edge.source][edge]
        self.changed.emit(EdgeRemoved(edge))

    def move_nodes(self, positions: Mapping[NodeId, Point]) -> None:
        """Put nodes elsewhere on the canvas, all or, if one cannot go there, none of them."""
        for node_id, position in positions.items():
            check_position(self._existing(node_id).name, position)
        moved = {node_id: replace(self._nodes[node_id], position=position) for node_id, position in positions.items()}
        self._nodes |= moved
        if moved:
            self.changed.emit(NodesMoved(tuple(moved.values())))

    def rename_node(self, node_id: NodeId, name: str) -> None:
        """Give a node another name."""
        node = self._existing(node_id)
        check_name(name)
        self._free_name(node.name)
        reason = self._name_refusal(name)
        self._take_name(node.name if reason else name, node_id)
        if reason:
            raise GraphError(reason)
        self._nodes[node_id] = replace(node, name=name)
        self.changed.emit(NodeRenamed(self._nodes[node_id], node.name))

    def set_param(self, node_id: NodeId, name: str, value: ParamValue) -> None:
        """Give one parameter of a node another value."""
        node = self._existing(node_id)
        self._nodes[node_id] = replace(node, params={**node.params, name: value})
        self.changed.emit(ParamChanged(self._nodes[node_id], name))

    def set_layer(self, node_id: NodeId, layer: str, params: Params) -> None:
        """Make a node another layer with other parameters; its name, place and wires stay."""
        node = self._existing(node_id)
        reason = self.blocks.refusal(layer, self.block)
        if reason:
            raise GraphError(reason)
        self._nodes[node_id] = replace(node, layer=layer, params=params)
        self.changed.emit(LayerChanged(self._nodes[node_id], node.layer))

    def set_setting(self, section: str, name: str, value: ParamValue | None) -> None:
        """Give a setting of the project another value; None takes it away."""
        values = self._settings.setdefault(section, {})
        if value is None:
            values.pop(name, None)
        else:
            values[name] = value
        if not values:
            del self._settings[section]
        self.changed.emit(SettingChanged(section, name))

    # Inside

    def _existing(self, node_id: NodeId) -> Node:
        if node_id not in self._nodes:
            raise GraphError("This layer is not in the network any more.")
        return self._nodes[node_id]

    def _name_refusal(self, name: str) -> str | None:
        if name in self._names:
            return f"There is already a layer called “{name}”."
        # A submodule is either a layer or holds layers.
        if name in self._containers:
            return f"“{name}” cannot name a layer: other layers are called “{name}.…”."
        holder = next((prefix for prefix in names.prefixes(name) if prefix in self._names), None)
        return None if holder is None else f"“{name}” would lie inside the layer “{holder}”: choose another name."

    def _take_name(self, name: str, node_id: NodeId) -> None:
        self._names[name] = node_id
        for prefix in names.prefixes(name):
            self._containers[prefix] = self._containers.get(prefix, 0) + 1

    def _free_name(self, name: str) -> None:
        del self._names[name]
        self._free_numbers.forget(name)
        for prefix in names.prefixes(name):
            self._containers[prefix] -= 1
            if not self._containers[prefix]:
                del self._containers[prefix]

    def _insert_edge(self, edge: Edge) -> None:
        self._incoming[edge.target][edge.target_port] = edge
        self._outgoing[edge.source][edge] = None

    def _local_refusal(self, edge: Edge) -> str | None:
        for end, other in ((edge.source, edge.target), (edge.target, edge.source)):
            if end not in self._nodes:
                wire = f"A wire of “{self._nodes[other].name}”" if other in self._nodes else "A wire"
                return f"{wire} leads to a layer that is not in the network."
        if edge.source == edge.target:
            return f"“{self._nodes[edge.source].name}” cannot feed itself."
        if edge.target_port in self._incoming[edge.target]:
            fed_by = self._nodes[self._incoming[edge.target][edge.target_port].source].name
            return f"This input of “{self._nodes[edge.target].name}” is already fed by “{fed_by}”."
        return None


def new_ids(graph: Graph, number: int) -> list[NodeId]:
    """`number` ids that no node of the graph has."""
    used = (int(node[1:]) for node in graph.nodes if re.fullmatch(r"n[0-9]{1,12}", node))
    candidates = (NodeId(f"n{index}") for index in count(max(used, default=0) + 1))
    return list(islice((node for node in candidates if node not in graph.nodes), number))
