"""Bookmarks, and the list of everything that one can go to."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit

from engine.graph.annotation_edits import AddAnnotation
from engine.graph.annotations import AnnotationId, Bookmark, Frame, Note
from gui.annotation_commands import AnnotationCommands
from gui.canvas.camera import MOST, Look
from gui.commands import shortcuts
from gui.motion import motion_hub


@pytest.fixture(autouse=True)
def _home(own_home):
    """Settings of the tests' own, in which nothing glides unless a test says so."""
    before = motion_hub.chosen
    motion_hub.set_chosen(True)
    yield
    motion_hub.set_chosen(before)


@pytest.fixture
def commands(hand) -> AnnotationCommands:
    hand.add("relu", -2000, -2000)
    hand.add("relu", 2000, 2000)
    hand.begin()
    return AnnotationCommands(hand.view)


def look(hand, zoom: float, x: float, y: float) -> None:
    hand.view.camera.look_again(Look(zoom, (x, y)))


def assert_seen(hand, zoom: float, x: float, y: float) -> None:
    seen = hand.view.camera.look()
    assert seen.zoom == pytest.approx(zoom)
    assert seen.middle == pytest.approx((x, y), abs=2 / zoom)


def bookmark(hand, name: str, x: float = 0.0, y: float = 0.0, zoom: float = 1.0) -> AnnotationId:
    identifier = AnnotationId(f"a{len(hand.workspace.graph.annotations) + 1}")
    assert hand.workspace.push(AddAnnotation(Bookmark(identifier, name, (x, y), zoom)))
    hand.begin()
    return identifier


def entries(hand) -> list[str]:
    return [hand.view.places.list.item(row).text() for row in range(hand.view.places.list.count())]


def test_a_bookmark_is_set_named_and_gone_to(hand, commands):
    look(hand, 0.5, 800, -300)
    commands.slots()["set_bookmark"]()
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    QTest.keyClicks(field, "The end")
    QTest.keyClick(field, Qt.Key.Key_Return)
    QApplication.processEvents()
    (made,) = hand.workspace.graph.annotations.bookmarks
    assert made.name == "The end"
    hand.check_undo(1)
    hand.key(Qt.Key.Key_Escape)
    hand.view.places.dismiss()
    assert hand.view.hasFocus()
    look(hand, 1.0, 0, 0)
    hand.key(Qt.Key.Key_1)
    assert_seen(hand, 0.5, 800, -300)


def test_escape_while_naming_keeps_the_name_that_it_was_given(hand, commands):
    commands.slots()["set_bookmark"]()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    commands.slots()["set_bookmark"]()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert [made.name for made in hand.workspace.graph.annotations.bookmarks] == ["View 1", "View 2"]
    hand.check_undo(2)


def test_a_second_name_is_a_step_of_its_own(hand, commands):
    commands.slots()["set_bookmark"]()
    for name in ("first", "second"):
        field = QApplication.focusWidget()
        QTest.keyClicks(field, name)
        QTest.keyClick(field, Qt.Key.Key_Return)
        QApplication.processEvents()
        assert entries(hand) == [name]
        QTest.keyClick(hand.view.places.list, Qt.Key.Key_F2)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    hand.check_undo(2)
    hand.workspace.undo_stack.undo()
    assert [made.name for made in hand.workspace.graph.annotations.bookmarks] == ["first"]


def test_digits_lead_to_bookmarks_in_their_order(hand, commands):
    for index in range(3):
        bookmark(hand, f"b{index}", 100.0 * index, 0.0)
    for index, key in enumerate((Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3)):
        hand.key(key)
        assert_seen(hand, 1.0, 100.0 * index, 0.0)
    hand.key(Qt.Key.Key_9)
    assert_seen(hand, 1.0, 200.0, 0.0)
    hand.check_undo(0)


def test_a_bookmark_from_a_strange_file_zooms_no_further_than_a_wheel(hand, commands):
    bookmark(hand, "near", zoom=99.0)
    bookmark(hand, "far", zoom=1e-4)
    hand.key(Qt.Key.Key_1)
    assert hand.view.camera.zoom == MOST
    hand.key(Qt.Key.Key_2)
    assert hand.view.camera.zoom > 0.05


def test_bookmarks_are_renamed_and_removed_in_the_list(hand, commands):
    name = bookmark(hand, "one", 300.0, 0.0)
    commands.slots()["go_to"]()
    assert entries(hand) == ["one"]
    places = hand.view.places.list
    QTest.keyClick(places, Qt.Key.Key_F2)
    field = QApplication.focusWidget()
    QTest.keyClicks(field, "two")
    QTest.keyClick(field, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert hand.workspace.graph.annotations[name].name == "two"
    assert entries(hand) == ["two"]
    hand.check_undo()
    hand.begin()
    hand.view.places.open()
    QTest.keyClick(places, Qt.Key.Key_Delete)
    assert not hand.workspace.graph.annotations
    assert entries(hand) == []
    hand.check_undo()


def test_other_keys_of_the_actions_rename_and_remove_in_the_list(hand, commands):
    keys = shortcuts.current()
    keys.reload()
    assert keys.assign("rename", QKeySequence("Ctrl+F2")) is None
    assert keys.assign("delete", QKeySequence("Ctrl+Backspace")) is None
    try:
        bookmark(hand, "one")
        commands.slots()["go_to"]()
        places = hand.view.places.list
        assert hand.view.places.findChild(QLabel).text() == "Enter goes there, Ctrl+F2 renames, Ctrl+Backspace removes."
        for key in (Qt.Key.Key_F2, Qt.Key.Key_Delete):
            QTest.keyClick(places, key)
            assert places.hasFocus()
            assert entries(hand) == ["one"]
        QTest.keyClick(places, Qt.Key.Key_F2, Qt.KeyboardModifier.ControlModifier)
        assert isinstance(QApplication.focusWidget(), QLineEdit)
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
        QTest.keyClick(places, Qt.Key.Key_Backspace, Qt.KeyboardModifier.ControlModifier)
        assert entries(hand) == []
        hand.check_undo()
    finally:
        keys.reset_all()


def test_a_name_that_cannot_be_is_refused_and_the_old_one_stays(hand, commands):
    name = bookmark(hand, "one")
    hand.view.places.open(name)
    field = QApplication.focusWidget()
    QTest.keyClick(field, Qt.Key.Key_Delete)
    QTest.keyClick(field, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert entries(hand) == ["one"]
    assert hand.refused == ["A bookmark needs a name."]
    hand.check_undo(0)


def test_the_list_leads_to_frames_and_notes_as_well(hand, commands):
    nodes = list(hand.workspace.graph.nodes)
    hand.workspace.push(AddAnnotation(Frame(AnnotationId("a8"), "", frozenset(nodes[1:]), "red")))
    hand.workspace.push(AddAnnotation(Note(AnnotationId("a9"), "# Read me\n\nplease", (-2000.0, 1000.0))))
    bookmark(hand, "start")
    hand.view.places.open()
    assert entries(hand) == ["start", "Frame around 1 layer", "Read me"]
    QTest.keyClick(hand.view.places.list, Qt.Key.Key_Down)
    QTest.keyClick(hand.view.places.list, Qt.Key.Key_Return)
    assert not hand.view.places.isVisible()
    assert hand.view.hasFocus()
    assert set(hand.workspace.selection) == set(nodes[1:])
    assert hand.view.camera.visible().contains(2000, 2000)
    hand.view.places.open()
    item = hand.view.places.list.item(2)
    rect = hand.view.places.list.visualItemRect(item)
    QTest.mouseClick(
        hand.view.places.list.viewport(),
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
        rect.center(),
    )
    assert hand.scene.annotations.selected == {"a9"}
    assert hand.view.camera.visible().contains(-1990, 1010)
    hand.check_undo(0)


def test_looking_elsewhere_closes_the_list(hand, commands):
    hand.view.places.open()
    assert hand.view.places.isVisible()
    hand.click(hand.at(0, 300))
    hand.view.setFocus()
    assert not hand.view.places.isVisible()
    hand.view.places.open()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert not hand.view.places.isVisible()


def test_the_way_there_is_shown_unless_motion_is_reduced(hand, commands, qtbot):
    motion_hub.set_chosen(False)
    bookmark(hand, "there", 1500.0, 1200.0, 0.5)
    look(hand, 1.0, 0, 0)
    hand.key(Qt.Key.Key_1)
    assert hand.view.flight.is_under_way
    assert_seen(hand, 1.0, 0, 0)
    seen: list[float] = []
    qtbot.waitUntil(lambda: seen.append(hand.view.camera.zoom) or not hand.view.flight.is_under_way)
    assert any(0.5 < zoom < 1.0 for zoom in seen)
    assert_seen(hand, 0.5, 1500.0, 1200.0)


def test_whoever_takes_the_paper_stops_the_flight(hand, commands):
    motion_hub.set_chosen(False)
    bookmark(hand, "there", 1500.0, 1200.0, 0.5)
    hand.key(Qt.Key.Key_1)
    hand.press(hand.at(0, 0), Qt.MouseButton.MiddleButton)
    assert not hand.view.flight.is_under_way
    hand.release(hand.at(0, 0), Qt.MouseButton.MiddleButton)
