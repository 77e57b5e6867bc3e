"""The one door through which training gets its data."""

from __future__ import annotations

import torch

from engine.data import mnist, spirals
from engine.data.declarations import DataChoice
from engine.data.splits import Splits

_LOADERS = {"mnist": mnist.load, "spirals": spirals.load}


def load(choice: DataChoice, device: torch.device) -> Splits:
    """The chosen data, whole, in tensors on `device` that belong to the caller alone.

    Raises:
        DataError: the data cannot be read.
    """
    return _LOADERS[choice.dataset](choice, device)
