"""Frames around layers: made, named, moved, coloured, joined, left and removed, each undone to the last byte."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from shiboken6 import Shiboken

from engine.graph.annotation_edits import AddAnnotation
from engine.graph.annotations import AnnotationId, Frame
from engine.graph.model import NodeId
from gui.annotation_commands import AnnotationCommands
from gui.canvas.geometry import card_at

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture(autouse=True)
def _home(own_home):
    """Settings of the tests' own."""


def frame(hand, *nodes: NodeId, title: str = "Encoder", colour: str = "blue") -> AnnotationId:
    """Put a frame around `nodes`, as the start of a test."""
    name = AnnotationId(f"a{len(hand.workspace.graph.annotations) + 1}")
    assert hand.workspace.push(AddAnnotation(Frame(name, title, frozenset(nodes), colour)))
    hand.begin()
    return name


def shown(hand, name: AnnotationId):
    return hand.scene.annotations.frames.places.rects[name]


def title(hand, name: AnnotationId) -> QPoint:
    """The middle of a frame's title."""
    return hand.at(*hand.scene.annotations.frames.title_rect(name, hand.view.camera.zoom).center().toTuple())


def members(hand, name: AnnotationId) -> set[NodeId]:
    return set(hand.workspace.graph.annotations[name].members)


def open_menu(hand, place: QPoint) -> QMenu:
    """Press the right button, as a desktop with a mouse does."""
    hand.press(place, Qt.MouseButton.RightButton)
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse, place, hand.view.viewport().mapToGlobal(place), Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(hand.view.viewport(), event)
    hand.release(place, Qt.MouseButton.RightButton)
    return hand.view.findChild(QMenu, "annotationMenu")


def choose(menu: QMenu, name: str) -> None:
    """Choose an entry of a menu, perhaps of one inside it, with the keyboard."""
    for inner in [menu, *menu.findChildren(QMenu)]:
        for action in inner.actions():
            if action.objectName() == f"{name}Action":
                assert action.isEnabled()
                if inner is not menu:
                    inner.popup(menu.pos())
                inner.setActiveAction(action)
                QTest.keyClick(inner, Qt.Key.Key_Return)
                if Shiboken.isValid(menu):
                    menu.close()
                QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
                return
    raise AssertionError(f"there is no {name}")


def test_a_frame_is_made_around_the_selection_and_its_title_typed_at_once(hand):
    nodes = hand.chain("input", "conv2d", "relu")
    hand.workspace.select(nodes[1:])
    hand.begin()
    AnnotationCommands(hand.view).slots()["frame_selection"]()
    QTest.keyClicks(QApplication.focusWidget(), "Stem & more")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    (made,) = hand.workspace.graph.annotations.frames
    assert made.title == "Stem & more"
    assert made.members == set(nodes[1:])
    assert hand.view.hasFocus()
    assert not hand.view.annotating.is_active
    rect = shown(hand, made.id)
    for node in nodes:
        assert rect.contains(card_at(hand.workspace.graph.nodes[node].position)) == (node in made.members)
    hand.check_undo(1)


def test_escape_while_naming_keeps_a_frame_without_a_title(hand):
    hand.workspace.select(hand.chain("input", "conv2d"))
    hand.begin()
    hand.view.annotating.frame_selection()
    QTest.keyClicks(QApplication.focusWidget(), "not this")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    (made,) = hand.workspace.graph.annotations.frames
    assert made.title == ""
    hand.check_undo(1)


def test_a_frame_that_is_named_once_more_is_changed_in_another_step(hand):
    hand.workspace.select(hand.chain("input", "conv2d"))
    hand.begin()
    hand.view.annotating.frame_selection()
    for title_text in ("Stem", "Start"):
        QTest.keyClicks(QApplication.focusWidget(), title_text)
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
        assert hand.workspace.graph.annotations.frames[0].title == title_text
        hand.key(Qt.Key.Key_F2)
    hand.view.annotating.end()
    hand.check_undo(2)


def test_without_a_selection_no_frame_is_made(hand):
    hand.chain("input", "conv2d")
    hand.workspace.select([])
    hand.begin()
    commands = AnnotationCommands(hand.view)
    assert not commands.possible()["frame_selection"]
    commands.slots()["frame_selection"]()
    hand.check_undo(0)


def test_neighbouring_frames_get_different_colours(hand):
    nodes = hand.chain("input", "conv2d", "relu")
    for node in nodes:
        hand.workspace.select([node])
        hand.view.annotating.frame_selection()
        hand.view.annotating.end()
    assert len({made.colour for made in hand.workspace.graph.annotations.frames}) == 3


def test_a_click_on_the_title_selects_all_that_is_in_the_frame(hand):
    nodes = hand.chain("input", "conv2d", "relu")
    name = frame(hand, *nodes[:2])
    hand.click(title(hand, name))
    assert set(hand.workspace.selection) == set(nodes[:2])
    assert hand.scene.annotations.selected == {name}
    hand.click(hand.at(-400, 300))
    assert hand.workspace.selection == ()
    assert not hand.scene.annotations.selected
    hand.check_undo(0)


def test_dragging_the_title_moves_everything_in_the_frame_in_one_step(hand):
    nodes = hand.chain("input", "conv2d", "relu")
    name = frame(hand, *nodes[:2])
    before = {node: hand.workspace.graph.nodes[node].position for node in nodes}
    place = shown(hand, name)
    start = title(hand, name)
    hand.press(start)
    hand.move(start, start + QPoint(203, -42))
    assert shown(hand, name) == place.translated(200, -40), "it follows before the release"
    hand.release(start + QPoint(203, -42))
    after = {node: hand.workspace.graph.nodes[node].position for node in nodes}
    moved = {node: (after[node][0] - x, after[node][1] - y) for node, (x, y) in before.items()}
    assert moved == {nodes[0]: (200, -40), nodes[1]: (200, -40), nodes[2]: (0, 0)}
    assert hand.scene.annotations.selected == {name}
    hand.check_undo()
    assert hand.workspace.undo_stack.text(0) == "Move 2 layers"


def test_escape_ends_the_drag_of_a_title(hand):
    name = frame(hand, *hand.chain("input", "conv2d"))
    place, start = shown(hand, name), title(hand, name)
    hand.press(start)
    hand.move(start, start + QPoint(80, 80))
    assert shown(hand, name) != place
    hand.key(Qt.Key.Key_Escape)
    hand.settle()
    hand.release(start)
    assert shown(hand, name) == place
    hand.check_undo(0)


def test_a_frame_follows_its_layers_while_they_are_dragged(hand):
    nodes = hand.chain("input", "conv2d", "relu")
    name = frame(hand, *nodes[:2])
    start = hand.body(nodes[1])
    hand.press(start)
    hand.move(start, start + QPoint(160, 0))
    assert shown(hand, name).contains(card_at(hand.scene.nodes[nodes[1]].position))
    hand.release(start + QPoint(160, 0))
    hand.check_undo()


def test_a_double_click_on_the_title_renames_and_escape_does_not(hand):
    name = frame(hand, *hand.chain("input", "conv2d"))
    place = title(hand, name)
    for key, after in ((Qt.Key.Key_Escape, "Encoder"), (Qt.Key.Key_Return, "Down")):
        hand.click(place)
        QTest.mouseDClick(hand.view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
        QTest.keyClicks(QApplication.focusWidget(), "Down")
        QTest.keyClick(QApplication.focusWidget(), key)
        assert hand.workspace.graph.annotations[name].title == after
    hand.check_undo()


def test_f2_renames_the_selected_frame(hand):
    name = frame(hand, *hand.chain("input", "conv2d"))
    hand.click(title(hand, name))
    hand.key(Qt.Key.Key_F2)
    QTest.keyClicks(QApplication.focusWidget(), "Up")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert hand.workspace.graph.annotations[name].title == "Up"
    hand.check_undo()


def test_delete_takes_the_selected_frame_alone(hand):
    nodes = hand.chain("input", "conv2d")
    name = frame(hand, *nodes)
    hand.click(title(hand, name))
    hand.key(Qt.Key.Key_Delete)
    assert name not in hand.workspace.graph.annotations
    assert set(hand.workspace.graph.nodes) == set(nodes)
    hand.check_undo()
    assert hand.workspace.undo_stack.text(0) == "Delete frame"


def test_deleting_the_layers_takes_the_frame_with_them(hand):
    nodes = hand.chain("input", "conv2d", "relu")
    name = frame(hand, *nodes[1:])
    hand.workspace.select(nodes[1:])
    hand.key(Qt.Key.Key_Delete)
    assert name not in hand.workspace.graph.annotations
    hand.check_undo()


def test_colours_are_chosen_from_the_menu(hand):
    name = frame(hand, *hand.chain("input", "conv2d"))
    menu = open_menu(hand, title(hand, name))
    choose(menu, "green")
    assert hand.workspace.graph.annotations[name].colour == "green"
    hand.check_undo()


def test_the_menu_removes_the_frame_and_keeps_its_layers(hand):
    nodes = hand.chain("input", "conv2d")
    name = frame(hand, *nodes)
    choose(open_menu(hand, title(hand, name)), "remove")
    assert name not in hand.workspace.graph.annotations
    assert set(hand.workspace.graph.nodes) == set(nodes)
    hand.check_undo()


def test_the_selection_is_taken_in_and_out_by_the_menu(hand):
    nodes = hand.chain("input", "conv2d", "relu")
    name = frame(hand, *nodes[:2])
    hand.workspace.select(nodes[2:])
    choose(open_menu(hand, title(hand, name)), "takeIn")
    assert members(hand, name) == set(nodes)
    hand.check_undo()
    hand.begin()
    hand.workspace.select(nodes[:1])
    choose(open_menu(hand, title(hand, name)), "takeOut")
    assert members(hand, name) == set(nodes[1:])
    hand.check_undo()


def test_the_selection_is_taken_in_and_out_by_keys(hand):
    nodes = hand.chain("input", "conv2d", "relu")
    name = frame(hand, *nodes[:2])
    commands = AnnotationCommands(hand.view)
    hand.workspace.select(nodes[1:])
    assert commands.possible()["take_into_frame"]
    commands.slots()["take_into_frame"]()
    assert members(hand, name) == set(nodes)
    assert not commands.possible()["take_into_frame"]
    hand.check_undo()
    hand.begin()
    commands.slots()["take_out_of_frame"]()
    assert members(hand, name) == set(nodes[:1])
    hand.check_undo()


def test_a_layer_that_is_dropped_wholly_inside_joins_and_one_that_touches_the_border_does_not(hand):
    nodes = [hand.add("relu", x, y) for x in (-160, 160) for y in (-200, 200)]
    name = frame(hand, *nodes)
    loose = hand.add("dropout", -380, 0)
    hand.begin()
    hand.drag(hand.body(loose), hand.at(shown(hand, name).left() + 40, 0))
    assert loose not in members(hand, name)
    hand.check_undo()
    hand.begin()
    hand.drag(hand.body(loose), hand.at(0, 0))
    assert loose in members(hand, name)
    hand.check_undo()


def test_a_layer_joins_the_inner_frame_and_those_around_it(hand):
    nodes = [hand.add("relu", x, y) for x in (-240, 240) for y in (-200, 200)]
    inner = frame(hand, *nodes, title="Inner")
    outer_node = hand.add("relu", 0, 330)
    outer = frame(hand, *nodes, outer_node, title="Outer")
    loose = hand.add("dropout", -380, 330)
    hand.begin()
    start = hand.body(loose)
    hand.press(start)
    hand.move(start, hand.at(0, 0))
    assert hand.scene.annotations.frames.target == inner
    hand.release(hand.at(0, 0))
    assert hand.scene.annotations.frames.target is None
    assert loose in members(hand, inner) & members(hand, outer)
    hand.check_undo()


def test_a_frame_around_others_reaches_around_their_titles(hand):
    nodes = hand.chain("input", "conv2d", "relu")
    inner = frame(hand, nodes[0], title="Inner")
    outer = frame(hand, *nodes[:2], title="Outer")
    same = frame(hand, *nodes[:2], title="Around both")
    first, second, third = (shown(hand, name) for name in (inner, outer, same))
    assert third.contains(second.adjusted(-8, -28, 8, 8))
    assert second.contains(first.adjusted(-8, -28, 8, 8))


def test_a_layer_inserted_into_a_wire_within_a_frame_belongs_to_it(hand):
    nodes = hand.chain("input", "conv2d", "relu")
    name = frame(hand, *nodes[1:])
    wires = {wire.source: wire for wire in hand.workspace.graph.edges}
    inside = hand.scene.insert_layer("dropout", wires[nodes[1]], (0.0, -48.0))
    assert inside in members(hand, name)
    hand.check_undo()
    hand.begin()
    outside = hand.scene.insert_layer("dropout", wires[nodes[0]], (0.0, -144.0))
    assert outside not in members(hand, name)
    hand.check_undo()


def test_a_layer_dropped_from_the_palette_into_a_frame_belongs_to_it(hand):
    nodes = [hand.add("relu", x, y) for x in (-240, 240) for y in (-200, 200)]
    name = frame(hand, *nodes)
    assert hand.drop("dropout", hand.at(0, 0))
    assert len(members(hand, name)) == 5
    hand.check_undo()


def test_copies_of_all_of_a_frame_have_a_frame_of_their_own(hand):
    nodes = hand.chain("input", "conv2d")
    name = frame(hand, *nodes)
    hand.click(title(hand, name))
    hand.view.duplicate_selection()
    first, second = hand.workspace.graph.annotations.frames
    assert second.title == first.title
    assert second.members == set(hand.workspace.selection)
    assert hand.scene.annotations.selected == {second.id}
    hand.check_undo()


def test_cutting_a_frame_takes_everything_in_it(hand):
    nodes = hand.chain("input", "conv2d", "relu")
    name = frame(hand, *nodes[:2])
    hand.click(title(hand, name))
    hand.view.cut_selection()
    assert set(hand.workspace.graph.nodes) == {nodes[2]}
    assert not hand.workspace.graph.annotations
    hand.check_undo()


def test_shift_adds_the_frame_to_what_is_selected(hand):
    nodes = hand.chain("input", "conv2d", "relu")
    name = frame(hand, *nodes[:2])
    hand.click(hand.body(nodes[2]))
    hand.click(title(hand, name), SHIFT)
    assert set(hand.workspace.selection) == set(nodes)


def test_a_frame_is_in_step_with_another_document(hand):
    frame(hand, *hand.chain("input", "conv2d"))
    hand.workspace.replace(type(hand.workspace.graph)())
    assert not hand.scene.annotations.frames.all
    hand.view.viewport().grab()
