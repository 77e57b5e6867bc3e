"""How much memory training takes: weights, gradients, the optimiser's state and what is kept for the backward pass.

Everything is in bytes, for 32-bit numbers. What a step needs only for a moment (the gradients of activations, the
workspace of a convolution, the loss) is not counted, nor what PyTorch and its libraries take for themselves: on a
GPU some hundred MiB before the first tensor.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.analysis.report import Analysis
from engine.graph.model import NodeId

_BYTES = 4
"""Of a 32-bit number."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What a layer, or a network, takes while it is trained, in bytes."""

    weights: int = 0
    """Its parameters."""
    buffers: int = 0
    """What it holds and does not learn, such as running averages."""
    gradients: int = 0
    """A gradient for each parameter."""
    optimizer: int = 0
    """What the optimiser remembers of each parameter."""
    activations: int = 0
    """What is kept of the batch for the backward pass."""

    @property
    def total(self) -> int:
        """All of it."""
        return self.weights + self.buffers + self.gradients + self.optimizer + self.activations


@dataclass(frozen=True, slots=True)
class TrainingMemory(Memory):
    """What a network takes while it is trained, and each of its layers."""

    nodes: Mapping[NodeId, Memory] = field(default_factory=dict)
    """The same for each node."""


def state_copies(optimizer: str, momentum: float = 0.0) -> int:
    """How many numbers an optimiser remembers for each weight.

    SGD with momentum remembers the last step, RMSprop the mean square of the gradient, Adam that and the mean.

    Args:
        optimizer: the id of an optimiser, as in the recipe.
        momentum: the momentum of SGD.
    """
    if optimizer == "adam":
        return 2
    if optimizer == "rmsprop":
        return 1
    return 1 if momentum else 0


def training_memory(analysis: Analysis, batch: int, optimizer: str = "adam", momentum: float = 0.0) -> TrainingMemory:
    """What training takes with batches of `batch` samples.

    Args:
        analysis: of the network.
        batch: the samples of a batch.
        optimizer: the id of an optimiser, as in the recipe.
        momentum: the momentum of SGD.
    """
    copies = state_copies(optimizer, momentum)
    nodes = {
        node: Memory(
            weights=_BYTES * report.parameters,
            buffers=report.buffer_bytes,
            gradients=_BYTES * report.parameters,
            optimizer=copies * _BYTES * report.parameters,
            activations=batch * report.activation_bytes + report.fixed_bytes,
        )
        for node, report in analysis.nodes.items()
    }
    parts = list(nodes.values())
    return TrainingMemory(
        weights=sum(part.weights for part in parts),
        buffers=sum(part.buffers for part in parts),
        gradients=sum(part.gradients for part in parts),
        optimizer=sum(part.optimizer for part in parts),
        activations=sum(part.activations for part in parts),
        nodes=nodes,
    )


def largest_batch(analysis: Analysis, free: int, optimizer: str = "adam", momentum: float = 0.0) -> int | None:
    """The most samples that a batch may have so that training fits into `free` bytes.

    Returns:
        0 when not even one sample fits; None when any number does, since nothing is kept of a sample.
    """
    left = free - training_memory(analysis, 0, optimizer, momentum).total
    if left < 0:
        return 0
    return left // analysis.activation_bytes if analysis.activation_bytes else None


def free_memory(device: str) -> int | None:
    """The bytes that are free on a device; None where that cannot be told.

    Of a CPU it is the memory of the computer, and where the system does not tell what of it is free, all of it.

    Args:
        device: its type, as PyTorch names it: `cpu`, `cuda` or `mps`.
    """
    if device == "cpu":
        return _free_main_memory()
    import torch

    if device == "cuda" and torch.cuda.is_available():
        free: int = torch.cuda.mem_get_info()[0]
        return free
    if device == "mps" and torch.backends.mps.is_available():
        return torch.mps.recommended_max_memory() - torch.mps.driver_allocated_memory()
    return None


def _free_main_memory() -> int | None:
    names = getattr(os, "sysconf_names", {})
    for pages in ("SC_AVPHYS_PAGES", "SC_PHYS_PAGES"):
        if pages in names and "SC_PAGE_SIZE" in names:
            return os.sysconf(pages) * os.sysconf("SC_PAGE_SIZE")
    return None
