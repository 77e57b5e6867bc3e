"""Random networks over the whole catalogue, with blocks: what is inferred is what the compiled network does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import Tensor, fx, nn

from engine.analysis.report import Analysis
from engine.compiler.build import build
from engine.graph import document
from engine.graph.block_edits import BLOCK_INPUT, BLOCK_OUTPUT
from engine.graph.model import Graph
from engine.graph.params import Params
from engine.layers.blocks import copies, declared, resolved, variables_of
from engine.layers.spec import Call
from engine.layers.validation import validated

if TYPE_CHECKING:
    from conftest import Networks, Reality

pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
RELAXED = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
BATCH = 2


def expected_shapes(graph: Graph, analysis: Analysis, prefix: str, variables: Params) -> dict[str, list[Any]]:
    """The inferred shapes of everything that is a module, by its path in the compiled model."""
    found: dict[str, list[Any]] = {}
    for node_id, report in analysis.nodes.items():
        node = graph.nodes[node_id]
        layer = declared(graph, node)
        if node.layer in (BLOCK_INPUT, BLOCK_OUTPUT):
            continue
        params = resolved(layer, node.params, variables)
        if layer.call is Call.BLOCK:
            block = graph.blocks[layer.label]
            for name, inside in zip(copies(node, params), report.inside, strict=True):
                inner = variables_of(block, params)
                found |= expected_shapes(block.graph, inside, f"{prefix}{name}.", inner)
                ends = [inside.nodes[end].outputs[0] for end in _ends(block.graph)]
                found[f"{prefix}{name}"] = [(BATCH, *shape) for shape in ends]
        elif layer.call is Call.MODULE and not layer.pick(params):
            found[f"{prefix}{node.name}"] = [(BATCH, *shape) for shape in report.outputs]
    return found


def _ends(graph: Graph) -> list[Any]:
    ends = [node.id for node in graph.nodes.values() if node.layer == BLOCK_OUTPUT]
    return sorted(ends, key=lambda node: (len(node), node))


def real_shapes(model: nn.Module, inputs: list[Tensor]) -> tuple[dict[str, list[Any]], list[Any]]:
    """The shapes that come out of every module, and out of the model."""
    found: dict[str, list[Any]] = {}

    def listen(path: str) -> Any:
        def note(module: nn.Module, arguments: Any, result: Any) -> None:
            results = result if isinstance(result, tuple) else (result,)
            found[path] = [tuple(each.shape) for each in results if isinstance(each, Tensor)]

        return note

    handles = [module.register_forward_hook(listen(path)) for path, module in model.named_modules() if path]
    with torch.no_grad():
        results = model(*inputs)
    for handle in handles:
        handle.remove()
    return found, [tuple(each.shape) for each in (results if isinstance(results, tuple) else (results,))]


def check_shapes(graph: Graph, networks: Networks, reality: Reality) -> None:
    analysis = networks.analyse(graph)
    assert analysis.is_valid, [report.error for report in analysis.nodes.values() if report.error]
    model = build(graph)
    modules, results = real_shapes(model, reality.inputs(graph, BATCH))
    outputs = sorted((len(node.id), node.id) for node in graph.nodes.values() if node.layer == "output")
    assert results == [(BATCH, *analysis.nodes[node].outputs[0]) for _, node in outputs]  # type: ignore[index]
    inferred = expected_shapes(graph, analysis, "", {})
    for path, shapes in inferred.items():
        assert modules.get(path, shapes) == shapes, path
    called = {
        node.target for module in model.modules() if isinstance(module, fx.GraphModule) for node in module.graph.nodes
    }
    assert all(path in modules for path in inferred if path in called)
    assert analysis.parameters == sum(weight.numel() for weight in model.parameters())


@settings(max_examples=5 * settings.default.max_examples // 3, suppress_health_check=RELAXED)
@given(data=st.data())
def test_inferred_shapes_are_the_real_ones(data: st.DataObject, networks: Networks, reality: Reality) -> None:
    check_shapes(data.draw(networks.valid(expose=True)), networks, reality)


@pytest.mark.slow
@settings(max_examples=1000, suppress_health_check=RELAXED)
@given(data=st.data())
def test_inferred_shapes_are_the_real_ones_for_a_thousand(
    data: st.DataObject, networks: Networks, reality: Reality
) -> None:
    check_shapes(data.draw(networks.valid(12, expose=True)), networks, reality)


@settings(max_examples=2 * settings.default.max_examples // 3, suppress_health_check=RELAXED)
@given(data=st.data())
def test_what_is_remembered_equals_a_fresh_analysis_of_the_reopened_file(
    data: st.DataObject, networks: Networks
) -> None:
    graph = data.draw(networks.valid())
    reopened = validated(document.parse(document.dump(graph)))
    fresh = type(networks)().analyse(reopened)
    assert networks.analyse(reopened) == fresh
    assert dict(networks.analyse(graph).nodes) == dict(fresh.nodes)
