"""Wherever a text of the app names a key, it is the key of now, not the one the action came with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QToolButton

from engine.graph.annotation_edits import AddAnnotation
from engine.graph.annotations import AnnotationId, Bookmark, Note
from engine.graph.document import dump
from gui.canvas.accessibility import make_accessible
from gui.canvas.empty_hint import EmptyHint
from gui.canvas.hits import Hit
from gui.canvas.tips import describe_selection, tip
from gui.commands.palette import CommandPalette
from gui.commands.shortcuts import Shortcuts
from gui.main_window import MainWindow
from gui.panel_tabs import bring_up
from gui.param_table.dialog import ParamTableDialog

if TYPE_CHECKING:
    from conftest import Press

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NO_KEY = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def keys(window: MainWindow) -> Shortcuts:
    """The keys of the window."""
    return window.actions_table.shortcuts


def test_the_way_out_of_a_block(lenet: MainWindow, keys: Shortcuts) -> None:
    button = lenet.sheet.breadcrumbs.findChild(QToolButton, "leave_block")
    assert button.toolTip() == "Leave the block (Ctrl+Up, or Esc)"
    keys.assign("leave_block", QKeySequence("Ctrl+J"))
    assert button.toolTip() == "Leave the block (Ctrl+J, or Esc)"
    keys.remove("leave_block")
    assert button.toolTip() == "Leave the block (Esc)"


def test_the_list_of_places(lenet: MainWindow, keys: Shortcuts, press: Press) -> None:
    hint = lenet.view.places.findChild(QLabel)
    for change, text in (
        (lambda: None, "Ctrl+B keeps what is in view under a name."),
        (lambda: keys.assign("set_bookmark", QKeySequence("Ctrl+J")), "Ctrl+J keeps what is in view under a name."),
        (lambda: keys.remove("set_bookmark"), "“Set a bookmark” keeps what is in view under a name."),
    ):
        change()
        lenet.view.setFocus()
        press(Qt.Key.Key_B, CTRL | SHIFT)
        assert hint.text() == f"Nothing to go to yet. {text}"
        press(Qt.Key.Key_Escape, NO_KEY)


def test_the_empty_canvas(window: MainWindow, keys: Shortcuts) -> None:
    window.documents.new()
    hint = window.view.findChild(EmptyHint)
    assert hint.isVisible()
    height, before = hint.height(), hint.grab().toImage()
    keys.assign("rename", QKeySequence("F4"))
    assert hint.grab().toImage() != before
    assert hint.height() == height
    keys.remove("rename")
    assert hint.height() < height, "there is no key to be named"
    keys.reset("rename")
    assert hint.grab().toImage() == before


def test_the_tip_of_a_block_and_the_help_for_screen_readers(window: MainWindow, keys: Shortcuts) -> None:
    window.documents.open_template("resnet18")
    scene, canvas = window.scene, make_accessible(window.view)
    block = next(node for node, item in scene.nodes.items() if item.is_instance)
    assert "Double-click it or press Enter to look inside." in tip(scene, Hit(node=block))
    assert "Arrow keys move what is selected, Del removes it, F2 renames it, Enter looks" in help_of(canvas)
    keys.assign("enter_block", QKeySequence("I"))
    keys.remove("rename")
    assert "Double-click it or press I to look inside." in tip(scene, Hit(node=block))
    assert "Arrow keys move what is selected, Del removes it, I looks inside a block" in help_of(canvas)
    keys.remove("enter_block")
    assert "Double-click it to look inside." in tip(scene, Hit(node=block))


def test_what_is_said_of_frames_notes_and_blocks(window: MainWindow, keys: Shortcuts) -> None:
    window.documents.open_template("resnet18")
    scene, canvas = window.scene, make_accessible(window.view)
    frame, note = next(iter(scene.annotations.frames.all)), AnnotationId("a99")
    assert window.workspace.push(AddAnnotation(Note(note, "Why", (0.0, 0.0))))
    parts = canvas.beside.part(frame), canvas.beside.part(note)
    block = next(node for node, item in scene.nodes.items() if item.is_instance)

    def said() -> tuple[str, ...]:
        scene.annotations.select_frame(frame)
        of_frame = describe_selection(scene)
        window.workspace.select([block])
        return (*(part.text(QAccessible.Text.Help) for part in parts if part), of_frame, describe_selection(scene))

    assert keys.assign("delete", QKeySequence("D")) is None
    assert keys.assign("enter_block", QKeySequence("I")) is None
    of_frame, of_note, frame_selected, block_selected = said()
    assert of_frame == "Arrow keys move it with its layers. D takes it away and leaves them."
    assert of_note == "Arrow keys move it, with Ctrl and Shift they resize it. D takes it away."
    assert frame_selected.endswith(". D removes it alone.")
    assert block_selected.endswith(". I looks inside.")
    for action in ("delete", "enter_block"):
        keys.remove(action)
    of_frame, of_note, frame_selected, block_selected = said()
    assert of_frame == "Arrow keys move it with its layers."
    assert of_note == "Arrow keys move it, with Ctrl and Shift they resize it."
    assert "removes it" not in frame_selected
    assert "looks inside" not in block_selected


def help_of(canvas: object) -> str:
    return canvas.text(QAccessible.Text.Help)  # type: ignore[attr-defined, no-any-return]


def test_the_command_palette(lenet: MainWindow, keys: Shortcuts, press: Press) -> None:
    keys.assign("bridge", QKeySequence("B"))
    lenet.view.setFocus()
    press(Qt.Key.Key_P, CTRL | SHIFT)
    palette = lenet.findChild(CommandPalette)
    QTest.keyClicks(palette.search, "bridge by")
    assert palette.entries.entry.keys == "B"
    press(Qt.Key.Key_Escape, NO_KEY)


def test_the_outline_deletes_and_renames_by_the_keys_of_now(lenet: MainWindow, keys: Shortcuts, press: Press) -> None:
    tree, before = lenet.sheet.outline.tree, dump(lenet.workspace.document)
    assert tree.accessibleDescription().endswith("F2 renames, Del deletes.")
    keys.assign("delete", QKeySequence("Ctrl+J"))
    keys.assign("rename", QKeySequence("F4"))
    assert tree.accessibleDescription().endswith("F4 renames, Ctrl+J deletes.")
    bring_up(lenet.panels.outline)
    lenet.workspace.select([node.id for node in lenet.workspace.graph.nodes.values() if node.name == "relu1"])
    QApplication.processEvents()
    tree.setFocus()
    menu = lenet.sheet.outline.make_menu()
    assert {action.text(): action.shortcut().toString() for action in menu.actions() if action.shortcut().count()} == {
        "Rename": "F4",
        "Delete": "Ctrl+J",
    }
    menu.deleteLater()
    press(Qt.Key.Key_F2, NO_KEY)
    press(Qt.Key.Key_Delete, NO_KEY)
    assert tree.hasFocus()
    assert dump(lenet.workspace.document) == before
    press(Qt.Key.Key_F4, NO_KEY)
    assert QApplication.focusWidget() is not tree
    press(Qt.Key.Key_Escape, NO_KEY)
    assert tree.hasFocus()
    press(Qt.Key.Key_J)
    assert lenet.workspace.graph.named("relu1") is None
    press(Qt.Key.Key_Z)
    assert dump(lenet.workspace.document) == before
    keys.assign("delete", QKeySequence("D"))
    assert tree.keys_of("delete") == (), "letters look for rows"


def test_the_table_of_parameters_undoes_by_the_keys_of_the_window(lenet: MainWindow, keys: Shortcuts) -> None:
    before = dump(lenet.workspace.document)
    lenet.sheet.outline.open_table()
    table = lenet.sheet.outline.findChild(ParamTableDialog)
    QApplication.processEvents()
    table.activateWindow()
    keys.assign("undo", QKeySequence("Ctrl+J"))
    lenet.workspace.push(AddAnnotation(Bookmark(AnnotationId("a1"), "there", (0.0, 0.0), 1.0)))
    QTest.keyClick(table, Qt.Key.Key_Z, CTRL)
    assert dump(lenet.workspace.document) != before
    QTest.keyClick(table, Qt.Key.Key_J, CTRL)
    assert dump(lenet.workspace.document) == before
    table.close()
