"""From an exception to one sentence that a learner can act on."""

from __future__ import annotations

from engine.data.declarations import DataError
from engine.graph.errors import GraphError
from engine.graph.params import ParamError
from engine.training.recipe import Recipe


class TrainingError(ValueError):
    """A run that cannot start or go on; its text is one sentence for the user."""


_SELF_EXPLAINING = (TrainingError, DataError, GraphError, ParamError)
"""Errors whose text is already the sentence for the user."""


def is_expected(error: BaseException) -> bool:
    """Whether the user can mend the cause, so that nothing is wrong with the program."""
    return isinstance(error, _SELF_EXPLAINING) or is_out_of_memory(error)


def explain(error: BaseException, recipe: Recipe) -> str:
    """One sentence on why training failed and what to do about it."""
    if isinstance(error, _SELF_EXPLAINING):
        return str(error)
    text = str(error).strip()
    first_line = text.splitlines()[0] if text else ""
    if is_out_of_memory(error):
        return (
            f"There is not enough memory for this network at a batch size of {recipe.batch_size:,}: "
            "lower the batch size or make the layers smaller."
        )
    if "more than 1 value per channel" in text:
        return (
            "Batch normalisation cannot train on a batch of a single sample, and one batch of the epoch has only one: "
            "change the batch size a little."
        )
    if isinstance(error, ImportError):
        return f"PyTorch could not be loaded ({_shortened(first_line)}): install Netwright again."
    reason = f"{type(error).__name__}: {_shortened(first_line)}" if first_line else type(error).__name__
    return f"Training failed with an unexpected error ({reason}); the log has the details."


def is_out_of_memory(error: BaseException) -> bool:
    """Whether memory ran out, on whatever device."""
    # torch has a class of its own for this only on GPUs; its CPU allocator raises a plain RuntimeError.
    text = str(error).lower()
    return isinstance(error, MemoryError) or (
        isinstance(error, RuntimeError) and ("out of memory" in text or "can't allocate memory" in text)
    )


def _shortened(text: str, length: int = 160) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"
