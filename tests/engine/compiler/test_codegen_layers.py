"""The code of every layer of the catalogue makes the module, and computes the values, that the compiler does."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from engine.compiler.build import build
from engine.compiler.codegen import generate
from engine.graph.model import NodeId
from engine.layers.registry import specs
from engine.layers.spec import Call, LayerSpec

# PyTorch says so of “same” padding with even kernels, which it allows nevertheless.
pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
LAYERS = Path(__file__).parents[1] / "layers"
COMPUTING = [declared for declared in specs() if declared.call not in (Call.INPUT, Call.OUTPUT)]


def load_harness() -> Any:
    """The harness of the tests of declarations, which draws parameters and shapes for every layer."""
    found = importlib.util.spec_from_file_location("layer_harness", LAYERS / "conftest.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module.Harness(module.read_tables(LAYERS / "cases"))


HARNESS = load_harness()


def run(text: str) -> ModuleType:
    """The module that a file with `text` is."""
    module = ModuleType("generated")
    exec(compile(text, "generated.py", "exec"), module.__dict__)
    return module


def written(module: nn.Module) -> str:
    """How a module prints, with windows of equal sides as one number."""
    return re.sub(r"\((\d+)(?:, \1)+\)", r"\1", repr(module))


def as_tuple(outputs: Any) -> tuple[Tensor, ...]:
    return tuple(outputs) if isinstance(outputs, (tuple, list)) else (outputs,)


@pytest.mark.sampled(25)
@pytest.mark.parametrize("declared", COMPUTING, ids=lambda declared: declared.id)
@settings(max_examples=settings.default.max_examples // 2)
@given(data=st.data())
def test_the_code_of_a_layer_is_the_layer(declared: LayerSpec, data: st.DataObject) -> None:
    params, shapes = data.draw(HARNESS.uses(declared))
    graph = HARNESS.network(declared, shapes, params)
    if declared.objection(shapes, graph.nodes[NodeId("n1")].params):
        return
    compiled = build(graph)
    model = run(generate(graph).text).build_model()
    name = graph.nodes[NodeId("n1")].name
    if declared.call is Call.MODULE:
        assert written(getattr(model, name)) == written(compiled.get_submodule(name))
    model.load_state_dict(compiled.state_dict())
    inputs = HARNESS.inputs(declared, shapes)
    for training in (True, False):
        results = []
        for network in (compiled.train(training), model.train(training)):
            torch.manual_seed(4)
            results.append(as_tuple(network(*inputs)))
        for one, other in zip(*results, strict=True):
            torch.testing.assert_close(one, other, rtol=0, atol=0, equal_nan=True)
