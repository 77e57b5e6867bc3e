"""What may be painted onto the canvas by those who know more than the network, such as what has changed in it."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter


class Overlay(Protocol):
    """Paints in the coordinates of the scene, at least in a rectangle of it, and leaves its transformation alone."""

    def paint_below(self, painter: QPainter, exposed: QRectF) -> None:
        """Paint onto the ground, below wires and nodes."""

    def paint_above(self, painter: QPainter, exposed: QRectF) -> None:
        """Paint over wires and nodes."""
