"""How quickly networks are arranged, and how long the window's thread would have to wait meanwhile."""

from __future__ import annotations

import random
import statistics
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from time import perf_counter, sleep

from engine.graph.model import Edge, Graph, NodeId, Point
from engine.layers.unfolding import unfolded
from engine.layout.arrange import arrange
from engine.zoo.registry import ZOO
from tests.benchmarks.figures import Figure, percentile, seconds

ROUNDS = 5
SIZES = (500, 2000, 5000)
_TICK = 0.001
"""So often the other thread wants to do something, in seconds."""


@dataclass(frozen=True, slots=True)
class Network:
    """What there is to arrange."""

    name: str
    places: dict[NodeId, Point]
    wires: list[Edge]


def measure() -> list[Figure]:
    """Arrange networks of 500 to 5,000 nodes, and large ones of the zoo, from a heap and once more."""
    figures = []
    for nodes in SIZES:
        budget = "≤ 2,000 ms" if nodes <= 2000 else "≤ 5,000 ms"
        for network in (skipping(nodes), branching(nodes), random_wiring(nodes)):
            figures += _measure(network, budget)
    for name in ("resnet152", "densenet121", "googlenet"):
        figures += _measure(_of_graph(f"{name}, unfolded", unfolded(ZOO[name].build())), "≤ 2,000 ms")
    return figures


def skipping(nodes: int) -> Network:
    """A chain with a skip connection of 2 to 8 layers for each fifth of them."""
    chance = random.Random(0)
    pairs = list(pairwise(range(nodes)))
    for target in range(8, nodes, 5):
        pairs.append((target - chance.randint(2, 8), target))
    return _network(f"chain of {nodes:,} nodes with skips", nodes, pairs)


def branching(nodes: int) -> Network:
    """Modules of up to four branches of up to four layers each, one behind the other."""
    chance = random.Random(0)
    pairs: list[tuple[int, int]] = []
    last = count = 0
    while count < nodes - 20:
        ends = []
        for _ in range(chance.randint(1, 4)):
            end = last
            for _ in range(chance.randint(1, 4)):
                count += 1
                pairs.append((end, count))
                end = count
            ends.append(end)
        count += 1
        pairs += [(end, count) for end in ends]
        last = count
    return _network(f"{count + 1:,} nodes in modules with branches", count + 1, pairs)


def random_wiring(nodes: int) -> Network:
    """Every node is fed by any of the 50 before it, and one in five by another one: nothing that one would build."""
    chance = random.Random(0)
    pairs = [(chance.randrange(max(0, target - 50), target), target) for target in range(1, nodes)]
    for target in range(5, nodes, 5):
        pairs.append((chance.randrange(max(0, target - 50), target), target))
    return _network(f"{nodes:,} nodes wired at random", nodes, pairs)


def _network(name: str, nodes: int, pairs: Sequence[tuple[int, int]]) -> Network:
    used: dict[int, int] = {}
    wires = []
    for source, target in dict.fromkeys(pairs):
        used[target] = used.get(target, -1) + 1
        wires.append(Edge(NodeId(f"n{source}"), 0, NodeId(f"n{target}"), used[target]))
    return Network(name, {NodeId(f"n{index}"): (0.0, 0.0) for index in range(nodes)}, wires)


def _of_graph(name: str, graph: Graph) -> Network:
    return Network(name, {node.id: node.position for node in graph.nodes.values()}, graph.edges)


def _measure(network: Network, budget: str) -> list[Figure]:
    times = [seconds(lambda: arrange(network.places, network.wires)) for _ in range(ROUNDS)]
    how = f"{len(network.places):,} nodes, {len(network.wires):,} wires, median of {ROUNDS}"
    return [
        Figure(f"automatic layout: {network.name}", 1000 * statistics.median(times), "ms", budget, how),
        Figure("the same: p99 wait of another thread", 1000 * percentile(_waits(network), 0.99), "ms", "≤ 33 ms", how),
    ]


def _waits(network: Network) -> list[float]:
    """How much later than it wants to a thread gets on while another one arranges the network, in seconds."""
    work = threading.Thread(target=arrange, args=(network.places, network.wires))
    waits = [0.0]
    work.start()
    while work.is_alive():
        start = perf_counter()
        sleep(_TICK)
        waits.append(perf_counter() - start - _TICK)
    return waits
