"""Where the differences of the graph in view lie on the canvas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median_low

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

from engine.graph.blocks import block_of
from engine.graph.diff import DocumentDiff, GraphDiff, NodeChange
from engine.graph.model import Edge, Graph, Node, NodeId, Point
from engine.layers.blocks import declared
from gui.canvas import curves
from gui.canvas.geometry import card_at, free_place, overlaps
from gui.canvas.node_item import NodeItem
from gui.canvas.routing import Router
from gui.canvas.scene import CanvasScene
from gui.compare.beside import BesideMarks, beside_marks
from gui.compare.entries import own_wires

_MOST_ASIDE = 200
"""Of more layers that are gone, none is moved aside to where there is room for it."""


@dataclass(slots=True)
class Ghost:
    """A layer that is gone, as it is painted."""

    item: NodeItem
    """What it looked like; it is in no scene."""
    card: QRectF
    """Where it is painted: where it was or, where there are other layers now, beside that."""


@dataclass(slots=True)
class Lost:
    """A wire that is gone, as it is painted."""

    path: QPainterPath
    """Its way around the layers that are there now."""
    is_own: bool
    """Whether it joined layers that are still there, and did not go with one of them."""
    bounds: QRectF
    """The rectangle around its way."""
    middle: QPointF
    """Where its sign goes."""


@dataclass(slots=True)
class Marks:
    """What is to be painted for the differences of one graph."""

    added: frozenset[NodeId] = frozenset()
    """Layers that are new."""
    changed: Mapping[NodeId, NodeChange] = field(default_factory=dict)
    """Layers that are different."""
    inside: frozenset[NodeId] = frozenset()
    """Instances of blocks that are different inside, however deep."""
    moved: frozenset[NodeId] = frozenset()
    """Layers that only lie elsewhere."""
    ghosts: Mapping[NodeId, Ghost] = field(default_factory=dict)
    """Layers that are gone, by their old ids."""
    wires_added: Mapping[Edge, bool] = field(default_factory=dict)
    """Wires that are new, and whether they join layers that were there before."""
    wires_removed: Mapping[Edge, Lost] = field(default_factory=dict)
    """Wires that are gone, by their old ids."""
    beside: BesideMarks = field(default_factory=BesideMarks)
    """Frames and notes."""

    def ghost_at(self, place: QPointF) -> Ghost | None:
        """The layer that is painted at `place` although it is gone."""
        return next((ghost for ghost in self.ghosts.values() if ghost.card.contains(place)), None)


def marks_of(difference: DocumentDiff, old: Graph, scene: CanvasScene) -> Marks:
    """The marks of what is different in the graph that `scene` shows, in a document compared with the network `old`."""
    graph = scene.workspace.graph
    renamed = {block.name: block.old_name for block in difference.blocks}
    inside = difference.inside(graph.block)
    if inside is None:
        return Marks(added=frozenset(graph.nodes), wires_added=dict.fromkeys(graph.edges, False))
    marks = _of_graph(inside, old.blocks.graph(renamed.get(graph.block, "")), scene)
    marks.inside = _instances(_different(difference, scene), graph) - marks.changed.keys() - marks.added
    return marks


def _different(difference: DocumentDiff, scene: CanvasScene) -> set[str]:
    """The blocks that are different, or hold blocks that are."""
    blocks = scene.workspace.document.blocks
    own = {block.name for block in difference.blocks if not block.is_empty}
    return {name for name in blocks if blocks.uses(name) & own} if own else set()


def _instances(blocks: set[str], graph: Graph) -> frozenset[NodeId]:
    return frozenset(node.id for node in graph.nodes.values() if block_of(node.layer) in blocks)


def _of_graph(difference: GraphDiff, old: Graph, scene: CanvasScene) -> Marks:
    ghosts = _ghosts(difference, old, scene)
    own_added = set(own_wires(difference.wires_added, difference.matched.values()))
    return Marks(
        added=frozenset(node.id for node in difference.added),
        changed={change.new.id: change for change in difference.changed},
        moved=frozenset(change.new.id for change in difference.moved),
        ghosts=ghosts,
        wires_added={edge: edge in own_added for edge in difference.wires_added},
        wires_removed=_lost_wires(difference, ghosts, scene),
        beside=beside_marks(difference, scene, {node: ghost.item.position for node, ghost in ghosts.items()}),
    )


def _ghosts(difference: GraphDiff, old: Graph, scene: CanvasScene) -> dict[NodeId, Ghost]:
    nodes = difference.removed
    taken = [item.position for item in scene.nodes.values()]
    ghosts: dict[NodeId, Ghost] = {}
    for node in nodes:
        place = _moved_along(node, difference, old, scene)
        if len(nodes) <= _MOST_ASIDE and any(overlaps(place, other, gap=0.0) for other in taken):
            place = free_place(place, taken)
        taken.append(place)
        item = NodeItem(node, declared(old, node))
        incoming, outgoing = old.incoming(node.id), old.outgoing(node.id)
        item.set_wired({edge.target_port for edge in incoming}, {edge.source_port for edge in outgoing})
        item.put(place)
        ghosts[node.id] = Ghost(item, card_at(place))
    return ghosts


def _moved_along(node: Node, difference: GraphDiff, old: Graph, scene: CanvasScene) -> Point:
    """Where a layer that is gone would be, had it moved along with those that it was wired to."""
    wired = [edge.source for edge in old.incoming(node.id)] + [edge.target for edge in old.outgoing(node.id)]
    kept = [(old.nodes[other].position, difference.matched[other]) for other in wired if other in difference.matched]
    now = [(before, scene.nodes[other].position) for before, other in kept if other in scene.nodes]
    if not now:
        return node.position
    across, down = (median_low(new[axis] - before[axis] for before, new in now) for axis in (0, 1))
    return node.position[0] + across, node.position[1] + down


def _lost_wires(difference: GraphDiff, ghosts: Mapping[NodeId, Ghost], scene: CanvasScene) -> dict[Edge, Lost]:
    """The ways of the wires that are gone, led around what is there like those of other wires."""
    if not difference.wires_removed:
        return {}
    router: Router[Edge] = Router()
    for item in scene.nodes.values():
        router.place(item.node.id, item.position)
    for name, ghost in ghosts.items():
        # Ids of the old graph may be those of other layers in the new one.
        router.place(NodeId(f"gone {name}"), ghost.item.position)

    def item_of(node: NodeId) -> NodeItem | None:
        if node in ghosts:
            return ghosts[node].item
        return scene.nodes.get(difference.matched.get(node, NodeId("")))

    for edge in difference.wires_removed:
        source, target = item_of(edge.source), item_of(edge.target)
        if source is None or target is None:
            continue
        start, end = source.port_place(True, edge.source_port), target.port_place(False, edge.target_port)
        router.connect(edge, _point(start), _point(end), 0)
    own = set(own_wires(difference.wires_removed, difference.matched))
    lost: dict[Edge, Lost] = {}
    for edge, route in router.refresh().items():
        path = curves.path(route)
        place = middle_of(path, ghosts)
        lost[edge] = Lost(path, edge in own, path.controlPointRect().adjusted(-4, -4, 4, 4), place)
    return lost


def middle_of(path: QPainterPath, ghosts: Mapping[NodeId, Ghost]) -> QPointF:
    """The middle of a wire, or a place beside it where no layer that is gone would be hidden."""
    places = [path.pointAtPercent(share) for share in (0.5, 0.2, 0.8)]
    free = (place for place in places if not any(ghost.card.contains(place) for ghost in ghosts.values()))
    return next(free, places[0])


def _point(place: QPointF) -> Point:
    return place.x(), place.y()
