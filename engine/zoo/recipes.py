"""What the networks of the zoo are trained on, and how."""

from __future__ import annotations

from engine.zoo.sketch import Sketch

_BATCH = 32
_REFERENCE_BATCH = 256


def for_imagenet(pen: Sketch, learning_rate: float, *, weight_decay: float = 1e-4, epochs: int = 90) -> None:
    """SGD with momentum as in the papers; `learning_rate` is theirs, for batches of 256, and shrinks with the batch.

    Source: Goyal et al., 2017 (the linear scaling rule).
    """
    pen.settings(
        "recipe",
        optimizer="sgd",
        learning_rate=learning_rate * _BATCH / _REFERENCE_BATCH,
        momentum=0.9,
        weight_decay=weight_decay,
        batch_size=_BATCH,
        epochs=epochs,
    )


def for_digits(pen: Sketch, learning_rate: float = 1e-3, epochs: int = 2) -> None:
    """MNIST with Adam: a good result after few epochs."""
    pen.settings("data", dataset="mnist")
    pen.settings("recipe", optimizer="adam", learning_rate=learning_rate, batch_size=64, epochs=epochs)
