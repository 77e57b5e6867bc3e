"""What transformers need besides `torch.nn.MultiheadAttention`."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


class CausalAttention(nn.MultiheadAttention):
    """An `nn.MultiheadAttention` in which no step sees a later one; made with `batch_first=True`."""

    def forward(  # type: ignore[override]
        self, query: Tensor, key: Tensor, value: Tensor, need_weights: bool = False
    ) -> tuple[Tensor, Tensor | None]:
        """What each step of `query[N, steps, features]` takes from itself and those before, and with which weights."""
        later = torch.ones(query.size(1), key.size(1), dtype=torch.bool, device=query.device).triu(1)
        return super().forward(query, key, value, attn_mask=later, need_weights=need_weights, is_causal=True)


class PositionalEncoding(nn.Module):
    """Adds sines and cosines of the position to each step of a sequence (Vaswani et al., 2017).

    Args:
        steps: the length of the longest sequence.
        features: how many values a step has.

    Shapes: `x[N, at most steps, features]`; the output has the input's.
    """

    table: Tensor

    def __init__(self, steps: int, features: int) -> None:
        super().__init__()
        frequency = torch.exp(torch.arange(0, features, 2) * (-math.log(10_000.0) / features))
        angle = torch.arange(steps).unsqueeze(1) * frequency
        table = torch.empty(steps, features)
        table[:, 0::2] = angle.sin()
        table[:, 1::2] = angle[:, : features // 2].cos()
        # Not persistent: it is computed, not learned, so files of weights need not hold it.
        self.register_buffer("table", table, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """`x` plus the code of each step's position."""
        return x + self.table[: x.size(1)]

    def extra_repr(self) -> str:
        """The sizes, for `print`."""
        return "steps={}, features={}".format(*self.table.shape)


class LearnedPositionalEncoding(nn.Module):
    """Adds a learnable vector for each position to the steps of a sequence, as BERT and vision transformers do.

    Args:
        steps: the length of the longest sequence.
        features: how many values a step has.

    Shapes: `x[N, at most steps, features]`; the output has the input's.
    """

    def __init__(self, steps: int, features: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(steps, features))
        nn.init.normal_(self.weight, std=0.02)

    def forward(self, x: Tensor) -> Tensor:
        """`x` plus the vector of each step's position."""
        return x + self.weight[: x.size(1)]

    def extra_repr(self) -> str:
        """The sizes, for `print`."""
        return "steps={}, features={}".format(*self.weight.shape)


class ClassToken(nn.Module):
    """Puts a learnable step in front of a sequence, in which attention gathers what decides the class.

    Args:
        features: how many values a step has.

    Shapes: `x[N, steps, features]` becomes `[N, 1 + steps, features]`.
    """

    def __init__(self, features: int) -> None:
        super().__init__()
        self.token = nn.Parameter(torch.zeros(1, 1, features))

    def forward(self, x: Tensor) -> Tensor:
        """`x` behind the token."""
        return torch.cat((self.token.expand(x.size(0), -1, -1), x), dim=1)

    def extra_repr(self) -> str:
        """The size, for `print`."""
        return f"features={self.token.size(2)}"
