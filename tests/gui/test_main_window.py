"""The window as a whole: its actions, pages, panels and texts, by keys and mouse."""

from __future__ import annotations

import contextlib
import gc
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QColor, QFontDatabase, QFontMetrics, QGuiApplication, QImage, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QGraphicsItem,
    QLabel,
    QLineEdit,
    QListView,
    QMenu,
    QMessageBox,
    QPushButton,
    QSpinBox,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from engine.graph import document
from engine.graph.edits import RemoveNode, Rename, SetParam
from engine.graph.model import NodeId
from engine.training.status import RunState
from gui import fonts, theme
from gui.app import apply_theme
from gui.main_window import MainWindow
from gui.welcome_cards import ElidedLabel

ROOT = Path(__file__).parents[2]
CTRL, SHIFT, NO_KEY = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.NoModifier,
)
Press = Callable[..., None]


@pytest.fixture
def press(window: MainWindow, qtbot: QtBot) -> Press:
    """Press a key where the keyboard's focus is."""

    def press_key(key: Qt.Key, modifiers: Qt.KeyboardModifier = CTRL) -> None:
        window.activateWindow()
        qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
        QTest.keyClick(QApplication.focusWidget() or window, key, modifiers)

    return press_key


@pytest.fixture
def lenet(window: MainWindow) -> MainWindow:
    """The window with LeNet-5 in it."""
    window.documents.open_template("lenet5")
    return window


@pytest.fixture
def another(qtbot: QtBot) -> Iterator[Callable[[], MainWindow]]:
    """Open a further window, which does not load torch."""
    windows: list[MainWindow] = []

    def make() -> MainWindow:
        main = MainWindow()
        windows.append(main)
        main.start_loading = lambda: None  # type: ignore[method-assign]
        main.show()
        return main

    yield make
    for main in windows:
        main.workspace.undo_stack.setClean()
        main.close()
        main.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def node_id(window: MainWindow, name: str) -> NodeId:
    node = window.workspace.graph.named(name)
    assert node is not None
    return node.id


def select(window: MainWindow, *names: str) -> None:
    window.workspace.select([node_id(window, name) for name in names])


def names(window: MainWindow) -> set[str]:
    return {node.name for node in window.workspace.graph.nodes.values()}


def view_of(window: MainWindow) -> tuple[object, QPoint]:
    """What part of the canvas is shown, and how large."""
    view = window.view
    return view.transform(), view.mapFromScene(0.0, 0.0)


# Actions


def all_actions(window: MainWindow) -> list[QAction]:
    return [action for action in window.actions() if action.objectName().endswith("Action")]


def test_every_action_has_a_place_in_the_menus_and_keys_of_its_own(window: MainWindow) -> None:
    in_menus = {
        action.objectName()
        for menu in window.menuBar().findChildren(QMenu)
        for action in menu.actions()
        if action.objectName()
    }
    actions = all_actions(window)
    assert len(actions) >= 24
    assert {action.objectName() for action in actions} <= in_menus
    keys = [key.toString() for action in actions for key in action.shortcuts() if not key.isEmpty()]
    assert len(keys) == len(set(keys))
    for action in window.findChild(QObject, "toolbar").actions():
        assert action.isSeparator() or (action.toolTip() and not action.icon().isNull())


def test_menus_have_keys_that_do_not_collide(window: MainWindow) -> None:
    for menu in window.menuBar().findChildren(QMenu):
        letters = [QKeySequence.mnemonic(action.text()).toString() for action in menu.actions()]
        letters = [letter for letter in letters if letter]
        assert len(letters) == len(set(letters)), menu.title()


@pytest.mark.parametrize(
    ("key", "modifiers", "is_done"),
    [
        (Qt.Key.Key_Delete, NO_KEY, lambda window: "relu1" not in names(window)),
        (Qt.Key.Key_X, CTRL, lambda window: "relu1" not in names(window)),
        (Qt.Key.Key_D, CTRL, lambda window: len(names(window)) == 15),
        (Qt.Key.Key_A, CTRL, lambda window: len(window.workspace.selection) == 14),
        (Qt.Key.Key_F, CTRL, lambda window: window.palette_panel.findChild(QLineEdit, "palette_search").hasFocus()),
        (Qt.Key.Key_Plus, CTRL, lambda window: window.view.camera.zoom > 0.5),
        (Qt.Key.Key_Minus, CTRL, lambda window: window.view.camera.zoom < 0.5),
        (Qt.Key.Key_0, CTRL, lambda window: window.view.camera.zoom == pytest.approx(1.0)),
        (Qt.Key.Key_1, CTRL, lambda window: is_all_in_view(window)),
    ],
    ids=["delete", "cut", "duplicate", "select all", "find", "zoom in", "zoom out", "actual size", "fit"],
)
def test_the_keys_of_the_canvas_do_what_the_menu_says(
    key: Qt.Key, modifiers: Qt.KeyboardModifier, is_done: Callable[[MainWindow], bool], lenet: MainWindow, press: Press
) -> None:
    QCoreApplication.processEvents()
    lenet.view.camera.zoom_to(0.5)
    select(lenet, "relu1")
    assert not is_done(lenet)
    press(key, modifiers)
    assert is_done(lenet)


def is_all_in_view(window: MainWindow) -> bool:
    shown = window.view.mapToScene(window.view.viewport().rect()).boundingRect()
    return shown.contains(window.scene.content_rect())


def test_copied_layers_are_pasted_with_their_wires(lenet: MainWindow, press: Press) -> None:
    select(lenet, "conv1", "relu1")
    wires = len(lenet.workspace.graph.edges)
    press(Qt.Key.Key_C)
    press(Qt.Key.Key_V)
    assert len(names(lenet)) == 16
    assert len(lenet.workspace.graph.edges) == wires + 1
    assert len(lenet.workspace.selection) == 2


def test_undo_and_redo_say_what_they_change(lenet: MainWindow, press: Press) -> None:
    undo, redo = lenet.actions_table["undo"], lenet.actions_table["redo"]
    assert not undo.isEnabled()
    assert not redo.isEnabled()
    assert undo.text() == "&Undo"
    before = document.dump(lenet.workspace.graph)
    select(lenet, "relu1")
    press(Qt.Key.Key_Delete, NO_KEY)
    assert undo.text() == f"&Undo {lenet.workspace.undo_stack.undoText()}"
    assert "relu1" in undo.text()
    press(Qt.Key.Key_Z)
    assert document.dump(lenet.workspace.graph) == before
    assert not undo.isEnabled()
    assert redo.text() == f"&Redo {lenet.workspace.undo_stack.redoText()}"
    press(Qt.Key.Key_Z, CTRL | SHIFT)
    assert "relu1" not in names(lenet)


def test_only_what_runs_can_be_paused_and_stopped(lenet: MainWindow, qtbot: QtBot) -> None:
    table = lenet.actions_table
    idle = {"train": True, "pause": False, "stop": False}
    assert {name: table[name].isEnabled() for name in idle} == idle
    lenet.desk.train()
    assert {name: table[name].isEnabled() for name in idle} == {name: not on for name, on in idle.items()}
    lenet.desk.stop()
    qtbot.waitUntil(lambda: not lenet.desk.status.state.active, timeout=30_000)
    assert {name: table[name].isEnabled() for name in idle} == idle


def test_about_says_what_this_is(window: MainWindow, press: Press) -> None:
    said: list[str] = []

    def look() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        said.append(box.text())
        QTest.mouseClick(box.button(QMessageBox.StandardButton.Ok), Qt.MouseButton.LeftButton)

    QTimer.singleShot(20, look)
    window.actions_table["about"].trigger()
    assert "Netwright" in said[0]
    assert QApplication.activeModalWidget() is None


# Pages and panels


def test_a_document_that_cannot_be_seen_cannot_be_changed(lenet: MainWindow, press: Press) -> None:
    select(lenet, "relu1")
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


def test_back_from_the_welcome_page_everything_is_where_it_was(lenet: MainWindow, press: Press, qtbot: QtBot) -> None:
    qtbot.wait(50)
    select(lenet, "relu1")
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
    assert lenet.pages.currentWidget() is lenet.canvas_page
    assert [dock.isHidden() for dock in docks] == closed
    qtbot.wait(50)
    assert view_of(lenet) == before
    assert lenet.workspace.selection == (node_id(lenet, "relu1"),)


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


def test_training_brings_its_panel_to_the_front(lenet: MainWindow, press: Press, qtbot: QtBot) -> None:
    lenet.panels.training.toggleViewAction().trigger()
    assert lenet.panels.training.isHidden()
    press(Qt.Key.Key_F5, NO_KEY)
    qtbot.waitUntil(lambda: not lenet.desk.panel.visibleRegion().isEmpty())
    press(Qt.Key.Key_F5, SHIFT)
    qtbot.waitUntil(lambda: not lenet.desk.status.state.active, timeout=30_000)


# Themes


def ground(window: MainWindow) -> list[QColor]:
    """The colours of the canvas and of the window's panels, as painted."""
    image: QImage = window.view.viewport().grab().toImage()
    return [image.pixelColor(3, 3), window.palette().color(window.backgroundRole())]


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


# Problems


def test_a_problem_is_seen_counted_shown_and_mended(lenet: MainWindow, press: Press, qtbot: QtBot) -> None:
    button = lenet.statusBar().findChild(QToolButton, "problemsButton")
    assert button.text() == "No problems"
    before = document.dump(lenet.workspace.graph)
    lenet.workspace.push(SetParam(node_id(lenet, "dense3"), "out_features", 7))
    # A step between the mistake and its repair, or they would cancel out.
    lenet.workspace.push(Rename(node_id(lenet, "relu1"), "gate"))
    qtbot.waitUntil(lambda: button.text() == "1 problem")
    assert not lenet.findChild(QPushButton, "trainButton").isEnabled()
    assert lenet.problems_panel.visibleRegion().isEmpty()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not lenet.problems_panel.visibleRegion().isEmpty())
    fix = lenet.problems_panel.findChild(QPushButton, "fix_button")
    assert fix.text() == "Set dense3 to 10 units"
    qtbot.mouseClick(fix, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: button.text() == "No problems")
    assert document.dump(lenet.workspace.graph) == before.replace(b'"relu1"', b'"gate"')
    assert lenet.findChild(QPushButton, "trainButton").isEnabled()
    press(Qt.Key.Key_Z)
    qtbot.waitUntil(lambda: button.text() == "1 problem")


def test_a_problem_leads_to_its_layer(lenet: MainWindow, qtbot: QtBot) -> None:
    lenet.workspace.push(SetParam(node_id(lenet, "conv2"), "kernel_size", (40, 40)))
    qtbot.waitUntil(lambda: lenet.problems_panel.count == 1)
    lenet.show_problems()
    lenet.view.camera.zoom_to(2.0)
    select(lenet, "output")
    lenet.view.camera.reveal(lenet.workspace.selection)
    row = lenet.problems_panel.findChild(QWidget, "problem_row")
    qtbot.waitUntil(row.isVisible)
    qtbot.mouseClick(row, Qt.MouseButton.LeftButton)
    assert lenet.workspace.selection == (node_id(lenet, "conv2"),)
    shown = lenet.view.mapToScene(lenet.view.viewport().rect()).boundingRect()
    assert shown.contains(*lenet.workspace.graph.nodes[node_id(lenet, "conv2")].position)


def test_the_problems_of_a_document_are_shown_beside_it(lenet: MainWindow, press: Press, qtbot: QtBot) -> None:
    press(Qt.Key.Key_H, CTRL | SHIFT)
    qtbot.mouseClick(lenet.statusBar().findChild(QToolButton, "problemsButton"), Qt.MouseButton.LeftButton)
    assert lenet.pages.currentWidget() is lenet.canvas_page
    qtbot.waitUntil(lambda: not lenet.problems_panel.visibleRegion().isEmpty())
    assert not lenet.panels.palette.isHidden()


def test_training_what_has_errors_shows_them(lenet: MainWindow, press: Press, qtbot: QtBot) -> None:
    """Even when the key is pressed before the edit has been analysed."""
    lenet.workspace.push(SetParam(node_id(lenet, "dense3"), "out_features", 7))
    press(Qt.Key.Key_F5, NO_KEY)
    qtbot.waitUntil(lambda: not lenet.problems_panel.visibleRegion().isEmpty())
    assert lenet.desk.status.state is RunState.IDLE


def test_the_status_line_tells_the_size_as_far_as_it_is_known(lenet: MainWindow, qtbot: QtBot) -> None:
    totals = lenet.statusBar().findChild(QLabel, "totals")
    assert totals.text() == "14 layers   61,706 parameters   833 kFLOPs"
    lenet.workspace.push(SetParam(node_id(lenet, "conv1"), "kernel_size", (40, 40)))
    qtbot.waitUntil(lambda: totals.text() == "14 layers")
    lenet.workspace.undo_stack.undo()
    lenet.workspace.push(SetParam(node_id(lenet, "conv2"), "kernel_size", (40, 40)))
    qtbot.waitUntil(lambda: totals.text() == "14 layers   156 parameters so far")


def test_a_refused_change_is_told_in_the_status_line(lenet: MainWindow) -> None:
    lenet.workspace.push(Rename(node_id(lenet, "conv1"), "conv2"))
    assert "conv2" in lenet.statusBar().currentMessage()


# Text fields


@pytest.fixture(params=["search", "number", "name", "rename", "epochs"])
def field(request: pytest.FixtureRequest, lenet: MainWindow, press: Press) -> QLineEdit:
    """One of the window's text fields, with the word or number in it selected, beside a selected layer."""
    select(lenet, "conv1")
    found: QWidget | None
    match request.param:
        case "search":
            press(Qt.Key.Key_F)
            QTest.keyClicks(QApplication.focusWidget(), "pool")
            found = QApplication.focusWidget()
        case "number":
            found = lenet.inspector.findChild(QWidget, "param_out_channels").findChild(QLineEdit)
        case "name":
            found = lenet.inspector.findChild(QLineEdit, "node_name")
        case "rename":
            press(Qt.Key.Key_F2, NO_KEY)
            found = QApplication.focusWidget()
        case "epochs":
            spin = lenet.findChild(QSpinBox, "moreEpochs")
            spin.setEnabled(True)
            found = spin.lineEdit()
    assert isinstance(found, QLineEdit)
    QTest.mouseClick(found, Qt.MouseButton.LeftButton, pos=QPoint(8, found.height() // 2))
    press(Qt.Key.Key_A)
    return found


def test_keys_pressed_in_a_text_field_are_about_text(lenet: MainWindow, field: QLineEdit, press: Press) -> None:
    before, text = document.dump(lenet.workspace.graph), field.selectedText()
    assert text
    press(Qt.Key.Key_C)
    assert QGuiApplication.clipboard().text() == text
    press(Qt.Key.Key_Delete, NO_KEY)
    assert text not in field.text()
    press(Qt.Key.Key_V)
    assert text in field.text()
    assert len(names(lenet)) == 14
    assert lenet.workspace.selection == (node_id(lenet, "conv1"),)
    press(Qt.Key.Key_Escape, NO_KEY)
    assert document.dump(lenet.workspace.graph) == before


# Sizes


def cut_off(window: MainWindow) -> list[str]:
    """The visible texts and icons that have less room than they need; shortened ones that say so are left out."""
    found: list[str] = []
    for widget in window.findChildren(QWidget):
        if not isinstance(widget, (QLabel, QPushButton, QToolButton)) or widget.visibleRegion().isEmpty():
            continue
        if isinstance(widget, ElidedLabel) or not is_tight(widget):
            continue
        found.append(f"{type(widget).__name__} {widget.objectName()} “{widget.text()}” {widget.size().toTuple()}")
    return found


def assert_nothing_is_cut_off(window: MainWindow, qtbot: QtBot) -> None:
    # Layouts come to rest within a few turns of the event loop.
    with contextlib.suppress(TimeoutError):
        qtbot.waitUntil(lambda: cut_off(window) == [], timeout=1000)
    assert cut_off(window) == []


@pytest.fixture
def real_font(qapp: QApplication) -> Iterator[None]:
    """The font that the app brings along, whose widths are what counts."""
    loaded = [QFontDatabase.addApplicationFont(str(file)) for file in fonts.FOLDER.glob("*.otf")]
    yield
    for font in loaded:
        QFontDatabase.removeApplicationFont(font)


def is_tight(widget: QLabel | QPushButton | QToolButton) -> bool:
    outside = widget.parentWidget()
    while outside is not None and not outside.isWindow():
        place = QRect(widget.mapTo(outside, QPoint(0, 0)), widget.size())
        if place.left() < 0 or place.right() >= outside.width():
            return True
        outside = outside.parentWidget()
    if isinstance(widget, QLabel):
        if not widget.text():
            return False
        if widget.wordWrap():
            longest = max(widget.text().split(), key=widget.fontMetrics().horizontalAdvance)
            too_narrow = widget.fontMetrics().horizontalAdvance(longest) > widget.contentsRect().width()
            return too_narrow or widget.heightForWidth(widget.width()) > widget.height()
        return widget.sizeHint().width() > widget.width() or widget.sizeHint().height() > widget.height()
    if widget.text() and not is_icon_only(widget):
        return widget.sizeHint().width() > widget.width() or widget.sizeHint().height() > widget.height()
    icon = widget.iconSize()
    return not widget.icon().isNull() and (icon.width() > widget.width() or icon.height() > widget.height())


def is_icon_only(widget: QPushButton | QToolButton) -> bool:
    return isinstance(widget, QToolButton) and widget.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonIconOnly


def show_welcome(window: MainWindow) -> None:
    window.documents.new()
    window.show_welcome()


def show_layer(name: str) -> Callable[[MainWindow], None]:
    def show(window: MainWindow) -> None:
        window.documents.open_template("residual_cnn")
        select(window, name)

    return show


def show_setup(window: MainWindow) -> None:
    window.documents.open_template("spirals_mlp")
    window.inspector.show_training()


def show_problems(window: MainWindow) -> None:
    window.documents.open_template("lenet5")
    window.workspace.push(RemoveNode(add_lonely(window)))
    window.workspace.push(SetParam(node_id(window, "dense3"), "out_features", 7))
    window.workspace.push(SetParam(node_id(window, "conv2"), "kernel_size", (40, 40)))
    window.show_problems()


def add_lonely(window: MainWindow) -> NodeId:
    added = window.scene.add_layer("softmax", (700.0, 0.0))
    assert added is not None
    return added


def show_several(window: MainWindow) -> None:
    window.documents.open_template("lenet5")
    select(window, "conv1", "conv2")


SIGHTS: dict[str, Callable[[MainWindow], None]] = {
    "welcome": show_welcome,
    "conv": show_layer("stem"),
    "add": show_layer("block1_add"),
    "several": show_several,
    "setup": show_setup,
    "problems": show_problems,
}


@pytest.mark.parametrize("colours", [theme.DARK, theme.LIGHT], ids=["dark", "light"])
def test_nothing_is_cut_off_at_1280_by_800(
    colours: theme.Theme, real_font: None, window: MainWindow, qapp: QApplication, qtbot: QtBot
) -> None:
    theme.apply(qapp, colours)
    window.resize(1280, 800)
    for sight, show in SIGHTS.items():
        show(window)
        qtbot.wait(60)
        assert window.size() == QSize(1280, 800), sight
        assert_nothing_is_cut_off(window, qtbot)


def test_nothing_is_cut_off_while_training(real_font: None, window: MainWindow, qtbot: QtBot) -> None:
    window.resize(1280, 800)
    window.documents.open_template("spirals_mlp")
    window.workspace.undo_stack.setClean()
    window.desk.train()
    qtbot.waitUntil(lambda: len(window.desk.status.results) >= 2, timeout=60_000)
    assert_nothing_is_cut_off(window, qtbot)
    window.desk.pause_or_resume()
    qtbot.waitUntil(lambda: window.desk.status.state is RunState.PAUSED)
    assert_nothing_is_cut_off(window, qtbot)
    window.desk.stop()
    qtbot.waitUntil(lambda: window.desk.status.state is RunState.STOPPED)
    assert_nothing_is_cut_off(window, qtbot)
    spin = window.findChild(QSpinBox, "moreEpochs")
    spin.setValue(spin.maximum())
    line = spin.lineEdit()
    assert QFontMetrics(line.font()).horizontalAdvance(line.text()) <= line.contentsRect().width()


def test_the_palette_shows_whole_names_at_1280_by_800(real_font: None, window: MainWindow, qtbot: QtBot) -> None:
    window.resize(1280, 800)
    window.documents.new()
    qtbot.wait(30)
    listed = window.palette_panel.findChild(QListView, "palette_list")
    model, metrics = listed.model(), listed.fontMetrics()
    widest = max(metrics.horizontalAdvance(str(model.index(row, 0).data())) for row in range(model.rowCount()))
    badge, gap = 20, 10
    assert theme.PADDING + badge + gap + widest + theme.PADDING <= listed.viewport().width()


# Starting and ending


_START = """
import os, sys
from PySide6.QtCore import QEvent, QObject
from gui import app
from gui.main_window import MainWindow
print("torch" in sys.modules)

class FirstPaint(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            print("torch" in sys.modules, flush=True)
            os._exit(0)
        return False

show = MainWindow.show
first_paint = FirstPaint()
MainWindow.show = lambda window: (window.start_page.installEventFilter(first_paint), show(window))
app.run_app([])
"""


def test_torch_is_not_imported_before_the_first_paint(own_home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _START],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert done.stdout.split() == ["False", "False"]


def test_a_window_can_be_closed_while_torch_is_loading(qtbot: QtBot, dark: None) -> None:
    window = MainWindow()
    window.show()
    window.start_loading()
    assert window.close()
    assert "load torch" not in {thread.name for thread in threading.enumerate()}
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


_MISHAP = """
import sys
from PySide6.QtCore import QTimer
from gui import app
from gui.main_window import MainWindow

MainWindow.start_loading = lambda window: None
show = MainWindow.show

def stumble(window):
    QTimer.singleShot(50, lambda: 1 / 0)
    QTimer.singleShot(100, lambda: print(window.statusBar().currentMessage(), flush=True))
    QTimer.singleShot(150, window.close)
    show(window)

MainWindow.show = stumble
sys.exit(app.run_app([]))
"""


def test_an_unexpected_error_is_logged_and_told_and_ends_nothing(own_home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _MISHAP],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert done.stdout.strip() == "Something went wrong; your work is safe, and the log has the details."
    assert "ZeroDivisionError" in (own_home / "netwright.log").read_text()


@pytest.mark.parametrize(
    "content", [b"\x00\xff" * 300, b"[General]\ngeometry=5\nlayout=abc\nrecent_files=3, 4\ntheme=7\n"]
)
def test_damaged_settings_do_not_keep_the_app_from_starting(
    content: bytes, own_home: Path, another: Callable[[], MainWindow], qapp: QApplication
) -> None:
    (own_home / "settings.ini").write_bytes(content)
    apply_theme(qapp)
    window = another()
    window.documents.open_template("lenet5")
    assert window.panels.palette.isVisible()


def living() -> list[object]:
    """The Qt objects that exist and that Python can reach."""
    # Not isinstance: some of torch's objects warn when they are asked for their class.
    things = [thing for thing in gc.get_objects() if issubclass(type(thing), (QObject, QGraphicsItem))]
    return [thing for thing in things if shiboken6.isValid(thing)]


def test_a_deleted_window_takes_all_its_parts_along(another: Callable[[], MainWindow], qtbot: QtBot) -> None:
    """What it left to Python's collector would be deleted later, maybe by the thread that trains, and crash."""
    gc.collect()
    before = {id(thing) for thing in living()}
    gc.disable()
    try:
        window = MainWindow()
        window.start_loading = lambda: None  # type: ignore[method-assign]
        window.show()
        window.documents.open_template("lenet5")
        qtbot.wait(50)
        window.close()
        window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        left = [thing for thing in living() if id(thing) not in before]
        # The menus of pyqtgraph's plots are its own affair: they have no timers.
        ours = [type(thing).__name__ for thing in left if not type(thing).__module__.startswith("pyqtgraph")]
        ours = [name for name in ours if name not in ("QMenu", "QAction")]
        assert ours == []
        del left
    finally:
        gc.enable()
