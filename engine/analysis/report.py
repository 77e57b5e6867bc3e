"""The results of analysing a graph, free of torch so that views can hold them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.graph.model import NodeId
from engine.layers.spec import TensorShape

Strides = tuple[tuple[int, ...], ...]
"""The strides of a value that does not lie in one piece, for a batch of two and for one of three samples."""


@dataclass(frozen=True, slots=True)
class Value:
    """What leaves one output of a layer, as far as memory is concerned."""

    size: int = 0
    """The bytes, for one sample, of the memory that the layer takes for it; 0 where it takes none."""
    part_of: int | None = None
    """The input of whose memory it is a view; None when it has memory of its own."""
    learns: bool = True
    """Whether gradients flow back through it."""
    strides: Strides | None = None
    """How it lies in memory; None when it lies there in one piece, row by row."""


@dataclass(frozen=True, slots=True)
class Feed:
    """What arrives at one input of a layer."""

    shape: TensorShape
    """Its shape, without the batch axis."""
    learns: bool = True
    """Whether gradients flow back through it; not so for what comes straight from the data."""
    strides: Strides | None = None
    """How it lies in memory; None when it lies there in one piece, row by row."""


@dataclass(frozen=True, slots=True)
class Footprint:
    """What one use of a layer, or of a block, keeps in memory for the backward pass."""

    values: tuple[Value, ...] = ()
    """What leaves each output."""
    kept_inputs: tuple[int, ...] = ()
    """Which inputs it keeps."""
    kept_outputs: tuple[int, ...] = ()
    """Which of its own outputs it keeps."""
    extra_bytes: int = 0
    """What it keeps besides for each sample, such as the mask of a dropout."""
    fixed_bytes: int = 0
    """What it keeps besides however large the batch is, such as the statistics of a batch norm."""
    passes_on: bool = False
    """Whether it hands its input on as it is when the network is not being trained, as a dropout does."""


@dataclass(frozen=True, slots=True)
class NodeReport:
    """What is known about one node."""

    outputs: tuple[TensorShape, ...] = ()
    """The shape at each output port, without the batch axis; empty where it is not known."""
    parameters: int = 0
    """The number of learnable values."""
    buffers: int = 0
    """The number of values that it holds but does not learn, such as the running averages of a batch norm."""
    buffer_bytes: int = 0
    """The memory of the buffers."""
    flops: int = 0
    """Multiplications and additions of a forward pass of one sample, as `torch.utils.flop_counter` counts them:
    those of matrix products and convolutions."""
    activation_bytes: int = 0
    """What of this node's making autograd keeps for the backward pass of one sample, in bytes; what several layers
    need counts once, at the node that made it."""
    fixed_bytes: int = 0
    """What it keeps besides for each step, however large the batch is."""
    error: str | None = None
    """Why the node cannot work, in a sentence; None when it can or when something before it has failed."""
    waiting: bool = False
    """Whether the shape is unknown because an input is not wired or because a node before it failed."""
    inside: tuple[Analysis, ...] = ()
    """Of an instance of a block, what is known about the inside of each of its copies."""
    footprint: Footprint = Footprint()
    """What its layer keeps in memory, whatever is around it; of an instance, what its last copy does."""

    @property
    def macs(self) -> int:
        """Multiply–adds of a forward pass of one sample: half of the FLOPs."""
        return self.flops // 2


@dataclass(frozen=True, slots=True)
class Analysis:
    """What is known about a whole graph."""

    nodes: Mapping[NodeId, NodeReport] = field(default_factory=dict)
    """A report for every node."""
    inference_bytes: int = 0
    """The most memory that values take at one time in a forward pass of one sample without gradients.

    Weights do not count, nor what a layer needs for itself while it computes. Of a block, what it takes beyond its
    inputs.
    """
    footprint: Footprint = Footprint()
    """Of the inside of a block, what it keeps in memory as seen from outside."""

    @property
    def parameters(self) -> int:
        """The number of learnable values of the network."""
        return sum(report.parameters for report in self.nodes.values())

    @property
    def buffers(self) -> int:
        """The number of values that the network holds but does not learn."""
        return sum(report.buffers for report in self.nodes.values())

    @property
    def buffer_bytes(self) -> int:
        """The memory of the buffers."""
        return sum(report.buffer_bytes for report in self.nodes.values())

    @property
    def flops(self) -> int:
        """Multiplications and additions of a forward pass of one sample."""
        return sum(report.flops for report in self.nodes.values())

    @property
    def macs(self) -> int:
        """Multiply–adds of a forward pass of one sample: half of the FLOPs."""
        return self.flops // 2

    @property
    def activation_bytes(self) -> int:
        """What autograd keeps for the backward pass of one sample, in bytes of 32-bit numbers."""
        return sum(report.activation_bytes for report in self.nodes.values())

    @property
    def fixed_bytes(self) -> int:
        """What it keeps besides for each step, however large the batch is."""
        return sum(report.fixed_bytes for report in self.nodes.values())

    def at(self, path: Sequence[NodeId]) -> Analysis | None:
        """What is known inside the instance that `path` leads to, in its first copy; None when nothing is."""
        found: Analysis = self
        for node in path:
            inside = found.nodes[node].inside if node in found.nodes else ()
            if not inside:
                return None
            found = inside[0]
        return found

    @property
    def is_valid(self) -> bool:
        """Whether the shape of everything is known."""
        return not any(report.error or report.waiting for report in self.nodes.values())


UNKNOWN = NodeReport(waiting=True)
"""The report of a node that has not been analysed yet."""
