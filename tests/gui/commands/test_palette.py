"""The command palette in the window: what is found in it is done with Enter."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from engine import versions
from engine.graph import document
from engine.project import open_project
from gui import recent, theme
from gui.commands.palette import CommandPalette
from gui.main_window import MainWindow

if TYPE_CHECKING:
    from conftest import Press

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NO_KEY = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def opened(lenet: MainWindow, press: Press) -> CommandPalette:
    """The palette over LeNet-5, opened by its keys."""
    lenet.view.setFocus()
    return open_palette(lenet, press)


def open_palette(window: MainWindow, press: Press) -> CommandPalette:
    press(Qt.Key.Key_P, CTRL | SHIFT)
    palette = window.findChild(CommandPalette)
    assert palette.isVisible()
    assert QApplication.focusWidget() is palette.search
    return palette


def titles(palette: CommandPalette) -> list[str]:
    model = palette.entries.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_a_command_is_found_and_done_by_the_keyboard_alone(
    lenet: MainWindow, opened: CommandPalette, press: Press
) -> None:
    assert not lenet.workspace.selection
    QTest.keyClicks(opened.search, "sel al")
    assert titles(opened)[0] == "Select all"
    press(Qt.Key.Key_Return, NO_KEY)
    assert len(lenet.workspace.selection) == 14
    assert not opened.isVisible()
    assert lenet.view.hasFocus()


def test_what_was_done_last_comes_first(lenet: MainWindow, opened: CommandPalette, press: Press) -> None:
    assert titles(opened)[0] == "New project"
    QTest.keyClicks(opened.search, "actual size")
    press(Qt.Key.Key_Return, NO_KEY)
    assert lenet.view.camera.zoom == pytest.approx(1.0)
    again = open_palette(lenet, press)
    assert titles(again)[:2] == ["Actual size", "New project"]
    press(Qt.Key.Key_Escape, NO_KEY)


def test_up_and_down_choose(lenet: MainWindow, opened: CommandPalette, press: Press) -> None:
    names = titles(opened)
    for key, expected in (
        (Qt.Key.Key_Down, names[1]),
        (Qt.Key.Key_Down, names[2]),
        (Qt.Key.Key_Up, names[1]),
        (Qt.Key.Key_Up, names[0]),
        (Qt.Key.Key_Up, names[-1]),
    ):
        press(key, NO_KEY)
        assert opened.entries.entry is not None
        assert opened.entries.entry.title == expected
    press(Qt.Key.Key_Escape, NO_KEY)


def test_escape_and_its_own_keys_close_it_and_change_nothing(
    lenet: MainWindow, opened: CommandPalette, press: Press
) -> None:
    before = document.dump(lenet.workspace.document)
    QTest.keyClicks(opened.search, "delete")
    press(Qt.Key.Key_Escape, NO_KEY)
    assert not opened.isVisible()
    assert lenet.view.hasFocus()
    open_palette(lenet, press)
    press(Qt.Key.Key_P, CTRL | SHIFT)
    assert not opened.isVisible()
    assert document.dump(lenet.workspace.document) == before


def test_what_cannot_be_done_says_why_and_stays(lenet: MainWindow, opened: CommandPalette, press: Press) -> None:
    QTest.keyClicks(opened.search, "group into")
    entry = opened.entries.entry
    assert entry is not None
    assert entry.refusal == "Select some layers first."
    press(Qt.Key.Key_Return, NO_KEY)
    assert opened.isVisible()
    press(Qt.Key.Key_Escape, NO_KEY)
    lenet.workspace.select(list(lenet.workspace.graph.nodes)[1:3])
    QTest.keyClicks(open_palette(lenet, press).search, "group into")
    press(Qt.Key.Key_Return, NO_KEY)
    assert len(lenet.workspace.document.blocks) == 1


def test_without_a_document_only_what_needs_none_can_be_done(window: MainWindow, press: Press) -> None:
    palette = open_palette(window, press)
    for query, refusal in (("zoom in", "Open a project first."), ("@conv", "Open a project first."), ("new pr", "")):
        palette.search.setText(query)
        assert palette.entries.entry is not None
        assert palette.entries.entry.refusal == refusal
    press(Qt.Key.Key_Return, NO_KEY)
    assert window.pages.currentWidget() is window.sheets


def test_it_goes_to_a_layer_by_its_name(lenet: MainWindow, opened: CommandPalette, press: Press) -> None:
    QTest.keyClicks(opened.search, "@relu2")
    assert titles(opened)[0] == "relu2"
    press(Qt.Key.Key_Return, NO_KEY)
    assert [lenet.workspace.graph.nodes[node].name for node in lenet.workspace.selection] == ["relu2"]


def test_it_adds_a_layer_and_undo_takes_it_back(lenet: MainWindow, opened: CommandPalette, press: Press) -> None:
    before = document.dump(lenet.workspace.document)
    QTest.keyClicks(opened.search, "+dropout")
    press(Qt.Key.Key_Return, NO_KEY)
    assert [lenet.workspace.graph.nodes[node].layer for node in lenet.workspace.selection] == ["dropout"]
    press(Qt.Key.Key_Z)
    assert document.dump(lenet.workspace.document) == before


@pytest.mark.parametrize(
    ("typed", "layer", "param", "value"),
    [("+conv 64", "conv2d", "out_channels", 64), ("+dense 10", "linear", "out_features", 10)],
)
def test_a_number_behind_the_name_sets_what_matters_most(
    typed: str, layer: str, param: str, value: int, lenet: MainWindow, opened: CommandPalette, press: Press
) -> None:
    before = document.dump(lenet.workspace.document)
    QTest.keyClicks(opened.search, typed)
    press(Qt.Key.Key_Return, NO_KEY)
    (added,) = (lenet.workspace.graph.nodes[node] for node in lenet.workspace.selection)
    assert (added.layer, added.params[param]) == (layer, value)
    press(Qt.Key.Key_Z)
    assert document.dump(lenet.workspace.document) == before


def test_a_number_that_cannot_be_is_refused_with_the_reason(
    lenet: MainWindow, opened: CommandPalette, press: Press
) -> None:
    before = document.dump(lenet.workspace.document)
    QTest.keyClicks(opened.search, "+dropout 7")
    assert opened.entries.entry is not None
    assert "7" in opened.entries.entry.refusal
    press(Qt.Key.Key_Return, NO_KEY)
    assert opened.isVisible()
    assert document.dump(lenet.workspace.document) == before
    press(Qt.Key.Key_Escape, NO_KEY)


def test_it_opens_a_recent_project(lenet: MainWindow, press: Press, tmp_path: Path) -> None:
    path = tmp_path / "digits of mine.netwright"
    versions.save(lenet.workspace.document, path)
    recent.remember_file(path)
    QTest.keyClicks(open_palette(lenet, press).search, "digits of")
    press(Qt.Key.Key_Return, NO_KEY)
    assert lenet.workspace.path == path
    assert document.dump(lenet.workspace.document) == document.dump(open_project(path))


def test_it_changes_the_theme(window: MainWindow, press: Press) -> None:
    assert theme.current().is_dark
    QTest.keyClicks(open_palette(window, press).search, "light")
    press(Qt.Key.Key_Return, NO_KEY)
    assert not theme.current().is_dark
    assert window.actions_table["toggle_theme"].isChecked()
    assert recent.settings().value("theme") == "light"
    QTest.keyClicks(open_palette(window, press).search, "theme of the sys")
    press(Qt.Key.Key_Return, NO_KEY)
    assert theme.current() is theme.system_theme(QApplication.instance())
    assert recent.settings().value("theme") is None


def test_what_fits_nothing_is_said(opened: CommandPalette, press: Press) -> None:
    QTest.keyClicks(opened.search, "qqqq")
    assert opened.entries.count == 0
    press(Qt.Key.Key_Return, NO_KEY)
    assert opened.isVisible()
    press(Qt.Key.Key_Escape, NO_KEY)


def test_a_click_does_it_and_working_elsewhere_closes_it(
    lenet: MainWindow, opened: CommandPalette, press: Press
) -> None:
    QTest.keyClicks(opened.search, "select all")
    place = opened.entries.visualRect(opened.entries.currentIndex()).center()
    QTest.mouseClick(opened.entries.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert len(lenet.workspace.selection) == 14
    open_palette(lenet, press)
    lenet.sheet.palette.findChild(QLineEdit, "palette_search").setFocus()
    assert not opened.isVisible()
    assert not opened.search.hasFocus()


def test_it_tells_screen_readers_what_it_is(opened: CommandPalette, press: Press) -> None:
    assert opened.search.accessibleName() == "Command"
    index = opened.entries.model().index(0, 0)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "New project, File, Ctrl+N"
    assert index.data(Qt.ItemDataRole.AccessibleDescriptionRole) == "Starts an empty project in a tab of its own."
    press(Qt.Key.Key_Escape, NO_KEY)
