"""A long network broken into columns reads like a long text, and is broken where little is torn."""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise

import pytest

from engine.graph.annotations import Frame
from engine.graph.model import Edge, Graph, NodeId, Point
from engine.layers.unfolding import unfolded
from engine.layout.arrange import arrange
from engine.layout.metrics import GRID, NODE_HEIGHT, NODE_WIDTH
from engine.layout.quality import overlaps
from engine.zoo.registry import ZOO

Places = dict[NodeId, Point]


def chain(count: int, *skips: tuple[int, int]) -> tuple[Places, list[Edge]]:
    names = [NodeId(f"n{index}") for index in range(count)]
    wires = [Edge(first, 0, second, 0) for first, second in pairwise(names)]
    wires += [Edge(names[source], 0, names[target], 1) for source, target in skips]
    return dict.fromkeys(names, (0.0, 0.0)), wires


def broken(places: Places, wires: list[Edge], *groups: Collection[NodeId]) -> Places:
    """In columns; what holds for all networks is checked."""
    after = arrange(places, wires, frames=groups, columns=True)
    assert overlaps(after.values()) == 0
    assert arrange(after, wires, frames=groups, columns=True) == after
    return after


def columns(after: Places) -> list[list[NodeId]]:
    """The nodes of a chain in columns, in the order in which they are read."""
    found: dict[float, list[NodeId]] = {}
    for node, (x, _) in sorted(after.items(), key=lambda item: item[1]):
        found.setdefault(x, []).append(node)
    return list(found.values())


def shape(after: Places) -> float:
    width = max(x for x, _ in after.values()) - min(x for x, _ in after.values()) + NODE_WIDTH
    height = max(y for _, y in after.values()) - min(y for _, y in after.values()) + NODE_HEIGHT
    return width / height


def test_a_chain_is_read_from_column_to_column() -> None:
    places, wires = chain(100)
    after = broken(places, wires)
    assert [node for column in columns(after) for node in column] == list(places)
    assert len({min(after[node][1] for node in column) for column in columns(after)}) == 1
    assert 1.4 < shape(after) < 2.8


def test_a_short_chain_stays_one() -> None:
    places, wires = chain(3)
    assert broken(places, wires) == arrange(places, wires)


def test_only_one_node_feeds_what_follows_in_the_next_column() -> None:
    places, wires = chain(120, *((start, start + 7) for start in range(2, 110, 10)))
    after = broken(places, wires)
    column = {node: index for index, nodes in enumerate(columns(after)) for node in nodes}
    assert len(columns(after)) > 4
    for index in range(len(columns(after)) - 1):
        assert len({wire.source for wire in wires if column[wire.source] <= index < column[wire.target]}) == 1


def test_what_is_skipped_over_everything_cannot_be_broken() -> None:
    places, wires = chain(60, (1, 58))
    after = broken(places, wires)
    assert len({x for x, _ in list(after.values())[2:58]}) == 1


def test_a_group_is_not_torn_or_has_its_columns_for_itself() -> None:
    places, wires = chain(100)
    names = list(places)
    small, large = names[17:25], names[30:90]
    found = columns(broken(places, wires, small, large))
    assert sum(any(node in small for node in column) for column in found) == 1
    holding = [column for column in found if any(node in large for node in column)]
    assert len(holding) > 1
    assert [node for column in holding for node in column] == large


def test_a_selection_is_broken_and_the_rest_stays() -> None:
    places, wires = chain(80)
    names = list(places)
    before = arrange(places, wires)
    after = arrange(before, wires, names[20:70], columns=True)
    assert after.keys() == set(names[20:70])
    assert len({x for x, _ in after.values()}) > 2
    assert overlaps({**before, **after}.values()) == 0


@pytest.mark.parametrize("name", ["resnet50", "googlenet", "densenet121", "mobilenet_v2"])
def test_unfolded_networks_are_large_enough_to_read(name: str) -> None:
    graph: Graph = unfolded(ZOO[name].build())
    frames = [each.members for each in graph.annotations.values() if isinstance(each, Frame)]
    places = {node.id: node.position for node in graph.nodes.values()}
    one, several = arrange(places, graph.edges), broken(places, graph.edges, *frames)

    def largest(after: Places) -> float:
        """The zoom at which all of it is seen in a view of 1,000 × 500 pixels."""
        width = max(x for x, _ in after.values()) - min(x for x, _ in after.values())
        height = max(y for _, y in after.values()) - min(y for _, y in after.values())
        return min(1000 / max(width, 1), 500 / height)

    assert largest(several) > 3 * largest(one)
    # Within a column, what is fed lies below.
    assert sum(several[wire.target][1] <= several[wire.source][1] for wire in graph.edges) < 4 * len(graph.nodes) / 20
    assert all(x % GRID == y % GRID == 0 for x, y in several.values())
