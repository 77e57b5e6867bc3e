"""Inside a block a value can be computed from the block's parameters: shown, given up, undone, for several at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
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


# Showing


def test_an_expression_is_shown_with_what_it_is_worth(hand: Any, conv_page: QWidget) -> None:
    assert hand.is_computed("out_channels")
    assert hand.expression("out_channels").text() == "4*channels"
    assert hand.here("out_channels") == "= 64 here"
    assert hand.here("stride") == "= 2×2 here"
    assert not hand.is_computed("kernel_size")
    assert "block's parameters" in hand.toggle("out_channels").toolTip()


def test_in_the_network_there_is_nothing_to_compute_from(hand: Any, nested: Workspace) -> None:
    hand.select("units")
    page = hand.page
    assert not hand.toggle("channels").isVisible()
    QTest.keyClicks(page.findChild(QAbstractSpinBox, "param_channels"), "=")
    assert page.findChild(QLineEdit, "expression_channels") is None


def test_a_text_cannot_be_computed(hand: Any, inside: Workspace, add: Callable[..., NodeId]) -> None:
    inside.select([add("custom_activation")])
    page = hand.page
    assert not hand.toggle("formula").isVisible()
    assert page.findChild(QLineEdit, "expression_formula") is None


def test_the_worth_follows_the_instance_that_was_entered(hand: Any, inside: Workspace) -> None:
    inside.go_to(0)
    inside.enter(hand.id_of("units"))
    hand.select("conv")
    assert hand.here("out_channels") == "= 16 here"


def test_a_block_that_is_placed_nowhere_says_no_worth(hand: Any, inside: Workspace) -> None:
    from gui.scope import Scope

    inside.show(Scope("Unit"))
    hand.select("conv")
    page = hand.page
    assert hand.here("out_channels") == ""
    assert "enter it through an instance" in "\n".join(label.text() for label in page.findChildren(QLabel))
    hand.press("out_channels")
    assert hand.held("conv", "out_channels") == 32, "what it is with the default of the parameter"


def test_a_worth_out_of_range_is_said(hand: Any, conv_page: QWidget, type_into: Type) -> None:
    type_into(hand.expression("out_channels"), "channels - 20")
    assert hand.held("conv", "out_channels") == "=channels - 20"
    assert "must be between 1" in hand.here("out_channels")
    assert hand.error("out_channels") == ""


def test_the_curve_of_a_computed_slope_is_that_of_the_instance(
    hand: Any, inside: Workspace, inspector: Inspector
) -> None:
    hand.select("act")
    plot = inspector.findChild(CurvePlot)
    assert plot.isVisible()
    for x in (1, plot.width() // 4):
        QTest.mouseMove(plot, QPoint(x, 60))
    reading = plot.reading()
    assert reading is not None
    assert reading[2] == pytest.approx(0.5)


# Giving up


def test_the_switch_puts_the_worth_in_the_place_of_the_expression(
    hand: Any, conv_page: QWidget, inside: Workspace
) -> None:
    before, steps = document.dump(inside.document), inside.undo_stack.index()
    hand.press("out_channels")
    assert not hand.is_computed("out_channels")
    assert hand.held("conv", "out_channels") == 64
    assert conv_page.findChild(QAbstractSpinBox, "param_out_channels").hasFocus()
    hand.press("stride")
    assert hand.held("conv", "stride") == (2, 2)
    assert inside.undo_stack.index() == steps + 2
    inside.undo_stack.undo()
    inside.undo_stack.undo()
    assert document.dump(inside.document) == before
    assert hand.is_computed("out_channels")
    assert hand.is_computed("stride")


def test_an_expression_that_cannot_be_computed_gives_way_to_the_default(
    hand: Any, conv_page: QWidget, type_into: Type
) -> None:
    type_into(hand.expression("out_channels"), "channels // 0")
    hand.press("out_channels")
    assert hand.held("conv", "out_channels") == 16


def test_the_mode_follows_what_is_done_elsewhere(hand: Any, conv_page: QWidget, inside: Workspace) -> None:
    inside.push(SetParam(hand.id_of("conv"), "out_channels", 5))
    assert not hand.is_computed("out_channels")
    inside.push(SetParam(hand.id_of("conv"), "groups", "=stride"))
    assert hand.is_computed("groups")
    inside.undo_stack.undo()
    inside.undo_stack.undo()
    assert hand.is_computed("out_channels")
    assert not hand.is_computed("groups")


def test_undo_while_a_wrong_text_is_being_typed_takes_nothing_along(
    hand: Any, conv_page: QWidget, inside: Workspace, type_into: Type
) -> None:
    before = document.dump(inside.document)
    type_into(conv_page.findChild(QAbstractSpinBox, "param_groups"), "2")
    type_into(hand.expression("out_channels"), "2*channels", end=None)
    QTest.keyClicks(hand.expression("out_channels"), " +")
    while inside.undo_stack.canUndo():
        inside.undo_stack.undo()
    assert document.dump(inside.document) == before
    QTest.keyClick(hand.expression("out_channels"), Qt.Key.Key_Tab)
    assert hand.expression("out_channels").text() == "4*channels"
    assert document.dump(inside.document) == before
    assert not inside.undo_stack.canUndo()


def test_what_depends_on_a_computed_value_stays_in_sight(hand: Any, conv_page: QWidget, inside: Workspace) -> None:
    padding = conv_page.findChild(QWidget, "param_padding")
    assert padding.isVisible()
    inside.push(SetParam(hand.id_of("conv"), "same", "=stride > 1"))
    assert not padding.isVisible(), "in this instance the stride is 2"
    inside.go_to(0)
    inside.enter(hand.id_of("units"))
    hand.select("conv")
    assert hand.page.findChild(QWidget, "param_padding").isVisible()


def test_new_parameters_of_the_block_can_be_used_at_once(
    hand: Any, conv_page: QWidget, inside: Workspace, type_into: Type
) -> None:
    block = inside.graph.blocks["Unit"]
    line = hand.expression("out_channels")
    type_into(line, "width", end=None)
    assert "means nothing" in hand.error("out_channels")
    QTest.keyClick(line, Qt.Key.Key_Escape)
    wider = (*block.params, type(block.params[0])(name="width", default=6, doc=""))
    inside.push(DescribeBlock("Unit", wider, block.doc))
    line = hand.expression("out_channels")
    type_into(line, "width")
    assert hand.held("conv", "out_channels") == "=width"
    assert hand.here("out_channels") == "= 6 here"


def test_the_worth_follows_the_instance_when_it_is_changed(
    hand: Any, conv_page: QWidget, inside: Workspace, qtbot: QtBot
) -> None:
    tail = inside.document.named("tail").id
    with qtbot.waitSignal(inside.analysisChanged):
        Within("", SetParam(tail, "channels", 3)).apply(inside.document)
    assert hand.here("out_channels") == "= 12 here"


# Several layers


def test_several_layers_are_computed_as_one(hand: Any, inside: Workspace) -> None:
    hand.select("conv", "last")
    page, before, steps = hand.page, document.dump(inside.document), inside.undo_stack.index()
    assert not hand.is_computed("out_channels"), "one is a number, the other an expression"
    field = page.findChild(QAbstractSpinBox, "param_out_channels")
    assert field.text() == ""
    hand.press("out_channels")
    line = hand.expression("out_channels")
    QTest.keyClicks(line, "3*channels")
    assert line.text() == "3*channels", "nothing comes between the keys"
    assert line.hasFocus()
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert {hand.held(name, "out_channels") for name in ("conv", "last")} == {"=3*channels"}
    assert hand.is_computed("out_channels")
    assert hand.here("out_channels") == "= 48 here"
    assert inside.undo_stack.index() == steps + 1
    inside.undo_stack.undo()
    assert document.dump(inside.document) == before
    assert not hand.is_computed("out_channels")
    assert field.text() == ""
    inside.undo_stack.redo()
    assert hand.is_computed("out_channels")
    hand.press("out_channels")
    assert {hand.held(name, "out_channels") for name in ("conv", "last")} == {48}
    assert field.text() == "48"


def test_fields_that_are_no_numbers_come_back(hand: Any, conv_page: QWidget) -> None:
    for name, kind in (("bias", QCheckBox), ("padding_mode", QComboBox)):
        hand.press(name)
        assert hand.is_computed(name)
        hand.press(name)
        assert not hand.is_computed(name)
        assert conv_page.findChild(kind, f"param_{name}").isVisible()
