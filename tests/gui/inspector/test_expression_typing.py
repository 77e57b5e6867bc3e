"""Expressions are typed, completed and checked by real keys; a wrong one is explained and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QWidget,
)

from engine.graph import document
from gui.workspace import Workspace

Type = Callable[..., None]


def test_the_equals_sign_turns_a_number_into_an_expression(hand: Any, inside: Workspace) -> None:
    hand.select("last")
    steps = inside.undo_stack.index()
    before = document.dump(inside.document)
    field = hand.page.findChild(QAbstractSpinBox, "param_out_channels")
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "=")
    assert hand.is_computed("out_channels")
    line = hand.expression("out_channels")
    assert line.hasFocus()
    assert hand.held("last", "out_channels") == 24, "nothing is changed before there is something to change to"
    QTest.keyClicks(line, "2*channels")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert hand.held("last", "out_channels") == "=2*channels"
    assert hand.here("out_channels") == "= 32 here"
    assert inside.undo_stack.index() == steps + 1
    inside.undo_stack.undo()
    assert document.dump(inside.document) == before
    assert not hand.is_computed("out_channels")
    assert field.text() == "24"
    assert field.hasFocus(), "the keyboard stays in the row"
    inside.undo_stack.redo()
    assert hand.is_computed("out_channels")
    assert line.text() == "2*channels"
    assert line.hasFocus()


@pytest.mark.parametrize("param", ["kernel_size", "groups", "bias", "padding_mode"])
def test_every_kind_of_field_takes_the_equals_sign(
    hand: Any, param: str, conv_page: QWidget, inside: Workspace
) -> None:
    field = conv_page.findChild(QWidget, f"param_{param}")
    field.setFocus()
    if isinstance(field, QAbstractSpinBox):
        field.selectAll()
    QTest.keyClicks(field, "=")
    assert hand.is_computed(param)
    line = hand.expression(param)
    assert line.hasFocus()
    line.selectAll()
    QTest.keyClicks(line, "mode" if param == "padding_mode" else "stride > 1" if param == "bias" else "stride")
    assert hand.held("conv", param) == "=" + line.text()
    expected = {"kernel_size": "= 2×2 here", "groups": "= 2 here", "bias": "= yes here", "padding_mode": "= Zeros here"}
    assert hand.here(param) == expected[param]
    inside.undo_stack.undo()
    assert not hand.is_computed(param)


def test_a_pasted_expression_is_taken_whole(hand: Any, inside: Workspace) -> None:
    hand.select("last")
    field = hand.page.findChild(QAbstractSpinBox, "param_out_channels")
    field.setFocus()
    field.selectAll()
    QApplication.clipboard().setText("=channels//2")
    QTest.keySequence(field, QKeySequence(QKeySequence.StandardKey.Paste))
    assert hand.expression("out_channels").text() == "channels//2"
    assert hand.held("last", "out_channels") == "=channels//2"


def test_the_switch_begins_from_the_value(hand: Any, inside: Workspace) -> None:
    hand.select("last")
    steps = inside.undo_stack.index()
    hand.press("out_channels")
    line = hand.expression("out_channels")
    assert line.hasFocus()
    assert line.selectedText() == "24"
    QTest.keyClick(line, Qt.Key.Key_End)
    QTest.keyClicks(line, "*stride")
    assert hand.held("last", "out_channels") == "=24*stride"
    assert inside.undo_stack.index() == steps + 1
    assert hand.here("out_channels") == "= 48 here"


@pytest.mark.parametrize("leave", ["return", "tab", "backspace", "switch"])
def test_an_expression_that_was_only_begun_changes_nothing(hand: Any, leave: str, inside: Workspace) -> None:
    hand.select("last")
    steps = inside.undo_stack.index()
    hand.press("out_channels")
    line = hand.expression("out_channels")
    match leave:
        case "return":
            QTest.keyClick(line, Qt.Key.Key_Return)
        case "tab":
            QTest.keyClick(line, Qt.Key.Key_Tab)
        case "backspace":
            QTest.keyClick(line, Qt.Key.Key_Delete)
            QTest.keyClick(line, Qt.Key.Key_Backspace)
        case "switch":
            hand.press("out_channels")
    assert not hand.is_computed("out_channels")
    assert hand.held("last", "out_channels") == 24
    assert inside.undo_stack.index() == steps
    field = hand.page.findChild(QAbstractSpinBox, "param_out_channels")
    assert field.text() == "24"
    assert field.hasFocus() is (leave != "tab")


@pytest.mark.sampled(3)
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
    hand: Any, text: str, reason: str, conv_page: QWidget, inside: Workspace, type_into: Type
) -> None:
    steps = inside.undo_stack.index()
    line = hand.expression("out_channels")
    type_into(line, text, end=None)
    assert reason in hand.error("out_channels")
    assert hand.here("out_channels") == ""
    assert hand.held("conv", "out_channels") == "=4*channels"
    assert line.property("state") == "error"
    QTest.keyClick(line, Qt.Key.Key_Tab)
    assert line.text() == "4*channels"
    assert reason in hand.error("out_channels"), "and the reason can still be read"
    assert inside.undo_stack.index() == steps


def test_nobody_is_told_off_on_the_way(hand: Any, conv_page: QWidget, type_into: Type) -> None:
    text = "max(4 * channels, stride)"
    for length in range(1, len(text) + 1):
        type_into(hand.expression("out_channels"), text[:length], end=None)
        assert hand.error("out_channels") == "", f"no scolding at “{text[:length]}”"
    assert hand.held("conv", "out_channels") == f"={text}"


def test_escape_brings_the_old_expression_back(hand: Any, conv_page: QWidget, type_into: Type) -> None:
    line = hand.expression("out_channels")
    type_into(line, "3*", end=Qt.Key.Key_Escape)
    assert line.text() == "4*channels"
    assert hand.held("conv", "out_channels") == "=4*channels"


def test_names_are_completed(hand: Any, conv_page: QWidget, type_into: Type) -> None:
    line = hand.expression("out_channels")
    type_into(line, "2*ch + stride", end=None)
    line.setCursorPosition(4)
    QTest.keyClicks(line, "a")
    popup = QApplication.activePopupWidget()
    assert popup is not None
    QTest.keyClick(popup, Qt.Key.Key_Tab)
    assert line.text() == "2*channels + stride"
    assert hand.held("conv", "out_channels") == "=2*channels + stride"
    assert QApplication.activePopupWidget() is None
    assert line.hasFocus()
