"""From the canvas into the panels and back without a mouse, and never into what cannot be seen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gui.panel_tabs import bring_up

_Key, _Mod = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def window(shared_window, qtbot):
    shared_window.documents.open_template("lenet5")
    shared_window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is shared_window)
    # Whatever panel another test has left in front.
    bring_up(shared_window.panels.palette)
    shared_window.view.setFocus()
    return shared_window


def press(key, modifiers=_Mod.NoModifier):
    QTest.keyClick(QApplication.focusWidget(), key, modifiers)


def choose(window, *names):
    window.workspace.select([window.workspace.graph.named(name).id for name in names])


def selected(window):
    return [window.workspace.graph.nodes[node].name for node in window.workspace.selection]


def is_in(dock):
    return dock.isAncestorOf(QApplication.focusWidget())


def test_tab_never_stops_behind_another_panel(window):
    panels = window.panels
    window.workspace.select(())
    seen = set()
    for _ in range(60):
        press(_Key.Key_Tab)
        focused = QApplication.focusWidget()
        place = focused.mapTo(window, focused.rect().center())
        assert focused.isVisible(), focused.objectName()
        assert window.rect().contains(place), focused.objectName()
        seen.update(dock.windowTitle() for dock in panels.docks if dock.isAncestorOf(focused))
    assert {"Layers", "Inspector"} <= seen
    assert not seen & {"Outline", "History", "Analysis", "Problems"}
    bring_up(panels.outline)
    assert (panels.outline.widget().isVisible(), panels.palette.widget().isVisible()) == (True, False)


def test_the_panel_in_front_is_in_front_again_after_the_welcome_page(window):
    bring_up(window.panels.history)
    window.show_welcome()
    window.start_page.backRequested.emit()
    assert window.panels.history.widget().isVisible()
    assert not window.panels.palette.widget().isVisible()


def test_the_key_of_a_panel_behind_another_brings_it_up_with_the_keyboard_and_then_hides_it(window):
    bring_up(window.panels.palette)
    window.view.setFocus()
    press(_Key.Key_F9)
    assert window.panels.outline.widget().isVisible()
    assert is_in(window.panels.outline)
    press(_Key.Key_F9)
    assert window.panels.outline.isHidden()
    press(_Key.Key_F9)
    assert is_in(window.panels.outline)


def test_a_panel_that_floats_or_comes_back_is_seen_alone_in_its_place(window):
    panels = window.panels
    bring_up(panels.palette)
    panels.outline.setFloating(True)
    assert panels.outline.widget().isVisible()
    panels.outline.setFloating(False)
    tabbed = (panels.palette, panels.outline, panels.history)
    assert [dock.widget().isVisible() for dock in tabbed] == [False, True, False]
    bring_up(panels.palette)


def test_alt_enter_leads_to_the_parameters_and_escape_back(window):
    choose(window, "conv1")
    press(_Key.Key_Return, _Mod.AltModifier)
    assert QApplication.focusWidget().objectName() == "param_out_channels"
    press(_Key.Key_Escape)
    assert window.view.hasFocus()
    bring_up(window.panels.outline)
    window.sheet.outline.focus_search()
    press(_Key.Key_Down)
    press(_Key.Key_Escape)
    assert window.view.hasFocus()


def test_escape_leads_back_from_a_panel_that_floats(window):
    dock = window.panels.inspector
    choose(window, "conv1")
    dock.setFloating(True)
    QApplication.processEvents()
    window.sheet.inspector.enter()
    dock.activateWindow()
    QApplication.processEvents()
    assert QApplication.focusWidget().window() is dock
    press(_Key.Key_Escape)
    QApplication.processEvents()
    assert window.view.hasFocus()
    dock.setFloating(False)


def test_entering_the_inspector_costs_no_action_its_object(window):
    """PySide takes what the chain of focus returns for a part of the field before it, which a form throws away."""
    choose(window, "conv1")
    press(_Key.Key_Return, _Mod.AltModifier)
    choose(window, "relu1")
    window.sheet.inspector.enter()
    choose(window, "conv1")
    assert window.panels.outline.toggleViewAction().isEnabled()
    assert window.actions_table["inspector_panel"].isEnabled()


def test_alt_shift_and_arrows_select_a_chain_and_back(window):
    choose(window, "conv1")
    both = _Mod.AltModifier | _Mod.ShiftModifier
    press(_Key.Key_Down, both)
    press(_Key.Key_Down, both)
    chain = selected(window)
    assert (len(chain), chain[0]) == (3, "conv1")
    press(_Key.Key_Up, both)
    assert selected(window) == chain[:2]
    press(_Key.Key_Down, _Mod.AltModifier)
    assert selected(window) == chain[2:]


def test_saving_says_so(window, tmp_path):
    path = tmp_path / "mine.netwright"
    window.workspace.set_path(path)
    assert window.documents.save()
    assert window.status_line.currentMessage() == "Saved as “mine.netwright”."
