"""Leads the eye from one part of the canvas to another, instead of jumping there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEasingCurve, QVariantAnimation

from gui import motion
from gui.canvas.camera import Look

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

_DURATION_MS = 260


class Flight:
    """Moves the camera of one view for a quarter of a second; at once where motion is to be reduced."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view
        self._start = self._end = Look(1.0, (0.0, 0.0))
        self._animation = QVariantAnimation(view)
        self._animation.setStartValue(0.0)
        self._animation.setEndValue(1.0)
        self._animation.setEasingCurve(QEasingCurve.Type.InOutCubic)
        self._animation.valueChanged.connect(self._show)

    @property
    def is_under_way(self) -> bool:
        """Whether the camera moves just now."""
        return self._animation.state() is QVariantAnimation.State.Running

    def to(self, look: Look) -> None:
        """Go where `look` says."""
        self.stop()
        duration = motion.duration(_DURATION_MS)
        if duration == 0 or not self._view.isVisible():
            self._view.camera.look_again(look)
            return
        self._animation.setDuration(duration)
        self._start, self._end = self._view.camera.look(), look
        self._animation.start()

    def stop(self) -> None:
        """Stay where the camera is now."""
        self._animation.stop()

    def _show(self, share: object) -> None:
        assert isinstance(share, float)
        if share >= 1.0:
            self._view.camera.look_again(self._end)
            return
        # The width of what is in view grows evenly, like everything else: so zoom and way end together.
        width = _between(1 / self._start.zoom, 1 / self._end.zoom, share)
        (x, y), (to_x, to_y) = self._start.middle, self._end.middle
        self._view.camera.look_again(Look(1 / width, (_between(x, to_x, share), _between(y, to_y, share))))


def _between(start: float, end: float, share: float) -> float:
    return start + (end - start) * share
