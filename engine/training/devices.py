"""The device, its threads and its random numbers. Imports torch only inside its functions."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from engine.training.failures import TrainingError

if TYPE_CHECKING:
    import torch
    from torch import Tensor

_MOST_AUTOMATIC_THREADS = 8
"""More threads hardly speed up the small networks that are drawn by hand."""


def resolve(name: str) -> torch.device:
    """The torch device for a recipe's `auto`, `cpu`, `cuda` or `mps`; automatic tries CUDA, MPS, CPU in this order.

    Raises:
        TrainingError: this computer does not have the device.
    """
    import torch

    if name in ("auto", "cuda") and torch.cuda.is_available():
        return torch.device("cuda")
    if name in ("auto", "mps") and torch.backends.mps.is_available():
        return torch.device("mps")
    if name in ("auto", "cpu"):
        return torch.device("cpu")
    gpu = {"cuda": "NVIDIA GPU", "mps": "Apple GPU"}[name]
    raise TrainingError(f"This computer has no {gpu} that PyTorch can use: choose the device “auto” or “cpu”.")


def describe(device: torch.device, threads: int) -> str:
    """The device in words, for the status line."""
    import torch

    if device.type == "cuda":
        return f"CUDA, {torch.cuda.get_device_name(device)}"
    if device.type == "mps":
        return "MPS, Apple GPU"
    return f"CPU, {threads} thread{'' if threads == 1 else 's'}"


def thread_count(wanted: int) -> int:
    """The number of CPU threads for a recipe's `threads`, where 0 is automatic.

    Automatic is what the environment's OMP_NUM_THREADS says, else half of the cores that this process may use, but
    at least one and at most eight. The other half is for the window, for other programs, and for the fact that cores
    usually come in pairs that share one arithmetic unit. Torch splits every operation evenly, so that a single thread
    which has to wait for a busy core holds up all of them; one thread too few costs far less than one too many.
    """
    if wanted:
        return wanted
    environment = os.environ.get("OMP_NUM_THREADS", "")
    if environment.isdecimal() and int(environment) > 0:
        return int(environment)
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(_MOST_AUTOMATIC_THREADS, usable // 2))


@contextmanager
def torch_threads(count: int) -> Iterator[None]:
    """Let torch compute with `count` threads in the calling thread, and with as many as before afterwards.

    `torch.set_num_threads` takes effect at once in the calling thread, and in every thread that uses torch for the
    first time while it is in force; threads that have used torch already keep their number. Backward passes on the CPU
    run in the thread that calls them, so training obeys it wholly.
    """
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def random_state(device: torch.device) -> dict[str, Tensor]:
    """The state of torch's global random numbers on the CPU and on `device`, as byte tensors by device type."""
    import torch

    state = {"cpu": torch.get_rng_state()}
    if device.type == "cuda":
        state["cuda"] = torch.cuda.get_rng_state(device)
    elif device.type == "mps":
        state["mps"] = torch.mps.get_rng_state()
    return state


def set_random_state(device: torch.device, state: Mapping[str, Tensor]) -> None:
    """Put back what `random_state` returned; states of other devices are left out."""
    import torch

    torch.set_rng_state(state["cpu"])
    if device.type == "cuda" and "cuda" in state:
        torch.cuda.set_rng_state(state["cuda"], device)
    elif device.type == "mps" and "mps" in state:
        torch.mps.set_rng_state(state["mps"])
