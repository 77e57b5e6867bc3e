"""Loss and accuracy of a network on data it does not learn from."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from engine.data.splits import TensorSet
from engine.training.objective import loss_function, loss_targets, main_output


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How well a network does on one split."""

    loss: float
    """The mean loss over all samples."""
    accuracy: float
    """The share of samples whose largest output is the right class, 0 to 1."""


def evaluation_batch_size(training_batch_size: int) -> int:
    """Samples per batch: without gradients more fit into memory, and larger batches are faster."""
    return max(training_batch_size, min(1024, 8 * training_batch_size))


def evaluate(
    model: nn.Module, data: TensorSet, classes: int, loss: str, batch_size: int
) -> Generator[None, None, Evaluation]:
    """Evaluate in evaluation mode without gradients, yielding after each batch so that it can be abandoned.

    Of a network with several outputs the main one alone counts.

    The network is back in training mode when the generator has ended or was closed.
    """
    batches: list[Tensor] = []
    model.eval()
    try:
        for start in range(0, len(data), batch_size):
            part = slice(start, start + batch_size)
            batches.append(_measure(model, data.inputs[part], data.targets[part], classes, loss))
            yield
    finally:
        model.train()
    loss_sum, correct = torch.stack(batches).cpu().double().sum(0).tolist()
    return Evaluation(loss_sum / len(data), correct / len(data))


@torch.no_grad()
def _measure(model: nn.Module, inputs: Tensor, targets: Tensor, classes: int, loss: str) -> Tensor:
    """Summed loss and number of correct samples of one batch, shape (2,), left on the device."""
    scores = main_output(model(inputs))
    mean_loss = loss_function(loss)(scores, loss_targets(loss, targets, classes))
    correct = (scores.argmax(1) == targets).sum()
    return torch.stack([mean_loss * len(targets), correct.to(mean_loss.dtype)])
