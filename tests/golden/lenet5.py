"""LeNet5: a neural network with 61,706 learnable parameters."""

from torch import Tensor, nn


class LeNet5(nn.Module):
    """The whole network."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, kernel_size=5, padding=2)
        self.relu1 = nn.ReLU()
        self.pool1 = nn.MaxPool2d(2)
        self.conv2 = nn.Conv2d(6, 16, kernel_size=5)
        self.relu2 = nn.ReLU()
        self.pool2 = nn.MaxPool2d(2)
        self.flatten = nn.Flatten()
        self.dense1 = nn.Linear(400, 120)
        self.relu3 = nn.ReLU()
        self.dense2 = nn.Linear(120, 84)
        self.relu4 = nn.ReLU()
        self.dense3 = nn.Linear(84, 10)

    def forward(self, x: Tensor) -> Tensor:
        """Map x: (batch, 1, 28, 28) to (batch, 10)."""
        x = self.conv1(x)
        x = self.relu1(x)
        x = self.pool1(x)
        x = self.conv2(x)
        x = self.relu2(x)
        x = self.pool2(x)
        x = self.flatten(x)
        x = self.dense1(x)
        x = self.relu3(x)
        x = self.dense2(x)
        x = self.relu4(x)
        x = self.dense3(x)
        return x


def build_model() -> nn.Module:
    """Make the network, with weights drawn anew."""
    return LeNet5()
