"""The rarer kinds of parameter in a form, and what hides, or reads as words, beside the value of another."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QLabel, QLineEdit, QToolButton, QWidget

from engine.graph.params import Bool, Int, ParamValue, Shape, Sizes, Text
from gui.inspector.form import ParamForm

CUBE = Sizes(name="cube", default=(3, 3, 3), minimum=1, doc="How large.")
ORDER = Shape(name="order", default=(2, 3, 1), minimum_axes=2, minimum_size=-1, doc="Which first.")
LINE = Text(name="line", default="ab", objection=lambda text: None if "a" in text else "no a.", doc="What.")
SAME = Bool(name="same", default=False, doc="Whether.")
BORDER = Int(name="border", default=1, only_with=("same", (False,)), doc="How wide.")
CORES = Int(name="cores", default=0, maximum=8, special="automatic", doc="How many.")


@pytest.fixture
def other(show_form: Callable[..., ParamForm]) -> ParamForm:
    """A form of them."""
    return show_form((CUBE, ORDER, LINE, SAME, BORDER, CORES))


def spin(form: ParamForm, name: str) -> QAbstractSpinBox:
    return form.findChild(QAbstractSpinBox, f"param_{name}")


def error(form: ParamForm, name: str) -> str:
    label = form.findChild(QLabel, f"error_{name}")
    return label.text() if label.isVisible() else ""


def test_three_numbers_are_one_until_they_are_unlocked(
    other: ParamForm, edits: list[tuple[str, ParamValue]], type_into: Callable[..., None]
) -> None:
    depth, height, width = (spin(other, f"cube{suffix}") for suffix in ("", "_height", "_width"))
    lock = other.findChild(QToolButton, "param_cube_lock")
    assert "depth, height and width" in lock.toolTip()
    type_into(height, "5")
    assert edits[-1] == ("cube", (5, 5, 5))
    QTest.mouseClick(lock, Qt.MouseButton.LeftButton)
    type_into(height, "7")
    assert edits[-1] == ("cube", (5, 7, 5))
    type_into(width, "1")
    assert [field.text() for field in (depth, height, width)] == ["5", "7", "1"]
    QTest.mouseClick(lock, Qt.MouseButton.LeftButton)
    assert edits[-1] == ("cube", (5, 5, 5))


def test_one_size_needs_no_lock(host: Callable[..., QWidget], type_into: Callable[..., None]) -> None:
    form = ParamForm((Sizes(name="size", default=(3,), minimum=1, doc=""),), {})
    edits: list[object] = []
    form.valueEdited.connect(lambda name, value: edits.append(value))
    host(form)
    assert not form.findChild(QToolButton, "param_size_lock").isVisible()
    type_into(spin(form, "size"), "4")
    assert edits == [(4,)]


def test_a_list_takes_what_its_limits_allow(
    other: ParamForm, edits: list[tuple[str, ParamValue]], type_into: Callable[..., None]
) -> None:
    field = other.findChild(QLineEdit, "param_order")
    for text in ("-", "-1", "-1,", "-1, 2"):
        type_into(field, text, end=None)
        assert not error(other, "order"), f"no scolding at “{text}”"
    assert edits[-1] == ("order", (-1, 2))
    type_into(field, "-1 5 2")
    assert edits[-1] == ("order", (-1, 5, 2))
    assert field.text() == "-1, 5, 2"
    type_into(field, "-2, 1", end=None)
    assert "between -1 and" in error(other, "order")
    type_into(field, "3")
    assert "2 to 4 whole numbers" in error(other, "order")


def test_a_text_is_checked_while_it_is_typed(
    other: ParamForm, edits: list[tuple[str, ParamValue]], type_into: Callable[..., None]
) -> None:
    field = other.findChild(QLineEdit, "param_line")
    type_into(field, "x", end=None)
    assert error(other, "line") == "“Line”: no a."
    QTest.keyClicks(field, "a")
    assert error(other, "line") == ""
    assert edits == [("line", "xa")]
    type_into(field, "y")
    assert field.text() == "y", "Enter throws nothing away"
    QTest.keyClick(field, Qt.Key.Key_Tab)
    assert field.text() == "ab", "as before the typing began"
    assert edits[-1] == ("line", "ab")


def test_what_means_nothing_hides_and_hands_the_keyboard_on(
    other: ParamForm, edits: list[tuple[str, ParamValue]]
) -> None:
    switch, border = other.findChild(QWidget, "param_same"), spin(other, "border")
    left = border.mapTo(other, QPoint(0, 0)).x()
    assert left == other.findChild(QLineEdit, "param_line").mapTo(other, QPoint(0, 0)).x()
    QTest.mouseClick(switch, Qt.MouseButton.LeftButton)
    assert not border.isVisible()
    QTest.mouseClick(switch, Qt.MouseButton.LeftButton)
    assert border.isVisible()
    assert border.mapTo(other, QPoint(0, 0)).x() == left
    border.setFocus()
    other.set_value("same", True)
    assert not border.isVisible()
    assert switch.hasFocus()
    other.set_value("same", None)
    assert border.isVisible(), "of several layers some may need it"


def test_a_special_value_is_written_in_words(
    other: ParamForm, edits: list[tuple[str, ParamValue]], type_into: Callable[..., None]
) -> None:
    field = spin(other, "cores")
    assert field.text() == "automatic"
    assert "Default: automatic." in field.toolTip()
    type_into(field, "4")
    type_into(field, "0")
    assert edits[-1] == ("cores", 0)
    assert field.text() == "automatic"
