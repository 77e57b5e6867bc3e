"""The short ways of the meta device lead where PyTorch's own ways do."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

from engine.analysis.meta import FusedAttention, Recorder

ROOT = Path(__file__).parents[3]


def described(value: Any) -> Any:
    """What a result is, without its values."""
    if isinstance(value, Tensor):
        return tuple(value.shape), value.stride(), value.dtype, value.requires_grad
    return [described(part) for part in value] if isinstance(value, (tuple, list)) else value


def tensor(*shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
    return torch.empty(shape, dtype=dtype, device="meta")


def module(kind: Callable[..., nn.Module], *arguments: Any, **options: Any) -> nn.Module:
    return kind(*arguments, **options, device="meta")


IMAGE, SEQUENCE = tensor(2, 6, 8, 8), tensor(2, 5, 6)
CHANNELS_LAST = tensor(2, 8, 8, 6).permute(0, 3, 1, 2)
WIDE = tensor(2, 12, 6).transpose(1, 2)
OPERATIONS: dict[str, Callable[[], Any]] = {
    "relu": lambda: torch.relu(IMAGE),
    "in place": lambda: (IMAGE + 0).relu_(),
    "sum": lambda: IMAGE + IMAGE,
    "sum with a vector": lambda: SEQUENCE + tensor(6),
    "product with a column": lambda: SEQUENCE * tensor(5, 1),
    "product with a number": lambda: SEQUENCE * 2.5,
    "sum of whole numbers": lambda: tensor(3, dtype=torch.int64) + 1,
    "sum of whole and other numbers": lambda: tensor(3, dtype=torch.int64) + 0.5,
    "comparison": lambda: IMAGE > 0,
    "choice": lambda: torch.where(IMAGE > 0, IMAGE, -IMAGE),
    "of an axis swapped": lambda: torch.sigmoid(WIDE),
    "sum of an axis swapped and one not": lambda: WIDE + tensor(2, 6, 12),
    "of every other column": lambda: torch.tanh(SEQUENCE[:, :, ::2]),
    "of a part of each row": lambda: torch.tanh(SEQUENCE[:, :, :3]) * SEQUENCE[:, :, 3:],
    "clamp": lambda: IMAGE.clamp(-1.0, 1.0),
    "gelu": lambda: functional.gelu(IMAGE, approximate="tanh"),
    "batch norm": lambda: module(nn.BatchNorm2d, 6)(IMAGE),
    "batch norm in evaluation": lambda: module(nn.BatchNorm2d, 6).eval()(IMAGE),
    "batch norm of an image with channels last": lambda: module(nn.BatchNorm2d, 6)(
        tensor(2, 8, 8, 6).permute(0, 3, 1, 2)
    ),
    "layer norm": lambda: module(nn.LayerNorm, 6)(SEQUENCE),
    "layer norm over two axes": lambda: module(nn.LayerNorm, (5, 6))(SEQUENCE),
    "dense": lambda: module(nn.Linear, 6, 4)(tensor(3, 6)),
    "dense over steps": lambda: module(nn.Linear, 6, 4)(SEQUENCE),
    "dense over steps swapped": lambda: module(nn.Linear, 6, 4)(tensor(2, 6, 5).transpose(1, 2)),
    "mean": lambda: IMAGE.mean((2, 3)),
    "mean that keeps axes": lambda: IMAGE.mean((-1, -2), keepdim=True),
    "mean of all": lambda: IMAGE.mean(),
    "mean as another kind": lambda: tensor(2, 3, dtype=torch.int64).mean(1, dtype=torch.float64),
    "join": lambda: torch.cat([SEQUENCE, SEQUENCE], 1),
    "join along the last axis": lambda: torch.cat([IMAGE, IMAGE, IMAGE], -1),
    "join of different kinds": lambda: torch.cat([SEQUENCE, tensor(2, 5, 6, dtype=torch.float64)], 1),
    "join of one that is expanded": lambda: torch.cat([tensor(1, 1, 6).expand(2, -1, -1), SEQUENCE], 1),
    "stack": lambda: torch.stack([SEQUENCE, SEQUENCE], 1),
    "stack at the end": lambda: torch.stack([SEQUENCE, SEQUENCE], -1),
    "convolution": lambda: module(nn.Conv2d, 6, 4, 3)(IMAGE),
    "dropout": lambda: functional.dropout(IMAGE),
    "recurrent": lambda: module(nn.LSTM, 6, 3, 2, bidirectional=True, batch_first=True)(SEQUENCE),
    "view": lambda: IMAGE.flatten(1),
    "cut": lambda: IMAGE.split(2, 1),
}


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_a_short_way_leads_where_the_long_one_does(operation: Callable[[], Any]) -> None:
    expected = described(operation())
    for _ in range(2):
        with Recorder():
            assert described(operation()) == expected


MISTAKES: dict[str, Callable[[], Any]] = {
    "sum": lambda: SEQUENCE + tensor(5),
    "in place": lambda: tensor(5).add_(tensor(2, 5)),
    "dense": lambda: module(nn.Linear, 7, 4)(tensor(3, 6)),
    "join": lambda: torch.cat([SEQUENCE, IMAGE], 1),
    "join of other sizes": lambda: torch.cat([SEQUENCE, tensor(2, 5, 7)], 1),
    "stack": lambda: torch.stack([SEQUENCE, tensor(2, 5, 7)], 1),
    "layer norm": lambda: module(nn.LayerNorm, 7)(SEQUENCE),
    "batch norm": lambda: module(nn.BatchNorm2d, 7)(IMAGE),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_what_pytorch_refuses_is_refused_here_too(mistake: Callable[[], Any]) -> None:
    with pytest.raises(RuntimeError):
        mistake()
    with Recorder(), pytest.raises(RuntimeError):
        mistake()


def test_results_that_are_views_share_memory_and_others_do_not() -> None:
    x = tensor(2, 3, 4)
    layer = module(nn.Linear, 4, 4)
    with Recorder():
        for _ in range(2):
            assert x.flatten(1).untyped_storage()._cdata == x.untyped_storage()._cdata
            assert layer(x).untyped_storage()._cdata != x.untyped_storage()._cdata
            assert torch.ops.aten._unsafe_view(x, [6, 4]).untyped_storage()._cdata == x.untyped_storage()._cdata


@settings(max_examples=2 * settings.default.max_examples // 3)
@given(
    rows=st.integers(1, 5), inner=st.integers(1, 5), columns=st.integers(1, 5), kernel=st.integers(1, 3), data=st.data()
)
def test_flops_are_those_of_pytorchs_own_counter(
    rows: int, inner: int, columns: int, kernel: int, data: st.DataObject
) -> None:
    works: list[Callable[[], Any]] = [
        lambda: module(nn.Linear, inner, columns)(tensor(rows, inner)),
        lambda: module(nn.Conv2d, inner, columns, kernel)(tensor(rows, inner, 5, 4)),
        lambda: module(nn.ConvTranspose1d, inner, columns, kernel)(tensor(rows, inner, 5)),
        lambda: tensor(rows, inner, columns) @ tensor(rows, columns, inner),
        lambda: module(nn.GRU, inner, columns, batch_first=True)(tensor(2, rows, inner)),
        lambda: torch.relu(tensor(rows, inner)),
    ]
    work = data.draw(st.sampled_from(works))
    with FlopCounterMode(display=False) as counter:
        work()
    for _ in range(2):
        with Recorder() as recorder:
            work()
        assert recorder.flops == counter.get_total_flops()


@pytest.mark.parametrize("is_causal", [False, True])
@pytest.mark.parametrize("dropout", [0.0, 0.25])
def test_attention_is_computed_as_on_a_cpu(is_causal: bool, dropout: float) -> None:
    attention = nn.MultiheadAttention(8, 2, dropout, batch_first=True)
    x = torch.rand(3, 5, 8)
    mask = torch.ones(5, 5, dtype=torch.bool).triu(1) if is_causal else None

    def kept(layer: nn.Module, value: Tensor, mask: Tensor | None) -> list[Any]:
        found: list[Any] = []
        value.requires_grad_()
        with torch.autograd.graph.saved_tensors_hooks(
            lambda tensor: found.append(described(tensor)), lambda nothing: nothing
        ):
            layer(value, value, value, need_weights=False, attn_mask=mask, is_causal=is_causal)
        return found

    on_meta = nn.MultiheadAttention(8, 2, dropout, batch_first=True, device="meta")
    with FusedAttention(), Recorder() as recorder:
        found = kept(on_meta, x.to("meta"), None if mask is None else mask.to("meta"))
    assert found == kept(attention, x, mask)
    # Three projections and the last one, and for each head queries with keys and weights with values.
    assert recorder.flops == 2 * 3 * 5 * 8 * 8 * 4 + 2 * 2 * 3 * 5 * 5 * 8


@pytest.mark.slow
def test_the_first_analysis_does_not_import_the_compiler() -> None:
    code = """
import sys
from engine.analysis.shapes import ShapeInference
from engine.zoo.registry import ZOO

for name in ("resnet50", "densenet121", "unet", "lstm_classifier", "gru_classifier"):
    assert ShapeInference().analyse(ZOO[name].build()).is_valid
print("torch._dynamo" in sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=240
    )
    assert done.stdout == "False\n"
