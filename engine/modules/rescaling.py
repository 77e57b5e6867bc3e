"""Fixed changes of scale, which `torch.nn` does not have."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Normalize(nn.Module):
    """Subtracts a fixed mean from each channel and divides it by a fixed spread; nothing of it is in the state dict.

    Args:
        mean: what is subtracted: one number for all channels, or one for each.
        std: what is divided by, in the same way.

    Shapes: `[N, channels, …]`; the output has the input's.
    """

    means: Tensor
    stds: Tensor

    def __init__(self, mean: float | tuple[float, ...], std: float | tuple[float, ...]) -> None:
        super().__init__()
        self.mean = mean
        self.std = std
        self.register_buffer("means", torch.tensor(mean).view(-1), persistent=False)
        self.register_buffer("stds", torch.tensor(std).view(-1), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """`x` with its usual mean and spread brought to 0 and 1."""
        along_channels = (-1,) + (1,) * (x.dim() - 2)
        return (x - self.means.view(along_channels)) / self.stds.view(along_channels)

    def extra_repr(self) -> str:
        """The settings, for `print`."""
        return f"mean={self.mean}, std={self.std}"


class Rescale(nn.Module):
    """Multiplies each channel by a fixed factor and adds a fixed number; nothing of it is in the state dict.

    Args:
        scale: what is multiplied by: one number for all channels, or one for each.
        offset: what is added then, in the same way.

    Shapes: `[N, channels, …]`; the output has the input's.
    """

    scales: Tensor
    offsets: Tensor

    def __init__(self, scale: float | tuple[float, ...], offset: float | tuple[float, ...]) -> None:
        super().__init__()
        self.scale = scale
        self.offset = offset
        self.register_buffer("scales", torch.tensor(scale).view(-1), persistent=False)
        self.register_buffer("offsets", torch.tensor(offset).view(-1), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """`x` on the other scale."""
        along_channels = (-1,) + (1,) * (x.dim() - 2)
        return x * self.scales.view(along_channels) + self.offsets.view(along_channels)

    def extra_repr(self) -> str:
        """The settings, for `print`."""
        return f"scale={self.scale}, offset={self.offset}"
