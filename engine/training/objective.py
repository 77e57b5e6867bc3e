"""Losses and optimisers as torch has them, and the check that a network fits the data."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.data.splits import Splits
from engine.training.devices import random_state, set_random_state
from engine.training.failures import TrainingError, is_out_of_memory
from engine.training.recipe import Recipe

LossFunction = Callable[[Tensor, Tensor], Tensor]
"""From outputs (n, classes) and the targets that `loss_targets` makes to the mean loss, a scalar."""


def loss_function(name: str) -> LossFunction:
    """The loss of a recipe."""
    return functional.mse_loss if name == "mse" else functional.cross_entropy


def loss_targets(name: str, classes: Tensor, count: int) -> Tensor:
    """What the loss compares outputs with: the class indices (n,) themselves, or one-hot float rows (n, count)."""
    return functional.one_hot(classes, count).float() if name == "mse" else classes


def make_optimizer(recipe: Recipe, parameters: Sequence[nn.Parameter], device: torch.device) -> torch.optim.Optimizer:
    """The optimiser of a recipe; see torch.optim for the formulas.

    Fused, it updates all weights in one kernel: for Adam about twice as fast on a CPU. SGD has little to gain there,
    and its fused kernel rounds differently, which a steep learning rate amplifies within dozens of steps; so on a CPU
    it takes the grouped form, whose results are bitwise those of torch's default. RMSprop has no fused form.
    """
    rate, decay, kind = recipe.learning_rate, recipe.weight_decay, device.type
    if recipe.optimizer == "adam":
        return torch.optim.Adam(parameters, lr=rate, weight_decay=decay, fused=kind in ("cpu", "cuda"))
    if recipe.optimizer == "rmsprop":
        return torch.optim.RMSprop(parameters, lr=rate, weight_decay=decay, foreach=True)
    form = {"fused": True} if kind == "cuda" else {"foreach": True}
    return torch.optim.SGD(parameters, lr=rate, momentum=recipe.momentum, weight_decay=decay, **form)


def check_model(model: nn.Module, splits: Splits, device: torch.device) -> None:
    """Try the network on two samples and refuse one that cannot be trained on this data.

    It runs in evaluation mode, so it changes neither weights nor statistics; random numbers are put back.

    Raises:
        TrainingError: nothing to learn, inputs that the network does not take, or outputs that are not one number
            per class.
    """
    parameters = list(model.parameters())
    if not any(parameter.requires_grad for parameter in parameters):
        raise TrainingError(
            "All layers are frozen, so the network has nothing to learn: unfreeze some."
            if parameters
            else "This network has nothing to learn: add a layer with weights, such as Dense or Conv 2D."
        )
    samples = splits.train.inputs[:2]
    state = random_state(device)
    model.eval()
    try:
        with torch.no_grad():
            outputs = model(samples)
    except (RuntimeError, ValueError, TypeError, IndexError) as error:
        if is_out_of_memory(error):
            raise
        raise TrainingError(
            f"The network does not take this data, whose samples have the shape {_written(samples.shape[1:])}: "
            f"{str(error).splitlines()[0] if str(error) else type(error).__name__}"
        ) from error
    finally:
        model.train()
        set_random_state(device, state)
    if not isinstance(outputs, Tensor):
        raise TrainingError("The network must have exactly one output to be trained.")
    if outputs.shape != (len(samples), splits.classes):
        raise TrainingError(
            f"The network gives an output of shape {_written(outputs.shape[1:])} for each sample, but the data has "
            f"{splits.classes} classes: its last layer must give {splits.classes} numbers."
        )


def _written(shape: Sequence[int]) -> str:
    return "×".join(map(str, shape)) or "1 (a single number)"
