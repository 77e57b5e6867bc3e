"""The form that is generated from declared parameters; layers, blocks, data sets and the recipe all use it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.graph.params import Param, ParamError, ParamValue
from gui import theme
from gui.inspector.row import ParamRow, help_text
from gui.inspector.variables import Variables


class ParamForm(QWidget):
    """A row for each of some parameters; those that mean nothing beside the values of others are hidden.

    The form holds no truth: it shows what it is told by `set_value` and announces what the user does.
    """

    valueEdited = Signal(str, object)
    """The user has set the parameter of this name to another valid value."""

    def __init__(
        self,
        params: Sequence[Param],
        values: Mapping[str, ParamValue | None],
        variables: Variables | None = None,
        explain: Callable[[Param], str] = help_text,
        parent: QWidget | None = None,
    ) -> None:
        """Build a row for each of `params`, showing `values`; None stands for values that differ.

        Args:
            variables: what values may be computed from; left out where there are plain values only.
            explain: the help on a parameter.
        """
        super().__init__(parent)
        self._variables = variables or Variables()
        self._values: dict[str, ParamValue | None] = {p.name: values.get(p.name, p.default) for p in params}
        self._rows: dict[str, ParamRow] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.UNIT + 2)
        for param in params:
            # Made in its place: what is moved into a window later is styled once more.
            row = ParamRow(param, self._values[param.name], self._variables, explain(param), self)
            row.edited.connect(self.valueEdited)
            column.addWidget(row)
            self._rows[param.name] = row
        self._align()
        theme.theme_hub.themeChanged.connect(self._align)
        self._hide_meaningless()

    def set_value(self, name: str, value: ParamValue | None) -> None:
        """Show the value of one parameter, without announcing it; names that are not in the form are ignored."""
        self.set_values({name: value})

    def set_values(self, values: Mapping[str, ParamValue | None]) -> None:
        """Show several values, without announcing them."""
        for name, value in values.items():
            if name in self._rows:
                self._values[name] = value
                self._rows[name].show_value(value)
        self._hide_meaningless()

    def set_variables(self, variables: Variables) -> None:
        """Say what expressions may use, and what it is worth here."""
        if variables != self._variables:
            self._variables = variables
            for row in self._rows.values():
                row.set_variables(variables)
            self._hide_meaningless()

    def set_available(self, name: str, available: bool, reason: str = "") -> None:
        """Let one parameter be edited or not; `reason` says in a sentence why not."""
        if name in self._rows:
            self._rows[name].set_available(available, reason)

    def focus_on(self, name: str) -> None:
        """Put the keyboard into the field of one parameter."""
        self._rows[name].take_focus()

    def _align(self) -> None:
        """Give all names one width, so that the fields stand in one column, whichever rows are hidden."""
        widths = []
        for row in self._rows.values():
            row.title.ensurePolished()
            # What it wants to be wide includes the width that it was given before.
            widths.append(row.title.fontMetrics().boundingRect(row.title.text()).width() + 1)
        for row in self._rows.values():
            row.title.setFixedWidth(max([theme.px(96), *widths]) + theme.UNIT)

    def _hide_meaningless(self) -> None:
        for row in self._rows.values():
            if row.param.only_with is None:
                continue
            other, wanted = row.param.only_with
            value = self._plain_value(other)
            # Of layers that differ, and of what is not known, some may need it.
            applies = value is None or value in wanted
            if not applies and row.holds_focus and other in self._rows:
                self._rows[other].take_focus()
            row.setVisible(applies)

    def _plain_value(self, name: str) -> ParamValue | None:
        value = self._values.get(name)
        if value is None or name not in self._rows:
            return value
        try:
            return self._variables.worth(self._rows[name].param, value)
        except ParamError:
            return None
