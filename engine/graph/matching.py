"""Which layer of one graph is which of another one: of an older version of it, or of one that somebody else drew.

Swapping the two graphs swaps the pairs and changes nothing else.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from engine.graph.blocks import PREFIX, Block, Blocks, block_of
from engine.graph.model import Graph, Node, NodeId

_MAX_STRANGERS = 50
"""With more blocks that have no namesake, renamed ones are only found when nothing else about them has changed."""
_ALIKE = 0.5
"""The share of layers that a renamed block must have in common with what it was."""

Thing = TypeVar("Thing")
_Layers = Mapping[NodeId, str]
_Group = tuple[int, int, str]
"""What neighbours of one node have in common: the port of the node, the port of the neighbour, the layer."""


@dataclass(slots=True)
class Matching:
    """The pairs of nodes that were found so far."""

    share_history: bool
    """Whether one graph grew out of the other, or both out of a third, so that the same id means the same layer."""
    pairs: dict[NodeId, NodeId] = field(default_factory=dict)
    """From the old graph to the new one."""
    back: dict[NodeId, NodeId] = field(default_factory=dict)
    """From the new graph to the old one."""

    def pair(self, old: NodeId, new: NodeId) -> None:
        """Take `old` and `new` for the same, unless one of them has been found already."""
        if old not in self.pairs and new not in self.back:
            self.pairs[old] = new
            self.back[new] = old


def match_nodes(old: Graph, new: Graph, renamed: Mapping[str, str]) -> Matching:
    """Pair the nodes of two graphs: by id where they share history, then by name, then by layer and neighbours.

    Args:
        old: one graph.
        new: the other one.
        renamed: what the blocks of the old project are called in the new one.
    """
    layers = {node.id: _renamed(node.layer, renamed) for node in old.nodes.values()}
    new_layers = {node.id: node.layer for node in new.nodes.values()}
    found = Matching(_share_history(old, new, layers))
    if found.share_history:
        new_nodes = new.nodes
        common = [(node, new_nodes[node.id]) for node in old.nodes.values() if node.id in new_nodes]
        alike: tuple[Callable[[Node, Node], bool], ...] = (
            lambda one, other: one.name == other.name,
            lambda one, other: layers[one.id] == other.layer,
            # A layer that was both replaced and renamed stays in its place.
            lambda one, other: one.position == other.position,
        )
        for is_alike in alike:
            for node, same in common:
                if node.id not in found.pairs and is_alike(node, same):
                    found.pair(node.id, node.id)
    for node in old.nodes.values():
        namesake = None if node.id in found.pairs else new.named(node.name)
        if namesake is not None:
            found.pair(node.id, namesake.id)
    if not found.pairs:
        # The only layer of its kind is somewhere to begin.
        for one, other in unique_pairs(layers, new_layers):
            found.pair(one, other)
    _spread(found, old, new, layers, new_layers)
    return found


def match_blocks(old: Blocks, new: Blocks) -> dict[str, str]:
    """Which block of `old` is which of `new`: by name, and those that are left by what is inside."""
    pairs = {name: name for name in old if name in new}
    strangers = [block for name, block in old.items() if name not in pairs]
    newcomers = [block for name, block in new.items() if name not in pairs]
    marks, new_marks = ({block.name: _fingerprint(block) for block in blocks} for blocks in (strangers, newcomers))
    pairs |= unique_pairs(marks, new_marks)
    taken = set(pairs.values())
    strangers = [block for block in strangers if block.name not in pairs]
    newcomers = [block for block in newcomers if block.name not in taken]
    if len(strangers) <= _MAX_STRANGERS and len(newcomers) <= _MAX_STRANGERS:
        scores = [(_likeness(one, other), one.name, other.name) for one in strangers for other in newcomers]
        # The order does not depend on which of the two is the old one.
        for score, one_name, other_name in sorted(scores, key=lambda found: (-found[0], *sorted(found[1:]))):
            if score >= _ALIKE and one_name not in pairs and other_name not in taken:
                pairs[one_name] = other_name
                taken.add(other_name)
    return pairs


def _renamed(layer: str, renamed: Mapping[str, str]) -> str:
    block = block_of(layer)
    return layer if block is None else PREFIX + renamed.get(block, block)


def _share_history(old: Graph, new: Graph, layers: _Layers) -> bool:
    """Whether ids mean the same in both: names and layers follow them rather than not."""
    new_nodes = new.nodes
    common = [(node, new_nodes[node.id]) for node in old.nodes.values() if node.id in new_nodes]
    same_name = sum(node.name == other.name for node, other in common)
    same_layer = sum(layers[node.id] == other.layer for node, other in common)
    namesakes = (new.named(node.name) for node in old.nodes.values())
    elsewhere = sum(namesake is not None for namesake in namesakes) - same_name
    return same_name >= elsewhere and 2 * same_layer >= len(common)


def unique_pairs(ones: Mapping[Thing, Hashable], others: Mapping[Thing, Hashable]) -> list[tuple[Thing, Thing]]:
    """Those of `ones` and `others` that alone, on either side, have the same mark."""
    counted, other_counted = Counter(ones.values()), Counter(others.values())
    owners = {mark: other for other, mark in others.items()}
    unique = ((one, mark) for one, mark in ones.items() if counted[mark] == other_counted[mark] == 1)
    return [(one, owners[mark]) for one, mark in unique]


def _fingerprint(block: Block) -> tuple[object, ...]:
    nodes = frozenset(_essence(node) for node in block.graph.nodes.values())
    return tuple(param.name for param in block.params), nodes, frozenset(block.graph.edges)


def _essence(node: Node) -> tuple[str, str, str]:
    # Blocks inside blocks may have got other names too.
    return node.id, node.name, PREFIX if block_of(node.layer) is not None else node.layer


def _likeness(one: Block, other: Block) -> float:
    """The share of layers that two blocks have in common, from 0 to 1."""
    nodes, other_nodes = (set(map(_essence, block.graph.nodes.values())) for block in (one, other))
    return len(nodes & other_nodes) / max(len(nodes), len(other_nodes), 1)


def _spread(found: Matching, old: Graph, new: Graph, layers: _Layers, new_layers: _Layers) -> None:
    """Pair nodes that are the only ones of their layer at the same ports of a pair, and so on from there."""
    # Only pairs beside something unpaired have anything to propose.
    lonely = [node for node in old.nodes if node not in found.pairs]
    beside = {edge.source for node in lonely for edge in old.incoming(node)}
    beside |= {edge.target for node in lonely for edge in old.outgoing(node)}
    frontier = [(node, found.pairs[node]) for node in beside if node in found.pairs]
    while frontier:
        proposals: set[tuple[NodeId, NodeId]] = set()
        for one, other in frontier:
            for side, other_side in zip(
                _neighbours(old, one, found.pairs, layers), _neighbours(new, other, found.back, new_layers), strict=True
            ):
                for group in side.keys() & other_side.keys():
                    if len(side[group]) == len(other_side[group]) == 1:
                        proposals.add((side[group][0], other_side[group][0]))
        # Where two pairs propose different things, neither is followed: the order must not matter.
        asked = Counter(one for one, _ in proposals)
        other_asked = Counter(other for _, other in proposals)
        frontier = [(one, other) for one, other in proposals if asked[one] == other_asked[other] == 1]
        for one, other in frontier:
            found.pair(one, other)


def _neighbours(
    graph: Graph, node: NodeId, known: Mapping[NodeId, NodeId], layers: _Layers
) -> tuple[dict[_Group, list[NodeId]], dict[_Group, list[NodeId]]]:
    """The neighbours of `node` that are not paired yet: those that feed it, and those that it feeds."""
    before: dict[_Group, list[NodeId]] = defaultdict(list)
    after: dict[_Group, list[NodeId]] = defaultdict(list)
    for edge in graph.incoming(node):
        if edge.source not in known:
            before[edge.target_port, edge.source_port, layers[edge.source]].append(edge.source)
    for edge in graph.outgoing(node):
        if edge.target not in known:
            after[edge.source_port, edge.target_port, layers[edge.target]].append(edge.target)
    return before, after
