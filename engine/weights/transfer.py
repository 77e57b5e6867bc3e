"""Transfer learning: keep what a network has learnt elsewhere, and let its head learn the task at hand."""

from __future__ import annotations

from typing import Self

from torch import nn
from torch.nn.modules.batchnorm import _NormBase

from engine.weights.declarations import WeightsError
from engine.weights.head import Head


def freeze_backbone(model: nn.Module, head: Head) -> None:
    """Let nothing but the head of `model` learn.

    Frozen batch norms normalise by the running statistics that came with the weights, also while the head is trained.
    By those of the batch they would compute other features than the ones the frozen layers behind them were trained
    on, and their running statistics would drift towards the new data although nothing is meant to change. (Keras does
    the same: “Transfer learning and fine-tuning”, on BatchNormalization with `trainable = False`.) Dropout goes on: it
    keeps the head from relying on single features.

    Raises:
        WeightsError: nothing would be left to learn.
    """
    kinds: dict[type[nn.Module], type[nn.Module]] = {}
    for path, module in model.named_modules():
        if head.holds(path):
            continue
        for parameter in module.parameters(recurse=False):
            parameter.requires_grad_(False)
        if _has_running_statistics(module):
            kind = type(module)
            module.__class__ = kinds.setdefault(kind, type(f"Frozen{kind.__name__}", (_Resting, kind), {}))
            module.eval()
    if not any(parameter.requires_grad for parameter in model.parameters()):
        raise WeightsError(
            "With all layers but the head frozen nothing is left to learn, because no layer with weights decides what "
            "comes out: unfreeze the network, or put a Dense layer before the Output."
        )


def _has_running_statistics(module: nn.Module) -> bool:
    return isinstance(module, _NormBase) and module.track_running_stats


class _Resting(nn.Module):
    """Put before a layer's own class, it keeps the layer in evaluation mode."""

    def train(self, mode: bool = True) -> Self:
        return super().train(False)
