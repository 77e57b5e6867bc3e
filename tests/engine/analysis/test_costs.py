"""What layers cost: compared with PyTorch on a CPU, with its counter of FLOPs, and with published figures."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.autograd.graph import saved_tensors_hooks
from torch.utils.flop_counter import FlopCounterMode

from engine.analysis.calls import carry_out, make_module
from engine.analysis.costs import measure
from engine.analysis.report import Feed, NodeReport
from engine.analysis.shapes import ShapeInference
from engine.graph.params import Params, check_all
from engine.layers.registry import spec, specs
from engine.layers.spec import Call, LayerSpec, TensorShape
from engine.zoo.registry import ZOO

if TYPE_CHECKING:
    from conftest import Networks

pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
COMPUTING = [layer for layer in specs() if layer.call not in (Call.INPUT, Call.OUTPUT)]
RECURRENT = ("rnn", "lstm", "gru")


def memory(tensor: Tensor) -> int:
    return tensor.untyped_storage()._cdata


def kept_on_a_cpu(layer: LayerSpec, params: Params, shapes: list[TensorShape], learns: bool, batch: int) -> Any:
    """Which inputs and outputs a real layer keeps, and how many bytes besides; which outputs are views of inputs."""
    invocation = layer.invocation(shapes, params)
    module = make_module(invocation) if layer.call is Call.MODULE else None
    inputs = [torch.zeros(batch, *shape, requires_grad=learns) for shape in shapes]
    kept: list[torch.UntypedStorage] = []
    with saved_tensors_hooks(lambda tensor: kept.append(tensor.untyped_storage()), lambda nothing: nothing):
        result = carry_out(layer, params, invocation, inputs, module)
    outputs = result if isinstance(result, tuple) else (result,)
    own = {memory(weight) for weight in (*module.parameters(), *module.buffers())} if module else set()
    sizes = {storage._cdata: storage.nbytes() for storage in kept if storage._cdata not in own}
    given = [memory(tensor) for tensor in inputs]
    made = [memory(tensor) for tensor in outputs]
    return (
        {index for index, place in enumerate(given) if place in sizes},
        {index for index, place in enumerate(made) if place in sizes and place not in given},
        sum(size for place, size in sizes.items() if place not in given and place not in made),
        [given.index(place) if place in given else None for place in made],
        [output.requires_grad for output in outputs],
    )


@pytest.mark.sampled(40)
@pytest.mark.parametrize("layer", COMPUTING, ids=lambda layer: layer.id)
@settings(max_examples=settings.default.max_examples // 3, suppress_health_check=list(HealthCheck))
@given(data=st.data(), learns=st.booleans())
def test_a_layer_keeps_what_it_keeps_on_a_cpu(
    layer: LayerSpec, networks: Networks, data: st.DataObject, learns: bool
) -> None:
    params, shapes = data.draw(networks.uses(layer))
    if layer.objection(shapes, params) or layer.id in RECURRENT:
        return
    footprint = measure(layer, params, [Feed(shape, learns) for shape in shapes]).footprint
    for batch in (2, 5):
        inputs, outputs, extra, views, gradients = kept_on_a_cpu(layer, params, shapes, learns, batch)
        assert set(footprint.kept_inputs) == inputs
        assert set(footprint.kept_outputs) == outputs
        assert batch * footprint.extra_bytes + footprint.fixed_bytes == extra
        assert [value.part_of for value in footprint.values] == views
        assert [value.learns for value in footprint.values] == gradients


def use(layer: str, *shapes: TensorShape, **changed: Any) -> NodeReport:
    declared = spec(layer)
    return measure(declared, check_all(declared.params, changed), [Feed(shape) for shape in shapes])


def test_measuring_leaves_no_tensors_behind() -> None:
    use("conv2d", (3, 8, 8))
    gc.collect()
    before = sum(issubclass(type(thing), Tensor) for thing in gc.get_objects())
    for size in range(9, 29):
        assert use("sigmoid", (3, size, size)).footprint.kept_outputs == (0,)
    gc.collect()
    assert sum(issubclass(type(thing), Tensor) for thing in gc.get_objects()) <= before + 2


# FLOPs

GATES = {"rnn": 1, "lstm": 4, "gru": 3}


def flops_of_a_loop(gates: int, steps: int, features: int, hidden: int, layers: int, ways: int) -> int:
    """The FLOPs of a recurrent layer that is written by hand with dense layers, step by step, as PyTorch counts."""
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        for _ in range(ways):
            for depth in range(layers):
                read = nn.Linear(features if depth == 0 else ways * hidden, gates * hidden)
                remember = nn.Linear(hidden, gates * hidden)
                for _ in range(steps):
                    read(torch.zeros(1, read.in_features))
                    remember(torch.zeros(1, hidden))
    return counter.get_total_flops()


@pytest.mark.parametrize("layer", RECURRENT)
@pytest.mark.parametrize(("steps", "layers", "both"), [(1, 1, False), (3, 2, False), (9, 1, True), (17, 3, True)])
def test_recurrent_layers_cost_what_a_loop_over_the_steps_does(layer: str, steps: int, layers: int, both: bool) -> None:
    report = use(layer, (steps, 5), hidden_size=4, num_layers=layers, bidirectional=both, sequence="whole")
    assert report.flops == flops_of_a_loop(GATES[layer], steps, 5, 4, layers, 2 if both else 1)
    assert report.outputs == ((steps, 8 if both else 4),)


@pytest.mark.parametrize("layer", RECURRENT)
@pytest.mark.parametrize("sequence", ["last", "whole"])
@pytest.mark.parametrize("both", [False, True])
def test_few_steps_tell_what_many_cost(layer: str, sequence: str, both: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    options = {"hidden_size": 6, "num_layers": 2, "dropout": 0.5, "bidirectional": both, "sequence": sequence}
    few = use(layer, (11, 3), **options)
    monkeypatch.setattr("engine.analysis.costs._FEW_STEPS", 1000)
    assert few == use(layer, (11, 3), **options)


def test_recurrent_layers_over_many_steps_are_measured_at_once() -> None:
    assert use("lstm", (100_000, 4), hidden_size=8).outputs == ((8,),)


@settings(max_examples=settings.default.max_examples // 2)
@given(steps=st.integers(1, 6), first=st.integers(1, 5), second=st.integers(1, 5), units=st.integers(1, 5))
def test_bilinear_layers_multiply_and_add_once_for_each_weight_and_step(
    steps: int, first: int, second: int, units: int
) -> None:
    report = use("bilinear", (steps, first), (steps, second), out_features=units, bias=False)
    assert report.flops == 2 * steps * report.parameters


def test_attention_costs_its_projections_and_each_pair_of_steps() -> None:
    steps, features = 7, 12
    report = use("self_attention", (steps, features), num_heads=4)
    assert report.macs == 4 * steps * features**2 + 2 * steps**2 * features
    assert use("self_attention", (steps, features), num_heads=4, causal=True).flops == report.flops
    assert use("self_attention", (steps, features), num_heads=4, dropout=0.5).flops == report.flops


# Reference networks

TORCHVISION = [
    name
    for name in ZOO
    if name.startswith(("alexnet", "vgg", "googlenet", "resnet", "densenet", "squeezenet", "mobilenet"))
    and ZOO[name].input_shape == (3, 224, 224)
    and name not in ("densenet264",)
]


@pytest.mark.sampled(12)
@pytest.mark.parametrize("name", TORCHVISION)
def test_costs_are_the_published_ones(name: str) -> None:
    models = pytest.importorskip("torchvision.models")
    weights = models.get_model_weights(name)
    published = next(iter(weights)).meta
    analysis = ShapeInference().analyse(ZOO[name].build())
    assert analysis.parameters == published["num_params"]
    # torchvision counts GFLOPS as multiply–adds, rounded to three digits; of AlexNet and VGG, layers are as here.
    assert analysis.macs / 1e9 == pytest.approx(published["_ops"], abs=6e-4)


@pytest.mark.sampled(2)
@pytest.mark.parametrize("name", ["resnet18", "squeezenet1_1", "mobilenet_v2", "densenet121", "googlenet"])
def test_flops_are_those_of_torchvisions_model(name: str) -> None:
    models = pytest.importorskip("torchvision.models")
    options: dict[str, Any] = {"aux_logits": False, "init_weights": False} if name == "googlenet" else {}
    with torch.device("meta"):
        model = models.get_model(name, weights=None, **options).eval()
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model(torch.empty(1, 3, 224, 224, device="meta"))
    analysis = ShapeInference().analyse(ZOO[name].build())
    assert analysis.flops == counter.get_total_flops()
    assert analysis.buffers == sum(buffer.numel() for buffer in model.buffers())
    assert analysis.buffer_bytes == sum(buffer.nbytes for buffer in model.buffers())
