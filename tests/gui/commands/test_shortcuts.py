"""The page of keyboard shortcuts in the window: keys are looked up, changed, refused, taken and given back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot
from shiboken6 import Shiboken

from gui import recent
from gui.commands.shortcuts import Shortcuts
from gui.commands.shortcuts_dialog import ShortcutsDialog
from gui.commands.table import SECTIONS, all_actions
from gui.main_window import MainWindow

if TYPE_CHECKING:
    from conftest import OpenPage, Press, Record

_Mod = Qt.KeyboardModifier
CTRL, ALT, NO_KEY = _Mod.ControlModifier, _Mod.AltModifier, _Mod.NoModifier


@pytest.fixture
def page(open_page: OpenPage) -> Iterator[ShortcutsDialog]:
    """The page over LeNet-5, opened by its keys."""
    dialog = open_page()
    yield dialog
    if Shiboken.isValid(dialog):
        dialog.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def keys_of(window: MainWindow, action: str) -> list[str]:
    return [keys.toString() for keys in window.actions_table[action].shortcuts()]


def test_changed_keys_work_at_once_and_the_old_ones_no_more(
    lenet: MainWindow, page: ShortcutsDialog, press: Press, record: Record
) -> None:
    record(page, "Duplicate", Qt.Key.Key_J, CTRL)
    assert keys_of(lenet, "duplicate") == ["Ctrl+J"]
    assert lenet.actions_table["duplicate"].toolTip() == "Duplicate (Ctrl+J)"
    assert page.list.row is not None
    assert page.list.row.is_changed
    assert page.list.row.keys == ("Ctrl+J",)
    page.close()
    lenet.view.setFocus()
    lenet.workspace.select(list(lenet.workspace.graph.nodes)[1:2])
    press(Qt.Key.Key_D)
    assert len(lenet.workspace.graph.nodes) == 14
    press(Qt.Key.Key_J)
    assert len(lenet.workspace.graph.nodes) == 15
    press(Qt.Key.Key_Z)
    assert len(lenet.workspace.graph.nodes) == 14


def test_changed_keys_are_there_after_a_restart(own_home: Path, dark: None, qtbot: QtBot) -> None:
    first = MainWindow()
    for action, keys in (("train", "Ctrl+,"), ("bridge", "B")):
        assert first.actions_table.shortcuts.assign(action, QKeySequence(keys)) is None
    for action in ("pause", "join"):
        first.actions_table.shortcuts.remove(action)
    first.close()
    second = MainWindow()
    assert keys_of(second, "train") == ["Ctrl+,"]
    assert keys_of(second, "pause") == []
    assert keys_of(second, "stop") == ["Shift+F5"]
    assert second.actions_table["bridge"].text().endswith("\tB")
    listening = {action.objectName(): action for action in second.view.actions()}
    assert [keys.toString() for keys in listening["bridgeOnCanvas"].shortcuts()] == ["B"]
    assert listening["joinOnCanvas"].shortcuts() == []
    second.actions_table.shortcuts.reset_all()
    second.close()
    for main in (first, second):
        main.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not Shiboken.isValid(second)


def test_keys_of_another_action_are_refused_until_they_are_taken(
    lenet: MainWindow, page: ShortcutsDialog, record: Record
) -> None:
    record(page, "Duplicate", Qt.Key.Key_S, CTRL)
    assert page.conflict.isVisible()
    assert page.conflict.text.text() == "“Ctrl+S” means “Save” already."
    assert keys_of(lenet, "duplicate") == ["Ctrl+D"]
    assert keys_of(lenet, "save") == ["Ctrl+S"]
    assert page.take.text() == "Take it from “Save”"
    QTest.mouseClick(page.take, Qt.MouseButton.LeftButton)
    assert keys_of(lenet, "duplicate") == ["Ctrl+S"]
    assert keys_of(lenet, "save") == []
    assert not page.conflict.isVisible()


@pytest.mark.parametrize(
    ("key", "modifiers", "sentence"),
    [
        (
            Qt.Key.Key_Space,
            NO_KEY,
            "“Space” always means “Add a layer, or move the view” and cannot be given to anything else.",
        ),
        (Qt.Key.Key_Left, ALT, "“Alt+Left” always means “Select the neighbour” and cannot be given to anything else."),
        (Qt.Key.Key_F, ALT, "“Alt+F” always means “File menu” and cannot be given to anything else."),
        (Qt.Key.Key_F1, NO_KEY, "“F1” always means “Help on a parameter” and cannot be given to anything else."),
    ],
    ids=["Space", "Alt+Left", "Alt+F", "F1"],
)
def test_fixed_keys_are_refused_for_good(
    key: Qt.Key,
    modifiers: Qt.KeyboardModifier,
    sentence: str,
    lenet: MainWindow,
    page: ShortcutsDialog,
    record: Record,
) -> None:
    record(page, "Duplicate", key, modifiers)
    assert page.conflict.text.text() == sentence
    assert not page.take.isVisible()
    assert keys_of(lenet, "duplicate") == ["Ctrl+D"]


def test_fixed_keys_cannot_be_changed(page: ShortcutsDialog) -> None:
    QTest.keyClicks(page.search, "Select the neighbour")
    assert page.list.row is not None
    assert not page.list.row.action
    QTest.keyClick(page.search, Qt.Key.Key_Return)
    assert page.search.hasFocus()
    assert not page.change.isEnabled()
    assert not page.remove.isEnabled()


def test_escape_leaves_keys_as_they_are(lenet: MainWindow, page: ShortcutsDialog, record: Record) -> None:
    record(page, "Duplicate", Qt.Key.Key_Escape, NO_KEY)
    assert page.isVisible()
    assert page.list.hasFocus()
    assert keys_of(lenet, "duplicate") == ["Ctrl+D"]


def test_a_click_on_a_row_listens_and_looking_elsewhere_gives_up(lenet: MainWindow, page: ShortcutsDialog) -> None:
    QTest.keyClicks(page.search, "Duplicate")
    place = page.list.visualRect(page.list.currentIndex()).center()
    QTest.mouseClick(page.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert QApplication.focusWidget().objectName() == "key_recorder"
    page.search.setFocus()
    assert page.search.hasFocus()
    QTest.keyClicks(page.search, "x")
    assert keys_of(lenet, "duplicate") == ["Ctrl+D"]


def test_keys_are_removed_and_given_back(lenet: MainWindow, page: ShortcutsDialog) -> None:
    QTest.keyClicks(page.search, "Duplicate")
    page.list.setFocus()
    QTest.keyClick(page.list, Qt.Key.Key_Delete)
    assert keys_of(lenet, "duplicate") == []
    assert lenet.actions_table["duplicate"].toolTip() == "Duplicate"
    QTest.mouseClick(page.reset, Qt.MouseButton.LeftButton)
    assert keys_of(lenet, "duplicate") == ["Ctrl+D"]
    assert not page.reset.isEnabled()
    assert recent.settings().value("shortcuts/duplicate") is None


def test_what_has_lost_its_keys_does_not_get_them_back_without_being_asked(
    lenet: MainWindow, page: ShortcutsDialog
) -> None:
    shortcuts = lenet.actions_table.shortcuts
    shortcuts.take("duplicate", [QKeySequence("Ctrl+S")])
    QTest.keyClicks(page.search, "ctrl+shift+s")
    page.search.clear()
    QTest.keyClicks(page.search, "Save")
    QTest.mouseClick(page.reset, Qt.MouseButton.LeftButton)
    assert page.conflict.text.text() == "“Ctrl+S” means “Duplicate” already."
    assert keys_of(lenet, "save") == []
    QTest.mouseClick(page.reset_all, Qt.MouseButton.LeftButton)
    assert keys_of(lenet, "save") == ["Ctrl+S"]
    assert keys_of(lenet, "duplicate") == ["Ctrl+D"]
    assert not page.reset_all.isEnabled()


def test_actions_are_found_by_their_keys(page: ShortcutsDialog) -> None:
    QTest.keyClicks(page.search, "shift+f5")
    assert page.list.row is not None
    assert page.list.row.title == "Stop training"
    page.search.setText("qqqq")
    assert page.list.row is None
    assert not page.list.isVisible()


def test_a_changed_key_is_about_text_while_text_is_typed(lenet: MainWindow, press: Press) -> None:
    lenet.actions_table.shortcuts.assign("select_all", QKeySequence("B"))
    search = lenet.sheet.palette.findChild(QLineEdit, "palette_search")
    search.setFocus()
    press(Qt.Key.Key_B, NO_KEY)
    assert search.text() == "b"
    assert not lenet.workspace.selection
    search.clear()
    lenet.view.setFocus()
    press(Qt.Key.Key_B, NO_KEY)
    assert len(lenet.workspace.selection) == 14


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ({"train": "Ctrl+K, Ctrl+T"}, {"train": "F5"}),
        ({"train": "no such key"}, {"train": "F5"}),
        ({"train": "Left"}, {"train": ""}),
        ({"train": "Ctrl+S"}, {"train": "Ctrl+S", "save": ""}),
        ({"train": "Ctrl+J", "stop": "Ctrl+J"}, None),
        ({"flying": "Ctrl+J"}, {"train": "F5"}),
    ],
    ids=["two chords", "garbage", "fixed", "a default of another", "twice", "an action that is gone"],
)
def test_settings_that_were_edited_by_hand_never_lead_to_shared_keys(
    stored: dict[str, str], expected: dict[str, str] | None, qapp: QApplication
) -> None:
    for action, keys in stored.items():
        recent.settings().setValue(f"shortcuts/{action}", keys)
    shortcuts = Shortcuts(SECTIONS)
    for action, keys in (expected or {}).items():
        assert "; ".join(key.toString() for key in shortcuts.keys(action)) == keys
    every = [key.toString() for spec in all_actions() for key in shortcuts.keys(spec.id)]
    every += [key.toString() for fixed in shortcuts.fixed for key in fixed.sequences]
    assert len(every) == len(set(every))


def test_keys_are_taken_from_nobody_who_cannot_give_them(qapp: QApplication) -> None:
    shortcuts = Shortcuts(SECTIONS)
    with pytest.raises(ValueError, match="cannot be given"):
        shortcuts.take("train", [QKeySequence("Left")])
    assert [keys.toString() for keys in shortcuts.keys("train")] == ["F5"]
