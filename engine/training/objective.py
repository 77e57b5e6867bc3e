"""Losses and optimisers as torch has them, what several outputs are for, and the check that a network fits the data."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.data.splits import Splits
from engine.training.devices import random_state, set_random_state
from engine.training.failures import TrainingError, is_out_of_memory
from engine.training.recipe import Recipe

LossFunction = Callable[[Tensor, Tensor], Tensor]
"""From scores (n, classes) and the targets that `loss_targets` makes to the mean loss, a scalar."""
Outputs = Tensor | tuple[Tensor, ...]
"""What a network gives: the scores (n, classes), or a tuple of such, the main ones first."""
Objective = Callable[[Outputs, Tensor], tuple[Tensor, Tensor]]
"""From outputs and targets to the loss that is shown and the one that is minimised, two scalars."""


def loss_function(name: str) -> LossFunction:
    """The loss of a recipe."""
    return functional.mse_loss if name == "mse" else functional.cross_entropy


def main_output(outputs: Outputs) -> Tensor:
    """The scores (n, classes) that predictions, accuracy and the loss that is shown come from.

    Those of auxiliary heads, which come behind them, are of use for training alone.
    """
    return outputs if isinstance(outputs, Tensor) else outputs[0]


def objective(name: str, weights: Sequence[float]) -> Objective:
    """What a network is trained for.

    Shown is the loss at the main output, so that it can be compared with the loss in validation; minimised is the sum
    of the losses at all outputs, each times its weight (Szegedy et al. 2015, section 5). With a single output the two
    are the same tensor.

    Args:
        name: the loss.
        weights: how much the loss at each output counts; none, or just one, for a network with a single output.
    """
    loss_of = loss_function(name)

    def of_one(outputs: Outputs, targets: Tensor) -> tuple[Tensor, Tensor]:
        loss = loss_of(main_output(outputs), targets)
        return loss, loss

    def of_several(outputs: Outputs, targets: Tensor) -> tuple[Tensor, Tensor]:
        losses = [loss_of(scores, targets) for scores in outputs]
        # A weight of 0 stays in the sum, so that the head gets a gradient of zeros, like any layer that learns nothing.
        minimised = torch.stack([weight * loss for weight, loss in zip(weights, losses, strict=True)]).sum()
        return losses[0], minimised

    return of_several if len(weights) > 1 else of_one


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


def check_model(
    model: nn.Module, splits: Splits, device: torch.device, loss_weights: Mapping[str, float] | None = None
) -> None:
    """Try the network on two samples and refuse one that cannot be trained on this data.

    It runs in evaluation mode, so it changes neither weights nor statistics; random numbers are put back.

    Args:
        loss_weights: how much the loss at each output counts, by the outputs' names; see `TrainingJob`.

    Raises:
        TrainingError: nothing to learn, inputs that the network does not take, outputs that are not one number per
            class, or others than `loss_weights` tells of.
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
    _check_outputs(outputs if isinstance(outputs, tuple) else (outputs,), samples, splits.classes, loss_weights or {})


def _check_outputs(outputs: tuple[Tensor, ...], samples: Tensor, classes: int, names: Collection[str]) -> None:
    """Refuse outputs that are not one number per class for each of `samples`, or not as many as `names`."""
    if len(outputs) != max(1, len(names)):
        raise TrainingError(
            f"The network has {len(outputs)} outputs, but there are loss weights for {len(names)}: give one for each."
        )
    for name, scores in zip(names or ("",), outputs, strict=True):
        if scores.shape != (len(samples), classes):
            shape, is_one = _written(scores.shape[1:]), len(outputs) == 1
            giver = "The network gives an output" if is_one else f"The Output “{name}” gets values"
            layer = "its last layer" if is_one else "the layer before it"
            raise TrainingError(
                f"{giver} of shape {shape} for each sample, but the data has {classes} classes: "
                f"{layer} must give {classes} numbers."
            )


def _written(shape: Sequence[int]) -> str:
    return "×".join(map(str, shape)) or "1 (a single number)"
