"""The differences of two projects one by one: what each is, how it is said, and where it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from engine.graph import diff_words
from engine.graph.annotation_words import annotated
from engine.graph.annotations import Annotation, AnnotationId, Bookmark, Frame, Note, kind_of
from engine.graph.blocks import block_of
from engine.graph.diff import AnnotationChange, DocumentDiff, GraphDiff
from engine.graph.model import Edge, Graph, Node, NodeId, Point
from engine.layers.differences import differences
from engine.layers.registry import spec
from gui.inspector.numbers import plural


class Kind(Enum):
    """What has happened; the value is the word for it."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"

    @property
    def role(self) -> str:
        """The theme's colour for it."""
        return {"added": "success", "removed": "error", "changed": "warning", "moved": "muted"}[self.value]


class What(Enum):
    """What it has happened to; the value is the word for it."""

    LAYER = "layer"
    WIRE = "wire"
    FRAME = "frame"
    NOTE = "note"
    BOOKMARK = "bookmark"
    OTHER = "other difference"


@dataclass(frozen=True, slots=True)
class Entry:
    """One difference."""

    kind: Kind
    """What has happened."""
    what: What
    """To what."""
    sentence: str
    """How it is said."""
    block: str | None = None
    """The block inside of which it is; empty for the network, None when it is nowhere on the canvas."""
    nodes: tuple[NodeId, ...] = ()
    """The layers it concerns that are in the project now."""
    gone: tuple[NodeId, ...] = ()
    """The layers it concerns that are not there any more, by their old ids."""
    wire: Edge | None = None
    """The wire that is new or, by its old ids, that is gone."""
    annotation: AnnotationId | None = None
    """The frame, note or bookmark by the id that it has or, when it is gone, had."""


@dataclass(frozen=True, slots=True)
class Found:
    """All differences of two projects."""

    difference: DocumentDiff
    """As the engine tells them."""
    entries: tuple[Entry, ...]
    """One by one: the network from top to bottom, then each block, then what is nowhere on the canvas."""

    @property
    def headline(self) -> str:
        """How many there are: “3 added, 1 removed, 2 changed”, which means layers, then what else there is."""
        layers = Counter(entry.kind for entry in self.entries if entry.what is What.LAYER)
        kinds = (Kind.ADDED, Kind.REMOVED, Kind.CHANGED)
        counted = [f"{layers[kind]:,} {kind.value}" for kind in kinds if layers[kind]]
        others = Counter(entry.what for entry in self.entries)
        counted += [plural(others[what], what.value) for what in What if what is not What.LAYER and others[what]]
        moved = sum(len(entry.nodes) for entry in self.entries if entry.kind is Kind.MOVED)
        counted += [f"{moved:,} moved"] if moved else []
        return ", ".join(counted) or "no differences"


def find(old: Graph, new: Graph) -> Found:
    """The differences of the project `new` from the project `old`."""
    difference = differences(old, new)
    entries = list(_in_graph(difference.network, old, new, ""))
    for name, what in _blocks(difference):
        entries.append(what if isinstance(what, Entry) else Entry(Kind.CHANGED, What.OTHER, what, name))
    for block in difference.blocks:
        inner_old, inner_new = old.blocks.graph(block.old_name), new.blocks.graph(block.name)
        entries += _in_graph(block.inside, inner_old, inner_new, block.name)
    entries += [Entry(Kind.CHANGED, What.OTHER, diff_words.setting(change)) for change in difference.settings]
    return Found(difference, tuple(entries))


def _blocks(difference: DocumentDiff) -> Iterator[tuple[str, Entry | str]]:
    for name in difference.blocks_added:
        yield name, Entry(Kind.ADDED, What.OTHER, f"The block {name} added.", name)
    for name in difference.blocks_removed:
        yield name, Entry(Kind.REMOVED, What.OTHER, f"The block {name} removed.")
    for block in difference.blocks:
        if block.old_name != block.name:
            yield block.name, f"The block {block.old_name} is called {block.name} now."
        for sentence in diff_words.interface(block):
            yield block.name, sentence


def _in_graph(difference: GraphDiff, old: Graph, new: Graph, block: str) -> Iterator[Entry]:
    """The differences in the network or a block, from top to bottom as they lie on the canvas."""
    prefix = f"In the block {block}: " if block else ""
    placed: list[tuple[Point, Entry]] = []
    for node in difference.added:
        sentence = f"{prefix}{node.name} ({_layer(node)}) added."
        placed.append((node.position, Entry(Kind.ADDED, What.LAYER, sentence, block, (node.id,))))
    for node in difference.removed:
        sentence = f"{prefix}{node.name} ({_layer(node)}) removed."
        placed.append((node.position, Entry(Kind.REMOVED, What.LAYER, sentence, block, gone=(node.id,))))
    for change in difference.changed:
        said = " ".join(f"{clause}." for clause in diff_words.clauses(change, is_first=not prefix))
        placed.append((change.new.position, Entry(Kind.CHANGED, What.LAYER, prefix + said, block, (change.new.id,))))
    placed += _wires(difference, old, new, block)
    placed += _beside(difference, old, new, block)
    for _, entry in sorted(placed, key=lambda pair: (pair[0][1], pair[0][0])):
        yield entry
    if difference.moved:
        sentence = f"{prefix}{plural(len(difference.moved), 'layer')} moved."
        nodes = tuple(change.new.id for change in difference.moved)
        yield Entry(Kind.MOVED, What.LAYER, sentence, block, nodes)


def _beside(difference: GraphDiff, old: Graph, new: Graph, block: str) -> Iterator[tuple[Point, Entry]]:
    prefix = f"In the block {block}: " if block else ""
    for change in difference.annotations:
        there, graph = (change.old, old) if change.new is None else (change.new, new)
        assert there is not None
        said = f"{prefix}{annotated(change, is_first=not prefix)}."
        yield (
            _place(there, graph),
            Entry(kind_of_change(change), What(kind_of(there)), said, block, annotation=there.id),
        )


def _place(annotation: Annotation, graph: Graph) -> Point:
    match annotation:
        case Frame():
            return min((graph.nodes[node].position for node in annotation.members), key=lambda place: place[::-1])
        case Note():
            return annotation.position
        case Bookmark():
            return annotation.centre


def kind_of_change(change: AnnotationChange) -> Kind:
    """What has happened to a frame, a note or a bookmark."""
    if change.old is None or change.new is None:
        return Kind.ADDED if change.old is None else Kind.REMOVED
    return Kind.MOVED if change.is_moved else Kind.CHANGED


def _wires(difference: GraphDiff, old: Graph, new: Graph, block: str) -> Iterator[tuple[Point, Entry]]:
    """Wires between layers that were there and still are; those of others came and went with them."""
    prefix = f"In the block {block}: the" if block else "The"
    for edge in own_wires(difference.wires_added, difference.matched.values()):
        sentence = f"{prefix} wire from {_ends(new, edge)} added."
        yield new.nodes[edge.source].position, Entry(Kind.ADDED, What.WIRE, sentence, block, wire=edge)
    for edge in own_wires(difference.wires_removed, difference.matched):
        sentence = f"{prefix} wire from {_ends(old, edge)} removed."
        yield old.nodes[edge.source].position, Entry(Kind.REMOVED, What.WIRE, sentence, block, wire=edge)


def own_wires(wires: Iterable[Edge], kept: Iterable[NodeId]) -> list[Edge]:
    """Those of `wires` that lead from one of the layers `kept` to another one of them."""
    both = set(kept)
    return [edge for edge in wires if edge.source in both and edge.target in both]


def _ends(graph: Graph, edge: Edge) -> str:
    return f"{graph.nodes[edge.source].name} to {graph.nodes[edge.target].name}"


def _layer(node: Node) -> str:
    """What kind of layer `node` is: by its name in the list of layers, or by that of its block."""
    return block_of(node.layer) or spec(node.layer).label
