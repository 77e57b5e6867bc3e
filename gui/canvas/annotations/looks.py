"""What the colours of frames and notes look like in each theme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QBrush, QColor, QIcon, QPainter, QPen, QPixmap

from engine.graph.annotations import COLOURS
from gui.canvas.style import cosmetic, faded, mix
from gui.colours import Lch, ramp_colour
from gui.theme import Theme

_DARK: Mapping[str, Lch] = {
    "grey": (0.70, 0.012, 260.0),
    "red": (0.68, 0.155, 25.0),
    "orange": (0.76, 0.135, 58.0),
    "yellow": (0.87, 0.135, 98.0),
    "green": (0.77, 0.135, 150.0),
    "teal": (0.80, 0.095, 200.0),
    "blue": (0.68, 0.135, 255.0),
    "purple": (0.67, 0.140, 300.0),
    "pink": (0.78, 0.125, 350.0),
}
"""The colours in OKLCH, bright enough for dark text on them; those that some eyes confuse differ in lightness."""
_LIGHT: Mapping[str, Lch] = {
    "grey": (0.48, 0.014, 260.0),
    "red": (0.46, 0.165, 25.0),
    "orange": (0.53, 0.130, 55.0),
    "yellow": (0.55, 0.110, 92.0),
    "green": (0.49, 0.115, 150.0),
    "teal": (0.52, 0.085, 205.0),
    "blue": (0.44, 0.150, 258.0),
    "purple": (0.43, 0.170, 298.0),
    "pink": (0.54, 0.165, 350.0),
}
"""The same, dark enough for white text on them."""
_SWATCH = 16


@dataclass(frozen=True, slots=True)
class AnnotationLook:
    """How a frame or a note of one colour is painted in one theme."""

    tint: QColor
    """The colour itself."""
    ground: QBrush
    """Inside a frame; the grid shines through."""
    band: QBrush
    """Behind the title of a frame, from near."""
    far_ground: QBrush
    """The same from far, where regions are told apart by their colours; nothing shines through, which is quicker."""
    far_outline: QPen
    """Around it."""
    outline: QPen
    """Around a frame or a note."""
    lit_outline: QPen
    """The same under the pointer."""
    title: QPen
    """The title of a frame on its band."""
    plate: QBrush
    """Behind the title of a frame, from far."""
    plate_title: QPen
    """The title on it."""
    paper: QBrush
    """A note."""
    far_paper: QBrush
    """The same from far, where nothing is written on it."""
    ink: QColor
    """The text of a note."""
    link: QColor
    """A link in it."""


@lru_cache(maxsize=64)
def annotation_look(theme: Theme, colour: str) -> AnnotationLook:
    """How the colour of this name, one of `COLOURS`, looks in `theme`."""
    place = (_DARK if theme.is_dark else _LIGHT)[colour]
    tint = QColor(ramp_colour((place, place), 0.0))
    canvas, text = theme.colour("canvas"), theme.colour("text")
    paper = mix(theme.colour("node_body"), tint, 0.13 if theme.is_dark else 0.14)
    return AnnotationLook(
        tint=tint,
        ground=QBrush(faded(tint, 0.09 if theme.is_dark else 0.08)),
        band=QBrush(faded(tint, 0.16 if theme.is_dark else 0.14)),
        far_ground=QBrush(mix(canvas, tint, 0.22)),
        far_outline=cosmetic(QPen(mix(canvas, tint, 0.85)), 1.0),
        outline=cosmetic(QPen(mix(canvas, tint, 0.45 if theme.is_dark else 0.40)), 1.0),
        lit_outline=cosmetic(QPen(mix(canvas, tint, 0.85)), 1.5),
        title=QPen(mix(tint, text, 0.45 if theme.is_dark else 0.25)),
        plate=QBrush(tint),
        plate_title=QPen(theme.text_on(tint)),
        far_paper=QBrush(mix(paper, tint, 0.35)),
        paper=QBrush(paper),
        ink=text,
        link=mix(tint, text, 0.3),
    )


def swatch(theme: Theme, colour: str) -> QIcon:
    """A disc in the colour of this name, for menus."""
    pixmap = QPixmap(QSize(_SWATCH, _SWATCH) * 2)
    pixmap.setDevicePixelRatio(2.0)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(annotation_look(theme, colour).tint)
    painter.drawEllipse(2, 2, _SWATCH - 4, _SWATCH - 4)
    painter.end()
    return QIcon(pixmap)


assert tuple(_DARK) == tuple(_LIGHT) == COLOURS
