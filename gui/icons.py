"""Icons from the Material Design Icons font that qtawesome brings, painted sharply at every size.

qtawesome itself loads eight fonts before the first icon (about 0.2 s, a fifth of the time in which the window must
stand); here only the font that is used is loaded, from qtawesome's folder.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF, QIcon, QIconEngine, QPainter, QPixmap

_PREFIX = "mdi6."
_FONT = "materialdesignicons6-webfont"

ColourOfRole = Callable[[str], QColor]
_colour_of_role: ColourOfRole = lambda role: QColor("#808080")  # noqa: E731


def set_icon_colours(colour_of_role: ColourOfRole) -> None:
    """Let icons ask `colour_of_role` for the colours “text”, “disabled” and so on whenever they are painted."""
    global _colour_of_role
    _colour_of_role = colour_of_role


def icon(name: str, colour: QColor | str | None = None) -> QIcon:
    """Return an icon of the Material Design Icons.

    Args:
        name: as in “play” or “mdi6.play”.
        colour: a fixed colour (a QColor or “#rrggbb”), or a colour of the theme by the name of its field
            (“accent_text”), which follows when the theme changes. Left out: “text”.

    Raises:
        KeyError: there is no icon of that name.
    """
    return QIcon(_GlyphEngine(glyph(name), colour))


def glyph(name: str) -> str:
    """Return the character that draws the icon `name` in `icon_font`.

    Raises:
        KeyError: there is no icon of that name.
    """
    plain = name.removeprefix(_PREFIX)
    characters = _characters()
    if plain not in characters:
        raise KeyError(f"there is no icon “{name}” in Material Design Icons 6")
    return chr(int(characters[plain], 16))


def icon_font(size: float) -> QFont:
    """Return the font of the icons, `size` pixels high, for those who paint glyphs themselves."""
    font = QFont(_family())
    font.setPixelSize(max(1, round(size)))
    font.setStyleStrategy(QFont.StyleStrategy.NoFontMerging)
    return font


class _GlyphEngine(QIconEngine):
    """Paints one character of the icon font in the colour of the moment."""

    def __init__(self, character: str, colour: QColor | str | None) -> None:
        super().__init__()
        self._character = character
        self._colour = colour

    def clone(self) -> QIconEngine:
        """Return an engine that paints the same."""
        return _GlyphEngine(self._character, self._colour)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Paint the icon centred in `rect`."""
        font = icon_font(min(rect.width(), rect.height()))
        metrics = QFontMetricsF(font)
        box = metrics.tightBoundingRect(self._character)
        # Icons of this font fill a square of one em; the em is centred, so that icons in a row share a baseline.
        left = rect.x() + (rect.width() - metrics.horizontalAdvance(self._character)) / 2
        baseline = rect.y() + rect.height() / 2 - (metrics.descent() - metrics.ascent()) / 2
        if box.height() > rect.height():
            baseline = rect.y() + rect.height() / 2 - box.center().y()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        painter.setFont(font)
        painter.setPen(self._pen(mode))
        painter.drawText(round(left), round(baseline), self._character)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Return the icon on a transparent ground."""
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return pixmap

    def _pen(self, mode: QIcon.Mode) -> QColor:
        if mode is QIcon.Mode.Disabled:
            return _colour_of_role("disabled")
        if self._colour is None:
            return _colour_of_role("text")
        if isinstance(self._colour, QColor) or self._colour.startswith("#"):
            return QColor(self._colour)
        return _colour_of_role(self._colour)


def _folder() -> Path:
    found = find_spec("qtawesome")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("qtawesome, which brings the icons, is not installed")
    return Path(found.origin).parent / "fonts"


@lru_cache(maxsize=1)
def _characters() -> dict[str, str]:
    (path,) = _folder().glob(f"{_FONT}-charmap-*.json")
    characters: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return characters


@lru_cache(maxsize=1)
def _family() -> str:
    path = next(path for path in _folder().glob(f"{_FONT}-*.ttf"))
    families = QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(path)))
    if not families:
        raise RuntimeError(f"the icon font {path.name} cannot be loaded")
    return families[0]
