"""How shortcuts are drawn and what they are compared with; `conftest.py` says what the tables mean."""

from __future__ import annotations

from hypothesis import strategies as st
from torch import nn

from engine.modules.shortcut import Projection


def often_equal(draw, params, shapes) -> None:
    if draw(st.booleans()):
        params["out_channels"] = shapes[0][0]


def written(shapes, p) -> nn.Module:
    channels, filters, stride = shapes[0][0], p["out_channels"], p["stride"]
    if (channels, stride) == (filters, 1):
        return nn.Identity()
    return Projection(channels, filters, stride, p["norm"])


ADJUST = {"shortcut": often_equal}
HAND_WRITTEN = {"shortcut": written}
