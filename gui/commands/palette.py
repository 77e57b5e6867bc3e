"""The command palette: a line over the window in which everything is found by name and done with Enter."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QFrame, QMainWindow, QVBoxLayout, QWidget
from shiboken6 import Shiboken

from gui import theme
from gui.canvas.narration import announce
from gui.commands.entries import ADD, GO_TO, Finder
from gui.commands.palette_list import ROW_HEIGHT, EntryList, spoken
from gui.parts import rule, wrapped
from gui.search_line import SearchLine

_WIDTH = 640
_ROWS = 11
_AROUND_ROWS = 4
_MOVES = {
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_PageDown: _ROWS - 1,
    Qt.Key.Key_PageUp: 1 - _ROWS,
}
_HINT = f"Type a command or a project; {GO_TO} goes to a layer, {ADD} adds one"
_STAYING = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)
"""The focus is only lent to a context menu, or to another window."""


class CommandPalette(QFrame):
    """Opens over its window, and goes as soon as something is chosen or the focus is elsewhere."""

    def __init__(self, finder: Finder, window: QMainWindow) -> None:
        super().__init__(window)
        self._finder = finder
        self._window = window
        self._before: QWidget | None = None
        self.setObjectName("command_palette")
        self.setAccessibleName("Command palette")
        self.search = SearchLine(can_clear=False)
        """Where the name is typed."""
        self.search.setObjectName("command_search")
        self.search.setPlaceholderText(_HINT)
        self.search.setAccessibleName("Command")
        self.search.setAccessibleDescription(f"{_HINT}. Up and Down choose, Enter does it, Esc closes.")
        self.entries = EntryList()
        """What was found."""
        self._nothing = wrapped(role="caption")
        self._nothing.setObjectName("command_nothing")
        self._nothing.setContentsMargins(theme.PADDING, theme.GAP, theme.PADDING, theme.GAP)
        self._about = wrapped(role="caption")
        self._about.setObjectName("command_about")
        self._about.setContentsMargins(theme.PADDING, 0, theme.PADDING, 0)
        self._lay_out()
        self.search.installEventFilter(self)
        self.search.textChanged.connect(self._find)
        self.entries.entryClicked.connect(self.choose)
        self.entries.entryChanged.connect(self._describe)
        window.installEventFilter(self)
        self.hide()

    def open(self) -> None:
        """Show everything, with the cursor in an empty line; close when it is open already."""
        if self.isVisible():
            self.close_again()
            return
        self._before = QApplication.focusWidget()
        self.search.clear()
        self._find()
        self.show()
        self.raise_()
        self._place()
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_again(self) -> None:
        """Go, and give the focus back."""
        before, self._before = self._before, None
        self.hide()
        if before is not None and Shiboken.isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.PopupFocusReason)

    def choose(self) -> None:
        """Do what the current entry says; when it cannot be done now, stay and say why."""
        entry = self.entries.entry
        if entry is None:
            return
        if entry.refusal:
            announce(self.search, entry.refusal, is_urgent=True)
            return
        self.close_again()
        entry.run()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move through the list from the line, follow the size of the window, and go when the focus goes."""
        if watched is self._window and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        if watched is self.search and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._press(event)
        is_leaving = watched is self.search and event.type() == QEvent.Type.FocusOut
        if is_leaving and isinstance(event, QFocusEvent) and event.reason() not in _STAYING:
            self._before = None
            self.hide()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground and the outline."""
        colours = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), colours.colour("panel"))
        painter.setPen(QPen(colours.colour("strong_border"), 1))
        painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def _lay_out(self) -> None:
        line = QVBoxLayout()
        line.setContentsMargins(theme.GAP, theme.GAP, theme.GAP, theme.GAP)
        line.addWidget(self.search)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, theme.GAP)
        column.setSpacing(0)
        column.addLayout(line)
        column.addWidget(self.entries)
        column.addWidget(self._nothing)
        column.addWidget(rule())
        column.addSpacing(theme.GAP)
        column.addWidget(self._about)

    def _place(self) -> None:
        """In the middle of the window's top, below the menu bar, as high as what was found."""
        width = min(theme.px(_WIDTH), self._window.width() - 2 * theme.LARGE_GAP)
        top = self._window.menuBar().height() + theme.UNIT
        # What stands around the list takes about four rows.
        fitting = (self._window.height() - top) // theme.px(ROW_HEIGHT) - _AROUND_ROWS
        self.entries.setFixedHeight(min(self.entries.count, _ROWS, max(fitting, 1)) * theme.px(ROW_HEIGHT))
        self.setFixedWidth(width)
        self.adjustSize()
        self.move((self._window.width() - width) // 2, top)

    def _find(self) -> None:
        query = self.search.text()
        self.entries.show_entries(self._finder.find(query))
        is_found = self.entries.count > 0
        self.entries.setVisible(is_found)
        self._nothing.setVisible(not is_found)
        self._nothing.setText(f"Nothing fits “{query.strip().lstrip(GO_TO + ADD)}”.")
        self._about.setVisible(is_found)
        self._place()

    def _describe(self) -> None:
        """Say what the current entry does, or why it cannot be chosen, to the eye and to the ear."""
        entry = self.entries.entry
        if entry is None:
            return
        self._about.setText(f"{entry.help} {entry.refusal}".strip() if entry.help != entry.refusal else entry.help)
        self._place()
        announce(self.search, spoken(entry))

    def _press(self, event: QKeyEvent) -> bool:
        """Do what a key means here; False when it is about text."""
        key = Qt.Key(event.key())
        if key in _MOVES and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.entries.step(_MOVES[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.choose()
        elif key == Qt.Key.Key_Escape:
            self.close_again()
        elif key not in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            # Tab does nothing here: a line over the window has no next field.
            return False
        return True
