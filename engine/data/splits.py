"""Training, validation and test tensors; which samples go where, and in which order they are visited."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class TensorSet:
    """Samples with their classes, whole, on the training device."""

    inputs: Tensor
    """Normalised samples, float32, shape (samples, *input shape)."""
    targets: Tensor
    """Class indices, int64, shape (samples,)."""

    def __len__(self) -> int:
        return len(self.targets)


@dataclass(frozen=True, slots=True)
class Normalisation:
    """The numbers with which every split was normalised: subtract `mean`, divide by `std`.

    They are measured on the training split alone: validation and test samples must not leak into training.
    """

    mean: tuple[float, ...]
    """One mean per feature, or a single one for all, in the units of the raw data."""
    std: tuple[float, ...]
    """One standard deviation (of the population) per feature, or a single one for all."""


@dataclass(frozen=True, slots=True)
class Splits:
    """A data set, ready for training."""

    train: TensorSet
    """What the network learns from."""
    validation: TensorSet
    """What it is checked on after each epoch."""
    test: TensorSet
    """What it is checked on once, when the run has finished."""
    classes: int
    """The number of classes."""
    normalisation: Normalisation
    """How the raw data became the inputs."""


def divide(count: int, fraction: float, seed: int) -> tuple[Tensor, Tensor]:
    """Split `count` samples at random into training and validation indices, each in ascending order.

    At least one sample goes to each side; the same arguments always give the same split.
    """
    held_back = min(max(1, round(count * fraction)), count - 1)
    order = torch.randperm(count, generator=torch.Generator().manual_seed(seed))
    return order[held_back:].sort().values, order[:held_back].sort().values


def epoch_order(count: int, seed: int, epoch: int) -> Tensor:
    """The order in which epoch number `epoch` (from 1) visits `count` training samples, int64 on the CPU.

    It depends on nothing but the arguments, so that a run which is interrupted anywhere and continued, in this
    process or another, visits the same samples in the same order.
    """
    return torch.randperm(count, generator=torch.Generator().manual_seed(seed * 1_000_003 + epoch))
