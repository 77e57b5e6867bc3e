"""Tables of nodes and wires answer what looking at each of them one after another does."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.graph.model import NodeId, Point
from gui.canvas.obstacles import Corridors, Standing, overlapping

number = st.integers(-6, 6).map(float)
point = st.tuples(number, number)
box = st.tuples(number, number, number, number).map(
    lambda corners: (min(corners[::2]), min(corners[1::2]), max(corners[::2]), max(corners[1::2]))
)
name = st.sampled_from("abcdefgh").map(NodeId)


def move(standing: Standing, places: dict[NodeId, Point], node: NodeId, place: Point | None) -> None:
    """Put a node somewhere or, with no place, forget it, in the table and in what it is compared with."""
    if place is not None:
        standing.put(node, place)
        places[node] = place
    elif node in places:
        standing.forget(node)
        del places[node]


@given(st.lists(st.tuples(name, st.none() | point, st.booleans()), max_size=40), number, number)
def test_nodes_stand_where_they_were_put_last(steps, top, bottom):
    """Steps put or forget a node and then ask, or do not; the order of asking must not matter."""
    standing, places = Standing(), {}
    for node, place, asks in steps:
        move(standing, places, node, place)
        if asks:
            standing.between(top, bottom)
    found = [(float(x), float(y)) for x, y in standing.between(top, bottom)]
    assert sorted(found) == sorted(place for place in places.values() if top < place[1] < bottom)
    assert [y for _, y in found] == sorted(y for _, y in found)


wide = st.integers(-3, 3).map(lambda cells: 250.0 * cells)
wide_point = st.tuples(wide, wide)


@given(st.lists(st.tuples(name, st.none() | wide_point, st.booleans()), max_size=40), wide_point, wide_point)
def test_a_box_is_free_when_no_node_stands_in_it(steps, first, second):
    (left, right), (top, bottom) = (sorted(pair) for pair in zip(first, second, strict=True))
    standing, places = Standing(), {}
    for node, place, asks in steps:
        move(standing, places, node, place)
        if asks:
            standing.is_free((left, top, right, bottom))
    inside = [(x, y) for x, y in places.values() if left < x < right and top < y < bottom]
    assert standing.is_free((left, top, right, bottom)) == (not inside)


def test_a_large_box_is_not_looked_into():
    standing = Standing()
    standing.put(NodeId("a"), (0.0, 0.0))
    assert standing.is_free((10.0, 10.0, 100.0, 100.0))
    assert not standing.is_free((10.0, 10.0, 1e5, 1e5)), "nobody knows"


@given(st.lists(st.tuples(name, st.none() | point), max_size=30))
def test_the_corners_are_those_of_all_nodes(steps):
    standing, places = Standing(), {}
    for node, place in steps:
        move(standing, places, node, place)
        columns, rows = [x for x, _ in places.values()], [y for _, y in places.values()]
        expected = ((min(columns), min(rows)), (max(columns), max(rows))) if places else None
        assert standing.corners() == expected


@given(st.lists(point, min_size=1, max_size=30), st.integers(1, 4), st.integers(1, 4))
def test_nodes_overlap_when_they_are_near_both_aside_and_above(places, width, height):
    found = overlapping(np.array(places), width, height)
    for index, (x, y) in enumerate(places):
        others = places[:index] + places[index + 1 :]
        assert found[index] == any(abs(x - a) < width and abs(y - b) < height for a, b in others)


@given(st.lists(st.tuples(name, st.none() | point), max_size=30), st.lists(st.tuples(name, st.none() | point)))
def test_moved_are_those_that_are_elsewhere_than_when_it_was_asked_last(before, after):
    standing, places = Standing(), {}
    for node, place in before:
        move(standing, places, node, place)
    standing.take_moved()
    then = dict(places)
    for node, place in after:
        move(standing, places, node, place)
    expected = set()
    for node in then.keys() | places.keys():
        if then.get(node) != places.get(node):
            expected |= {then.get(node), places.get(node)} - {None}
    assert standing.take_moved() == expected
    assert standing.take_moved() == set()


@given(
    st.lists(st.tuples(name, st.none() | box, st.lists(point, max_size=3)), min_size=1, max_size=40),
    st.sampled_from([1.0, 100.0]),
)
def test_wires_are_found_by_what_stands_in_their_corridors(steps, scale):
    """Steps put or forget a wire and then ask, so that answers must not come from before; near by or far away."""
    corridors, boxes = Corridors(), {}
    for wire, corridor, asked in steps:
        if corridor is None:
            corridors.forget(wire)
            boxes.pop(wire, None)
        else:
            boxes[wire] = tuple(scale * side for side in corridor)
            corridors.put(wire, boxes[wire])
        places = [(scale * x, scale * y) for x, y in asked]
        found = corridors.around(places)
        assert len(found) == len(set(found))
        assert set(found) == {
            wire
            for wire, (left, top, right, bottom) in boxes.items()
            if any(left < x < right and top < y < bottom for x, y in places)
        }


def test_a_table_grows_with_what_is_put_into_it():
    corridors: Corridors[int] = Corridors()
    for wire in range(1000):
        corridors.put(wire, (wire - 0.5, 0.0, wire + 0.5, 1.0))
    for wire in range(0, 1000, 2):
        corridors.forget(wire)
    assert sorted(corridors.around([(float(x), 0.5) for x in range(100)])) == list(range(1, 100, 2))
