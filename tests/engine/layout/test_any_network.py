"""What holds of the drawing of any network: properties on random ones, and crossings against all there could be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise, permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.graph.model import Edge, NodeId, Point
from engine.layout.arrange import arrange
from engine.layout.metrics import GRID, NODE_HEIGHT, NODE_WIDTH, PITCH, port_offset
from engine.layout.quality import overlaps, quality

Places = dict[NodeId, Point]
Network = tuple[Places, list[Edge]]
Strand = tuple[int, float, int, float]
"""A piece of a wire between two rows: the item above, its port's place, the item below, its port's place."""

MOST = 22


def overlap(first: Point, second: Point) -> bool:
    """Whether two nodes stand on each other, or nearer than a step of the grid."""
    return abs(first[0] - second[0]) < NODE_WIDTH + 8 and abs(first[1] - second[1]) < NODE_HEIGHT + 8


def wire_up(pairs: Sequence[tuple[int, int]]) -> list[Edge]:
    """Wires between numbered nodes, each into the next free input."""
    used: dict[int, int] = {}
    wires = []
    for source, target in pairs:
        used[target] = used.get(target, -1) + 1
        wires.append(Edge(NodeId(f"n{source}"), 0, NodeId(f"n{target}"), used[target]))
    return wires


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Any network, anywhere on the canvas."""
    count = draw(st.integers(1, MOST))
    ends = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)).filter(lambda pair: pair[0] != pair[1])
    pairs = draw(st.lists(ends, max_size=3 * count // 2)) if count > 1 else []
    coordinate = st.floats(-2000, 2000, allow_nan=False) | st.integers(-20, 20).map(lambda step: step * 96.0)
    places = draw(st.lists(st.tuples(coordinate, coordinate), min_size=count, max_size=count))
    names = draw(st.permutations(range(count)))
    wires = wire_up([(names[min(pair)], names[max(pair)]) for pair in pairs])
    return {NodeId(f"n{index}"): place for index, place in enumerate(places)}, wires


@given(networks(), st.randoms(use_true_random=False))
def test_it_is_tidy_and_stays_so(network: Network, chance: Random) -> None:
    places, wires = network
    after = arrange(places, wires)
    assert after.keys() == places.keys()
    assert all(x % GRID == 0 and y % GRID == 0 for x, y in after.values())
    assert not any(overlap(first, second) for first, second in combinations(after.values(), 2))
    assert all(after[wire.target][1] >= after[wire.source][1] + PITCH for wire in wires)
    # Once more changes nothing; and no order of what it is told matters.
    assert arrange(after, wires) == after
    items = list(places.items())
    chance.shuffle(items)
    assert arrange(dict(items), chance.sample(wires, len(wires))) == after


@given(networks(), st.data())
def test_a_selection_never_moves_or_covers_others(network: Network, data: st.DataObject) -> None:
    places, wires = network
    chosen = data.draw(st.sets(st.sampled_from(sorted(places))))
    after = arrange(places, wires, chosen)
    assert after.keys() == chosen
    others = [place for node, place in places.items() if node not in chosen]
    assert not any(overlap(place, other) for place in after.values() for other in others)
    assert not any(overlap(first, second) for first, second in combinations(after.values(), 2))
    assert arrange({**places, **after}, wires, chosen) == after


def assert_tidy(places: Places, wires: Sequence[Edge]) -> Places:
    after = arrange(places, wires)
    assert overlaps(after.values()) == 0
    assert all(after[wire.target][1] >= after[wire.source][1] + PITCH for wire in wires)
    assert arrange(after, wires) == after
    return after


@pytest.mark.slow
def test_a_large_tangle() -> None:
    chance = Random(0)
    count = 600
    pairs = [(chance.randrange(node), node) for node in range(1, count)]
    pairs += [(chance.randrange(node), node) for node in range(5, count, 4)]
    places = {NodeId(f"n{node}"): (chance.uniform(0, 2000), chance.uniform(0, 2000)) for node in range(count)}
    assert_tidy(places, wire_up(list(dict.fromkeys(pairs))))


@pytest.mark.parametrize("depth", [5, 20, pytest.param(100, marks=pytest.mark.slow)])
def test_branches_within_branches(depth: int) -> None:
    """Each fork leads to a layer beside what is further inside, and both meet again."""
    forks, sides, joins = range(depth), range(depth, 2 * depth), range(2 * depth, 3 * depth)
    pairs = [*pairwise(forks), (forks[-1], joins[-1]), *((lower, upper) for upper, lower in pairwise(joins))]
    pairs += [*zip(forks, sides, strict=True), *zip(sides, joins, strict=True)]
    wires = wire_up(pairs)
    after = assert_tidy({NodeId(f"n{node}"): (0.0, 0.0) for node in range(3 * depth)}, wires)
    # The longest way stays in its line, as far as one would look at it.
    assert len({after[NodeId(f"n{node}")][0] for node in (*forks[:50], *joins[:50])}) == 1
    if depth < 100:
        assert quality(after, wires).crossings == 0


# The fewest crossings that any order in the rows has


def fewest(rows: Sequence[Sequence[int]], strands: Sequence[Sequence[Strand]], given_x: Mapping[int, float]) -> int:
    """The fewest crossings of any order of the items in their rows; those in `given_x` keep their order.

    Row by row, for each order of a row the best that leads to it.
    """
    before: dict[tuple[int, ...], int] = {}
    for number, row in enumerate(rows):
        found: dict[tuple[int, ...], int] = {}
        for order in permutations(row):
            x = [given_x[item] for item in order if item in given_x]
            if x == sorted(x):
                found[order] = min(
                    (cost + _between(upper, order, strands[number - 1]) for upper, cost in before.items()), default=0
                )
        before = found
    return min(before.values())


def _between(upper: Sequence[int], lower: Sequence[int], strands: Sequence[Strand]) -> int:
    ends = [(upper.index(a) + out / 1000, lower.index(b) + into / 1000) for a, out, b, into in strands]
    return sum((a - c) * (b - d) < -1e-9 for (a, b), (c, d) in combinations(ends, 2))


def in_rows(after: Places, wires: Sequence[Edge]) -> tuple[list[list[int]], list[list[Strand]], dict[int, float]]:
    """The rows of a drawing, with an item wherever a long wire passes one, and what runs between them."""
    names = list(after)
    heights = sorted({y for _, y in after.values()})
    row_of = {node: heights.index(y) for node, (_, y) in after.items()}
    rows: list[list[int]] = [[] for _ in heights]
    strands: list[list[Strand]] = [[] for _ in heights]
    for index, node in enumerate(names):
        rows[row_of[node]].append(index)
    inputs = {wire.target: max(other.target_port for other in wires if other.target == wire.target) for wire in wires}
    fresh = len(names)
    for wire in wires:
        item, last = names.index(wire.source), row_of[wire.target]
        for row in range(row_of[wire.source] + 1, last):
            rows[row].append(fresh)
            strands[row - 1].append((item, 0.0, fresh, 0.0))
            item, fresh = fresh, fresh + 1
        enters = port_offset(wire.target_port, inputs[wire.target] + 1)
        strands[last - 1].append((item, 0.0, names.index(wire.target), enters))
    return rows, strands, {index: after[node][0] for index, node in enumerate(names)}


def connected_network(seed: int) -> Network:
    """A small network that hangs together, with skip connections; every node is fed by one just above it."""
    chance = Random(seed)
    count = chance.randint(4, 11)
    pairs = [(chance.randint(max(0, node - 3), node - 1), node) for node in range(1, count)]
    pairs += [
        (source, chance.randint(source + 1, min(count - 1, source + 4)))
        for source in (chance.randrange(count - 1) for _ in range(chance.randint(0, count // 2)))
    ]
    places = {NodeId(f"n{node}"): (chance.uniform(-500, 500), 0.0) for node in range(count)}
    return places, wire_up(list(dict.fromkeys(pairs)))


@pytest.mark.sampled(3)
@pytest.mark.parametrize("first", range(0, 120, 20))
def test_hardly_any_drawing_has_fewer_crossings(first: int) -> None:
    more = []
    for seed in range(first, first + 20):
        places, wires = connected_network(seed)
        rows, strands, x = in_rows(arrange(places, wires), wires)
        if max(map(len, rows)) <= 5:
            more.append(fewest(rows, strands, x) - fewest(rows, strands, {}))
    assert len(more) > 10
    assert max(more) <= 1
    assert sum(more) <= 1
