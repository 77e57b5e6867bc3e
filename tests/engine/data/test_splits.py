"""Which samples go where, and in which order they are visited."""

from __future__ import annotations

import pytest
import torch

from engine.data.splits import divide, epoch_order


@pytest.mark.parametrize(
    ("count", "fraction", "held_back"), [(60_000, 1 / 12, 5_000), (10, 0.2, 2), (2, 0.01, 1), (3, 0.5, 2)]
)
def test_every_sample_goes_to_exactly_one_side(count: int, fraction: float, held_back: int) -> None:
    train, validation = divide(count, fraction, seed=3)
    assert len(validation) == held_back
    assert sorted([*train.tolist(), *validation.tolist()]) == list(range(count))


def test_the_split_is_random_and_repeatable() -> None:
    first, again, other = (divide(1_000, 0.1, seed)[1].tolist() for seed in (0, 0, 1))
    assert first == again
    assert first != other
    assert 300 < sum(first) / len(first) < 700  # not all from one end


def test_an_epoch_visits_every_sample_once_in_an_order_of_its_own() -> None:
    orders = [epoch_order(500, seed, epoch).tolist() for seed, epoch in [(0, 1), (0, 2), (1, 1), (0, 1)]]
    assert all(sorted(order) == list(range(500)) for order in orders)
    assert orders[0] == orders[3]
    assert orders[0] != orders[1]
    assert orders[0] != orders[2]


def test_the_order_leaves_the_global_random_numbers_alone() -> None:
    before = torch.get_rng_state()
    epoch_order(100, 0, 1)
    divide(100, 0.1, 0)
    assert torch.equal(before, torch.get_rng_state())
