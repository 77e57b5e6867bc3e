"""Pictures made of lines and letters: SVG for the web and drawing programs, PDF for print."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRectF, QSizeF, Qt
from PySide6.QtGui import QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator

from gui.pictures.ground import Ground
from gui.pictures.picture import Picture
from gui.pictures.stepwise import Steps

MADE_WITH = "Netwright"
UNITS_PER_INCH = 96
"""A unit of the canvas is what the web calls a pixel."""
_POINTS_PER_UNIT = 72 / UNITS_PER_INCH
LONGEST_PAGE = 14_400.0
"""No side of a page in PDF may be longer, in points (PDF 1.7, annex C.2)."""


def paint_svg(picture: Picture, ground: Ground, title: str) -> Steps[bytes]:
    """Paint `picture`, called `title`, as Qt writes SVG; `svg_tidy.tidied` makes it fit for publication."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    device = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
    device.setOutputDevice(buffer)
    device.setResolution(UNITS_PER_INCH)
    device.setSize(picture.size)
    device.setViewBox(QRectF(0.0, 0.0, picture.size.width(), picture.size.height()))
    device.setTitle(title)
    device.setDescription(f"Neural network, {picture.content}; made with {MADE_WITH}")
    painter = QPainter(device)
    try:
        yield from picture.painting(painter, ground)
    finally:
        painter.end()
    return bytes(buffer.data().data())


def natural_size(picture: Picture) -> QSizeF:
    """How large `picture` is in print, in points, if a pixel of the canvas is as large as the web says."""
    return QSizeF(picture.size) * _POINTS_PER_UNIT


def page_size(picture: Picture) -> QSizeF:
    """The page of a PDF with `picture`, in points: its natural size, or the largest one that there can be."""
    natural = natural_size(picture)
    longest = QSizeF(LONGEST_PAGE, LONGEST_PAGE)
    is_larger = max(natural.width(), natural.height()) > LONGEST_PAGE
    return natural.scaled(longest, Qt.AspectRatioMode.KeepAspectRatio) if is_larger else natural


def paint_pdf(picture: Picture, ground: Ground, title: str) -> Steps[bytes]:
    """Paint `picture`, called `title`, on the only page of a PDF."""
    page = page_size(picture)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    device = QPdfWriter(buffer)
    device.setTitle(title)
    device.setCreator(MADE_WITH)
    device.setResolution(UNITS_PER_INCH)
    device.setPageSize(QPageSize(page, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch))
    device.setPageMargins(QMarginsF())
    painter = QPainter(device)
    shrink = page.height() / natural_size(picture).height()
    painter.scale(shrink, shrink)
    try:
        yield from picture.painting(painter, ground)
    finally:
        painter.end()
    return bytes(buffer.data().data())
