"""Two intertwined spirals, generated with a seed."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from engine.data.declarations import DataChoice
from engine.data.splits import Normalisation, Splits, TensorSet, divide


def load(choice: DataChoice, device: torch.device) -> Splits:
    """The spirals on `device`: points of shape (n, 2), each axis with mean 0 and deviation 1 over the training split.

    The test points are drawn independently of those for training and validation.
    """
    count, seed = int(choice.number("points")), int(choice.number("data_seed"))
    noise, turns = choice.number("noise"), choice.number("turns")
    points, classes = spirals(count, noise, turns, (seed, 0))
    test_points, test_classes = spirals(max(2, count // 2), noise, turns, (seed, 1))
    train, validation = (part.numpy() for part in divide(count, choice.number("validation_fraction"), seed))
    mean, deviation = points[train].mean(axis=0), points[train].std(axis=0)

    def tensors(some_points: NDArray[np.float64], some_classes: NDArray[np.int64]) -> TensorSet:
        normalised = (some_points - mean) / deviation
        return TensorSet(
            torch.tensor(normalised, dtype=torch.float32, device=device), torch.tensor(some_classes, device=device)
        )

    return Splits(
        train=tensors(points[train], classes[train]),
        validation=tensors(points[validation], classes[validation]),
        test=tensors(test_points, test_classes),
        classes=2,
        normalisation=Normalisation(tuple(map(float, mean)), tuple(map(float, deviation))),
    )


def spirals(
    count: int, noise: float, turns: float, seed: tuple[int, ...]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Generate `count` points, shape (count, 2), and the spiral (0 or 1) that each is on, alternating.

    Both spirals start at the centre, opposite to each other, and reach out to radius 1. The radius is drawn so
    that the points lie evenly along the arms, not crowded in the middle.
    """
    generator = np.random.default_rng(seed)
    classes = np.arange(count, dtype=np.int64) % 2
    radius = np.sqrt(generator.uniform(0.0, 1.0, count))
    angle = 2 * np.pi * turns * radius + np.pi * classes
    points = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return points + generator.normal(0.0, noise, (count, 2)), classes
