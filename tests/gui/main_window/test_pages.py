"""The welcome page, the panels around the canvas, and the themes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from engine.graph import document
from engine.training.status import RunState
from gui import theme
from gui.app import apply_theme
from gui.main_window import MainWindow

if TYPE_CHECKING:
    from conftest import Layers, Press

CTRL, SHIFT, NO_KEY = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.NoModifier,
)


def view_of(window: MainWindow) -> tuple[object, QPoint]:
    """What part of the canvas is shown, and how large."""
    view = window.view
    return view.transform(), view.mapFromScene(0.0, 0.0)


def test_a_document_that_cannot_be_seen_cannot_be_changed(lenet: MainWindow, layers: Layers, press: Press) -> None:
    layers.select("relu1")
    press(Qt.Key.Key_D)
    before = document.dump(lenet.workspace.graph)
    press(Qt.Key.Key_H, CTRL | SHIFT)
    assert lenet.pages.currentWidget() is lenet.start_page
    for key, modifiers in (
        (Qt.Key.Key_Delete, NO_KEY),
        (Qt.Key.Key_X, CTRL),
        (Qt.Key.Key_V, CTRL),
        (Qt.Key.Key_D, CTRL),
        (Qt.Key.Key_Z, CTRL),
        (Qt.Key.Key_F, CTRL),
        (Qt.Key.Key_F5, NO_KEY),
    ):
        press(key, modifiers)
    assert document.dump(lenet.workspace.graph) == before
    assert lenet.desk.status.state is RunState.IDLE
    assert not any(panel.isVisible() for panel in (lenet.panels.palette, lenet.panels.problems, lenet.panels.training))


@pytest.mark.fresh_window
def test_back_from_the_welcome_page_everything_is_where_it_was(
    lenet: MainWindow, layers: Layers, press: Press, qtbot: QtBot
) -> None:
    qtbot.wait(50)
    layers.select("relu1")
    lenet.view.camera.zoom_to(1.3)
    lenet.panels.inspector.toggleViewAction().trigger()
    qtbot.wait(50)
    before, docks = (
        view_of(lenet),
        (lenet.panels.palette, lenet.panels.inspector, lenet.panels.training, lenet.panels.problems),
    )
    closed = [dock.isHidden() for dock in docks]
    assert closed == [False, True, False, False]
    press(Qt.Key.Key_H, CTRL | SHIFT)
    assert all(dock.isHidden() for dock in docks)
    back = next(button for button in lenet.start_page.findChildren(QPushButton) if button.text().startswith("Back"))
    qtbot.mouseClick(back, Qt.MouseButton.LeftButton)
    assert lenet.pages.currentWidget() is lenet.sheets
    assert [dock.isHidden() for dock in docks] == closed
    qtbot.wait(50)
    assert view_of(lenet) == before
    assert lenet.workspace.selection == (layers.id("relu1"),)


def test_no_two_panels_or_tabs_have_the_same_name(lenet: MainWindow) -> None:
    tabs = lenet.sheet.inspector.findChild(QTabWidget)
    names = [tabs.tabText(index) for index in range(tabs.count())]
    names += [dock.windowTitle() for dock in lenet.panels.docks]
    assert len(names) == len(set(names)) == 10
    bar = tabs.tabBar()
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(names.index("Setup")).center())
    assert lenet.sheet.inspector.findChild(QWidget, "setup_page").isVisible()


def test_panels_stay_as_they_were_left(another: Callable[[], MainWindow], qtbot: QtBot) -> None:
    first = another()
    first.documents.open_template("lenet5")
    qtbot.wait(20)
    first.panels.inspector.toggleViewAction().trigger()
    first.resizeDocks([first.panels.palette], [290], Qt.Orientation.Horizontal)
    qtbot.wait(20)
    width = first.panels.palette.width()
    assert width > 250
    first.close()

    later = another()
    assert later.pages.currentWidget() is later.start_page
    assert not later.panels.palette.isVisible()
    later.documents.open_template("lenet5")
    qtbot.wait(20)
    assert later.panels.inspector.isHidden()
    assert later.panels.training.isVisible()
    assert abs(later.panels.palette.width() - width) <= 2


def test_a_layout_is_remembered_by_a_window_that_closes_on_the_welcome_page(
    another: Callable[[], MainWindow], qtbot: QtBot
) -> None:
    first = another()
    first.documents.open_template("lenet5")
    first.panels.inspector.toggleViewAction().trigger()
    first.show_welcome()
    first.close()
    later = another()
    later.documents.open_template("lenet5")
    assert later.panels.inspector.isHidden()
    assert not later.panels.palette.isHidden()


@pytest.mark.fresh_window
def test_training_brings_its_panel_to_the_front(lenet: MainWindow, press: Press, qtbot: QtBot) -> None:
    lenet.panels.training.toggleViewAction().trigger()
    assert lenet.panels.training.isHidden()
    press(Qt.Key.Key_F5, NO_KEY)
    qtbot.waitUntil(lambda: not lenet.desk.panel.visibleRegion().isEmpty())
    press(Qt.Key.Key_F5, SHIFT)
    qtbot.waitUntil(lambda: not lenet.desk.status.state.active, timeout=30_000)


def ground(window: MainWindow) -> list[QColor]:
    """The colours of the canvas and of the window's panels, as painted."""
    image: QImage = window.view.viewport().grab().toImage()
    return [image.pixelColor(3, 3), window.palette().color(window.backgroundRole())]


@pytest.mark.slow
@pytest.mark.fresh_window
def test_the_theme_changes_at_once_and_is_remembered(lenet: MainWindow, press: Press, qapp: QApplication) -> None:
    dark = ground(lenet)
    assert max(colour.lightness() for colour in dark) < 60
    press(Qt.Key.Key_L, CTRL | SHIFT)
    light = ground(lenet)
    assert min(colour.lightness() for colour in light) > 200
    assert lenet.actions_table["toggle_theme"].isChecked()
    theme.apply(qapp, theme.DARK)
    apply_theme(qapp)
    assert theme.current() is theme.LIGHT
    press(Qt.Key.Key_L, CTRL | SHIFT)
    assert ground(lenet) == dark
    apply_theme(qapp)
    assert theme.current() is theme.DARK
