"""The results of analysing a graph, free of torch so that views can hold them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.graph.model import NodeId
from engine.layers.spec import TensorShape


@dataclass(frozen=True, slots=True)
class NodeReport:
    """What is known about one node."""

    outputs: tuple[TensorShape, ...] = ()
    """The shape at each output port, without the batch axis; empty where it is not known."""
    parameters: int = 0
    """The number of learnable values."""
    flops: int = 0
    """Multiplications and additions of a forward pass of one sample."""
    error: str | None = None
    """Why the node cannot work, in a sentence; None when it can or when something before it has failed."""
    waiting: bool = False
    """Whether the shape is unknown because an input is not wired or because a node before it failed."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """What is known about a whole graph."""

    nodes: Mapping[NodeId, NodeReport] = field(default_factory=dict)
    """A report for every node."""

    @property
    def parameters(self) -> int:
        """The number of learnable values of the network."""
        return sum(report.parameters for report in self.nodes.values())

    @property
    def flops(self) -> int:
        """Multiplications and additions of a forward pass of one sample."""
        return sum(report.flops for report in self.nodes.values())

    @property
    def is_valid(self) -> bool:
        """Whether the shape of everything is known."""
        return not any(report.error or report.waiting for report in self.nodes.values())


UNKNOWN = NodeReport(waiting=True)
"""The report of a node that has not been analysed yet."""
