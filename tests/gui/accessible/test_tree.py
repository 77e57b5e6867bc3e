"""Whatever a screen reader can reach in the window and its dialogs, and that can be used, has a name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QProgressBar, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from gui.training.plot_panel import PlotPanel

if TYPE_CHECKING:
    from conftest import BringInto, InDialog, Nameless, Parts

    TurnTabs = Callable[[QWidget], Iterator[int]]

Role, Text = QAccessible.Role, QAccessible.Text


def test_everything_in_the_window(
    full: MainWindow, states: Iterator[str], turn_tabs: TurnTabs, nameless: Nameless
) -> None:
    found = {state: [way for _ in turn_tabs(full) for way in nameless(full)] for state in states}
    assert len(found) > 10
    assert {state: ways for state, ways in found.items() if ways} == {}


def test_all_tabs_are_turned_to(full: MainWindow, turn_tabs: TurnTabs) -> None:
    seen = {dock.windowTitle() for _ in turn_tabs(full) for dock in full.panels.docks if dock.widget().isVisible()}
    assert seen == {dock.windowTitle() for dock in full.panels.docks}


def test_the_walk_meets_layers_ports_wires_frames_notes_and_menus(full: MainWindow, parts: Parts) -> None:
    roles = Counter(part.role() for part, _ in parts(full))
    canvas = QAccessible.queryAccessibleInterface(full.view)
    here = Counter(part.role() for part, _ in parts(full.view))
    assert here[Role.ListItem] == len(full.workspace.graph.nodes)
    assert here[Role.Grouping] == 4
    assert here[Role.Note] == 1
    assert here[Role.Graphic] > 2 * len(full.workspace.graph.edges)
    described = [part for part, _ in parts(full.view) if part.role() in (Role.ListItem, Role.Grouping, Role.Note)]
    described += [canvas.child(0).child(0)]
    assert all(part.text(Text.Description).strip() for part in described)
    assert roles[Role.MenuItem] >= 7
    assert roles[Role.PageTab] > 3


def test_everything_in_the_menus(full: MainWindow) -> None:
    for menu in [action.menu() for action in full.menuBar().actions()]:
        menu.aboutToShow.emit()
        for action in menu.actions():
            assert action.isSeparator() or action.text().strip(), menu.title()


def test_everything_in_dialogs(
    full: MainWindow, in_dialog: InDialog, nameless: Nameless, bring_into: BringInto
) -> None:
    bring_into(full, "layers of several kinds")
    ways: dict[str, Callable[[], object]] = {
        name: full.actions_table[name].trigger
        for name in ("gallery", "weights", "export", "picture", "versions", "shortcuts", "about")
    }
    ways["table"] = full.sheet.outline.open_table
    found: dict[str, list[str]] = {}
    for name, open_it in ways.items():
        in_dialog(open_it, lambda dialog, name=name: found.setdefault(name, nameless(dialog)))
    assert found == {name: [] for name in ways}


def test_everything_that_floats_over_the_window(full: MainWindow, nameless: Nameless, bring_into: BringInto) -> None:
    bring_into(full, "a block")
    actions = ("go_to", "set_bookmark", "frame_selection", "add_note", "rename", "command_palette", "quick_add")
    for action in (*actions, "repeat", "find"):
        bring_into(full, "a block")
        full.view.setFocus()
        full.actions_table[action].trigger()
        QApplication.processEvents()
        assert QApplication.focusWidget() is not full.view, f"{action} opens something"
        assert nameless(full) == [], action
        QTest.keyClick(QApplication.focusWidget() or full, Qt.Key.Key_Escape)


def test_what_floats_over_the_canvas_says_what_it_is_for(full: MainWindow, bring_into: BringInto) -> None:
    bring_into(full, "a layer")
    for action, name in (("quick_add", "quickAdd"), ("repeat", "repeatPopover")):
        full.view.setFocus()
        full.actions_table[action].trigger()
        card = full.view.findChild(QWidget, name)
        assert card.isVisible()
        spoken = QAccessible.queryAccessibleInterface(card)
        assert spoken.text(Text.Name)
        assert spoken.text(Text.Description)
        card.dismiss()


def test_the_welcome_page(window: MainWindow, nameless: Nameless) -> None:
    window.show_welcome()
    assert nameless(window) == []


def test_tabs_name_what_they_close(full: MainWindow, nameless: Nameless) -> None:
    full.documents.open_template("lenet5")
    QApplication.processEvents()
    tabs = full.findChild(QTabBar, "documentTabs")
    names = [QAccessible.queryAccessibleInterface(button).text(Text.Name) for button in close_buttons(tabs)]
    assert names == [f"Close {sheet.title}" for sheet in full.sheets.sheets]
    assert len(names) == 2
    assert nameless(tabs) == []


def close_buttons(tabs: QTabBar) -> list[QWidget]:
    sides = (QTabBar.ButtonPosition.LeftSide, QTabBar.ButtonPosition.RightSide)
    found = [tabs.tabButton(tab, side) for tab in range(tabs.count()) for side in sides]
    return [button for button in found if button is not None]


def test_the_progress_of_an_export_has_a_name(full: MainWindow) -> None:
    bar = full.sheet.export_dialog().findChild(QProgressBar, "export_progress")
    assert bar.accessibleName()


def test_plots_have_names(full: MainWindow) -> None:
    plots = full.desk.panel.plots.findChildren(PlotPanel)
    assert len(plots) == 3
    for plot in plots:
        assert plot.view.accessibleName()
        assert plot.view.accessibleDescription()
        for child in plot.findChildren(QAbstractButton):
            assert child.accessibleName() or child.text()


def test_what_has_no_name_is_found_out(qtbot: QtBot, dark: None, nameless: Nameless) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    field = QLineEdit(window)
    window.show()
    assert nameless(window) == ["Client “” > EditableText “”"]
    field.setAccessibleName("Name")
    assert nameless(window) == []
    field.setAccessibleName("")
    label = QLabel("&Name", window)
    label.setBuddy(field)
    label.show()
    assert nameless(window) == []
