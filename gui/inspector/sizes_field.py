"""The field for sizes along one, two or three axes."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from engine.graph.params import Int, ParamValue, Sizes
from gui import theme
from gui.inspector.icon_button import IconButton
from gui.inspector.number_field import NumberField


class SizesField(QWidget):
    """One number for each axis, with a lock that keeps them equal: then any of them stands for all."""

    edited = Signal(object)
    """The user has set other valid sizes."""
    refused = Signal(str)
    """Why a text is not taken; empty when nothing is wrong any more."""
    expressionBegun = Signal(str)
    """The user has typed “=” at the beginning, and what stands behind it; only where expressions are taken."""

    def __init__(self, param: Sizes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._axes = param.axes
        self._value: tuple[int, ...] | None = None
        self._fields = [NumberField(_of_one_axis(param, index), self) for index in range(len(param.axes))]
        self.lock = IconButton("link-variant", "", self)
        """Pressed while one number stands for all; a single number needs none."""
        self.lock.setCheckable(True)
        self.lock.toggled.connect(self._on_lock_shown)
        self.lock.clicked.connect(self._on_lock_clicked)
        self._lay_out(param)
        self._on_lock_shown(False)

    def name_parts(self, name: str) -> None:
        """Give the first number the object name `name`, the others and the lock one with `_width`, … behind it."""
        self._fields[0].setObjectName(name)
        for field, axis in zip(self._fields[1:], self._axes[1:], strict=True):
            field.setObjectName(f"{name}_{axis}")
        self.lock.setObjectName(f"{name}_lock")

    def take_expressions(self) -> None:
        """Let a text that begins with “=” begin an expression."""
        for field in self._fields:
            field.take_expressions()

    def show_value(self, value: ParamValue | None) -> None:
        """Show a value that was set elsewhere; None for values that differ."""
        first = self._value is None
        self._value = value if isinstance(value, tuple) else None
        for field, number in zip(self._fields, self._value or [None] * len(self._fields), strict=True):
            field.show_value(number)
        is_equal = self._value is None or len(set(self._value)) == 1
        if first or not is_equal:
            self.lock.setChecked(is_equal)

    def _lay_out(self, param: Sizes) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        crowded = len(self._fields) > 2
        row.setSpacing(theme.UNIT // 2 if crowded else theme.UNIT)
        for index, (field, axis) in enumerate(zip(self._fields, self._axes, strict=True)):
            if len(self._fields) > 1:
                field.make_narrow()
                field.setAccessibleName(f"{param.title}, {axis}")
            field.edited.connect(lambda value, index=index: self._on_edited(index, value))
            field.refused.connect(self.refused)
            field.expressionBegun.connect(self.expressionBegun)
            if index and not crowded:
                row.addWidget(QLabel("×"))
            row.addWidget(field, 1)
        row.addWidget(self.lock)
        self.lock.setVisible(len(self._fields) > 1)
        self.setFocusProxy(self._fields[0])
        for before, after in zip(self._fields, [*self._fields[1:], self.lock], strict=True):
            self.setTabOrder(before, after)

    def _on_edited(self, index: int, value: int) -> None:
        if self.lock.isChecked() or self._value is None:
            self._set((value,) * len(self._fields))
        else:
            self._set((*self._value[:index], value, *self._value[index + 1 :]))

    def _set(self, value: tuple[int, ...]) -> None:
        changed = value != self._value
        self._value = value
        for field, number in zip(self._fields, value, strict=True):
            field.show_value(number)
        if changed:
            self.edited.emit(value)

    def _on_lock_clicked(self, locked: bool) -> None:
        if locked and self._value is not None:
            self._set((self._value[0],) * len(self._fields))

    def _on_lock_shown(self, locked: bool) -> None:
        self.lock.setIcon(
            theme.icon("link-variant" if locked else "link-variant-off", "muted" if locked else "disabled")
        )
        *others, last = self._axes
        names = f"{', '.join(others)} and {last}"
        self.lock.setToolTip(f"One number for {names}" if locked else f"{names.capitalize()} differ")
        self.lock.setAccessibleName(f"{names.capitalize()} are kept equal")


def _of_one_axis(param: Sizes, index: int) -> Int:
    return Int(
        name=param.name,
        label=param.title,
        default=param.default[index],
        minimum=param.minimum,
        maximum=param.maximum,
        doc=param.doc,
    )
