"""Paints nodes from near: card, icon, texts, ports, shape, state. From far, `far` paints them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QFont, QFontMetricsF, QPainter, QPainterPath, QPen

from gui.canvas.card import BAR, CHIP_CENTRE, ENTER, ICON, TILE, CardTexts
from gui.canvas.chip import draw_chip, paint_chip
from gui.canvas.geometry import CARD, HALF_HEIGHT, HALF_WIDTH, PORT_RADIUS
from gui.canvas.gradient import STEPS, brush_of
from gui.canvas.sprites import shared_sprites
from gui.canvas.style import NO_BRUSH, NO_PEN, CanvasFonts, CanvasStyle, fonts, style
from gui.icons import glyph, icon_font
from gui.theme import RADIUS

if TYPE_CHECKING:
    from gui.canvas.node_item import NodeItem

ROUND = RADIUS + 2.0
SMALL_TEXT_ZOOM = 0.7
"""Below this zoom, shapes are too small to be read and are left out."""
DIMMED = 0.35
"""The opacity of what a wire that is being drawn cannot end at."""
CARD_AREA = CARD.adjusted(-9, -10, 9, 9)
"""The card with its glow."""
STACK_AREA = CARD_AREA.adjusted(0, -4, 0, 4)
"""The card of an instance with the edges of the cards behind it, and how many copies it stands for."""
STACK = (CARD.adjusted(14, 30, -14, 10), CARD.adjusted(7, 30, -7, 5))
"""The lower ends of the cards behind that of an instance, the farthest first."""
_ICON_SIZE, _ENTER_SIZE = 22, 20
_ENTER_ICON = "chevron-right"
_TIMES_RIGHT, _TIMES_HEIGHT = HALF_WIDTH - 14, 16.0
_SHADOW = CARD.translated(0, 2)
_HALO = CARD.adjusted(-2, -2, 2, 2)
_BADGE = QPointF(HALF_WIDTH - 3, -HALF_HEIGHT + 3)
_BADGE_AREA = QRectF(_BADGE.x() - 9, _BADGE.y() - 9, 18, 18)


class CardLook(NamedTuple):
    """All that the looks of a card depend on, but for its texts."""

    family: str
    icon: str
    is_selected: bool
    is_hovered: bool
    is_wrong: bool
    is_waiting: bool
    ports: tuple[tuple[float, bool, str], ...] = ()
    is_stack: bool = False
    times: str = ""
    is_still: bool = False
    """Whether it is part of a picture, without the signs of what can be clicked or wired."""

    @property
    def area(self) -> QRectF:
        """What it covers around its middle."""
        return STACK_AREA if self.is_stack else CARD_AREA

    def paint(self, painter: QPainter) -> None:
        """Paint shadow, body, outline, icon, ports and the mark of an error."""
        look = style()
        _paint_body(painter, look, self)
        family = look.families[self.family]
        painter.setPen(NO_PEN)
        painter.setBrush(family.quiet_tile if self.is_waiting else family.tile)
        painter.drawRoundedRect(TILE, RADIUS, RADIUS)
        _paint_icon(painter, ICON, self.icon, _ICON_SIZE, family.quiet_glyph if self.is_waiting else family.glyph)
        if self.is_stack and not self.is_still:
            pen = look.text if self.is_hovered or self.is_selected else look.muted
            _paint_icon(painter, ENTER, _ENTER_ICON, _ENTER_SIZE, pen.brush())
        for offset, is_output, kind in self.ports:
            if kind != "more" or not self.is_still:
                _paint_port(painter, look, QPointF(offset, HALF_HEIGHT if is_output else -HALF_HEIGHT), kind)
        if self.times:
            paint_times(painter, look, self.times, fonts().mark, _TIMES_HEIGHT)
        if self.is_wrong:
            _paint_badge(painter, look)


def card_look(item: NodeItem) -> CardLook:
    """What the card of `item` looks like now."""
    return CardLook(
        item.spec.family,
        item.spec.icon,
        item.is_selected,
        item.is_hovered,
        item.error is not None,
        item.is_waiting,
        item.port_look,
        item.is_instance,
        item.times,
    )


def paint_node(painter: QPainter, item: NodeItem, look: CanvasStyle, font: CanvasFonts) -> None:
    """Paint `item` around the origin, in the style and the fonts in use."""
    texts = item.texts
    if item.is_dimmed:
        painter.setOpacity(DIMMED)
    card = card_look(item)
    shared_sprites(look).draw(painter, card, card.area, card.paint)
    if item.open_ports or item.hovered_port is not None:
        _paint_lit_ports(painter, item, look)
    _paint_texts(painter, look, font, texts, is_quiet=card.is_waiting)
    if item.bar is not None:
        paint_bar(painter, item, look)
    if texts.chip is not None and not item.is_dimmed and painter.worldTransform().m11() >= SMALL_TEXT_ZOOM:
        draw_chip(painter, look, texts.chip, 0.0, CHIP_CENTRE)
    if item.is_dimmed:
        painter.setOpacity(1.0)


def paint_bar(painter: QPainter, item: NodeItem, look: CanvasStyle) -> None:
    """Paint the gradient of `item` around the origin."""
    assert item.bar is not None
    painter.fillRect(BAR, look.track)
    length = BAR.width() * item.bar.length / STEPS
    painter.fillRect(QRectF(BAR.x(), BAR.y(), length, BAR.height()), brush_of(look.theme, item.bar))


def paint_ghost(painter: QPainter, item: NodeItem, opacity: float) -> None:
    """Paint a node that is not in the graph yet, at its own place."""
    painter.save()
    painter.setOpacity(opacity)
    painter.translate(*item.position)
    card_look(item).paint(painter)
    _paint_texts(painter, style(), fonts(), item.texts, is_quiet=item.is_waiting)
    painter.restore()


def paint_still(painter: QPainter, item: NodeItem) -> None:
    """Paint `item` around the origin for a picture: nothing of the pointer, the selection or a run, and no sprites."""
    card = card_look(item)._replace(is_selected=False, is_hovered=False, is_still=True)
    card.paint(painter)
    texts = item.texts
    if item.bar is not None or item.is_instance:
        # On the canvas they make room for the bar, and for the sign of what can be entered.
        texts = CardTexts(item.node, item.spec, item.params, item.report, has_bar=False, is_still=True)
    _paint_texts(painter, style(), fonts(), texts, is_quiet=card.is_waiting)
    if texts.chip is not None:
        paint_chip(painter, texts.chip, 0.0, CHIP_CENTRE)


def _paint_body(painter: QPainter, look: CanvasStyle, card: CardLook) -> None:
    if card.is_stack:
        paint_stack(painter, look.quiet_outline if card.is_waiting else look.stack_outline, look)
    painter.setPen(NO_PEN)
    painter.setBrush(look.shadow)
    painter.drawRoundedRect(_SHADOW, ROUND, ROUND)
    if card.is_selected:
        painter.setPen(look.selected_halo)
        painter.setBrush(NO_BRUSH)
        painter.drawRoundedRect(_HALO, ROUND + 2, ROUND + 2)
    if card.is_wrong:
        painter.setPen(look.error_outline)
    elif card.is_selected:
        painter.setPen(look.selected_outline)
    elif card.is_hovered:
        painter.setPen(look.hover_outline)
    else:
        painter.setPen(look.quiet_outline if card.is_waiting else look.outline)
    painter.setBrush(look.hover_body if card.is_hovered else look.body)
    painter.drawRoundedRect(CARD, ROUND, ROUND)


def paint_stack(painter: QPainter, outline: QPen, look: CanvasStyle) -> None:
    """Paint what can be seen of the cards behind that of an instance."""
    painter.setPen(outline)
    for edge, brush in zip(STACK, look.stack, strict=True):
        painter.setBrush(brush)
        painter.drawRoundedRect(edge, ROUND, ROUND)


def paint_times(painter: QPainter, look: CanvasStyle, times: str, font: QFont, height: float) -> None:
    """Paint how often a block is repeated, `height` high on the upper edge of the card."""
    width = QFontMetricsF(font).horizontalAdvance(times) + 0.75 * height
    pill = QRectF(_TIMES_RIGHT - width, -HALF_HEIGHT - height / 2, width, height)
    painter.setPen(look.badge_outline)
    painter.setBrush(look.badge)
    painter.drawRoundedRect(pill, height / 2, height / 2)
    painter.setPen(look.badge_text)
    painter.setFont(font)
    painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, times)


def _paint_icon(painter: QPainter, square: QRectF, name: str, size: int, brush: QBrush) -> None:
    """Fill an icon in the middle of `square`: its outline, because nobody who opens a picture has its font."""
    painter.fillPath(_icon_path(name, size).translated(square.center()), brush)


@lru_cache(maxsize=512)
def _icon_path(name: str, size: int) -> QPainterPath:
    font, character = icon_font(size), glyph(name)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    metrics = QFontMetricsF(font)
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    baseline = (metrics.ascent() - metrics.descent()) / 2
    path.addText(-metrics.horizontalAdvance(character) / 2, baseline, font, character)
    return path


def _paint_texts(painter: QPainter, look: CanvasStyle, font: CanvasFonts, texts: CardTexts, *, is_quiet: bool) -> None:
    painter.setPen(look.muted if is_quiet else look.text)
    painter.setFont(font.name)
    painter.drawStaticText(texts.name.place, texts.name.static)
    if texts.line is not None:
        painter.setPen(look.disabled if is_quiet else look.muted)
        painter.setFont(font.line)
        painter.drawStaticText(texts.line.place, texts.line.static)


def _paint_port(painter: QPainter, look: CanvasStyle, place: QPointF, kind: str) -> None:
    painter.setPen(look.port_outline)
    painter.setBrush(look.fed_port if kind == "fed" else look.port)
    painter.drawEllipse(place, PORT_RADIUS, PORT_RADIUS)
    if kind == "more":
        painter.drawLine(QLineF(place.x() - 2, place.y(), place.x() + 2, place.y()))
        painter.drawLine(QLineF(place.x(), place.y() - 2, place.x(), place.y() + 2))


def _paint_lit_ports(painter: QPainter, item: NodeItem, look: CanvasStyle) -> None:
    painter.setPen(NO_PEN)
    lit = {*item.open_ports, *((item.hovered_port,) if item.hovered_port is not None else ())}
    for port, place in item.ports().items():
        if port in lit:
            painter.setBrush(look.active_port if port == item.hovered_port else look.open_port_halo)
            radius = 2.0 * PORT_RADIUS if port in item.open_ports else 1.7 * PORT_RADIUS
            painter.drawEllipse(place - QPointF(*item.position), radius, radius)


def _paint_badge(painter: QPainter, look: CanvasStyle) -> None:
    painter.setPen(NO_PEN)
    painter.setBrush(look.error)
    painter.drawEllipse(_BADGE, 8.5, 8.5)
    painter.setPen(look.error_mark)
    painter.setFont(fonts().mark)
    painter.drawText(_BADGE_AREA, Qt.AlignmentFlag.AlignCenter, "!")
