"""Instances of blocks on the canvas: how they look, how they are entered and left, and that they follow their block."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from engine.analysis.shapes import ShapeInference
from engine.graph.block_edits import DefineBlock, DescribeBlock, RenameBlock, Within
from engine.graph.document import dump
from engine.graph.edits import AddNode, RemoveNode, SetParam
from engine.graph.params import Int
from engine.layers.nodes import new_node
from engine.zoo.blocks import needed
from engine.zoo.sketch import draw_block
from gui.canvas.card import ENTER
from gui.canvas.geometry import HALF_HEIGHT, HALF_WIDTH
from gui.canvas.tips import describe_selection

CTRL, NONE, LEFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton


def draw(pen):
    pen.add("block_input", name="x")
    pen.then("conv2d", name="conv", out_channels="=channels", padding=(1, 1))
    pen.then("relu", name="relu")
    pen.then("block_output", name="result")


UNIT = draw_block("Unit", "A unit.", draw, params=(Int(name="channels", default=8, minimum=1, doc="How many."),))


class Shapes:
    """The real shapes, and no problems."""

    def __init__(self):
        self.inference = ShapeInference()

    def analyse(self, graph):
        return self.inference.analyse(graph), []


@pytest.fixture
def units(hand):
    """image → unit1 → unit2, both instances of Unit."""
    hand.workspace.push(DefineBlock(UNIT))
    image = hand.add("input", 0, -96, shape=(3, 16, 16))
    first = hand.add("block:Unit", 0, 0, image)
    second = hand.add("block:Unit", 0, 96, first, repeat=3)
    hand.begin()
    return image, first, second


def double_click(hand, place):
    QTest.mouseDClick(hand.view.viewport(), LEFT, NONE, place)
    QApplication.processEvents()


def colour(hand, x, y):
    return hand.view.viewport().grab().toImage().pixelColor(hand.at(x, y))


def test_a_stack_of_cards_can_be_told_from_a_layer(hand, units):
    hand.add("relu", 250, 0)
    hand.view.camera.zoom_to(1.0)
    below = HALF_HEIGHT + 5
    assert colour(hand, -40, below) != colour(hand, 250 - 40, below)
    assert colour(hand, -40, below + 20) == colour(hand, 250 - 40, below + 20)


def test_how_often_it_is_repeated_is_shown(hand, units):
    _, first, second = units
    assert [hand.scene.nodes[node].times for node in (first, second)] == ["", "×3"]
    hand.workspace.push(SetParam(first, "repeat", 12))
    hand.settle()
    assert hand.scene.nodes[first].times == "×12"


def test_a_double_click_enters_and_ctrl_up_is_left_to_the_menu(hand, units):
    _, first, _ = units
    double_click(hand, hand.body(first))
    assert hand.workspace.graph.block == "Unit"
    assert not hand.view.renaming.is_active
    hand.settle()
    assert {item.node.name for item in hand.scene.nodes.values()} == {"x", "conv", "relu", "result"}
    assert hand.workspace.selection == ()


def test_the_arrow_on_the_card_enters_with_one_click_and_a_second_one_does_nothing(hand, units):
    _, first, _ = units
    place = hand.at(*(QPointF(*hand.workspace.graph.nodes[first].position) + ENTER.center()).toTuple())
    hand.click(place)
    assert hand.workspace.graph.block == "Unit"
    hand.settle()
    double_click(hand, place)
    assert not hand.view.renaming.is_active
    assert hand.workspace.graph.block == "Unit"


def test_dragging_the_arrow_moves_the_card(hand, units):
    _, _, second = units
    start = hand.at(*(QPointF(*hand.workspace.graph.nodes[second].position) + ENTER.center()).toTuple())
    hand.drag(start, start + QPoint(160, 0))
    assert hand.workspace.graph is hand.workspace.document
    assert hand.workspace.graph.nodes[second].position[0] == 160.0


def test_return_enters_and_escape_leaves_once_nothing_is_selected(hand, units):
    _, first, _ = units
    hand.workspace.select([first])
    hand.key(Qt.Key.Key_Return)
    assert hand.workspace.graph.block == "Unit"
    hand.workspace.select([hand.workspace.graph.named("conv").id])
    hand.key(Qt.Key.Key_Escape)
    assert hand.workspace.graph.block == "Unit"
    assert hand.workspace.selection == ()
    hand.key(Qt.Key.Key_Escape)
    assert hand.workspace.graph is hand.workspace.document
    assert hand.workspace.selection == (first,)


def test_return_on_a_layer_does_nothing(hand, units):
    image, _, _ = units
    hand.workspace.select([image])
    hand.key(Qt.Key.Key_Return)
    assert hand.workspace.graph is hand.workspace.document


def test_one_comes_back_to_what_one_was_looking_at(hand, units):
    _, first, _ = units
    hand.view.camera.zoom_to(1.7)
    hand.view.camera.pan(-37, 22)
    before = hand.view.camera.look()
    hand.workspace.enter(first)
    inside = hand.view.camera.look()
    assert inside != before
    hand.workspace.leave()
    after = hand.view.camera.look()
    assert after.zoom == before.zoom
    assert after.middle == pytest.approx(before.middle, abs=1.0)


def test_an_edit_inside_changes_the_shapes_of_every_instance_outside(hand, units):
    _, first, second = units
    hand.workspace.use_analyser(Shapes())
    assert [hand.scene.nodes[node].report.outputs for node in (first, second)] == [((8, 16, 16),)] * 2
    hand.workspace.enter(first)
    conv = hand.workspace.graph.named("conv").id
    assert hand.scene.nodes[conv].report.outputs == ((8, 16, 16),)
    hand.workspace.push(SetParam(conv, "stride", (2, 2)))
    hand.workspace.analyse()
    assert hand.scene.nodes[conv].report.outputs == ((8, 8, 8),)
    hand.workspace.leave()
    assert hand.scene.nodes[first].report.outputs == ((8, 8, 8),)
    assert hand.scene.nodes[second].report.outputs == ((8, 1, 1),)


def test_parameters_that_are_arithmetic_are_shown_as_written(hand, units):
    _, first, _ = units
    hand.workspace.enter(first)
    conv = hand.workspace.graph.named("conv").id
    hand.workspace.push(SetParam(conv, "out_channels", "=4*channels"))
    hand.settle()
    assert hand.scene.nodes[conv].texts.line.static.text() == "4·channels · 3×3"


def test_ports_and_texts_follow_the_block(hand, units):
    _, first, second = units
    hand.workspace.enter(first)
    end = new_node(hand.workspace.graph, "block_input", (200.0, -200.0), name="skip")
    hand.workspace.push(AddNode(end))
    out = new_node(hand.workspace.graph, "block_output", (200.0, 300.0), name="extra")
    hand.workspace.push(AddNode(out))
    hand.workspace.leave()
    hand.settle()
    item = hand.scene.nodes[first]
    assert (len(item.inputs), len(item.outputs)) == (2, 2)
    assert [port.name for port in item.spec.inputs] == ["x", "skip"]
    hand.workspace.push(RenameBlock("Unit", "Stage"))
    hand.settle()
    assert hand.scene.nodes[first].texts.line.static.text().startswith("Stage · 8")
    hand.workspace.push(
        DescribeBlock("Stage", (Int(name="channels", default=8, doc=""), Int(name="x", default=5, doc="")), "")
    )
    hand.settle()
    assert hand.scene.nodes[second].texts.line.static.text() == "Stage · 8 · 5"
    for _ in range(3):
        hand.workspace.undo_stack.undo()
    hand.settle()
    assert hand.workspace.graph.block == "Unit", "undo goes to where the output was added"
    hand.workspace.undo_stack.undo()
    hand.workspace.leave()
    hand.settle()
    assert len(hand.scene.nodes[first].outputs) == 1


def test_an_instance_follows_while_it_is_in_view(hand, units):
    _, first, _ = units
    workspace = hand.workspace
    extra = new_node(workspace.document.blocks["Unit"].graph, "block_output", (0.0, 500.0), name="extra")
    workspace.push(Within("Unit", AddNode(extra)))
    hand.settle()
    assert len(hand.scene.nodes[first].outputs) == 2
    workspace.push(Within("Unit", RemoveNode(extra.id)))
    hand.settle()
    assert len(hand.scene.nodes[first].outputs) == 1


def test_f2_renames_the_instance_and_the_menu_its_block(hand, units):
    _, first, second = units
    hand.workspace.select([first])
    hand.key(Qt.Key.Key_F2)
    (field,) = hand.view.findChildren(QLineEdit)
    assert field.text() == "unit"
    QTest.keyClick(field, Qt.Key.Key_Escape)
    QApplication.processEvents()
    hand.view.renaming.start_block()
    field = next(child for child in hand.view.findChildren(QLineEdit) if child.isVisible())
    assert field.text() == "Unit"
    QTest.keyClicks(field, "small")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert hand.view.renaming.is_active, "a block is a class, so it begins with a capital"
    assert "capital" in hand.view.pointer_note.text
    QTest.keyClick(field, Qt.Key.Key_A, CTRL)
    QTest.keyClicks(field, "Small")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert not hand.view.renaming.is_active
    assert {hand.workspace.graph.nodes[node].layer for node in (first, second)} == {"block:Small"}
    hand.check_undo()


def test_screen_readers_hear_how_to_look_inside(hand, units):
    _, first, _ = units
    hand.workspace.select([first])
    assert "Enter" in describe_selection(hand.scene)


# Adding


def test_a_library_block_comes_with_the_blocks_inside_it_as_one_step(hand):
    image = hand.add("input", 0, -96, shape=(64, 16, 16))
    hand.workspace.select([image])
    hand.begin()
    assert hand.scene.add_layer("library:SEBottleneck") is not None
    assert list(hand.workspace.document.blocks) == [block.name for block in needed("SEBottleneck")]
    (added,) = hand.workspace.selection
    assert hand.workspace.graph.nodes[added].layer == "block:SEBottleneck"
    assert hand.edges() == {("input", hand.workspace.graph.nodes[added].name, 0)}
    hand.check_undo()


def test_a_library_block_is_dropped_into_a_wire_and_used_again(hand):
    hand.chain("input", "relu")
    hand.begin()
    assert hand.drop("library:BasicBlock", hand.at(0, -144))
    assert ("basic_block", "relu", 0) in hand.edges()
    assert hand.drop("library:BasicBlock", hand.at(260, 100))
    assert list(hand.workspace.document.blocks) == ["BasicBlock"]
    hand.check_undo(2)


def test_unknown_blocks_are_not_taken(hand):
    assert not hand.drop("library:Nothing", hand.at(0, 0))
    assert not hand.drop("block:Nothing", hand.at(0, 0))
    hand.check_undo(0)


@pytest.mark.parametrize("inside", [False, True])
def test_ends_that_do_not_belong_there_are_refused_with_the_reason(hand, units, inside):
    _, first, _ = units
    layers = ("block_input", "block_output")
    if inside:
        hand.workspace.enter(first)
        layers = ("input", "output", "block:Unit")
    before = dump(hand.workspace.document)
    for layer in layers:
        hand.drop(layer, hand.at(300, 0))
        assert hand.view.pointer_note.isVisible()
        assert hand.view.pointer_note.text.endswith(".")
        hand.refused.clear()
        assert hand.scene.add_layer(layer) is None
        assert hand.refused == [hand.view.pointer_note.text]
    assert dump(hand.workspace.document) == before


def test_ends_can_be_added_where_they_belong(hand, units):
    _, first, _ = units
    hand.workspace.enter(first)
    hand.begin()
    assert hand.drop("block_input", hand.at(300, 0))
    assert len(hand.workspace.selection) == 1
    hand.check_undo()


# The clipboard


def test_an_instance_is_pasted_into_another_document_with_its_block(hand, units):
    hand.workspace.select([units[1]])
    hand.view.copy_selection()
    text = QGuiApplication.clipboard().text()
    hand.workspace.replace(type(hand.workspace.document)())
    QGuiApplication.clipboard().setText(text)
    hand.begin()
    hand.view.paste()
    (pasted,) = hand.workspace.graph.nodes.values()
    assert pasted.layer == "block:Unit"
    assert hand.workspace.document.blocks["Unit"].definition().nodes == UNIT.nodes
    hand.check_undo()


def test_a_block_is_not_pasted_into_itself(hand, units):
    hand.workspace.select([units[1]])
    hand.view.copy_selection()
    hand.workspace.enter(units[1])
    before = dump(hand.workspace.document)
    hand.view.paste()
    assert dump(hand.workspace.document) == before
    assert hand.refused == ["The block “Unit” cannot contain “Unit”: it would be inside itself."]


def test_the_far_view_shows_stacks_too(hand, units):
    hand.add("relu", 250, 0)
    hand.view.camera.zoom_to(0.45)
    below = HALF_HEIGHT + 6
    assert colour(hand, -HALF_WIDTH / 2, below) != colour(hand, 250 - HALF_WIDTH / 2, below)
