"""Merges that PyTorch has no function for."""

from __future__ import annotations

from torch import Tensor


def mean(tensors: list[Tensor]) -> Tensor:
    """The mean of `tensors` value by value; an axis of size 1 is repeated to fit the others."""
    return sum(tensors[1:], tensors[0]) / len(tensors)
