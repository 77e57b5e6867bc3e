"""Lines up chosen nodes in a row or a column, and spreads them evenly; cards never come to lie on each other."""

from __future__ import annotations

from collections.abc import Mapping

from engine.graph.model import NodeId, Point
from engine.layout.metrics import LANE, PITCH, snap

Places = Mapping[NodeId, Point]


def in_column(places: Places) -> dict[NodeId, Point]:
    """All below each other, at the mean of their columns; those that would overlap move down."""
    return _line(places, along=1, step=PITCH)


def in_row(places: Places) -> dict[NodeId, Point]:
    """All beside each other, at the mean of their rows; those that would overlap move to the right."""
    return _line(places, along=0, step=LANE)


def spread_down(places: Places) -> dict[NodeId, Point]:
    """The same distance from each to the next one below; the outermost stay where there is room between them."""
    return _spread(places, along=1, step=PITCH)


def spread_across(places: Places) -> dict[NodeId, Point]:
    """The same distance from each to the next one beside; the outermost stay where there is room between them."""
    return _spread(places, along=0, step=LANE)


def _line(places: Places, along: int, step: float) -> dict[NodeId, Point]:
    """All at the same coordinate across `along`, and at least `step` apart along it."""
    across = snap(sum(place[1 - along] for place in places.values()) / len(places))
    found: dict[NodeId, Point] = {}
    free = float("-inf")
    for node in _in_order(places, along):
        at = max(places[node][along], free)
        free = at + step
        found[node] = _point(at, across, along)
    return found


def _spread(places: Places, along: int, step: float) -> dict[NodeId, Point]:
    """Evenly along one axis; the coordinates across it stay."""
    order = _in_order(places, along)
    first, last = places[order[0]][along], places[order[-1]][along]
    gap = max((last - first) / max(len(order) - 1, 1), step)
    return {node: _point(snap(first + index * gap), places[node][1 - along], along) for index, node in enumerate(order)}


def _in_order(places: Places, along: int) -> list[NodeId]:
    return sorted(places, key=lambda node: (places[node][along], places[node][1 - along], len(node), node))


def _point(at: float, across: float, along: int) -> Point:
    return (across, at) if along else (at, across)
