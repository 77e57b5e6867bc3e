"""Making one project what another one is, as one edit: so an older version comes back and can be undone."""

from __future__ import annotations

from collections.abc import Iterator

from engine.graph.annotation_edits import AddAnnotation, remove_annotation
from engine.graph.annotations import Frame
from engine.graph.block_edits import DefineBlock, DropBlock
from engine.graph.blocks import Block, block_of
from engine.graph.edits import AddNode, Compound, Connect, Disconnect, Edit, MoveNodes, RemoveNode, SetSetting
from engine.graph.model import Graph, Node, NodeId


def replacement(old: Graph, new: Graph, title: str) -> Compound:
    """The edit that makes the project of the network `old` equal to that of `new`, to the byte, ids and all.

    What is the same in both stays untouched; there are no steps when everything is.

    Args:
        old: the network to which the edit can be applied.
        new: the network of the project that it is to become; it stays as it is.
        title: what the edit is called in the undo history.
    """
    stale = _stale_blocks(old, new)
    kept = {node.id for node in old.nodes.values() if _stays(node, new, stale)}
    return Compound(title, tuple(_steps(old, new, stale, kept)))


def _steps(old: Graph, new: Graph, stale: set[str], kept: set[NodeId]) -> Iterator[Edit]:
    annotations = {
        name
        for name, annotation in old.annotations.items()
        if annotation == new.annotations.get(name) and not (isinstance(annotation, Frame) and annotation.members - kept)
    }
    edges = {edge for edge in old.edges if edge.source in kept and edge.target in kept}
    wanted = set(new.edges)
    yield from (remove_annotation(old, name) for name in old.annotations if name not in annotations)
    yield from map(Disconnect, sorted(edges - wanted))
    yield from (RemoveNode(node) for node in old.nodes if node not in kept)
    # A block can be dropped when nothing holds it any more: those that hold others go first, and come last.
    for name in sorted(stale & old.blocks.keys(), key=lambda name: -len(old.blocks.uses(name))):
        yield DropBlock(name)
    for name in sorted(stale & new.blocks.keys(), key=lambda name: len(new.blocks.uses(name))):
        yield DefineBlock(new.blocks[name].definition())
    moved = {node: new.nodes[node].position for node in kept if _place(old.nodes[node]) != _place(new.nodes[node])}
    if moved:
        yield MoveNodes(moved)
    yield from (AddNode(node) for node in new.nodes.values() if node.id not in kept)
    yield from (Connect(edge) for edge in new.edges if edge not in edges)
    yield from (AddAnnotation(each) for name, each in new.annotations.items() if name not in annotations)
    for section in sorted({*old.settings, *new.settings}):
        before, after = old.settings.get(section, {}), new.settings.get(section, {})
        for name in sorted({*before, *after}):
            if repr(before.get(name)) != repr(after.get(name)):
                yield SetSetting(section, name, after.get(name))


def _stale_blocks(old: Graph, new: Graph) -> set[str]:
    """The blocks that differ, are gone or new, and those that hold such blocks, however deep."""
    blocks, others = old.blocks, new.blocks
    differ = {
        name
        for name in {*blocks, *others}
        if name not in blocks or name not in others or _content(blocks[name]) != _content(others[name])
    }
    return {name for name in {*blocks, *others} if name in differ or (blocks.uses(name) | others.uses(name)) & differ}


def _content(block: Block) -> object:
    """All that a block is, whatever the order in which it was drawn."""
    graph = block.graph
    nodes = sorted((node.id, _identity(node), _place(node)) for node in graph.nodes.values())
    return block.doc, block.params, nodes, set(graph.edges), dict(graph.annotations)


def _stays(node: Node, new: Graph, stale: set[str]) -> bool:
    same = new.nodes.get(node.id)
    return same is not None and _identity(node) == _identity(same) and block_of(node.layer) not in stale


def _identity(node: Node) -> str:
    # Written out, because to Python True is the same as 1 and as 1.0, and in a file it is not.
    return repr((node.layer, node.name, sorted(node.params.items())))


def _place(node: Node) -> str:
    return repr(tuple(map(float, node.position)))
