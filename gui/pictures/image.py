"""Pictures made of pixels."""

from __future__ import annotations

from math import floor, sqrt

from PySide6.QtCore import QBuffer, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageWriter, QPainter

from engine.graph.document import DocumentError
from gui.pictures.ground import Ground
from gui.pictures.picture import Picture
from gui.pictures.stepwise import Steps
from gui.pictures.vector import MADE_WITH, UNITS_PER_INCH

SCALES = (1.0, 2.0, 3.0, 4.0)
"""Pixels per unit of the canvas that are offered."""
LONGEST_SIDE = 32_767
"""Qt paints on no image that is wider or higher, in pixels."""
MOST_PIXELS = 100_000_000
"""More would take too much memory: this many take 400 MB."""
_INCHES_PER_METRE = 1 / 0.0254


def image_size(picture: Picture, scale: float) -> QSize:
    """How many pixels `picture` has at `scale`."""
    return QSize(max(1, round(picture.size.width() * scale)), max(1, round(picture.size.height() * scale)))


def fits(picture: Picture, scale: float) -> bool:
    """Whether an image of `picture` can be made at `scale`."""
    size = image_size(picture, scale)
    return max(size.width(), size.height()) <= LONGEST_SIDE and size.width() * size.height() <= MOST_PIXELS


def possible_scales(picture: Picture) -> list[float]:
    """Those of `SCALES` at which `picture` can be an image; where there are none, the largest scale that can."""
    found = [scale for scale in SCALES if fits(picture, scale)]
    return found or [_largest_scale(picture)]


def nearest_scale(picture: Picture, wanted: float) -> float:
    """The one of the `possible_scales` that is nearest to `wanted`."""
    return min(possible_scales(picture), key=lambda scale: abs(scale - wanted))


def dots_per_inch(scale: float) -> int:
    """How finely an image of `scale` is printed when it is to have its natural size."""
    return round(UNITS_PER_INCH * scale)


def paint_image(picture: Picture, ground: Ground, scale: float, title: str = "") -> Steps[QImage]:
    """Paint `picture`, called `title`, with `scale` pixels per unit of the canvas.

    Raises:
        DocumentError: it would be too large.
    """
    size = image_size(picture, scale)
    image = QImage()
    if fits(picture, scale):
        kind = QImage.Format.Format_ARGB32_Premultiplied if ground.is_transparent else QImage.Format.Format_RGB32
        image = QImage(size, kind)
    if image.isNull():
        raise DocumentError(
            f"A picture of {size.width():,} × {size.height():,} pixels is too large; "
            "choose a smaller scale, or SVG or PDF, which are sharp at any size."
        )
    image.fill(Qt.GlobalColor.transparent if ground.is_transparent else ground.theme.colour("canvas"))
    image.setDotsPerMeterX(round(dots_per_inch(scale) * _INCHES_PER_METRE))
    image.setDotsPerMeterY(image.dotsPerMeterX())
    image.setText("Title", title)
    image.setText("Software", MADE_WITH)
    painter = QPainter(image)
    painter.scale(scale, scale)
    try:
        yield from picture.painting(painter, ground)
    finally:
        painter.end()
    return image


def as_png(image: QImage) -> bytes:
    """The content of a PNG file with `image`; for any thread.

    Raises:
        DocumentError: there is not enough memory.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not QImageWriter(buffer, b"png").write(image):
        raise DocumentError("There is not enough memory for a picture of this size; choose a smaller scale.")
    return bytes(buffer.data().data())


def _largest_scale(picture: Picture) -> float:
    width, height = picture.size.width(), picture.size.height()
    largest = min(LONGEST_SIDE / max(width, height), sqrt(MOST_PIXELS / (width * height)))
    # Rounded down, so that neither the rounded size nor what is said about it promises too much.
    return max(floor(largest * 100) / 100, 0.01)
