"""Loss and gradient norms of every step, without a synchronisation per step.

Each step leaves its loss and norms on the training device. When some milliseconds have passed or half of a ring is
full, they are written into that ring, which was allocated once, and travel from there to the host, where they are
appended to the run's `History`. On a CUDA device they travel asynchronously into pinned memory, and are appended once
an event says that they have arrived, so that neither training nor a reader ever waits for the device.

Rows are written many at a time because a step between two large convolutions finds the processor's caches cold: there
a second tiny operation costs ten times what it costs in a loop of its own. Of a tiny network, whose step takes no
longer than a few dozen operations, even the norms wait: its gradients are kept and measured many steps at a time.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from engine.training.history import History

_CAPACITY = 1024
"""Rows in the ring: several times what a fast network does between two transfers."""
_TINY = 2**14
"""Up to so many weights, gradients are kept and measured together; more would crowd the processor's caches."""
_KEPT = 2**18
"""At most so many gradient values are kept (1 MiB)."""
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
        self._ring = torch.zeros(capacity, 1 + len(self._parameters), device=device)
        self._capacity = capacity
        self._link = link or _link(self._ring)
        size = sum(parameter.numel() for parameter in self._parameters)
        self._keeps_gradients = size <= _TINY
        self._most = min(capacity // 2, _KEPT // max(size, 1)) if self._keeps_gradients else capacity // 2
        self._losses: list[Tensor] = []
        self._measured: list[Sequence[Tensor | None]] = []  # norms of each step, or its gradients where those are kept
        self._slot = self._sent = 0
        self._limit = self._most
        self._under_way: deque[tuple[int, int, Transfer]] = deque()
        self._interval_s = interval_s
        self._next_send_s = time.perf_counter() + interval_s

    def record(self, loss: Tensor) -> bool:
        """Measure a step whose backward pass has ended; say whether rows were sent on, as they are now and then.

        Right after the optimiser's step is the cheapest moment, because the gradients are at hand then and no optimiser
        here changes them.

        Args:
            loss: the step's loss, a scalar on the training device.
        """
        gradients = [parameter.grad for parameter in self._parameters]
        self._losses.append(loss.detach())
        self._measured.append(gradients if self._keeps_gradients else self._norms(gradients))
        self._slot += 1
        if self._slot < self._limit and time.perf_counter() < self._next_send_s:
            return False
        self._send()
        return True

    def drain(self) -> None:
        """Bring every measurement into the history, waiting for the device if need be."""
        self._send()
        self._publish(wait=True)

    def _norms(self, gradients: Sequence[Tensor | None]) -> Sequence[Tensor]:
        """The L2 norm of each gradient; of one that never came, 0."""
        try:
            return torch._foreach_norm(gradients)  # type: ignore[arg-type]
        except TypeError:  # there are gaps, which is rare and not worth a look in each step
            zero = self._ring.new_zeros(())
            norms = iter(torch._foreach_norm([gradient for gradient in gradients if gradient is not None] or [zero]))
            return [zero if gradient is None else next(norms) for gradient in gradients]

    def _write(self, rows: Tensor) -> None:
        """Write all steps that are not in the ring yet to these rows of it, shape (steps, 1 + parameters)."""
        try:
            if self._keeps_gradients:
                self._write_gradients(rows)
            else:
                self._write_norms(rows, self._measured)
        except TypeError:  # a gradient is missing
            self._write_norms(rows, [self._norms(gradients) for gradients in self._measured])
        self._losses.clear()
        self._measured.clear()

    def _write_gradients(self, rows: Tensor) -> None:
        """Measure and write gradients that were kept: all steps of one parameter at a time."""
        torch.stack(self._losses, out=rows[:, 0])
        for column, gradients in enumerate(zip(*self._measured, strict=True), start=1):
            steps = torch.stack(gradients).flatten(1)
            torch.linalg.vector_norm(steps, dim=1, out=rows[:, column])

    def _write_norms(self, rows: Tensor, norms: Sequence[Sequence[Tensor | None]]) -> None:
        """Write norms that were measured in each step."""
        scalars = [scalar for loss, step in zip(self._losses, norms, strict=True) for scalar in (loss, *step)]
        torch.stack(scalars, out=rows.view(-1))  # type: ignore[arg-type]

    def _send(self) -> None:
        """Write all new rows into the ring and start their transfer; append those that have arrived meanwhile."""
        start, stop = self._sent, self._slot
        if start < stop:
            self._write(self._ring[start:stop])
            # A transfer is about to reuse these rows' place on the host, so what was sent from it must be appended.
            while self._under_way and self._under_way[0][0] < stop and self._under_way[0][1] > start:
                self._append_first()
            self._under_way.append((start, stop, self._link.send(start, stop)))
            self._sent = stop
        if self._slot == self._capacity:
            self._slot = self._sent = 0
        self._limit = min(self._slot + self._most, self._capacity)
        self._publish(wait=False)
        self._next_send_s = time.perf_counter() + self._interval_s

    def _publish(self, wait: bool) -> None:
        while self._under_way and (wait or self._under_way[0][2].arrived()):
            self._append_first()

    def _append_first(self) -> None:
        rows = self._under_way.popleft()[2].wait()
        finite = np.isfinite(rows[:, 0])
        if self.non_finite_step is None and not finite.all():
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
        return bool(self._event.query())  # type: ignore[no-untyped-call]

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
        event = torch.cuda.Event()  # type: ignore[no-untyped-call]
        event.record(torch.cuda.current_stream(self._ring.device))
        return _CudaTransfer(self._host[start:stop], event)


def _link(ring: Tensor) -> Link:
    if ring.device.type == "cpu":
        return _HostLink(ring)
    return _CudaLink(ring) if ring.device.type == "cuda" else _BlockingLink(ring)
