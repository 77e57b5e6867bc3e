"""Shows code that can be read, copied and clicked, but not typed into; lines of selected layers stand out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QTextBlock,
    QTextCursor,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

from gui import theme
from gui.code.highlighter import PythonHighlighter

_TEXT_SIZE = 12
_MONOSPACED = (
    "JetBrains Mono",
    "Cascadia Code",
    "Fira Code",
    "Source Code Pro",
    "Noto Sans Mono",
    "DejaVu Sans Mono",
    "Liberation Mono",
)
_LOOKS = "QPlainTextEdit { border: none; border-radius: 0; padding: 0; }"
_FADED = 0.55
"""How much of code that is out of date is hidden."""
_MOVES = frozenset(
    (
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_Left,
        Qt.Key.Key_Right,
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
        Qt.Key.Key_PageUp,
        Qt.Key.Key_PageDown,
    )
)


def code_font() -> QFont:
    """The desktop's font for code where it has one, else the best that is installed."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    if font.family().lower() in ("", "monospace", "mono", "courier", "courier new", "dejavu sans mono"):
        installed = set(QFontDatabase.families())
        font.setFamilies([family for family in _MONOSPACED if family in installed] or [font.family()])
    font.setPixelSize(theme.px(_TEXT_SIZE))
    return font


def line_ground() -> QColor:
    """The ground behind the lines of selected layers, opaque."""
    colours = theme.current()
    accent, panel = QColor(colours.accent), QColor(colours.panel)
    share = 0.26 if colours.is_dark else 0.12
    mixed = [round(a * share + b * (1 - share)) for a, b in zip(_rgb(accent), _rgb(panel), strict=True)]
    return QColor(*mixed)


def _rgb(colour: QColor) -> tuple[int, int, int]:
    return colour.red(), colour.green(), colour.blue()


class CodeView(QPlainTextEdit):
    """Code with line numbers."""

    lineChosen = Signal(int)
    """The user has clicked a line, or moved the cursor to it; counted from 1."""
    jumpRequested = Signal(int)
    """The user wants to see on the canvas what this line is about, wherever that is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("code_view")
        self.setAccessibleName("Code of the network")
        self.setReadOnly(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setUndoRedoEnabled(False)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setStyleSheet(_LOOKS)
        self.document().setDocumentMargin(0)
        self.highlighter = PythonHighlighter(self.document())
        """What colours the code."""
        self.marked: list[int] = []
        """The lines that stand out."""
        self._marked: frozenset[int] = frozenset()
        self._is_faded = False
        self._numbers = LineNumbers(self)
        self.blockCountChanged.connect(self._make_room)
        self.updateRequest.connect(self._on_update)
        self.cursorPositionChanged.connect(self._numbers.update)
        theme.theme_hub.themeChanged.connect(self._on_theme)
        self._on_theme()

    # Contents

    def show_code(self, text: str) -> None:
        """Show other code; what stays keeps its place on the screen, and so do the cursor and the selection."""
        before, after = self.toPlainText().split("\n"), text.split("\n")
        if before == after:
            return
        start, stop_before, stop_after = changed_lines(before, after)
        top = self.verticalScrollBar().value()
        own = self.textCursor()
        places = [self._place(own.anchor()), self._place(own.position())]
        cursor = QTextCursor(self.document().findBlockByNumber(start))
        last = self.document().findBlockByNumber(stop_before - 1)
        cursor.setPosition(last.position() + last.length() - 1, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText("\n".join(after[start:stop_after]))
        more = stop_after - stop_before
        anchor, position = [self._position(line + (more if line >= stop_before else 0), x) for line, x in places]
        own.setPosition(anchor)
        own.setPosition(position, QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(own)
        self.verticalScrollBar().setValue(top + (more if stop_before <= top else 0))

    def fade(self, faded: bool) -> None:
        """Show that the code is out of date, or that it is not."""
        if faded != self._is_faded:
            self._is_faded = faded
            self.viewport().update()
            self._numbers.update()

    def mark(self, lines: Iterable[int]) -> None:
        """Let these lines, counted from 1, stand out."""
        self.marked = list(lines)
        self._marked = frozenset(self.marked)
        self.viewport().update()
        self._numbers.update()

    def reveal(self, lines: Iterable[int]) -> None:
        """Scroll to the first of `lines`, unless one of them can be seen."""
        wanted = list(lines)
        top, bottom = self.visible_lines()
        if wanted and not any(top <= line <= bottom for line in wanted):
            self.verticalScrollBar().setValue(wanted[0] - 1 - (bottom - top) // 3)

    def visible_lines(self) -> tuple[int, int]:
        """The first and the last line that can be seen as a whole, counted from 1."""
        top = self.firstVisibleBlock().blockNumber() + 1
        return top, top + max(0, self.viewport().height() // max(1, self.fontMetrics().lineSpacing()) - 1)

    @property
    def line(self) -> int:
        """The line that the cursor is on, counted from 1."""
        return self.textCursor().blockNumber() + 1

    def _place(self, position: int) -> tuple[int, int]:
        block = self.document().findBlock(position)
        return block.blockNumber(), position - block.position()

    def _position(self, line: int, column: int) -> int:
        block = self.document().findBlockByNumber(min(line, self.blockCount() - 1))
        return block.position() + min(column, block.length() - 1)

    # Mouse and keyboard

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click chooses a line, with Ctrl held down it jumps to it; dragging selects text and does neither."""
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and not self.textCursor().hasSelection():
            is_jump = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            (self.jumpRequested if is_jump else self.lineChosen).emit(self.line)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move from line to line, Enter jumps."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.jumpRequested.emit(self.line)
            return
        super().keyPressEvent(event)
        if event.key() in _MOVES and not self.textCursor().hasSelection():
            self.lineChosen.emit(self.line)

    # Look

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the line numbers at the left."""
        super().resizeEvent(event)
        area = self.contentsRect()
        self._numbers.setGeometry(QRect(area.left(), area.top(), self._numbers.sizeHint().width(), area.height()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the code on the ground of its lines, under a veil when it is out of date."""
        self._paint_marks()
        super().paintEvent(event)
        if self._is_faded:
            veil = QColor(theme.current().panel)
            veil.setAlphaF(_FADED)
            QPainter(self.viewport()).fillRect(event.rect(), veil)

    def _paint_marks(self) -> None:
        # Qt's extra selections would lay out all lines up to the last one that is marked, which may take seconds.
        painter, ground, width = QPainter(self.viewport()), line_ground(), self.viewport().width()
        for block, place in self.visible_blocks():
            if self.is_marked(block):
                painter.fillRect(QRectF(0, place.top(), width, place.height()), ground)
        painter.end()

    def is_marked(self, block: QTextBlock) -> bool:
        """Whether a line stands out."""
        return block.blockNumber() + 1 in self._marked

    def _make_room(self) -> None:
        width = self._numbers.sizeHint().width()
        self.setViewportMargins(width, 0, 0, 0)
        self._numbers.resize(width, self._numbers.height())

    def _on_update(self, rect: QRect, moved: int) -> None:
        if moved:
            self._numbers.scroll(0, moved)
        else:
            self._numbers.update(0, rect.y(), self._numbers.width(), rect.height())

    def _on_theme(self) -> None:
        font = code_font()
        self.setFont(font)
        self._numbers.setFont(font)
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Base, QColor(theme.current().panel))
        self.setPalette(palette)
        self.setStyleSheet(f"{_LOOKS} QPlainTextEdit {{ background: {theme.current().panel}; }}")
        self._numbers.update()
        self._make_room()

    def visible_blocks(self) -> Iterator[tuple[QTextBlock, QRectF]]:
        """The lines that can be seen, each with its place on the screen."""
        block = self.firstVisibleBlock()
        offset = self.contentOffset()
        while block.isValid():
            place = self.blockBoundingGeometry(block).translated(offset)
            if place.top() > self.viewport().height():
                return
            yield block, place
            block = block.next()


class LineNumbers(QWidget):
    """The numbers at the left of the lines."""

    def __init__(self, view: CodeView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self) -> QSize:
        """Room for the largest number."""
        digits = max(2, len(str(self._view.blockCount())))
        return QSize(self.fontMetrics().horizontalAdvance("9" * digits) + 2 * theme.PADDING, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the numbers, those of marked lines bright and with a bar beside them."""
        colours = theme.current()
        painter = QPainter(self)
        painter.fillRect(event.rect(), colours.colour("panel"))
        for block, place in self._view.visible_blocks():
            number, area = block.blockNumber() + 1, QRectF(0, place.top(), self.width(), place.height())
            is_marked = self._view.is_marked(block)
            if is_marked:
                painter.fillRect(area, line_ground())
                painter.fillRect(QRectF(0, area.top(), 3, area.height()), colours.colour("accent_text"))
            painter.setPen(colours.colour("text" if is_marked or number == self._view.line else "muted"))
            text = area.adjusted(0, 0, -theme.PADDING, 0)
            painter.drawText(text, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(number))


def changed_lines(before: list[str], after: list[str]) -> tuple[int, int, int]:
    """Where two texts differ: the first line, and behind which line of each of them they are equal again.

    There is at least one line in between in both.
    """
    most = min(len(before), len(after))
    start = next((index for index in range(most) if before[index] != after[index]), most - 1)
    most -= start + 1
    same = next((index for index in range(most) if before[-1 - index] != after[-1 - index]), most)
    return start, len(before) - same, len(after) - same
