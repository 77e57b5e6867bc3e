"""One note on the canvas: a card with Markdown on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from engine.graph.annotations import MIN_NOTE, Note
from engine.graph.model import Point
from gui.canvas.annotations.looks import AnnotationLook, annotation_look
from gui.canvas.annotations.note_text import NoteText, text_size
from gui.canvas.style import NO_BRUSH, NO_PEN, cosmetic, style
from gui.theme import RADIUS, Theme

if TYPE_CHECKING:
    from gui.canvas.annotations.pictures import NotePictures

PAD = 12.0
"""From the border of a note to its text, in units of the scene."""
_CORNER = 14.0
"""The lower right corner, by which a note is resized, in units of the scene."""
_CORNER_PIXELS = 10.0
"""The same, at least, in pixels."""
_ROUND = RADIUS + 2.0
_HALO = 2.0
_TEXT_ZOOM = 0.15
"""Below this zoom, a note is a sheet of coloured paper and nothing else."""


class NoteItem(QGraphicsItem):
    """Mirrors one note of the graph."""

    def __init__(self, note: Note, pictures: NotePictures) -> None:
        super().__init__()
        self.note = note
        self.is_selected = False
        self.is_hovered = False
        self.is_edited = False
        """Whether a field for its text lies over it."""
        self._pictures = pictures
        self._text: tuple[Theme, NoteText] | None = None
        self._size: tuple[float, float] | None = None
        self._area: QRectF | None = None
        self._rect: QRectF | None = None
        # Above wires, which would strike its text through, and below nodes.
        self.setZValue(-0.25)
        self.setPos(*note.position)

    # Reading

    @property
    def rect(self) -> QRectF:
        """Where the note is shown."""
        if self._rect is None:
            self._rect = self.area.translated(self.pos())
        return self._rect

    @property
    def area(self) -> QRectF:
        """The same from its own upper left corner."""
        if self._area is None:
            width, height = self._size or (self.note.width, self.note.height)
            self._area = QRectF(0.0, 0.0, width, height or self.text_height)
        return self._area

    @property
    def text_height(self) -> float:
        """How high the note must be for its text."""
        return max(round(text_size(self.text).height()) + 2 * PAD, MIN_NOTE)

    @property
    def text(self) -> NoteText:
        """Its text, laid out in the colours of the theme in use."""
        theme = style().theme
        if self._text is None or self._text[0] is not theme:
            width = self._size[0] if self._size is not None else self.note.width
            self._text = theme, NoteText(self.note.text, width - 2 * PAD, annotation_look(theme, self.note.colour))
        return self._text[1]

    def contains_point(self, place: QPointF) -> bool:
        """Whether `place`, in the scene, is on the note."""
        return self.rect.contains(place)

    def corner_contains(self, place: QPointF, zoom: float) -> bool:
        """Whether `place`, in the scene, is on the corner by which the note is resized."""
        size = max(_CORNER, _CORNER_PIXELS / zoom)
        corner = self.rect.bottomRight()
        return (
            abs(place.x() - corner.x()) <= size
            and abs(place.y() - corner.y()) <= size
            and self.rect.adjusted(0.0, 0.0, size / 2, size / 2).contains(place)
        )

    # Changing

    def set_note(self, note: Note) -> None:
        """Show the note as it is now."""
        self.prepareGeometryChange()
        if (note.text, note.width, note.colour) != (self.note.text, self.note.width, self.note.colour) or self._size:
            self.forget_text()
        self.note, self._size, self._area = note, None, None
        self.put(note.position)
        self.update()

    def put(self, position: Point) -> None:
        """Show the note elsewhere than the graph says."""
        self._rect = None
        self.setPos(*position)

    def resize(self, width: float, height: float) -> None:
        """Show the note in another size than the graph says; a height of 0 is that of its text."""
        self.prepareGeometryChange()
        if self._size is None or self._size[0] != width:
            self.forget_text()
        self._size = (width, height)
        self._area = self._rect = None
        self.forget_picture()
        self.update()

    def forget_text(self) -> None:
        """Lay the text out anew, because it, its width, the fonts or the theme have changed."""
        self.prepareGeometryChange()
        self._text = self._area = self._rect = None
        self.forget_picture()

    def forget_picture(self) -> None:
        """Paint the card anew when it is needed next."""
        self._pictures.forget(self)

    # Painting

    def boundingRect(self) -> QRectF:
        """The card and the line around it when it is selected."""
        return self.area.adjusted(-4.0, -4.0, 4.0, 4.0)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint the note around its own origin."""
        zoom = painter.worldTransform().m11()
        if zoom < _TEXT_ZOOM:
            # Rounding cannot be seen here, and would take most of the time.
            painter.fillRect(self.area, annotation_look(style().theme, self.note.colour).far_paper)
        else:
            self._pictures.draw(painter, self)
        look = style()
        if self.is_selected:
            painter.setPen(cosmetic(look.selected_outline, _HALO))
        elif self.is_hovered:
            painter.setPen(annotation_look(look.theme, self.note.colour).lit_outline)
        else:
            return
        painter.setBrush(NO_BRUSH)
        painter.drawRoundedRect(self.area, _ROUND, _ROUND)
        if zoom >= _TEXT_ZOOM:
            self._paint_corner(painter)

    def paint_card(self, painter: QPainter) -> None:
        """Paint paper and text, but nothing of pointer and selection."""
        self.paint_paper(painter)
        painter.save()
        painter.setClipRect(self.area)
        painter.translate(PAD, PAD)
        self.text.paint(painter)
        painter.restore()

    def paint_paper(self, painter: QPainter) -> None:
        """Paint the sheet."""
        look = annotation_look(style().theme, self.note.colour)
        paint_paper(painter, look, self.area, look.outline)

    def _paint_corner(self, painter: QPainter) -> None:
        corner = self.area.bottomRight() - QPointF(4.0, 4.0)
        path = QPainterPath(corner)
        path.lineTo(corner.x() - 8.0, corner.y())
        path.lineTo(corner.x(), corner.y() - 8.0)
        path.closeSubpath()
        painter.setPen(NO_PEN)
        painter.fillPath(path, annotation_look(style().theme, self.note.colour).tint)


def paint_paper(painter: QPainter, colours: AnnotationLook, area: QRectF, outline: QPen) -> None:
    """Paint the sheet of a note over `area`."""
    painter.setPen(outline)
    painter.setBrush(colours.paper)
    painter.drawRoundedRect(area, _ROUND, _ROUND)
