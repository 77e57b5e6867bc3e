"""Fields for values that are typed as a line of text: formulas, and the shapes of tensors."""

from __future__ import annotations

import re

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from engine.graph.params import ParamValue, Shape, Text
from gui.inspector.reading import read_shape, read_sizes
from gui.inspector.text_value import MIXED, TextValue

_UNFINISHED_SHAPE = re.compile(r"(^|[,;×x])\s*[-−]?\s*$")


class ShapeField(QLineEdit):
    """The sizes of a tensor along its axes, or other whole numbers in a row, such as “1, 28, 28”."""

    edited = Signal(object)
    """The user has set another valid shape."""
    refused = Signal(str)
    """Why the text is not taken; empty when nothing is wrong any more."""
    expressionBegun = Signal(str)
    """The user has typed “=” at the beginning, and what stands behind it; only where expressions are taken."""

    def __init__(self, param: Shape, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._param = param
        self._text = TextValue(self, self, self._read, _write_shape, self._is_unfinished)
        self._text.edited.connect(self.edited)
        self._text.refused.connect(self.refused)
        self._text.expressionBegun.connect(self.expressionBegun)
        self.editingFinished.connect(self._text.settle)
        self.setMaxLength(80)

    def take_expressions(self) -> None:
        """Let a text that begins with “=” begin an expression."""
        self._text.takes_expressions = True

    def show_value(self, value: ParamValue | None) -> None:
        """Show a value that was set elsewhere; None for values that differ."""
        self.setPlaceholderText(MIXED if value is None else "")
        self._text.show(value)

    def _read(self, text: str) -> tuple[int, ...]:
        return read_shape(self._param, text)

    def _is_unfinished(self, text: str) -> bool:
        if _UNFINISHED_SHAPE.search(text) is not None:
            return True
        # Whoever types the first of several numbers has only begun.
        sizes = read_sizes(text)
        return sizes is not None and len(sizes) < self._param.minimum_axes


class TextField(QLineEdit):
    """One line of text, such as a formula; while a wrong one is typed, the last good one holds."""

    edited = Signal(object)
    """The user has typed another valid text."""
    refused = Signal(str)
    """Why the text is not taken; empty when nothing is wrong any more."""

    def __init__(self, param: Text, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = TextValue(self, self, param.check, str, lambda text: not text.strip(), keeps_good=True)
        self._text.edited.connect(self.edited)
        self._text.refused.connect(self.refused)
        self.editingFinished.connect(self._text.settle)
        self.setMaxLength(param.maximum_length)

    def show_value(self, value: ParamValue | None) -> None:
        """Show a value that was set elsewhere; None for values that differ."""
        self.setPlaceholderText(MIXED if value is None else "")
        self._text.show(value)


def _write_shape(value: ParamValue) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
