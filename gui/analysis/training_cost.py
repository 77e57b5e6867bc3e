"""What training a network takes, in the words of the window."""

from __future__ import annotations

from dataclasses import dataclass

from engine.analysis.memory import free_memory
from engine.analysis.report import Analysis
from engine.graph.model import Graph
from engine.project import largest_batch, recipe, training_memory
from engine.training.failures import TrainingError
from engine.training.recipe import BATCH_SIZE, OPTIMIZER
from gui.analysis.columns import memory

HOW_RECKONED = (
    "Reckoned for 32-bit numbers. What a step needs only for a moment is not counted, nor what PyTorch takes for "
    "itself (on a GPU some hundred MiB): stay a little below."
)


@dataclass(frozen=True, slots=True)
class DeviceMemory:
    """The memory of the processor that is to train."""

    setting: str
    """How the recipe calls it."""
    title: str = ""
    """What people call it."""
    free: int | None = None
    """How many bytes are free; None where that cannot be told."""
    objection: str = ""
    """Why it cannot train, in a sentence; empty when it can."""


@dataclass(frozen=True, slots=True)
class CostPart:
    """One use of memory."""

    name: str
    """What it is called."""
    size: int
    """Its bytes."""
    doc: str
    """What it is, for a learner."""


@dataclass(frozen=True, slots=True)
class TrainingCost:
    """The memory that a training step takes."""

    headline: str
    """With what it was reckoned."""
    parts: tuple[CostPart, ...]
    """Weights, gradients, the optimizer's state and activations."""
    fits: str
    """How large a batch can be, in a sentence; empty where that cannot be told."""
    is_too_large: bool
    """Whether the batches of the recipe do not fit."""

    @property
    def total(self) -> int:
        """All of it, in bytes."""
        return sum(part.size for part in self.parts)


def device_memory(setting: str) -> DeviceMemory:
    """Ask the device that the recipe calls `setting`; it may take a second to wake up. Torch must be loaded."""
    from engine.training.devices import resolve

    try:
        device = resolve(setting)
    except TrainingError as error:
        return DeviceMemory(setting, objection=str(error))
    title = {"cuda": "the GPU", "mps": "the Apple GPU"}.get(device.type, "this computer")
    return DeviceMemory(setting, title, free_memory(device.type))


def training_cost(document: Graph, analysis: Analysis, device: DeviceMemory | None) -> TrainingCost | None:
    """What training `document` takes; None when nothing is known yet.

    Args:
        device: where it is trained, as far as that is known by now.
    """
    how, found = recipe(document), training_memory(document, analysis)
    if not found.total:
        return None
    optimizer = OPTIMIZER.titles[OPTIMIZER.options.index(how.optimizer)]
    most = None
    if device is not None and device.free is not None:
        most = largest_batch(document, analysis, device.free)
    parts = (
        CostPart("Weights", found.weights + found.buffers, "The parameters, and what layers hold besides them."),
        CostPart("Gradients", found.gradients, "One number for each parameter: how the loss depends on it."),
        CostPart(f"State of {optimizer}", found.optimizer, "What the optimizer remembers of each parameter."),
        CostPart("Activations", found.activations, "What is kept of the whole batch until the backward pass."),
    )
    is_too_large = most is not None and how.batch_size > most
    headline = f"Training, batches of {how.batch_size:,}"
    return TrainingCost(headline, parts, _fits(device, most, how.batch_size), is_too_large)


def _fits(device: DeviceMemory | None, most: int | None, batch_size: int) -> str:
    if device is None or device.free is None:
        return "" if device is None else device.objection
    where = f"the {memory(device.free)} that are free on {device.title}"
    if most is None or most >= BATCH_SIZE.maximum:
        return f"Batches of any size fit into {where}."
    if most == 0:
        return f"Not even one sample fits into {where}."
    if batch_size > most:
        return f"Batches of {batch_size:,} do not fit: {where} hold {most:,}."
    return f"Batches of up to {most:,} fit into {where}."
