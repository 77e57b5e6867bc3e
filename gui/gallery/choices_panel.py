"""The form of what can be chosen about a network, and the buttons that fit it to a data set."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from engine.data.declarations import DATA_SETS, DataSet
from engine.graph.params import Param, ParamValue
from gui import theme
from gui.gallery.choices import Choices, data_sets_for
from gui.inspector.form_slot import FormSlot
from gui.inspector.number_field import NumberField
from gui.inspector.text_fields import ShapeField
from gui.parts import discard, heading, wrapped

_FORM_WIDTH = 340
_WHAT_FITTING_DOES = "Sets the size and the classes to those of the data set, and trains on it."
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class ChoicesPanel(QWidget):
    """Shows the choices about one network and announces what the user does about them."""

    edited = Signal(object)
    """The user has made other `Choices`."""
    checked = Signal()
    """`is_wrong` may be another."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices: Choices | None = None
        self._params: tuple[Param, ...] = ()
        self._refused = False
        self._slot = FormSlot()
        self._slot.setMaximumWidth(_FORM_WIDTH)
        self._buttons: dict[str, QPushButton] = {}
        self._objections: dict[str, str] = {}
        self._fits = QVBoxLayout()
        self._fits.setSpacing(theme.UNIT + 2)
        self._trains_on = wrapped(role="caption")
        self._trains_on.setObjectName("gallery_data")
        self._beside = QWidget()
        self._lay_out()

    @property
    def is_wrong(self) -> bool:
        """Whether a field holds a text that is not taken."""
        return self._slot.form is not None and any(
            widget.property("state") == "error" for widget in self._slot.form.findChildren(QWidget)
        )

    def show_choices(self, choices: Choices) -> None:
        """Show `choices`."""
        is_other = self._choices is None or self._choices.entry is not choices.entry
        self._choices = choices
        if is_other:
            self._build_form(choices)
            self._build_buttons(choices)
        elif self._slot.form is not None:
            self._slot.form.set_values(choices.values)
        self._show_data(choices)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keep the first Enter behind a wrong text from opening a network with the value that held before."""
        if event.key() in _ENTER and self._refused:
            self._refused = False
            event.accept()
        else:
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        beside = QVBoxLayout(self._beside)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(theme.UNIT + 2)
        beside.addWidget(heading("Data"))
        beside.addLayout(self._fits)
        beside.addWidget(self._trains_on)
        beside.addStretch(1)
        left = QVBoxLayout()
        left.setSpacing(theme.UNIT + 2)
        left.addWidget(heading("Size"))
        left.addWidget(self._slot)
        left.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * theme.LARGE_GAP)
        row.addLayout(left, 3)
        row.addWidget(self._beside, 2)
        row.addStretch(0)

    def _build_form(self, choices: Choices) -> None:
        params = choices.params
        if params == self._params and self._slot.form is not None:
            self._slot.form.set_values(choices.values)
            return
        self._params = params
        form = self._slot.build(params, dict(choices.values))
        if form is None:
            return
        form.valueEdited.connect(self._on_value)
        fields: list[NumberField | ShapeField] = [*form.findChildren(NumberField), *form.findChildren(ShapeField)]
        for field in fields:
            field.refused.connect(self._on_refused)
            # By then the field has put a right text into the place of a wrong one.
            field.editingFinished.connect(self.checked)
        self._refused = False

    def _build_buttons(self, choices: Choices) -> None:
        for button in self._buttons.values():
            discard(button)
        self._buttons, self._objections = {}, {}
        for data_set in data_sets_for(choices.entry):
            button = QPushButton(f"Fit to {data_set.label}")
            button.setObjectName(f"fit_{data_set.id}")
            button.setAutoDefault(False)
            button.clicked.connect(partial(self._fit, data_set))
            self._fits.addWidget(button)
            self._buttons[data_set.id] = button
            self._objections[data_set.id] = choices.objection(data_set)
        self._beside.setVisible(bool(self._buttons))

    def _show_data(self, choices: Choices) -> None:
        """Say what the project will be trained on."""
        chosen = choices.data_set
        for name, button in self._buttons.items():
            data_set, objection, is_chosen = DATA_SETS[name], self._objections[name], chosen is DATA_SETS[name]
            button.setEnabled(not objection)
            button.setIcon(theme.icon("check", "success") if is_chosen else QIcon())
            button.setToolTip(objection or data_set.doc)
            button.setAccessibleDescription(objection or ("This is in effect." if is_chosen else data_set.doc))
        if chosen is not None:
            text = f"The project will train on {chosen.label}."
        else:
            text = " ".join(self._objections.values()) if all(self._objections.values()) else _WHAT_FITTING_DOES
        self._trains_on.setText(text)

    def _on_value(self, name: str, value: ParamValue) -> None:
        if self._choices is not None:
            self.edited.emit(self._choices.with_value(name, value))

    def _on_refused(self, reason: str) -> None:
        self._refused = bool(reason)
        self.checked.emit()

    def _fit(self, data_set: DataSet, is_pressed: bool = False) -> None:
        if self._choices is not None:
            self.edited.emit(self._choices.fitted(data_set))
