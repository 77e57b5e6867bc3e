"""A field for whole and real numbers that keeps the old value when a wrong one is typed."""

from __future__ import annotations

import math
import re

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QValidator, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QLineEdit, QSizePolicy, QWidget

from engine.graph.params import Float, Int, ParamValue
from gui import theme
from gui.inspector.reading import as_written, kept, read_number, share_of
from gui.inspector.text_value import MIXED, TextValue
from gui.style_memory import forget_with

_LAYS_OUT = (QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.StyleChange, QEvent.Type.Polish)


class NumberField(QAbstractSpinBox):
    """A whole or a real number: typed, stepped with the arrow keys, or turned by the wheel once it has the focus."""

    edited = Signal(object)
    """The user has set another valid value."""
    refused = Signal(str)
    """Why the text is not taken; empty when nothing is wrong any more."""
    expressionBegun = Signal(str)
    """The user has typed “=” at the beginning, and what stands behind it; only where expressions are taken."""

    _is_narrow = False

    def __init__(self, param: Int | Float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # One of Qt's own making is lost to Python before the field is gone, which may still have to settle then.
        forget_with(self.lineEdit())
        line = QLineEdit(self)
        self._declared = param
        self._param = as_written(param)
        self._share = share_of(param)
        self._text = TextValue(line, self, self._read, self._write, self._is_unfinished)
        self.setLineEdit(line)
        self._text.edited.connect(self.edited)
        self._text.refused.connect(self.refused)
        self._text.expressionBegun.connect(self.expressionBegun)
        self.editingFinished.connect(self._text.settle)
        self.setAccelerated(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.lineEdit().setMaxLength(40)
        theme.inset(self)

    def take_expressions(self) -> None:
        """Let a text that begins with “=” begin an expression."""
        self._text.takes_expressions = True

    def make_narrow(self) -> None:
        """Leave the arrow buttons out, so that two fields fit side by side; the arrow keys still step."""
        self._is_narrow = True
        self.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        self.lineEdit().setTextMargins(4, 0, 0, 0)

    def event(self, event: QEvent) -> bool:
        """Give the text the whole width of a narrow field: Qt's style sheets keep the place of the buttons free."""
        done = super().event(event)
        if self._is_narrow and event.type() in _LAYS_OUT:
            self.lineEdit().setGeometry(self.rect().adjusted(1, 1, -2, -1))
        return done

    def show_value(self, value: ParamValue | None) -> None:
        """Show a value that was set elsewhere; None for values that differ."""
        mixed = "–" if self._is_narrow else MIXED
        self.lineEdit().setPlaceholderText(mixed if value is None else "")
        self._text.show(value)

    def set_value(self, value: float) -> None:
        """Take `value`, as it is written, cut to the range, as if the user had typed it."""
        cut = min(max(value, self._param.minimum), self._param.maximum)
        number = self._param.check(int(cut) if isinstance(self._param, Int) else float(cut))
        self._text.set(kept(self._declared, number))

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Let every text be typed: what is wrong with it is said beside the field instead."""
        return QValidator.State.Acceptable, text, position

    def stepBy(self, steps: int) -> None:
        """Go `steps` up or down."""
        value = self._held()
        if isinstance(self._param, Int):
            self.set_value(value + steps * whole_step(self._param))
            return
        for _ in range(abs(steps)):
            value = next_number(value, 1 if steps > 0 else -1, self._param.default)
        self.set_value(value)

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        """Say in which directions there is a value left."""
        flags = QAbstractSpinBox.StepEnabledFlag.StepNone
        if self._held() < self._param.maximum:
            flags |= QAbstractSpinBox.StepEnabledFlag.StepUpEnabled
        if self._held() > self._param.minimum:
            flags |= QAbstractSpinBox.StepEnabledFlag.StepDownEnabled
        return flags

    def sizeHint(self) -> QSize:
        """Room for a number of six digits."""
        return QSize(self.fontMetrics().horizontalAdvance("0" * 6) + 40, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Room for a number of three digits, or of one where fields stand side by side."""
        digits = "0" if self._is_narrow else "000"
        return QSize(self.fontMetrics().horizontalAdvance(digits) + 12, super().minimumSizeHint().height())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Change nothing while scrolling past: the wheel counts only in the field that has the focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def _held(self) -> float:
        value = self._text.value
        return value * self._share if isinstance(value, (int, float)) else self._param.default

    def _write(self, value: ParamValue) -> str:
        special = _special(self._param)
        if special and value == self._param.minimum:
            return special
        if isinstance(value, float):
            return f"{value * self._share:.3g}" if self._share != 1.0 else f"{value:g}"
        return str(value)

    def _read(self, text: str) -> int | float:
        return read_number(self._declared, text)

    def _is_unfinished(self, text: str) -> bool:
        stem = text.strip().lower()
        if stem in ("", "+", "-", ".", "-.") or _special(self._param).lower().startswith(stem):
            return True
        is_real = isinstance(self._param, Float)
        begun = re.fullmatch(r"(.*[0-9.])e[+-]?", stem) if is_real else None
        try:
            number = float(begun[1] if begun else stem)
        except ValueError:
            return False
        if begun:
            return True
        # More digits make it larger, so a number that is too small so far may still grow into the range.
        return 0 <= number < self._param.minimum and (is_real or number > 0)


def _special(param: Int | Float) -> str:
    return param.special if isinstance(param, Int) else ""


def whole_step(param: Int) -> int:
    """How far one step goes: 1, or for parameters that start large the second digit of the default."""
    return int(10 ** max(0, math.floor(math.log10(max(abs(param.default), 1))) - 1))


def next_number(value: float, direction: int, default: float) -> float:
    """The next value up (1) or down (−1) with one digit: 0.009, 0.01, 0.02; from 0, up to the default's size."""
    if value == 0:
        return direction * 10.0 ** math.floor(math.log10(abs(default) or 0.001))
    exponent = math.floor(math.log10(abs(value)) + 1e-9)
    shrinks = (value > 0) != (direction > 0)
    if shrinks and abs(value) < 10.0**exponent * 1.000001:
        exponent -= 1
    place = 10.0**exponent
    steps = value / place
    target = math.floor(steps + 1 + 1e-6) if direction > 0 else math.ceil(steps - 1 - 1e-6)
    return float(f"{target * place:.6g}")
