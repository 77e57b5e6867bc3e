"""The field for a value that is computed from the parameters of the block."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QCompleter, QLineEdit, QWidget

from engine.graph.expressions import MARK, MAX_LENGTH, NUMBER_FUNCTIONS, check_expression, is_expression
from engine.graph.params import Bool, Float, Int, Param, ParamValue, Sizes
from gui import theme
from gui.inspector.text_value import TextValue

_WORD_AT_END = re.compile(r"[A-Za-z_][A-Za-z_0-9]*$")
_OPEN_END = re.compile(r"(^|[-+*/%(,<>=!]|\b(if|else|not))\s*$")
_MARK_WIDTH = 14


class ExpressionField(QLineEdit):
    """A line that holds `4*channels` behind an equals sign, checked and completed as it is typed.

    It may begin from a plain value, which holds until a valid expression is typed.
    """

    edited = Signal(object)
    """The user has typed another valid expression, or taken a new one back to the plain value before it."""
    refused = Signal(str)
    """Why the text is not taken; empty when nothing is wrong any more."""
    finished = Signal()
    """The user has pressed Enter or left the field."""
    givenUp = Signal()
    """The user wants a plain value instead: Backspace where nothing is left to delete."""

    def __init__(self, param: Param, names: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._param = param
        self._names: list[str] = []
        self._model = QStringListModel(self)
        self._completer = QCompleter(self._model, self)
        self._completer.setWidget(self)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._completer.activated.connect(self._complete)
        self._text = TextValue(self, self, self._read, self._write, self._is_unfinished)
        self._text.edited.connect(self.edited)
        self._text.refused.connect(self.refused)
        self._text.settled.connect(self.finished)
        self.editingFinished.connect(self._text.settle)
        self.textEdited.connect(self._suggest)
        self.setMaxLength(MAX_LENGTH)
        self.setTextMargins(_MARK_WIDTH, 0, 0, 0)
        self.set_names(names)

    @property
    def value(self) -> ParamValue | None:
        """What holds; a plain value as long as no expression has been typed."""
        return self._text.value

    def set_names(self, names: Sequence[str]) -> None:
        """Say what expressions may use."""
        self._names = list(names)
        self._model.setStringList([*self._names, *(f"{name}(" for name in NUMBER_FUNCTIONS)])
        self.setPlaceholderText(", ".join(self._names))

    def show_value(self, value: ParamValue | None) -> None:
        """Show an expression, or the plain value that one may begin from; None for values that differ."""
        self._text.show(value)

    def begin(self, text: str | None = None) -> None:
        """Take the focus; with a `text`, as if the user had just typed it."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()
        if text is not None:
            # As a person would, so that it is read, completed and announced.
            self.clear()
            self.insert(text)
            self.textEdited.emit(text)

    def event(self, event: QEvent) -> bool:
        """Leave the keys that choose among the suggestions to them, and Backspace in an empty field to the form."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if self._popup().isVisible() and event.key() in _CHOOSING:
                event.ignore()
                return False
            if event.key() == Qt.Key.Key_Backspace and not self.text() and not event.isAutoRepeat():
                self.givenUp.emit()
                return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the equals sign before the text."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setPen(theme.current().colour("accent_text" if self.isEnabled() else "disabled"))
        where = self.rect().adjusted(9, 0, 0, 0)
        painter.drawText(where, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, MARK)

    def _read(self, text: str) -> str:
        return check_expression(self._param, MARK + text.strip().removeprefix(MARK).strip(), self._names)

    def _write(self, value: ParamValue) -> str:
        return str(value)[len(MARK) :] if is_expression(value) else _as_expression(self._param, value)

    def _is_unfinished(self, text: str) -> bool:
        if _OPEN_END.search(text) or text.count("(") > text.count(")"):
            return True
        word = _WORD_AT_END.search(text)
        return word is not None and any(name.startswith(word[0]) for name in (*self._names, *NUMBER_FUNCTIONS))

    def _suggest(self, text: str) -> None:
        word = _WORD_AT_END.search(text[: self.cursorPosition()])
        popup = self._popup()
        if word is None or word[0] in self._names:
            popup.hide()
            return
        self._completer.setCompletionPrefix(word[0])
        if self._completer.completionCount() == 0:
            popup.hide()
            return
        self._completer.complete()
        popup.setCurrentIndex(self._completer.completionModel().index(0, 0))

    def _popup(self) -> QAbstractItemView:
        popup = self._completer.popup()
        assert popup is not None
        return popup

    def _complete(self, name: str) -> None:
        place = self.cursorPosition()
        word = _WORD_AT_END.search(self.text()[:place])
        start = word.start() if word is not None else place
        self.setSelection(start, place - start)
        self.insert(name)
        self.textEdited.emit(self.text())


_CHOOSING = frozenset(
    (
        Qt.Key.Key_Return,
        Qt.Key.Key_Enter,
        Qt.Key.Key_Tab,
        Qt.Key.Key_Backtab,
        Qt.Key.Key_Escape,
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
    )
)


def _as_expression(param: Param, value: ParamValue) -> str:
    """The plain `value` as an expression that means the same; empty where there is none."""
    match param, value:
        case Int() | Float() | Bool(), _:
            return str(value)
        case Sizes(), tuple() if len(set(value)) == 1:
            return str(value[0])
    return ""
