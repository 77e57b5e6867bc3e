"""The widget for each kind of parameter; all of them say `edited` when, and only when, the user set a valid value."""

from __future__ import annotations

import re
from typing import TypeAlias

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from engine.graph.params import Bool, Choice, Float, Int, Pair, Param, ParamValue, Shape
from gui import theme
from gui.inspector.number_field import NumberField
from gui.inspector.text_value import MIXED, TextValue


class SwitchField(QCheckBox):
    """Yes or no, drawn as a switch."""

    edited = Signal(object)
    """The user has switched."""
    refused = Signal(str)
    """Never emitted: a switch cannot be wrong."""

    _WIDTH, _HEIGHT = 32, 18

    def __init__(self, param: Bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.clicked.connect(self._on_clicked)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.theme_hub.themeChanged.connect(self.update)

    def show_value(self, value: ParamValue | None) -> None:
        """Show a value that was set elsewhere; None for values that differ."""
        self.setTristate(value is None)
        if value is None:
            self.setCheckState(Qt.CheckState.PartiallyChecked)
        else:
            self.setChecked(bool(value))

    def sizeHint(self) -> QSize:
        """The switch and a margin for the focus ring."""
        return QSize(self._WIDTH + 4, self._HEIGHT + 10)

    def minimumSizeHint(self) -> QSize:
        """The same as `sizeHint`."""
        return self.sizeHint()

    def hitButton(self, position: QPoint) -> bool:
        """The whole switch can be clicked."""
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a pill with a knob: right and filled when on, left and hollow when off, in the middle when mixed."""
        colours = theme.current()
        state = self.checkState()
        is_on = state == Qt.CheckState.Checked
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pill = QRectF(2.5, (self.height() - self._HEIGHT) / 2 + 0.5, self._WIDTH - 1, self._HEIGHT - 1)
        fill = colours.accent if is_on else colours.raised
        outline = colours.accent if is_on else colours.strong_border
        if self.hasFocus():
            outline = colours.accent_text
        elif self.underMouse() and not is_on:
            outline = colours.muted
        knob = colours.on_accent if is_on else colours.muted
        if not self.isEnabled():
            fill, outline, knob = colours.panel, colours.border, colours.disabled
        painter.setPen(QPen(QColor(outline), 1.5 if self.hasFocus() else 1.0))
        painter.setBrush(QColor(fill))
        painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2)
        size = pill.height() - 6
        place = {Qt.CheckState.Unchecked: 0.0, Qt.CheckState.PartiallyChecked: 0.5, Qt.CheckState.Checked: 1.0}[state]
        left = pill.left() + 3 + place * (pill.width() - 6 - size)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(knob))
        painter.drawEllipse(QRectF(left, pill.top() + 3, size, size))

    def _on_clicked(self, checked: bool) -> None:
        self.setTristate(False)
        self.edited.emit(checked)


class ChoiceField(QComboBox):
    """One of a few named options."""

    edited = Signal(object)
    """The user has chosen."""
    refused = Signal(str)
    """Never emitted: only what is allowed can be chosen."""

    def __init__(self, param: Choice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        for option in param.options:
            self.addItem(param.option_title(option), option)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setPlaceholderText(MIXED)
        # The longest option must not widen the panel.
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.activated.connect(lambda index: self.edited.emit(self.itemData(index)))

    def show_value(self, value: ParamValue | None) -> None:
        """Show a value that was set elsewhere; None for values that differ."""
        self.setCurrentIndex(-1 if value is None else self.findData(value))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Change nothing while scrolling past: the wheel counts only in the field that has the focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class PairField(QWidget):
    """Height and width, with a lock that keeps them equal: one number for both."""

    edited = Signal(object)
    """The user has set another valid pair."""
    refused = Signal(str)
    """Why a text is not taken; empty when nothing is wrong any more."""

    def __init__(self, param: Pair, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value: tuple[int, int] | None = None
        self._fields = tuple(
            NumberField(
                Int(
                    name=param.name,
                    label=param.title,
                    default=default,
                    minimum=param.minimum,
                    maximum=param.maximum,
                    doc=param.doc,
                )
            )
            for default in param.default
        )
        self.lock = QToolButton(self)
        """Pressed while one number stands for both."""
        self.lock.setCheckable(True)
        self.lock.setIconSize(QSize(14, 14))
        self.lock.setFixedSize(20, 24)
        # The icon says enough; a row of filled buttons would outshout the numbers.
        self.lock.setStyleSheet("QToolButton { padding: 0; } QToolButton:checked:!hover { background: transparent; }")
        self.lock.toggled.connect(self._on_lock_shown)
        self.lock.clicked.connect(self._on_lock_clicked)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.UNIT)
        for index, (field, side) in enumerate(zip(self._fields, ("height", "width"), strict=True)):
            field.make_narrow()
            field.setAccessibleName(f"{param.title}, {side}")
            field.edited.connect(lambda value, index=index: self._on_edited(index, value))
            field.refused.connect(self.refused)
            if index:
                row.addWidget(QLabel("×"))
            row.addWidget(field, 1)
        row.addWidget(self.lock)
        height, width = self._fields
        self.setFocusProxy(height)
        self.setTabOrder(height, width)
        self.setTabOrder(width, self.lock)
        self._on_lock_shown(False)

    def name_parts(self, name: str) -> None:
        """Give the height field the object name `name`, the others the same with `_width` and `_lock` behind it."""
        for part, suffix in zip((*self._fields, self.lock), ("", "_width", "_lock"), strict=True):
            part.setObjectName(name + suffix)

    def show_value(self, value: ParamValue | None) -> None:
        """Show a value that was set elsewhere; None for values that differ."""
        first = self._value is None
        self._value = (value[0], value[1]) if isinstance(value, tuple) else None
        for field, number in zip(self._fields, self._value or (None, None), strict=True):
            field.show_value(number)
        is_square = self._value is None or self._value[0] == self._value[1]
        if first or not is_square:
            self.lock.setChecked(is_square)

    def _on_edited(self, index: int, value: int) -> None:
        if self.lock.isChecked() or self._value is None:
            self._set((value, value))
        else:
            self._set((value, self._value[1]) if index == 0 else (self._value[0], value))

    def _set(self, value: tuple[int, int]) -> None:
        changed = value != self._value
        self._value = value
        for field, number in zip(self._fields, value, strict=True):
            field.show_value(number)
        if changed:
            self.edited.emit(value)

    def _on_lock_clicked(self, locked: bool) -> None:
        if locked and self._value is not None:
            self._set((self._value[0], self._value[0]))

    def _on_lock_shown(self, locked: bool) -> None:
        self.lock.setIcon(
            theme.icon("link-variant" if locked else "link-variant-off", "muted" if locked else "disabled")
        )
        self.lock.setToolTip("One number for height and width" if locked else "Height and width differ")
        self.lock.setAccessibleName("Height and width are kept equal")


class ShapeField(QLineEdit):
    """The sizes of a tensor along its axes, such as “1, 28, 28”."""

    edited = Signal(object)
    """The user has set another valid shape."""
    refused = Signal(str)
    """Why the text is not taken; empty when nothing is wrong any more."""

    def __init__(self, param: Shape, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._param = param
        self._text = TextValue(self, self, self._read, _write_shape, _is_unfinished_shape)
        self._text.edited.connect(self.edited)
        self._text.refused.connect(self.refused)
        self.editingFinished.connect(self._text.settle)
        self.setMaxLength(80)

    def show_value(self, value: ParamValue | None) -> None:
        """Show a value that was set elsewhere; None for values that differ."""
        self.setPlaceholderText(MIXED if value is None else "")
        self._text.show(value)

    def _read(self, text: str) -> tuple[int, ...]:
        words = [word for word in _SEPARATOR.split(text.strip()) if word]
        sizes = tuple(int(word) if word.isdecimal() and len(word) < 10 else word for word in words)
        return self._param.check(sizes if all(isinstance(size, int) for size in sizes) else text)


_SEPARATOR = re.compile(r"[\s,;×x]+")
_SEPARATOR_AT_END = re.compile(r"(^|[,;×x])\s*$")


def _is_unfinished_shape(text: str) -> bool:
    return _SEPARATOR_AT_END.search(text) is not None


def _write_shape(value: ParamValue) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


Field: TypeAlias = NumberField | SwitchField | ChoiceField | PairField | ShapeField


def field_for(param: Param) -> Field:
    """The widget that edits `param`.

    Raises:
        TypeError: there is no widget for this kind of parameter.
    """
    match param:
        case Int() | Float():
            return NumberField(param)
        case Bool():
            return SwitchField(param)
        case Choice():
            return ChoiceField(param)
        case Pair():
            return PairField(param)
        case Shape():
            return ShapeField(param)
    raise TypeError(f"There is no field for a {type(param).__name__}.")
