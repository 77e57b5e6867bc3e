"""A thread with random numbers of its own gets the right ones, and leaves those of the program alone."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.compiler.build import build
from engine.compiler.randomness import OwnRandomness
from engine.zoo.registry import ZOO

DRAWS: dict[str, Callable[[], Tensor]] = {
    "rand": lambda: torch.rand(4),
    "randn": lambda: torch.randn(4),
    "randn like": lambda: torch.randn_like(torch.ones(4)),
    "randint": lambda: torch.randint(0, 9, (4,)),
    "randperm": lambda: torch.randperm(9),
    "uniform": lambda: torch.empty(4).uniform_(),
    "normal": lambda: torch.empty(4).normal_(),
    "bernoulli": lambda: torch.bernoulli(torch.full((9,), 0.5)),
    "multinomial": lambda: torch.multinomial(torch.ones(9), 3),
    "dropout": lambda: functional.dropout(torch.ones(9)),
    "orthogonal": lambda: nn.init.orthogonal_(torch.empty(3, 3)),
    "truncated": lambda: nn.init.trunc_normal_(torch.empty(4)),
    "sparse": lambda: nn.init.sparse_(torch.empty(4, 4), 0.5),
}


@pytest.mark.parametrize("name", DRAWS)
def test_the_numbers_are_those_of_the_seed_and_the_others_stay(name: str) -> None:
    torch.manual_seed(3)
    expected = [DRAWS[name]() for _ in range(2)]
    before = torch.get_rng_state()
    with OwnRandomness(3):
        drawn = [DRAWS[name]() for _ in range(2)]
    assert torch.equal(torch.get_rng_state(), before)
    for own, other in zip(drawn, expected, strict=True):
        assert torch.equal(own, other)


@pytest.mark.parametrize("name", ["lenet5", "lstm_classifier", "vit_small"])
def test_a_network_starts_as_a_run_with_the_seed_does(name: str) -> None:
    graph = ZOO[name].build()
    torch.manual_seed(11)
    expected = build(graph).state_dict()
    with OwnRandomness(11):
        drawn = build(graph).state_dict()
    assert list(drawn) == list(expected)
    assert all(torch.equal(drawn[key], expected[key]) for key in expected)


def test_other_threads_go_on_with_the_numbers_of_the_program() -> None:
    torch.manual_seed(0)
    expected = torch.rand(3)
    torch.manual_seed(0)
    drawn: list[Tensor] = []
    with OwnRandomness(1):
        thread = threading.Thread(target=lambda: drawn.append(torch.rand(3)))
        thread.start()
        thread.join()
    assert torch.equal(drawn[0], expected)
