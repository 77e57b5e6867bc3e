"""Every declaration in the registry is complete, true to PyTorch, and survives the file.

These tests run over the whole catalogue by themselves. What they need to know about the layers of one family
(strategies, references) stands in `cases/<family>.py`, as `conftest.py` describes.
"""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.analysis.shapes import ShapeInference
from engine.compiler.build import build
from engine.graph import document
from engine.graph.model import Graph, NodeId, check_name
from engine.layers.blocks import block_spec
from engine.layers.nodes import new_node
from engine.layers.registry import specs
from engine.layers.spec import FAMILIES, Call, LayerSpec
from engine.layers.validation import misplaced, validated

if TYPE_CHECKING:
    from conftest import Harness

# PyTorch says so of “same” padding with even kernels, which it allows nevertheless.
pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
LAYER = NodeId("n1")
ALL = pytest.mark.parametrize("declared", specs(), ids=lambda declared: declared.id)


def those(*calls: Call) -> pytest.MarkDecorator:
    """Run a test over the layers that are called in one of these ways."""
    chosen = [declared for declared in specs() if declared.call in calls]
    return pytest.mark.parametrize("declared", chosen, ids=lambda declared: declared.id)


COMPUTING = those(*(call for call in Call if call not in (Call.INPUT, Call.OUTPUT)))


@ALL
def test_it_explains_itself(declared: LayerSpec) -> None:
    texts = (declared.doc, declared.shape_rule, declared.when, declared.pitfalls)
    for text in (*texts, *(param.doc for param in declared.params)):
        assert text.endswith(".")
        assert text[0].isupper() or not text[0].isalpha()
        assert "  " not in text
    assert declared.formula
    assert declared.label
    assert declared.family in FAMILIES
    assert declared.source or declared.call in (Call.INPUT, Call.OUTPUT)
    check_name(declared.base_name)


@ALL
def test_its_parameters_fit_together(declared: LayerSpec) -> None:
    names = [param.name for param in declared.params]
    assert len(set(names)) == len(names)
    assert len({param.title for param in declared.params}) == len(names)
    for param in declared.params:
        if param.only_with is not None:
            other, wanted = param.only_with
            assert other != param.name
            assert [declared.param(other).check(value) for value in wanted] == list(wanted)


def test_ids_and_labels_are_unique() -> None:
    assert len({declared.id for declared in specs()}) == len({declared.label for declared in specs()}) == len(specs())


@ALL
def test_its_icon_exists(declared: LayerSpec) -> None:
    package = importlib.util.find_spec("qtawesome")
    assert package is not None
    assert package.origin is not None
    (charmap,) = (Path(package.origin).parent / "fonts").glob("materialdesignicons6-webfont-charmap-*.json")
    assert declared.icon in json.loads(charmap.read_text())


def test_an_icon_belongs_to_one_family() -> None:
    families: dict[str, set[str]] = {}
    for declared in (*specs(), block_spec(Graph().blocks.define("Block"))):
        families.setdefault(declared.icon, set()).add(declared.family)
    assert [icon for icon, sharing in families.items() if len(sharing) > 1] == []


@ALL
def test_its_defaults_are_allowed_and_canonical(declared: LayerSpec) -> None:
    for param in declared.params:
        checked = param.check(param.default)
        assert (type(checked), checked) == (type(param.default), param.default)
    assert new_node(Graph(), declared.id).params == {param.name: param.default for param in declared.params}


@pytest.mark.sampled(30)
@ALL
@given(data=st.data())
def test_it_survives_the_file(declared: LayerSpec, harness: Harness, data: st.DataObject) -> None:
    graph = Graph()
    graph.blocks.define("Block")
    home = "Block" if misplaced(declared.id, graph) else ""
    place = graph.blocks.graph(home)
    node = new_node(place, declared.id, (3.0, -4.5), **data.draw(harness.values(declared)))
    place.add_node(node)
    read = validated(document.parse(document.dump(graph))).blocks.graph(home).nodes[node.id]
    assert read == node
    assert [type(value) for value in read.params.values()] == [type(value) for value in node.params.values()]


@pytest.mark.sampled(30)
@ALL
@given(data=st.data())
def test_its_summary_fits_on_a_node(declared: LayerSpec, harness: Harness, data: st.DataObject) -> None:
    summary = declared.summary(data.draw(harness.values(declared)))
    assert len(summary) <= 24
    assert summary.isprintable()
    assert len(declared.summary(new_node(Graph(), declared.id).params)) <= 24


@pytest.mark.sampled(40)
@COMPUTING
@given(data=st.data())
def test_what_is_inferred_is_what_pytorch_does(declared: LayerSpec, harness: Harness, data: st.DataObject) -> None:
    params, shapes = data.draw(harness.uses(declared))
    report = ShapeInference().analyse(harness.network(declared, shapes, params)).nodes[LAYER]
    assert not report.waiting
    real = harness.tried(declared, shapes, params)
    if report.error:
        on_purpose = declared.id in harness.stricter and harness.stricter[declared.id](shapes, params)
        assert real is None or on_purpose, report.error
        assert "cannot work here" not in report.error
        assert report.error.endswith(".")
    else:
        assert real is not None
        outputs, learned = real
        assert outputs == [(2, *shape) for shape in report.outputs], "the batch axis stays first"
        assert len(outputs) == len(declared.output_ports(params))
        assert report.parameters == learned


@pytest.mark.sampled(25)
@COMPUTING
@given(data=st.data(), seed=st.integers(0, 9))
def test_the_compiled_network_computes_what_is_declared(
    declared: LayerSpec, harness: Harness, data: st.DataObject, seed: int
) -> None:
    params, shapes = data.draw(harness.uses(declared))
    if declared.objection(shapes, params):
        return
    graph = harness.network(declared, shapes, params)
    compiled = build(graph)
    call = declared.invocation(shapes, params)
    module = None
    if declared.call is Call.MODULE:
        module = harness.module(call)
        module.load_state_dict(compiled.get_submodule(graph.nodes[LAYER].name).state_dict())
    inputs = harness.inputs(declared, shapes)
    torch.manual_seed(seed)
    computed = compiled(*inputs)
    torch.manual_seed(seed)
    expected = harness.execute(declared, params, call, inputs, module)
    for got, wanted in zip(computed if isinstance(computed, tuple) else (computed,), expected, strict=True):
        torch.testing.assert_close(got, wanted, rtol=0, atol=0, equal_nan=True)


@pytest.mark.sampled(30)
@those(Call.MODULE)
@given(data=st.data())
def test_the_module_is_the_one_a_person_would_write(declared: LayerSpec, harness: Harness, data: st.DataObject) -> None:
    params, shapes = data.draw(harness.uses(declared))
    if declared.objection(shapes, params):
        return
    module = harness.module(declared.invocation(shapes, params))
    expected = harness.hand_written[declared.id](shapes, params)
    assert type(module) is type(expected)
    assert repr(module) == repr(expected)
    assert {name: value.shape for name, value in module.state_dict().items()} == {
        name: value.shape for name, value in expected.state_dict().items()
    }


@pytest.mark.sampled(15)
@those(Call.FUNCTION, Call.FOLD, Call.LIST, Call.FORMULA)
@given(data=st.data(), seed=st.integers(0, 9))
def test_the_function_gives_what_a_person_would_compute(
    declared: LayerSpec, harness: Harness, data: st.DataObject, seed: int
) -> None:
    params, shapes = data.draw(harness.uses(declared))
    if declared.objection(shapes, params):
        return
    torch.manual_seed(seed)
    inputs = harness.inputs(declared, shapes)
    results = harness.execute(declared, params, declared.invocation(shapes, params), inputs, None)
    expected = harness.reference[declared.id](inputs, params)
    for result, wanted in zip(results, expected if isinstance(expected, tuple) else (expected,), strict=True):
        torch.testing.assert_close(result, wanted, equal_nan=True)
