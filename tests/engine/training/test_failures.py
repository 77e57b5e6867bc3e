"""Errors become sentences that say what to do."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from engine.data.declarations import DataError
from engine.training.failures import TrainingError, explain, is_expected
from engine.training.recipe import Recipe

RECIPE = Recipe(batch_size=512)


def _raised_by_torch_out_of_memory() -> BaseException:
    with pytest.raises(RuntimeError) as caught:
        torch.empty(2**50)
    return caught.value


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"),
        MemoryError(),
        _raised_by_torch_out_of_memory(),
    ],
    ids=["gpu", "python", "cpu"],
)
def test_memory_that_ran_out_points_at_the_batch_size(error: BaseException) -> None:
    assert "batch size of 512" in explain(error, RECIPE)
    assert is_expected(error)


def test_a_batch_of_one_before_batch_norm_points_at_the_batch_size() -> None:
    with pytest.raises(ValueError, match="more than 1 value") as caught:
        nn.BatchNorm1d(3)(torch.zeros(1, 3))
    assert "single sample" in explain(caught.value, RECIPE)


@pytest.mark.parametrize("error", [TrainingError("No output."), DataError("No data.")])
def test_our_own_errors_speak_for_themselves(error: ValueError) -> None:
    assert explain(error, RECIPE) == str(error)


def test_anything_else_is_one_bounded_line() -> None:
    sentence = explain(KeyError("x" * 1_000 + "\nsecond line"), RECIPE)
    assert "KeyError" in sentence
    assert len(sentence) < 300
    assert "\n" not in sentence
    assert not is_expected(KeyError())
    assert "AssertionError" in explain(AssertionError(), RECIPE)
