"""What transformers need, against the formulas in the papers and PyTorch's own masks."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from engine.modules.attention import CausalAttention, ClassToken, LearnedPositionalEncoding, PositionalEncoding


def causal(**options: float) -> tuple[CausalAttention, nn.MultiheadAttention]:
    """A causal attention and PyTorch's own with the same weights."""
    ours, theirs = (kind(8, 2, batch_first=True, **options) for kind in (CausalAttention, nn.MultiheadAttention))
    theirs.load_state_dict(ours.state_dict(), strict=True)
    return ours, theirs


@pytest.mark.parametrize("need_weights", [False, True])
def test_causal_attention_is_attention_under_pytorchs_mask(need_weights: bool) -> None:
    ours, theirs = causal()
    x, mask = torch.randn(3, 5, 8), nn.Transformer.generate_square_subsequent_mask(5)
    expected, weights = theirs(x, x, x, attn_mask=mask, need_weights=need_weights)
    for module in (ours, ours.eval()):
        got, own_weights = module(x, x, x, need_weights=need_weights)
        torch.testing.assert_close(got, expected)
    if need_weights:
        torch.testing.assert_close(own_weights, weights)
        assert own_weights.triu(1).eq(0).all()
    else:
        assert own_weights is None


def test_no_step_sees_a_later_one() -> None:
    module, _ = causal()
    x = torch.randn(2, 6, 8)
    changed = x.clone()
    changed[:, 4:] += 1
    before, after = module(x, x, x)[0], module(changed, changed, changed)[0]
    torch.testing.assert_close(before[:, :4], after[:, :4])
    assert not torch.allclose(before[:, 4:], after[:, 4:])


def test_gradients_of_causal_attention() -> None:
    module = causal()[0].double()
    x = torch.randn(2, 3, 8, dtype=torch.double, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: module(x, x, x)[0], x)


@pytest.mark.parametrize(("steps", "features"), [(1, 1), (7, 6), (50, 5), (200, 64)])
def test_sinusoids_are_those_of_the_paper(steps: int, features: int) -> None:
    table = PositionalEncoding(steps, features)(torch.zeros(1, steps, features))[0]
    for place in {0, steps // 2, steps - 1}:
        for index in range(features):
            angle = place / 10_000 ** ((index - index % 2) / features)
            expected = math.cos(angle) if index % 2 else math.sin(angle)
            assert table[place, index].item() == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("kind", [PositionalEncoding, LearnedPositionalEncoding])
def test_positions_are_added_also_to_shorter_sequences(kind: type[nn.Module]) -> None:
    module, x = kind(7, 6), torch.randn(2, 7, 6)
    code = module(torch.zeros(1, 7, 6))
    assert torch.equal(module(x), x + code)
    assert torch.equal(module(x[:, :3]), x[:, :3] + code[:, :3])
    assert torch.unique(code[0], dim=0).shape[0] == 7, "no two positions are alike"


def test_only_learned_positions_are_weights() -> None:
    fixed, learned = PositionalEncoding(40, 30), LearnedPositionalEncoding(40, 30)
    assert fixed.state_dict() == {}
    assert list(fixed.parameters()) == []
    assert fixed.double()(torch.zeros(1, 2, 30, dtype=torch.double)).dtype == torch.double
    assert [tuple(weight.shape) for weight in learned.parameters()] == [(40, 30)]
    assert learned.weight.std().item() == pytest.approx(0.02, rel=0.1)
    learned(torch.zeros(5, 3, 30)).sum().backward()
    assert torch.equal(learned.weight.grad[:3], torch.full((3, 30), 5.0))
    assert torch.equal(learned.weight.grad[3:], torch.zeros(37, 30))


def test_the_token_stands_in_front_and_learns() -> None:
    module, x = ClassToken(4), torch.randn(3, 2, 4)
    nn.init.normal_(module.token)
    longer = module(x)
    assert torch.equal(longer[:, 1:], x)
    assert all(torch.equal(sample, module.token[0, 0]) for sample in longer[:, 0])
    longer.sum().backward()
    assert torch.equal(module.token.grad, torch.full((1, 1, 4), 3.0))


@pytest.mark.parametrize("module", [PositionalEncoding(3, 4), LearnedPositionalEncoding(3, 4), ClassToken(4)], ids=repr)
def test_gradients_are_those_of_the_values(module: nn.Module) -> None:
    module = module.double()
    assert torch.autograd.gradcheck(module, torch.randn(2, 3, 4, dtype=torch.double, requires_grad=True))
