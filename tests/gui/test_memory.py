"""What is closed is gone: documents, forms, tabs, and what Qt remembers of how their parts are painted."""

from __future__ import annotations

import gc
import weakref
from collections import Counter

import pytest
from PySide6.QtCore import SIGNAL, QCoreApplication, QEvent, QObject
from PySide6.QtGui import QAction, QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QFrame,
    QLineEdit,
    QSpinBox,
    QToolBar,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from engine.layers.registry import spec
from gui import style_memory, theme
from gui.canvas.style import style, style_of
from gui.export_dialog import ExportDialog
from gui.inspector.form_slot import FormSlot
from gui.main_window import MainWindow
from gui.param_table.dialog import ParamTableDialog
from gui.pictures.choices import last_choices
from gui.pictures.options import Options
from gui.sheet import Sheet
from gui.tool_buttons import connect_once
from gui.workspace import Workspace

DESTROYED = SIGNAL("destroyed(QObject*)")
CHANGED = SIGNAL("changed()")


def settle() -> None:
    """Handle all events, delete what is to be deleted, and collect what is left of it."""
    for _ in range(2):
        QCoreApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()


REMEMBERED = {"gui.canvas.far.FarLook"}
"""What the canvas remembers of how things look, whatever document they are in; it is limited in number."""


def living() -> Counter[str]:
    """How many objects of our classes there are."""
    names = (f"{type(thing).__module__}.{type(thing).__qualname__}" for thing in gc.get_objects())
    return Counter(name for name in names if name.startswith("gui.") and name not in REMEMBERED)


def unwatched(window: QWidget) -> list[str]:
    """Parts below `window` whose end Qt does not hear of, so that it would never forget how they are painted."""
    lines = [line for line in window.findChildren(QLineEdit) if isinstance(line.parentWidget(), QAbstractSpinBox)]
    lists = [frame for frame in window.findChildren(QFrame) if isinstance(frame.parentWidget(), QComboBox)]
    assert lines or lists
    forgotten = [part for part in (*lines, *lists) if not part.receivers(DESTROYED)]
    return [f"{part} of {part.parent()}" for part in forgotten]


def test_a_form_that_is_replaced_is_gone(dark: None, qtbot: QtBot) -> None:
    slot = FormSlot()
    qtbot.addWidget(slot)
    slot.show()

    def show(layer: str) -> weakref.ref[QWidget]:
        form = slot.build(spec(layer).params, {})
        assert form is not None
        settle()
        return weakref.ref(form)

    first = show("conv2d")
    widgets, objects = len(QApplication.allWidgets()), len(slot.findChildren(QObject))
    show("linear")
    assert first() is None
    show("conv2d")
    assert len(QApplication.allWidgets()) == widgets
    assert len(slot.findChildren(QObject)) == objects


def test_a_document_that_is_closed_is_gone(shared_window: MainWindow) -> None:
    window = shared_window
    window.documents.open_template("lenet5")
    open_and_close(window)
    before, widgets = living(), len(QApplication.allWidgets())
    sheet, workspace = open_and_close(window)
    assert sheet() is None
    assert workspace() is None
    assert len(QApplication.allWidgets()) == widgets
    more = living() - before
    assert not more


def open_and_close(window: MainWindow) -> tuple[weakref.ref[Sheet], weakref.ref[Workspace]]:
    """Look at a document in a second tab, at all its panels, and at one of its layers."""
    window.documents.open_template("spirals_mlp")
    sheet = window.sheet
    assert all((sheet.outline, sheet.history, sheet.problems, sheet.analysis, sheet.code, sheet.desk.panel.plots))
    sheet.inspector.show_training()
    settle()
    sheet.workspace.select(list(sheet.workspace.graph.nodes)[1:2])
    settle()
    assert window.documents.close(sheet)
    gone = weakref.ref(sheet), weakref.ref(sheet.workspace)
    del sheet
    settle()
    return gone


def test_the_button_of_a_closed_tab_is_gone(shared_window: MainWindow) -> None:
    def buttons() -> int:
        return sum(type(thing) is QAbstractButton for thing in gc.get_objects())

    shared_window.documents.open_template("lenet5")
    open_and_close(shared_window)
    before = buttons()
    open_and_close(shared_window)
    assert buttons() == before


def test_qt_hears_of_the_end_of_all_parts_inside_fields(shared_window: MainWindow, qtbot: QtBot) -> None:
    shared_window.documents.open_template("lenet5")
    workspace = shared_window.workspace
    for node in workspace.graph.nodes:
        workspace.select([node])
    table = ParamTableDialog(workspace)
    options = Options(last_choices(), "The network", "")
    export = ExportDialog(workspace, shared_window.sheet.desk.trained)
    for dialog in (table, options, export):
        qtbot.addWidget(dialog)
    assert unwatched(shared_window) == []
    assert unwatched(table) == []
    assert unwatched(options) == []
    export.close_worker()


def test_qt_alone_does_not_hear_of_it(dark: None, qtbot: QtBot) -> None:
    box, choice = QSpinBox(), QComboBox()
    choice.addItem("one")
    for field in (box, choice):
        qtbot.addWidget(field)
        assert unwatched(field)
    style_memory.forget_with(box.lineEdit())
    style_memory.forget_list_with(choice)
    for field in (box, choice):
        assert unwatched(field) == []


def test_a_part_looks_and_works_as_before(dark: None, qtbot: QtBot) -> None:
    plain, watched = QSpinBox(), QSpinBox()
    for box in (plain, watched):
        qtbot.addWidget(box)
    style_memory.forget_with(watched.lineEdit())
    for box in (plain, watched):
        box.resize(120, 32)
        box.setValue(7)
        box.show()
    assert watched.lineEdit().isVisible()
    assert watched.grab().toImage() == plain.grab().toImage()
    QTest.keyClicks(watched.lineEdit(), "5")
    assert watched.value() in (57, 75)


def test_a_button_is_connected_once_with_its_action(qtbot: QtBot) -> None:
    bar = QToolBar()
    qtbot.addWidget(bar)
    plain, watched = QAction("Plain", bar), QAction("Watched", bar)
    bar.addActions([plain, watched])
    button = bar.widgetForAction(watched)
    assert isinstance(button, QToolButton)
    connect_once(button)
    most = watched.receivers(CHANGED)
    for is_on in (False, True, False):
        for action in (plain, watched):
            action.setEnabled(is_on)
    assert watched.receivers(CHANGED) == most
    watched.setText("Other")
    assert (button.isEnabled(), button.text()) == (False, "Other")
    # Once Qt does better by itself, `gui.tool_buttons` can go.
    assert plain.receivers(CHANGED) > most


def test_the_toolbar_is_connected_once(shared_window: MainWindow) -> None:
    undo = next(action for action in shared_window.findChildren(QAction) if action.text().startswith("&Undo"))
    most = undo.receivers(CHANGED)
    for is_on in (True, False, True, False):
        undo.setEnabled(is_on)
    assert undo.receivers(CHANGED) == most


@pytest.fixture
def both_themes(dark: None, qapp: QApplication) -> list[theme.Theme]:
    return [theme.LIGHT, theme.DARK]


def test_the_canvas_has_one_style_for_each_theme(both_themes: list[theme.Theme], qapp: QApplication) -> None:
    seen = []
    for shown in (*both_themes, *both_themes):
        theme.apply(qapp, shown)
        seen.append(style())
        assert style().theme is shown
        assert style_of(shown) is style()
    assert seen[:2] == seen[2:]


def test_what_paints_itself_is_painted_in_the_new_theme(
    both_themes: list[theme.Theme], qapp: QApplication, qtbot: QtBot
) -> None:
    class Painted(QWidget):
        theme = ""

        def paintEvent(self, event: QPaintEvent) -> None:
            self.theme = theme.current().name

    widget = Painted()
    qtbot.addWidget(widget)
    widget.show()
    for shown in both_themes:
        theme.apply(qapp, shown)
        settle()
        assert widget.theme == shown.name


def test_the_fields_of_a_form_keep_their_room_when_the_theme_changes(
    both_themes: list[theme.Theme], qapp: QApplication, qtbot: QtBot
) -> None:
    slot = FormSlot()
    qtbot.addWidget(slot)
    slot.build(spec("conv2d").params, {})
    slot.resize(320, 600)
    slot.show()
    before = [field.geometry() for field in slot.findChildren(QAbstractSpinBox)]
    for shown in both_themes:
        theme.apply(qapp, shown)
        settle()
    assert [field.geometry() for field in slot.findChildren(QAbstractSpinBox)] == before
