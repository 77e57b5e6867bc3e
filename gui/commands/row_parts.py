"""What the rows of the command palette and of the page of shortcuts are painted of."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen

from gui import theme

_CAP_HEIGHT = 20
_CAP_SIDE = 6
_BETWEEN_CAPS = 3
_BETWEEN_KEYS = 10
_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


def caps(keys: str) -> list[str]:
    """The keys that have to be held down together, one by one: “Ctrl++” are “Ctrl” and “+”."""
    return re.split(r"(?<=[^+])\+", keys)


def ground(rect: QRect) -> QRectF:
    """The area of a row that is painted when it is chosen."""
    return QRectF(rect).adjusted(theme.UNIT + 2, 1, -theme.UNIT - 2, -1)


def paint_ground(painter: QPainter, rect: QRect, colour: str) -> None:
    """Paint the ground of a row that is chosen, or under the pointer, in a colour of the theme."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.current().colour(colour))
    painter.drawRoundedRect(ground(rect), theme.RADIUS, theme.RADIUS)


def paint_keys(painter: QPainter, rect: QRect, font: QFont, keys: Iterable[str], ink: QColor) -> int:
    """Paint keys like caps of a keyboard at the right end of `rect`; return where they begin."""
    small = QFont(font)
    small.setPixelSize(theme.px(theme.SMALL_TEXT))
    metrics = QFontMetrics(small)
    line = QColor(ink)
    line.setAlphaF(0.5)
    right, height = rect.right(), theme.px(_CAP_HEIGHT)
    painter.setFont(small)
    for sequence in reversed(list(keys)):
        for cap in reversed(caps(sequence)):
            width = max(height, metrics.horizontalAdvance(cap) + 2 * _CAP_SIDE)
            box = QRectF(right - width, rect.center().y() - height / 2 + 0.5, width, height)
            painter.setPen(QPen(line, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, 4, 4)
            painter.setPen(ink)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, cap)
            right -= width + _BETWEEN_CAPS
        right -= _BETWEEN_KEYS - _BETWEEN_CAPS
    return right


def paint_text(
    painter: QPainter, rect: QRect, font: QFont, text: str, ink: QColor, marked: Collection[int] = ()
) -> int:
    """Paint a line of text with some letters bold; return where it ends."""
    bold = QFont(font)
    bold.setWeight(QFont.Weight.Bold)
    widest = QFontMetrics(bold if marked else font)
    shown = widest.elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    left = rect.left()
    painter.setPen(ink)
    for is_marked, run in _runs(shown, marked):
        painter.setFont(bold if is_marked else font)
        painter.drawText(QRect(left, rect.top(), rect.right() - left + 1, rect.height()), _LEFT, run)
        left += painter.fontMetrics().horizontalAdvance(run)
    return left


def _runs(text: str, marked: Collection[int]) -> list[tuple[bool, str]]:
    """The text in pieces that are marked or not."""
    runs: list[tuple[bool, str]] = []
    for place, letter in enumerate(text):
        is_marked = place in marked
        if runs and runs[-1][0] == is_marked:
            runs[-1] = (is_marked, runs[-1][1] + letter)
        else:
            runs.append((is_marked, letter))
    return runs
