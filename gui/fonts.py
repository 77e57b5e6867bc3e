"""Texts: the font that comes with the app, and how large it is.

Sizes in code are those at a scale of 100 %; `px` turns them into what is shown. The scale is the user's own, from 80 %
to 200 %, times that of the desktop, whose font somebody may have made larger for the same reason.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase, QFontInfo, QGuiApplication

from gui import recent

FOLDER = Path(__file__).parent.parent / "assets" / "fonts"
SMALL_TEXT = 11
"""Size of captions and axis labels, in logical pixels at 100 %."""
BASE_TEXT = 13
"""Size of normal text, in logical pixels at 100 %."""
TITLE_TEXT = 16
"""Size of headings, in logical pixels at 100 %."""
SCALES = (0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0)
"""The scales that can be chosen."""
_KEY = "text_scale"
_USUAL = {"win32": 12.0, "darwin": 13.0}
"""The height of the desktop's font, in pixels, where nobody has changed it."""
_USUAL_ELSEWHERE = 13.3
_LIKELY = (0.85, 1.15)
"""Desktops differ so much in their usual font; within this nobody has asked for another size."""
_FAMILIES = ("Inter", "Noto Sans", "Cantarell", "Ubuntu", "Roboto", "Open Sans", "Liberation Sans", "DejaVu Sans")

_chosen: float | None = None
"""The user's scale; None until it is read."""
_desktop: float | None = None
"""The desktop's scale; None until it is asked for."""


def load() -> None:
    """Make the bundled font known to Qt and read how large texts are to be; wants a running QApplication."""
    global _chosen
    _chosen = None
    for file in sorted(FOLDER.glob("*.otf")):
        QFontDatabase.addApplicationFont(str(file))


def chosen_scale() -> float:
    """The scale that the user has chosen, 1.0 being that of the desktop."""
    global _chosen
    if _chosen is None:
        stored = recent.settings().value(_KEY, 1.0)
        try:
            _chosen = _bounded(float(stored))  # type: ignore[arg-type]
        except (TypeError, ValueError):
            _chosen = 1.0
    return _chosen


def choose_scale(scale: float) -> None:
    """Remember the user's scale, which `theme.apply` then puts on all widgets."""
    global _chosen
    _chosen = _bounded(scale)
    recent.settings().setValue(_KEY, _chosen)


def next_scale(step: int) -> float:
    """The next larger scale that can be chosen (`step` 1), the next smaller one (-1), or the usual one (0)."""
    if not step:
        return 1.0
    now = chosen_scale()
    beyond = [scale for scale in SCALES[::step] if (scale - now) * step > 0.001]
    return beyond[0] if beyond else now


def scale() -> float:
    """How many times larger than at 100 % texts are shown."""
    return _bounded(chosen_scale() * desktop_scale())


def px(size: float) -> int:
    """What has `size` logical pixels at 100 %, and has to grow with the text, in pixels at the scale of now."""
    return round(size * scale())


def desktop_scale() -> float:
    """How much larger than usual the desktop's own font is; 1.0 where it is about usual."""
    global _desktop
    if _desktop is None:
        if QGuiApplication.instance() is None:
            return 1.0
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
        share = QFontInfo(font).pixelSize() / _USUAL.get(sys.platform, _USUAL_ELSEWHERE)
        _desktop = 1.0 if _LIKELY[0] <= share <= _LIKELY[1] else _bounded(round(20 * share) / 20)
    return _desktop


def base_font() -> QFont:
    """The desktop's own font where it has one, else the best that is installed, in the size of normal text."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    is_plain = font.family().lower() in ("", "sans", "sans serif", "sans-serif", "dejavu sans")
    if sys.platform not in _USUAL and is_plain:
        installed = set(QFontDatabase.families())
        font.setFamilies([family for family in _FAMILIES if family in installed] or [font.family()])
    font.setPixelSize(px(BASE_TEXT))
    return font


def _bounded(scale: float) -> float:
    return min(max(scale, SCALES[0]), SCALES[-1]) if math.isfinite(scale) else 1.0
