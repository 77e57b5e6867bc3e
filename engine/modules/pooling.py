"""Pooling that `torch.nn` lacks."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class WeightedAvgPool(nn.Module):
    """A weighted mean of each window, in which the centre counts most, along one, two or three axes.

    What a window covers beyond the input does not count: the weights inside always add up to 1, so that a constant
    input stays constant. All channels share one window. See Zhang, 2019, for why overlapping windows with soft edges
    keep a network from being upset by shifts.

    Args:
        kernel_size: the size of the window along each axis; one number for a sequence.
        stride: how far the window moves.
        padding: how far the window may reach beyond the input; at most half of the kernel.
        window: `gaussian` (standard deviation: a quarter of the kernel) or `triangular`.
        learnable: whether the weights are learned, as the softmax of `logits`, which begins as the window.

    Shape:
        batch × channels × sizes → batch × channels × (⌊(size + 2·padding − kernel) / stride⌋ + 1 for each size).
    """

    def __init__(
        self,
        kernel_size: int | tuple[int, ...],
        stride: int | tuple[int, ...] = 2,
        padding: int | tuple[int, ...] = 0,
        window: str = "gaussian",
        learnable: bool = False,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size if isinstance(kernel_size, tuple) else (kernel_size,)
        axes = len(self.kernel_size)
        self.stride = stride if isinstance(stride, tuple) else (stride,) * axes
        self.padding = padding if isinstance(padding, tuple) else (padding,) * axes
        if any(2 * border > size for size, border in zip(self.kernel_size, self.padding, strict=True)):
            raise ValueError("The padding must be at most half of the kernel.")
        self.window = window
        self.learnable = learnable
        logits = torch.zeros(())
        for size in self.kernel_size:
            logits = logits[..., None] + self._logits(size)
        if learnable:
            self.logits = nn.Parameter(logits)
        else:
            self.register_buffer("logits", logits, persistent=False)

    def _logits(self, size: int) -> Tensor:
        distance = torch.arange(size) - (size - 1) / 2
        if self.window == "gaussian":
            return -0.5 * (4 * distance / size) ** 2
        return torch.log(1 - 2 * distance.abs() / (size + 1))

    def weight(self) -> Tensor:
        """The weights of one whole window, one axis for each of the kernel's; they add up to 1."""
        return self.logits.flatten().softmax(0).view(self.logits.shape)

    def forward(self, x: Tensor) -> Tensor:
        """Summarise the windows of `x` (batch × channels × sizes)."""
        channels = x.shape[1]
        weight = self.weight()[None, None]
        convolve = (F.conv1d, F.conv2d, F.conv3d)[len(self.kernel_size) - 1]
        kernels = weight.expand(channels, *weight.shape[1:])
        total = convolve(x, kernels, None, self.stride, self.padding, groups=channels)
        if not any(self.padding):
            return total
        return total / convolve(torch.ones_like(x[:1, :1]), weight, None, self.stride, self.padding)

    def extra_repr(self) -> str:
        """What it was made with."""
        return (
            f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}, "
            f"window={self.window!r}, learnable={self.learnable}"
        )
