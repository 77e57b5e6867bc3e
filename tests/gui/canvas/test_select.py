"""Selecting by mouse and keyboard, and deleting what is selected."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
VOID = QPoint(950, 750)


def selected(hand):
    return {hand.workspace.graph.nodes[node].name for node in hand.workspace.selection}


def on_wire(hand):
    """The middle of the wire between the first two nodes of a chain."""
    return hand.at(0, -144)


def test_a_click_selects_and_a_click_into_the_void_selects_nothing(hand):
    first, second = hand.chain("input", "conv2d")
    hand.click(hand.body(first))
    assert selected(hand) == {"input"}
    hand.click(hand.body(second))
    assert selected(hand) == {"conv"}
    hand.settle()
    hand.click(VOID)
    assert selected(hand) == set()


def test_shift_and_ctrl_toggle(hand):
    first, second, third = hand.chain("input", "conv2d", "relu")
    hand.click(hand.body(first))
    hand.click(hand.body(second), SHIFT)
    hand.click(hand.body(third), CONTROL)
    assert selected(hand) == {"input", "conv", "relu"}
    hand.click(hand.body(second), SHIFT)
    assert selected(hand) == {"input", "relu"}
    hand.click(hand.body(first))
    assert selected(hand) == {"input"}


def test_a_box_selects_what_it_touches(hand):
    first, second, third = hand.chain("input", "conv2d", "relu")
    start, end = hand.at(-150, -230), hand.at(-60, -90)
    hand.press(start)
    hand.move(start, end)
    shown = {item.node.name for item in hand.scene.nodes.values() if item.is_selected}
    assert shown == {"input", "conv"}
    assert selected(hand) == set()
    hand.release(end)
    assert selected(hand) == {"input", "conv"}
    hand.drag(hand.at(150, 40), hand.at(80, 0), keys=SHIFT)
    assert selected(hand) == {"input", "conv", "relu"}
    hand.drag(hand.at(150, 40), hand.at(80, 0))
    assert selected(hand) == {"relu"}
    hand.settle()
    assert first
    assert second
    assert third


def test_escape_ends_a_box_and_then_the_selection(hand):
    first, _ = hand.chain("input", "conv2d")
    hand.click(hand.body(first))
    start, end = hand.at(-150, -120), hand.at(60, -60)
    hand.press(start)
    hand.move(start, end)
    hand.key(Qt.Key.Key_Escape)
    hand.settle()
    assert selected(hand) == {"input"}
    hand.release(end)
    assert selected(hand) == {"input"}
    hand.key(Qt.Key.Key_Escape)
    assert selected(hand) == set()


def test_a_wire_is_selected_by_a_click_near_it_and_deleted(hand):
    hand.chain("input", "conv2d", "relu")
    hand.begin()
    hand.click(on_wire(hand) + QPoint(6, 0))
    assert {edge.source for edge in hand.scene.selected_wires} == {hand.workspace.graph.named("input").id}
    hand.key(Qt.Key.Key_Delete)
    assert hand.edges() == {("conv", "relu", 0)}
    assert hand.scene.selected_wires == frozenset()
    hand.check_undo()


def test_nodes_and_wires_are_deleted_in_one_step(hand):
    nodes = hand.chain("input", "conv2d", "relu", "tanh")
    hand.begin()
    hand.click(on_wire(hand))
    hand.click(hand.body(nodes[3]), SHIFT)
    assert selected(hand) == {"tanh"}
    assert len(hand.scene.selected_wires) == 1
    hand.key(Qt.Key.Key_Backspace)
    assert hand.edges() == {("conv", "relu", 0)}
    assert hand.workspace.graph.named("tanh") is None
    hand.check_undo()


def test_deleting_nothing_is_no_step(hand):
    hand.chain("input", "conv2d")
    hand.begin()
    hand.key(Qt.Key.Key_Delete)
    hand.check_undo(0)


def test_a_click_beside_a_wire_hits_the_void(hand):
    hand.chain("input", "conv2d")
    hand.click(on_wire(hand) + QPoint(12, 0))
    assert hand.scene.selected_wires == frozenset()


def test_select_all(hand):
    hand.chain("input", "conv2d", "relu")
    hand.view.select_all()
    assert selected(hand) == {"input", "conv", "relu"}
    hand.settle()


def test_tab_follows_the_flow_and_leaves_the_canvas_behind_the_last_node(hand):
    field = QLineEdit()
    hand.view.window().layout().addWidget(field)
    # Added from the last to the first: the order is that of the wires, not of creation.
    relu, conv, start = hand.add("relu", 0, 200), hand.add("conv2d", 0, 100), hand.add("input", 0, 0)
    hand.drag(hand.output(start), hand.input(conv))
    hand.drag(hand.output(conv), hand.input(relu))
    hand.key(Qt.Key.Key_Escape)
    seen = []
    for _ in range(3):
        hand.key(Qt.Key.Key_Tab)
        seen.append(*selected(hand))
    assert seen == ["input", "conv", "relu"]
    hand.key(Qt.Key.Key_Backtab)
    assert selected(hand) == {"conv"}
    hand.key(Qt.Key.Key_Tab)
    hand.key(Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is field


def test_tab_brings_the_node_into_view(hand):
    hand.add("input", 0, 0)
    far = hand.add("conv2d", 4000, 5000)
    hand.workspace.select([])
    hand.key(Qt.Key.Key_Tab)
    hand.key(Qt.Key.Key_Tab)
    assert selected(hand) == {"conv"}
    assert hand.view.viewport().rect().contains(hand.body(far))


def test_alt_and_arrows_go_to_the_neighbour(hand):
    hand.chain("input", "conv2d", "relu")
    hand.add("tanh", 260, -90)
    hand.workspace.select([hand.workspace.graph.named("input").id])
    alt = Qt.KeyboardModifier.AltModifier
    seen = []
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Down, Qt.Key.Key_Up):
        hand.key(key, alt)
        seen.append(*selected(hand))
    assert seen == ["conv", "tanh", "conv", "relu", "conv"]


def test_the_pointer_shows_what_it_is_over(hand):
    first, _ = hand.chain("input", "conv2d")
    viewport = hand.view.viewport()
    QTest.mouseMove(viewport, hand.body(first))
    assert hand.scene.nodes[first].is_hovered
    QTest.mouseMove(viewport, hand.output(first))
    assert not hand.scene.nodes[first].is_hovered
    assert hand.scene.nodes[first].hovered_port is not None
    assert viewport.cursor().shape() == Qt.CursorShape.CrossCursor
    QTest.mouseMove(viewport, on_wire(hand))
    assert [wire.is_hovered for wire in hand.scene.wires.values()] == [True]
    QTest.mouseMove(viewport, VOID)
    assert not any(wire.is_hovered for wire in hand.scene.wires.values())
    assert viewport.cursor().shape() == Qt.CursorShape.ArrowCursor


def test_a_selection_made_elsewhere_is_shown(hand):
    first, second = hand.chain("input", "conv2d")
    hand.click(on_wire(hand))
    hand.workspace.select([second])
    hand.settle()
    assert hand.scene.selected_wires == frozenset()
    assert first
