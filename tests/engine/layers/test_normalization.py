"""Normalisations follow the formulas in their papers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from torch import Tensor

from engine.compiler.build import build
from engine.layers.registry import spec

if TYPE_CHECKING:
    from conftest import Harness


def output(harness: Harness, layer: str, x: Tensor, **params: float) -> Tensor:
    return build(harness.network(spec(layer), [tuple(x.shape[1:])], params))(x)


def standardised(x: Tensor, axes: tuple[int, ...]) -> Tensor:
    """`x` with mean 0 and variance 1 over `axes`."""
    mean = x.mean(axes, keepdim=True)
    return (x - mean) / ((x - mean).square().mean(axes, keepdim=True) + 1e-5).sqrt()


@pytest.mark.parametrize(
    ("layer", "shape", "axes"),
    [
        ("batch_norm1d", (5,), (0,)),
        ("batch_norm1d", (5, 7), (0, 2)),
        ("batch_norm2d", (5, 4, 3), (0, 2, 3)),
        ("batch_norm3d", (5, 2, 4, 3), (0, 2, 3, 4)),
        ("instance_norm1d", (5, 7), (2,)),
        ("instance_norm2d", (5, 4, 3), (2, 3)),
        ("layer_norm", (5,), (1,)),
        ("layer_norm", (5, 7), (2,)),
    ],
)
def test_mean_and_spread_are_taken_over_these_axes(
    harness: Harness, layer: str, shape: tuple[int, ...], axes: tuple[int, ...]
) -> None:
    x = 3 * torch.randn(4, *shape) + 1
    torch.testing.assert_close(output(harness, layer, x), standardised(x, axes))


def test_layer_norm_over_a_whole_image(harness: Harness) -> None:
    x = 3 * torch.randn(4, 2, 5, 3) + 1
    torch.testing.assert_close(output(harness, "layer_norm", x, axes=3), standardised(x, (1, 2, 3)))


def test_group_norm_is_between_layer_and_instance_norm(harness: Harness) -> None:
    x = 3 * torch.randn(4, 6, 5, 3) + 1
    for groups in (1, 2, 6):
        expected = standardised(x.reshape(4, groups, -1), (2,)).reshape(x.shape)
        torch.testing.assert_close(output(harness, "group_norm", x, num_groups=groups), expected)


def test_rms_norm_keeps_the_mean_and_gives_size_1(harness: Harness) -> None:
    x = torch.randn(4, 7, 5) + 2
    normed = output(harness, "rms_norm", x)
    torch.testing.assert_close(normed.square().mean(-1), torch.ones(4, 7))
    torch.testing.assert_close(normed * x.square().mean(-1, keepdim=True).sqrt(), x)


@pytest.mark.parametrize("size", [1, 3, 4, 5])
def test_local_response_norm_is_that_of_alexnet(harness: Harness, size: int) -> None:
    x, expected = 10 * torch.randn(2, 6, 3, 2), torch.empty(2, 6, 3, 2)
    for channel in range(6):
        # An even window has one more neighbour before than behind.
        near = x[:, max(0, channel - size // 2) : channel + (size - 1) // 2 + 1]
        expected[:, channel] = x[:, channel] / (2 + 0.01 * near.square().sum(1)) ** 0.75
    computed = output(harness, "local_response_norm", x, size=size, alpha=0.01 * size, beta=0.75, k=2.0)
    torch.testing.assert_close(computed, expected)


def test_l2_normalize_makes_inner_products_cosines(harness: Harness) -> None:
    x, y = torch.randn(3, 4, 5), torch.randn(3, 4, 5)
    product = (output(harness, "l2_normalize", x) * output(harness, "l2_normalize", y)).sum(-1)
    torch.testing.assert_close(product, torch.cosine_similarity(x, y, dim=-1))
    assert torch.equal(output(harness, "l2_normalize", torch.zeros(2, 3)), torch.zeros(2, 3))


@pytest.mark.parametrize(
    ("layer", "shape", "params", "words"),
    [
        ("instance_norm2d", (3, 1, 1), {}, "an image of 3 × 1 × 1 has one"),
        ("group_norm", (6, 2, 2), {"num_groups": 4}, "6 channels cannot be divided into 4 groups"),
        ("layer_norm", (6, 2), {"axes": 3}, "a sequence of 6 × 2 has only 2"),
        ("rms_norm", (), {"axes": 1}, "one number has only 0"),
        ("batch_norm1d", (3, 2, 2), {}, "takes a vector or a sequence"),
    ],
)
def test_what_cannot_be_normalised_is_refused_in_words(
    layer: str, shape: tuple[int, ...], params: dict[str, int], words: str
) -> None:
    declared = spec(layer)
    defaults = {param.name: param.default for param in declared.params}
    assert words in (declared.objection([shape], defaults | params) or "")
