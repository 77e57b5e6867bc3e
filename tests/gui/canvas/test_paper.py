"""What is copied from paper is what would be painted: at any density of pixels, at any place."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QRegion, QTransform

from gui.canvas.paper import Paper

SIZE = QSize(300, 200)


class Stripes:
    """A scene of its own: stripes of which every one has another colour, and a count of how often it was painted."""

    def __init__(self) -> None:
        self.first = 0
        self.painted: list[QRectF] = []

    def paint(self, painter: QPainter, exposed: Sequence[QRectF]) -> None:
        self.painted.extend(exposed)
        for part in exposed:
            for column in range(int(part.left() // 10) - 1, int(part.right() // 10) + 2):
                for row in range(int(part.top() // 10) - 1, int(part.bottom() // 10) + 2):
                    colour = QColor.fromHsv((self.first + 7 * column + 13 * row) % 360, 200, 200)
                    painter.fillRect(QRectF(10 * column, 10 * row, 10, 10), colour)


def shown(show: Callable[[QPainter], None], ratio: float) -> np.ndarray:
    image = QImage(SIZE * ratio, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    show(painter)
    painter.end()
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())


def to_view(x: float, y: float, zoom: float) -> QTransform:
    return QTransform(zoom, 0, 0, zoom, x, y)


@pytest.mark.parametrize("ratio", [1.0, 2.0, 1.5])
def test_what_is_copied_is_what_would_be_painted(qapp, ratio):
    stripes = Stripes()
    paper = Paper(stripes.paint)
    rng = random.Random(3)
    x, y, zoom = 0, 0, 1.0
    for step in range(60):
        x, y = x + rng.randint(-40, 40), y + rng.randint(-30, 30)
        if step % 20 == 19:
            zoom = rng.choice([0.5, 1.0, 2.0])
        if step % 7 == 6:
            stripes.first += 50
            paper.forget([QRectF(-1e4, -1e4, 2e4, 2e4)], 2)
        if step % 31 == 30:
            paper.give_up()
        view = QRegion(QRect(QPoint(0, 0), SIZE))
        place = to_view(x, y, zoom)
        copied = shown(lambda painter, at=place, part=view: paper.show(painter, part, SIZE, at), ratio)

        def anew(painter: QPainter, at: QTransform = place) -> None:
            painter.setWorldTransform(at)
            inverse, _ = at.inverted()
            stripes.paint(painter, [inverse.mapRect(QRectF(QRect(QPoint(0, 0), SIZE)))])

        assert (copied == shown(anew, ratio)).all()


def test_only_what_is_missing_is_painted(qapp):
    stripes = Stripes()
    paper = Paper(stripes.paint)

    def pan(x: int, y: int) -> float:
        """The pixels that are painted when the view comes to (x, y)."""
        stripes.painted.clear()
        whole = QRegion(QRect(QPoint(0, 0), SIZE))
        shown(lambda painter: paper.show(painter, whole, SIZE, to_view(x, y, 1.0)), 1.0)
        return sum(part.width() * part.height() for part in stripes.painted)

    whole = SIZE.width() * SIZE.height()
    assert pan(0, 0) == pytest.approx(whole, rel=0.05)
    assert pan(0, 0) == 0
    assert 0 < pan(5, 0) < 0.5 * whole, "a strip, and beyond it what will come next"
    assert sum(pan(x, 0) for x in range(10, 80, 5)) == 0
    assert pan(160, 0) > 0
    assert sum(pan(x, 0) for x in range(160, -1, -5)) == 0, "what was seen is kept"
    paper.forget([QRectF(10, 10, 20, 20)], 1)
    assert 0 < pan(0, 0) <= 24 * 24
    paper.forget([QRectF(-5000, 0, 20, 20)], 1)
    assert pan(0, 0) == 0
    paper.forget([QRectF(x, 0, 1, 1) for x in range(100)], 1)
    assert pan(0, 0) == pytest.approx(whole, rel=0.05), "so many changes are a change of everything"
