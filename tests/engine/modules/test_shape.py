"""Reshaping and cropping, against slices and loops."""

from __future__ import annotations

import pytest
import torch

from engine.modules.shape import Reshape, crop


@pytest.mark.parametrize("batch", [1, 3])
def test_reshape_keeps_samples_apart(batch: int) -> None:
    x = torch.arange(batch * 24).reshape(batch, 2, 12)
    result = Reshape((3, -1, 4))(x)
    assert result.shape == (batch, 3, 2, 4)
    for sample, reshaped in zip(x, result, strict=True):
        assert reshaped.flatten().tolist() == sample.flatten().tolist()


def test_reshape_takes_what_does_not_lie_in_one_row() -> None:
    x = torch.randn(2, 3, 4).transpose(1, 2)
    assert torch.equal(Reshape((12,))(x), x.flatten(1))


@pytest.mark.parametrize(("size", "rows", "columns"), [((2, 2), (1, 3), (2, 4)), ((3, 6), (0, 3), (0, 6))])
def test_crop_takes_the_middle(size: tuple[int, int], rows: tuple[int, int], columns: tuple[int, int]) -> None:
    x = torch.randn(2, 3, 4, 6)
    assert torch.equal(crop(x, size), x[:, :, slice(*rows), slice(*columns)])


def test_crop_takes_the_corner() -> None:
    x = torch.randn(2, 3, 4, 6)
    assert torch.equal(crop(x, (2, 5), "top_left"), x[..., :2, :5])


@pytest.mark.parametrize("size", [(5, 2), (2, 7), (6, 2), (12, 2)])
@pytest.mark.parametrize("anchor", ["center", "top_left"])
def test_crop_refuses_more_than_there_is(size: tuple[int, int], anchor: str) -> None:
    with pytest.raises(RuntimeError):
        crop(torch.randn(1, 1, 4, 6), size, anchor)


def test_gradients_are_right() -> None:
    x = torch.randn(1, 2, 3, 4, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: crop(Reshape((2, 4, 3))(x), (2, 2)).square(), (x,))
