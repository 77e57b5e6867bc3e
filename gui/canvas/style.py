"""Pens, brushes and fonts of the canvas, made once for each theme so that painting makes none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPen
from PySide6.QtWidgets import QApplication

from gui import theme as themes
from gui.fonts import scale as text_scale
from gui.theme import FAMILIES, Theme

NO_PEN = QPen(Qt.PenStyle.NoPen)
NO_BRUSH = QBrush(Qt.BrushStyle.NoBrush)
_LEAST_TEXT, _MOST_TEXT = 0.9, 1.2
"""How far texts on cards follow the text scale: cards have one size, and the canvas can be zoomed."""


def mix(first: QColor, second: QColor, share: float) -> QColor:
    """The colour that is `share` of the way from `first` to `second`."""
    return QColor.fromRgbF(
        *(
            start + (end - start) * share
            for start, end in zip(first.getRgbF()[:3], second.getRgbF()[:3], strict=True)  # type: ignore[index]
        )
    )


def faded(colour: QColor, alpha: float) -> QColor:
    """`colour` with an opacity of `alpha`."""
    result = QColor(colour)
    result.setAlphaF(alpha)
    return result


def cosmetic(pen: QPen, width: float) -> QPen:
    """`pen`, but `width` pixels wide at every zoom."""
    result = QPen(pen.color(), width)
    result.setCosmetic(True)
    return result


@dataclass(frozen=True, slots=True)
class FamilyStyle:
    """How the nodes of one layer family are painted."""

    tile: QBrush
    """Behind the icon."""
    glyph: QBrush
    """The icon itself."""
    quiet_tile: QBrush
    """Behind the icon of a node whose shape is not known."""
    quiet_glyph: QBrush
    """The icon of such a node."""


class CanvasStyle:
    """Everything that the canvas paints with, in the colours of one theme."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.text_scale = text_scale()
        """Texts that were painted at another scale are not to be shown any more."""
        colour = theme.colour
        body, outline, selected = colour("node_body"), colour("node_outline"), colour("node_selected")
        self.canvas = QBrush(colour("canvas"))
        self.grid = QPen(colour("grid"), 2.0)
        self.grid.setCosmetic(True)
        self.body = QBrush(body)
        self.hover_body = QBrush(mix(body, colour("text"), 0.05 if theme.is_dark else 0.03))
        self.stack = (QBrush(mix(body, colour("canvas"), 0.35)), QBrush(mix(body, colour("canvas"), 0.1)))
        self.stack_outline = QPen(mix(outline, colour("text"), 0.2), 1.0)
        self.badge = QBrush(mix(body, colour("text"), 0.85))
        self.badge_outline = QPen(body, 1.5)
        self.badge_text = QPen(body)
        self.shadow = QBrush(QColor(0, 0, 0, 70 if theme.is_dark else 22))
        self.outline = QPen(outline, 1.0)
        self.quiet_outline = QPen(outline, 1.0, Qt.PenStyle.DashLine)
        self.hover_outline = QPen(mix(outline, colour("text"), 0.35), 1.0)
        self.selected_outline = QPen(selected, 2.0)
        self.selected_halo = QPen(faded(selected, 0.25), 7.0)
        self.error = QBrush(colour("error"))
        self.error_outline = QPen(colour("error"), 2.0)
        self.error_mark = QPen(theme.text_on(colour("error")))
        self.text = QPen(colour("text"))
        self.muted = QPen(colour("muted"))
        self.disabled = QPen(colour("disabled"))
        self.chip = QBrush(mix(colour("canvas"), body, 0.6))
        self.chip_outline = QPen(mix(outline, colour("canvas"), 0.35), 1.0)
        self.track = QBrush(mix(body, colour("text"), 0.12))
        self._make_wires(theme)
        self._make_ports(theme)
        self.families = {family: _family(theme, theme.family_colour(family)) for family in FAMILIES}

    def _make_wires(self, theme: Theme) -> None:
        def pen(colour: QColor, width: float) -> QPen:
            made = QPen(colour, width)
            made.setCapStyle(Qt.PenCapStyle.RoundCap)
            return made

        wire, active, error = theme.colour("wire"), theme.colour("wire_active"), theme.colour("error")
        self.wire = pen(mix(wire, theme.colour("canvas"), 0.12), 2.0)
        self.hover_wire = pen(mix(wire, theme.colour("text"), 0.5), 2.5)
        self.selected_wire = pen(active, 3.0)
        self.error_wire = pen(error, 2.0)
        self.live_wire = pen(active, 2.5)
        self.refused_wire = pen(error, 2.5)
        self.refused_wire.setStyle(Qt.PenStyle.DashLine)
        self.upstream_wire = pen(theme.colour("loss"), 2.5)
        self.downstream_wire = pen(theme.colour("validation"), 2.5)
        self.ghost_wire = pen(faded(wire, 0.35), 2.0)
        self.guide = QPen(faded(active, 0.8), 1.0)
        self.guide.setCosmetic(True)
        self.box_outline = QPen(active, 1.0)
        self.box_outline.setCosmetic(True)
        self.box = QBrush(faded(active, 0.12))

    def _make_ports(self, theme: Theme) -> None:
        wire, active = theme.colour("wire"), theme.colour("wire_active")
        self.port = QBrush(theme.colour("canvas"))
        self.port_outline = QPen(wire, 1.5)
        self.fed_port = QBrush(wire)
        self.open_port_outline = QPen(active, 2.0)
        self.open_port_halo = QBrush(faded(active, 0.3))
        self.active_port = QBrush(active)


@dataclass(frozen=True, slots=True)
class CanvasFonts:
    """The fonts of the canvas, in the sizes that suit a zoom of 100 %."""

    name: QFont
    """A node's name."""
    line: QFont
    """A node's parameters."""
    chip: QFont
    """Shapes."""
    mark: QFont
    """The exclamation mark of an error."""
    far_name: QFont
    """A node's name when the view is zoomed out."""


_style: CanvasStyle | None = None
_styles: dict[tuple[Theme, float], CanvasStyle] = {}
"""All that were made, by theme and text scale: what was made for one and kept is found again when it comes back."""
_other: CanvasStyle | None = None
"""Used instead while something is painted in the colours of another theme than the window's."""
_fonts: tuple[QFont, CanvasFonts] | None = None


def style() -> CanvasStyle:
    """The style in the colours of the theme in use."""
    global _style
    if _other is not None:
        return _other
    if _style is None or _style.theme is not themes.current() or _style.text_scale != text_scale():
        _style = style_of(themes.current())
    return _style


def style_of(theme: Theme) -> CanvasStyle:
    """The style in the colours of `theme`, whether it is in use or not; the same one each time."""
    key = theme, text_scale()
    if key not in _styles:
        _styles[key] = CanvasStyle(theme)
    return _styles[key]


@contextmanager
def painting_with(look: CanvasStyle) -> Iterator[None]:
    """Let `look` be the style meanwhile, whatever the window's theme is; for the window's thread alone.

    Sprites would be painted anew for it and once more afterwards, so paint without them.
    """
    global _other
    before, _other = _other, look
    try:
        yield
    finally:
        _other = before


def fonts() -> CanvasFonts:
    """The fonts, in the family of the application's font."""
    global _fonts
    font = QApplication.font()
    if _fonts is None or _fonts[0] != font:
        _fonts = font, _made_fonts(font.families())
    return _fonts[1]


def _made_fonts(families: Sequence[str]) -> CanvasFonts:
    share = min(max(text_scale(), _LEAST_TEXT), _MOST_TEXT)

    def font(size: float, weight: QFont.Weight) -> QFont:
        made = QFont(families)
        made.setPixelSize(round(size * share))
        made.setWeight(weight)
        # Widths must grow evenly with the zoom, or texts would jump out of their places.
        made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        return made

    return CanvasFonts(
        name=font(13, QFont.Weight.DemiBold),
        line=font(11, QFont.Weight.Normal),
        chip=font(10, QFont.Weight.Medium),
        mark=font(11, QFont.Weight.Bold),
        far_name=font(22, QFont.Weight.DemiBold),
    )


def _family(theme: Theme, colour: QColor) -> FamilyStyle:
    quiet = mix(theme.colour("node_body"), colour, 0.3)
    return FamilyStyle(
        tile=QBrush(colour),
        glyph=QBrush(theme.text_on(colour)),
        quiet_tile=QBrush(quiet),
        quiet_glyph=QBrush(mix(quiet, theme.colour("text"), 0.65)),
    )
