"""Automatic layout leaves room for frames with their titles, in the zoo's networks and around single layers."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest

from engine.graph.annotation_edits import AddAnnotation
from engine.graph.annotations import AnnotationId, Frame
from engine.graph.model import Graph, NodeId, Point
from engine.layers.unfolding import unfolded
from engine.layout.arrange import arrange, members_of_frames
from engine.layout.metrics import HALF_HEIGHT, HALF_WIDTH, PITCH
from engine.zoo.registry import ZOO
from engine.zoo.sketch import Sketch

ABOVE, AROUND = 40.0, 20.0
"""How far the canvas lets a frame reach beyond the cards in it: above, where its title stands, and elsewhere."""


def arranged(graph: Graph) -> dict[NodeId, Point]:
    before = {node.id: node.position for node in graph.nodes.values()}
    return arrange(before, graph.edges, frames=members_of_frames(graph))


def reach(places: dict[NodeId, Point], members: frozenset[NodeId]) -> tuple[float, float, float, float]:
    """The left, upper, right and lower side of a frame."""
    across, down = zip(*(places[node] for node in members), strict=True)
    left, right = min(across) - HALF_WIDTH - AROUND, max(across) + HALF_WIDTH + AROUND
    return left, min(down) - HALF_HEIGHT - ABOVE, right, max(down) + HALF_HEIGHT + AROUND


def meet(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@pytest.mark.parametrize("name", ["resnet50", "densenet121", "googlenet", "vgg16", "resnet20"])
@pytest.mark.parametrize("is_unfolded", [False, True], ids=["folded", "unfolded"])
def test_frames_of_the_zoo_do_not_meet(name: str, is_unfolded: bool) -> None:
    graph = ZOO[name].build()
    graph = unfolded(graph) if is_unfolded else graph
    places, frames = arranged(graph), members_of_frames(graph)
    assert len(frames) > 2
    for one, other in combinations(frames, 2):
        assert not meet(reach(places, one), reach(places, other))
    # Nor do they lie on what is not in them.
    for frame in frames:
        for node in places.keys() - frame:
            x, y = places[node]
            card = (x - HALF_WIDTH, y - HALF_HEIGHT, x + HALF_WIDTH, y + HALF_HEIGHT)
            assert not meet(reach(places, frame), card)


def test_arranging_once_more_changes_nothing() -> None:
    graph = ZOO["densenet121"].build()
    places = arranged(graph)
    assert arrange(places, graph.edges, frames=members_of_frames(graph)) == places


def chain(length: int) -> tuple[Graph, list[NodeId]]:
    pen = Sketch()
    pen.add("input")
    for _ in range(length):
        pen.then("relu")
    return pen.graph, pen.graph.wiring.topological_order()


def test_frames_in_one_another_have_room_for_both_titles() -> None:
    graph, nodes = chain(6)
    for number, members in enumerate((nodes[2:5], nodes[2:4], nodes[5:])):
        AddAnnotation(Frame(AnnotationId(f"a{number}"), "x", frozenset(members))).apply(graph)
    places = arranged(graph)
    steps = [places[below][1] - places[above][1] for above, below in pairwise(nodes)]
    assert steps == [PITCH, PITCH + 88.0, PITCH, PITCH, PITCH + 48.0, PITCH]


def test_without_frames_nothing_is_different() -> None:
    graph, _ = chain(5)
    before = {node.id: node.position for node in graph.nodes.values()}
    assert arrange(before, graph.edges) == arrange(before, graph.edges, frames=[])
