"""The generated form: what is typed wrongly is explained and never taken, and the form follows without loops."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QKeySequence, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QLabel, QLineEdit, QToolButton, QWidget

from engine.graph.params import Bool, Choice, Float, Int, Param, ParamValue, Shape, Sizes
from gui.inspector.fields import field_for
from gui.inspector.form import ParamForm
from gui.inspector.number_field import next_number, whole_step
from gui.inspector.row import help_text, range_hint

FILTERS = Int(name="filters", default=16, minimum=1, maximum=9999, doc="How many.")
RATE = Float(name="rate", default=0.01, minimum=1e-6, maximum=1.0, doc="How fast.")
KERNEL = Sizes(name="kernel", default=(3, 3), minimum=1, maximum=99, unit="px", doc="How large.")
SHAPE = Shape(name="shape", default=(1, 28, 28), doc="What comes in.")
LOSS = Choice(name="loss", default="a", options=("a", "b", "c"), titles=("First", "Second", "Third"), doc="Which.")
BIAS = Bool(name="bias", default=True, doc="Whether.")
ALL = (FILTERS, RATE, KERNEL, SHAPE, LOSS, BIAS)


@pytest.fixture
def form(show_form: Callable[..., ParamForm]) -> ParamForm:
    """A form of the usual kinds of parameter."""
    return show_form(ALL)


def spin(form: ParamForm, name: str) -> QAbstractSpinBox:
    return form.findChild(QAbstractSpinBox, f"param_{name}")


def error(form: ParamForm, name: str) -> str:
    label = form.findChild(QLabel, f"error_{name}")
    return label.text() if label.isVisible() else ""


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("filters", "0", "between 1 and 9,999"),
        ("filters", "10000", "between 1 and 9,999"),
        ("filters", "2.5", "a whole number"),
        ("filters", "many", "a whole number"),
        ("filters", "9" * 40, "between 1 and 9,999"),
        ("rate", "2", "between 1e-06 and 1"),
        ("rate", "-0.1", "between 1e-06 and 1"),
        ("rate", "nan", "number"),
        ("rate", "1e400", "number"),
        ("rate", "0,01", "a number"),
        ("kernel", "100", "between 1 and 99"),
    ],
)
def test_a_wrong_number_is_explained_and_the_old_one_kept(
    name: str,
    text: str,
    reason: str,
    form: ParamForm,
    edits: list[tuple[str, ParamValue]],
    type_into: Callable[..., None],
) -> None:
    field = spin(form, name)
    before = field.text()
    type_into(field, text, end=None)
    assert reason in error(form, name)
    assert error(form, name).count(".") == 1 or text in ("2.5", "-0.1")
    assert field.property("state") == "error"
    assert field.text() == text, "what is being typed stays"
    QTest.keyClick(field, Qt.Key.Key_Tab)
    assert field.text() == before, "what holds is back"
    assert reason in error(form, name), "and the reason can still be read"
    assert field.property("state") != "error"
    expected = {"filters": 16, "rate": 0.01, "kernel": (3, 3)}[name]
    assert not edits or edits[-1] == (name, expected), "whatever was valid on the way is taken back"


def test_the_reason_goes_when_a_right_value_is_typed(
    form: ParamForm, edits: list[tuple[str, ParamValue]], type_into: Callable[..., None]
) -> None:
    type_into(spin(form, "filters"), "0")
    assert error(form, "filters")
    type_into(spin(form, "filters"), "8")
    assert not error(form, "filters")
    assert edits[-1] == ("filters", 8)


@pytest.mark.parametrize(
    ("text", "value", "written"), [("1e-3", 0.001, "0.001"), ("0.001", 0.001, "0.001"), (".5", 0.5, "0.5")]
)
def test_real_numbers_are_read_as_people_write_them(
    text: str,
    value: float,
    written: str,
    form: ParamForm,
    edits: list[tuple[str, ParamValue]],
    type_into: Callable[..., None],
) -> None:
    field = spin(form, "rate")
    for length in range(1, len(text) + 1):
        type_into(field, text[:length], end=None)
        assert not error(form, "rate"), f"no scolding at “{text[:length]}”"
        assert field.text() == text[:length]
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert edits[-1] == ("rate", value)
    assert field.text() == written


@pytest.mark.parametrize("text", ["1 x y", "0, 3", "1, 2, 3, 4, 5", "1, 9999999"])
def test_a_wrong_shape_is_explained_and_the_old_one_kept(
    text: str, form: ParamForm, edits: list[tuple[str, ParamValue]], type_into: Callable[..., None]
) -> None:
    field = form.findChild(QLineEdit, "param_shape")
    type_into(field, text, end=None)
    assert "Shape" in error(form, "shape")
    QTest.keyClick(field, Qt.Key.Key_Tab)
    assert field.text() == "1, 28, 28"
    assert not edits or edits[-1] == ("shape", (1, 28, 28)), "whatever was valid on the way is taken back"


def test_a_shape_is_read_with_any_separator(
    form: ParamForm, edits: list[tuple[str, ParamValue]], type_into: Callable[..., None]
) -> None:
    field = form.findChild(QLineEdit, "param_shape")
    for text in ("3, 32, 32", "3x32x32", "3 × 32 × 32", "3 32 32"):
        type_into(field, "7")
        type_into(field, text)
        assert edits[-1] == ("shape", (3, 32, 32))
        assert field.text() == "3, 32, 32"


def test_escape_brings_the_old_text_back(form: ParamForm, type_into: Callable[..., None]) -> None:
    type_into(spin(form, "filters"), "x", end=Qt.Key.Key_Escape)
    assert spin(form, "filters").text() == "16"
    assert not error(form, "filters")


def test_an_emptied_field_keeps_its_value_without_scolding(
    form: ParamForm, edits: list[tuple[str, ParamValue]], type_into: Callable[..., None]
) -> None:
    field = spin(form, "filters")
    type_into(field, "", end=None)
    QTest.keyClick(field, Qt.Key.Key_Backspace)
    assert field.text() == ""
    assert not error(form, "filters")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert field.text() == "16"
    assert edits == []


def turn_wheel(widget: QWidget) -> None:
    centre = QPointF(widget.rect().center())
    event = QWheelEvent(
        centre,
        widget.mapToGlobal(centre),
        QPoint(0, 0),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


@pytest.mark.parametrize("name", ["filters", "rate", "kernel", "loss"])
def test_the_wheel_changes_only_the_focused_field(
    name: str, form: ParamForm, edits: list[tuple[str, ParamValue]]
) -> None:
    field = form.findChild(QWidget, f"param_{name}")
    form.findChild(QLineEdit, "param_shape").setFocus()
    turn_wheel(field)
    assert edits == []
    if isinstance(field, QComboBox):
        form.set_value(name, "b")
    field.setFocus()
    turn_wheel(field)
    assert [edited for edited, _ in edits] == [name]


def test_one_number_stands_for_height_and_width_until_it_is_unlocked(
    form: ParamForm, edits: list[tuple[str, ParamValue]], type_into: Callable[..., None]
) -> None:
    height, width = spin(form, "kernel"), spin(form, "kernel_width")
    lock = form.findChild(QToolButton, "param_kernel_lock")
    assert lock.isChecked()
    type_into(width, "5")
    assert edits[-1] == ("kernel", (5, 5))
    assert height.text() == "5"
    QTest.mouseClick(lock, Qt.MouseButton.LeftButton)
    type_into(width, "7")
    assert edits[-1] == ("kernel", (5, 7))
    assert (height.text(), width.text()) == ("5", "7")
    QTest.mouseClick(lock, Qt.MouseButton.LeftButton)
    assert edits[-1] == ("kernel", (5, 5))
    form.set_value("kernel", (1, 9))
    assert not lock.isChecked()
    assert (height.text(), width.text()) == ("1", "9")


def test_what_is_set_elsewhere_is_shown_and_not_announced(form: ParamForm, edits: list[tuple[str, ParamValue]]) -> None:
    form.set_values({"filters": 64, "rate": 0.5, "kernel": (1, 2), "shape": (2,), "loss": "c", "bias": False})
    assert spin(form, "filters").text() == "64"
    assert spin(form, "rate").text() == "0.5"
    assert form.findChild(QComboBox, "param_loss").currentText() == "Third"
    assert edits == []


def test_values_that_differ_are_shown_as_mixed(
    form: ParamForm, edits: list[tuple[str, ParamValue]], type_into: Callable[..., None]
) -> None:
    form.set_values(dict.fromkeys([param.name for param in ALL]))
    assert spin(form, "filters").text() == ""
    assert form.findChild(QComboBox, "param_loss").currentIndex() == -1
    assert form.findChild(QWidget, "param_bias").checkState() == Qt.CheckState.PartiallyChecked
    assert edits == []
    type_into(spin(form, "kernel"), "4")
    assert edits == [("kernel", (4, 4))]
    QTest.mouseClick(form.findChild(QWidget, "param_bias"), Qt.MouseButton.LeftButton)
    assert edits[-1] == ("bias", True)


def test_undo_in_a_field_belongs_to_the_document(
    form: ParamForm, edits: list[tuple[str, ParamValue]], type_into: Callable[..., None]
) -> None:
    asked: list[bool] = []
    action = QAction(form.window())
    action.setShortcut(QKeySequence.StandardKey.Undo)
    action.triggered.connect(lambda: asked.append(True))
    form.window().addAction(action)
    field = spin(form, "filters")
    type_into(field, "32", end=None)
    QTest.keySequence(field, QKeySequence(QKeySequence.StandardKey.Undo))
    assert asked == [True]
    assert field.text() == "32", "the field has not undone anything by itself"


def test_help_opens_in_place(form: ParamForm) -> None:
    note = help_text(FILTERS)
    labels = [label for label in form.findChildren(QLabel) if label.text() == note]
    assert len(labels) == 1
    assert not labels[0].isVisible()
    QTest.keyClick(spin(form, "filters"), Qt.Key.Key_F1)
    assert labels[0].isVisible()
    assert "How many." in spin(form, "filters").toolTip()


def test_what_cannot_be_set_now_says_why(form: ParamForm) -> None:
    form.set_available("rate", False, "Because.")
    assert not spin(form, "rate").isEnabled()
    assert "Because." in spin(form, "rate").toolTip()
    form.set_available("rate", True)
    assert spin(form, "rate").isEnabled()
    assert "Because." not in spin(form, "rate").toolTip()


def test_steps() -> None:
    assert [whole_step(Int(name="n", default=default, doc="")) for default in (0, 1, 16, 64, 100, 2000)] == [
        1,
        1,
        1,
        1,
        10,
        100,
    ]
    assert next_number(0.001, 1, 0.001) == 0.002
    assert next_number(0.009, 1, 0.001) == 0.01
    assert next_number(0.01, -1, 0.001) == 0.009
    assert next_number(0.5, -1, 0.5) == 0.4
    assert next_number(0.0, 1, 0.02) == 0.01
    assert next_number(1 / 12, 1, 0.1) == 0.09
    assert next_number(-0.5, 1, 0.5) == -0.4


def test_arrow_keys_step_within_the_range(form: ParamForm, edits: list[tuple[str, ParamValue]]) -> None:
    field = spin(form, "rate")
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Up)
    assert edits[-1] == ("rate", 0.02)
    form.set_value("rate", 1.0)
    QTest.keyClick(field, Qt.Key.Key_Up)
    assert edits[-1] == ("rate", 0.02), "nothing happens at the end of the range"
    assert field.text() == "1"


def test_ranges_are_told() -> None:
    assert range_hint(FILTERS) == "From 1 to 9,999."
    assert range_hint(RATE) == "From 1e-06 to 1."
    assert range_hint(Float(name="x", default=0.0, minimum=0.0, doc="")) == "0 or more."
    assert "Default: Second." in help_text(
        Choice(name="x", default="b", options=("a", "b"), titles=("First", "Second"), doc="")
    )


def test_an_unknown_kind_of_parameter_is_refused() -> None:
    with pytest.raises(TypeError, match="no field"):
        field_for(Param(name="x", default=1, doc=""))
