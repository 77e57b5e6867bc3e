"""Large networks to measure the canvas with: the same for Netwright and for other node editors."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import TypedDict

from engine.graph.model import Edge, Graph, Node, NodeId
from engine.graph.params import ParamValue, check_all
from engine.layers.registry import spec
from gui.canvas.geometry import PITCH

COLUMNS = 20
COLUMN_WIDTH = 320.0
_CHAIN = ("conv2d", "batch_norm2d", "relu", "add", "dropout")
"""One layer in five ends a skip connection, which makes 1.2 wires for each node."""
_END = ("relu", "flatten", "linear", "output")
_PARAMS: dict[str, dict[str, ParamValue]] = {
    "conv2d": {"out_channels": 16, "padding": (1, 1)},
    "linear": {"out_features": 10},
}


class PlainGraph(TypedDict):
    """A network as any node editor can read it."""

    nodes: list[tuple[str, str, float, float]]
    """Name, layer, and the place of the middle of each node."""
    wires: list[tuple[int, int, int]]
    """The number of the node in which each wire begins, and that of the node and the input where it ends."""


def large_graph(nodes: int) -> Graph:
    """A network of `nodes` layers without a fault, in columns: a chain with skip connections of 2 to 8 layers."""
    chance = random.Random(0)
    chain = nodes - 1 - len(_END)
    layers = ["input", *(_CHAIN[index % len(_CHAIN)] for index in range(chain)), *_END]
    rows = -(-nodes // COLUMNS)
    made = []
    for index, layer in enumerate(layers):
        column, row = divmod(index, rows)
        params = check_all(spec(layer).params, _PARAMS.get(layer, {}))
        made.append(
            Node(NodeId(f"n{index + 1}"), layer, f"{layer}_{index + 1}", params, (column * COLUMN_WIDTH, row * PITCH))
        )
    edges = [Edge(a.id, 0, b.id, 0) for a, b in pairwise(made)]
    for index, layer in enumerate(layers):
        if layer == "add":
            edges.append(Edge(made[max(index - chance.randint(2, 8), 1)].id, 0, made[index].id, 1))
    return Graph.assemble(made, edges, {})


def plain(graph: Graph) -> PlainGraph:
    """`graph` without anything that only Netwright understands."""
    number = {node: index for index, node in enumerate(graph.nodes)}
    return {
        "nodes": [(node.name, node.layer, *node.position) for node in graph.nodes.values()],
        "wires": [(number[edge.source], number[edge.target], edge.target_port) for edge in graph.edges],
    }
