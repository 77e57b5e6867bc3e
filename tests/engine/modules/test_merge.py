"""The mean of branches."""

from __future__ import annotations

import torch

from engine.modules.merge import mean


def test_the_mean_of_several() -> None:
    tensors = [torch.randn(2, 3, 4) for _ in range(5)]
    torch.testing.assert_close(mean(tensors), torch.stack(tensors).mean(0))
    assert torch.equal(mean(tensors[:1]), tensors[0])


def test_an_axis_of_size_one_is_repeated() -> None:
    row, column = torch.randn(2, 1, 4), torch.randn(2, 3, 1)
    torch.testing.assert_close(mean([row, column]), (row + column) / 2)


def test_inputs_stay_as_they_are() -> None:
    tensors = [torch.ones(2, 3), torch.ones(2, 3)]
    mean(tensors)
    assert all(torch.equal(tensor, torch.ones(2, 3)) for tensor in tensors)
