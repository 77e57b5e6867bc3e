"""Recurrent layers compute what a loop over their cells computes, in all ways that they can be set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch import Tensor, nn

from engine.analysis.calls import make_module
from engine.analysis.shapes import ShapeInference
from engine.compiler.build import build
from engine.graph.params import Params
from engine.layers.registry import spec

if TYPE_CHECKING:
    from conftest import Harness

LAYERS = pytest.mark.parametrize("layer", ["rnn", "lstm", "gru"])
CELLS = {"rnn": nn.RNNCell, "lstm": nn.LSTMCell, "gru": nn.GRUCell}


def settings(layer: str, **changed: Any) -> Params:
    """All parameters, with a small state."""
    return {param.name: param.default for param in spec(layer).params} | {"hidden_size": 4} | changed


def compiled(harness: Harness, layer: str, steps: int, **params: Any) -> tuple[nn.Module, nn.Module]:
    """A network of one layer that reads `steps` × 3, and the layer in it."""
    network = build(harness.network(spec(layer), [(steps, 3)], {"hidden_size": 4, **params}))
    return network, network.get_submodule(layer)


def loop(layer: str, module: nn.Module, x: Tensor) -> Tensor:
    """What the cell makes of `x[N, steps, 3]`, step by step: `[N, steps, 4]`."""
    cell = CELLS[layer](3, 4)
    cell.load_state_dict({name.removesuffix("_l0"): value for name, value in module.state_dict().items()})
    state, outputs = None, []
    for step in x.unbind(1):
        state = cell(step, state)
        outputs.append(state[0] if layer == "lstm" else state)
    return torch.stack(outputs, dim=1)


@LAYERS
@pytest.mark.parametrize("stateful", [False, True])
def test_it_gives_the_last_step_or_all_of_them(harness: Harness, layer: str, stateful: bool) -> None:
    x = torch.randn(2, 6, 3)
    whole, module = compiled(harness, layer, 6, sequence="whole", stateful=stateful)
    torch.testing.assert_close(whole(x), loop(layer, module, x))
    last, module = compiled(harness, layer, 6, sequence="last", stateful=stateful)
    torch.testing.assert_close(last(x), loop(layer, module, x)[:, -1])


@LAYERS
def test_only_a_stateful_network_remembers_the_batch_before(harness: Harness, layer: str) -> None:
    x = torch.randn(2, 6, 3)
    forgetful, _ = compiled(harness, layer, 6)
    assert torch.equal(forgetful(x), forgetful(x))
    stateful, module = compiled(harness, layer, 6, stateful=True)
    stateful(x)
    torch.testing.assert_close(stateful(x), loop(layer, module, torch.cat((x, x), dim=1))[:, -1])


@LAYERS
def test_both_directions_double_the_units(harness: Harness, layer: str) -> None:
    x = torch.randn(2, 6, 3)
    whole, module = compiled(harness, layer, 6, sequence="whole", bidirectional=True)
    last, twin = compiled(harness, layer, 6, sequence="last", bidirectional=True)
    twin.load_state_dict(module.state_dict(), strict=True)
    output = whole(x)
    assert output.shape == (2, 6, 8)
    assert torch.equal(last(x), torch.cat((output[:, -1, :4], output[:, 0, 4:]), dim=1))


@LAYERS
def test_pytorchs_own_class_is_taken_where_it_will_do(layer: str) -> None:
    def target(**changed: Any) -> str:
        return spec(layer).invocation([(6, 3)], settings(layer, **changed)).target.rpartition(".")[2]

    kind = layer.upper()
    assert target() == target(sequence="whole") == target(sequence="whole", bidirectional=True) == kind
    assert target(bidirectional=True) == target(bidirectional=True, stateful=True) == f"LastState{kind}"
    assert target(stateful=True) == target(stateful=True, sequence="whole") == f"Stateful{kind}"


@LAYERS
def test_dropout_stands_between_layers_and_warns_of_nothing(layer: str) -> None:
    for layers, expected in ((1, 0.0), (2, 0.5)):
        call = spec(layer).invocation([(6, 3)], settings(layer, dropout=0.5, num_layers=layers))
        assert make_module(call).dropout == expected


def test_a_rectified_rnn_is_a_choice(harness: Harness) -> None:
    x = torch.randn(2, 6, 3)
    network, module = compiled(harness, "rnn", 6, sequence="whole", nonlinearity="relu")
    weights = module.state_dict()
    state = torch.zeros(2, 4)
    for step, output in zip(x.unbind(1), network(x).unbind(1), strict=True):
        own = step @ weights["weight_ih_l0"].T + weights["bias_ih_l0"]
        state = torch.relu(own + state @ weights["weight_hh_l0"].T + weights["bias_hh_l0"])
        torch.testing.assert_close(output, state)


@LAYERS
@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("bias", [False, True])
def test_costs_follow_the_formula(harness: Harness, layer: str, both: bool, bias: bool) -> None:
    params = {"hidden_size": 5, "num_layers": 3, "bidirectional": both, "bias": bias}
    report = ShapeInference().analyse(harness.network(spec(layer), [(7, 3)], params)).nodes["n1"]
    gates, ways = {"rnn": 1, "gru": 3, "lstm": 4}[layer], 2 if both else 1
    read = [3, 5 * ways, 5 * ways]
    weights = sum(ways * gates * 5 * (size + 5) for size in read)
    assert report.parameters == weights + (3 * ways * gates * 5 * 2 if bias else 0)
    assert report.outputs == ((5 * ways,),)


@LAYERS
def test_more_weights_than_memory_are_refused(layer: str) -> None:
    huge = settings(layer, hidden_size=65_536, num_layers=3)
    assert "more than fit into memory" in (spec(layer).objection([(5, 65_536)], huge) or "")
    assert spec(layer).objection([(5, 8)], settings(layer, hidden_size=1024, num_layers=3)) is None
    gates = {"rnn": 1, "gru": 3, "lstm": 4}[layer]
    weights = sum(65_536 * gates * (size + 65_536) for size in (8, 65_536, 65_536))
    assert f"{weights:,} weights" in (spec(layer).objection([(5, 8)], huge) or "")


def test_the_summary_says_what_is_special() -> None:
    assert spec("lstm").summary(settings("lstm")) == "4"
    assert spec("lstm").summary(settings("lstm", num_layers=2, bidirectional=True)) == "4 · ×2 · both ways"
    longest = settings("lstm", hidden_size=65_536, num_layers=32, bidirectional=True)
    assert len(spec("lstm").summary(longest)) <= 24
