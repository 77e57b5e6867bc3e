"""What a screen reader hears while somebody works on the canvas."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QLineEdit

from engine.graph.edits import Compound, Connect, Disconnect, Rename, SetParam
from engine.graph.model import Edge
from engine.zoo.registry import ZOO
from gui.analyser import load_analyser
from gui.canvas.narration import Narrator, announce

Event = QAccessible.Event
NAME = QAccessible.Text.Name


def test_going_from_node_to_node_moves_the_focus(hand, ear):
    hand.chain("input", "relu", "tanh")
    hand.workspace.select(())
    hand.settle()
    ear.forget()
    hand.key(Qt.Key.Key_Tab)
    hand.key(Qt.Key.Key_Tab)
    assert ear.of(Event.Focus) == ["input, Input", "relu, ReLU"]
    assert ear.of(Event.SelectionAdd) == ["input, Input", "relu, ReLU"]
    assert ear.of(Event.SelectionRemove) == ["input, Input"]
    hand.key(Qt.Key.Key_Escape)
    assert ear.of(Event.Focus)[-1] == "Network canvas"
    assert ear.said == []


def test_coming_back_to_the_canvas_goes_on_at_the_current_node(hand, ear, qtbot):
    (relu,) = hand.chain("relu")
    field = QLineEdit(hand.view.window())
    field.show()
    hand.workspace.select([relu])
    field.setFocus()
    hand.settle()
    ear.forget()
    hand.view.setFocus()
    qtbot.waitUntil(lambda: ear.of(Event.Focus) == ["relu, ReLU"])
    field.deleteLater()


def test_many_selected_nodes_are_counted(hand, ear):
    hand.chain("input", "relu", "tanh")
    ear.forget()
    hand.view.select_all()
    hand.settle()
    assert ear.said == ["3 layers are selected."]


def test_what_is_added_says_where(hand, ear):
    start, relu = hand.chain("input", "relu")
    hand.workspace.select([relu])
    hand.settle()
    ear.forget()
    hand.scene.add_layer("tanh")
    hand.settle()
    assert ear.said == ["tanh added after relu."]
    assert ear.of(Event.ObjectCreated) == ["tanh, Tanh"]
    ear.forget()
    hand.scene.insert_layer("dropout", Edge(start, 0, relu, 0), (0.0, 0.0))
    hand.settle()
    assert ear.said == ["dropout added after input before relu."]


def test_what_goes_comes_back_or_is_wired_is_told(hand, ear):
    start, relu, tanh = hand.chain("input", "relu", "tanh")
    hand.workspace.select([tanh])
    ear.forget()
    hand.view.delete_selection()
    hand.settle()
    assert ear.said == ["tanh removed."]
    hand.workspace.undo_stack.undo()
    hand.settle()
    assert ear.said[-1] == "Undone: Delete tanh."
    hand.workspace.undo_stack.setIndex(0)
    hand.settle()
    assert ear.said[-1].endswith("steps undone.")
    hand.workspace.undo_stack.setIndex(hand.workspace.undo_stack.count() - 1)
    hand.settle()
    assert ear.said[-1] == "3 layers added."
    ear.forget()
    wire = Edge(relu, 0, tanh, 0)
    hand.workspace.push(Disconnect(wire))
    hand.settle()
    hand.workspace.push(Connect(wire))
    hand.settle()
    assert ear.said == ["Wire from relu to tanh removed.", "relu wired to tanh."]
    ear.forget()
    hand.view.select_all()
    hand.settle()
    ear.forget()
    hand.view.delete_selection()
    hand.settle()
    assert ear.said == ["3 layers removed."]
    assert ear.of(Event.Focus) == ["Network canvas"]
    assert len(ear.of(Event.ObjectDestroyed)) == 3
    assert start not in hand.workspace.graph.nodes


def test_names_and_parameters_are_told(hand, ear):
    (conv,) = hand.chain("conv2d")
    ear.forget()
    hand.workspace.push(SetParam(conv, "out_channels", 64))
    hand.settle()
    hand.workspace.push(Rename(conv, "stem"))
    hand.settle()
    assert ear.said == ["Filters of conv: 64.", "conv is now called stem."]
    assert ear.of(Event.NameChanged) == ["stem, Conv 2D"]
    ear.forget()
    edits = [SetParam(conv, name, (2, 2)) for name in ("stride", "padding", "dilation")]
    hand.workspace.push(Compound("Set three", tuple(edits)))
    hand.settle()
    assert ear.said == ["3 settings changed."]


def test_mistakes_are_told_as_they_are_made_and_mended(hand, ear):
    hand.workspace.use_analyser(load_analyser())
    start, linear = hand.chain("input", "bilinear")
    hand.workspace.analyse()
    ear.forget()
    hand.workspace.push(Connect(Edge(start, 0, linear, 1)))
    hand.workspace.analyse()
    hand.settle()
    error = hand.workspace.analysis.nodes[linear].error
    assert error
    assert f"bilinear is wrong: {error}" in ear.said
    hand.workspace.undo_stack.undo()
    hand.workspace.analyse()
    hand.settle()


def test_refusals_interrupt(hand, ear):
    start, relu = hand.chain("input", "relu")
    ear.forget()
    assert not hand.workspace.push(Connect(Edge(start, 0, relu, 0)))
    assert ear.urgent == hand.refused[-1:] != []


def test_another_network_introduces_itself(hand, ear):
    hand.chain("input", "relu")
    ear.forget()
    hand.workspace.replace(ZOO["resnet18"].build())
    assert ear.said[0].startswith("Network. 17 layers.")
    assert ear.of(Event.ObjectReorder) == ["Network canvas"]
    hand.workspace.enter(hand.workspace.graph.named("layer1.0").id)
    assert ear.said[-1].startswith("Inside the block BasicBlock. 10 layers.")


def test_crowds_are_not_listed_one_by_one(hand, ear):
    hand.workspace.replace(ZOO["vgg16"].build())
    ear.forget()
    hand.view.select_all()
    hand.view.duplicate_selection()
    hand.settle()
    assert len(hand.workspace.selection) > 40
    assert ear.events == [(kind, "Network canvas") for kind in (Event.ObjectReorder, Event.SelectionWithin)] + [
        (Event.Focus, ear.of(Event.Focus)[0])
    ]
    assert ear.said == ["42 layers added. 5 frames, notes or bookmarks added."]


def test_without_a_screen_reader_nothing_is_told(hand):
    heard = []
    Narrator(hand.view, heard.append)
    hand.chain("input", "relu")
    hand.view.select_all()
    hand.view.delete_selection()
    hand.workspace.undo_stack.undo()
    hand.workspace.refused.emit("No.")
    hand.workspace.replace(ZOO["lenet5"].build())
    hand.settle()
    announce(hand.view, "Nobody listens.", send=heard.append)
    assert heard == []


@pytest.mark.usefixtures("screen_reader")
def test_qt_itself_takes_the_events(hand):
    Narrator(hand.view)
    hand.chain("input", "relu")
    hand.view.select_all()
    hand.view.delete_selection()
    hand.workspace.undo_stack.undo()
    hand.settle()
    announce(hand.view, "Saved.")
