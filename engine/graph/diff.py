"""What is different between two projects: two versions of one file, or two files of the same network.

Layers are paired by `engine.graph.matching`. Ids do not count: files that say the same of the same layers are equal.
The difference the other way round has added and removed, old and new swapped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from engine.graph import diff_words
from engine.graph.annotations import Annotation, AnnotationId, Frame, Note, in_order, inscription
from engine.graph.blocks import PREFIX, Block, block_of
from engine.graph.matching import Matching, match_blocks, match_nodes, unique_pairs
from engine.graph.model import Edge, Graph, Node, NodeId, Settings
from engine.graph.params import Param, Params, ParamValue
from engine.graph.wire_matching import IsVariadic, Ports, match_wires, ports_of_blocks


@dataclass(frozen=True, slots=True)
class ValueChange:
    """A parameter of a layer, or a setting of the project, that has another value."""

    name: str
    """What is called so in the file."""
    old: ParamValue | None
    """None when it was not there."""
    new: ParamValue | None
    """None when it is not there any more."""
    section: str = ""
    """The section of a setting."""


@dataclass(frozen=True, slots=True)
class NodeChange:
    """A layer that is in both graphs, but not quite the same."""

    old: Node
    """What it was."""
    new: Node
    """What it is."""
    params: tuple[ValueChange, ...] = ()
    """The parameters with other values; those that only one of two different layers has are among them."""
    is_other_layer: bool = False
    """Whether it is another type of layer, or an instance of another block, which is not only called otherwise."""

    @property
    def is_renamed(self) -> bool:
        """Whether it has another name."""
        return self.old.name != self.new.name

    @property
    def is_moved(self) -> bool:
        """Whether it lies elsewhere on the canvas."""
        return self.old.position != self.new.position

    @property
    def is_changed(self) -> bool:
        """Whether anything but its place on the canvas is different."""
        return self.is_renamed or self.is_other_layer or bool(self.params)


@dataclass(frozen=True, slots=True)
class AnnotationChange:
    """A frame, a note or a bookmark that is new, gone or different."""

    old: Annotation | None
    """None when it is new."""
    new: Annotation | None
    """None when it is gone."""
    entered: tuple[NodeId, ...] = ()
    """The nodes that a frame encloses now and did not before although they were there, by their new ids."""
    left: tuple[NodeId, ...] = ()
    """The nodes that it enclosed and does not any more although they are there, by their old ids."""

    @property
    def is_moved(self) -> bool:
        """Whether it is the same but for its place on the canvas."""
        if not isinstance(self.old, Note) or not isinstance(self.new, Note):
            return False
        return replace(self.old, id=self.new.id, position=self.new.position) == self.new


@dataclass(frozen=True, slots=True)
class GraphDiff:
    """What is different in the network, or inside one block. Nodes and wires that are gone have the ids of the old
    graph, all others those of the new one; everything is in the order of ids."""

    matched: Mapping[NodeId, NodeId]
    """Every node that is in both graphs: from its id in the old one to that in the new one."""
    added: tuple[Node, ...]
    """Nodes that only the new graph has."""
    removed: tuple[Node, ...]
    """Nodes that only the old graph has."""
    changed: tuple[NodeChange, ...]
    """Nodes that are in both and differ by more than their place; they may lie elsewhere as well."""
    moved: tuple[NodeChange, ...]
    """Nodes of which only the place is different."""
    wires_added: tuple[Edge, ...]
    """Wires that only the new graph has, also those of nodes that are new."""
    wires_removed: tuple[Edge, ...]
    """Wires that only the old graph has, also those of nodes that are gone."""
    wires_renumbered: Mapping[Edge, Edge]
    """Wires that are in both, from what each was to what it is, which are at ports of other numbers only because other
    ports have come or gone; that is no difference."""
    annotations: tuple[AnnotationChange, ...]
    """Frames, notes and bookmarks that are new, gone or different; a frame is when nodes that are in both graphs are
    in it and were not, or the other way round."""

    @property
    def is_empty(self) -> bool:
        """Whether the two graphs are equal."""
        return not (
            self.added
            or self.removed
            or self.changed
            or self.moved
            or self.wires_added
            or self.wires_removed
            or self.annotations
        )


@dataclass(frozen=True, slots=True)
class BlockParamChange:
    """A parameter of a block that is new, gone or declared otherwise."""

    old: Param | None
    """None when it is new."""
    new: Param | None
    """None when it is gone."""


@dataclass(frozen=True, slots=True)
class BlockDiff:
    """What is different about a block that is in both projects."""

    old_name: str
    """What it was called."""
    name: str
    """What it is called."""
    doc: tuple[str, str] | None
    """Its old and its new text; None when it is the same."""
    params: tuple[BlockParamChange, ...]
    """What is different about the parameters that instances can set."""
    inside: GraphDiff
    """What is different about its layers and wires."""

    @property
    def is_empty(self) -> bool:
        """Whether the block is the same in both projects."""
        return self.old_name == self.name and self.doc is None and not self.params and self.inside.is_empty


@dataclass(frozen=True, slots=True)
class DocumentDiff:
    """What is different between two projects."""

    network: GraphDiff
    """What is different in the network itself."""
    blocks: tuple[BlockDiff, ...]
    """Every block that is in both projects, in the order of the new names; many may be the same."""
    blocks_added: tuple[str, ...]
    """The names of the blocks that only the new project has."""
    blocks_removed: tuple[str, ...]
    """The names of the blocks that only the old project has."""
    settings: tuple[ValueChange, ...]
    """What is different about data, recipe and the like."""

    @property
    def is_empty(self) -> bool:
        """Whether the projects are equal."""
        whole = self.network.is_empty and all(block.is_empty for block in self.blocks)
        return whole and not (self.blocks_added or self.blocks_removed or self.settings)

    def inside(self, block: str) -> GraphDiff | None:
        """What is different in the network, for an empty name, or in the block that is called so in the new project;
        None when only one of the projects has it."""
        if not block:
            return self.network
        return next((each.inside for each in self.blocks if each.name == block), None)

    def summary(self, most: int | None = None) -> list[str]:
        """The differences as sentences for people, at most so many and one that says how many more there are."""
        return diff_words.summary(self, most)


def _takes_fixed_inputs(layer: str) -> bool:
    return False


def diff(old: Graph, new: Graph, is_variadic: IsVariadic = _takes_fixed_inputs) -> DocumentDiff:
    """What is different in the project of the network `new` from that of the network `old`.

    Args:
        old: the network of one project.
        new: that of the other one.
        is_variadic: tells the layers that take any number of inputs, of which only the order counts.
            `engine.layers.differences` knows them.
    """
    renamed = match_blocks(old.blocks, new.blocks)
    inside = {was: match_nodes(old.blocks.graph(was), new.blocks.graph(name), renamed) for was, name in renamed.items()}
    ports = ports_of_blocks(old.blocks, new.blocks, renamed, inside)
    finder = _Finder(renamed, ports, is_variadic)
    blocks = (finder.of_block(old.blocks[was], new.blocks[name], inside[was]) for was, name in renamed.items())
    kept = set(renamed.values())
    return DocumentDiff(
        network=finder.of_graph(old, new, match_nodes(old, new, renamed)),
        blocks=tuple(sorted(blocks, key=lambda block: block.name)),
        blocks_added=tuple(sorted(name for name in new.blocks if name not in kept)),
        blocks_removed=tuple(sorted(name for name in old.blocks if name not in renamed)),
        settings=_of_settings(old.settings, new.settings),
    )


@dataclass(frozen=True, slots=True)
class _Finder:
    """Compares graphs of two projects whose blocks are paired already."""

    renamed: Mapping[str, str]
    """What the blocks of the old project are called in the new one."""
    ports: Mapping[str, Ports]
    """Where the ports of their instances have gone, by their old names."""
    is_variadic: IsVariadic

    def of_block(self, old: Block, new: Block, matching: Matching) -> BlockDiff:
        params, new_params = ({param.name: param for param in block.params} for block in (old, new))
        names = dict.fromkeys((*params, *new_params))
        return BlockDiff(
            old_name=old.name,
            name=new.name,
            doc=None if old.doc == new.doc else (old.doc, new.doc),
            params=tuple(
                BlockParamChange(params.get(name), new_params.get(name))
                for name in names
                if params.get(name) != new_params.get(name)
            ),
            inside=self.of_graph(old.graph, new.graph, matching),
        )

    def of_graph(self, old: Graph, new: Graph, matching: Matching) -> GraphDiff:
        pairs = matching.pairs
        nodes, new_nodes = old.nodes, new.nodes
        found = (_of_node(nodes[was], new_nodes[name], self.renamed) for was, name in pairs.items())
        changes = sorted((change for change in found if change), key=lambda change: in_order(change.new.id))
        wires = match_wires(old, new, pairs, self.ports, self.is_variadic)
        kept = set(wires.values())
        return GraphDiff(
            matched=pairs,
            added=_nodes(node for node in new_nodes.values() if node.id not in matching.back),
            removed=_nodes(node for node in nodes.values() if node.id not in pairs),
            changed=tuple(change for change in changes if change.is_changed),
            moved=tuple(change for change in changes if change.is_moved and not change.is_changed),
            wires_added=_wires(edge for edge in new.edges if edge not in kept),
            wires_removed=_wires(edge for edge in old.edges if edge not in wires),
            wires_renumbered={was: now for was, now in wires.items() if _ports_of(was) != _ports_of(now)},
            annotations=_of_annotations(old, new, matching),
        )


def _ports_of(edge: Edge) -> tuple[int, int]:
    return edge.source_port, edge.target_port


def _of_settings(old: Settings, new: Settings) -> tuple[ValueChange, ...]:
    return tuple(
        replace(change, section=section)
        for section in sorted({*old, *new})
        for change in _of_values(old.get(section, {}), new.get(section, {}))
    )


def _of_values(old: Params, new: Params) -> tuple[ValueChange, ...]:
    if old == new and list(map(type, old.values())) == [type(new[name]) for name in old]:
        # Most layers are the same, and this is quick to see.
        return ()
    names = sorted(name for name in {*old, *new} if not _is_same(old.get(name), new.get(name)))
    return tuple(ValueChange(name, old.get(name), new.get(name)) for name in names)


def _is_same(old: ParamValue | None, new: ParamValue | None) -> bool:
    # To Python, True is the same as 1 and as 1.0.
    return old == new and type(old) is type(new)


def _of_node(old: Node, new: Node, renamed: Mapping[str, str]) -> NodeChange | None:
    params = _of_values(old.params, new.params)
    if not params and (old.layer, old.name, old.position) == (new.layer, new.name, new.position):
        return None
    block = block_of(old.layer)
    layer = old.layer if block is None else PREFIX + renamed.get(block, block)
    change = NodeChange(old, new, params, layer != new.layer)
    return change if change.is_changed or change.is_moved else None


def _nodes(nodes: Iterable[Node]) -> tuple[Node, ...]:
    return tuple(sorted(nodes, key=lambda node: in_order(node.id)))


def _wires(edges: Iterable[Edge]) -> tuple[Edge, ...]:
    return tuple(sorted(edges, key=lambda edge: (in_order(edge.source), in_order(edge.target), edge)))


def _of_annotations(old: Graph, new: Graph, matching: Matching) -> tuple[AnnotationChange, ...]:
    """Annotations are paired by id where the graphs share history, then by what stands on them."""
    ones, others = dict(old.annotations), dict(new.annotations)
    pairs: list[tuple[Annotation, Annotation]] = []
    if matching.share_history:
        same = [name for name in ones if name in others and type(ones[name]) is type(others[name])]
        pairs += [(ones.pop(name), others.pop(name)) for name in same]
    for one, other in unique_pairs(_inscribed(ones), _inscribed(others)):
        pairs.append((ones.pop(one), others.pop(other)))
    changes = [change for one, other in pairs if (change := _changed(one, other, matching)) is not None]
    changes += [AnnotationChange(one, None) for one in ones.values()]
    changes += [AnnotationChange(None, other) for other in others.values()]
    return tuple(changes)


def _changed(one: Annotation, other: Annotation, matching: Matching) -> AnnotationChange | None:
    """What is different about an annotation; layers that came or went are no difference of the frames around them."""
    if not isinstance(one, Frame) or not isinstance(other, Frame):
        return None if replace(one, id=other.id) == other else AnnotationChange(one, other)
    pairs, back = matching.pairs, matching.back
    entered = [node for node in other.members if node in back and back[node] not in one.members]
    left = [node for node in one.members if node in pairs and pairs[node] not in other.members]
    if not (entered or left) and (one.title, one.colour) == (other.title, other.colour):
        return None
    return AnnotationChange(one, other, tuple(sorted(entered, key=in_order)), tuple(sorted(left, key=in_order)))


def _inscribed(annotations: Mapping[AnnotationId, Annotation]) -> dict[AnnotationId, tuple[type, str]]:
    """What stands on each annotation."""
    return {name: (type(annotation), inscription(annotation)) for name, annotation in annotations.items()}
