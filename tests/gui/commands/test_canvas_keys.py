"""Keys of the canvas in the window: only the canvas that has the focus listens to them, and they can be changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QMenu

from engine.graph.document import dump
from engine.graph.model import NodeId
from gui.commands.shortcuts_dialog import ShortcutsDialog
from gui.commands.spec import Context
from gui.commands.table import all_actions
from gui.main_window import MainWindow
from gui.panel_tabs import bring_up

if TYPE_CHECKING:
    from conftest import OpenPage, Press, Record

_Mod = Qt.KeyboardModifier
CTRL, ALT, NO_KEY = _Mod.ControlModifier, _Mod.AltModifier, _Mod.NoModifier


@pytest.fixture
def ends(lenet: MainWindow) -> MainWindow:
    """LeNet-5 with two layers selected that can be bridged, and the canvas in focus."""
    select_ends(lenet)
    lenet.view.setFocus()
    lenet.workspace.undo_stack.clear()
    return lenet


def select_ends(window: MainWindow) -> None:
    window.workspace.select([named(window, "relu1"), named(window, "conv2")])


def named(window: MainWindow, name: str) -> NodeId:
    node = window.workspace.graph.named(name)
    assert node is not None
    return node.id


def layers(window: MainWindow) -> list[str]:
    return sorted(node.layer for node in window.workspace.graph.nodes.values())


def close(page: ShortcutsDialog) -> None:
    page.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


# Listening


def test_one_key_bridges_and_undo_leads_back(ends: MainWindow, press: Press) -> None:
    before, count = dump(ends.workspace.document), layers(ends).count("add")
    press(Qt.Key.Key_K, NO_KEY)
    assert layers(ends).count("add") == count + 1
    press(Qt.Key.Key_Z)
    assert dump(ends.workspace.document) == before


def test_all_keys_of_the_canvas_call_their_actions(
    ends: MainWindow, press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    # Nothing is to be done: which action the keys lead to is what counts.
    monkeypatch.setattr(QAction, "trigger", lambda action: heard.append(action.objectName()))
    ends.actions_table.refused.connect(heard.append)
    try:
        for spec in all_actions():
            for sequence in ends.actions_table.shortcuts.keys_in(Context.CANVAS, spec.id):
                press(Qt.Key(sequence[0].key()), sequence[0].keyboardModifiers())
                assert heard == [ends.actions_table.why_not(spec.id) or f"{spec.id}Action"], sequence.toString()
                heard.clear()
    finally:
        ends.actions_table.refused.disconnect(heard.append)


@pytest.mark.parametrize(
    "key", [Qt.Key.Key_K, Qt.Key.Key_X, Qt.Key.Key_Delete, Qt.Key.Key_1], ids=["K", "X", "Del", "1"]
)
def test_while_text_is_typed_they_are_about_text(key: Qt.Key, ends: MainWindow, press: Press) -> None:
    before = dump(ends.workspace.document)
    fields = [
        ends.sheet.palette.findChild(QLineEdit, "palette_search"),
        ends.sheet.outline.search,
    ]
    for field in fields:
        field.setText("ab")
        field.setFocus()
        field.setCursorPosition(1)
        press(key, NO_KEY)
        assert field.text() == ("a" if key == Qt.Key.Key_Delete else f"a{chr(key).lower()}b")
        field.clear()
        assert dump(ends.workspace.document) == before


def test_lists_keep_letters_for_themselves(ends: MainWindow, press: Press) -> None:
    before = dump(ends.workspace.document)
    bring_up(ends.panels.outline)
    ends.sheet.inspector.show_training()
    for part in (ends.sheet.outline.tree, ends.sheet.inspector.findChild(QComboBox)):
        part.setFocus()
        assert part.hasFocus()
        press(Qt.Key.Key_K, NO_KEY)
        press(Qt.Key.Key_X, NO_KEY)
    assert dump(ends.workspace.document) == before


def test_the_search_on_the_canvas_is_typed_into(ends: MainWindow, press: Press) -> None:
    before = dump(ends.workspace.document)
    press(Qt.Key.Key_Slash, NO_KEY)
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    for key in (Qt.Key.Key_K, Qt.Key.Key_X, Qt.Key.Key_Slash, Qt.Key.Key_Backspace):
        press(key, NO_KEY)
    assert field.text() == "kx"
    press(Qt.Key.Key_Escape, NO_KEY)
    assert ends.view.hasFocus()
    assert dump(ends.workspace.document) == before


@pytest.mark.parametrize("how", ["keys", "mouse"])
def test_letters_choose_from_an_open_menu(how: str, ends: MainWindow, press: Press) -> None:
    if how == "keys":
        press(Qt.Key.Key_E, ALT)
    else:
        bar = ends.menuBar()
        (edit,) = (action for action in bar.actions() if action.text() == "&Edit")
        QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.actionGeometry(edit).center())
        assert ends.view.hasFocus()
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    wires = len(ends.workspace.graph.edges)
    QTest.keyClick(menu, Qt.Key.Key_K)  # “Take out of the chain”, and not what K means on the canvas.
    assert QApplication.activePopupWidget() is None
    assert "add" not in layers(ends)
    assert len(ends.workspace.graph.edges) < wires
    ends.view.setFocus()
    press(Qt.Key.Key_Z)
    select_ends(ends)
    press(Qt.Key.Key_K, NO_KEY)
    assert "add" in layers(ends), "behind the menu they mean the same as before"


def test_only_the_canvas_in_focus_acts(ends: MainWindow, press: Press) -> None:
    first = ends.sheet
    before = dump(first.workspace.document)
    ends.documents.open_template("lenet5")
    second = ends.sheet
    press(Qt.Key.Key_Backslash)
    assert ends.sheets.is_split
    select_ends(ends)
    second.view.setFocus()
    press(Qt.Key.Key_K, NO_KEY)
    assert dump(first.workspace.document) == before
    assert "add" in layers(ends)
    first.view.setFocus()
    assert ends.sheet is first
    press(Qt.Key.Key_K, NO_KEY)
    assert "add" in layers(ends)
    assert second.workspace.undo_stack.count() == first.workspace.undo_stack.count() == 1
    press(Qt.Key.Key_Z)
    assert dump(first.workspace.document) == before


def test_nothing_happens_while_the_mouse_is_at_work(ends: MainWindow, press: Press) -> None:
    ends.view.camera.reveal(ends.workspace.selection)
    viewport, before = ends.view.viewport(), dump(ends.workspace.document)
    node = ends.workspace.graph.nodes[named(ends, "relu1")]
    place = ends.view.mapFromScene(*node.position)
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=place)
    assert ends.view.pointer.is_busy
    for key in (Qt.Key.Key_K, Qt.Key.Key_X, Qt.Key.Key_Delete, Qt.Key.Key_N):
        press(key, NO_KEY)
    assert ends.view.hasFocus()
    assert dump(ends.workspace.document) == before
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=place)
    select_ends(ends)
    press(Qt.Key.Key_X, NO_KEY)
    assert dump(ends.workspace.document) != before


def test_what_cannot_be_done_says_why(ends: MainWindow, press: Press) -> None:
    said: list[str] = []
    ends.workspace.refused.connect(said.append)
    ends.workspace.select([])
    for key in (Qt.Key.Key_K, Qt.Key.Key_X, Qt.Key.Key_F2, Qt.Key.Key_3):
        press(key, NO_KEY)
    assert said == [
        "Select two layers, one behind the other, first.",
        "Select a layer first.",
        "Select one layer, frame or note first.",
        "There is no third bookmark yet.",
    ]
    assert ends.status_line.currentMessage() == said[-1]
    assert ends.workspace.undo_stack.count() == 0


# Changing


def test_a_changed_key_bridges_in_place_of_the_old_one(
    ends: MainWindow, press: Press, open_page: OpenPage, record: Record
) -> None:
    before, bridge = dump(ends.workspace.document), ends.actions_table["bridge"]
    assert bridge.text() == "&Bridge by a skip connection\tK"
    page = open_page()
    record(page, "Bridge by a skip connection", Qt.Key.Key_B)
    assert not page.conflict.isVisible()
    assert page.list.row is not None
    assert page.list.row.keys == ("B",)
    close(page)
    assert bridge.text() == "&Bridge by a skip connection\tB"
    assert bridge.toolTip() == "Bridge by a skip connection (B)"
    ends.view.setFocus()
    press(Qt.Key.Key_K, NO_KEY)
    assert dump(ends.workspace.document) == before
    press(Qt.Key.Key_B, NO_KEY)
    assert "add" in layers(ends)
    press(Qt.Key.Key_Z)
    assert dump(ends.workspace.document) == before


def test_with_ctrl_they_are_listened_to_everywhere(ends: MainWindow, press: Press) -> None:
    assert ends.actions_table.shortcuts.assign("bridge", QKeySequence("Ctrl+K")) is None
    assert ends.actions_table["bridge"].text() == "&Bridge by a skip connection"
    assert ends.actions_table["bridge"].shortcut().toString() == "Ctrl+K"
    bring_up(ends.panels.outline)
    ends.sheet.outline.tree.setFocus()
    select_ends(ends)
    press(Qt.Key.Key_K)
    assert "add" in layers(ends)


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("title", "key", "modifiers", "sentence"),
    [
        ("Wire the selected layers", Qt.Key.Key_K, NO_KEY, "“K” means “Bridge by a skip connection” already."),
        ("Bridge by a skip connection", Qt.Key.Key_S, CTRL, "“Ctrl+S” means “Save” already."),
        ("Save", Qt.Key.Key_K, NO_KEY, "“K” means “Bridge by a skip connection” already."),
        ("Save", Qt.Key.Key_F2, NO_KEY, "“F2” means “Rename” already."),
        ("Rename", Qt.Key.Key_Delete, NO_KEY, "“Del” means “Delete” already."),
        ("Rename", Qt.Key.Key_1, NO_KEY, "“1” means “Go to the first bookmark” already."),
    ],
)
def test_a_conflict_is_refused(
    title: str,
    key: Qt.Key,
    modifiers: Qt.KeyboardModifier,
    sentence: str,
    ends: MainWindow,
    open_page: OpenPage,
    record: Record,
) -> None:
    shortcuts = ends.actions_table.shortcuts
    before = {spec.id: shortcuts.keys(spec.id) for spec in all_actions()}
    page = open_page()
    record(page, title, key, modifiers)
    assert page.conflict.isVisible()
    assert page.conflict.text.text() == sentence
    assert {spec.id: shortcuts.keys(spec.id) for spec in all_actions()} == before
    close(page)


def test_a_removed_key_means_nothing_until_it_is_given_back(
    ends: MainWindow, press: Press, open_page: OpenPage
) -> None:
    before = dump(ends.workspace.document)
    page = open_page()
    page.search.setText("Bridge by a skip connection")
    QTest.mouseClick(page.remove, Qt.MouseButton.LeftButton)
    assert ends.actions_table["bridge"].text() == "&Bridge by a skip connection"
    page.hide()
    ends.view.setFocus()
    press(Qt.Key.Key_K, NO_KEY)
    assert dump(ends.workspace.document) == before
    page.show()
    QTest.mouseClick(page.reset, Qt.MouseButton.LeftButton)
    close(page)
    ends.view.setFocus()
    press(Qt.Key.Key_K, NO_KEY)
    assert "add" in layers(ends)
