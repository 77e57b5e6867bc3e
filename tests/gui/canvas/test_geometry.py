"""Places of ports and nodes."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.layout.room import free_shift
from gui.canvas.geometry import (
    GRID,
    HALF_WIDTH,
    LANE,
    PITCH,
    bounds,
    card_at,
    free_place,
    input_ports,
    overlaps,
    port_offsets,
    snapped,
)

POINTS = st.tuples(st.integers(-800, 800).map(float), st.integers(-800, 800).map(float))


@given(st.integers(1, 40))
def test_ports_stand_evenly_and_in_order_on_the_edge(count):
    offsets = port_offsets(count)
    assert offsets == sorted(offsets)
    assert sum(offsets) == pytest.approx(0.0)
    assert max(map(abs, offsets)) < HALF_WIDTH
    steps = [b - a for a, b in pairwise(offsets)]
    assert all(step == pytest.approx(steps[0]) for step in steps)


@pytest.mark.parametrize(
    ("fed", "shown"),
    [
        (set(), [0, 1]),
        ({0}, [0, 1]),
        ({0, 1}, [0, 1, 2]),
        ({0, 1, 2}, [0, 1, 2, 3]),
        ({0, 2}, [0, 1, 2]),
        ({1}, [0, 1]),
    ],
)
def test_a_variadic_layer_shows_its_ports_the_gaps_and_one_more(fed, shown):
    ports = input_ports(1, True, fed)
    assert list(ports) == shown
    assert list(ports.values()) == sorted(ports.values())
    assert len(set(ports.values())) == len(ports)
    assert max(map(abs, ports.values())) < HALF_WIDTH


def test_a_huge_port_number_does_not_fill_the_screen():
    ports = input_ports(1, True, {0, 1_000_000})
    assert list(ports)[:2] == [0, 1_000_000]
    assert len(ports) <= 3


def test_other_layers_show_what_they_declare():
    assert input_ports(1, False, {0}) == {0: 0.0}
    assert input_ports(0, False, ()) == {}
    assert list(input_ports(2, False, ())) == [0, 1]


@given(POINTS, st.lists(POINTS, max_size=30))
def test_a_free_place_is_free(wanted, taken):
    place = free_place(wanted, taken)
    assert not any(card_at(place).intersects(card_at(other)) for other in taken)
    if not any(overlaps(wanted, other) for other in taken):
        assert place == wanted


@given(st.lists(POINTS, min_size=1, max_size=8), st.lists(POINTS, max_size=20))
def test_a_shifted_group_stands_on_nothing_and_goes_no_farther_than_it_must(group, taken):
    def is_free(lanes, rows):
        moved = [(x + lanes * LANE, y + rows * PITCH) for x, y in group]
        return not any(overlaps(place, other, GRID) for place in moved for other in taken)

    dx, dy = free_shift(group, taken)
    lanes, rows = dx / LANE, dy / PITCH
    assert (lanes % 1, rows % 1) == (0, 0)
    assert is_free(lanes, rows)
    ring = int(max(abs(lanes), abs(rows)))
    assert not any(is_free(x, y) for x in range(1 - ring, ring) for y in range(1 - ring, ring))


def test_a_group_goes_to_the_right_where_it_may_and_straight_where_it_can():
    line = [(0.0, row * PITCH) for row in range(20)]
    assert free_shift(line[3:5], line) == (LANE, 0)
    assert free_shift(line[3:5], [*line, (LANE, 4 * PITCH)]) == (-LANE, 0)
    sides = [(side * LANE, 4 * PITCH) for side in (-2, -1, 1, 2)]
    assert free_shift(line[4:5], line + sides) == (LANE, PITCH)
    assert free_shift([(0.0, 0.0)], [(side * LANE, 0.0) for side in range(-2, 3)]) == (0, PITCH)


def test_a_group_goes_beside_what_is_crowded_as_far_as_it_can_see():
    crowd = [(lane * LANE, row * PITCH) for lane in range(-33, 34) for row in range(-33, 34)]
    assert free_shift([(0.0, 0.0)], crowd) == (34 * LANE, 0.0)


@given(st.floats(-1e5, 1e5), st.floats(-1e5, 1e5))
def test_snapping_goes_to_the_next_point_of_the_grid(x, y):
    sx, sy = snapped(x, y)
    assert sx % 8 == sy % 8 == 0
    assert abs(sx - x) <= 4
    assert abs(sy - y) <= 4


def test_bounds():
    assert bounds([]).isEmpty()
    rect = bounds([(0.0, 0.0), (100.0, 300.0)])
    assert (rect.left(), rect.top(), rect.right(), rect.bottom()) == (-88.0, -28.0, 188.0, 328.0)
