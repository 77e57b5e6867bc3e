"""The weights of a run at one moment, as copies that whoever has them may keep; no torch until one is taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

    from engine.training.loop import TrainingSession


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a network had learnt at one moment of its run."""

    tensors: Mapping[str, Tensor]
    """Its parameters and buffers by their names in the network, on the CPU, each with memory of its own."""
    step: int
    """The steps that were done."""
    epoch: int
    """The epoch that was in progress, or the last one done, from 1; 0 before the first step."""


def take_snapshot(session: TrainingSession) -> Snapshot:
    """Copy the weights of a run that is at rest or between two steps."""
    tensors = {
        name: tensor.detach().to("cpu", copy=True).contiguous() for name, tensor in session.model.state_dict().items()
    }
    return Snapshot(tensors, session.step, -(-session.step // session.steps_per_epoch))
