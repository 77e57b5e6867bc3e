"""Own recurrent classes do what a person does by hand with `nn.RNN`, `nn.LSTM` and `nn.GRU`."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import Tensor, nn

from engine.modules import recurrent

KINDS = pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
SIZES = {"input_size": 3, "hidden_size": 4, "batch_first": True}


def last_state(kind: str, **options: int) -> nn.RNNBase:
    return getattr(recurrent, f"LastState{kind}")(**SIZES, bidirectional=True, **options)


def stateful(kind: str, **options: int) -> nn.RNNBase:
    return getattr(recurrent, f"Stateful{kind}")(**SIZES, **options)


def plain(kind: str, like: nn.RNNBase, **options: int) -> nn.RNNBase:
    """PyTorch's own layer with the weights of `like`."""
    layer = getattr(nn, kind)(**SIZES, **options)
    layer.load_state_dict(like.state_dict(), strict=True)
    return layer


@KINDS
def test_last_state_is_that_of_one_layer_per_direction(kind: str) -> None:
    both, x = last_state(kind), torch.randn(2, 6, 3)
    forward, backward = getattr(nn, kind)(**SIZES), getattr(nn, kind)(**SIZES)
    weights = both.state_dict()
    forward.load_state_dict({name: value for name, value in weights.items() if not name.endswith("_reverse")})
    reverse = {name.removesuffix("_reverse"): value for name, value in weights.items() if name.endswith("_reverse")}
    backward.load_state_dict(reverse)
    expected = torch.cat((forward(x)[0][:, -1], backward(x.flip(1))[0][:, -1]), dim=1)
    torch.testing.assert_close(both(x), expected)


@KINDS
def test_last_state_of_a_stack_is_that_of_its_last_layer(kind: str) -> None:
    both, x = last_state(kind, num_layers=3), torch.randn(2, 6, 3)
    output, _ = plain(kind, both, num_layers=3, bidirectional=True)(x)
    assert torch.equal(both(x), torch.cat((output[:, -1, :4], output[:, 0, 4:]), dim=1))


@KINDS
@pytest.mark.parametrize("layers", [1, 2])
def test_a_sequence_in_pieces_is_the_sequence(kind: str, layers: int) -> None:
    layer, x = stateful(kind, num_layers=layers), torch.randn(2, 9, 3)
    pieces = torch.cat([layer(piece)[0] for piece in x.split([4, 1, 4], dim=1)], dim=1)
    torch.testing.assert_close(pieces, plain(kind, layer, num_layers=layers)(x)[0])


@KINDS
def test_reset_and_new_batch_sizes_begin_anew(kind: str) -> None:
    layer, x = stateful(kind), torch.randn(4, 5, 3)
    expected = plain(kind, layer)(x)[0]
    assert torch.equal(layer(x)[0], expected)
    assert not torch.allclose(layer(x)[0], expected)
    layer.reset()
    assert torch.equal(layer(x)[0], expected)
    torch.testing.assert_close(layer(x[:3])[0], expected[:3])
    torch.testing.assert_close(layer(x)[0], expected)


@KINDS
def test_evaluation_neither_sees_nor_changes_what_training_remembers(kind: str) -> None:
    layer, x = stateful(kind), torch.randn(2, 5, 3)
    expected = plain(kind, layer)(x)[0]
    layer(x)
    assert torch.equal(layer.eval()(x)[0], expected)
    assert torch.equal(layer.train()(x)[0], expected)
    assert not torch.allclose(layer(x)[0], expected), "an epoch goes on"


@KINDS
def test_gradients_end_between_batches(kind: str) -> None:
    layer = stateful(kind)
    first, second = torch.randn(2, 5, 3, requires_grad=True), torch.randn(2, 5, 3, requires_grad=True)
    layer(first)[0].sum().backward()
    before = first.grad.clone()
    layer(second)[0].sum().backward()
    assert torch.equal(first.grad, before)
    assert second.grad.abs().sum() > 0


@KINDS
def test_state_is_no_weight_and_goes_where_the_weights_go(kind: str) -> None:
    layer, x = stateful(kind), torch.randn(2, 5, 3)
    layer(x)
    assert layer.state_dict().keys() == getattr(nn, kind)(**SIZES).state_dict().keys()
    assert {name for name, _ in layer.named_parameters()} == set(layer.state_dict())
    layer.load_state_dict(stateful(kind).state_dict(), strict=True)
    twin = copy.deepcopy(layer)
    torch.testing.assert_close(twin(x)[0], layer(x)[0])
    states = [state for state in layer.double().buffers() if state is not None]
    assert len(states) == (2 if kind == "LSTM" else 1)
    assert {state.dtype for state in states} == {torch.double}
    assert layer(x.double())[0].dtype == torch.double
    assert {state.device.type for state in layer.to("meta").buffers()} == {"meta"}


@KINDS
def test_gradients_are_those_of_the_values(kind: str) -> None:
    last, carried = last_state(kind, num_layers=2).double(), stateful(kind).double()
    past = torch.randn(2, 3, 3, dtype=torch.double)

    def goes_on(x: Tensor) -> Tensor:
        carried.reset()
        carried(past)
        return carried(x)[0]

    for function in (last, goes_on):
        assert torch.autograd.gradcheck(function, torch.randn(2, 4, 3, dtype=torch.double, requires_grad=True))
