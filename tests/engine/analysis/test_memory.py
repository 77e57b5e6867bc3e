"""Training memory: what PyTorch's optimisers really hold, and sums that come out."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from engine.analysis.memory import Memory, free_memory, largest_batch, state_copies, training_memory
from engine.analysis.report import Analysis, NodeReport
from engine.analysis.shapes import ShapeInference
from engine.compiler.build import build
from engine.graph.model import NodeId
from engine.training.objective import make_optimizer
from engine.training.recipe import Recipe
from engine.zoo.registry import ZOO


@pytest.mark.parametrize(
    ("optimizer", "momentum"), [("sgd", 0.0), ("sgd", 0.9), ("adam", 0.0), ("adam", 0.9), ("rmsprop", 0.9)]
)
def test_weights_gradients_and_state_are_those_of_a_real_step(optimizer: str, momentum: float) -> None:
    graph = ZOO["residual_cnn"].build()
    model = build(graph)
    recipe = Recipe(optimizer=optimizer, momentum=momentum)
    made = make_optimizer(recipe, list(model.parameters()), torch.device("cpu"))
    model(torch.rand(2, 1, 28, 28)).sum().backward()
    made.step()
    weights = list(model.parameters())
    # The number of steps is kept as well, one number for each tensor.
    state = [
        part for entry in made.state.values() for part in entry.values() if isinstance(part, Tensor) and part.dim()
    ]
    expected = training_memory(ShapeInference().analyse(graph), 2, optimizer, momentum)
    assert expected.weights == sum(weight.nbytes for weight in weights)
    assert expected.gradients == sum(weight.grad.nbytes for weight in weights if weight.grad is not None)
    assert expected.optimizer == sum(part.nbytes for part in state)
    assert expected.buffers == sum(buffer.nbytes for buffer in model.buffers())


def test_the_whole_is_the_sum_of_its_layers() -> None:
    analysis = ShapeInference().analyse(ZOO["resnet20"].build())
    memory = training_memory(analysis, 32, "adam")
    for part in ("weights", "buffers", "gradients", "optimizer", "activations", "total"):
        assert sum(getattr(node, part) for node in memory.nodes.values()) == getattr(memory, part)
    assert memory.activations == 32 * analysis.activation_bytes + analysis.fixed_bytes
    assert memory.total == memory.weights + memory.buffers + memory.gradients + memory.optimizer + memory.activations


COSTS = st.integers(0, 10**12)


@given(parameters=COSTS, kept=COSTS, fixed=COSTS, free=COSTS, optimizer=st.sampled_from(("sgd", "adam", "rmsprop")))
def test_the_largest_batch_fits_and_one_more_sample_does_not(
    parameters: int, kept: int, fixed: int, free: int, optimizer: str
) -> None:
    report = NodeReport(parameters=parameters, activation_bytes=kept, fixed_bytes=fixed)
    analysis = Analysis({NodeId("n1"): report})
    batch = largest_batch(analysis, free, optimizer)
    if batch is None:
        assert kept == 0
        assert training_memory(analysis, 10**9, optimizer).total <= free
        return
    assert batch == 0 or training_memory(analysis, batch, optimizer).total <= free
    assert training_memory(analysis, batch + 1, optimizer).total > free or (kept == 0 and batch == 0)


def test_adam_remembers_twice_what_rmsprop_does() -> None:
    assert [state_copies(name) for name in ("sgd", "rmsprop", "adam")] == [0, 1, 2]
    assert state_copies("sgd", 0.9) == 1


def test_an_empty_network_takes_nothing() -> None:
    assert training_memory(Analysis({}), 64) == training_memory(Analysis({}), 1)
    assert Memory().total == 0


def test_the_memory_of_this_computer_is_plausible() -> None:
    free = free_memory("cpu")
    assert free is None or 2**20 < free < 2**50
    assert free_memory("abacus") is None
