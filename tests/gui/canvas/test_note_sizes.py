"""Notes resized by keys, undone to the last byte, and notes that look like what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from engine.graph.annotation_edits import AddAnnotation
from engine.graph.annotations import MAX_NOTE, AnnotationId, Note
from engine.graph.model import Graph
from gui.canvas.annotations.note_item import NoteItem

if TYPE_CHECKING:
    from conftest import Hand

RESIZE = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
LEFT, RIGHT, UP, DOWN = Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down
SEVERAL = "one two three four five six seven eight nine ten eleven twelve"


def note(hand: Hand, number: int = 1, text: str = SEVERAL, width: float = 240.0, height: float = 0.0) -> NoteItem:
    """Put a note onto the canvas and select it, as the start of a test."""
    name = AnnotationId(f"a{number}")
    assert hand.workspace.push(AddAnnotation(Note(name, text, (-300.0 + 20 * number, -200.0), width, height)))
    hand.scene.annotations.select([name], ())
    hand.begin()
    return hand.scene.annotations.notes[name]


def known(hand: Hand, item: NoteItem) -> Note:
    found = hand.workspace.graph.annotations[item.note.id]
    assert isinstance(found, Note)
    return found


def test_keys_resize_a_note_and_one_run_is_one_step(hand: Hand) -> None:
    item = note(hand)
    shown = item.rect.height()
    hand.key(RIGHT, RESIZE)
    hand.key(RIGHT, RESIZE)
    hand.key(LEFT, RESIZE)
    hand.key(DOWN, RESIZE)
    assert known(hand, item).width == 256.0
    assert known(hand, item).height == item.rect.height()
    assert shown + 4.0 < item.rect.height() <= shown + 24.0
    assert hand.scene.annotations.selected == {item.note.id}
    hand.check_undo()


def test_a_note_becomes_no_lower_than_its_text_and_says_so(hand: Hand) -> None:
    item = note(hand, height=104.0)
    while not hand.refused:
        hand.key(UP, RESIZE)
    assert known(hand, item).height == 0.0
    assert item.rect.height() == item.text_height
    assert hand.refused == ["A note cannot be lower than its text."]
    hand.check_undo()


@pytest.mark.parametrize(
    ("width", "height", "key", "said"),
    [
        (80.0, 0.0, LEFT, "A note cannot be narrower."),
        (MAX_NOTE, 0.0, RIGHT, "A note cannot be wider."),
        (240.0, 0.0, UP, "A note cannot be lower than its text."),
        (240.0, MAX_NOTE, DOWN, "A note cannot be higher."),
    ],
)
def test_at_its_limits_a_note_stays_as_it_is(hand: Hand, width: float, height: float, key: Qt.Key, said: str) -> None:
    item = note(hand, width=width, height=height)
    shown = item.rect
    hand.key(key, RESIZE)
    assert hand.refused == [said]
    assert item.rect == shown
    hand.check_undo(0)


def test_a_narrower_note_grows_with_its_text(hand: Hand) -> None:
    item = note(hand, width=240.0, height=48.0)
    for _ in range(8):
        hand.key(LEFT, RESIZE)
    assert known(hand, item).width == 112.0
    assert known(hand, item).height == 0.0
    assert item.rect.height() == item.text_height > 48.0
    hand.check_undo()


def test_several_notes_are_resized_together_and_layers_stay(hand: Hand) -> None:
    conv = hand.add("conv2d", 300.0, 0.0)
    first, second = note(hand, 1), note(hand, 2, width=400.0)
    hand.scene.annotations.select([first.note.id, second.note.id], [conv])
    before = hand.workspace.graph.nodes[conv].position
    hand.key(RIGHT, RESIZE)
    hand.key(RIGHT, RESIZE)
    assert (known(hand, first).width, known(hand, second).width) == (272.0, 432.0)
    assert hand.workspace.graph.nodes[conv].position == before
    assert hand.workspace.undo_stack.undoText() == "Resize 2 notes"
    hand.check_undo()


def test_without_a_note_the_keys_do_nothing(hand: Hand) -> None:
    conv = hand.add("conv2d")
    hand.workspace.select([conv])
    hand.begin()
    look = hand.view.camera.look()
    hand.key(RIGHT, RESIZE)
    assert hand.view.camera.look() == look
    hand.check_undo(0)


def test_notes_of_another_graph_do_not_look_like_those_before(hand: Hand) -> None:
    # The objects of the new ones may stand in memory where those before stood.
    for letter in "ABCDEFGH":
        graph = Graph()
        for number in range(1, 9):
            graph.annotations.add(Note(AnnotationId(f"a{number}"), letter * number, (-300.0, 50.0 * number - 200.0)))
        hand.workspace.replace(graph)
        QApplication.processEvents()
        seen = hand.view.viewport().grab().toImage()
        for item in hand.scene.annotations.notes.values():
            item.forget_picture()
        assert hand.view.viewport().grab().toImage() == seen
