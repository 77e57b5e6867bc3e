"""Every change of a graph, as a value that can be done, undone, merged and shown by name.

`apply` makes the change and returns the edit that takes it back, so undo can never disagree with what
was done. An edit that the graph refuses raises `GraphError` and leaves the graph as it was.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from engine.graph.annotations import Frame
from engine.graph.errors import GraphError
from engine.graph.model import Edge, Graph, Node, NodeId, Point
from engine.graph.params import ParamValue


class Edit(ABC):
    """One reversible change of a graph."""

    __slots__ = ()

    @property
    @abstractmethod
    def label(self) -> str:
        """What the change is called in the undo history, such as “Move 3 layers”."""

    @abstractmethod
    def apply(self, graph: Graph) -> Edit:
        """Make the change and return the edit that undoes it.

        Raises:
            GraphError: the graph refuses; it is unchanged then.
        """

    def merge(self, later: Edit) -> Edit | None:
        """The single edit that does this and then `later`; None when they are separate steps."""
        return None


@dataclass(frozen=True, slots=True)
class AddNode(Edit):
    """Add a node without wires."""

    node: Node

    @property
    def label(self) -> str:
        return f"Add {self.node.name}"

    def apply(self, graph: Graph) -> Edit:
        graph.add_node(self.node)
        return RemoveNode(self.node.id)


@dataclass(frozen=True, slots=True)
class RemoveNode(Edit):
    """Remove a node together with its wires; it leaves the frames around it, and an empty frame goes with it."""

    node: NodeId

    @property
    def label(self) -> str:
        return "Delete layer"

    def apply(self, graph: Graph) -> Edit:
        if self.node not in graph.nodes:
            raise GraphError("This layer is not in the network any more.")
        node = graph.nodes[self.node]
        edges = [*graph.incoming(self.node), *graph.outgoing(self.node)]
        for edge in edges:
            graph.remove_edge(edge)
        left = graph.annotations.leave(graph.annotations.parts([self.node]))
        graph.remove_node(self.node)
        back = (EnterFrames(left),) if left else ()
        return Compound(f"Restore {node.name}", (AddNode(node), *map(Connect, edges), *back))


@dataclass(frozen=True, slots=True)
class LeaveFrames(Edit):
    """Take nodes out of frames; a frame that is left empty goes."""

    parts: tuple[Frame, ...]
    """The frames, with only those members that leave."""

    @property
    def label(self) -> str:
        return "Take out of frame"

    def apply(self, graph: Graph) -> Edit:
        return EnterFrames(graph.annotations.leave(self.parts))


@dataclass(frozen=True, slots=True)
class EnterFrames(Edit):
    """Put nodes into frames, such as those that they have left."""

    parts: tuple[Frame, ...]
    """The frames, with only those members that come; a frame that is missing is added like this."""

    @property
    def label(self) -> str:
        return "Put into frame"

    def apply(self, graph: Graph) -> Edit:
        return LeaveFrames(graph.annotations.enter(self.parts))


@dataclass(frozen=True, slots=True)
class Connect(Edit):
    """Wire an output port to an input port."""

    edge: Edge

    @property
    def label(self) -> str:
        return "Connect layers"

    def apply(self, graph: Graph) -> Edit:
        graph.add_edge(self.edge)
        return Disconnect(self.edge)


@dataclass(frozen=True, slots=True)
class Disconnect(Edit):
    """Take a wire away."""

    edge: Edge

    @property
    def label(self) -> str:
        return "Disconnect layers"

    def apply(self, graph: Graph) -> Edit:
        graph.remove_edge(self.edge)
        return Connect(self.edge)


@dataclass(frozen=True, slots=True)
class SetParam(Edit):
    """Change one parameter of one node; consecutive changes of the same parameter merge."""

    node: NodeId
    name: str
    value: ParamValue

    @property
    def label(self) -> str:
        return f"Change {self.name.replace('_', ' ')}"

    def apply(self, graph: Graph) -> Edit:
        if self.node not in graph.nodes or self.name not in graph.nodes[self.node].params:
            raise GraphError(f"There is no “{self.name}” to change here any more.")
        before = graph.nodes[self.node].params[self.name]
        graph.set_param(self.node, self.name, self.value)
        return SetParam(self.node, self.name, before)

    def merge(self, later: Edit) -> Edit | None:
        same = isinstance(later, SetParam) and (later.node, later.name) == (self.node, self.name)
        return later if same else None


@dataclass(frozen=True, slots=True)
class Rename(Edit):
    """Give a node another name."""

    node: NodeId
    name: str

    @property
    def label(self) -> str:
        return f"Rename to {self.name}"

    def apply(self, graph: Graph) -> Edit:
        if self.node not in graph.nodes:
            raise GraphError("This layer is not in the network any more.")
        before = graph.nodes[self.node].name
        graph.rename_node(self.node, self.name)
        return Rename(self.node, before)


@dataclass(frozen=True, slots=True)
class MoveNodes(Edit):
    """Put nodes elsewhere on the canvas; moves of the same nodes in one gesture merge."""

    positions: Mapping[NodeId, Point]
    """The new position of each node."""
    gesture: str = ""
    """What moves them, such as one drag or one run of arrow keys; moves without a gesture never merge."""

    @property
    def label(self) -> str:
        return "Move layer" if len(self.positions) == 1 else f"Move {len(self.positions)} layers"

    def apply(self, graph: Graph) -> Edit:
        if any(node not in graph.nodes for node in self.positions):
            raise GraphError("A layer to be moved is not in the network any more.")
        before = {node: graph.nodes[node].position for node in self.positions}
        graph.move_nodes(self.positions)
        return MoveNodes(before, self.gesture)

    def merge(self, later: Edit) -> Edit | None:
        if not isinstance(later, MoveNodes) or not self.gesture or later.gesture != self.gesture:
            return None
        return later if later.positions.keys() == self.positions.keys() else None


@dataclass(frozen=True, slots=True)
class SetSetting(Edit):
    """Change one setting of the project; None takes it away. Consecutive changes of the same one merge."""

    section: str
    name: str
    value: ParamValue | None

    @property
    def label(self) -> str:
        return f"Change {self.name.replace('_', ' ')}"

    def apply(self, graph: Graph) -> Edit:
        before = graph.settings.get(self.section, {}).get(self.name)
        graph.set_setting(self.section, self.name, self.value)
        return SetSetting(self.section, self.name, before)

    def merge(self, later: Edit) -> Edit | None:
        same = isinstance(later, SetSetting) and (later.section, later.name) == (self.section, self.name)
        return later if same else None


@dataclass(frozen=True, slots=True)
class Compound(Edit):
    """Several edits that are done and undone as one; two merge when each of their edits does."""

    title: str
    """What the whole is called in the undo history."""
    edits: tuple[Edit, ...]
    """The steps, in the order in which they are done."""

    @property
    def label(self) -> str:
        return self.title

    def apply(self, graph: Graph) -> Edit:
        inverses: list[Edit] = []
        try:
            for edit in self.edits:
                inverses.append(edit.apply(graph))
        except GraphError:
            for inverse in reversed(inverses):
                inverse.apply(graph)
            raise
        return Compound(self.title, tuple(reversed(inverses)))

    def merge(self, later: Edit) -> Edit | None:
        if not isinstance(later, Compound) or len(later.edits) != len(self.edits):
            return None
        merged = [edit.merge(successor) for edit, successor in zip(self.edits, later.edits, strict=True)]
        steps = tuple(edit for edit in merged if edit is not None)
        return Compound(later.title, steps) if steps and len(steps) == len(merged) else None


def remove(graph: Graph, nodes: Iterable[NodeId], edges: Iterable[Edge] = ()) -> Edit:
    """The edit that deletes `nodes` with their wires, and `edges`."""
    doomed = list(dict.fromkeys(nodes))
    ends = set(doomed)
    loose = [edge for edge in dict.fromkeys(edges) if not {edge.source, edge.target} & ends]
    # Out of the frames all together: a frame would change once for each of them otherwise.
    framed = graph.annotations.parts(ends)
    leaving = (LeaveFrames(tuple(framed)),) if framed else ()
    steps: list[Edit] = [*map(Disconnect, loose), *leaving, *map(RemoveNode, doomed)]
    if not doomed:
        title = "Disconnect layers"
    elif len(doomed) == 1:
        title = f"Delete {graph.nodes[doomed[0]].name}"
    else:
        title = f"Delete {len(doomed)} layers"
    return Compound(title, tuple(steps))


def insert_on_edge(node: Node, edge: Edge, *, add: bool = True) -> Edit:
    """The edit that puts `node` into the middle of `edge`, by its first input and output.

    With `add` false the node is already in the graph.
    """
    steps: tuple[Edit, ...] = (
        Disconnect(edge),
        *((AddNode(node),) if add else ()),
        Connect(Edge(edge.source, edge.source_port, node.id, 0)),
        Connect(Edge(node.id, 0, edge.target, edge.target_port)),
    )
    return Compound(f"Insert {node.name}", steps)


def dissolve(graph: Graph, *nodes: NodeId) -> Edit:
    """The edit that removes `nodes` and joins what fed them to what they fed; see `healed`."""
    removal = remove(graph, nodes)
    return Compound(f"Remove{removal.label.removeprefix('Delete')}", (removal, *map(Connect, healed(graph, nodes))))


def crossing(graph: Graph, nodes: Collection[NodeId]) -> list[Edge]:
    """The wires between `nodes` and all others."""
    inside = set(nodes)
    edges = (edge for node in dict.fromkeys(nodes) for edge in (*graph.incoming(node), *graph.outgoing(node)))
    return [edge for edge in edges if (edge.source in inside) != (edge.target in inside)]


def is_wired_outside(graph: Graph, nodes: Collection[NodeId]) -> bool:
    """Whether there are wires between `nodes` and others."""
    inside = set(nodes)
    ends = (end for node in inside for edge in graph.wiring.at(node) for end in (edge.source, edge.target))
    return not inside.issuperset(ends)


def healed(graph: Graph, nodes: Collection[NodeId]) -> list[Edge]:
    """The wires that close the gap when `nodes` go.

    What one of them fed is fed by what fed its own first wired input; where nothing did, the wire is gone.
    """
    inside = set(nodes)
    joined: list[Edge] = []
    for edge in crossing(graph, nodes):
        feed: Edge | None = edge
        while feed is not None and feed.source in inside:
            feed = next(iter(graph.incoming(feed.source)), None)
        if feed is not None and edge.target not in inside:
            joined.append(Edge(feed.source, feed.source_port, edge.target, edge.target_port))
    return joined
