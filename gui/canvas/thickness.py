"""Wires as thick as the tensors that run through them are large, when that is asked for."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gui.canvas.scene import CanvasScene

THINNEST, THICKEST = 1.5, 7.0
"""The widths of the wires with the smallest and the largest tensors, in pixels at a zoom of 100 %."""
UNKNOWN = 1.0
"""The width of a wire whose tensor is not known."""
_LEAST_SPAN = 2.0
"""Powers of ten: tensors that differ by less do not span the whole range, or little would look like much."""
_STEP = 0.25


class Thickness:
    """Sets the widths of a scene's wires, on a scale of logarithms; does nothing until it is switched on."""

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self._is_on = False

    @property
    def is_on(self) -> bool:
        """Whether sizes are shown."""
        return self._is_on

    def switch(self, on: bool) -> None:
        """Show sizes from now on, or no longer."""
        if on != self._is_on:
            self._is_on = on
            if on:
                self.show()
            else:
                self._apply({})

    def show(self) -> None:
        """Show the sizes as shapes are known now."""
        if not self._is_on:
            return
        sizes = {id(wire): wire.elements for wire in self._scene.wires.values() if wire.elements}
        known = set(sizes.values())
        widths = dict(zip(known, map(scale(known), known), strict=True))
        self._apply({name: widths[size] for name, size in sizes.items()})

    def _apply(self, widths: dict[int, float]) -> None:
        for wire in self._scene.wires.values():
            wire.set_width(widths.get(id(wire), UNKNOWN) if self._is_on else None)
        self._scene.at_rest.forget_wires(self._scene.wires)


class scale:  # noqa: N801
    """The width for each number of elements, between the smallest and the largest of `sizes`."""

    def __init__(self, sizes: set[int]) -> None:
        logs = [math.log10(size) for size in sizes] or [0.0]
        middle, span = (min(logs) + max(logs)) / 2, max(max(logs) - min(logs), _LEAST_SPAN)
        self._least, self._span = middle - span / 2, span

    def __call__(self, size: int) -> float:
        """The width, in steps that share pens."""
        share = (math.log10(size) - self._least) / self._span
        width = THINNEST + (THICKEST - THINNEST) * min(max(share, 0.0), 1.0)
        return round(width / _STEP) * _STEP
