"""Write a note where it stands."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPalette, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit

from engine.graph.annotations import MAX_TEXT, AnnotationId, Note
from gui.canvas.annotations.looks import annotation_look
from gui.canvas.annotations.note_item import PAD
from gui.canvas.annotations.note_text import TEXT_SIZE, note_font
from gui.fonts import px
from gui.theme import RADIUS, current

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

_LEAST_TEXT = 11.0
"""Smaller letters than this, in pixels, cannot be typed with pleasure."""
_LEAST_HEIGHT = 64
_NARROWEST = 160


class NoteEditor(QPlainTextEdit):
    """Floats over a note; Esc, Ctrl+Enter and looking elsewhere keep what is written."""

    closed = Signal()
    """The text is written: the field is not needed any more."""

    def __init__(self, view: CanvasView, note: Note) -> None:
        """Begin with the text of `note`, which need not be in the graph yet."""
        super().__init__(note.text, view)
        self._view = view
        self.note = note
        """What is written anew."""
        self._is_open = True
        self.setObjectName("noteEditor")
        self.setAccessibleName("Text of the note, in Markdown")
        self.setPlaceholderText("Write a note. **Bold**, *italic*, # heading, - list")
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._colour()
        self.textChanged.connect(self._on_text)
        self.follow()
        self.show()
        # Behind the text and not over it: nobody wants to lose a page by a key.
        self.moveCursor(QTextCursor.MoveOperation.End)
        self.setFocus()

    @property
    def annotation(self) -> AnnotationId:
        """The note that it stands on."""
        return self.note.id

    @property
    def written(self) -> str:
        """The text, without what can neither be seen nor saved."""
        kept = (letter for letter in self.toPlainText() if letter in "\n\t" or unicodedata.category(letter) != "Cc")
        return "".join(kept).strip()

    def follow(self) -> None:
        """Stand where the note is now, as high as its text."""
        zoom = self._view.camera.zoom
        item = self._view.canvas_scene.annotations.notes.get(self.note.id)
        area = item.rect if item is not None else QRectF(*self.note.position, self.note.width, 0.0)
        place = self._view.viewportTransform().mapRect(area).translated(self._view.viewport().pos())
        self.setFont(note_font(max(TEXT_SIZE * zoom, px(_LEAST_TEXT))))
        # The frame of the field is a pixel wide, and Qt puts 4 around the text of its own.
        self.document().setDocumentMargin(max(PAD * zoom - 1.0, 4.0))
        width = max(round(place.width()), px(_NARROWEST))
        self.resize(width, self.height())
        lines = self.document().documentLayout().documentSize().height()
        text = lines * self.fontMetrics().lineSpacing() + 2 * self.document().documentMargin() + 4
        self.setGeometry(
            round(place.x()), round(place.y()), width, max(round(max(place.height(), text)), px(_LEAST_HEIGHT))
        )

    def give_up(self) -> None:
        """Close the field without telling anybody."""
        self._is_open = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc and Ctrl+Enter end writing."""
        ends = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and bool(
            event.modifiers() & Qt.KeyboardModifier.ControlModifier
        )
        if ends or event.key() == Qt.Key.Key_Escape:
            self._close()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Looking elsewhere ends writing, too."""
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self._close()

    def _close(self) -> None:
        if self._is_open:
            self._is_open = False
            self.closed.emit()

    def _on_text(self) -> None:
        if len(self.toPlainText()) > MAX_TEXT:
            cursor = self.textCursor()
            cursor.setPosition(MAX_TEXT)
            cursor.movePosition(cursor.MoveOperation.End, cursor.MoveMode.KeepAnchor)
            cursor.removeSelectedText()
        self.follow()

    def _colour(self) -> None:
        look = annotation_look(current(), self.note.colour)
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.PlaceholderText, current().colour("muted"))
        self.setPalette(palette)
        self.setStyleSheet(
            f"QPlainTextEdit {{ background: {look.paper.color().name()}; color: {look.ink.name()};"
            f" border: 1px solid {look.tint.name()}; border-radius: {RADIUS + 2}px; padding: 0; }}"
        )
