"""A run on disk: weights, optimiser, random numbers, measurements and position, without pickle.

A checkpoint is a directory with one `checkpoint.json` and the one safetensors file that it names. Both are written
under another name and moved into place, the JSON last; so whatever happens while saving, the directory holds the last
complete checkpoint.
"""

from __future__ import annotations

import math
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, astuple
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from engine.training.evaluation import Evaluation
from engine.training.failures import TrainingError
from engine.training.status import EpochResult

if TYPE_CHECKING:
    from engine.training.loop import TrainingSession

MANIFEST = "checkpoint.json"
"""The file that makes a directory a checkpoint."""

_VERSION = 1
_FIXED_SETTINGS = {"loss": "loss", "optimizer": "optimizer", "batch_size": "batch size", "seed": "seed"}
"""What cannot change in the middle of a run, and what it is called."""

_Plain = bool | int | float | str | None
_Number = float | None
"""A float in JSON, which has no NaN and no infinity: those are written as null and read as NaN."""


class _Manifest(msgspec.Struct, kw_only=True):
    """What `checkpoint.json` holds."""

    version: int
    tensors: str
    data: dict[str, Any]
    recipe: dict[str, _Plain]
    learning_rate: float
    parameters: dict[str, list[int]]
    step: int
    results: list[tuple[int, int, _Number, _Number, _Number]]
    test: tuple[_Number, _Number] | None
    optimizer: dict[str, dict[str, _Plain]]
    frozen: list[str] = []


def exists(directory: Path) -> bool:
    """Whether `directory` holds a checkpoint."""
    return (directory / MANIFEST).is_file()


def is_healthy(session: TrainingSession) -> bool:
    """Whether all weights are finite numbers; a checkpoint of others would be of no use."""
    return all(bool(parameter.isfinite().all()) for parameter in session.model.parameters())


def save(session: TrainingSession, directory: Path) -> None:
    """Write a run that is at rest or between two steps to `directory`, which is made if need be.

    Raises:
        OSError: it cannot be written; the checkpoint that was there before still stands.
    """
    session.telemetry.drain()
    directory.mkdir(parents=True, exist_ok=True)
    tensors = {f"model.{name}": tensor for name, tensor in session.model.state_dict().items()}
    tensors |= {f"random.{kind}": state for kind, state in session.random_state().items()}
    tensors["history"] = torch.from_numpy(session.history.rows())
    optimizer: dict[str, dict[str, _Plain]] = {}
    for index, state in session.optimizer.state_dict()["state"].items():
        optimizer[str(index)] = {name: value for name, value in state.items() if not isinstance(value, Tensor)}
        tensors |= {f"optimizer.{index}.{name}": value for name, value in state.items() if isinstance(value, Tensor)}
    manifest = _Manifest(
        version=_VERSION,
        tensors=f"state-{secrets.token_hex(4)}.safetensors",
        data={"dataset": session.job.data.dataset, **session.job.data.params},
        recipe=asdict(session.job.recipe),
        learning_rate=session.learning_rate,
        parameters=_shapes(session),
        step=session.step,
        results=[astuple(result) for result in session.results],
        test=astuple(session.test) if session.test else None,
        optimizer=optimizer,
        frozen=_frozen(session),
    )
    # Tied weights share memory, which safetensors refuses; copies restore just as well.
    copies = {name: tensor.detach().cpu().clone().contiguous() for name, tensor in tensors.items()}
    with _replacing(directory / manifest.tensors) as path:
        save_file(copies, path)
    with _replacing(directory / MANIFEST) as path:
        path.write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1))
    for old in directory.glob("state-*.safetensors*"):
        if old.name != manifest.tensors:
            old.unlink(missing_ok=True)


def restore(session: TrainingSession, directory: Path) -> None:
    """Bring a freshly made session to where the run in `directory` stands; it goes on as if never interrupted.

    The number of epochs, the device, the strength of learning rate, momentum and weight decay, and the weights of
    several outputs' losses may differ from what was saved; a new learning rate in the recipe wins over the one that
    was in force.

    Raises:
        TrainingError: there is no checkpoint, it is damaged, or it belongs to another network, data set or recipe.
    """
    manifest = _read_manifest(directory)
    _check_fits(session, manifest)
    try:
        tensors = load_file(directory / manifest.tensors)
        weights = _part(tensors, "model.")
        if not all(bool(tensor.isfinite().all()) for tensor in weights.values() if tensor.is_floating_point()):
            raise TrainingError(
                "The checkpoint holds weights that are not finite numbers, because its run failed: start a new run "
                "with a lower learning rate."
            )
        session.model.load_state_dict(weights)
        _restore_optimizer(session, manifest, tensors)
        rows = tensors["history"].numpy()
        session.history.append(rows)
        random_state = _part(tensors, "random.")
        if session.history.steps != manifest.step or "cpu" not in random_state:
            raise KeyError("history")
    except (OSError, SafetensorError, KeyError, RuntimeError, ValueError) as error:
        if isinstance(error, TrainingError):
            raise
        raise TrainingError(f"The checkpoint in “{directory}” is damaged: start the run anew.") from error
    results = tuple(EpochResult(epoch, step, *map(_number, rest)) for epoch, step, *rest in manifest.results)
    test = Evaluation(*map(_number, manifest.test)) if manifest.test else None
    session.restore(manifest.step, results, test, random_state)


def _read_manifest(directory: Path) -> _Manifest:
    try:
        manifest = msgspec.json.decode((directory / MANIFEST).read_bytes(), type=_Manifest)
    except FileNotFoundError as error:
        raise TrainingError(f"There is no checkpoint in “{directory}” to resume from.") from error
    except (OSError, msgspec.MsgspecError) as error:
        raise TrainingError(f"The checkpoint in “{directory}” cannot be read: start the run anew.") from error
    if manifest.version != _VERSION:
        raise TrainingError(f"The checkpoint in “{directory}” was written by another version of Netwright.")
    if Path(manifest.tensors).name != manifest.tensors or manifest.step < 0:
        raise TrainingError(f"The checkpoint in “{directory}” is damaged: start the run anew.")
    return manifest


def _check_fits(session: TrainingSession, manifest: _Manifest) -> None:
    if manifest.parameters != _shapes(session):
        raise TrainingError("The checkpoint belongs to another network: its weights have other names or shapes.")
    if manifest.frozen != _frozen(session):
        raise TrainingError("The checkpoint was trained with other layers frozen: set that back, or start a new run.")
    if manifest.data != {"dataset": session.job.data.dataset, **session.job.data.params}:
        raise TrainingError("The checkpoint was trained on other data, or with other data settings.")
    recipe = asdict(session.job.recipe)
    for name, title in _FIXED_SETTINGS.items():
        if manifest.recipe.get(name) != recipe[name]:
            raise TrainingError(
                f"The checkpoint was trained with the {title} {manifest.recipe.get(name)}, not {recipe[name]}: "
                "set it back, or start a new run."
            )
    session_steps = session.steps_per_epoch * len(manifest.results)
    if not session_steps <= manifest.step <= session_steps + session.steps_per_epoch:
        raise TrainingError("The checkpoint is damaged: its steps and its epochs do not fit together.")


def _restore_optimizer(session: TrainingSession, manifest: _Manifest, tensors: dict[str, Tensor]) -> None:
    states: dict[int, dict[str, Any]] = {int(index): dict(plain) for index, plain in manifest.optimizer.items()}
    for name, tensor in _part(tensors, "optimizer.").items():
        index, _, key = name.partition(".")
        states.setdefault(int(index), {})[key] = tensor
    session.optimizer.load_state_dict({**session.optimizer.state_dict(), "state": states})
    if session.job.recipe.learning_rate == manifest.recipe.get("learning_rate"):
        session.learning_rate = manifest.learning_rate


def _number(value: _Number) -> float:
    return math.nan if value is None else value


def _shapes(session: TrainingSession) -> dict[str, list[int]]:
    return {name: list(parameter.shape) for name, parameter in session.model.named_parameters()}


def _frozen(session: TrainingSession) -> list[str]:
    return [name for name, parameter in session.model.named_parameters() if not parameter.requires_grad]


def _part(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """A temporary file to write, which takes the place of `path` once it is complete and on the disk."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
