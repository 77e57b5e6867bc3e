"""Reads weights from files, without ever executing what is in them."""

from __future__ import annotations

import pickle
import struct
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from engine.graph.wording import quoted
from engine.weights.declarations import SUFFIXES, WeightsError

_WRAPPERS = ("state_dict", "model_state_dict", "model")
"""Under what training scripts keep the weights in their checkpoints, beside the optimiser's state and more."""
_PREFIXES = ("module.", "_orig_mod.")
"""What DataParallel and torch.compile put before all names."""
_RUN_PREFIX, _RUN_MARK = "model.", "history"
"""How the weights are called in the checkpoints of Netwright's own runs, and what else is in those."""

_MALFORMED = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
)
"""What torch's reader raises on bytes that are not what they should be."""


def read_weights(path: Path) -> dict[str, Tensor]:
    """The tensors of a `.safetensors` file, or of a `.pth` or `.pt` file with a state dict, by name, on the CPU.

    Checkpoints of runs, of Netwright's and of common training scripts, give the weights in them.

    Raises:
        WeightsError: there is no such file, or it holds something else; nothing of it has been executed.
    """
    called = quoted(path.name, 100)
    if path.suffix.lower() not in SUFFIXES:
        raise WeightsError(f"{called} cannot hold weights: choose a file that ends in {' or '.join(SUFFIXES)}.")
    if not path.is_file():
        raise WeightsError(f"The file with the weights, “{path}”, is not there: put it back, or choose other weights.")
    try:
        if path.suffix.lower() == ".safetensors":
            content: object = load_file(path)
        else:
            content = torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        raise WeightsError(f"{called} cannot be read: {(error.strerror or str(error)).lower()}.") from error
    except SafetensorError as error:
        raise WeightsError(f"{called} is damaged, or is no safetensors file at all: get it again.") from error
    except pickle.UnpicklingError as error:
        raise WeightsError(
            f"{called} is damaged or holds more than tensors, and is not opened, because such a file could run "
            "programs: save only “model.state_dict()” to it, best as .safetensors."
        ) from error
    except _MALFORMED as error:
        raise WeightsError(f"{called} is damaged, or is no file of PyTorch's at all: get it again.") from error
    return _unwrapped(_tensors(content, called))


def _tensors(content: object, called: str) -> dict[str, Tensor]:
    """The state dict in what a file holds."""
    if isinstance(content, Mapping):
        for wrapper in _WRAPPERS:
            if isinstance(content.get(wrapper), Mapping):
                content = content[wrapper]
                break
    if not isinstance(content, Mapping) or not content:
        raise WeightsError(f"{called} holds no weights: save “model.state_dict()” to it.")
    tensors: dict[str, Tensor] = {}
    for name, value in content.items():
        if not isinstance(name, str) or not isinstance(value, Tensor) or not _is_plain(value):
            raise WeightsError(
                f"{called} holds {quoted(str(name))}, which is no plain tensor: save only “model.state_dict()” to it."
            )
        tensors[name] = value
    return tensors


def _is_plain(tensor: Tensor) -> bool:
    """Whether the numbers of `tensor` are there, each by itself."""
    return tensor.layout is torch.strided and not tensor.is_quantized and tensor.device.type == "cpu"


def _unwrapped(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """`tensors` under the names that they have in the network."""
    if _RUN_MARK in tensors and any(name.startswith(_RUN_PREFIX) for name in tensors):
        tensors = {name: tensor for name, tensor in tensors.items() if name.startswith(_RUN_PREFIX)}
        return {name.removeprefix(_RUN_PREFIX): tensor for name, tensor in tensors.items()}
    for prefix in _PREFIXES:
        if all(name.startswith(prefix) for name in tensors):
            tensors = {name.removeprefix(prefix): tensor for name, tensor in tensors.items()}
    return tensors
