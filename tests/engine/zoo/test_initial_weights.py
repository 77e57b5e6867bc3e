"""Before training the weights of reference networks are spread as torchvision's are, layer by layer."""

from __future__ import annotations

import math

import pytest
import torch
import torchvision
from torch import Tensor, nn

from engine.compiler.build import build
from engine.compiler.codegen import generate
from engine.zoo.registry import ZOO

# GoogLeNet is left out: torchvision announces that it will draw its weights in another way.
NETS = ("resnet18", "resnet50", "densenet121", "squeezenet1_1", "mobilenet_v2")
LARGE = ("alexnet", "vgg11", "vgg11_bn")
SIGMAS = 5
OTHER_BIAS = {"densenet121": {"classifier.bias"}}
"""What cannot be asked for: weights as PyTorch draws them, with a bias of zero."""


def drawn(model: nn.Module) -> dict[str, Tensor]:
    return {name: parameter.detach().flatten() for name, parameter in model.named_parameters()}


def fourth_moment(values: Tensor) -> float:
    """What tells distributions of one spread apart: 3 for normal values, 1.8 for uniform ones."""
    return float((values / values.std()).pow(4).mean())


@pytest.mark.sampled(1)
@pytest.mark.parametrize("name", [*NETS, *(pytest.param(name, marks=pytest.mark.slow) for name in LARGE)])
def test_fresh_weights_are_spread_as_torchvisions_are(name: str) -> None:
    torch.manual_seed(0)
    theirs = drawn(torchvision.models.get_model(name, weights=None))
    ours = drawn(build(ZOO[name].build()))
    assert ours.keys() == theirs.keys()
    for key in ours.keys() - OTHER_BIAS.get(name, set()):
        one, other = ours[key], theirs[key]
        if not other.std() > 0:
            assert torch.equal(one, other), f"{key} is not what it is there, {other[0]} everywhere"
            continue
        count = len(one)
        assert float(one.std()) == pytest.approx(float(other.std()), rel=SIGMAS / math.sqrt(count)), key
        assert abs(one.mean()) < SIGMAS * other.std() / math.sqrt(count), key
        if count > 5000:
            error = math.sqrt(2 * 96 / count)
            assert fourth_moment(one) == pytest.approx(fourth_moment(other), abs=SIGMAS * error), key


@pytest.mark.parametrize("name", ["resnet18", "vgg11", "mobilenet_v2"])
def test_one_short_function_draws_them_in_the_code(name: str) -> None:
    text = generate(ZOO[name].build()).text
    line = '    if isinstance(module, nn.Conv2d):\n        nn.init.kaiming_normal_(module.weight, mode="fan_out", '
    assert line in text
    assert text.count("kaiming_normal_") == 1
