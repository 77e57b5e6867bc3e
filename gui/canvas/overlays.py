"""What may be painted onto the canvas by those who know more than the network, such as what has changed in it."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter


class MapMark(NamedTuple):
    """A part of the scene that is coloured on the map."""

    colour: QColor
    rect: QRectF
    is_region: bool
    """Whether it is a line around what lies in it, and not a patch."""


class Overlay(Protocol):
    """Paints in the coordinates of the scene, at least in a rectangle of it, and leaves its transformation alone."""

    def paint_below(self, painter: QPainter, exposed: QRectF) -> None:
        """Paint onto the ground, below wires and nodes."""

    def paint_above(self, painter: QPainter, exposed: QRectF) -> None:
        """Paint over wires and nodes."""

    def map_marks(self) -> list[MapMark]:
        """The parts of the scene that are coloured on the map; later ones lie on earlier ones."""
