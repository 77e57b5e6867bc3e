"""Each choice of initial weights draws from the distribution that its paper gives, and its code does the same."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from engine.compiler.build import build
from engine.compiler.initialization import initialization_code, initialize
from engine.graph.params import ParamValue
from engine.layers.registry import spec, specs
from engine.zoo.sketch import Sketch

LAYERS = {
    # What a layer is given, its parameters, and how many values flow into and out of one weight.
    "linear": ((300,), {"out_features": 200}, 300, 200),
    "conv2d": ((24, 9, 9), {"out_channels": 64, "kernel_size": (5, 3)}, 24 * 15, 64 * 15),
    # PyTorch takes the inputs of one group, but the filters of all.
    "grouped": ((24, 9, 9), {"out_channels": 96, "kernel_size": (5, 3), "groups": 3}, 8 * 15, 96 * 15),
}
RANDOM = ("default", "xavier_uniform", "xavier_normal", "he_uniform", "he_normal", "normal")
CHOICES = (*RANDOM, "orthogonal", "zeros", "constant")


def drawn_module(case: str, choice: str, seed: int = 0, **further: str) -> nn.Module:
    shape, params, _, _ = LAYERS[case]
    params = {**params, **further}
    pen = Sketch()
    pen.then("input", shape=shape)
    layer = "linear" if case == "linear" else "conv2d"
    pen.then(layer, "layer", weight_init=choice, weight_value=0.25, weight_std=0.3, **params)
    pen.then("output")
    torch.manual_seed(seed)
    return build(pen.graph).get_submodule("layer")


def weight_of(module: nn.Module) -> Tensor:
    return module.get_parameter("weight").detach()


def test_every_layer_with_a_choice_offers_the_same_ones() -> None:
    names = ["weight_init", "weight_fan", "weight_value", "weight_std"]
    offering = [each for each in specs() if any(param.name == "weight_init" for param in each.params)]
    assert {each.id for each in offering} >= {"linear", "conv1d", "conv2d", "conv3d", "conv_transpose2d"}
    for each in offering:
        choice = each.param("weight_init")
        assert set(choice.options) == set(CHOICES)  # type: ignore[attr-defined]
        assert [param.name for param in each.params if not param.passed and param.name.startswith("weight_")] == names
        assert each.param("weight_fan").only_with == ("weight_init", ("he_uniform", "he_normal"))
        assert each.param("weight_value").only_with == ("weight_init", ("constant",))
        assert each.param("weight_std").only_with == ("weight_init", ("normal",))


@pytest.mark.parametrize("case", LAYERS)
@pytest.mark.parametrize("choice", RANDOM)
def test_weights_have_the_declared_distribution(case: str, choice: str) -> None:
    _, _, fan_in, fan_out = LAYERS[case]
    variance = {
        "default": 1 / (3 * fan_in),
        "xavier_uniform": 2 / (fan_in + fan_out),
        "xavier_normal": 2 / (fan_in + fan_out),
        "he_uniform": 2 / fan_in,
        "he_normal": 2 / fan_in,
        "normal": 0.3**2,
    }[choice]
    module = drawn_module(case, choice)
    weight = weight_of(module)
    spread, count = math.sqrt(variance), weight.numel()
    assert abs(weight.mean()) < 5 * spread / math.sqrt(count)
    assert weight.std() == pytest.approx(spread, rel=5 / math.sqrt(2 * count))
    bound = math.sqrt(3) * spread
    if choice.endswith("normal"):
        # Of normal values 8.3 % lie beyond the bound of uniform ones with the same spread.
        assert (weight.abs() > bound).float().mean() == pytest.approx(math.erfc(math.sqrt(1.5)), abs=0.02)
    else:
        assert 0.99 * bound < weight.abs().max() <= bound * 1.000001
    bias = module.get_parameter("bias").detach()
    if choice == "default":
        assert 0 < bias.abs().max() <= 1 / math.sqrt(fan_in)
    else:
        assert torch.equal(bias, torch.zeros_like(bias))


@pytest.mark.parametrize("case", LAYERS)
@pytest.mark.parametrize("choice", ["he_uniform", "he_normal"])
def test_he_keeps_the_size_of_the_gradient_by_the_fan_out(case: str, choice: str) -> None:
    weight = weight_of(drawn_module(case, choice, weight_fan="fan_out"))
    spread = math.sqrt(2 / LAYERS[case][3])
    assert weight.std() == pytest.approx(spread, rel=5 / math.sqrt(2 * weight.numel()))
    assert (weight.abs().max() > math.sqrt(3.5) * spread) == (choice == "he_normal")


@pytest.mark.parametrize("choice", [choice for choice in CHOICES if not choice.startswith("he_")])
def test_the_fan_means_nothing_to_other_choices(choice: str) -> None:
    plain, with_fan = (weight_of(drawn_module("linear", choice, weight_fan=fan)) for fan in ("fan_in", "fan_out"))
    assert torch.equal(plain, with_fan)


@pytest.mark.parametrize("case", LAYERS)
def test_orthogonal_weights_keep_lengths(case: str) -> None:
    rows = weight_of(drawn_module(case, "orthogonal")).flatten(1)
    assert len(rows) <= rows.shape[1]
    torch.testing.assert_close(rows @ rows.T, torch.eye(len(rows)), atol=1e-5, rtol=0)


@pytest.mark.parametrize("case", LAYERS)
@pytest.mark.parametrize(("choice", "value"), [("zeros", 0.0), ("constant", 0.25)])
def test_constant_weights_are_constant(case: str, choice: str, value: float) -> None:
    module = drawn_module(case, choice)
    assert torch.equal(weight_of(module), torch.full_like(weight_of(module), value))
    assert not module.get_parameter("bias").any()


@pytest.mark.parametrize("case", LAYERS)
@pytest.mark.parametrize("choice", [*RANDOM, "orthogonal"])
def test_seeds_decide(case: str, choice: str) -> None:
    assert torch.equal(weight_of(drawn_module(case, choice, 1)), weight_of(drawn_module(case, choice, 1)))
    assert not torch.equal(weight_of(drawn_module(case, choice, 1)), weight_of(drawn_module(case, choice, 2)))


def test_the_default_is_pytorchs() -> None:
    torch.manual_seed(0)
    expected = nn.Linear(300, 200)
    assert torch.equal(weight_of(drawn_module("linear", "default")), weight_of(expected))


@pytest.mark.parametrize("choice", CHOICES)
def test_layers_without_bias_are_initialised_too(choice: str) -> None:
    pen = Sketch()
    pen.then("input", shape=(3, 5, 5))
    pen.then("conv2d", "layer", weight_init=choice, bias=False)
    pen.then("output")
    assert list(build(pen.graph).state_dict()) == ["layer.weight"]


# Modules with other weights than one matrix and one bias

MODULES: dict[str, Callable[[], nn.Module]] = {
    "linear": lambda: nn.Linear(5, 4),
    "conv": lambda: nn.Conv2d(4, 6, 3, bias=False),
    "transposed": lambda: nn.ConvTranspose3d(4, 6, 2),
    "bilinear": lambda: nn.Bilinear(3, 4, 5),
    "embedding": lambda: nn.Embedding(7, 3),
    "padded embedding": lambda: nn.Embedding(7, 3, padding_idx=2),
    "lstm": lambda: nn.LSTM(4, 3, num_layers=2, bidirectional=True, proj_size=2),
    "gru without bias": lambda: nn.GRU(4, 3, bias=False),
    "attention": lambda: nn.MultiheadAttention(4, 2, kdim=3, vdim=5, add_bias_kv=True),
    "encoder": lambda: nn.TransformerEncoderLayer(4, 2, 8),
    "sequence": lambda: nn.Sequential(nn.Linear(4, 3), nn.LayerNorm((2, 3)), nn.BatchNorm1d(3), nn.Embedding(4, 2, 0)),
    "no weights": nn.ReLU,
}


def choose(choice: str, fan: str = "fan_in") -> dict[str, ParamValue]:
    return {"weight_init": choice, "weight_fan": fan, "weight_value": -0.5, "weight_std": 2.0}


@pytest.mark.sampled(72)
@pytest.mark.parametrize("kind", MODULES)
@pytest.mark.parametrize("fan", ["fan_in", "fan_out"])
@pytest.mark.parametrize("choice", spec("linear").param("weight_init").options)  # type: ignore[attr-defined]
def test_the_printed_code_draws_the_same_weights(kind: str, choice: str, fan: str) -> None:
    module = MODULES[kind]()
    twin = copy.deepcopy(module)
    torch.manual_seed(3)
    initialize(module, choose(choice, fan))
    lines = initialization_code(twin, choose(choice, fan), "self.layer")
    owner = nn.Module()
    owner.layer = twin
    torch.manual_seed(3)
    exec("\n".join(lines), {"nn": nn, "self": owner})
    assert {name: value.tolist() for name, value in twin.state_dict().items()} == {
        name: value.tolist() for name, value in module.state_dict().items()
    }
    assert all(parameter.is_leaf and parameter.requires_grad for parameter in twin.parameters())
    if choice == "default" or kind == "no weights":
        assert lines == []


@pytest.mark.parametrize("kind", MODULES)
def test_every_matrix_is_drawn_and_every_bias_zero(kind: str) -> None:
    module = MODULES[kind]()
    initialize(module, choose("constant"))
    for path, part in module.named_modules():
        if isinstance(part, (nn.LayerNorm, nn.BatchNorm1d)):
            assert torch.equal(part.weight, torch.ones_like(part.weight)), f"{path} is left alone"
            continue
        for name, parameter in part.named_parameters(recurse=False):
            if isinstance(part, nn.Embedding) and part.padding_idx is not None:
                assert not parameter[part.padding_idx].any()
                parameter = torch.cat((parameter[: part.padding_idx], parameter[part.padding_idx + 1 :]))
            assert parameter.unique().tolist() == [-0.5 if parameter.dim() > 1 else 0.0], f"{path}.{name}"


def test_recurrent_matrices_are_orthogonal_one_by_one() -> None:
    module = nn.RNN(4, 4)
    initialize(module, choose("orthogonal"))
    for matrix in (module.weight_ih_l0, module.weight_hh_l0):
        torch.testing.assert_close(matrix @ matrix.T, torch.eye(4))


def test_the_code_is_what_a_person_would_write() -> None:
    assert initialization_code(nn.Conv2d(3, 4, 3), choose("he_normal"), "self.conv1") == [
        'nn.init.kaiming_normal_(self.conv1.weight, nonlinearity="relu")',
        "nn.init.zeros_(self.conv1.bias)",
    ]
    assert initialization_code(nn.Linear(3, 4, bias=False), choose("he_uniform", "fan_out"), "self.head") == [
        'nn.init.kaiming_uniform_(self.head.weight, mode="fan_out", nonlinearity="relu")'
    ]
    assert initialization_code(nn.Linear(3, 4, bias=False), choose("normal"), "self.head") == [
        "nn.init.normal_(self.head.weight, std=2.0)"
    ]
    assert initialization_code(nn.GRU(3, 4), choose("orthogonal"), "self.gru") == [
        "for parameter in self.gru.parameters():",
        "    if parameter.dim() > 1:",
        "        nn.init.orthogonal_(parameter)",
        "    else:",
        "        nn.init.zeros_(parameter)",
    ]
    assert initialization_code(nn.Sequential(nn.Linear(2, 2)), choose("constant"), "self.blocks") == [
        "nn.init.constant_(self.blocks[0].weight, val=-0.5)",
        "nn.init.zeros_(self.blocks[0].bias)",
    ]
