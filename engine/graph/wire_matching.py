"""Which wire of one graph is which of another one, whose nodes are paired already.

The number of a port says little where it follows from the ports before it: an instance of a block has one input less
when its block has, and of a layer that takes any number of inputs only their order counts. Swapping the two graphs
swaps the pairs and changes nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from engine.graph.block_edits import BLOCK_INPUT, BLOCK_OUTPUT, ends
from engine.graph.blocks import Blocks, block_of
from engine.graph.matching import Matching
from engine.graph.model import Edge, Graph, NodeId

IsVariadic = Callable[[str], bool]
"""Whether layers of this id take any number of inputs."""
_Source = tuple[NodeId, int]


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the inputs, or the outputs, of the instances of a block have gone."""

    numbers: tuple[int | None, ...]
    """For each of the old ones its new number; None for those that are gone."""
    count: int
    """How many there are now."""

    def __getitem__(self, port: int) -> int | None:
        """The new number; a wire may lead to a port that no block has, and then it still does."""
        if port < len(self.numbers):
            return self.numbers[port]
        return port if port >= self.count else None


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the ports of the instances of a block have gone."""

    name: str
    """What the block is called now."""
    inputs: _Places
    outputs: _Places


def ports_of_blocks(
    old: Blocks, new: Blocks, renamed: Mapping[str, str], matchings: Mapping[str, Matching]
) -> dict[str, Ports]:
    """What has become of the ports of each block that is in both projects, by its old name.

    Args:
        old: the blocks of the old project.
        new: the blocks of the new one.
        renamed: what the old blocks are called in the new project.
        matchings: the pairs of nodes inside each of them, by its old name.
    """
    found: dict[str, Ports] = {}
    for was, name in renamed.items():
        pairs = matchings[was].pairs
        inner, new_inner = old.graph(was), new.graph(name)
        found[was] = Ports(
            name,
            _places(ends(inner, BLOCK_INPUT), ends(new_inner, BLOCK_INPUT), pairs),
            _places(ends(inner, BLOCK_OUTPUT), ends(new_inner, BLOCK_OUTPUT), pairs),
        )
    return found


def match_wires(
    old: Graph, new: Graph, pairs: Mapping[NodeId, NodeId], ports: Mapping[str, Ports], is_variadic: IsVariadic
) -> dict[Edge, Edge]:
    """The wires that are in both graphs: from what each was to what it is.

    Args:
        old: one graph.
        new: the other one.
        pairs: the nodes that are in both, from their old ids to the new ones.
        ports: the result of `ports_of_blocks`.
        is_variadic: tells the layers of which only the order of inputs counts.
    """
    moved = ((edge, _carried(edge, old, new, pairs, ports)) for edge in old.edges)
    carried = {edge: there for edge, there in moved if there is not None}
    there = set(new.edges)
    found = {edge: now for edge, now in carried.items() if now in there}
    lost = {pairs[edge.target] for edge in old.edges if edge.target in pairs and edge not in found}
    come = {edge.target for edge in there.difference(found.values())}
    back = {name: was for was, name in pairs.items()}
    for target in lost & come:
        if is_variadic(new.nodes[target].layer) and is_variadic(old.nodes[back[target]].layer):
            before = [edge for edge in old.incoming(back[target]) if edge in carried]
            ordered = _in_order(before, [carried[edge] for edge in before], new.incoming(target))
            if ordered:
                # Of several wires from one output it may be others that are the same.
                for edge in before:
                    found.pop(edge, None)
                found |= ordered
    return found


def _in_order(old: Sequence[Edge], carried: Sequence[Edge], new: Sequence[Edge]) -> dict[Edge, Edge]:
    """The wires into one node that are in both graphs, if they are in the same order; else none."""
    both = Counter(map(_source, carried)) & Counter(map(_source, new))
    # Of two wires from one output the first may be gone, or the last.
    for from_last in (False, True):
        ones, others = _some(carried, both, from_last=from_last), _some(new, both, from_last=from_last)
        if [_source(carried[place]) for place in ones] == [_source(new[place]) for place in others]:
            return {old[one]: new[other] for one, other in zip(ones, others, strict=True)}
    return {}


def _some(edges: Sequence[Edge], wanted: Counter[_Source], *, from_last: bool) -> list[int]:
    """The places of those of `edges` that begin where `wanted` says, of each so many; in the order of ports."""
    left = Counter(wanted)
    places: list[int] = []
    for place in sorted(range(len(edges)), key=lambda place: edges[place].target_port, reverse=from_last):
        source = _source(edges[place])
        if left[source] > 0:
            left[source] -= 1
            places.append(place)
    return places


def _source(edge: Edge) -> _Source:
    return edge.source, edge.source_port


def _carried(
    edge: Edge, old: Graph, new: Graph, pairs: Mapping[NodeId, NodeId], ports: Mapping[str, Ports]
) -> Edge | None:
    """A wire of the old graph as it is called in the new one; None when one of its ends is gone."""
    if edge.source not in pairs or edge.target not in pairs:
        return None
    source, target = pairs[edge.source], pairs[edge.target]
    from_block, to_block = (
        _ports(old.nodes[was].layer, new.nodes[now].layer, ports)
        for was, now in ((edge.source, source), (edge.target, target))
    )
    source_port = edge.source_port if from_block is None else from_block.outputs[edge.source_port]
    target_port = edge.target_port if to_block is None else to_block.inputs[edge.target_port]
    if source_port is None or target_port is None:
        return None
    return Edge(source, source_port, target, target_port)


def _ports(layer: str, new_layer: str, ports: Mapping[str, Ports]) -> Ports | None:
    """What has become of the ports of a node, unless it is no instance of a block or one of another block now."""
    block = block_of(layer)
    found = None if block is None else ports.get(block)
    return found if found is not None and found.name == block_of(new_layer) else None


def _places(before: Iterable[NodeId], after: Sequence[NodeId], pairs: Mapping[NodeId, NodeId]) -> _Places:
    numbers = {node: port for port, node in enumerate(after)}
    return _Places(tuple(numbers.get(pairs[node]) if node in pairs else None for node in before), len(after))
