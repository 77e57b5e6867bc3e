"""SmallResNet: a neural network with 24,634 learnable parameters."""

from torch import Tensor, nn


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


def he_normal(layer: nn.Conv2d) -> nn.Conv2d:
    """Draw the initial weights of `layer`."""
    nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    return layer


class BasicBlock(nn.Module):
    """Two convolutions and a way around them (He et al., 2016).

    Args:
        in_channels: The channels of what comes in.
        channels: The channels that come out.
        stride: What height and width are divided by.
    """

    def __init__(self, in_channels: int, channels: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, channels, kernel_size=3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(channels, channels, kernel_size=3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.downsample = (
            Projection(in_channels, channels, stride=stride)
            if stride != 1 or in_channels != channels
            else nn.Identity()
        )
        self.relu2 = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        """Map x: (batch, in_channels, 32, 32) to (batch, channels, out_height, out_width)."""
        out = self.conv1(x)
        out = self.bn1(out)
        out = self.relu1(out)
        out = self.conv2(out)
        out = self.bn2(out)
        identity = self.downsample(x)
        x = out + identity
        x = self.relu2(x)
        return x


class SmallResNet(nn.Module):
    """The whole network."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = he_normal(nn.Conv2d(3, 16, kernel_size=3, padding=1, bias=False))
        self.layer1 = nn.Sequential(*(BasicBlock(16, 16) for _ in range(2)))
        self.layer2 = BasicBlock(16, 32, stride=2)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.fc = nn.Linear(32, 10)

    def forward(self, x: Tensor) -> Tensor:
        """Map x: (batch, 3, 32, 32) to (batch, 10)."""
        x = self.conv1(x)
        x = self.layer1(x)
        x = self.layer2(x)
        x = self.avgpool(x)
        x = self.flatten(x)
        x = self.fc(x)
        return x


def build_model() -> nn.Module:
    """Make the network, with weights drawn anew."""
    return SmallResNet()
