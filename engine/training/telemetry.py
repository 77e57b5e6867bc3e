"""Loss and gradient norms of every step, without a synchronisation per step.

Each step writes one row into a ring that was allocated once on the training device. Many rows at a time travel to the
host and are appended to the run's `History`, when half of the ring is full or some milliseconds have passed. On a CUDA
device they travel asynchronously into pinned memory, and are appended once an event says that they have arrived, so
that neither training nor a reader ever waits for the device.
"""

from __future__ import annotations

import math
import time
from collections import deque
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from engine.training.history import History

_CAPACITY = 1024
"""Rows in the ring: several times what a fast network does between two transfers."""
_INTERVAL_S = 0.05
"""How old a measurement may become before it is sent on: windows read 10 to 15 times a second."""


class Transfer(Protocol):
    """Rows on their way from the ring to the host."""

    def arrived(self) -> bool:
        """Whether the rows can be read without waiting."""

    def wait(self) -> NDArray[np.float32]:
        """The rows, after waiting for them if need be; valid until the ring comes round to them again."""


class Link(Protocol):
    """The way from the ring to the host."""

    def send(self, start: int, stop: int) -> Transfer:
        """Start the transfer of some rows of the ring."""


def layers_of(model: nn.Module) -> tuple[tuple[str, ...], NDArray[np.int64], list[nn.Parameter]]:
    """The layers of a network that can learn: each submodule that itself owns trainable parameters.

    Returns:
        The layers' module paths in the order of registration (which is forward order in a compiled graph), for each
        trainable parameter the index of its layer, and the parameters in the order of `model.parameters()`.
    """
    names: dict[str, int] = {}
    layers: list[int] = []
    parameters: list[nn.Parameter] = []
    for path, parameter in model.named_parameters():
        if parameter.requires_grad:
            layer = path.rpartition(".")[0] or "model"
            layers.append(names.setdefault(layer, len(names)))
            parameters.append(parameter)
    return tuple(names), np.array(layers, np.int64), parameters


class Telemetry:
    """The single writer of a run's `History`."""

    def __init__(
        self,
        model: nn.Module,
        device: torch.device,
        *,
        capacity: int = _CAPACITY,
        interval_s: float = _INTERVAL_S,
        link: Link | None = None,
    ) -> None:
        """Allocate the ring for the trainable parameters of `model`, which must be on `device` already."""
        names, layers, self._parameters = layers_of(model)
        self.history = History(names, layers)
        """Everything measured that has reached the host."""
        self.non_finite_step: int | None = None
        """The first step, counted from 0, whose loss was NaN or infinite, once that is known."""
        ring = torch.zeros(capacity, 1 + len(self._parameters), device=device)
        # One view per row, made once: slicing the ring in each step would cost more than the norms' bookkeeping.
        self._rows = ring.unbind(0)
        self._capacity = capacity
        self._link = link or _link(ring)
        self._slot = self._sent = 0
        self._limit = capacity // 2
        self._under_way: deque[tuple[int, int, Transfer]] = deque()
        self._interval_s = interval_s
        self._next_send_s = time.perf_counter() + interval_s

    def record(self, loss: Tensor) -> bool:
        """Measure the step whose backward pass has just ended; say whether rows were sent on (now and then).

        Args:
            loss: the step's loss, a scalar on the training device.
        """
        gradients = [parameter.grad for parameter in self._parameters]
        try:
            norms = torch._foreach_norm(gradients)  # type: ignore[arg-type]
        except TypeError:
            norms = self._norms_with_gaps(gradients)
        torch.stack((loss.detach(), *norms), out=self._rows[self._slot])
        self._slot += 1
        if self._slot < self._limit and time.perf_counter() < self._next_send_s:
            return False
        self._send()
        return True

    def drain(self) -> None:
        """Bring every measurement into the history, waiting for the device if need be."""
        self._send()
        self._publish(wait=True)

    def _norms_with_gaps(self, gradients: list[Tensor | None]) -> list[Tensor]:
        """The norms where some parameters have no gradient; a gradient that never came has the norm 0."""
        zero = self._rows[0].new_zeros(())
        norms = iter(torch._foreach_norm([gradient for gradient in gradients if gradient is not None] or [zero]))
        return [zero if gradient is None else next(norms) for gradient in gradients]

    def _send(self) -> None:
        """Start the transfer of all new rows, and append those that have arrived meanwhile."""
        start, stop = self._sent, self._slot
        if start < stop:
            # A transfer is about to reuse these rows' place on the host, so what was sent from it must be appended.
            while self._under_way and self._under_way[0][0] < stop and self._under_way[0][1] > start:
                self._append_first()
            self._under_way.append((start, stop, self._link.send(start, stop)))
            self._sent = stop
        if self._slot >= self._limit:
            self._slot = self._sent = 0 if self._limit == self._capacity else self._slot
            self._limit = self._capacity if self._slot else self._capacity // 2
        self._publish(wait=False)
        self._next_send_s = time.perf_counter() + self._interval_s

    def _publish(self, wait: bool) -> None:
        while self._under_way and (wait or self._under_way[0][2].arrived()):
            self._append_first()

    def _append_first(self) -> None:
        rows = self._under_way.popleft()[2].wait()
        if self.non_finite_step is None and not math.isfinite(float(rows[:, 0].sum())):
            finite = np.isfinite(rows[:, 0])
            if not finite.all():
                self.non_finite_step = self.history.steps + int(np.argmin(finite))
        self.history.append(rows)


class _Arrived:
    """Rows that lie in host memory from the start."""

    def __init__(self, rows: NDArray[np.float32]) -> None:
        self._rows = rows

    def arrived(self) -> bool:
        return True

    def wait(self) -> NDArray[np.float32]:
        return self._rows


class _HostLink:
    """The ring is in host memory; nothing travels."""

    def __init__(self, ring: Tensor) -> None:
        self._ring = ring.numpy()

    def send(self, start: int, stop: int) -> Transfer:
        return _Arrived(self._ring[start:stop])


class _BlockingLink:
    """Waits for the device at each transfer, for devices without pinned memory."""

    def __init__(self, ring: Tensor) -> None:
        self._ring = ring

    def send(self, start: int, stop: int) -> Transfer:
        return _Arrived(self._ring[start:stop].cpu().numpy())


class _CudaTransfer:
    """Rows that a CUDA stream copies into pinned memory."""

    def __init__(self, rows: NDArray[np.float32], event: torch.cuda.Event) -> None:
        self._rows = rows
        self._event = event

    def arrived(self) -> bool:
        return self._event.query()

    def wait(self) -> NDArray[np.float32]:
        self._event.synchronize()
        return self._rows


class _CudaLink:
    """Copies asynchronously into a pinned twin of the ring; the stream keeps copies and later steps in order."""

    def __init__(self, ring: Tensor) -> None:
        self._ring = ring
        self._pinned = torch.empty(ring.shape, dtype=ring.dtype, pin_memory=True)
        self._host = self._pinned.numpy()

    def send(self, start: int, stop: int) -> Transfer:
        self._pinned[start:stop].copy_(self._ring[start:stop], non_blocking=True)
        event = torch.cuda.Event()
        event.record(torch.cuda.current_stream(self._ring.device))
        return _CudaTransfer(self._host[start:stop], event)


def _link(ring: Tensor) -> Link:
    return {"cpu": _HostLink, "cuda": _CudaLink}.get(ring.device.type, _BlockingLink)(ring)
