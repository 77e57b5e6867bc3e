"""The figures of drawings that one can count by hand, and those of the networks of the zoo."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import combinations
from random import Random

import pytest

from engine.graph.model import Edge, Graph, NodeId, Point
from engine.layers.unfolding import unfolded
from engine.layout.arrange import arrange
from engine.layout.metrics import HALF_HEIGHT, HALF_WIDTH, NODE_HEIGHT, NODE_WIDTH, PITCH, WIRE_CLEAR
from engine.layout.quality import overlaps, quality
from engine.zoo.registry import ZOO

FLAT = ("resnet18", "resnet50", "resnet152", "googlenet", "densenet121", "squeezenet1_0", "mobilenet_v2", "vit_small")
GAP = PITCH - NODE_HEIGHT


def wire(source: str, target: str, port: int = 0, source_port: int = 0) -> Edge:
    return Edge(NodeId(source), source_port, NodeId(target), port)


def at(**places: Point) -> dict[NodeId, Point]:
    """Nodes by their lanes and rows."""
    return {NodeId(node): (300.0 * x, PITCH * y) for node, (x, y) in places.items()}


def positions(graph: Graph) -> dict[NodeId, Point]:
    return {node.id: node.position for node in graph.nodes.values()}


def test_a_chain() -> None:
    found = quality(at(a=(0, 0), b=(0, 1), c=(0, 2)), [wire("a", "b"), wire("b", "c")])
    assert (found.crossings, found.overlaps, found.straight) == (0, 0, 1.0)
    assert found.length == pytest.approx(2 * GAP)
    assert str(found) == "3 nodes, 2 wires: 0 crossings, 0 overlaps, mean wire 40, 100% straight"


def test_nothing_is_perfect() -> None:
    found = quality({}, [])
    assert (found.length, found.mean_length, found.straight) == (0, 0, 1)


def test_two_wires_cross() -> None:
    places = at(a=(0, 0), b=(1, 0), c=(0, 1), d=(1, 1))
    assert quality(places, [wire("a", "d"), wire("b", "c")]).crossings == 1
    assert quality(places, [wire("a", "c"), wire("b", "d")]).crossings == 0
    # What leaves one port does not cross, what leaves two ports in the wrong order does.
    assert quality(places, [wire("a", "d"), wire("a", "c")]).crossings == 0
    assert quality(places, [wire("a", "d", source_port=0), wire("a", "c", source_port=1)]).crossings == 1
    # So at the inputs.
    assert quality(places, [wire("a", "d", 1), wire("b", "d", 0)]).crossings == 1
    assert quality(places, [wire("a", "d", 0), wire("b", "d", 1)]).crossings == 0


def test_a_skip_connection_runs_around_what_it_skips() -> None:
    places = at(a=(0, 0), b=(0, 1), c=(0, 2))
    found = quality(places, [wire("a", "b"), wire("b", "c", 0), wire("a", "c", 1)])
    assert found.crossings == 0
    straight = math.dist((0, PITCH + HALF_HEIGHT), (-22, 2 * PITCH - HALF_HEIGHT))
    around = found.length - GAP - straight
    aside = HALF_WIDTH + WIRE_CLEAR
    assert around == pytest.approx(
        math.dist((0, 0), (aside, GAP)) + math.dist((22, 0), (aside, GAP)) + NODE_HEIGHT, 0.02
    )


def test_an_arc_between_two_branches_crosses_what_leads_to_them() -> None:
    """The way of c to z is barred by d, and beside it a wire of e comes in."""
    places = at(c=(0, 0), d=(0, 1), e=(0.9, 1), z=(0, 2))
    wires = [wire("c", "d"), wire("c", "z", 0), wire("d", "z", 1), wire("e", "z", 2)]
    assert quality(places, wires).crossings == 0
    swapped = [wire("c", "d"), wire("c", "z", 2), wire("d", "z", 1), wire("e", "z", 0)]
    assert quality(places, swapped).crossings >= 2


def test_overlaps_are_counted_pair_by_pair() -> None:
    chance = Random(0)
    for _ in range(20):
        points = [(chance.uniform(0, 900), chance.uniform(0, 300)) for _ in range(12)]
        by_hand = sum(
            abs(a - c) <= NODE_WIDTH and abs(b - d) <= NODE_HEIGHT for (a, b), (c, d) in combinations(points, 2)
        )
        assert overlaps(points) == by_hand
    assert overlaps([(0, 0), (NODE_WIDTH + 1, 0), (0, NODE_HEIGHT + 1)]) == 0


def judge(graph: Graph, name: str, record: Callable[[str, object], None]) -> None:
    """Arranged, the network is no worse than as it was drawn by hand."""
    by_hand = quality(positions(graph), graph.edges)
    found = quality(arrange(positions(graph), graph.edges), graph.edges)
    record(name, f"{found} (by hand: {by_hand})")
    print(f"{name}: {found} (by hand: {by_hand})")
    assert found.overlaps == 0
    assert found.crossings <= by_hand.crossings
    assert found.length <= 1.1 * by_hand.length + 2 * PITCH


@pytest.mark.parametrize("name", ZOO)
def test_the_zoo_is_drawn_as_well_as_by_hand(name: str, record_property: Callable[[str, object], None]) -> None:
    graph = ZOO[name].build()
    judge(graph, name, record_property)
    for block in graph.blocks.values():
        judge(block.graph, f"{name}: {block.name}", record_property)


@pytest.mark.parametrize("name", [*FLAT, "unet"])
def test_unfolded_networks_are_drawn_without_a_crossing(
    name: str, record_property: Callable[[str, object], None]
) -> None:
    graph = unfolded(ZOO[name].build())
    judge(graph, f"{name}, unfolded", record_property)
    assert quality(arrange(positions(graph), graph.edges), graph.edges).crossings == 0
