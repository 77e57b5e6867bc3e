"""The projection is the `downsample` of torchvision's residual networks."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torchvision.models import resnet18, resnet50

from engine.modules.shortcut import Projection


@pytest.mark.parametrize(("make", "stage"), [(resnet18, "layer2"), (resnet50, "layer1"), (resnet50, "layer4")])
def test_it_takes_torchvisions_weights_by_name(make: type[nn.Module], stage: str) -> None:
    # To draw numbers for millions of weights takes a while; these few are drawn below.
    with torch.device("meta"):
        theirs = getattr(make(), stage)[0].downsample.to_empty(device="cpu")
    for tensor in theirs.state_dict().values():
        tensor.copy_(torch.rand(tensor.shape) + 0.5)
    ours = Projection(theirs[0].in_channels, theirs[0].out_channels, theirs[0].stride[0])
    ours.load_state_dict(theirs.state_dict(), strict=True)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    x = torch.randn(2, theirs[0].in_channels, 7, 6)
    assert torch.equal(ours(x), theirs(x))
    assert torch.equal(ours.eval()(x), theirs.eval()(x))


def test_without_norm_the_convolution_has_a_bias() -> None:
    bare = Projection(3, 5, 2, norm=False)
    assert [type(layer) for layer in bare] == [nn.Conv2d]
    assert set(bare.state_dict()) == {"0.weight", "0.bias"}
    x = torch.randn(1, 3, 5, 4)
    expected = torch.einsum("oc,nchw->nohw", bare[0].weight[:, :, 0, 0], x[:, :, ::2, ::2]) + bare[0].bias.view(
        -1, 1, 1
    )
    torch.testing.assert_close(bare(x), expected)


def test_gradients_are_those_of_the_values() -> None:
    module = Projection(2, 3, 2).double()
    assert torch.autograd.gradcheck(module, torch.randn(2, 2, 3, 3, dtype=torch.double, requires_grad=True))
