"""The ways of wires: whatever is skipped is passed at a distance, and arcs do not lie upon each other."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPainterPath

from engine.graph.model import NodeId
from gui.canvas import curves
from gui.canvas.curves import Route
from gui.canvas.routing import Router

WIDTH, HEIGHT, PITCH = 176.0, 56.0, 96.0


def card(x: float, y: float) -> QRectF:
    return QRectF(x - WIDTH / 2, y - HEIGHT / 2, WIDTH, HEIGHT)


def below(x: float, y: float) -> tuple[float, float]:
    return x, y + HEIGHT / 2


def above(x: float, y: float) -> tuple[float, float]:
    return x, y - HEIGHT / 2


def column(count: int, x: float = 0.0) -> Router[str]:
    """Nodes one below the other at the pitch of a chain."""
    router: Router[str] = Router()
    for row in range(count):
        router.place(NodeId(f"{x}:{row}"), (x, PITCH * row))
    return router


def skip(router: Router[str], name: str, source: int, target: int, offset: float = 0.0) -> None:
    x, y = above(0.0, PITCH * target)
    router.connect(name, below(0.0, PITCH * source), (x + offset, y), offset)


def drawn(route: Route) -> list[QPointF]:
    """Points on what is painted, by Qt's own arithmetic."""
    path = curves.path(route)
    return [path.pointAtPercent(step / 200) for step in range(201)]


def crossings(first: QPainterPath, second: QPainterPath) -> int:
    """How often two polylines cross."""
    one, two = ([path.pointAtPercent(step / 200) for step in range(201)] for path in (first, second))
    lines = [[QLineF(a, b) for a, b in pairwise(points)] for points in (one, two)]
    bounded = QLineF.IntersectionType.BoundedIntersection
    return sum(a.intersects(b)[0] == bounded for a in lines[0] for b in lines[1])


@pytest.mark.parametrize("target", [2, 3, 6, 30])
@pytest.mark.parametrize("offset", [-22.0, 0.0, 22.0])
def test_a_skip_connection_passes_beside_what_it_skips(target, offset):
    router = column(target + 1)
    skip(router, "skip", 0, target, offset)
    points = drawn(router.refresh()["skip"])
    skipped = [card(0.0, PITCH * row) for row in range(1, target)]
    assert not any(rect.contains(point) for rect in skipped for point in points)
    # Beside the middle of what it skips it is clear of the cards.
    beside = [abs(p.x()) for p in points if PITCH - 20 <= p.y() <= PITCH * (target - 1) + 20]
    assert min(beside) >= WIDTH / 2 + 20


@pytest.mark.parametrize(("offset", "side"), [(-22.0, -1), (22.0, 1)])
def test_an_arc_runs_on_the_side_of_its_port(offset, side):
    router = column(5)
    skip(router, "skip", 0, 4, offset)
    assert router.refresh()["skip"].lane * side > WIDTH / 2


def test_an_arc_takes_the_side_where_there_is_room():
    router = column(5)
    for row in range(5):
        router.place(NodeId(f"wall{row}"), (232.0, PITCH * row))
        router.place(NodeId(f"wall2{row}"), (WIDTH + 20.0 + 232, PITCH * row))
    skip(router, "skip", 0, 4)
    route = router.refresh()["skip"]
    walls = [card(x, PITCH * row) for x in (232.0, WIDTH + 252.0) for row in range(5)]
    assert not any(rect.contains(point) for rect in walls for point in drawn(route))


def test_nested_arcs_lie_side_by_side_in_the_order_of_their_lengths():
    router = column(9)
    for name, source in (("a", 5), ("b", 3), ("c", 1), ("d", 0)):
        skip(router, name, source, 8)
    routes = router.refresh()
    right = sorted(route.lane for route in routes.values() if route.lane > 0)
    lanes = [routes[name].lane for name in "abcd"]
    assert lanes == right
    assert all(b - a >= 14 for a, b in pairwise(lanes))


def test_nested_arcs_with_their_own_ends_do_not_cross():
    router = column(10)
    for name, (source, target) in {"a": (3, 5), "b": (2, 6), "c": (1, 7), "d": (0, 9)}.items():
        skip(router, name, source, target)
    paths = [curves.path(route) for route in router.refresh().values()]
    assert [crossings(a, b) for a, b in combinations(paths, 2)] == [0] * 6


def test_arcs_that_follow_each_other_share_a_lane():
    router = column(7)
    skip(router, "a", 0, 3)
    skip(router, "b", 3, 6)
    routes = router.refresh()
    assert routes["a"].lane == routes["b"].lane


def test_a_chain_runs_straight():
    router = column(3)
    skip(router, "wire", 0, 1)
    route = router.refresh()["wire"]
    assert {point.x() for point in drawn(route)} == {0.0}
    assert curves.label_place(route) is None


@pytest.mark.parametrize("gap", [0.0, 4.0, 16.0])
def test_a_wire_to_a_node_close_below_takes_no_detour(gap):
    router = column(1)
    router.place("close", (0.0, HEIGHT + gap))
    router.connect("wire", below(0.0, 0.0), above(20.0, HEIGHT + gap), 0)
    points = drawn(router.refresh()["wire"])
    assert all(abs(point.x()) < WIDTH / 2 for point in points)


def test_a_wire_upwards_goes_around_its_nodes():
    router = column(2)
    router.connect("back", below(0.0, PITCH), above(0.0, 0.0), 0)
    route = router.refresh()["back"]
    points = drawn(route)
    assert route.runs_up
    assert not any(card(0.0, y).adjusted(1, 1, -1, -1).contains(point) for y in (0.0, PITCH) for point in points)


def test_wires_from_one_output_rise_to_another_column_in_one_lane():
    router = column(4)
    for row in range(3):
        router.place(NodeId(f"top{row}"), (600.0, PITCH * row))
        x, y = above(600.0, PITCH * row)
        aside = 20.0 * (row - 1)
        router.connect(f"wire{row}", below(0.0, 3 * PITCH), (x + aside, y), aside)
    assert {route.lane for route in router.refresh().values()} == {300.0}


def test_a_node_that_comes_into_the_way_bends_the_wire_and_one_that_leaves_straightens_it():
    router = column(1)
    router.place(NodeId("end"), (0.0, 400.0))
    router.connect("wire", below(0.0, 0.0), above(0.0, 400.0), 0)
    assert router.refresh()["wire"].lane is None
    router.place(NodeId("visitor"), (20.0, 200.0))
    bent = router.refresh()["wire"]
    assert bent.lane is not None
    assert not any(card(20.0, 200.0).contains(point) for point in drawn(bent))
    router.place(NodeId("far"), (900.0, 200.0))
    assert router.refresh() == {}
    router.forget(NodeId("visitor"))
    assert router.refresh()["wire"].lane is None


def test_a_lane_that_has_become_free_is_taken_by_the_next_arc():
    router = column(8)
    skip(router, "inner", 2, 5)
    skip(router, "outer", 0, 7)
    before = router.refresh()
    router.disconnect("inner")
    after = router.refresh()
    assert after["outer"].lane == before["inner"].lane


def test_untouched_wires_are_not_reported():
    router = column(6)
    skip(router, "a", 0, 2)
    skip(router, "b", 3, 5)
    assert set(router.refresh()) == {"a", "b"}
    assert router.refresh() == {}
    skip(router, "b", 3, 5)
    assert router.refresh() == {}


@settings(max_examples=settings.default.max_examples // 2)
@given(
    st.lists(st.tuples(st.integers(0, 14), st.integers(2, 12)), min_size=1, max_size=8, unique=True),
    st.lists(st.sampled_from([-464, -232, 232, 464]), max_size=4),
)
def test_no_arc_ever_runs_under_a_node_between_its_rows(skips, columns):
    rows = 16 + 12
    places = [(0.0, PITCH * row) for row in range(rows)]
    places += [(float(x), PITCH * row) for x in columns for row in range(rows)]
    router: Router[int] = Router()
    for index, place in enumerate(places):
        router.place(NodeId(f"n{index}"), place)
    for index, (source, length) in enumerate(skips):
        router.connect(index, below(0.0, PITCH * source), above(0.0, PITCH * (source + length)), 0)
    routes = router.refresh()
    # The order in which wires were made known does not matter, nor what was there before.
    assert len(routes) == len(skips)
    for index, (source, length) in enumerate(skips):
        points = drawn(routes[index])
        for x, y in places:
            if PITCH * source < y < PITCH * (source + length):
                assert not any(card(x, y).contains(point) for point in points)
    runs = [(route.lane, route.start[1], route.end[1]) for route in routes.values()]
    for (lane, top, bottom), (other, start, end) in combinations(runs, 2):
        assert abs(lane - other) >= 14 or bottom <= start or end <= top


@pytest.mark.parametrize(
    "route",
    [
        Route((0.0, 0.0), (0.0, 40.0)),
        Route((0.0, 0.0), (300.0, 240.0)),
        Route((0.0, 0.0), (10.0, 500.0), 120.0, 50.0, 450.0),
        Route((0.0, 0.0), (10.0, -300.0), 120.0, 0.0, -300.0),
    ],
)
def test_the_distance_to_a_wire_is_that_to_what_is_painted(route):
    line, points = curves.points(route), drawn(route)
    for x, y in ((0.0, 20.0), (60.0, 60.0), (118.0, 200.0), (-50.0, -100.0), (300.0, 300.0)):
        exact = min(QLineF(QPointF(x, y), point).length() for point in points)
        assert curves.distance(line, x, y) == pytest.approx(exact, abs=3.0)
    for point in points[::20]:
        assert curves.distance(line, point.x(), point.y()) < 1.5


def test_where_the_shape_is_written():
    assert curves.label_place(Route((0.0, 0.0), (0.0, 40.0))) is None
    middle = curves.label_place(Route((0.0, 0.0), (300.0, 240.0)))
    assert (middle.x, middle.y, middle.is_upright) == (150.0, 120.0, False)
    beside = curves.label_place(Route((0.0, 0.0), (0.0, 500.0), 120.0, 50.0, 450.0))
    assert (beside.x, beside.y, beside.is_upright) == (120.0, 250.0, True)
