"""The two spirals: where the points lie, and that a seed fixes them."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.data.declarations import DATA_SETS, DataChoice
from engine.data.loading import load
from engine.data.spirals import spirals

CPU = torch.device("cpu")


def test_points_without_noise_lie_on_their_spiral() -> None:
    points, classes = spirals(400, noise=0.0, turns=2.0, seed=(3, 0))
    radius = np.hypot(points[:, 0], points[:, 1])
    assert radius.max() <= 1
    # Independent of the generator's order of operations: the angle follows from the radius, half a turn on for class 1.
    angle = np.arctan2(points[:, 1], points[:, 0])
    off = np.exp(1j * angle) - np.exp(1j * (2 * np.pi * 2.0 * radius + np.pi * classes))
    assert np.abs(off).max() < 1e-9
    assert np.bincount(classes).tolist() == [200, 200]


def test_noise_has_the_declared_deviation() -> None:
    clean, _ = spirals(20_000, 0.0, 1.5, (0, 0))
    noisy, _ = spirals(20_000, 0.1, 1.5, (0, 0))
    assert (noisy - clean).std() == pytest.approx(0.1, rel=0.03)


def test_the_same_seed_gives_the_same_data_and_another_one_other_data() -> None:
    first, again, other = (load(DataChoice("spirals", {"data_seed": seed}), CPU) for seed in (7, 7, 8))
    for name in ("train", "validation", "test"):
        assert torch.equal(getattr(first, name).inputs, getattr(again, name).inputs)
        assert torch.equal(getattr(first, name).targets, getattr(again, name).targets)
        assert not torch.equal(getattr(first, name).inputs, getattr(other, name).inputs)


def test_splits_are_disjoint_and_normalised_by_the_training_points() -> None:
    splits = load(DataChoice("spirals", {"points": 1_000, "validation_fraction": 0.25}), CPU)
    assert (len(splits.train), len(splits.validation), len(splits.test)) == (750, 250, 500)
    seen = [tuple(row) for part in (splits.train, splits.validation, splits.test) for row in part.inputs.tolist()]
    assert len(set(seen)) == 1_500
    train = splits.train.inputs.numpy().astype(np.float64)
    np.testing.assert_allclose(train.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(train.std(axis=0), 1, atol=1e-6)
    raw, _ = spirals(500, 0.02, 1.5, (0, 1))
    normalisation = splits.normalisation
    restored = splits.test.inputs.numpy() * np.array(normalisation.std) + np.array(normalisation.mean)
    np.testing.assert_allclose(restored, raw, atol=1e-6)
    assert splits.train.inputs.shape[1:] == DATA_SETS["spirals"].input_shape
    assert splits.train.targets.dtype == torch.int64
