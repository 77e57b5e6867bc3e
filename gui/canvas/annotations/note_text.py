"""The text of a note: Markdown, laid out to a width. Whatever it names is shown as text and never loaded."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QByteArray, QSizeF, QUrl
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QFont,
    QPainter,
    QPalette,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextFragment,
)

from gui.canvas.annotations.looks import AnnotationLook
from gui.canvas.style import fonts

TEXT_SIZE = 13
"""Of the letters of a note, in units of the scene."""
_HEADINGS = {1: 19, 2: 16}
"""The size of the letters of headings by their level; others are as large as the text, but bold."""
_PARAGRAPH, _ITEM = 7.0, 2.0
"""Below a paragraph and below an item of a list."""
_FEATURES = QTextDocument.MarkdownFeature.MarkdownDialectGitHub | QTextDocument.MarkdownFeature.MarkdownNoHTML


class NoteText(QTextDocument):
    """Markdown from anywhere, made safe to paint."""

    def __init__(self, markdown: str, width: float, look: AnnotationLook) -> None:
        """Lay out `markdown` to `width`, in the colours of `look`."""
        super().__init__()
        self._look = look
        self.setUndoRedoEnabled(False)
        self.setDocumentMargin(0.0)
        self.setIndentWidth(18.0)
        self.setDefaultFont(note_font(TEXT_SIZE))
        self.setMarkdown(markdown, _FEATURES)
        # Before anything is laid out, which is when pictures would be loaded.
        self._replace_pictures()
        self._style()
        self.setTextWidth(width)

    def loadResource(self, kind: int, name: QUrl | str) -> QByteArray:
        """Nothing: neither files nor the network are for a text that may come from a stranger."""
        return QByteArray()

    def paint(self, painter: QPainter) -> None:
        """Paint the text from the origin on."""
        context = QAbstractTextDocumentLayout.PaintContext()
        palette = QPalette()
        palette.setColor(QPalette.ColorRole.Text, self._look.ink)
        context.palette = palette
        self.documentLayout().draw(painter, context)

    def shorten(self, height: float) -> None:
        """Leave out the lines that do not fit into `height`, in units of the scene, and all behind them."""
        block = self.begin()
        while block.isValid():
            top = self.documentLayout().blockBoundingRect(block).top()
            for number in range(block.layout().lineCount()):
                line = block.layout().lineAt(number)
                if top + line.y() + line.height() > height:
                    self._end_before(block, line.textStart())
                    return
            block = block.next()

    def _end_before(self, block: QTextBlock, place: int) -> None:
        cursor = QTextCursor(block)
        table = cursor.currentTable()
        if table is not None:
            row = table.cellAt(cursor).row()
            cursor = table.lastCursorPosition()
            cursor.movePosition(QTextCursor.MoveOperation.NextCharacter)
            table.removeRows(row, table.rows() - row)
        else:
            cursor.setPosition(block.position() + place)
        cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()

    def _replace_pictures(self) -> None:
        pictures = [fragment for fragment in self._fragments() if fragment.charFormat().isImageFormat()]
        for fragment in reversed(pictures):
            shown = fragment.charFormat().toImageFormat()
            said = shown.property(QTextFormat.Property.ImageAltText) or shown.name()
            self._chosen(fragment).insertText(f"[{said}]", QTextCharFormat())

    def _style(self) -> None:
        link = QTextCharFormat()
        link.setForeground(self._look.link)
        for fragment in [fragment for fragment in self._fragments() if fragment.charFormat().isAnchor()]:
            self._chosen(fragment).mergeCharFormat(link)
        block = self.begin()
        while block.isValid():
            self._style_block(block)
            block = block.next()

    def _style_block(self, block: QTextBlock) -> None:
        cursor = QTextCursor(block)
        spacing = QTextBlockFormat()
        spacing.setTopMargin(0.0)
        # A line of code is wrapped like any other, because nothing beyond the sheet is seen.
        spacing.setNonBreakableLines(False)
        is_tight = cursor.currentTable() is not None or block.blockNumber() == self.blockCount() - 1
        below = _ITEM if block.textList() is not None else _PARAGRAPH
        spacing.setBottomMargin(0.0 if is_tight else below)
        cursor.mergeBlockFormat(spacing)
        level = block.blockFormat().headingLevel()
        for fragment in list(_fragments_of(block)) if level else ():
            letters = fragment.charFormat()
            letters.clearProperty(QTextFormat.Property.FontSizeAdjustment)
            letters.setProperty(QTextFormat.Property.FontPixelSize, _HEADINGS.get(level, TEXT_SIZE))
            letters.setFontWeight(QFont.Weight.DemiBold)
            self._chosen(fragment).setCharFormat(letters)

    def _chosen(self, fragment: QTextFragment) -> QTextCursor:
        cursor = QTextCursor(self)
        cursor.setPosition(fragment.position())
        cursor.setPosition(fragment.position() + fragment.length(), QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def _fragments(self) -> Iterator[QTextFragment]:
        block = self.begin()
        while block.isValid():
            yield from _fragments_of(block)
            block = block.next()


def _fragments_of(block: QTextBlock) -> Iterator[QTextFragment]:
    place = block.begin()
    while not place.atEnd():
        yield place.fragment()
        place += 1


def note_font(size: float) -> QFont:
    """The font of notes, `size` pixels high."""
    font = QFont(fonts().line)
    font.setPixelSize(max(1, round(size)))
    return font


def text_size(text: NoteText) -> QSizeF:
    """How wide and high the text is, in units of the scene; a line of code may be wider than the note."""
    return text.documentLayout().documentSize()
