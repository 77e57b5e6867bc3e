"""What the automatic layout leaves room for, the canvas uses: no wire runs beneath a node that it does not touch."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from engine.graph.model import Edge, NodeId, Point
from engine.layers.unfolding import unfolded
from engine.layout.arrange import arrange
from engine.layout.metrics import HALF_HEIGHT, HALF_WIDTH, port_offset
from engine.zoo.registry import ZOO
from gui.canvas import curves
from gui.canvas.curves import Route
from gui.canvas.routing import Router

FLAT = ("resnet50", "googlenet", "densenet121", "unet", "squeezenet1_0", "mobilenet_v2", "vit_small")
CLEAR = 2.0


def routed(places: dict[NodeId, Point], wires: list[Edge]) -> dict[Edge, Route]:
    """The ways of all wires as the canvas draws them."""
    outputs = {wire.source: max(other.source_port for other in wires if other.source == wire.source) for wire in wires}
    inputs = {wire.target: max(other.target_port for other in wires if other.target == wire.target) for wire in wires}
    router: Router[Edge] = Router()
    for node, place in places.items():
        router.place(node, place)
    for wire in wires:
        (x, y), (end_x, end_y) = places[wire.source], places[wire.target]
        enters = port_offset(wire.target_port, inputs[wire.target] + 1)
        start = x + port_offset(wire.source_port, outputs[wire.source] + 1), y + HALF_HEIGHT
        router.connect(wire, start, (end_x + enters, end_y - HALF_HEIGHT), enters)
    return router.refresh()


def beneath(places: dict[NodeId, Point], routes: dict[Edge, Route]) -> list[tuple[Edge, NodeId]]:
    """The wires that run beneath a node, and the node."""
    found = []
    names = list(places)
    centres = np.array([places[node] for node in names])
    for wire, route in routes.items():
        corners = curves.points(route)
        steps = [np.linspace(start, end, 2 + int(np.abs(end - start).max() / 5)) for start, end in pairwise(corners)]
        line = np.concatenate(steps)
        for index in np.flatnonzero(
            ((centres > line.min(axis=0) - HALF_WIDTH) & (centres < line.max(axis=0) + HALF_WIDTH)).all(axis=1)
        ):
            away = np.abs(line - centres[index])
            hit = (away[:, 0] < HALF_WIDTH - CLEAR) & (away[:, 1] < HALF_HEIGHT - CLEAR)
            if hit.any() and names[index] not in (wire.source, wire.target):
                found.append((wire, names[index]))
    return found


@pytest.mark.parametrize("name", FLAT)
def test_no_wire_of_the_zoo_runs_beneath_a_node(name: str) -> None:
    graph = unfolded(ZOO[name].build())
    places = arrange({node.id: node.position for node in graph.nodes.values()}, graph.edges)
    assert beneath(places, routed(places, graph.edges)) == []


def test_one_that_does_would_be_found() -> None:
    places = {NodeId("a"): (0.0, 0.0), NodeId("b"): (0.0, 96.0), NodeId("c"): (0.0, 192.0)}
    wire = Edge(NodeId("a"), 0, NodeId("c"), 0)
    assert beneath(places, {wire: Route((0.0, 28.0), (0.0, 164.0))}) == [(wire, "b")]


def test_skip_connections_of_a_branch_run_between_it_and_the_next_one() -> None:
    """Not around both: the layout leaves as much room as the arcs need."""
    pairs = "a>b b>c c>d d>e e>f b>d b>e b>f f>z a>p p>q q>r r>s s>t t>z"
    used: dict[str, int] = {}
    wires = []
    for pair in pairs.split():
        source, target = pair.split(">")
        used[target] = used.get(target, -1) + 1
        wires.append(Edge(NodeId(source), 0, NodeId(target), used[target]))
    names = dict.fromkeys(end for wire in wires for end in (wire.source, wire.target))
    places = arrange(dict.fromkeys(names, (0.0, 0.0)), wires)
    routes = routed(places, wires)
    lanes = [route.lane for wire, route in routes.items() if wire.source == "b" and route.lane is not None]
    left, right = places[NodeId("b")][0] + HALF_WIDTH, places[NodeId("p")][0] - HALF_WIDTH
    assert len(lanes) == 3
    assert all(left < lane < right for lane in lanes)
    assert beneath(places, routes) == []
