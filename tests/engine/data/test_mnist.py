"""MNIST: the official images, normalised by what the training split alone says."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.data import mnist
from engine.data.declarations import DATA_SETS, DataChoice, DataError
from engine.data.loading import load
from engine.data.splits import divide

CPU = torch.device("cpu")


def test_the_whole_of_mnist_in_three_splits() -> None:
    splits = load(DataChoice(), CPU)
    declared = DATA_SETS["mnist"]
    assert (len(splits.train), len(splits.validation), len(splits.test)) == (55_000, 5_000, 10_000)
    for part in (splits.train, splits.validation, splits.test):
        assert part.inputs.shape[1:] == declared.input_shape
        assert part.inputs.dtype == torch.float32
        assert part.targets.dtype == torch.int64
        assert set(part.targets.unique().tolist()) == set(range(declared.classes))
    assert splits.classes == declared.classes


def moments(pixels: np.ndarray) -> tuple[float, float]:
    """Mean and standard deviation, from sums of whole numbers that are exact."""
    squares = np.square(pixels, dtype=np.uint16).sum(dtype=np.int64)
    mean = pixels.sum(dtype=np.int64) / pixels.size
    return mean, math.sqrt(squares / pixels.size - mean**2)


def test_normalisation_comes_from_the_training_split_alone() -> None:
    choice = DataChoice("mnist", {"validation_fraction": 0.3, "data_seed": 5})
    splits = load(choice, CPU)
    with np.load(mnist.ARCHIVE) as archive:
        raw, labels, raw_test = archive["x_train"], archive["y_train"], archive["x_test"]
    train, validation = (part.numpy() for part in divide(60_000, 0.3, 5))
    mean, deviation = moments(raw[train])
    assert mean != moments(raw)[0]
    assert splits.normalisation.mean == pytest.approx((mean,), rel=1e-9)
    assert splits.normalisation.std == pytest.approx((deviation,), rel=1e-9)
    for part, pixels in ((splits.train, raw[train]), (splits.validation, raw[validation]), (splits.test, raw_test)):
        expected = (pixels[:200, None] - mean) / deviation
        np.testing.assert_allclose(part.inputs[:200].numpy(), expected, rtol=1e-4, atol=1e-6)
    assert splits.train.targets.tolist() == labels[train].tolist()
    assert splits.validation.targets.tolist() == labels[validation].tolist()


def test_a_run_cannot_spoil_the_data_of_the_next() -> None:
    first = load(DataChoice(), CPU)
    before = first.test.inputs[:100].clone()
    first.test.inputs.zero_()
    first.test.targets.zero_()
    again = load(DataChoice(), CPU)
    assert torch.equal(again.test.inputs[:100], before)
    assert again.test.targets.max() == 9
    with pytest.raises(ValueError, match="read-only"):
        mnist.read().x_train[0, 0, 0] = 1


def test_the_archive_is_parsed_once() -> None:
    assert mnist.read().x_train is mnist.read().x_train


@pytest.mark.parametrize("damage", ["missing", "empty", "noise", "truncated", "keys", "shape", "labels", "pickle"])
def test_a_damaged_archive_gives_one_sentence(damage: str, tmp_path: Path) -> None:
    path = tmp_path / "mnist.npz"
    images, labels = np.zeros((4, 28, 28), np.uint8), np.zeros(4, np.uint8)
    arrays = {"x_train": images, "y_train": labels, "x_test": images, "y_test": labels}
    if damage == "empty":
        path.write_bytes(b"")
    elif damage == "noise":
        path.write_bytes(np.random.default_rng(0).bytes(5_000))
    elif damage == "truncated":
        path.write_bytes(mnist.ARCHIVE.read_bytes()[:200_000])
    elif damage != "missing":
        changed = {
            "keys": {"x_train": images},
            "shape": arrays | {"x_test": images[:, :27]},
            "labels": arrays | {"y_test": labels + 10},
            "pickle": arrays | {"y_test": np.array([{}] * 4, dtype=object)},
        }[damage]
        np.savez(path, **changed)
    with pytest.raises(DataError, match="MNIST") as caught:
        mnist.load(DataChoice(), CPU, path)
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


def test_a_sound_archive_of_another_size_loads(tmp_path: Path) -> None:
    path = tmp_path / "mnist.npz"
    images, labels = np.full((24, 28, 28), 7, np.uint8), np.arange(24, dtype=np.uint8) % 10
    np.savez(path, x_train=images, y_train=labels, x_test=images, y_test=labels)
    splits = mnist.load(DataChoice(), CPU, path)
    assert (len(splits.train), len(splits.validation)) == (22, 2)
    assert not splits.train.inputs.any()  # a constant image is all mean, and is not divided by zero
