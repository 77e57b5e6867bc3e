"""The widget for each kind of parameter; all of them say `edited` when, and only when, the user set a valid value."""

from __future__ import annotations

from typing import TypeAlias

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPalette, QPen, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from engine.graph.expressions import MARK
from engine.graph.params import Bool, Choice, Float, Int, Param, ParamValue, Shape, Sizes, Text
from gui import theme
from gui.inspector.number_field import NumberField
from gui.inspector.sizes_field import SizesField
from gui.inspector.text_fields import ShapeField, TextField
from gui.inspector.text_value import MIXED
from gui.parts import FOCUS
from gui.style_memory import forget_list_with


class SwitchField(QCheckBox):
    """Yes or no, drawn as a switch."""

    edited = Signal(object)
    """The user has switched."""
    refused = Signal(str)
    """Never emitted: a switch cannot be wrong."""
    expressionBegun = Signal(str)
    """The user has pressed the key “=”; only where expressions are taken."""

    _WIDTH, _HEIGHT = 32, 18

    def __init__(self, param: Bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._takes_expressions = False
        self.clicked.connect(self._on_clicked)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def take_expressions(self) -> None:
        """Let the key “=” begin an expression."""
        self._takes_expressions = True

    def show_value(self, value: ParamValue | None) -> None:
        """Show a value that was set elsewhere; None for values that differ."""
        self.setTristate(value is None)
        if value is None:
            self.setCheckState(Qt.CheckState.PartiallyChecked)
        else:
            self.setChecked(bool(value))

    def sizeHint(self) -> QSize:
        """The switch and a margin for the focus ring."""
        return QSize(theme.px(self._WIDTH) + 4, theme.px(self._HEIGHT) + 10)

    def minimumSizeHint(self) -> QSize:
        """The same as `sizeHint`."""
        return self.sizeHint()

    def hitButton(self, position: QPoint) -> bool:
        """The whole switch can be clicked."""
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Begin an expression where one is taken."""
        if self._takes_expressions and event.text() == MARK:
            self.expressionBegun.emit("")
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a pill with a knob: right and filled when on, left and hollow when off, in the middle when mixed."""
        colours = theme.current()
        state = self.checkState()
        is_on = state == Qt.CheckState.Checked
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width, height = theme.px(self._WIDTH), theme.px(self._HEIGHT)
        pill = QRectF(2.5, (self.height() - height) / 2 + 0.5, width - 1, height - 1)
        fill = colours.accent if is_on else colours.raised
        outline = colours.accent if is_on else colours.strong_border
        if self.hasFocus():
            outline = colours.accent_focus if is_on else colours.accent_text
        elif self.underMouse() and not is_on:
            outline = colours.muted
        knob = colours.on_accent if is_on else colours.muted
        if not self.isEnabled():
            fill, outline, knob = colours.panel, colours.border, colours.disabled
        painter.setPen(QPen(QColor(outline), FOCUS if self.hasFocus() else 1.0))
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
    expressionBegun = Signal(str)
    """The user has pressed the key “=”; only where expressions are taken."""

    def __init__(self, param: Choice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._takes_expressions = False
        self.set_options(param)
        forget_list_with(self)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setPlaceholderText(MIXED)
        # The longest option must not widen the panel.
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.activated.connect(lambda index: self.edited.emit(self.itemData(index)))

    def set_options(self, param: Choice) -> None:
        """Offer the options of `param`; what is chosen stays as long as it is among them."""
        chosen = self.currentData()
        self.clear()
        for option in param.options:
            self.addItem(param.option_title(option), option)
        self.show_value(chosen)

    def take_expressions(self) -> None:
        """Let the key “=” begin an expression."""
        self._takes_expressions = True

    def show_value(self, value: ParamValue | None) -> None:
        """Show a value that was set elsewhere; None for values that differ."""
        self.setCurrentIndex(-1 if value is None else self.findData(value))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Begin an expression where one is taken."""
        if self._takes_expressions and event.text() == MARK:
            self.expressionBegun.emit("")
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the chosen option, shortened where it is too long for the field."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        part = QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, self).width()
        text = option.currentText or self.placeholderText()
        option.currentText = option.fontMetrics.elidedText(text, Qt.TextElideMode.ElideRight, room - 2)
        if not self.currentText():
            option.palette.setColor(QPalette.ColorRole.ButtonText, self.palette().placeholderText().color())
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Change nothing while scrolling past: the wheel counts only in the field that has the focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


PlainField: TypeAlias = NumberField | SwitchField | ChoiceField | SizesField | ShapeField
"""The fields of parameters that may be computed inside a block; each says `expressionBegun` if told to."""
Field: TypeAlias = PlainField | TextField
"""The field of any parameter."""


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
        case Sizes():
            return SizesField(param)
        case Shape():
            return ShapeField(param)
        case Text():
            return TextField(param)
    raise TypeError(f"There is no field for a {type(param).__name__}.")
