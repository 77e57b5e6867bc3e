"""The scene mirrors the graph whatever is done to it, by whomever, in whichever order."""

from __future__ import annotations

import random

import pytest
from PySide6.QtCore import QPoint

from engine.graph.document import dump
from engine.graph.edits import AddNode, Connect, Disconnect, Edit, MoveNodes, RemoveNode, Rename
from engine.graph.model import Edge, Graph
from engine.layers.nodes import new_node
from engine.layers.wiring import refusal
from gui.canvas.scene import CanvasScene


def random_edit(graph: Graph, dice: random.Random) -> Edit | None:
    """Some edit that the graph takes."""
    nodes, edges = list(graph.nodes), graph.edges
    kind = dice.choice(["add", "add", "connect", "connect", "connect", "move", "remove", "cut", "rename"])
    if kind == "add" or not nodes:
        layer = dice.choice(["input", "conv2d", "relu", "add", "concat", "output"])
        place = (dice.randrange(-5, 5) * 104.0, dice.randrange(-6, 6) * 48.0)
        return AddNode(new_node(graph, layer, place))
    node = dice.choice(nodes)
    if kind == "connect":
        edge = Edge(node, 0, dice.choice(nodes), dice.randrange(3))
        return None if refusal(graph, edge) else Connect(edge)
    if kind == "move":
        return MoveNodes({n: (dice.uniform(-500, 500), dice.uniform(-500, 500)) for n in nodes[: dice.randrange(1, 4)]})
    if kind == "remove":
        return RemoveNode(node)
    if kind == "rename":
        return Rename(node, f"name{dice.randrange(10**9)}")
    return Disconnect(dice.choice(edges)) if edges else None


@pytest.mark.parametrize("seed", range(4))
def test_random_edits_and_their_undoing(hand, seed):
    dice = random.Random(seed)
    empty = dump(hand.workspace.graph)
    for step in range(120):
        edit = random_edit(hand.workspace.graph, dice)
        if edit is not None:
            hand.workspace.push(edit)
        if dice.random() < 0.2 and hand.workspace.undo_stack.canUndo():
            hand.workspace.undo_stack.undo()
        hand.workspace.select(dice.sample(list(hand.workspace.graph.nodes), k=min(2, len(hand.workspace.graph.nodes))))
        if step % 10 == 0:
            hand.settle()
    hand.settle()
    # What was built step by step is shown as if it had been opened at once.
    fresh = CanvasScene(hand.workspace, parent=hand.view)
    lanes = {edge: wire.route for edge, wire in fresh.wires.items()}
    shown = {edge: wire.route for edge, wire in hand.scene.wires.items()}
    assert {edge for edge in shown if (shown[edge].lane is None) != (lanes[edge].lane is None)} == set()
    while hand.workspace.undo_stack.canUndo():
        hand.workspace.undo_stack.undo()
    hand.settle()
    assert dump(hand.workspace.graph) == empty


def test_another_document_replaces_everything(hand):
    first, conv = hand.chain("input", "conv2d")
    hand.workspace.select([conv])
    hand.scene.set_gradient_norms({"conv": 0.1})
    hand.press(hand.body(first))
    hand.move(hand.body(first), QPoint(700, 300))
    other = Graph()
    node = new_node(other, "relu", (40.0, 40.0))
    other.add_node(node)
    hand.workspace.replace(other)
    hand.release(QPoint(700, 300))
    hand.settle()
    assert list(hand.scene.nodes) == [node.id]
    assert hand.scene.nodes[node.id].bar is None
    assert not hand.view.pointer.is_busy


def test_replacing_during_wiring_and_box_selection(hand):
    conv = hand.add("conv2d")
    for start in (hand.output(conv), QPoint(50, 50)):
        hand.press(start)
        hand.move(start, QPoint(800, 600))
        hand.workspace.replace(hand.workspace.graph.snapshot())
        hand.settle()
        hand.release(QPoint(800, 600))
        hand.settle()
        assert not hand.view.pointer_note.isVisible()


def test_two_views_of_one_document(hand):
    other = CanvasScene(hand.workspace, parent=hand.view)
    start = hand.add("input", 0, -100)
    conv = hand.add("conv2d", 0, 100)
    hand.drag(hand.output(start), hand.input(conv))
    other.refresh()
    assert set(other.nodes) == {start, conv}
    assert len(other.wires) == 1
