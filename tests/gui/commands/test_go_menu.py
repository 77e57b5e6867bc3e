"""The menu “Go”: bookmarks by their names and keys, in the menu, on the canvas, in the palette and in their list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from engine.graph.annotation_edits import AddAnnotation
from engine.graph.annotations import AnnotationId, Bookmark
from engine.graph.document import dump
from gui.commands.palette import CommandPalette
from gui.main_window import MainWindow
from gui.motion import motion_hub

if TYPE_CHECKING:
    from conftest import Press

_Mod = Qt.KeyboardModifier
CTRL, SHIFT, ALT, NO_KEY = _Mod.ControlModifier, _Mod.ShiftModifier, _Mod.AltModifier, _Mod.NoModifier
PLACES = {"start": (0.0, 0.0), "R&D": (700.0, 300.0), "end": (-900.0, 1200.0)}


@pytest.fixture
def marked(lenet: MainWindow) -> MainWindow:
    """LeNet-5 with three bookmarks, and the canvas in focus; one is there at once."""
    motion_hub.set_chosen(True)
    for number, (name, place) in enumerate(PLACES.items()):
        assert lenet.workspace.push(AddAnnotation(Bookmark(AnnotationId(f"a{number}"), name, place, 1.0)))
    lenet.view.setFocus()
    return lenet


def go_menu(window: MainWindow) -> QMenu:
    (action,) = (action for action in window.menuBar().actions() if action.text() == "&Go")
    menu = action.menu()
    assert isinstance(menu, QMenu)
    return menu


def shown(window: MainWindow) -> list[str]:
    return [action.text() for action in go_menu(window).actions() if action.isVisible() and not action.isSeparator()]


def middle(window: MainWindow) -> tuple[float, float]:
    x, y = window.view.camera.look().middle
    return round(x), round(y)


def test_it_names_the_bookmarks_with_their_keys(marked: MainWindow, press: Press) -> None:
    assert shown(marked) == ["Set a &bookmark", "&Go to…", "start\t1", "R&&D\t2", "end\t3"]
    press(Qt.Key.Key_Z)
    assert shown(marked) == ["Set a &bookmark", "&Go to…", "start\t1", "R&&D\t2"]
    for _ in range(2):
        press(Qt.Key.Key_Z)
    assert shown(marked) == ["Set a &bookmark", "&Go to…"]


def test_it_is_worked_by_the_keyboard(marked: MainWindow, press: Press) -> None:
    press(Qt.Key.Key_G, ALT)
    menu = QApplication.activePopupWidget()
    assert menu is go_menu(marked)
    for _ in range(3):
        QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    assert middle(marked) == PLACES["R&D"]


def test_digits_go_to_bookmarks_and_can_be_changed(marked: MainWindow, press: Press) -> None:
    before = dump(marked.workspace.document)
    for key, name in ((Qt.Key.Key_3, "end"), (Qt.Key.Key_2, "R&D"), (Qt.Key.Key_1, "start")):
        press(key, NO_KEY)
        assert middle(marked) == PLACES[name]
    assert marked.actions_table.shortcuts.assign("bookmark_3", QKeySequence("E")) is None
    assert shown(marked)[-1] == "end\tE"
    press(Qt.Key.Key_3, NO_KEY)
    assert middle(marked) == PLACES["start"]
    press(Qt.Key.Key_E, NO_KEY)
    assert middle(marked) == PLACES["end"]
    assert dump(marked.workspace.document) == before


def test_the_list_shows_and_takes_the_same_keys(marked: MainWindow, press: Press) -> None:
    assert marked.actions_table.shortcuts.assign("bookmark_3", QKeySequence("E")) is None
    press(Qt.Key.Key_B, CTRL | SHIFT)
    places = marked.view.places
    assert [places.list.item(row).data(Qt.ItemDataRole.UserRole + 1) for row in range(3)] == ["1", "2", "E"]
    press(Qt.Key.Key_3, NO_KEY)
    assert places.isVisible()
    press(Qt.Key.Key_E, NO_KEY)
    assert not places.isVisible()
    assert middle(marked) == PLACES["end"]


def test_the_palette_finds_bookmarks_by_name(marked: MainWindow, press: Press) -> None:
    press(Qt.Key.Key_P, CTRL | SHIFT)
    palette = marked.findChild(CommandPalette)
    QTest.keyClicks(palette.search, "bookmark")
    model = palette.entries.model()
    titles = [model.index(row, 0).data() for row in range(model.rowCount())]
    assert {title for title in titles if title.startswith("Go to “")} == {"Go to “start”", "Go to “R&D”", "Go to “end”"}
    assert not any("fourth" in title for title in titles)
    palette.search.clear()
    QTest.keyClicks(palette.search, "r&d")
    assert palette.entries.entry.title == "Go to “R&D”"
    press(Qt.Key.Key_Return, NO_KEY)
    assert middle(marked) == PLACES["R&D"]
