"""What is different between two projects, told with what is known of their layers."""

from __future__ import annotations

from engine.graph.blocks import block_of
from engine.graph.diff import DocumentDiff, diff
from engine.graph.model import Graph
from engine.layers.registry import spec


def differences(old: Graph, new: Graph) -> DocumentDiff:
    """What is different in the project of the network `new` from that of the network `old`.

    Layers that take any number of inputs, such as a sum, have the same inputs as long as these are in the same order.
    """
    return diff(old, new, takes_any_number)


def takes_any_number(layer: str) -> bool:
    """Whether layers of this id take any number of inputs."""
    return block_of(layer) is None and spec(layer).is_variadic
