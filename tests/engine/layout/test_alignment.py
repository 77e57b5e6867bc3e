"""Nodes in rows and columns, and evenly spread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.graph.model import NodeId, Point
from engine.layout.alignment import in_column, in_row, spread_across, spread_down
from engine.layout.metrics import GRID, LANE, PITCH
from engine.layout.quality import overlaps

Layout = Callable[[Mapping[NodeId, Point]], dict[NodeId, Point]]
STEPS = st.integers(-60, 60).map(lambda step: GRID * step)
PLACES = st.lists(st.tuples(STEPS, STEPS), min_size=2, max_size=12).map(
    lambda points: {NodeId(f"n{number}"): point for number, point in enumerate(points)}
)


def order(places: Mapping[NodeId, Point], along: int) -> list[NodeId]:
    return sorted(places, key=lambda node: (places[node][along], places[node][1 - along], len(node), node))


@pytest.mark.parametrize(("align", "along"), [(in_row, 0), (in_column, 1)])
@given(places=PLACES)
def test_a_line_is_straight_and_keeps_the_order(align: Layout, along: int, places: dict[NodeId, Point]) -> None:
    lined = align(places)
    assert len({place[1 - along] for place in lined.values()}) == 1
    assert order(lined, along) == order(places, along)
    assert not overlaps(list(lined.values()))
    assert align(lined) == lined


@pytest.mark.parametrize(("spread", "along", "step"), [(spread_across, 0, LANE), (spread_down, 1, PITCH)])
@given(places=PLACES)
def test_spread_nodes_have_even_gaps(spread: Layout, along: int, step: float, places: dict[NodeId, Point]) -> None:
    found = spread(places)
    line = [found[node][along] for node in order(places, along)]
    gaps = [after - before for before, after in pairwise(line)]
    assert min(gaps) >= step - GRID
    assert max(gaps) - min(gaps) <= GRID
    assert all(found[node][1 - along] == places[node][1 - along] for node in places)
    ends = [places[node][along] for node in order(places, along)]
    assert line[0] == ends[0]
    if ends[-1] - ends[0] >= step * (len(line) - 1):
        assert line[-1] == ends[-1]
