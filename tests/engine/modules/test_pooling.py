"""Weighted average pooling against sums written out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from engine.modules.pooling import WeightedAvgPool

SIDES = st.integers(1, 5)


def window(kind: str, size: int) -> list[float]:
    """The weights along one axis, before they are made to add up to 1."""
    middle = (size - 1) / 2
    if kind == "gaussian":
        return [math.exp(-((place - middle) ** 2) / (2 * (size / 4) ** 2)) for place in range(size)]
    return [1 - abs(place - middle) / ((size + 1) / 2) for place in range(size)]


def by_hand(
    image: np.ndarray, kind: str, kernel: tuple[int, int], stride: tuple[int, int], padding: tuple[int, int]
) -> np.ndarray:
    """The weighted means of one image, pixel by pixel."""
    weights = np.outer(window(kind, kernel[0]), window(kind, kernel[1]))
    channels, height, width = image.shape
    rows = (height + 2 * padding[0] - kernel[0]) // stride[0] + 1
    columns = (width + 2 * padding[1] - kernel[1]) // stride[1] + 1
    result = np.zeros((channels, rows, columns))
    for row in range(rows):
        for column in range(columns):
            total = 0.0
            for m in range(kernel[0]):
                for n in range(kernel[1]):
                    i, j = row * stride[0] + m - padding[0], column * stride[1] + n - padding[1]
                    if 0 <= i < height and 0 <= j < width:
                        total += weights[m, n]
                        result[:, row, column] += weights[m, n] * image[:, i, j]
            result[:, row, column] /= total
    return result


@given(
    kind=st.sampled_from(["gaussian", "triangular"]),
    kernel=st.tuples(SIDES, SIDES),
    stride=st.tuples(SIDES, SIDES),
    extra=st.tuples(st.integers(0, 4), st.integers(0, 4)),
    padded=st.booleans(),
    learnable=st.booleans(),
)
def test_it_is_the_weighted_mean_of_each_window(
    kind: str,
    kernel: tuple[int, int],
    stride: tuple[int, int],
    extra: tuple[int, int],
    padded: bool,
    learnable: bool,
) -> None:
    padding = (kernel[0] // 2, kernel[1] // 2) if padded else (0, 0)
    image = np.random.default_rng(0).normal(size=(3, kernel[0] + extra[0], kernel[1] + extra[1]))
    pool = WeightedAvgPool(kernel, stride, padding, kind, learnable).double()
    computed = pool(torch.from_numpy(image)[None])[0]
    np.testing.assert_allclose(
        computed.detach().numpy(), by_hand(image, kind, kernel, stride, padding), rtol=1e-5, atol=1e-6
    )


@pytest.mark.parametrize("learnable", [False, True])
@pytest.mark.parametrize("kind", ["gaussian", "triangular"])
def test_a_constant_image_stays_constant(kind: str, learnable: bool) -> None:
    pool = WeightedAvgPool((5, 4), (2, 3), (2, 2), kind, learnable)
    torch.testing.assert_close(pool(torch.full((2, 3, 9, 8), 7.0)), torch.full((2, 3, 5, 3), 7.0))


def test_the_centre_counts_most() -> None:
    for kind in ("gaussian", "triangular"):
        weight = WeightedAvgPool((5, 5), window=kind).weight()
        assert weight.sum() == pytest.approx(1.0)
        assert weight[2, 2] == weight.max()
        assert weight[2, 2] > weight[2, 1] > weight[2, 0] > weight[1, 0] > weight[0, 0] > 0


def test_a_window_of_two_is_the_plain_average() -> None:
    image = torch.randn(2, 3, 8, 8)
    for kind in ("gaussian", "triangular"):
        pool = WeightedAvgPool((2, 2), window=kind)
        torch.testing.assert_close(pool(image), nn.functional.avg_pool2d(image, 2))


def test_only_a_learnable_window_has_parameters_and_belongs_to_the_state() -> None:
    fixed, learned = WeightedAvgPool((3, 3)), WeightedAvgPool((3, 3), learnable=True)
    assert not list(fixed.parameters())
    assert not fixed.state_dict()
    assert {name: value.shape for name, value in learned.named_parameters()} == {"logits": (3, 3)}


def test_a_learned_window_stays_a_window() -> None:
    torch.manual_seed(0)
    pool = WeightedAvgPool((3, 3), (1, 1), learnable=True)
    wanted = torch.zeros(3, 3)
    wanted[0, 1] = 1.0
    optimizer = torch.optim.Adam(pool.parameters(), lr=0.3)
    for _ in range(120):
        image = torch.randn(8, 1, 6, 6)
        loss = (pool(image) - image[:, :, :4, 1:5]).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    weight = pool.weight().detach()
    assert weight.min() > 0
    assert weight.sum() == pytest.approx(1.0)
    torch.testing.assert_close(weight, wanted, atol=0.05, rtol=0)


@pytest.mark.sampled(2)
@pytest.mark.parametrize("learnable", [False, True])
@pytest.mark.parametrize("padding", [(0, 0), (1, 2)])
def test_gradients_are_those_of_finite_differences(learnable: bool, padding: tuple[int, int]) -> None:
    torch.manual_seed(0)
    pool = WeightedAvgPool((3, 4), (2, 1), padding, learnable=learnable).double()
    image = torch.randn(2, 2, 5, 6, dtype=torch.double, requires_grad=True)

    def pooled(x: torch.Tensor, *logits: torch.Tensor) -> torch.Tensor:
        state = {"logits": logits[0]} if logits else {}
        return torch.func.functional_call(pool, state, (x,))

    assert torch.autograd.gradcheck(pooled, (image, *pool.parameters()))
    assert torch.autograd.gradgradcheck(pooled, (image, *pool.parameters()))


def test_too_much_padding_is_refused() -> None:
    with pytest.raises(ValueError, match="half of the kernel"):
        WeightedAvgPool((3, 3), padding=(1, 2))


@pytest.mark.parametrize("learnable", [False, True])
@pytest.mark.parametrize("kind", ["gaussian", "triangular"])
def test_along_one_axis_and_along_three_it_is_the_same_as_along_two(kind: str, learnable: bool) -> None:
    x = torch.randn(2, 3, 11)
    flat = WeightedAvgPool((1, 4), (1, 2), (0, 1), kind, learnable)(x[:, :, None])
    torch.testing.assert_close(WeightedAvgPool(4, 2, 1, kind, learnable)(x), flat[:, :, 0])
    image = torch.randn(2, 3, 9, 8)
    deep = WeightedAvgPool((1, 5, 4), (1, 2, 3), (0, 2, 2), kind, learnable)(image[:, :, None])
    torch.testing.assert_close(deep[:, :, 0], WeightedAvgPool((5, 4), (2, 3), (2, 2), kind, learnable)(image))
    volume = torch.randn(1, 2, 7, 6, 5)
    weight = WeightedAvgPool((3, 3, 3), (2, 2, 2), (0, 0, 0), kind, learnable).weight()
    by_axis = torch.einsum("i,j,k->ijk", *[weight.sum(dim) for dim in ((1, 2), (0, 2), (0, 1))])
    torch.testing.assert_close(weight, by_axis)
    pooled = WeightedAvgPool((3, 3, 3), (2, 2, 2), (0, 0, 0), kind, learnable)(volume)
    torch.testing.assert_close(pooled[0, 0, 0, 0, 0], (weight * volume[0, 0, :3, :3, :3]).sum())
