"""Frames and notes by keyboard alone, and as a screen reader meets and hears them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAccessible, QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from engine.graph.annotation_edits import AddAnnotation
from engine.graph.annotations import AnnotationId, Bookmark, Frame, Note
from gui.annotation_commands import AnnotationCommands
from gui.canvas.focus_ring import FocusRing
from gui.canvas.geometry import GRID
from gui.canvas.narration import Narrator

Event = QAccessible.Event
NAME, DESCRIPTION, HELP = QAccessible.Text.Name, QAccessible.Text.Description, QAccessible.Text.Help
OUTER, INNER, SAID = (AnnotationId(name) for name in ("a1", "a2", "a3"))
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def framed(hand):
    """input → conv → relu, of which two are in a frame and one of these in another, and a note."""
    hand.nodes = hand.chain("input", "conv2d", "relu")
    for annotation in (
        Frame(OUTER, "Stem", frozenset(hand.nodes[1:]), "green"),
        Frame(INNER, "", frozenset(hand.nodes[1:2])),
        Note(SAID, "# Why\n\nBecause.", (200.0, -200.0)),
    ):
        assert hand.workspace.push(AddAnnotation(annotation))
    hand.workspace.select(())
    hand.begin()
    return hand


@pytest.fixture
def canvas(framed):
    Narrator(framed.view)
    return QAccessible.queryAccessibleInterface(framed.view)


def choose(menu: QMenu, text: str) -> None:
    """Choose an entry by keys."""
    action = next(action for action in menu.actions() if action.text().replace("&", "") == text)
    menu.setActiveAction(action)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


class TestTheTree:
    """What is in it, and what each part says."""

    def test_they_stand_behind_the_layers(self, framed, canvas):
        parts = [canvas.child(index) for index in range(canvas.childCount())]
        assert [part.text(NAME) for part in parts[:6]] == [
            "input, Input",
            "conv, Conv 2D",
            "relu, ReLU",
            "Stem, frame",
            "Frame without a title",
            "Why, note",
        ]
        grouping, note = QAccessible.Role.Grouping, QAccessible.Role.Note
        assert [part.role() for part in parts[3:6]] == [grouping, grouping, note]
        for index, part in enumerate(parts):
            assert canvas.indexOfChild(part) == index
        assert all(part.parent() is canvas for part in parts[3:6])

    def test_they_say_what_is_in_them_and_what_they_are_in(self, framed, canvas):
        outer, inner, said = (canvas.beside.part(name) for name in (OUTER, INNER, SAID))
        assert outer.text(DESCRIPTION) == "Green, around conv and relu."
        assert inner.text(DESCRIPTION) == "Grey, around conv. In the frame “Stem”."
        assert said.text(DESCRIPTION) == "Yellow. # Why\n\nBecause."
        assert all("Arrow keys" in part.text(HELP) for part in (outer, inner, said))
        assert canvas.node(framed.nodes[2]).text(DESCRIPTION).endswith("In the frame “Stem”.")
        assert "frame" not in canvas.node(framed.nodes[0]).text(DESCRIPTION)

    def test_places_on_the_screen_lead_to_them_and_back(self, framed, canvas):
        view, layer = framed.view, framed.scene.annotations
        corner = view.viewport().mapToGlobal(QPoint(0, 0))
        for name, rect in ((OUTER, layer.frames.places.rects[OUTER]), (SAID, layer.notes[SAID].rect)):
            shown = view.viewportTransform().mapRect(rect).toAlignedRect().translated(corner)
            assert canvas.beside.part(name).rect() == shown
            found = canvas.childAt(shown.left() + 30, shown.top() + 8)
            assert found is canvas.beside.part(name)

    def test_they_are_selected_and_left_by_it(self, framed, canvas):
        selection = canvas.selectionInterface()
        outer, said = canvas.beside.part(OUTER), canvas.beside.part(SAID)
        assert selection.select(outer)
        assert set(framed.workspace.selection) == set(framed.nodes[1:])
        assert selection.isSelected(outer)
        assert outer.state().selected
        assert outer.state().focused
        assert not any(canvas.node(node).state().focused for node in framed.nodes)
        assert selection.selectedItemCount() == 3
        assert selection.select(said)
        assert [part.text(NAME) for part in selection.selectedItems()][2:] == ["Stem, frame", "Why, note"]
        assert selection.unselect(outer)
        assert framed.scene.annotations.selected == {SAID}
        assert selection.clear()
        assert selection.selectedItemCount() == 0
        assert selection.selectAll()
        assert selection.isSelected(said)
        framed.check_undo(0)

    def test_actions_select_and_write(self, framed, canvas):
        said = canvas.beside.part(SAID)
        act = said.actionInterface()
        assert [act.localizedActionName(name) for name in act.actionNames()] == ["select", "select", "edit"]
        act.doAction(act.actionNames()[0])
        QApplication.processEvents()
        assert framed.scene.annotations.selected == {SAID}
        assert said.state().focused
        assert canvas.focusChild() is said
        act.doAction("Edit")
        QApplication.processEvents()
        assert framed.view.annotating.is_active
        framed.view.annotating.end()

    def test_what_is_gone_is_no_more(self, framed, canvas):
        part = canvas.beside.part(SAID)
        assert part.isValid()
        count = canvas.childCount()
        framed.view.annotating.remove([SAID])
        framed.settle()
        assert canvas.childCount() == count - 1
        assert canvas.beside.part(SAID) is None
        framed.workspace.undo_stack.undo()
        framed.settle()
        assert canvas.beside.part(SAID).text(NAME) == "Why, note"


class TestKeys:
    """Everything that a hand can do to them with the mouse, the keyboard can."""

    def test_tab_goes_on_from_the_last_layer_to_frames_and_notes_and_back(self, framed):
        layer = framed.scene.annotations
        framed.workspace.select([framed.nodes[2]])
        seen = []
        for _ in range(3):
            framed.key(Qt.Key.Key_Tab)
            seen.append((set(layer.selected), set(framed.workspace.selection)))
        assert seen == [({OUTER}, set(framed.nodes[1:])), ({INNER}, {framed.nodes[1]}), ({SAID}, set())]
        for expected in ({INNER}, {OUTER}, set()):
            framed.key(Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
            assert layer.selected == expected
        assert framed.workspace.selection == (framed.nodes[2],)
        framed.check_undo(0)

    def test_back_from_a_frame_around_the_last_layer_alone(self, hand):
        (relu,) = hand.chain("relu")
        assert hand.workspace.push(AddAnnotation(Frame(OUTER, "All", frozenset({relu}))))
        hand.settle()
        hand.workspace.select([relu])
        hand.key(Qt.Key.Key_Tab)
        assert hand.scene.annotations.selected == {OUTER}
        hand.key(Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
        assert not hand.scene.annotations.selected
        assert hand.workspace.selection == (relu,)

    def test_tab_reaches_a_note_where_there_is_no_layer(self, hand):
        assert hand.workspace.push(AddAnnotation(Note(SAID, "Alone", (5_000.0, 0.0))))
        hand.settle()
        hand.key(Qt.Key.Key_Tab)
        assert hand.scene.annotations.selected == {SAID}
        rect = hand.scene.annotations.notes[SAID].rect
        assert hand.view.camera.visible().contains(rect)

    def test_a_frame_is_moved_renamed_coloured_and_removed(self, framed):
        graph, view = framed.workspace.graph, framed.view
        commands = AnnotationCommands(view)
        before = {node: graph.nodes[node].position for node in framed.nodes}
        framed.workspace.select([framed.nodes[2]])
        framed.key(Qt.Key.Key_Tab)
        framed.key(Qt.Key.Key_Right)
        framed.key(Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
        moved = {node: graph.nodes[node].position for node in framed.nodes}
        assert moved[framed.nodes[0]] == before[framed.nodes[0]]
        for node in framed.nodes[1:]:
            assert moved[node] == (before[node][0] + GRID, before[node][1] + 4 * GRID)
        assert framed.scene.annotations.selected == {OUTER}
        view.commands.slots()["rename"]()
        QTest.keyClicks(QApplication.focusWidget(), "Root")
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
        assert graph.annotations[OUTER].title == "Root"
        assert framed.scene.annotations.selected == {OUTER}
        assert commands.possible()["annotation_colour"]
        commands.choose_colour()
        choose(view.findChild(QMenu, "colourMenu"), "Red")
        assert graph.annotations[OUTER].colour == "red"
        view.commands.slots()["delete"]()
        assert OUTER not in graph.annotations
        assert set(graph.nodes) == set(framed.nodes)
        framed.check_undo(4)

    def test_a_note_is_moved_written_coloured_and_removed(self, framed):
        graph, view = framed.workspace.graph, framed.view
        framed.key(Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
        assert framed.scene.annotations.selected == {SAID}
        framed.key(Qt.Key.Key_Left)
        assert graph.annotations[SAID].position == (200.0 - GRID, -200.0)
        view.commands.slots()["rename"]()
        QTest.keyClicks(QApplication.focusWidget(), " So.")
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return, CONTROL)
        assert graph.annotations[SAID].text.endswith("Because. So.")
        AnnotationCommands(view).choose_colour()
        choose(view.findChild(QMenu, "colourMenu"), "Blue")
        assert graph.annotations[SAID].colour == "blue"
        view.commands.slots()["delete"]()
        assert SAID not in graph.annotations
        framed.check_undo(4)

    @pytest.mark.parametrize("name", [OUTER, SAID])
    def test_the_menu_key_opens_the_menu_of_what_is_selected(self, framed, name):
        framed.view.stops.select_beside(name)
        place = framed.view.viewport().rect().center()
        reason = QContextMenuEvent.Reason.Keyboard
        event = QContextMenuEvent(reason, place, framed.view.viewport().mapToGlobal(place))
        QApplication.sendEvent(framed.view.viewport(), event)
        menu = framed.view.findChild(QMenu, "annotationMenu")
        assert menu is not None
        assert menu.isVisible()
        choose(menu, "Delete" if name == SAID else "Remove the frame, keep the layers")
        assert name not in framed.workspace.graph.annotations
        framed.check_undo()

    def test_the_menu_key_does_nothing_without_a_frame_or_a_note(self, framed):
        event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(5, 5), QPoint(5, 5))
        QApplication.sendEvent(framed.view.viewport(), event)
        assert framed.view.findChild(QMenu, "annotationMenu") is None

    def test_what_is_selected_shows_where_the_keyboard_is(self, framed):
        ring = FocusRing(framed.view)
        framed.view.clearFocus()
        framed.view.setFocus(Qt.FocusReason.TabFocusReason)
        assert ring.isVisible()
        framed.view.stops.select_beside(SAID)
        assert not framed.workspace.selection
        assert ring.isHidden()
        framed.key(Qt.Key.Key_Escape)
        assert ring.isVisible()


class TestWhatIsHeard:
    """What is sent while people work on them."""

    def test_going_to_them_moves_the_focus(self, framed, ear):
        framed.workspace.select([framed.nodes[2]])
        framed.settle()
        ear.forget()
        for _ in range(3):
            framed.key(Qt.Key.Key_Tab)
        assert ear.of(Event.Focus) == ["Stem, frame", "Frame without a title", "Why, note"]
        assert [
            name for name in ear.of(Event.SelectionAdd) if "," not in name or "frame" in name or "note" in name
        ] == [
            "Stem, frame",
            "Frame without a title",
            "Why, note",
        ]
        framed.key(Qt.Key.Key_Escape)
        assert ear.of(Event.Focus)[-1] == "Network canvas"

    def test_what_comes_goes_and_changes_is_told_and_so_is_undo(self, framed, ear):
        view, stack = framed.view, framed.workspace.undo_stack

        def heard() -> list[str]:
            framed.settle()
            said = list(ear.said)
            ear.forget()
            return said

        framed.workspace.select([framed.nodes[0]])
        heard()
        view.annotating.frame_selection()
        view.annotating.end()
        assert heard() == ["A frame added around input."]
        stack.undo()
        assert heard() == ["Undone: Add frame. A frame removed."]
        stack.redo()
        assert heard()[0] == "A frame added around input."
        view.annotating.paint_in([OUTER], "red")
        assert heard() == ["The frame “Stem” is red instead of green."]
        view.bookmarks.rename(OUTER, "Root")
        assert heard() == ["The frame “Stem” is called “Root” now."]
        stack.undo()
        assert heard() == ["Undone: Change frame. The frame “Root” is called “Stem” now."]
        view.stops.select_beside(OUTER)
        heard()
        framed.key(Qt.Key.Key_Right)
        assert heard() == ["The frame “Stem” moved."]
        view.stops.select_beside(SAID)
        heard()
        framed.key(Qt.Key.Key_Right)
        assert heard() == ["The note “Why” moved."]
        framed.key(Qt.Key.Key_Right, CONTROL | Qt.KeyboardModifier.ShiftModifier)
        assert heard() == ["The note “Why” has another size."]
        stack.undo()
        assert heard() == ["Undone: Change note. The note “Why” has another size."]
        view.delete_selection()
        assert heard() == ["The note “Why” removed."]
        stack.undo()
        assert heard()[0] == "Undone: Delete note. The note “Why” added."
        stack.redo()
        assert heard()[0] == "The note “Why” removed."
        assert view.bookmarks.set()
        assert heard() == ["The bookmark “View 1” added."]

    def test_the_parts_are_told_of(self, framed, ear):
        part_of = QAccessible.queryAccessibleInterface(framed.view).beside.part
        assert part_of(SAID) is not None
        ear.forget()
        framed.view.annotating.remove([SAID])
        framed.settle()
        assert len(ear.of(Event.ObjectDestroyed)) == 1
        framed.workspace.undo_stack.undo()
        framed.settle()
        assert ear.of(Event.ObjectCreated) == ["Why, note"]
        framed.view.bookmarks.rename(OUTER, "Root")
        framed.settle()
        assert ear.of(Event.NameChanged) == ["Root, frame"]

    def test_another_graph_forgets_them(self, framed, ear):
        canvas = QAccessible.queryAccessibleInterface(framed.view)
        assert canvas.beside.order == [OUTER, INNER, SAID]
        framed.workspace.undo_stack.clear()
        framed.workspace.replace(type(framed.workspace.document)())
        assert canvas.beside.order == []
        assert canvas.beside.part(SAID) is None


def test_entries_of_the_list_of_places_say_what_they_are(framed):
    assert framed.workspace.push(AddAnnotation(Bookmark(AnnotationId("a9"), "Here", (0.0, 0.0), 1.0)))
    framed.view.places.open()
    shown = QAccessible.queryAccessibleInterface(framed.view.places.list)
    names = [shown.child(row).text(NAME) for row in range(shown.childCount())]
    assert names == ["Here, bookmark, key 1", "Stem, frame", "Frame around 1 layer, frame", "Why, note"]
    framed.view.places.dismiss()
