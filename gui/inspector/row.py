"""One row of a form: the name of a parameter, its field, and below it what there is to say about it."""

from __future__ import annotations

import math
from html import escape

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QWidget,
)

from engine.graph.expressions import is_expression
from engine.graph.params import Float, Int, Param, ParamError, ParamValue, Shape, Sizes, Text
from gui import theme
from gui.inspector.expression_field import ExpressionField
from gui.inspector.fields import SwitchField, field_for
from gui.inspector.icon_button import IconButton
from gui.inspector.reading import as_written, value_text
from gui.inspector.sizes_field import SizesField
from gui.inspector.text_fields import TextField
from gui.inspector.variables import Variables


def range_hint(param: Param) -> str:
    """What values `param` takes, such as “From 1 to 1,024.”; empty when it says nothing new."""
    match as_written(param):
        case Int(minimum=minimum, maximum=maximum) | Sizes(minimum=minimum, maximum=maximum):
            return f"From {minimum:,} to {maximum:,}."
        case Float(minimum=minimum, maximum=maximum, unit=unit):
            if math.isinf(minimum) and math.isinf(maximum):
                return "Any number."
            if math.isinf(maximum):
                return f"{minimum:g} or more."
            if math.isinf(minimum):
                return f"{maximum:g} or less."
            return f"From {minimum:g} to {maximum:g}{' %' if unit == '%' else ''}."
        case Shape(minimum_axes=fewest, maximum_axes=most):
            few = f"{fewest} to" if fewest < most else "Exactly"
            return f"{few} {most} numbers with commas between them."
    return ""


def help_text(param: Param) -> str:
    """What `param` means, what values it takes and with which one a new layer starts."""
    default = value_text(param, param.default)
    limits = f"{range_hint(param)} Default: {default or 'empty'}.".strip()
    return f"{param.doc}\n{limits}".strip()


class ParamRow(QWidget):
    """One parameter: its name, its field, its unit, and below it the help (on request) and what is wrong (if so).

    Inside a block a switch with an equals sign exchanges the field for one that computes the value from the
    parameters of the block.
    """

    edited = Signal(str, object)
    """The user has set the parameter of this name to another valid value."""

    def __init__(
        self,
        param: Param,
        value: ParamValue | None,
        variables: Variables,
        explanation: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.param = param
        """What is edited here."""
        self.field = field_for(param)
        """The widget that edits its plain value."""
        self.title = QLabel(param.title)
        """Its name, at the left."""
        self._explanation = explanation
        self._variables = variables
        self._value = value
        self._is_settled = False
        self._is_computed = False
        can_compute = bool(variables.params) and not isinstance(param, Text) and not param.fixed
        self._expression = self._make_expression() if can_compute else None
        self._unit = QLabel(param.unit) if param.unit else None
        self._toggle = IconButton("equal", "Compute from the block's parameters")
        self._help_button = IconButton("help-circle-outline", "")
        self._here = _note("caption") if can_compute else None
        self._help = _note("caption")
        self._error = _note("error")
        self._name_field()
        self._lay_out()
        self._connect()
        self.show_value(value)
        self._explain(explanation)

    @property
    def holds_focus(self) -> bool:
        """Whether the keyboard is in this row."""
        return _holds_focus(self)

    def show_value(self, value: ParamValue | None) -> None:
        """Show a value or an expression that was set elsewhere; None for values that differ."""
        if self._is_settled and value == self._value and type(value) is type(self._value):
            # Nothing new, and maybe something wrong is just being typed and explained.
            return
        self._is_settled = True
        self._value = value
        expression = self._expression
        if expression is None:
            self.field.show_value(value)
        elif is_expression(value):
            expression.show_value(value)
            self._exchange(True)
        elif not (self._is_computed and expression.hasFocus() and value == expression.value):
            # Also the hidden one, so that it does not fight for what was being typed into it.
            expression.show_value(value)
            self.field.show_value(value)
            self._exchange(False)
        self._show_here()

    def set_variables(self, variables: Variables) -> None:
        """Say what expressions may use, and what it is worth here."""
        self._variables = variables
        if self._expression is not None:
            self._expression.set_names(variables.names)
            self._show_here()

    def set_available(self, available: bool, reason: str = "") -> None:
        """Let the field be edited or not; `reason` says in a sentence why not."""
        self.field.setEnabled(available)
        self.title.setEnabled(available)
        self._explain(self._explanation if available or not reason else f"{reason}\n{self._explanation}")

    def take_focus(self) -> None:
        """Put the keyboard into the field of the moment."""
        field = self._expression if self._is_computed and self._expression is not None else self.field
        field.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Open the help with F1 from within the field; clicking a switch's name switches it."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_F1:
            self._help_button.toggle()
            return True
        is_click = watched is self.title and event.type() == QEvent.Type.MouseButtonRelease
        if is_click and self.field.isEnabled():
            self.take_focus()
            if isinstance(self.field, SwitchField) and not self._is_computed:
                self.field.click()
        return super().eventFilter(watched, event)

    # Making

    def _make_expression(self) -> ExpressionField:
        field = ExpressionField(self.param, self._variables.names)
        field.setObjectName(f"expression_{self.param.name}")
        field.setAccessibleName(f"{self.param.title}, computed from the block's parameters")
        field.hide()
        return field

    def _name_field(self) -> None:
        name = f"param_{self.param.name}"
        if isinstance(self.field, SizesField):
            self.field.name_parts(name)
        else:
            self.field.setObjectName(name)
        self._toggle.setObjectName(f"compute_{self.param.name}")
        self._error.setObjectName(f"error_{self.param.name}")
        if self._here is not None:
            self._here.setObjectName(f"here_{self.param.name}")
        self._toggle.setAccessibleName(f"Compute {self.param.title}")
        self._toggle.is_lit = True
        self._help_button.setAccessibleName(f"Help on {self.param.title}")
        for button in (self._toggle, self._help_button):
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.field.setAccessibleName(f"{self.param.title} ({self.param.unit})" if self.param.unit else self.param.title)
        self.title.setBuddy(self.field)

    def _lay_out(self) -> None:
        if self._expression is None:
            self._toggle.hide()
        # Texts are never computed, but their fields end where the others do.
        keeps_place = self._toggle.sizePolicy()
        keeps_place.setRetainSizeWhenHidden(bool(self._variables.params))
        self._toggle.setSizePolicy(keeps_place)
        line = QHBoxLayout()
        line.setSpacing(theme.UNIT)
        line.addWidget(self.field, 0 if isinstance(self.field, SwitchField) else 1)
        if self._expression is not None:
            line.addWidget(self._expression, 1)
        if isinstance(self.field, SwitchField):
            line.addStretch(0)
        if self._unit is not None:
            self._unit.setProperty("role", "caption")
            line.addWidget(self._unit)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.UNIT)
        grid.setVerticalSpacing(theme.UNIT)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self.title, 0, 0)
        grid.addLayout(line, 0, 1)
        grid.addWidget(self._toggle, 0, 2)
        grid.addWidget(self._help_button, 0, 3)
        if self._here is not None:
            grid.addWidget(self._here, 1, 1, 1, 3)
        grid.addWidget(self._error, 2, 0, 1, 4)
        grid.addWidget(self._help, 3, 0, 1, 4)

    def _connect(self) -> None:
        for part in (self.title, self.field, *self.field.findChildren(QWidget)):
            part.installEventFilter(self)
        self._help_button.toggled.connect(self._show_help)
        self._toggle.clicked.connect(lambda pressed: self._begin() if pressed else self._give_up())
        self.field.edited.connect(self._announce)
        self.field.refused.connect(self._show_error)
        expression = self._expression
        if expression is None or isinstance(self.field, TextField):
            return
        expression.installEventFilter(self)
        expression.edited.connect(self._announce)
        expression.refused.connect(self._show_error)
        expression.finished.connect(self._on_finished)
        expression.givenUp.connect(self._give_up)
        self.field.take_expressions()
        self.field.expressionBegun.connect(self._begin)

    # Computing

    def _begin(self, text: str | None = None) -> None:
        """Let the user type an expression; what holds now holds until there is one."""
        if self._expression is not None:
            self._expression.show_value(self._value)
            self._exchange(True)
            self._expression.begin(text)

    def _give_up(self) -> None:
        """Put the plain value that an expression is worth into its place."""
        assert self._expression is not None
        self._expression.show_value(self._value)
        if self._value is not None and is_expression(self._value):
            self._announce(self._variables.plain(self.param, self._value))
        if self._value is None or not is_expression(self._value):
            self._exchange(False)
        self.take_focus()
        self._toggle.setChecked(self._is_computed)

    def _on_finished(self) -> None:
        # An expression was begun and none was typed.
        if self._is_computed and self._expression is not None and not is_expression(self._value):
            self._expression.show_value(self._value)
            self.field.show_value(self._value)
            self._exchange(False)

    def _exchange(self, is_computed: bool) -> None:
        """Show the field for expressions, or the one for plain values; the keyboard stays in the row."""
        self._toggle.setChecked(is_computed)
        if is_computed == self._is_computed or self._expression is None:
            return
        self._is_computed = is_computed
        old, new = (self.field, self._expression) if is_computed else (self._expression, self.field)
        had_focus = _holds_focus(old)
        new.show()
        if had_focus:
            new.setFocus(Qt.FocusReason.OtherFocusReason)
        old.hide()
        if self._unit is not None:
            self._unit.setVisible(not is_computed)
        self._show_here()

    # Telling

    def _announce(self, value: ParamValue) -> None:
        # Until it comes back, what is shown is not what holds.
        self._is_settled = False
        self.edited.emit(self.param.name, value)

    def _explain(self, text: str) -> None:
        self._help.setText(text)
        self.field.setAccessibleDescription(text)
        for widget in (self.title, self.field, self._help_button):
            widget.setToolTip(_tool_tip(text))

    def _show_help(self, shown: bool) -> None:
        self._help.setVisible(shown)

    def _show_error(self, sentence: str) -> None:
        self._error.setText(sentence)
        self._error.setVisible(bool(sentence))
        self._show_here()

    def _show_here(self) -> None:
        """Say what the expression comes to in the instance that was entered."""
        if self._here is None:
            return
        text, role = "", "caption"
        if self._is_computed and self._value is not None and is_expression(self._value):
            try:
                worth = self._variables.worth(self.param, self._value)
                text = "" if worth is None else f"= {value_text(self.param, worth)} here"
            except ParamError as error:
                text, role = str(error), "error"
        if self._here.property("role") != role:
            self._here.setProperty("role", role)
            self._here.style().unpolish(self._here)
            self._here.style().polish(self._here)
        self._here.setText(text)
        self._here.setVisible(bool(text) and self._error.isHidden())


def _holds_focus(widget: QWidget) -> bool:
    focus = QApplication.focusWidget()
    return focus is not None and (focus is widget or widget.isAncestorOf(focus))


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
