"""Renaming a node where its name stands."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit


def field(hand):
    (found,) = [child for child in hand.view.findChildren(QLineEdit) if child.isVisible()]
    return found


def type_name(hand, text, key=Qt.Key.Key_Return):
    QTest.keyClick(field(hand), Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(field(hand), text)
    QTest.keyClick(field(hand), key)
    hand.settle()


def test_a_double_click_renames(hand):
    conv = hand.add("conv2d")
    hand.begin()
    QTest.mouseDClick(hand.view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, hand.body(conv))
    assert field(hand).text() == "conv"
    assert field(hand).geometry().intersects(hand.view.rect())
    type_name(hand, "stem")
    assert hand.workspace.graph.nodes[conv].name == "stem"
    assert hand.view.hasFocus()
    assert not hand.view.renaming.is_active
    hand.check_undo()


def test_f2_renames_and_escape_leaves_the_name(hand):
    conv = hand.add("conv2d")
    hand.workspace.select([conv])
    hand.begin()
    hand.key(Qt.Key.Key_F2)
    type_name(hand, "stem", Qt.Key.Key_Escape)
    assert hand.workspace.graph.nodes[conv].name == "conv"
    assert not hand.view.renaming.is_active
    hand.check_undo(0)


def test_a_name_that_cannot_be_is_refused_with_the_reason(hand):
    conv = hand.add("conv2d", 0, 0)
    hand.add("relu", 260, 0)
    hand.workspace.select([conv])
    hand.begin()
    hand.key(Qt.Key.Key_F2)
    type_name(hand, "relu")
    assert hand.view.renaming.is_active
    assert hand.view.pointer_note.isVisible()
    assert hand.view.pointer_note.text == "There is already a layer called “relu”."
    type_name(hand, "2nd")
    assert "letters" in hand.view.pointer_note.text
    type_name(hand, "second")
    assert hand.workspace.graph.nodes[conv].name == "second"
    assert not hand.view.pointer_note.isVisible()
    hand.check_undo()


def test_looking_elsewhere_keeps_a_good_name(hand):
    conv = hand.add("conv2d")
    hand.workspace.select([conv])
    hand.begin()
    hand.key(Qt.Key.Key_F2)
    QTest.keyClick(field(hand), Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(field(hand), "stem")
    hand.view.setFocus()
    hand.settle()
    assert hand.workspace.graph.nodes[conv].name == "stem"
    hand.check_undo()


def test_the_same_name_is_no_step(hand):
    conv = hand.add("conv2d")
    hand.workspace.select([conv])
    hand.begin()
    hand.key(Qt.Key.Key_F2)
    type_name(hand, "conv")
    hand.check_undo(0)


def test_the_field_follows_its_node_and_goes_with_it(hand):
    conv = hand.add("conv2d")
    hand.workspace.select([conv])
    hand.key(Qt.Key.Key_F2)
    before = field(hand).pos()
    hand.view.camera.pan(40, 30)
    assert field(hand).pos() - before == QPoint(40, 30)
    hand.workspace.undo_stack.undo()
    hand.settle()
    assert not hand.view.renaming.is_active


def test_only_one_selected_node_can_be_renamed(hand):
    hand.workspace.select(hand.chain("input", "conv2d"))
    hand.key(Qt.Key.Key_F2)
    assert not hand.view.renaming.is_active


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Escape])
def test_the_node_stays_selected(hand, key):
    conv, _ = hand.chain("conv2d", "relu")
    hand.workspace.select([conv])
    hand.key(Qt.Key.Key_F2)
    type_name(hand, "stem", key)
    assert hand.workspace.selection == (conv,)
