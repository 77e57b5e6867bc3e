"""Wiring by mouse: in both directions, with reasons where it is refused, and off again."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt

VOID = QPoint(900, 700)


def test_from_an_output_to_an_input(hand):
    first, second = hand.add("input", 0, -96), hand.add("conv2d", 0, 96)
    hand.begin()
    hand.drag(hand.output(first), hand.input(second))
    assert hand.edges() == {("input", "conv", 0)}
    hand.check_undo()


def test_from_an_input_to_an_output(hand):
    first, second = hand.add("input", 0, -96), hand.add("conv2d", 0, 96)
    hand.begin()
    hand.drag(hand.input(second), hand.output(first))
    assert hand.edges() == {("input", "conv", 0)}
    hand.check_undo()


@pytest.mark.parametrize("away", [QPoint(20, 0), QPoint(-14, 14), QPoint(0, -22)])
def test_the_end_snaps_to_a_port_nearby(hand, away):
    first, second = hand.add("input", 0, -96), hand.add("conv2d", 0, 96)
    hand.begin()
    hand.drag(hand.output(first), hand.input(second) + away)
    assert hand.edges() == {("input", "conv", 0)}


def test_the_body_of_a_node_takes_the_wire(hand):
    first, second = hand.add("input", 0, -96), hand.add("conv2d", 0, 96)
    hand.begin()
    hand.drag(hand.output(first), hand.body(second) + QPoint(60, 10))
    assert hand.edges() == {("input", "conv", 0)}
    hand.check_undo()


def test_backwards_onto_a_body(hand):
    first, second = hand.add("input", 0, -96), hand.add("conv2d", 0, 96)
    hand.begin()
    hand.drag(hand.input(second), hand.body(first) + QPoint(-60, 0))
    assert hand.edges() == {("input", "conv", 0)}


def test_after_a_wire_what_is_under_the_pointer_lights_up(hand):
    first, second = hand.add("input", 0, -96), hand.add("conv2d", 0, 96)
    hand.drag(hand.output(first), hand.body(second))
    assert (hand.scene.hover.port, hand.scene.hover.node) == (None, second)


def test_wires_into_add_take_one_port_after_the_other(hand):
    sources = [hand.add("input", -240 + 240 * index, -160) for index in range(3)]
    add = hand.add("add", 0, 96)
    hand.begin()
    for source in sources:
        hand.drag(hand.output(source), hand.body(add))
    assert hand.edges() == {("input", "add", 0), ("input2", "add", 1), ("input3", "add", 2)}
    ends = [hand.scene.nodes[add].port_place(False, port).x() for port in range(4)]
    assert ends == sorted(ends)
    assert len(set(ends)) == 4
    hand.check_undo(3)


def test_a_wire_into_the_void_is_forgotten(hand):
    first = hand.add("input", 0, -96)
    hand.begin()
    hand.drag(hand.output(first), VOID)
    assert hand.workspace.undo_stack.count() == 0
    assert not hand.view.pointer_note.isVisible()


def refusal_at(hand, start: QPoint, end: QPoint) -> str:
    """Drag a wire and return the reason that the pointer shows before the release; nothing may change."""
    hand.press(start)
    hand.move(start, end)
    note = hand.view.pointer_note
    assert note.isVisible()
    assert hand.view.rect().contains(note.geometry())
    assert (note.geometry().center() - end).manhattanLength() < 400
    reason = note.text
    hand.release(end)
    hand.settle()
    assert hand.workspace.undo_stack.count() == 0
    return reason


def test_a_cycle_is_refused_with_the_reason(hand):
    _, conv, norm, add = hand.chain("input", "conv2d", "batch_norm2d", "add")
    hand.begin()
    # The input of the first layer is fed, so only a layer that takes many wires can close a loop.
    reason = refusal_at(hand, hand.output(add), hand.body(add) + QPoint(70, 0))
    assert "cannot feed itself" in reason
    late = hand.add("add", 260, 0)
    hand.drag(hand.output(norm), hand.body(late))
    hand.drag(hand.output(late), hand.input(add, 1))
    merge = hand.add("add", -260, 0)
    hand.drag(hand.output(merge), hand.input(late, 1))
    hand.begin()
    reason = refusal_at(hand, hand.output(add), hand.body(merge))
    assert reason == "This would form a cycle: “add3” already feeds “add”."
    reason = refusal_at(hand, hand.input(merge, 0), hand.output(late))
    assert "cycle" in reason
    assert conv


def test_a_self_loop_is_refused_with_the_reason(hand):
    conv = hand.add("conv2d")
    hand.begin()
    assert refusal_at(hand, hand.output(conv), hand.input(conv)) == "“conv” cannot feed itself."
    assert refusal_at(hand, hand.input(conv), hand.output(conv)) == "“conv” cannot feed itself."


def test_a_fed_input_is_refused_with_the_reason(hand):
    hand.chain("input", "relu")
    other = hand.add("input", 260, -96)
    hand.begin()
    relu = hand.workspace.graph.named("relu").id
    reason = refusal_at(hand, hand.output(other), hand.input(relu))
    assert reason == "This input of “relu” is already fed by “input”."
    assert refusal_at(hand, hand.output(other), hand.body(relu)) == reason


def test_an_output_feeds_nothing_and_an_input_takes_nothing(hand):
    conv, out, start = hand.add("conv2d", 0, 150), hand.add("output", -260, 0), hand.add("input", 260, 0)
    hand.begin()
    assert refusal_at(hand, hand.input(conv), hand.body(out)) == "“output” has no such output."
    assert refusal_at(hand, hand.output(conv), hand.body(start)) == "“input” has no such input."


def test_two_outputs_or_two_inputs_are_refused(hand):
    first, second = hand.add("conv2d", -130, 0), hand.add("relu", 130, 0)
    hand.begin()
    assert "has to end at an input" in refusal_at(hand, hand.output(first), hand.output(second))
    assert "has to end at an output" in refusal_at(hand, hand.input(first), hand.input(second))


def test_dragging_off_an_input_disconnects(hand):
    _, conv = hand.chain("input", "conv2d")
    hand.begin()
    hand.drag(hand.input(conv), VOID)
    assert hand.edges() == set()
    hand.check_undo()


def test_dragging_off_an_input_moves_the_wire(hand):
    _, conv = hand.chain("input", "conv2d")
    other = hand.add("relu", 260, 0)
    hand.begin()
    hand.drag(hand.input(conv), hand.input(other))
    assert hand.edges() == {("input", "relu", 0)}
    hand.check_undo()


def test_a_wire_that_comes_back_to_its_port_stays(hand):
    _, conv = hand.chain("input", "conv2d")
    hand.begin()
    start = hand.input(conv)
    hand.press(start)
    hand.move(start, VOID)
    hand.move(VOID, start)
    hand.release(start)
    assert hand.edges() == {("input", "conv", 0)}
    hand.check_undo(0)


def test_a_moved_wire_may_take_another_port_of_the_same_node(hand):
    first = hand.add("input", 0, -160)
    add = hand.add("add", 0, 0, first)
    hand.begin()
    hand.drag(hand.input(add, 0), hand.input(add, 1))
    assert hand.edges() == {("input", "add", 1)}
    hand.check_undo()


def test_escape_leaves_everything(hand):
    _, conv = hand.chain("input", "conv2d")
    hand.begin()
    start = hand.input(conv)
    hand.press(start)
    hand.move(start, VOID)
    hand.key(Qt.Key.Key_Escape)
    hand.release(VOID)
    hand.settle()
    assert hand.edges() == {("input", "conv", 0)}
    assert not any(item.is_dimmed or item.open_ports for item in hand.scene.nodes.values())
    assert not any(item.is_detached for item in hand.scene.wires.values())
    hand.check_undo(0)


def test_ports_that_can_take_the_wire_light_up_and_other_nodes_dim(hand):
    source, conv, norm = hand.chain("input", "conv2d", "batch_norm2d")
    free, add = hand.add("relu", 260, 0), hand.add("add", -260, 0)
    hand.begin()
    hand.press(hand.output(conv))
    hand.move(hand.output(conv), VOID)
    lit = {item.node.name for item in hand.scene.nodes.values() if item.open_ports}
    dimmed = {item.node.name for item in hand.scene.nodes.values() if item.is_dimmed}
    # The node that the wire comes from is lit, too, so that one sees where it begins.
    assert lit == {"conv", "relu", "add"}
    assert dimmed == {"input", "norm"}
    hand.release(VOID)
    assert not any(item.is_dimmed for item in hand.scene.nodes.values())
    assert source
    assert norm
    assert free
    assert add


def test_undo_during_the_gesture_ends_it(hand):
    first, second = hand.add("input", 0, -96), hand.add("conv2d", 0, 96)
    start = hand.output(first)
    hand.press(start)
    hand.move(start, hand.input(second))
    hand.workspace.undo_stack.undo()
    assert not hand.view.pointer.is_busy
    hand.release(QPoint(500, 400))
    hand.settle()
    assert hand.edges() == set()


def test_wiring_works_when_zoomed_far_out(hand):
    first, second = hand.add("input", 0, -200), hand.add("conv2d", 0, 200)
    hand.begin()
    hand.view.camera.zoom_to(0.25)
    hand.drag(hand.output(first), hand.body(second))
    assert hand.edges() == {("input", "conv", 0)}
    hand.check_undo()
