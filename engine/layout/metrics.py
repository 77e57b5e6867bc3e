"""Sizes of nodes and the distances between them, in scene units. Positions are centres of nodes; y grows downwards."""

from __future__ import annotations

import math

NODE_WIDTH = 176.0
NODE_HEIGHT = 56.0
HALF_WIDTH = NODE_WIDTH / 2
HALF_HEIGHT = NODE_HEIGHT / 2
PITCH = 96.0
"""From one node of a chain to the next, centre to centre."""
LANE = 232.0
"""From one branch to the next, centre to centre."""
BRANCH = 216.0
"""The same in an automatic drawing: too near for a wire to run between the cards, unless room is kept for it."""
GRID = 8.0
"""Positions are multiples of this."""
WIRE_STEP = 18.0
"""From one wire that runs past nodes to the next."""
WIRE_CLEAR = 30.0
"""From the nodes that a wire skips to the wire."""
WIRE_NARROW = 14.0
"""The least distance from a wire to a node beside it that it does not skip."""

_PORT_SPACING = 44.0
_PORT_SPREAD = 108.0


def port_offset(port: int, count: int) -> float:
    """Where one of `count` ports stands along an edge of the card, from its middle."""
    return (port - (count - 1) / 2) * min(_PORT_SPACING, _PORT_SPREAD / max(count - 1, 1))


def snap(value: float) -> float:
    """The multiple of `GRID` that is next to `value`; of two, the larger one."""
    return math.floor(value / GRID + 0.5) * GRID


def snap_up(value: float) -> float:
    """The least multiple of `GRID` that is not below `value`."""
    return math.ceil(value / GRID - 1e-9) * GRID
