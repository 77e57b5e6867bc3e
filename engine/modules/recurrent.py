"""Recurrent layers that do what `nn.RNN`, `nn.LSTM` and `nn.GRU` leave to their caller, under the same weight names.

The classes of each kind resemble each other and still share nothing: each stands alone in exported code.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class LastStateRNN(nn.RNN):
    """An `nn.RNN` in both directions that returns what each of them knows at its end.

    The backward direction ends at the first step, so the last step of the output holds hardly anything of it.
    """

    def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
        """Map `x[N, steps, features]` to the last layer's final states `[N, 2 · hidden]`, forward and backward."""
        _, hidden = super().forward(x)
        return torch.cat((hidden[-2], hidden[-1]), dim=1)


class StatefulRNN(nn.RNN):
    """An `nn.RNN` that goes on from the state in which the batch before left it; gradients end between batches.

    It starts anew after `reset`, with another batch size, and when training turns to evaluation or back.
    """

    hidden: Tensor | None

    def __init__(self, **options: float | str) -> None:
        super().__init__(**options)
        # A buffer follows the weights to another device; not persistent, it stays out of the state dict.
        self.register_buffer("hidden", None, persistent=False)
        self.was_training = self.training

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:  # type: ignore[override]
        """Map `x[N, steps, features]` to the output of each step `[N, steps, hidden]` and the final states."""
        fits = self.hidden is not None and self.hidden.size(1) == x.size(0) and self.was_training == self.training
        output, hidden = super().forward(x, self.hidden if fits else None)
        self.hidden, self.was_training = hidden.detach(), self.training
        return output, hidden

    def reset(self) -> None:
        """Forget the state: the next batch begins new sequences."""
        self.hidden = None


class LastStateLSTM(nn.LSTM):
    """An `nn.LSTM` in both directions that returns what each of them knows at its end.

    The backward direction ends at the first step, so the last step of the output holds hardly anything of it.
    """

    def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
        """Map `x[N, steps, features]` to the last layer's final states `[N, 2 · hidden]`, forward and backward."""
        _, (hidden, _) = super().forward(x)
        return torch.cat((hidden[-2], hidden[-1]), dim=1)


class StatefulLSTM(nn.LSTM):
    """An `nn.LSTM` that goes on from the state in which the batch before left it; gradients end between batches.

    It starts anew after `reset`, with another batch size, and when training turns to evaluation or back.
    """

    hidden: Tensor | None
    cell: Tensor | None

    def __init__(self, **options: float | str) -> None:
        super().__init__(**options)
        # Buffers follow the weights to another device; not persistent, they stay out of the state dict.
        self.register_buffer("hidden", None, persistent=False)
        self.register_buffer("cell", None, persistent=False)
        self.was_training = self.training

    def forward(self, x: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor]]:  # type: ignore[override]
        """Map `x[N, steps, features]` to the output of each step `[N, steps, hidden]` and the final states."""
        state = None
        if self.hidden is not None and self.cell is not None and self.was_training == self.training:
            state = (self.hidden, self.cell) if self.hidden.size(1) == x.size(0) else None
        output, (hidden, cell) = super().forward(x, state)
        self.hidden, self.cell, self.was_training = hidden.detach(), cell.detach(), self.training
        return output, (hidden, cell)

    def reset(self) -> None:
        """Forget the state: the next batch begins new sequences."""
        self.hidden = self.cell = None


class LastStateGRU(nn.GRU):
    """An `nn.GRU` in both directions that returns what each of them knows at its end.

    The backward direction ends at the first step, so the last step of the output holds hardly anything of it.
    """

    def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
        """Map `x[N, steps, features]` to the last layer's final states `[N, 2 · hidden]`, forward and backward."""
        _, hidden = super().forward(x)
        return torch.cat((hidden[-2], hidden[-1]), dim=1)


class StatefulGRU(nn.GRU):
    """An `nn.GRU` that goes on from the state in which the batch before left it; gradients end between batches.

    It starts anew after `reset`, with another batch size, and when training turns to evaluation or back.
    """

    hidden: Tensor | None

    def __init__(self, **options: float | str) -> None:
        super().__init__(**options)
        # A buffer follows the weights to another device; not persistent, it stays out of the state dict.
        self.register_buffer("hidden", None, persistent=False)
        self.was_training = self.training

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:  # type: ignore[override]
        """Map `x[N, steps, features]` to the output of each step `[N, steps, hidden]` and the final states."""
        fits = self.hidden is not None and self.hidden.size(1) == x.size(0) and self.was_training == self.training
        output, hidden = super().forward(x, self.hidden if fits else None)
        self.hidden, self.was_training = hidden.detach(), self.training
        return output, hidden

    def reset(self) -> None:
        """Forget the state: the next batch begins new sequences."""
        self.hidden = None
