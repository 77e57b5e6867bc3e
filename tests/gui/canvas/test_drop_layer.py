"""Layers dragged from the palette, and added by its keys."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QDragLeaveEvent
from PySide6.QtWidgets import QApplication

from engine.graph.edits import SetSetting
from engine.graph.model import Graph
from engine.layers.registry import specs
from engine.layers.validation import misplaced
from gui.canvas.geometry import overlaps
from gui.canvas.scene import CanvasScene


def place(hand, name):
    return hand.workspace.graph.named(name).position


@pytest.mark.sampled(15)
@pytest.mark.parametrize("layer", [spec.id for spec in specs() if misplaced(spec.id, Graph()) is None])
def test_every_layer_can_be_dropped_into_the_void(hand, layer):
    assert hand.drop(layer, hand.at(101, -53))
    (node,) = hand.workspace.graph.nodes.values()
    assert node.layer == layer
    assert node.position == (104.0, -56.0)
    assert hand.workspace.selection == (node.id,)
    hand.check_undo()


def test_a_layer_dropped_on_a_wire_is_inserted_and_what_follows_makes_room(hand):
    hand.chain("input", "conv2d", "relu")
    beside = hand.add("tanh", 260, 0)
    hand.begin()
    hand.drag_in("batch_norm2d", hand.at(10, -50))
    marked = [edge.source for edge, wire in hand.scene.wires.items() if wire.is_target]
    assert marked == [hand.workspace.graph.named("conv").id]
    assert hand.view.pointer_note.isVisible()
    assert hand.view.pointer_note.text == "Insert between “conv” and “relu”"
    assert hand.drop("batch_norm2d", hand.at(10, -50))
    assert hand.edges() == {("input", "conv", 0), ("conv", "norm", 0), ("norm", "relu", 0)}
    assert [place(hand, name) for name in ("input", "conv", "norm", "relu")] == [
        (0, -192),
        (0, -96),
        (0, 0),
        (0, 96),
    ]
    assert place(hand, "tanh") == (260, 0)
    assert hand.workspace.selection == (hand.workspace.graph.named("norm").id,)
    assert not hand.view.pointer_note.isVisible()
    hand.check_undo()
    assert beside


def test_where_there_is_room_nothing_moves(hand):
    first = hand.add("input", 0, -300)
    hand.add("conv2d", 0, 100, first)
    hand.begin()
    assert hand.drop("relu", hand.at(0, -100))
    assert hand.edges() == {("input", "relu", 0), ("relu", "conv", 0)}
    assert place(hand, "conv") == (0, 100)


def test_an_input_is_never_inserted(hand):
    hand.chain("input", "conv2d")
    hand.begin()
    assert hand.drop("output", hand.at(0, -144))
    assert hand.edges() == {("input", "conv", 0)}
    hand.check_undo()


def test_a_layer_never_lands_on_another(hand):
    conv = hand.add("conv2d", 0, 0)
    hand.begin()
    assert hand.drop("relu", hand.at(20, 10))
    assert not overlaps(place(hand, "relu"), place(hand, "conv"), 0.0)
    assert conv


@pytest.mark.parametrize(("layer", "mime"), [("no_such_layer", "application/x-netwright-layer"), ("relu", "text/x")])
def test_anything_else_is_not_taken(hand, layer, mime):
    assert not hand.drop(layer, hand.at(0, 0), mime)
    hand.check_undo(0)


def test_the_new_node_is_shown_while_it_is_dragged_and_gone_when_it_leaves(hand):
    hand.chain("input", "conv2d")
    hand.begin()
    before = hand.view.viewport().grab().toImage()
    data = hand.drag_in("relu", hand.at(250, 150))
    during = hand.view.viewport().grab().toImage()
    ghost = hand.at(250, 150)
    assert during.pixelColor(ghost + QPoint(40, 8)) != before.pixelColor(ghost + QPoint(40, 8))
    QApplication.sendEvent(hand.view.viewport(), QDragLeaveEvent())
    QApplication.processEvents()
    assert hand.view.viewport().grab().toImage() == before
    assert not hand.view.pointer.is_busy
    hand.check_undo(0)
    assert data


def test_enter_enter_enter_builds_a_chain(hand):
    for layer in ("input", "conv2d", "relu", "flatten", "linear", "output"):
        hand.scene.add_layer(layer)
    names = ["input", "conv", "relu", "flatten", "dense", "output"]
    assert hand.edges() == {(a, b, 0) for a, b in pairwise(names)}
    assert [place(hand, name)[1] - place(hand, "input")[1] for name in names] == [96.0 * row for row in range(6)]
    assert {place(hand, name)[0] for name in names} == {place(hand, "input")[0]}
    hand.settle()
    last = hand.workspace.graph.named("output").id
    assert hand.view.viewport().rect().contains(hand.body(last))
    hand.check_undo(6)


def test_enter_in_the_middle_of_a_chain_inserts(hand):
    _, conv, _ = hand.chain("input", "conv2d", "output")
    hand.workspace.select([conv])
    hand.begin()
    hand.scene.add_layer("relu")
    assert hand.edges() == {("input", "conv", 0), ("conv", "relu", 0), ("relu", "output", 0)}
    assert (place(hand, "relu"), place(hand, "output")) == ((0, 0), (0, 96))
    hand.check_undo()


def test_enter_on_an_output_inserts_before_it(hand):
    *_, output = hand.chain("input", "conv2d", "output")
    hand.workspace.select([output])
    hand.begin()
    hand.scene.add_layer("relu")
    assert hand.edges() == {("input", "conv", 0), ("conv", "relu", 0), ("relu", "output", 0)}
    hand.check_undo()


def test_enter_behind_a_branching_node_begins_another_branch(hand):
    start = hand.add("input", 0, -192)
    hand.add("conv2d", 0, -96, start)
    hand.add("conv2d", 232, -96, start)
    hand.workspace.select([start])
    hand.begin()
    hand.scene.add_layer("relu")
    assert ("input", "relu", 0) in hand.edges()
    others = [node.position for node in hand.workspace.graph.nodes.values() if node.name != "relu"]
    assert not any(overlaps(place(hand, "relu"), other, 0.0) for other in others)
    hand.check_undo()


def test_without_a_selection_a_layer_lands_in_the_middle_of_the_view(hand):
    hand.add("input", 0, 0)
    hand.workspace.select([])
    hand.view.camera.pan(-300, -200)
    hand.begin()
    hand.scene.add_layer("relu")
    assert (hand.body(hand.workspace.graph.named("relu").id) - QPoint(500, 400)).manhattanLength() <= 10
    assert hand.edges() == set()
    hand.check_undo()


def test_new_layers_start_with_the_parameters_they_are_given(hand):
    def initial(layer, graph):
        return {"shape": (2,)} if layer == "input" and graph.settings["data"]["dataset"] == "spirals" else {}

    hand.workspace.push(SetSetting("data", "dataset", "spirals"))
    scene = CanvasScene(hand.workspace, initial, hand.view)
    node = scene.add_layer("input", (0.0, 0.0))
    assert hand.workspace.graph.nodes[node].params["shape"] == (2,)
    assert scene.add_layer("relu", (0.0, 200.0)) is not None


def test_drag_and_drop_gives_the_canvas_the_focus(hand):
    hand.view.clearFocus()
    hand.drop("relu", hand.at(0, 0))
    assert hand.view.hasFocus()
    QApplication.sendEvent(hand.view, QEvent(QEvent.Type.None_))
    hand.key(Qt.Key.Key_Delete)
    assert not hand.workspace.graph.nodes
