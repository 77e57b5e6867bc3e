"""Moving nodes by mouse and arrow keys."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from gui.canvas import keyboard

SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def place(hand, node):
    return hand.workspace.graph.nodes[node].position


def test_a_drag_moves_a_node_on_the_grid_in_one_step(hand):
    _, conv = hand.chain("input", "conv2d")
    hand.begin()
    start = hand.body(conv)
    hand.drag(start, start + QPoint(203, 101))
    x, y = place(hand, conv)
    assert (x, y) == (200.0, -96.0 + 104.0)
    hand.check_undo()
    assert hand.workspace.undo_stack.text(0) == "Move layer"


def test_a_drag_of_a_selected_node_moves_the_whole_selection(hand):
    nodes = hand.chain("input", "conv2d", "relu")
    hand.workspace.select(nodes[:2])
    hand.begin()
    before = [place(hand, node) for node in nodes]
    start = hand.body(nodes[1])
    hand.drag(start, start + QPoint(-240, 40))
    after = [place(hand, node) for node in nodes]
    assert [(ax - bx, ay - by) for (ax, ay), (bx, by) in zip(after, before, strict=True)] == [
        (-240, 40),
        (-240, 40),
        (0, 0),
    ]
    assert set(hand.workspace.selection) == set(nodes[:2])
    hand.check_undo()


def test_a_node_and_its_wires_follow_the_pointer_before_the_release(hand):
    first, conv, last = hand.chain("input", "conv2d", "relu")
    hand.begin()
    start = hand.body(conv)
    hand.press(start)
    hand.move(start, start + QPoint(160, 0))
    item = hand.scene.nodes[conv]
    assert item.position == (160.0, -96.0)
    assert hand.workspace.graph.nodes[conv].position == (0.0, -96.0)
    into, out = (hand.scene.wires[edge] for edge in sorted(hand.workspace.graph.edges, key=lambda e: e.source))
    assert into.route.end == item.port_place(False, 0).toTuple()
    assert out.route.start == item.port_place(True, 0).toTuple()
    hand.release(start + QPoint(160, 0))
    hand.settle()
    assert first
    assert last


def test_escape_puts_everything_back(hand):
    nodes = hand.chain("input", "conv2d", "relu")
    hand.workspace.select(nodes)
    hand.begin()
    start = hand.body(nodes[1])
    hand.press(start)
    hand.move(start, start + QPoint(160, 80))
    hand.key(Qt.Key.Key_Escape)
    hand.settle()
    hand.release(start)
    hand.check_undo(0)


def test_undo_during_a_drag_ends_it(hand):
    conv = hand.add("conv2d")
    hand.workspace.undo_stack.clear()
    other = hand.add("relu", 300, 0)
    start = hand.body(conv)
    hand.press(start)
    hand.move(start, start + QPoint(160, 80))
    hand.workspace.undo_stack.undo()
    hand.settle()
    assert not hand.view.pointer.is_busy
    assert place(hand, conv) == (0.0, 0.0)
    assert other not in hand.scene.nodes
    hand.release(start)


def test_the_smallest_movement_is_a_click(hand):
    conv = hand.add("conv2d")
    hand.begin()
    start = hand.body(conv)
    hand.drag(start, start + QPoint(2, 2))
    assert hand.workspace.selection == (conv,)
    hand.check_undo(0)


def test_a_node_sticks_to_the_column_of_others(hand):
    hand.add("input", 4, -200)
    conv = hand.add("conv2d", 300, 0)
    hand.begin()
    start = hand.body(conv)
    hand.press(start)
    end = start + QPoint(-300, 60)
    hand.move(start, end)
    hand.release(end)
    # 4 is not on the grid of 8: only the guide leads there.
    assert place(hand, conv)[0] == 4.0
    hand.check_undo()


def test_an_unwired_node_dropped_on_a_wire_is_inserted(hand):
    first, last = hand.chain("input", "conv2d")
    relu = hand.add("relu", 300, 100)
    hand.begin()
    start = hand.body(relu)
    end = hand.at(0, -144)
    hand.press(start)
    hand.move(start, end)
    assert [item.is_target for item in hand.scene.wires.values()] == [True]
    hand.release(end)
    assert hand.edges() == {("input", "relu", 0), ("relu", "conv", 0)}
    assert place(hand, relu) == (0.0, -96.0)
    # What follows has made room.
    assert place(hand, last) == (0.0, 0.0)
    assert place(hand, first) == (0.0, -192.0)
    assert not any(item.is_target for item in hand.scene.wires.values())
    hand.check_undo()


def test_a_wired_node_is_not_inserted(hand):
    hand.chain("input", "conv2d")
    _, tanh = hand.chain("relu", "tanh", x=300)
    hand.begin()
    hand.drag(hand.body(tanh), hand.at(0, -144))
    assert ("input", "conv", 0) in hand.edges()
    hand.check_undo()


def test_arrow_keys_nudge_and_a_run_is_one_step(hand):
    conv = hand.add("conv2d")
    hand.workspace.select([conv])
    hand.begin()
    for _ in range(3):
        hand.key(Qt.Key.Key_Right)
    hand.key(Qt.Key.Key_Down, SHIFT)
    assert place(hand, conv) == (24.0, 32.0)
    hand.check_undo()


def test_runs_of_arrow_keys_on_other_nodes_or_after_a_pause_are_other_steps(hand, monkeypatch):
    first, second = hand.add("conv2d"), hand.add("relu", 300, 0)
    clock = [100.0]
    monkeypatch.setattr(keyboard.time, "monotonic", lambda: clock[0])
    hand.workspace.select([first])
    hand.begin()
    hand.key(Qt.Key.Key_Right)
    clock[0] += 5.0
    hand.key(Qt.Key.Key_Right)
    hand.workspace.select([second])
    hand.key(Qt.Key.Key_Left)
    assert place(hand, first) == (16.0, 0.0)
    assert place(hand, second) == (292.0, 0.0)
    hand.check_undo(3)


def test_dragging_to_the_edge_moves_the_view_along(hand, qtbot):
    conv = hand.add("conv2d")
    hand.add("relu", 0, 3000)
    hand.begin()
    start = hand.body(conv)
    hand.press(start)
    hand.move(start, QPoint(500, 795))
    before = hand.scene.nodes[conv].position[1]
    qtbot.waitUntil(lambda: hand.scene.nodes[conv].position[1] > before + 200)
    hand.release(QPoint(500, 795))
    after = place(hand, conv)[1]
    QTest.qWait(60)
    assert place(hand, conv)[1] == after > before + 200
    hand.check_undo()
