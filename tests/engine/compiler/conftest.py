"""What tests of generated code share: running it, and comparing it with the network that is compiled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from engine.compiler.build import build
from engine.compiler.codegen import Code, generate
from engine.graph.model import Graph

Shapes = Sequence[tuple[int, ...]]


def run(text: str) -> Any:
    """The module that a file with `text` is."""
    module = ModuleType("generated")
    exec(compile(text, "generated.py", "exec"), module.__dict__)
    return module


def outputs_of(network: nn.Module, inputs: Sequence[Tensor], training: bool) -> tuple[Tensor, ...]:
    """What a network makes of `inputs`, with the same random numbers each time."""
    torch.manual_seed(5)
    with torch.no_grad():
        outputs = network.train(training)(*inputs)
    return tuple(outputs) if isinstance(outputs, (tuple, list)) else (outputs,)


def check_twins(graph: Graph, *shapes: tuple[int, ...]) -> Code:
    """Generate the code of `graph` and see that it gives bitwise what the compiled network gives."""
    code = generate(graph)
    compiled, written = build(graph), run(code.text).build_model()
    assert list(written.state_dict()) == list(compiled.state_dict())
    written.load_state_dict(compiled.state_dict())
    inputs = [torch.randn(3, *shape) for shape in shapes]
    for training in (True, False):
        results = [outputs_of(network, inputs, training) for network in (compiled, written)]
        for one, other in zip(*results, strict=True):
            assert torch.equal(one, other)
    return code


@pytest.fixture(scope="session")
def run_code() -> Callable[[str], Any]:
    """The module that a file with some text is."""
    return run


@pytest.fixture(scope="session")
def twins() -> Callable[..., Code]:
    """Generates the code of a graph and compares it with the compiled network."""
    return check_twins
