"""Copy, cut, paste and duplicate through the clipboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gui.canvas.geometry import LANE, PITCH, overlaps


@pytest.fixture(autouse=True)
def _empty_clipboard(qapp):
    QGuiApplication.clipboard().clear()


def leave(hand):
    """Take the pointer off the canvas."""
    QApplication.sendEvent(hand.view.viewport(), QEvent(QEvent.Type.Leave))


def test_copies_keep_their_wires_and_lose_those_to_others(hand):
    nodes = hand.chain("input", "conv2d", "relu", "output")
    hand.workspace.select(nodes[1:3])
    hand.begin()
    hand.view.copy_selection()
    leave(hand)
    hand.view.paste()
    assert hand.edges() == {
        ("input", "conv", 0),
        ("conv", "relu", 0),
        ("relu", "output", 0),
        ("conv2", "relu2", 0),
    }
    assert {hand.workspace.graph.nodes[node].name for node in hand.workspace.selection} == {"conv2", "relu2"}
    places = [node.position for node in hand.workspace.graph.nodes.values()]
    assert not any(overlaps(a, b, 0.0) for i, a in enumerate(places) for b in places[:i])
    hand.check_undo()


def test_parameters_are_copied(hand):
    conv = hand.add("conv2d", out_channels=96, kernel_size=(5, 3))
    hand.workspace.select([conv])
    hand.view.copy_selection()
    hand.view.paste()
    graph = hand.workspace.graph
    assert graph.named("conv2").params == graph.nodes[conv].params


def test_paste_at_the_pointer(hand):
    nodes = hand.chain("input", "conv2d")
    hand.workspace.select(nodes)
    hand.view.copy_selection()
    hand.begin()
    QTest.mouseMove(hand.view.viewport(), hand.at(301, 200))
    hand.view.paste()
    first, second = (hand.workspace.graph.named(name).position for name in ("input2", "conv2"))
    assert (first[0], (first[1] + second[1]) / 2) == (304.0, 200.0)
    hand.view.paste()
    places = [node.position for node in hand.workspace.graph.nodes.values()]
    assert len(places) == 6
    assert not any(overlaps(a, b, 0.0) for i, a in enumerate(places) for b in places[:i])
    hand.check_undo(2)


def test_cut_is_one_step(hand):
    nodes = hand.chain("input", "conv2d", "relu")
    hand.workspace.select(nodes[1:2])
    hand.begin()
    hand.view.cut_selection()
    assert hand.edges() == set()
    assert hand.workspace.undo_stack.undoText() == "Cut conv"
    hand.check_undo()
    leave(hand)
    hand.view.paste()
    assert hand.workspace.graph.named("conv") is not None


def test_duplicate(hand):
    nodes = hand.chain("input", "conv2d")
    hand.workspace.select(nodes)
    hand.begin()
    QGuiApplication.clipboard().setText("mine")
    hand.view.duplicate_selection()
    assert hand.edges() == {("input", "conv", 0), ("input2", "conv2", 0)}
    assert hand.workspace.graph.named("conv2").position == (232.0, -96.0)
    assert hand.workspace.undo_stack.undoText() == "Duplicate 2 layers"
    # Duplicating is not copying.
    assert QGuiApplication.clipboard().text() == "mine"
    hand.check_undo()


def test_copies_stay_near_what_they_are_copies_of(hand):
    """In a network of several branches too: in the nearest free place, and not beside the whole."""
    nodes = hand.chain("input", "conv2d", "relu", "conv2d", "relu", "add", "output")
    for lane in (-1, 1):
        for row in range(5):
            hand.add("relu", lane * LANE, -192.0 + row * PITCH)
    hand.workspace.select(nodes[4:5])
    x, y = hand.workspace.graph.nodes[nodes[4]].position
    hand.begin()
    hand.view.duplicate_selection()
    (copy,) = hand.workspace.selection
    assert hand.workspace.graph.nodes[copy].position == (x + LANE, y + PITCH)
    hand.check_undo()


def test_paste_into_another_window_and_from_a_text_editor(hand):
    hand.workspace.select(hand.chain("input", "conv2d"))
    hand.view.copy_selection()
    text = QGuiApplication.clipboard().text()
    assert '"conv2d"' in text
    QGuiApplication.clipboard().setText("  \n" + text)
    hand.view.delete_selection()
    leave(hand)
    hand.view.paste()
    assert hand.edges() == {("input", "conv", 0)}


@pytest.mark.parametrize("text", ["", "hello", "[1, 2]", '{"nodes": []}', "\x00\x01"])
def test_foreign_text_is_left_alone(hand, text):
    QGuiApplication.clipboard().setText(text)
    hand.view.paste()
    assert hand.refused == []
    hand.check_undo(0)


def test_a_damaged_fragment_is_refused_with_one_sentence(hand):
    QGuiApplication.clipboard().setText('{"netwright_fragment": 1, "nodes": [{"id": 7}]}')
    hand.view.paste()
    assert len(hand.refused) == 1
    assert "clipboard" in hand.refused[0]
    hand.check_undo(0)


def test_nothing_selected_leaves_the_clipboard(hand):
    QGuiApplication.clipboard().setText("mine")
    hand.view.copy_selection()
    hand.view.cut_selection()
    hand.view.duplicate_selection()
    assert QGuiApplication.clipboard().text() == "mine"
    hand.check_undo(0)


def test_what_was_pasted_is_in_view(hand):
    far = hand.add("conv2d", 5000, 5000)
    hand.workspace.select([far])
    hand.view.copy_selection()
    hand.view.camera.fit([far])
    hand.view.camera.pan(-3000, 0)
    leave(hand)
    hand.view.paste()
    rect = hand.view.viewport().rect()
    assert rect.contains(hand.body(hand.workspace.graph.named("conv2").id) - QPoint(80, 0))
