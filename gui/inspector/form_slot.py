"""The place of a form that is replaced when something else is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.graph.params import Param, ParamValue
from engine.layers.blocks import NUMBERING, REPEAT
from engine.layers.spec import LayerSpec
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
            self.form.show()
        self.setVisible(self.form is not None)
        return self.form


_NUMBERING = replace(
    NUMBERING,
    titles=("name.0, .1, …", "name1, 2, …"),
    only_with=(REPEAT.name, tuple(range(2, REPEAT.maximum + 1))),
)
"""What copies are called is no question while there is only one."""


def form_params(declared: LayerSpec) -> tuple[Param, ...]:
    """What the form of a layer, or of an instance of a block, has rows for."""
    return tuple(_NUMBERING if param is NUMBERING else param for param in declared.params)
