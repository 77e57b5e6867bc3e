"""The form that is generated from declared parameters; layers, data sets and the training recipe all use it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from engine.graph.params import Float, Int, Pair, Param, ParamValue, Shape, format_value
from gui import theme
from gui.inspector.fields import PairField, SwitchField, field_for


def range_hint(param: Param) -> str:
    """What values `param` takes, such as “From 1 to 1,024.”; empty when it says nothing new."""
    match param:
        case Int() | Pair():
            return f"From {param.minimum:,} to {param.maximum:,}."
        case Float():
            if math.isinf(param.minimum) and math.isinf(param.maximum):
                return "Any number."
            if math.isinf(param.maximum):
                return f"{param.minimum:g} or more."
            if math.isinf(param.minimum):
                return f"{param.maximum:g} or less."
            return f"From {param.minimum:g} to {param.maximum:g}."
        case Shape():
            return f"Up to {param.maximum_axes} numbers with commas between them."
    return ""


def help_text(param: Param) -> str:
    """What `param` means, what values it takes and with which one a new layer starts."""
    match param:
        case Shape():
            default = ", ".join(map(str, param.default))
        case _:
            titles = getattr(param, "option_title", format_value)
            default = titles(param.default)
    limits = f"{range_hint(param)} Default: {default}.".strip()
    return f"{param.doc}\n{limits}"


class ParamRow(QWidget):
    """One parameter: its name, its field, its unit, and below it the help (on request) and what is wrong (if so)."""

    edited = Signal(str, object)
    """The user has set the parameter of this name to another valid value."""

    def __init__(self, param: Param, value: ParamValue | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.param = param
        """What is edited here."""
        self.field = field_for(param)
        """The widget that edits it."""
        self.title = QLabel(param.title)
        """Its name, at the left."""
        self._help_button = QToolButton()
        self._help = _note("caption")
        self._error = _note("error")
        self._error.setObjectName(f"error_{param.name}")
        self._name_field()
        self._lay_out()
        self.field.show_value(value)
        self.field.edited.connect(lambda value: self.edited.emit(param.name, value))
        self.field.refused.connect(self._show_error)
        self._explain(help_text(param))

    def set_available(self, available: bool, reason: str = "") -> None:
        """Let the field be edited or not; `reason` says in a sentence why not."""
        self.field.setEnabled(available)
        self.title.setEnabled(available)
        text = help_text(self.param)
        self._explain(text if available or not reason else f"{reason}\n{text}")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Open the help with F1 from within the field; clicking a switch's name switches it."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_F1:
            self._help_button.toggle()
            return True
        is_click = watched is self.title and event.type() == QEvent.Type.MouseButtonRelease
        if is_click and self.field.isEnabled():
            self.field.setFocus(Qt.FocusReason.MouseFocusReason)
            if isinstance(self.field, SwitchField):
                self.field.click()
        return super().eventFilter(watched, event)

    def _name_field(self) -> None:
        name = f"param_{self.param.name}"
        if isinstance(self.field, PairField):
            self.field.name_parts(name)
        else:
            self.field.setObjectName(name)
        self.field.setAccessibleName(f"{self.param.title} ({self.param.unit})" if self.param.unit else self.param.title)
        self.title.setBuddy(self.field)
        self.title.installEventFilter(self)
        self.field.installEventFilter(self)
        for child in self.field.findChildren(QWidget):
            child.installEventFilter(self)

    def _lay_out(self) -> None:
        button = self._help_button
        button.setIcon(theme.icon("help-circle-outline", "muted"))
        button.setIconSize(QSize(14, 14))
        button.setFixedSize(18, 24)
        button.setStyleSheet("QToolButton { padding: 0; }")
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setAccessibleName(f"Help on {self.param.title}")
        button.toggled.connect(self._help.setVisible)
        line = QHBoxLayout()
        line.setSpacing(theme.UNIT)
        line.addWidget(self.title)
        line.addSpacing(theme.UNIT)
        line.addWidget(self.field, 1)
        if isinstance(self.field, SwitchField):
            line.addStretch(1)
        if self.param.unit:
            unit = QLabel(self.param.unit)
            unit.setProperty("role", "caption")
            line.addWidget(unit)
        line.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.UNIT)
        column.addLayout(line)
        column.addWidget(self._error)
        column.addWidget(self._help)

    def _explain(self, text: str) -> None:
        self._help.setText(text)
        self.field.setAccessibleDescription(text)
        for widget in (self.title, self.field, self._help_button):
            widget.setToolTip(_tool_tip(text))

    def _show_error(self, sentence: str) -> None:
        self._error.setText(sentence)
        self._error.setVisible(bool(sentence))


class ParamForm(QWidget):
    """A row for each of some parameters.

    The form holds no truth: it shows what it is told by `set_value` and announces what the user does.
    """

    valueEdited = Signal(str, object)
    """The user has set the parameter of this name to another valid value."""

    def __init__(
        self, params: Sequence[Param], values: Mapping[str, ParamValue | None], parent: QWidget | None = None
    ) -> None:
        """Build a row for each of `params`, showing `values`; None stands for values that differ."""
        super().__init__(parent)
        self._rows: dict[str, ParamRow] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.UNIT + 2)
        for param in params:
            row = ParamRow(param, values.get(param.name, param.default))
            row.edited.connect(self.valueEdited)
            column.addWidget(row)
            self._rows[param.name] = row
        self._align()

    def set_value(self, name: str, value: ParamValue | None) -> None:
        """Show the value of one parameter, without announcing it; names that are not in the form are ignored."""
        if name in self._rows:
            self._rows[name].field.show_value(value)

    def set_values(self, values: Mapping[str, ParamValue | None]) -> None:
        """Show several values, without announcing them."""
        for name, value in values.items():
            self.set_value(name, value)

    def set_available(self, name: str, available: bool, reason: str = "") -> None:
        """Let one parameter be edited or not; `reason` says in a sentence why not."""
        if name in self._rows:
            self._rows[name].set_available(available, reason)

    def _align(self) -> None:
        """Give all names one width, so that the fields stand in one column."""
        widths = [row.title.sizeHint().width() for row in self._rows.values()]
        for row in self._rows.values():
            row.title.setFixedWidth(max(96, *widths))


def _note(role: str) -> QLabel:
    label = QLabel()
    label.setProperty("role", role)
    label.setWordWrap(True)
    label.setVisible(False)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


def _tool_tip(text: str) -> str:
    """`text` as a tool tip of a readable width."""
    paragraphs = "".join(f"<p style='margin: 0 0 4px 0'>{escape(line)}</p>" for line in text.split("\n"))
    return f"<table width='300'><tr><td>{paragraphs}</td></tr></table>"
