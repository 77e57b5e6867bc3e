"""The measurements of one run: written by the training thread, read by any other, kept in NumPy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_CHUNK_VALUES = 2**18
"""Numbers in one chunk (1 MiB), so that growing costs the same however wide a row is."""


@dataclass(frozen=True, slots=True)
class Measurements:
    """A stretch of consecutive steps; arrays of the reader's own."""

    start: int
    """The first step of the stretch, counted from 0."""
    loss: NDArray[np.float32]
    """The loss of each step's batch before that step changed the weights, shape (steps,)."""
    norms: NDArray[np.float32]
    """The L2 norm of each layer's gradient in each step, shape (steps, layers).

    0 where no gradient reached the layer; NaN or infinite where the gradient was."""


class History:
    """Rows of one loss and one gradient norm per parameter tensor, one row a step, growing in chunks.

    One thread appends; any number read at the same time without a lock. A row is written before it is
    published by raising `steps`, and never changes afterwards.
    """

    def __init__(self, layer_names: Sequence[str], parameter_layers: NDArray[np.int64]) -> None:
        """Prepare an empty history.

        Args:
            layer_names: every layer that owns parameters, in forward order.
            parameter_layers: for each parameter tensor the index of its layer, shape (parameters,).
        """
        self._layer_names = tuple(layer_names)
        # Columns are brought together by layer, so that one reduceat sums the squares of all layers.
        self._columns = np.argsort(parameter_layers, kind="stable")
        self._layer_starts = np.searchsorted(parameter_layers[self._columns], np.arange(len(self._layer_names)))
        self._width = 1 + len(parameter_layers)
        self._chunk_rows = max(64, _CHUNK_VALUES // self._width)
        self._chunks: list[NDArray[np.float32]] = []
        self._steps = 0

    @property
    def steps(self) -> int:
        """How many steps can be read."""
        return self._steps

    @property
    def layer_names(self) -> tuple[str, ...]:
        """The layers in forward order: the columns of `Measurements.norms`."""
        return self._layer_names

    def append(self, rows: NDArray[np.float32]) -> None:
        """Publish further steps (for the one writer).

        Args:
            rows: loss, then the gradient norm of each parameter tensor, shape (steps, 1 + parameters).
        """
        written = 0
        while written < len(rows):
            chunk, offset = divmod(self._steps, self._chunk_rows)
            if chunk == len(self._chunks):
                self._chunks.append(np.empty((self._chunk_rows, self._width), np.float32))
            count = min(len(rows) - written, self._chunk_rows - offset)
            self._chunks[chunk][offset : offset + count] = rows[written : written + count]
            written += count
            self._steps += count

    def rows(self, start: int = 0, stop: int | None = None) -> NDArray[np.float32]:
        """A copy of the raw rows of steps `start` to `stop` (or the last), as `append` took them."""
        stop = min(self._steps if stop is None else stop, self._steps)
        start = min(max(start, 0), max(stop, 0))
        rows = np.empty((max(stop - start, 0), self._width), np.float32)
        read = 0
        while read < len(rows):
            chunk, offset = divmod(start + read, self._chunk_rows)
            count = min(len(rows) - read, self._chunk_rows - offset)
            rows[read : read + count] = self._chunks[chunk][offset : offset + count]
            read += count
        return rows

    def read(self, start: int, stop: int | None = None) -> Measurements:
        """Losses and per-layer norms of steps `start` to `stop` (or the last); what is not there is left out."""
        rows = self.rows(start, stop)
        if not self._layer_names:
            return Measurements(
                min(max(start, 0), self._steps), rows[:, 0].copy(), np.empty((len(rows), 0), np.float32)
            )
        # Squared in double precision: the square of a large float32 norm would overflow.
        squares = np.square(rows[:, 1:][:, self._columns], dtype=np.float64)
        with np.errstate(over="ignore"):
            norms = np.sqrt(np.add.reduceat(squares, self._layer_starts, axis=1)).astype(np.float32)
        return Measurements(min(max(start, 0), self._steps), rows[:, 0].copy(), norms)
