"""Inside a block a value can be computed from the block's parameters: typed, completed, checked, given up, undone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from engine.graph import document
from engine.graph.block_edits import DescribeBlock, Within
from engine.graph.edits import SetParam
from engine.graph.model import NodeId
from gui.inspector.curve import CurvePlot
from gui.inspector.inspector import Inspector
from gui.workspace import Workspace

Type = Callable[..., None]


@pytest.fixture
def page(inside: Workspace, inspector: Inspector) -> QWidget:
    """The page of the layer `conv` in the block."""
    select(inside, "conv")
    return shown(inspector)


def shown(inspector: Inspector) -> QWidget:
    return inspector.findChild(QWidget, "layer_page").currentWidget()


def id_of(workspace: Workspace, name: str) -> NodeId:
    node = workspace.graph.named(name)
    assert node is not None
    return node.id


def select(workspace: Workspace, *names: str) -> None:
    workspace.select([id_of(workspace, name) for name in names])


def held(workspace: Workspace, name: str, param: str) -> object:
    return workspace.graph.nodes[id_of(workspace, name)].params[param]


def expression(page: QWidget, param: str) -> QLineEdit:
    return page.findChild(QLineEdit, f"expression_{param}")


def toggle(page: QWidget, param: str) -> QToolButton:
    return page.findChild(QToolButton, f"compute_{param}")


def press(page: QWidget, param: str) -> None:
    QTest.mouseClick(toggle(page, param), Qt.MouseButton.LeftButton)


def error(page: QWidget, param: str) -> str:
    label = page.findChild(QLabel, f"error_{param}")
    return label.text() if label.isVisible() else ""


def here(page: QWidget, param: str) -> str:
    label = page.findChild(QLabel, f"here_{param}")
    return label.text() if label.isVisible() else ""


def is_computed(page: QWidget, param: str) -> bool:
    field = page.findChild(QWidget, f"param_{param}")
    computed = toggle(page, param).isChecked()
    assert expression(page, param).isVisible() is computed
    assert field.isVisible() is not computed
    return computed


# Showing


def test_an_expression_is_shown_with_what_it_is_worth(page: QWidget, inside: Workspace) -> None:
    assert is_computed(page, "out_channels")
    assert expression(page, "out_channels").text() == "4*channels"
    assert here(page, "out_channels") == "= 64 here"
    assert here(page, "stride") == "= 2×2 here"
    assert not is_computed(page, "kernel_size")
    assert "block's parameters" in toggle(page, "out_channels").toolTip()


def test_in_the_network_there_is_nothing_to_compute_from(nested: Workspace, inspector: Inspector) -> None:
    select(nested, "units")
    page = shown(inspector)
    assert not toggle(page, "channels").isVisible()
    QTest.keyClicks(page.findChild(QAbstractSpinBox, "param_channels"), "=")
    assert page.findChild(QLineEdit, "expression_channels") is None


def test_a_text_cannot_be_computed(inside: Workspace, inspector: Inspector, add: Callable[..., NodeId]) -> None:
    inside.select([add("custom_activation")])
    page = shown(inspector)
    assert not toggle(page, "formula").isVisible()
    assert page.findChild(QLineEdit, "expression_formula") is None


def test_the_worth_follows_the_instance_that_was_entered(inside: Workspace, inspector: Inspector) -> None:
    inside.go_to(0)
    inside.enter(id_of(inside, "units"))
    select(inside, "conv")
    assert here(shown(inspector), "out_channels") == "= 16 here"


def test_a_block_that_is_placed_nowhere_says_no_worth(inside: Workspace, inspector: Inspector) -> None:
    from gui.scope import Scope

    inside.show(Scope("Unit"))
    select(inside, "conv")
    page = shown(inspector)
    assert here(page, "out_channels") == ""
    assert "enter it through an instance" in "\n".join(label.text() for label in page.findChildren(QLabel))
    press(page, "out_channels")
    assert held(inside, "conv", "out_channels") == 32, "what it is with the default of the parameter"


def test_a_worth_out_of_range_is_said(page: QWidget, inside: Workspace, type_into: Type) -> None:
    type_into(expression(page, "out_channels"), "channels - 20")
    assert held(inside, "conv", "out_channels") == "=channels - 20"
    assert "must be between 1" in here(page, "out_channels")
    assert error(page, "out_channels") == ""


def test_the_curve_of_a_computed_slope_is_that_of_the_instance(inside: Workspace, inspector: Inspector) -> None:
    select(inside, "act")
    plot = inspector.findChild(CurvePlot)
    assert plot.isVisible()
    QTest.mouseMove(plot, QPoint(plot.width() // 4, 60))
    reading = plot.reading()
    assert reading is not None
    assert reading[2] == pytest.approx(0.5)


# Typing


def test_the_equals_sign_turns_a_number_into_an_expression(inside: Workspace, inspector: Inspector) -> None:
    select(inside, "last")
    page, steps = shown(inspector), inside.undo_stack.index()
    before = document.dump(inside.document)
    field = page.findChild(QAbstractSpinBox, "param_out_channels")
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "=")
    assert is_computed(page, "out_channels")
    line = expression(page, "out_channels")
    assert line.hasFocus()
    assert held(inside, "last", "out_channels") == 24, "nothing is changed before there is something to change to"
    QTest.keyClicks(line, "2*channels")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert held(inside, "last", "out_channels") == "=2*channels"
    assert here(page, "out_channels") == "= 32 here"
    assert inside.undo_stack.index() == steps + 1
    inside.undo_stack.undo()
    assert document.dump(inside.document) == before
    assert not is_computed(page, "out_channels")
    assert field.text() == "24"
    assert field.hasFocus(), "the keyboard stays in the row"
    inside.undo_stack.redo()
    assert is_computed(page, "out_channels")
    assert line.text() == "2*channels"
    assert line.hasFocus()


@pytest.mark.parametrize("param", ["kernel_size", "groups", "bias", "padding_mode"])
def test_every_kind_of_field_takes_the_equals_sign(param: str, page: QWidget, inside: Workspace) -> None:
    field = page.findChild(QWidget, f"param_{param}")
    field.setFocus()
    if isinstance(field, QAbstractSpinBox):
        field.selectAll()
    QTest.keyClicks(field, "=")
    assert is_computed(page, param)
    line = expression(page, param)
    assert line.hasFocus()
    line.selectAll()
    QTest.keyClicks(line, "mode" if param == "padding_mode" else "stride > 1" if param == "bias" else "stride")
    assert held(inside, "conv", param) == "=" + line.text()
    expected = {"kernel_size": "= 2×2 here", "groups": "= 2 here", "bias": "= yes here", "padding_mode": "= Zeros here"}
    assert here(page, param) == expected[param]
    inside.undo_stack.undo()
    assert not is_computed(page, param)


def test_a_pasted_expression_is_taken_whole(inside: Workspace, inspector: Inspector) -> None:
    select(inside, "last")
    page = shown(inspector)
    field = page.findChild(QAbstractSpinBox, "param_out_channels")
    field.setFocus()
    field.selectAll()
    QApplication.clipboard().setText("=channels//2")
    QTest.keySequence(field, QKeySequence(QKeySequence.StandardKey.Paste))
    assert expression(page, "out_channels").text() == "channels//2"
    assert held(inside, "last", "out_channels") == "=channels//2"


def test_the_switch_begins_from_the_value(inside: Workspace, inspector: Inspector) -> None:
    select(inside, "last")
    page, steps = shown(inspector), inside.undo_stack.index()
    press(page, "out_channels")
    line = expression(page, "out_channels")
    assert line.hasFocus()
    assert line.selectedText() == "24"
    QTest.keyClick(line, Qt.Key.Key_End)
    QTest.keyClicks(line, "*stride")
    assert held(inside, "last", "out_channels") == "=24*stride"
    assert inside.undo_stack.index() == steps + 1
    assert here(page, "out_channels") == "= 48 here"


@pytest.mark.parametrize("leave", ["return", "tab", "backspace", "switch"])
def test_an_expression_that_was_only_begun_changes_nothing(
    leave: str, inside: Workspace, inspector: Inspector, qtbot: QtBot
) -> None:
    select(inside, "last")
    page, steps = shown(inspector), inside.undo_stack.index()
    press(page, "out_channels")
    line = expression(page, "out_channels")
    match leave:
        case "return":
            QTest.keyClick(line, Qt.Key.Key_Return)
        case "tab":
            QTest.keyClick(line, Qt.Key.Key_Tab)
        case "backspace":
            QTest.keyClick(line, Qt.Key.Key_Delete)
            QTest.keyClick(line, Qt.Key.Key_Backspace)
        case "switch":
            press(page, "out_channels")
    assert not is_computed(page, "out_channels")
    assert held(inside, "last", "out_channels") == 24
    assert inside.undo_stack.index() == steps
    field = page.findChild(QAbstractSpinBox, "param_out_channels")
    assert field.text() == "24"
    assert field.hasFocus() is (leave != "tab")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("4*chanels", "“chanels” means nothing here; what can be used is channels, mode, slope, stride."),
        ("channels)", "not a complete formula"),
        ("sin(channels)", "There is no function “sin”"),
        ("channels.real", "no plain arithmetic"),
        ("__import__('os')", "no plain arithmetic"),
        ("[1, 2]", "no plain arithmetic"),
    ],
)
def test_a_wrong_expression_is_explained_and_the_old_one_kept(
    text: str, reason: str, page: QWidget, inside: Workspace, type_into: Type
) -> None:
    steps = inside.undo_stack.index()
    line = expression(page, "out_channels")
    type_into(line, text, end=None)
    assert reason in error(page, "out_channels")
    assert here(page, "out_channels") == ""
    assert held(inside, "conv", "out_channels") == "=4*channels"
    assert line.property("state") == "error"
    QTest.keyClick(line, Qt.Key.Key_Tab)
    assert line.text() == "4*channels"
    assert reason in error(page, "out_channels"), "and the reason can still be read"
    assert inside.undo_stack.index() == steps


def test_nobody_is_told_off_on_the_way(page: QWidget, inside: Workspace, type_into: Type) -> None:
    text = "max(4 * channels, stride)"
    for length in range(1, len(text) + 1):
        type_into(expression(page, "out_channels"), text[:length], end=None)
        assert error(page, "out_channels") == "", f"no scolding at “{text[:length]}”"
    assert held(inside, "conv", "out_channels") == f"={text}"


def test_escape_brings_the_old_expression_back(page: QWidget, inside: Workspace, type_into: Type) -> None:
    line = expression(page, "out_channels")
    type_into(line, "3*", end=Qt.Key.Key_Escape)
    assert line.text() == "4*channels"
    assert held(inside, "conv", "out_channels") == "=4*channels"


def test_names_are_completed(page: QWidget, inside: Workspace, type_into: Type) -> None:
    line = expression(page, "out_channels")
    type_into(line, "2*ch + stride", end=None)
    line.setCursorPosition(4)
    QTest.keyClicks(line, "a")
    popup = QApplication.activePopupWidget()
    assert popup is not None
    QTest.keyClick(popup, Qt.Key.Key_Tab)
    assert line.text() == "2*channels + stride"
    assert held(inside, "conv", "out_channels") == "=2*channels + stride"
    assert QApplication.activePopupWidget() is None
    assert line.hasFocus()


# Giving up


def test_the_switch_puts_the_worth_in_the_place_of_the_expression(page: QWidget, inside: Workspace) -> None:
    before, steps = document.dump(inside.document), inside.undo_stack.index()
    press(page, "out_channels")
    assert not is_computed(page, "out_channels")
    assert held(inside, "conv", "out_channels") == 64
    assert page.findChild(QAbstractSpinBox, "param_out_channels").hasFocus()
    press(page, "stride")
    assert held(inside, "conv", "stride") == (2, 2)
    assert inside.undo_stack.index() == steps + 2
    inside.undo_stack.undo()
    inside.undo_stack.undo()
    assert document.dump(inside.document) == before
    assert is_computed(page, "out_channels")
    assert is_computed(page, "stride")


def test_an_expression_that_cannot_be_computed_gives_way_to_the_default(
    page: QWidget, inside: Workspace, type_into: Type
) -> None:
    type_into(expression(page, "out_channels"), "channels // 0")
    press(page, "out_channels")
    assert held(inside, "conv", "out_channels") == 16


def test_the_mode_follows_what_is_done_elsewhere(page: QWidget, inside: Workspace) -> None:
    inside.push(SetParam(id_of(inside, "conv"), "out_channels", 5))
    assert not is_computed(page, "out_channels")
    inside.push(SetParam(id_of(inside, "conv"), "groups", "=stride"))
    assert is_computed(page, "groups")
    inside.undo_stack.undo()
    inside.undo_stack.undo()
    assert is_computed(page, "out_channels")
    assert not is_computed(page, "groups")


def test_undo_while_a_wrong_text_is_being_typed_takes_nothing_along(
    page: QWidget, inside: Workspace, type_into: Type
) -> None:
    before = document.dump(inside.document)
    type_into(page.findChild(QAbstractSpinBox, "param_groups"), "2")
    type_into(expression(page, "out_channels"), "2*channels", end=None)
    QTest.keyClicks(expression(page, "out_channels"), " +")
    while inside.undo_stack.canUndo():
        inside.undo_stack.undo()
    assert document.dump(inside.document) == before
    assert expression(page, "out_channels").text() == "4*channels"


def test_what_depends_on_a_computed_value_stays_in_sight(
    page: QWidget, inside: Workspace, inspector: Inspector
) -> None:
    padding = page.findChild(QWidget, "param_padding")
    assert padding.isVisible()
    inside.push(SetParam(id_of(inside, "conv"), "same", "=stride > 1"))
    assert not padding.isVisible(), "in this instance the stride is 2"
    inside.go_to(0)
    inside.enter(id_of(inside, "units"))
    select(inside, "conv")
    assert shown(inspector).findChild(QWidget, "param_padding").isVisible()


def test_new_parameters_of_the_block_can_be_used_at_once(page: QWidget, inside: Workspace, type_into: Type) -> None:
    block = inside.graph.blocks["Unit"]
    line = expression(page, "out_channels")
    type_into(line, "width", end=None)
    assert "means nothing" in error(page, "out_channels")
    QTest.keyClick(line, Qt.Key.Key_Escape)
    wider = (*block.params, type(block.params[0])(name="width", default=6, doc=""))
    inside.push(DescribeBlock("Unit", wider, block.doc))
    line = expression(page, "out_channels")
    type_into(line, "width")
    assert held(inside, "conv", "out_channels") == "=width"
    assert here(page, "out_channels") == "= 6 here"


def test_the_worth_follows_the_instance_when_it_is_changed(page: QWidget, inside: Workspace, qtbot: QtBot) -> None:
    tail = id_of_root(inside, "tail")
    with qtbot.waitSignal(inside.analysisChanged):
        Within("", SetParam(tail, "channels", 3)).apply(inside.document)
    assert here(page, "out_channels") == "= 12 here"


def id_of_root(workspace: Workspace, name: str) -> NodeId:
    node = workspace.document.named(name)
    assert node is not None
    return node.id


# Several layers


def test_several_layers_are_computed_as_one(inside: Workspace, inspector: Inspector, type_into: Type) -> None:
    select(inside, "conv", "last")
    page, before, steps = shown(inspector), document.dump(inside.document), inside.undo_stack.index()
    assert not is_computed(page, "out_channels"), "one is a number, the other an expression"
    field = page.findChild(QAbstractSpinBox, "param_out_channels")
    assert field.text() == ""
    press(page, "out_channels")
    line = expression(page, "out_channels")
    QTest.keyClicks(line, "3*channels")
    assert line.text() == "3*channels", "nothing comes between the keys"
    assert line.hasFocus()
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert {held(inside, name, "out_channels") for name in ("conv", "last")} == {"=3*channels"}
    assert is_computed(page, "out_channels")
    assert here(page, "out_channels") == "= 48 here"
    assert inside.undo_stack.index() == steps + 1
    inside.undo_stack.undo()
    assert document.dump(inside.document) == before
    assert not is_computed(page, "out_channels")
    assert field.text() == ""
    inside.undo_stack.redo()
    assert is_computed(page, "out_channels")
    press(page, "out_channels")
    assert {held(inside, name, "out_channels") for name in ("conv", "last")} == {48}
    assert field.text() == "48"


def test_fields_that_are_no_numbers_come_back(page: QWidget, inside: Workspace) -> None:
    for name, kind in (("bias", QCheckBox), ("padding_mode", QComboBox)):
        press(page, name)
        assert is_computed(page, name)
        press(page, name)
        assert not is_computed(page, name)
        assert page.findChild(kind, f"param_{name}").isVisible()
