"""The place of a form that is replaced when something else is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.graph.params import Param, ParamValue
from gui import focus
from gui.inspector.form import ParamForm
from gui.inspector.variables import Variables
from gui.parts import discard


class FormSlot(QWidget):
    """Holds one form at a time, or none where there is nothing to set."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.form: ParamForm | None = None
        """The form of the moment; None where there is nothing to set."""
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    def build(
        self, params: Sequence[Param], values: Mapping[str, ParamValue | None], variables: Variables | None = None
    ) -> ParamForm | None:
        """Replace the form by one for `params`, whose values may be computed from `variables`."""
        if self.form is not None:
            discard(self.form)
        self.form = ParamForm(params, values, variables, parent=self) if params else None
        if self.form is not None:
            self._column.addWidget(self.form)
            focus.put_in_place(self.form, self)
            self.form.show()
        self.setVisible(self.form is not None)
        return self.form
