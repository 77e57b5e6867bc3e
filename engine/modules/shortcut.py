"""The way around a residual branch where the branch changes the shape."""

from __future__ import annotations

from torch import nn


class Projection(nn.Sequential):
    """A 1×1 convolution, and a batch norm if wished: option B of He et al., 2016, with torchvision's weight names.

    Args:
        in_channels: the channels that come in.
        out_channels: the channels that go out.
        stride: what height and width are divided by.
        norm: whether a batch norm follows; without one, the convolution has a bias.

    Shapes: `x[N, in_channels, H, W]` becomes `[N, out_channels, ⌈H / stride⌉, ⌈W / stride⌉]`.
    """

    def __init__(self, in_channels: int, out_channels: int, stride: int = 1, norm: bool = True) -> None:
        layers: list[nn.Module] = [nn.Conv2d(in_channels, out_channels, 1, stride=stride, bias=not norm)]
        if norm:
            layers.append(nn.BatchNorm2d(out_channels))
        super().__init__(*layers)
