"""How layers that rearrange values are drawn and what they are compared with; `conftest.py` says what tables mean."""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import strategies as st
from torch import nn

from engine.modules.shape import Reshape


def an_axis(draw, axes):
    """An axis that there is, counted from either end."""
    return draw(st.integers(1, axes) | st.integers(-axes, -1))


def fill_the_shape(draw, params, shapes):
    """A shape of as many values, sometimes with the rest left open."""
    sizes = list(draw(st.permutations(shapes[0])))
    if draw(st.booleans()):
        sizes[draw(st.integers(0, len(sizes) - 1))] = -1
    params["shape"] = tuple(sizes)


def name_all_axes(draw, params, shapes):
    """Each axis once."""
    params["order"] = tuple(draw(st.permutations(range(1, len(shapes[0]) + 1))))


def take_two_axes(draw, params, shapes):
    """Two axes that there are."""
    params["dim0"], params["dim1"] = (an_axis(draw, len(shapes[0])) for _ in range(2))


def take_an_axis(draw, params, shapes):
    """An axis that there is, sometimes of size 1."""
    axis = params["dim"] = an_axis(draw, len(shapes[0]))
    if draw(st.booleans()):
        sizes = list(shapes[0])
        sizes[axis - 1 if axis > 0 else axis] = 1
        shapes[0] = tuple(sizes)


def take_a_place(draw, params, shapes):
    """A place for a new axis."""
    params["dim"] = an_axis(draw, min(len(shapes[0]) + 1, 4))


def make_it_fit(draw, params, shapes):
    """A crop within the image."""
    params["size"] = tuple(min(wanted, size) for wanted, size in zip(params["size"], shapes[0][1:], strict=True))


def make_borders_narrow(draw, params, shapes):
    """Borders that a mirror can fill."""
    for side, size in zip(("left", "right", "top", "bottom"), (shapes[0][2],) * 2 + (shapes[0][1],) * 2, strict=True):
        params[side] = min(params[side], size - 1)


def stay_within(draw, params, shapes):
    """A stretch of an axis that there is."""
    axis = params["dim"] = an_axis(draw, len(shapes[0]))
    size = shapes[0][axis - 1 if axis > 0 else axis]
    params["start"] = draw(st.integers(0, size - 1))
    params["length"] = draw(st.integers(1, size - params["start"]))


def make_it_divide(draw, params, shapes):
    """Parts into which an axis that there is can be cut."""
    axis = params["dim"] = an_axis(draw, len(shapes[0]))
    params["chunks"] = min(params["chunks"], 3)
    sizes = list(shapes[0])
    sizes[axis - 1 if axis > 0 else axis] = params["chunks"] * draw(st.integers(1, 2))
    shapes[0] = tuple(sizes)


def is_batch(shape, axis, extra=0):
    """Whether `axis` is that of the batch."""
    return axis in (0, -len(shape) - extra - 1)


def cuts_unevenly(shapes, p):
    """Whether PyTorch would cut parts of different sizes, or fewer of them."""
    axis = p["dim"]
    return -len(shapes[0]) <= axis <= len(shapes[0]) and shapes[0][axis - 1 if axis > 0 else axis] % p["chunks"] > 0


ADJUST = {
    "reshape": fill_the_shape,
    "permute": name_all_axes,
    "transpose": take_two_axes,
    "squeeze": take_an_axis,
    "unsqueeze": take_a_place,
    "crop": make_it_fit,
    "pad": make_borders_narrow,
    "slice": stay_within,
    "split": make_it_divide,
}
# PyTorch would let the samples of a batch change places.
STRICTER = {
    "transpose": lambda shapes, p: is_batch(shapes[0], p["dim0"]) or is_batch(shapes[0], p["dim1"]),
    "squeeze": lambda shapes, p: is_batch(shapes[0], p["dim"]),
    "unsqueeze": lambda shapes, p: is_batch(shapes[0], p["dim"], 1),
    "slice": lambda shapes, p: is_batch(shapes[0], p["dim"]),
    "split": lambda shapes, p: is_batch(shapes[0], p["dim"]) or cuts_unevenly(shapes, p),
}
PADS = {
    "zeros": nn.ZeroPad2d,
    "reflect": nn.ReflectionPad2d,
    "replicate": nn.ReplicationPad2d,
    "circular": nn.CircularPad2d,
}
HAND_WRITTEN = {
    "flatten": lambda shapes, p: nn.Flatten(p["start_dim"]),
    "reshape": lambda shapes, p: Reshape(p["shape"]),
    "pad": lambda shapes, p: PADS[p["mode"]]((p["left"], p["right"], p["top"], p["bottom"])),
}


def cropped(inputs, p):
    """The rectangle, by slices."""
    (x,), (height, width) = inputs, p["size"]
    top, left = ((x.shape[2] - height) // 2, (x.shape[3] - width) // 2) if p["anchor"] == "center" else (0, 0)
    return x[:, :, top : top + height, left : left + width]


def sliced(inputs, p):
    """The stretch, by numpy."""
    return torch.from_numpy(np.take(inputs[0].numpy(), range(p["start"], p["start"] + p["length"]), p["dim"]))


REFERENCE = {
    "permute": lambda inputs, p: torch.from_numpy(np.transpose(inputs[0].numpy(), (0, *p["order"]))),
    "transpose": lambda inputs, p: torch.from_numpy(np.swapaxes(inputs[0].numpy(), p["dim0"], p["dim1"])),
    "squeeze": lambda inputs, p: inputs[0].reshape(
        [s for i, s in enumerate(inputs[0].shape) if s != 1 or i != p["dim"] % inputs[0].dim()]
    ),
    "unsqueeze": lambda inputs, p: torch.from_numpy(np.expand_dims(inputs[0].numpy(), p["dim"])),
    "crop": cropped,
    "slice": sliced,
    "split": lambda inputs, p: tuple(map(torch.from_numpy, np.split(inputs[0].numpy(), p["chunks"], p["dim"]))),
}
