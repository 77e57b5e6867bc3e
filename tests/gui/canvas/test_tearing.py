"""Nodes pulled out of their chain by Alt or by shaking, and nodes that meet ports where they are dropped."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt

from gui.canvas.gestures.shake import Shake

ALT = Qt.KeyboardModifier.AltModifier


def alt_drag(hand, start: QPoint, end: QPoint) -> None:
    hand.drag(start, end, keys=ALT)


def test_with_alt_a_node_comes_out_and_the_wire_heals(hand):
    nodes = hand.chain("input", "conv2d", "relu")
    hand.begin()
    alt_drag(hand, hand.body(nodes[1]), hand.at(300, 0))
    assert hand.edges() == {("input", "relu", 0)}
    assert hand.workspace.graph.nodes[nodes[1]].position[0] > 200
    assert hand.workspace.undo_stack.undoText() == "Take out conv"
    assert not any(wire.is_detached for wire in hand.scene.wires.values())
    hand.check_undo()


def test_a_selection_comes_out_with_the_wires_in_it(hand):
    nodes = hand.chain("input", "conv2d", "relu", "output")
    hand.workspace.select(nodes[1:3])
    hand.begin()
    alt_drag(hand, hand.body(nodes[1]), hand.at(300, 0))
    assert hand.edges() == {("input", "output", 0), ("conv", "relu", 0)}
    hand.check_undo()


def test_during_the_drag_the_old_wires_are_shown_as_cut(hand):
    nodes = hand.chain("input", "conv2d", "relu")
    hand.begin()
    hand.press(hand.body(nodes[1]), keys=ALT)
    hand.move(hand.body(nodes[1]), hand.at(300, 0))
    assert all(wire.is_detached for wire in hand.scene.wires.values())
    hand.key(Qt.Key.Key_Escape)
    hand.release(hand.at(300, 0))
    assert not any(wire.is_detached for wire in hand.scene.wires.values())
    hand.check_undo(0)


def test_taken_out_it_can_be_dropped_on_another_wire(hand):
    nodes = hand.chain("input", "conv2d", "output")
    other = hand.chain("input", "output", x=320)
    hand.begin()
    middle = (hand.body(other[0]) + hand.body(other[1])) / 2
    alt_drag(hand, hand.body(nodes[1]), middle)
    assert hand.edges() == {("input", "output", 0), ("input2", "conv", 0), ("conv", "output2", 0)}
    assert hand.workspace.undo_stack.undoText() == "Insert conv"
    hand.check_undo()


def shake(hand, node, strokes: int) -> None:
    start = hand.body(node)
    hand.press(start)
    place = start
    for stroke in range(strokes):
        end = start + QPoint(120 if stroke % 2 == 0 else 40, 0)
        hand.move(place, end, 3)
        place = end
    hand.move(place, hand.at(320, 40), 2)
    hand.release(hand.at(320, 40))


@pytest.mark.parametrize(("strokes", "comes_out"), [(5, True), (1, False)])
def test_shaken_it_comes_out(hand, strokes, comes_out):
    nodes = hand.chain("input", "conv2d", "relu")
    hand.begin()
    shake(hand, nodes[1], strokes)
    assert (hand.edges() == {("input", "relu", 0)}) is comes_out
    hand.check_undo()


def shaken(times: list[float], stroke: float = 30.0) -> bool:
    """The pointer goes to and fro, turning at `times`."""
    watch = Shake()
    return any(watch.move(QPointF(stroke * (index % 2), 0.0), now) for index, now in enumerate(times))


def test_three_turns_within_half_a_second_are_a_shake():
    assert shaken([0.0, 0.1, 0.2, 0.3, 0.4])
    assert not shaken([0.0, 0.1, 0.2, 0.3])
    assert not shaken([0.0, 0.3, 0.6, 0.9, 1.2])
    assert not shaken([0.0, 0.1, 0.2, 0.3, 0.4], stroke=5.0)
    assert shaken([0.0, 0.9, 1.2, 1.9, 2.0, 2.1, 2.2])


# Ports that meet


def test_dropped_below_an_output_it_is_wired(hand):
    first = hand.add("input", 0, -200)
    node = hand.add("relu", 300, 200)
    hand.begin()
    hand.drag(hand.body(node), hand.at(0, -200 + 56 + 16))
    assert hand.edges() == {("input", "relu", 0)}
    assert hand.workspace.graph.nodes[first].position == (0.0, -200.0)
    hand.check_undo()


def test_dropped_above_an_input_it_feeds_it(hand):
    hand.add("relu", 0, 200)
    node = hand.add("input", 300, -200)
    hand.begin()
    hand.drag(hand.body(node), hand.at(0, 200 - 56 - 16))
    assert hand.edges() == {("input", "relu", 0)}
    hand.check_undo()


def test_between_two_it_is_wired_to_both(hand):
    hand.add("input", 0, -72)
    hand.add("output", 0, 72)
    node = hand.add("relu", 300, 200)
    hand.begin()
    hand.drag(hand.body(node), hand.at(0, 0))
    assert hand.edges() == {("input", "relu", 0), ("relu", "output", 0)}
    hand.check_undo()


def test_farther_away_it_stays_unwired(hand):
    hand.add("input", 0, -200)
    node = hand.add("relu", 300, 200)
    hand.begin()
    hand.drag(hand.body(node), hand.at(0, -200 + 96))
    assert hand.edges() == set()
    hand.check_undo()


def test_an_input_that_is_fed_takes_no_second_wire(hand):
    hand.chain("input", "relu")
    node = hand.add("input", 300, 200)
    hand.begin()
    hand.drag(hand.body(node), hand.at(120, -192 + 96 - 56 - 8))
    assert hand.edges() == {("input", "relu", 0)}


def test_a_wired_node_is_only_moved(hand):
    nodes = hand.chain("input", "relu")
    hand.add("output", 300, 200)
    hand.begin()
    hand.drag(hand.body(nodes[1]), hand.at(300, 200 - 72))
    assert hand.edges() == {("input", "relu", 0)}
    hand.check_undo()


def test_escape_during_the_drag_wires_nothing(hand):
    hand.add("input", 0, -200)
    node = hand.add("relu", 300, 200)
    hand.begin()
    hand.press(hand.body(node))
    hand.move(hand.body(node), hand.at(0, -128))
    assert hand.view.pointer_note.text == "Wire “relu”"
    hand.key(Qt.Key.Key_Escape)
    hand.release(hand.at(0, -128))
    assert not hand.view.pointer_note.isVisible()
    hand.check_undo(0)
