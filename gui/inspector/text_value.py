"""What is typed and what holds are two things: a value changes only when the text can be read."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QWidget

from engine.graph.expressions import MARK, is_expression
from engine.graph.params import ParamError, ParamValue

MIXED = "mixed"
"""Shown in a field that edits several layers whose values differ."""


def mark_error(widget: QWidget, wrong: bool) -> None:
    """Give `widget` the red border of a field with a wrong text, or take it away."""
    state = "error" if wrong else ""
    if (widget.property("state") or "") != state:
        widget.setProperty("state", state)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


class TextValue(QObject):
    """Holds the last good value of a line edit, takes new ones while they are typed, and refuses bad ones.

    While a text is wrong, what held before the typing began holds again: whoever types 99999 where 9999 is the
    most gets neither. Of a formula, whose every second prefix is wrong, the last good text holds instead. When the
    user leaves the field a wrong text goes back to what held before, and the reason stays to be read.
    """

    edited = Signal(object)
    """The user has typed another valid value."""
    refused = Signal(str)
    """Why the text is not taken, in one sentence; empty when nothing is wrong any more."""
    settled = Signal()
    """The user has finished, and the text is that of the value that holds."""
    expressionBegun = Signal(str)
    """The user has typed the mark of an expression at the beginning; what stands behind it. Only if asked for."""

    def __init__(
        self,
        line: QLineEdit,
        frame: QWidget,
        read: Callable[[str], ParamValue],
        write: Callable[[ParamValue], str],
        is_unfinished: Callable[[str], bool],
        *,
        keeps_good: bool = False,
    ) -> None:
        """Watch over `line`.

        Args:
            line: where the text stands.
            frame: the widget with the border that turns red, and that has the focus.
            read: turns a text into a value or raises `ParamError`.
            write: turns a value into its text.
            is_unfinished: whether a text that cannot be read may become readable by typing on, so that
                nobody is told off for having typed “1e-” so far.
            keeps_good: whether the last good text holds while a wrong one is typed, as it does for formulas.
        """
        super().__init__(frame)
        self.value: ParamValue | None = None
        """What holds; None when several things with different values are edited at once."""
        self.takes_expressions = False
        """Whether a text that begins with “=” is the beginning of an expression, and not a wrong value."""
        self._before: ParamValue | None = None
        self._is_typing = False
        self._is_announcing = False
        self._settles_later = False
        self._line = line
        self._frame = frame
        self._read = read
        self._write = write
        self._is_unfinished = is_unfinished
        self._keeps_good = keeps_good
        line.textEdited.connect(self._on_text)
        frame.installEventFilter(self)

    def show(self, value: ParamValue | None) -> None:
        """Take over a value that was set elsewhere, without announcing it."""
        if self._is_announcing and value == self.value:
            return
        self.value = value
        self._is_typing = False
        # A text that already means this value stays as it is being typed: “0.” on the way to “0.5”.
        if not (self._frame.hasFocus() and self._means(value)):
            self._rewrite()
        self._refuse("")

    def set(self, value: ParamValue) -> None:
        """Take a value that the user chose by other means than typing, such as an arrow key."""
        self._is_typing = False
        self._take(value)
        self._rewrite()
        self._refuse("")

    def settle(self) -> None:
        """The user has finished: write the value that holds, and say why if the text was not taken."""
        if self._keeps_good and self.is_wrong and self._frame.hasFocus():
            # Enter within a wrong formula must not throw it away; leaving the field does, and Qt says so only once.
            self._settles_later = True
            return
        self._settles_later = False
        text = self._line.text()
        reason = ""
        try:
            self._read(text)
        except ParamError as error:
            self._take_back()
            reason = str(error) if text.strip() else ""
        self._is_typing = False
        self._rewrite()
        self._refuse(reason)
        mark_error(self._frame, False)
        self.settled.emit()

    @property
    def is_wrong(self) -> bool:
        """Whether the text as it stands is marked as wrong."""
        return bool(self._frame.property("state") == "error")

    def revert(self) -> bool:
        """Forget an unfinished or wrong text; return whether there was one."""
        if self._is_clean():
            return False
        self._take_back()
        self._is_typing = False
        self._rewrite()
        self._refuse("")
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Treat the keys that concern the whole field: Escape reverts, undo belongs to the document."""
        if event.type() == QEvent.Type.FocusOut and self._settles_later:
            self.settle()
        if event.type() not in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress) or not isinstance(event, QKeyEvent):
            return False
        is_press = event.type() == QEvent.Type.KeyPress
        if is_press and event.key() == Qt.Key.Key_Escape:
            return self.revert()
        is_history = event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)
        # Every valid text is in the document's history already; a second history inside the field would fight it.
        # The ignored event goes on to the window.
        if is_history and self._is_clean():
            event.ignore()
            return True
        return False

    def _text(self) -> str:
        return "" if self.value is None else self._write(self.value)

    def _is_clean(self) -> bool:
        return self._line.text() == self._text() or self._means(self.value)

    def _means(self, value: ParamValue | None) -> bool:
        try:
            return value is not None and self._read(self._line.text()) == value
        except ParamError:
            return False

    def _rewrite(self) -> None:
        text = self._text()
        if self._line.text() != text:
            self._line.setText(text)
            if not self._frame.hasFocus():
                # The beginning of a long text says more than its end.
                self._line.setCursorPosition(0)

    def _on_text(self, text: str) -> None:
        if self.takes_expressions and is_expression(text.strip()):
            self.revert()
            self.expressionBegun.emit(text.strip()[len(MARK) :])
            return
        self._settles_later = False
        if not self._is_typing:
            self._before, self._is_typing = self.value, True
        reason = ""
        value: ParamValue | None
        try:
            value = self._read(text)
        except ParamError as error:
            reason = "" if self._is_unfinished(text) else str(error)
            value = self.value if self._keeps_good else self._before
        if value is not None:
            self._take(value)
        self._refuse(reason)

    def _take_back(self) -> None:
        """Let what held before the typing began hold again."""
        if self._is_typing and self._before is not None:
            self._take(self._before)

    def _take(self, value: ParamValue) -> None:
        if value == self.value:
            return
        self.value = value
        # The value comes back by `show` at once, and must not overwrite what is just being typed.
        self._is_announcing = True
        self.edited.emit(value)
        self._is_announcing = False

    def _refuse(self, reason: str) -> None:
        mark_error(self._frame, bool(reason))
        self.refused.emit(reason)
