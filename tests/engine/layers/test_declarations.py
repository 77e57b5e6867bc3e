"""Every declaration in the registry is complete, true to PyTorch, and survives the file."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from functools import reduce
from math import prod
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from engine.analysis.calls import resolve
from engine.analysis.shapes import ShapeInference
from engine.graph import document
from engine.graph.model import Edge, Graph, check_name
from engine.graph.params import Bool, Choice, Float, Int, Pair, Param, Params, ParamValue, Shape
from engine.layers.registry import new_node, spec, specs
from engine.layers.spec import FAMILIES, Call, LayerSpec, TensorShape
from engine.layers.validation import validated

ALL = pytest.mark.parametrize("declared", specs(), ids=lambda declared: declared.id)
COMPUTING = pytest.mark.parametrize(
    "declared", [each for each in specs() if each.call not in (Call.INPUT, Call.OUTPUT)], ids=lambda each: each.id
)


def small_values(param: Param) -> st.SearchStrategy[ParamValue]:
    """Values of `param` that keep a test quick."""
    match param:
        case Int():
            return st.integers(param.minimum, min(param.maximum, param.minimum + 5))
        case Float():
            return st.floats(param.minimum, param.maximum)
        case Bool():
            return st.booleans()
        case Choice():
            return st.sampled_from(param.options)
        case Pair():
            return st.tuples(*[st.integers(param.minimum, param.minimum + 3)] * 2)
        case Shape():
            return st.lists(st.integers(1, 9), min_size=1, max_size=param.maximum_axes).map(tuple)
    raise TypeError(param)


def values_for(declared: LayerSpec) -> st.SearchStrategy[dict[str, ParamValue]]:
    return st.fixed_dictionaries({param.name: small_values(param) for param in declared.params})


def shapes_for(declared: LayerSpec) -> st.SearchStrategy[list[TensorShape]]:
    ranks = declared.inputs[0].ranks or (1, 2, 3)
    shape = st.sampled_from(ranks).flatmap(lambda rank: st.tuples(*[st.integers(1, 6)] * rank))
    if not declared.is_variadic:
        return shape.map(lambda only: [only])
    # Sizes that are often equal and often 1, since merges depend on both.
    one_rank = st.sampled_from(ranks).flatmap(
        lambda rank: st.lists(st.tuples(*[st.sampled_from((1, 2, 3))] * rank), min_size=1, max_size=4)
    )
    return one_rank | st.lists(shape, min_size=1, max_size=4)


def network(declared: LayerSpec, shapes: list[TensorShape], params: Params) -> Graph:
    """Inputs of `shapes`, wired to one layer."""
    graph = Graph()
    layer = new_node(graph, declared.id, **params)
    graph.add_node(layer)
    for port, shape in enumerate(shapes):
        node = new_node(graph, "input", shape=shape)
        graph.add_node(node)
        graph.add_edge(Edge(node.id, 0, layer.id, port))
    return graph


def tried(declared: LayerSpec, shapes: list[TensorShape], params: Params) -> tuple[Tensor, int] | None:
    """What `real_output` gives, or None when PyTorch refuses."""
    try:
        return real_output(declared, shapes, params)
    except (RuntimeError, ValueError, IndexError):
        return None


def real_output(declared: LayerSpec, shapes: list[TensorShape], params: Params) -> tuple[Tensor, int]:
    """What PyTorch really computes on a batch of two, and with how many learnable values."""
    inputs = [torch.zeros(2, *shape) for shape in shapes]
    call = declared.invocation(shapes, params)
    target = resolve(call.target)
    if declared.call is Call.MODULE:
        module = target(**call.kwargs)
        return module(*inputs), sum(parameter.numel() for parameter in module.parameters())
    if declared.call is Call.LIST:
        return target(inputs, **call.kwargs), 0
    return reduce(target, inputs), 0


@ALL
def test_it_explains_itself(declared: LayerSpec) -> None:
    for text in (declared.doc, declared.when, declared.pitfalls, *(param.doc for param in declared.params)):
        assert text.endswith(".")
        assert text[0].isupper() or not text[0].isalpha()
        assert "  " not in text
    assert declared.formula
    assert declared.shape_rule
    assert declared.label
    assert declared.family in FAMILIES
    assert all(param.title for param in declared.params)
    assert len({param.name for param in declared.params}) == len(declared.params)
    check_name(declared.base_name)


def test_ids_and_labels_are_unique() -> None:
    assert len({declared.id for declared in specs()}) == len({declared.label for declared in specs()}) == len(specs())


@ALL
def test_its_icon_exists(declared: LayerSpec) -> None:
    package = importlib.util.find_spec("qtawesome")
    assert package is not None
    assert package.origin is not None
    (charmap,) = (Path(package.origin).parent / "fonts").glob("materialdesignicons6-webfont-charmap-*.json")
    assert declared.icon in json.loads(charmap.read_text())


@ALL
def test_its_defaults_are_allowed_and_canonical(declared: LayerSpec) -> None:
    for param in declared.params:
        checked = param.check(param.default)
        assert (type(checked), checked) == (type(param.default), param.default)
    assert new_node(Graph(), declared.id).params == {param.name: param.default for param in declared.params}


@ALL
@settings(deadline=None, max_examples=20)
@given(data=st.data())
def test_it_survives_the_file(declared: LayerSpec, data: st.DataObject) -> None:
    graph = Graph()
    node = new_node(graph, declared.id, (3.0, -4.5), **data.draw(values_for(declared)))
    graph.add_node(node)
    read = validated(document.parse(document.dump(graph))).nodes[node.id]
    assert read == node
    assert [type(value) for value in read.params.values()] == [type(value) for value in node.params.values()]


@ALL
@settings(deadline=None, max_examples=10)
@given(data=st.data())
def test_its_summary_fits_on_a_node(declared: LayerSpec, data: st.DataObject) -> None:
    summary = declared.summary(data.draw(values_for(declared)))
    assert len(summary) <= 24
    assert summary.isprintable()


@COMPUTING
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_what_is_inferred_is_what_pytorch_does(declared: LayerSpec, data: st.DataObject) -> None:
    params, shapes = data.draw(values_for(declared)), data.draw(shapes_for(declared))
    graph = network(declared, shapes, params)
    report = ShapeInference().analyse(graph).nodes[next(iter(graph.nodes))]
    assert not report.waiting
    real = tried(declared, shapes, params)
    if report.error:
        # PyTorch also adds tensors of different ranks, which is hardly ever meant.
        assert real is None or (declared.id == "add" and len(set(map(len, shapes))) > 1)
        assert "cannot work here" not in report.error
    else:
        assert real is not None
        output, parameters = real
        assert report.outputs == (tuple(output.shape[1:]),)
        assert report.parameters == parameters


HAND_WRITTEN: dict[str, Callable[[TensorShape, Params], nn.Module]] = {
    "conv2d": lambda shape, p: nn.Conv2d(
        shape[0], p["out_channels"], p["kernel_size"], p["stride"], p["padding"], p["dilation"], p["groups"], p["bias"]
    ),
    "linear": lambda shape, p: nn.Linear(shape[-1], p["out_features"], p["bias"]),
    "batch_norm2d": lambda shape, p: nn.BatchNorm2d(
        shape[0], p["eps"], p["momentum"], p["affine"], p["track_running_stats"]
    ),
    "max_pool2d": lambda shape, p: nn.MaxPool2d(p["kernel_size"], p["stride"], p["padding"], ceil_mode=p["ceil_mode"]),
    "avg_pool2d": lambda shape, p: nn.AvgPool2d(p["kernel_size"], p["stride"], p["padding"], p["ceil_mode"]),
    "adaptive_avg_pool2d": lambda shape, p: nn.AdaptiveAvgPool2d(p["output_size"]),
    "flatten": lambda shape, p: nn.Flatten(),
    "dropout": lambda shape, p: nn.Dropout(p["p"]),
    "relu": lambda shape, p: nn.ReLU(),
    "leaky_relu": lambda shape, p: nn.LeakyReLU(p["negative_slope"]),
    "sigmoid": lambda shape, p: nn.Sigmoid(),
    "tanh": lambda shape, p: nn.Tanh(),
    "softmax": lambda shape, p: nn.Softmax(p["dim"]),
}


@pytest.mark.parametrize("layer", HAND_WRITTEN)
@settings(deadline=None, max_examples=25)
@given(data=st.data())
def test_the_module_is_the_one_a_person_would_write(layer: str, data: st.DataObject) -> None:
    declared = spec(layer)
    params, (shape,) = data.draw(values_for(declared)), data.draw(shapes_for(declared))
    if declared.objection([shape], params):
        return
    call = declared.invocation([shape], params)
    module, expected = resolve(call.target)(**call.kwargs), HAND_WRITTEN[layer](shape, params)
    assert type(module) is type(expected)
    assert repr(module) == repr(expected)
    assert {name: value.shape for name, value in module.state_dict().items()} == {
        name: value.shape for name, value in expected.state_dict().items()
    }


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_costs_of_convolutions_follow_the_formula(data: st.DataObject) -> None:
    declared = spec("conv2d")
    params, shape = data.draw(values_for(declared)), data.draw(st.tuples(*[st.integers(1, 8)] * 3))
    report = ShapeInference().analyse(network(declared, [shape], params)).nodes["n1"]
    if report.error:
        return
    (filters, height, width), inputs = report.outputs[0], shape[0] // params["groups"]
    taps = prod(params["kernel_size"])
    for axis in (0, 1):
        reach = params["dilation"][axis] * (params["kernel_size"][axis] - 1) + 1
        room = shape[axis + 1] + 2 * params["padding"][axis] - reach
        assert report.outputs[0][axis + 1] == room // params["stride"][axis] + 1
    assert filters == params["out_channels"]
    assert report.parameters == filters * inputs * taps + (filters if params["bias"] else 0)
    assert report.flops == 2 * filters * height * width * inputs * taps


@settings(deadline=None, max_examples=40)
@given(
    shape=st.lists(st.integers(1, 9), min_size=1, max_size=2).map(tuple), units=st.integers(1, 9), bias=st.booleans()
)
def test_costs_of_dense_layers_follow_the_formula(shape: TensorShape, units: int, bias: bool) -> None:
    graph = network(spec("linear"), [shape], {"out_features": units, "bias": bias})
    report = ShapeInference().analyse(graph).nodes["n1"]
    assert report.outputs == ((*shape[:-1], units),)
    assert report.parameters == shape[-1] * units + (units if bias else 0)
    assert report.flops == 2 * prod(shape) * units


@pytest.mark.parametrize("affine", [True, False])
def test_batch_norm_learns_a_scale_and_a_shift_per_channel(affine: bool) -> None:
    report = ShapeInference().analyse(network(spec("batch_norm2d"), [(7, 4, 4)], {"affine": affine})).nodes["n1"]
    assert report.parameters == (14 if affine else 0)
