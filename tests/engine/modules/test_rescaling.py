"""Fixed changes of scale are torchvision's, move with the network, and leave no trace in its weights."""

from __future__ import annotations

from typing import Any

import pytest
import torch
import torchvision
from torch import nn
from torchvision.transforms.v2 import functional

from engine.modules.rescaling import Normalize, Rescale

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def test_images_are_normalised_as_torchvision_does_it() -> None:
    images = torch.rand(4, 3, 5, 6)
    expected = functional.normalize(images, list(MEAN), list(STD))
    torch.testing.assert_close(Normalize(MEAN, STD)(images), expected)
    expected = functional.normalize(images, [0.5] * 3, [0.25] * 3)
    torch.testing.assert_close(Normalize(0.5, 0.25)(images), expected)


def test_images_are_rescaled_as_torchvision_does_it() -> None:
    images = torch.randn(4, 3, 5, 6)
    theirs = torchvision.models.googlenet(weights=None, init_weights=False, transform_input=True)
    rescale = Rescale((0.458, 0.448, 0.45), (-0.03, -0.088, -0.188))
    assert torch.equal(rescale(images), theirs._transform_input(images))


KINDS = {
    "normalize": (Normalize, lambda x, numbers: (x - numbers) / 0.5, lambda numbers: torch.full((3,), 2.0)),
    "rescale": (Rescale, lambda x, numbers: x * numbers + 0.5, lambda numbers: torch.tensor(numbers)),
}
EACH = pytest.mark.parametrize(("kind", "formula", "slope"), KINDS.values(), ids=KINDS)


@EACH
@pytest.mark.parametrize("shape", [(3,), (3, 5), (3, 2, 4), (3, 2, 4, 2)])
def test_the_channels_are_the_first_axis_whatever_follows(
    kind: Any, formula: Any, slope: Any, shape: tuple[int, ...]
) -> None:
    x = torch.randn(2, *shape, requires_grad=True)
    found = kind(MEAN, 0.5)(x)
    for channel in range(3):
        torch.testing.assert_close(found[:, channel], formula(x[:, channel], MEAN[channel]))
    found.sum().backward()
    assert x.grad is not None
    wanted = slope(MEAN).view(-1, *(1 for _ in shape[1:])).expand_as(x)
    torch.testing.assert_close(x.grad, wanted)


@EACH
def test_nothing_is_learned_or_saved_and_everything_moves_along(kind: Any, formula: Any, slope: Any) -> None:
    module = kind(MEAN, 0.5)
    assert list(module.parameters()) == []
    assert module.state_dict() == {}
    nn.Sequential(module).load_state_dict({}, strict=True)
    assert module.double()(torch.zeros(1, 3, dtype=torch.double)).dtype == torch.double
    assert kind(MEAN, STD).to("meta")(torch.empty(2, 3, 4, 4, device="meta")).shape == (2, 3, 4, 4)
    with torch.device("meta"):
        assert all(buffer.is_meta for buffer in kind(0.5, STD).buffers())
