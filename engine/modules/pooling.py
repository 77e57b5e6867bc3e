"""Pooling that `torch.nn` lacks."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class WeightedAvgPool2d(nn.Module):
    """A weighted mean of each window, in which the centre counts most.

    What a window covers beyond the image does not count: the weights inside the image always add up to 1, so that a
    constant image stays constant. All channels share one window. See Zhang, 2019, for why overlapping windows with
    soft edges keep a network from being upset by shifts.

    Args:
        kernel_size: height and width of the window.
        stride: how far the window moves.
        padding: how far the window may reach beyond the image; at most half of the kernel.
        window: `gaussian` (standard deviation: a quarter of the kernel) or `triangular`.
        learnable: whether the weights are learned, as the softmax of `logits`, which begins as the window.

    Shape:
        batch × channels × height × width → batch × channels × ⌊(size + 2·padding − kernel) / stride⌋ + 1.
    """

    def __init__(
        self,
        kernel_size: tuple[int, int],
        stride: tuple[int, int] = (2, 2),
        padding: tuple[int, int] = (0, 0),
        window: str = "gaussian",
        learnable: bool = False,
    ) -> None:
        super().__init__()
        if any(2 * border > size for size, border in zip(kernel_size, padding, strict=True)):
            raise ValueError("The padding must be at most half of the kernel.")
        self.kernel_size = kernel_size
        self.stride = stride
        self.padding = padding
        self.window = window
        self.learnable = learnable
        vertical, horizontal = (self._logits(size) for size in kernel_size)
        logits = vertical[:, None] + horizontal[None, :]
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
        """The weights of one whole window (kernel height × kernel width); they add up to 1."""
        return self.logits.flatten().softmax(0).view(self.logits.shape)

    def forward(self, x: Tensor) -> Tensor:
        """Summarise the windows of `x` (batch × channels × height × width)."""
        channels = x.shape[1]
        weight = self.weight()[None, None]
        total = F.conv2d(x, weight.expand(channels, 1, -1, -1), None, self.stride, self.padding, 1, channels)
        if self.padding == (0, 0):
            return total
        inside = F.conv2d(torch.ones_like(x[:1, :1]), weight, None, self.stride, self.padding)
        return total / inside

    def extra_repr(self) -> str:
        """What it was made with."""
        return (
            f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}, "
            f"window={self.window!r}, learnable={self.learnable}"
        )
