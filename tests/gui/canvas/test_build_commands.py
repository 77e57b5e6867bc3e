"""One key each: bridge, wire, dissolve, take out and repeat what is selected; every one is undone in one step."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFrame, QPushButton, QSpinBox

from gui.analyser import load_analyser

CTRL = Qt.KeyboardModifier.ControlModifier
KEYS = Qt.Key


def positions(hand):
    return {node.name: node.position for node in hand.workspace.graph.nodes.values()}


# Bridge


def test_two_nodes_are_bridged_by_one_key(hand):
    nodes = hand.chain("input", "relu", "tanh", "output")
    hand.workspace.select([nodes[2], nodes[0]])
    hand.begin()
    hand.key(KEYS.Key_K)
    assert hand.edges() == {
        ("input", "relu", 0),
        ("relu", "tanh", 0),
        ("tanh", "add", 0),
        ("input", "add", 1),
        ("add", "output", 0),
    }
    assert [hand.workspace.graph.nodes[node].name for node in hand.workspace.selection] == ["add"]
    ys = positions(hand)
    assert ys["output"][1] - ys["add"][1] == ys["add"][1] - ys["tanh"][1] == 96.0
    hand.check_undo()


def test_where_shapes_differ_a_projection_stands_on_the_skip_connection(hand):
    hand.workspace.use_analyser(load_analyser())
    first = hand.add("input", 0, -96, shape=(3, 16, 16))
    conv = hand.add("conv2d", 0, 0, first, out_channels=8, same=True)
    pool = hand.add("max_pool2d", 0, 96, conv)
    hand.workspace.select([first, pool])
    hand.begin()
    hand.key(KEYS.Key_K)
    assert {("input", "downsample", 0), ("downsample", "add", 1), ("pool", "add", 0)} <= hand.edges()
    downsample = hand.workspace.graph.named("downsample")
    assert (downsample.params["out_channels"], downsample.params["stride"]) == (8, 2)
    assert not [report.error for report in hand.workspace.analysis.nodes.values() if report.error]
    hand.check_undo()


@pytest.mark.parametrize(("count", "reason"), [(1, "Select two layers"), (2, "do not lie one behind the other")])
def test_why_nothing_can_be_bridged(hand, count, reason):
    nodes = [hand.add("input", 200.0 * place) for place in range(count)]
    hand.workspace.select(nodes)
    hand.begin()
    hand.key(KEYS.Key_K)
    assert len(hand.refused) == 1
    assert reason in hand.refused[0]
    hand.check_undo(0)


# Join


def test_selected_nodes_are_wired_from_top_to_bottom(hand):
    nodes = [hand.add(layer, 0, 96.0 * row) for row, layer in enumerate(("input", "conv2d", "relu"))]
    hand.workspace.select([nodes[2], nodes[0], nodes[1]])
    hand.begin()
    hand.key(KEYS.Key_J)
    assert hand.edges() == {("input", "conv", 0), ("conv", "relu", 0)}
    assert set(hand.workspace.selection) == set(nodes)
    hand.check_undo()


def test_all_are_wired_into_a_merge(hand):
    nodes = [hand.add("input", 200.0 * place, 0) for place in range(3)]
    hand.workspace.select([*nodes, hand.add("concat", 0, 96)])
    hand.begin()
    hand.key(KEYS.Key_J)
    assert hand.edges() == {("input", "concat", 0), ("input2", "concat", 1), ("input3", "concat", 2)}
    hand.check_undo()


# Dissolve and take out


def test_what_is_dissolved_leaves_no_gap(hand):
    nodes = hand.chain("input", "conv2d", "relu", "output")
    hand.workspace.select(nodes[1:3])
    hand.begin()
    hand.key(KEYS.Key_Delete, CTRL)
    assert hand.edges() == {("input", "output", 0)}
    hand.check_undo()


def test_what_is_taken_out_stays_on_the_canvas(hand):
    nodes = hand.chain("input", "conv2d", "relu", "output")
    hand.workspace.select(nodes[1:3])
    before = positions(hand)
    hand.begin()
    hand.key(KEYS.Key_X)
    assert hand.edges() == {("input", "output", 0), ("conv", "relu", 0)}
    assert positions(hand) == before
    hand.check_undo()
    hand.workspace.select(nodes[1:3])
    hand.key(KEYS.Key_X)
    assert hand.workspace.undo_stack.count() == 1


# Repeat


def ask(hand) -> tuple[QFrame, QSpinBox]:
    hand.key(KEYS.Key_R, CTRL)
    card = hand.view.findChild(QFrame, "repeatPopover")
    return card, card.findChild(QSpinBox, "repeatCount")


def test_a_segment_is_repeated_so_often(hand):
    nodes = hand.chain("input", "conv2d", "relu", "output")
    hand.workspace.select(nodes[1:3])
    hand.begin()
    card, count = ask(hand)
    assert card.isVisible()
    assert hand.view.rect().contains(card.geometry())
    assert count.hasFocus()
    QTest.keyClicks(count, "4")
    QTest.keyClick(count, KEYS.Key_Return)
    QApplication.processEvents()
    assert not card.isVisible()
    assert hand.view.hasFocus()
    (instance,) = hand.workspace.selection
    assert hand.workspace.graph.nodes[instance].params["repeat"] == 4
    assert hand.edges() == {("input", "block", 0), ("block", "output", 0)}
    hand.check_undo()
    _, count = ask(hand)
    assert count.value() == 4


def test_the_mouse_alone_repeats(hand):
    nodes = hand.chain("input", "conv2d", "relu", "output")
    hand.workspace.select(nodes[1:3])
    hand.begin()
    card, count = ask(hand)
    QTest.mouseClick(card.findChild(QPushButton, "repeatButton"), Qt.MouseButton.LeftButton)
    assert not card.isVisible()
    (instance,) = hand.workspace.selection
    assert hand.workspace.graph.nodes[instance].params["repeat"] == count.value() == 2
    hand.check_undo()


def test_escape_repeats_nothing(hand):
    hand.workspace.select(hand.chain("relu"))
    hand.begin()
    card, count = ask(hand)
    QTest.keyClick(count, KEYS.Key_Escape)
    assert not card.isVisible()
    hand.check_undo(0)


def test_what_has_two_ways_out_is_refused(hand):
    first = hand.add("relu", 0, 0)
    ends = [hand.add("tanh", 0, 96, first), hand.add("sigmoid", 200, 96, first)]
    for end in ends:
        hand.add("output", 0, 200, end)
    hand.workspace.select([first, *ends])
    hand.begin()
    _, count = ask(hand)
    QTest.keyClick(count, KEYS.Key_Return)
    assert len(hand.refused) == 1
    hand.check_undo(0)


# Which are possible


def test_what_is_possible_follows_the_selection(hand):
    possible = hand.view.build.possible
    assert [name for name, can in possible().items() if can] == ["quick_add"]
    nodes = hand.chain("input", "conv2d", "relu")
    hand.workspace.select(nodes[:1])
    assert not possible()["bridge"]
    assert possible()["take_out"]
    assert possible()["repeat"]
    hand.workspace.select(nodes[:2])
    assert all(possible().values())
    hand.workspace.select(nodes)
    assert not possible()["bridge"]
    assert not possible()["take_out"]
    assert possible().keys() == hand.view.build.slots().keys()


def test_without_a_selection_keys_do_nothing(hand):
    hand.chain("input", "relu")
    hand.workspace.select([])
    hand.begin()
    for key, modifiers in ((KEYS.Key_X, Qt.KeyboardModifier.NoModifier), (KEYS.Key_Delete, CTRL), (KEYS.Key_R, CTRL)):
        hand.key(key, modifiers)
    hand.check_undo(0)
    assert hand.refused == []
