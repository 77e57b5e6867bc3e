"""How merges are drawn and what they are compared with; `conftest.py` says what the tables mean."""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import strategies as st

ELEMENTWISE = ("add", "subtract", "multiply", "mean", "maximum", "minimum")


def have_different_ranks(shapes, p):
    """PyTorch also merges tensors of different ranks, which is hardly ever meant."""
    return len(set(map(len, shapes))) > 1


def make_them_agree(draw, params, shapes):
    """An axis that there is, and inputs that agree along all others."""
    axes = len(shapes[0])
    axis = params["dim"] = draw(st.integers(1, axes) | st.integers(-axes, -1))
    for number in range(1, len(shapes)):
        sizes = list(shapes[0])
        sizes[axis - 1 if axis > 0 else axis] = draw(st.integers(1, 3))
        shapes[number] = tuple(sizes)


def make_them_alike(draw, params, shapes):
    """Equal shapes, and a place for a new axis."""
    axes = min(len(shapes[0]) + 1, 4)
    params["dim"] = draw(st.integers(1, axes) | st.integers(-axes, -1))
    shapes[:] = shapes[:1] * len(shapes)


def make_rows_meet_columns(draw, params, shapes):
    """As many rows as columns; in front the same number of matrices, or one."""
    *matrices, _, columns = shapes[0]
    shapes[1] = (*(draw(st.sampled_from((1, number))) for number in matrices), columns, draw(st.integers(1, 3)))


ADJUST = {"concat": make_them_agree, "stack": make_them_alike, "matmul": make_rows_meet_columns}
STRICTER = {
    **dict.fromkeys(ELEMENTWISE, have_different_ranks),
    # PyTorch would join batches, and so make more samples.
    "concat": lambda shapes, p: p["dim"] in (0, -len(shapes[0]) - 1),
    "stack": lambda shapes, p: p["dim"] in (0, -len(shapes[0]) - 2),
    # PyTorch takes the batch of one for a number of matrices.
    "matmul": have_different_ranks,
}


def as_numpy(reduce):
    """A reference that computes with numpy."""
    return lambda inputs, p: torch.from_numpy(reduce([value.numpy() for value in inputs]))


def mean(values):
    """The mean of arrays that are repeated to one shape."""
    return np.mean(np.stack(np.broadcast_arrays(*values)), 0)


REFERENCE = {
    "add": lambda inputs, p: sum(inputs),
    "subtract": lambda inputs, p: inputs[0] + -1 * inputs[1],
    "multiply": as_numpy(lambda values: np.prod(np.stack(np.broadcast_arrays(*values)), 0)),
    "mean": as_numpy(mean),
    "maximum": as_numpy(lambda values: np.max(np.stack(np.broadcast_arrays(*values)), 0)),
    "minimum": as_numpy(lambda values: np.min(np.stack(np.broadcast_arrays(*values)), 0)),
    "concat": lambda inputs, p: torch.from_numpy(np.concatenate([value.numpy() for value in inputs], p["dim"])),
    "stack": lambda inputs, p: torch.from_numpy(np.stack([value.numpy() for value in inputs], p["dim"])),
    "matmul": lambda inputs, p: torch.einsum("...ik,...kj->...ij", *inputs),
}
