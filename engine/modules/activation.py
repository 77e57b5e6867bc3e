"""Activations that `torch.nn` does not have."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class BinaryStep(nn.Module):
    """1 for positive values, 0 for all others (McCulloch & Pitts, 1943).

    Args:
        straight_through: whether the gradient passes as if the output were the input (Hinton, 2012; Bengio et al.,
            2013); without it the gradient is zero.
        clip_gradient: whether it passes only where |x| ≤ 1 (Hubara et al., 2016).

    Shapes: any; the output has the input's.
    """

    def __init__(self, straight_through: bool = False, clip_gradient: bool = True) -> None:
        super().__init__()
        self.straight_through = straight_through
        self.clip_gradient = clip_gradient

    def forward(self, x: Tensor) -> Tensor:
        """The step at each value of `x`."""
        # Unlike a comparison, the sign belongs to the graph of gradients, with a gradient of zero.
        step = torch.sign(x).clamp(min=0.0)
        if not self.straight_through:
            return step
        through = torch.where(x.abs() <= 1.0, x, 0.0) if self.clip_gradient else x
        # The difference is exactly zero, but has the gradient of `through`.
        return step + (through - through.detach())

    def extra_repr(self) -> str:
        """The settings, for `print`."""
        return f"straight_through={self.straight_through}, clip_gradient={self.clip_gradient}"
