"""Shows what a picture will look like."""

from __future__ import annotations

from math import sqrt

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from gui import theme
from gui.pictures.ground import Ground
from gui.pictures.image import MOST_PIXELS, paint_image
from gui.pictures.picture import Picture
from gui.pictures.stepwise import Stepwise

_SMALLEST = QSize(240, 240)
_BEST = QSize(400, 520)
_BORDER = 1
_AROUND = QSize(2 * _BORDER, 2 * _BORDER)
_FAR, _NEAR = 0.1, 0.25
"""A picture that is to be seen as a whole at less than `_FAR` of its size is shown at `_NEAR`, and can be scrolled."""
_PATIENCE = MOST_PIXELS // 8
"""A preview has no more pixels than this, so that it is there soon."""
_SQUARE = 8
"""Of the pattern that stands for transparency, in pixels."""


class Preview(QScrollArea):
    """A picture, as large as it can be but not larger than it is, on the pattern that stands for transparency."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture: Picture | None = None
        self._ground: Ground | None = None
        self._work = Stepwise(self)
        self._work.done.connect(self._on_done)
        self._sheet = _Sheet()
        self.setObjectName("picture_preview")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setMinimumSize(_SMALLEST)
        self.setWidget(self._sheet)

    @property
    def image(self) -> QImage:
        """What is shown; null while nothing is."""
        return self._sheet.image

    def sizeHint(self) -> QSize:
        """Room for a network, which is higher than wide."""
        return _BEST

    def show_picture(self, picture: Picture, ground: Ground) -> None:
        """Show `picture` on `ground`; a large one comes a moment later."""
        self._picture, self._ground = picture, ground
        self.setAccessibleName(f"Preview of {picture.content}, ground: {ground.title}")
        self._paint_anew()

    def give_up(self) -> None:
        """Want the picture no more."""
        self._work.give_up()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fill the new room."""
        super().resizeEvent(event)
        self._paint_anew()

    def _paint_anew(self) -> None:
        self._work.give_up()
        if self._picture is None or self._ground is None or self._picture.is_empty:
            self._sheet.show_image(QImage(), None)
            return
        scale = self._scale(self._picture) * self.devicePixelRatioF()
        self._work.start(paint_image(self._picture, self._ground, scale))

    def _scale(self, picture: Picture) -> float:
        room, size = self.maximumViewportSize() - _AROUND, picture.size
        whole = min(room.width() / size.width(), room.height() / size.height(), 1.0)
        return whole if whole >= _FAR else min(_NEAR, sqrt(_PATIENCE / (size.width() * size.height())))

    def _on_done(self, image: QImage) -> None:
        image.setDevicePixelRatio(self.devicePixelRatioF())
        self._sheet.show_image(image, self._ground)


class _Sheet(QWidget):
    """An image with a line around it."""

    def __init__(self) -> None:
        super().__init__()
        self.image = QImage()
        self._ground: Ground | None = None

    def show_image(self, image: QImage, ground: Ground | None) -> None:
        """Show `image`, whose transparent parts are those of `ground`."""
        self.image, self._ground = image, ground
        self.resize(image.deviceIndependentSize().toSize() + _AROUND)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint pattern, picture and line."""
        if self.image.isNull() or self._ground is None:
            return
        painter = QPainter(self)
        if self._ground.is_transparent:
            _paint_squares(painter, event.rect(), is_dark=self._ground.theme.is_dark)
        painter.drawImage(QPoint(_BORDER, _BORDER), self.image)
        painter.setPen(QPen(theme.current().colour("border"), _BORDER))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))


def _paint_squares(painter: QPainter, area: QRect, *, is_dark: bool) -> None:
    light, dark = (QColor("#3a3d44"), QColor("#2b2e34")) if is_dark else (QColor("#ffffff"), QColor("#e6e8ec"))
    painter.fillRect(area, light)
    for row in range(area.top() // _SQUARE, area.bottom() // _SQUARE + 1):
        for column in range(area.left() // _SQUARE, area.right() // _SQUARE + 1):
            if (row + column) % 2:
                painter.fillRect(column * _SQUARE, row * _SQUARE, _SQUARE, _SQUARE, dark)
