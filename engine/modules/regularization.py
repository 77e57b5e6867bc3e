"""Random disturbances in training that `torch.nn` does not have."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class StochasticDepth(nn.Module):
    """Drops its input, whole samples or the whole batch, at random in training (Huang et al., 2016).

    What is kept is divided by the probability of keeping it, so that the mean stays.

    Args:
        p: how often the input is dropped.
        mode: “row” draws for each sample, “batch” once for all.

    Shapes: any with the batch first; the output has the input's.
    """

    def __init__(self, p: float, mode: str = "row") -> None:
        super().__init__()
        self.p = p
        self.mode = mode

    def forward(self, x: Tensor) -> Tensor:
        """`x` with dropped samples set to zero in training; `x` itself in evaluation."""
        if not self.training or self.p == 0.0:
            return x
        draws = x.size(0) if self.mode == "row" else 1
        mask = x.new_empty((draws,) + (1,) * (x.dim() - 1)).bernoulli_(1.0 - self.p)
        return x * (mask / (1.0 - self.p) if self.p < 1.0 else mask)

    def extra_repr(self) -> str:
        """The settings, for `print`."""
        return f"p={self.p}, mode={self.mode!r}"


class GaussianNoise(nn.Module):
    """Adds normally distributed noise in training.

    Args:
        std: the standard deviation of the noise.

    Shapes: any; the output has the input's.
    """

    def __init__(self, std: float) -> None:
        super().__init__()
        self.std = std

    def forward(self, x: Tensor) -> Tensor:
        """`x` and noise in training; `x` itself in evaluation."""
        return x + self.std * torch.randn_like(x) if self.training else x

    def extra_repr(self) -> str:
        """The settings, for `print`."""
        return f"std={self.std}"
