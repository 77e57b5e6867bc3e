"""What tests of weights share: networks of torchvision with random numbers, whose files are the oracle."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest
import torch
from torch import nn
from torchvision import models


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture
def torchvision_net() -> Callable[[str], nn.Module]:
    """Makes a network of torchvision in evaluation mode, always with the same numbers, also in its statistics."""
    return _net


@cache
def _net(name: str) -> nn.Module:
    torch.manual_seed(0)
    options = {"aux_logits": True, "init_weights": False} if name == "googlenet" else {}
    net: nn.Module = models.get_model(name, weights=None, **options)
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            assert module.running_mean is not None
            assert module.running_var is not None
            nn.init.normal_(module.running_mean, std=0.1)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
    return net.eval()
