"""What a run is asked to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from engine.data.declarations import DataChoice
from engine.training.recipe import Recipe

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True, slots=True)
class TrainingJob:
    """What to train, on what, and how."""

    build_model: Callable[[], nn.Module]
    """Makes the network, drawing its weights from torch's global random numbers; called on the training thread."""
    data: DataChoice
    """The data to train on."""
    recipe: Recipe
    """How to train."""
    run_dir: Path | None = None
    """Where checkpoints go: every few seconds at the end of an epoch, and when the run ends in whatever way."""
    resume: bool = False
    """Whether to go on from the checkpoint in `run_dir`."""
    load_weights: Callable[[nn.Module, Callable[[str], None]], object] | None = None
    """Loads pretrained weights into the network and tells what it is doing, by sentences; what the teller raises ends
    it. Not called for a run that goes on, whose checkpoint has all weights."""
    loss_weights: Mapping[str, float] = field(default_factory=dict)
    """How much the loss at each output of the network counts, by the outputs' names and in the order in which the
    network returns them, the main one first; may be left out for a network with a single output."""
