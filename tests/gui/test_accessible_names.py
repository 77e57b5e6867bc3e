"""Every part of the window that can be used has a name for screen readers, and Tab leads to it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDockWidget,
    QGraphicsView,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QScrollBar,
    QTabBar,
    QTextEdit,
    QWidget,
)

from gui.training.plot_panel import PlotPanel

USED = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QGraphicsView,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QTabBar,
    QTextEdit,
)
# Parts of Qt's own widgets that the mouse alone uses; what they do, the keyboard does in the widget around them.
INNER = {
    "QComboBoxListView",
    "QComboBoxPrivateContainer",
    "QLineEditIconButton",
    "QMenuBarExtension",
    "QTableCornerButton",
    "QToolBarExtension",
}


def is_inner(widget: QWidget) -> bool:
    """Whether it is part of another widget, which has the name."""
    parent = widget.parentWidget()
    return (
        widget.metaObject().className() in INNER
        or widget.objectName().startswith("qt_")
        or isinstance(widget, (QScrollBar, QHeaderView, QLabel, QDialogButtonBox))
        or (isinstance(parent, QAbstractScrollArea) and parent.viewport() is widget)
        or (isinstance(widget, QLineEdit) and isinstance(parent, (QAbstractSpinBox, QComboBox)))
        or (isinstance(widget, QTabBar) and not widget.count())
        or (isinstance(parent, QTabBar) and not widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    )


def nameless(top: QWidget) -> list[str]:
    """What can be used in `top` but has no name."""
    QApplication.processEvents()
    found = []
    for widget in top.findChildren(QWidget):
        is_used = isinstance(widget, USED) or widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        if not is_used or not widget.isVisibleTo(top) or is_inner(widget):
            continue
        if not QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name).strip():
            found.append(path(widget))
    return found


def path(widget: QWidget | None) -> str:
    steps = []
    while widget is not None:
        steps.append(f"{widget.metaObject().className()} {widget.objectName()}".strip())
        widget = widget.parentWidget()
    return " in ".join(steps[:4])


def by_tab(top: QWidget, most: int = 250) -> set[QWidget]:
    """What gets the focus while Tab is pressed again and again."""
    top.activateWindow()
    reached: set[QWidget] = set()
    for _ in range(most):
        focus = QApplication.focusWidget()
        if focus is not None:
            reached.add(focus)
        QTest.keyClick(focus or top, Qt.Key.Key_Tab)
    return reached


def unreached(top: QWidget) -> list[str]:
    """What waits for Tab but never gets the focus by it."""
    reached = by_tab(top)
    return [
        path(widget)
        for widget in top.findChildren(QWidget)
        if widget.isVisible()
        and widget.isEnabled()
        and widget.window() is top
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
        and widget not in reached
    ]


@pytest.fixture
def resnet(shared_window):
    """The window with ResNet-18 and all its panels."""
    shared_window.documents.open_template("resnet18")
    for dock in shared_window.findChildren(QDockWidget):
        dock.show()
    QApplication.processEvents()
    return shared_window


def select(window, *names: str) -> None:
    graph = window.workspace.graph
    window.workspace.select([graph.named(name).id for name in names])


STATES: dict[str, Callable] = {
    "nothing selected": lambda window: select(window),
    "a layer": lambda window: select(window, "conv1"),
    "a block": lambda window: select(window, "layer1.0"),
    "several layers": lambda window: select(window, "conv1", "bn1", "relu"),
    "inside a block": lambda window: window.workspace.enter(window.workspace.graph.named("layer1.0").id),
    "the setup": lambda window: window.sheet.inspector.show_training(),
}


@pytest.mark.parametrize("state", STATES)
def test_everything_has_a_name(resnet, state):
    STATES[state](resnet)
    for tabs in resnet.findChildren(QTabBar):
        for tab in range(tabs.count()) if tabs.isVisible() else ():
            tabs.setCurrentIndex(tab)
            assert nameless(resnet) == []


def test_tabs_name_what_they_close(resnet):
    resnet.documents.open_template("lenet5")
    QApplication.processEvents()
    tabs = resnet.findChild(QTabBar, "documentTabs")
    names = [QAccessible.queryAccessibleInterface(button).text(QAccessible.Text.Name) for button in close_buttons(tabs)]
    assert names == [f"Close {sheet.title}" for sheet in resnet.sheets.sheets]
    assert len(names) == 2
    assert nameless(resnet) == []


def close_buttons(tabs: QTabBar) -> list[QWidget]:
    sides = (QTabBar.ButtonPosition.LeftSide, QTabBar.ButtonPosition.RightSide)
    found = [tabs.tabButton(tab, side) for tab in range(tabs.count()) for side in sides]
    return [button for button in found if button is not None]


def test_what_floats_over_the_canvas_has_names(resnet):
    select(resnet, "conv1")
    for open_it, name in (
        (resnet.actions_table["quick_add"].trigger, "quickAdd"),
        (resnet.actions_table["repeat"].trigger, "repeatPopover"),
    ):
        resnet.view.setFocus()
        open_it()
        card = resnet.view.findChild(QWidget, name)
        assert card.isVisible()
        spoken = QAccessible.queryAccessibleInterface(card)
        assert spoken.text(QAccessible.Text.Name)
        assert spoken.text(QAccessible.Text.Description)
        assert nameless(card) == []
        card.dismiss()


def test_the_progress_of_an_export_has_a_name(resnet):
    bar = resnet.sheet.export_dialog().findChild(QProgressBar, "export_progress")
    assert bar.accessibleName()


def test_the_welcome_page_has_names_and_is_reached_by_tab(shared_window):
    shared_window.show_welcome()
    assert nameless(shared_window) == []
    assert unreached(shared_window) == []


def test_plots_have_names(resnet):
    plots = resnet.findChildren(PlotPanel)
    assert len(plots) == 3
    for plot in plots:
        assert plot.view.accessibleName()
        assert plot.view.accessibleDescription()
        for child in plot.findChildren(QAbstractButton):
            assert child.accessibleName() or child.text()


@pytest.mark.parametrize("state", ["a layer", "inside a block", "the setup"])
def test_tab_leads_everywhere(resnet, state):
    STATES[state](resnet)
    QApplication.processEvents()
    assert unreached(resnet) == []


@pytest.mark.parametrize("action", ["gallery", "weights", "export"])
def test_dialogs_have_names_and_are_reached_by_tab(resnet, qtbot, action):
    seen: list[tuple[list[str], list[str]]] = []
    timer = QTimer(interval=50)

    def look() -> None:
        dialogs = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, QDialog)]
        for dialog in [dialog for dialog in dialogs if dialog.isVisible()][:1]:
            timer.stop()
            seen.append((nameless(dialog), unreached(dialog)))
            dialog.close()

    timer.timeout.connect(look)
    timer.start()
    resnet.actions_table[action].trigger()
    qtbot.waitUntil(lambda: bool(seen), timeout=20_000)
    assert seen == [([], [])]


def test_a_nameless_button_is_found_out(qtbot, dark):
    window = QWidget()
    qtbot.addWidget(window)
    field = QLineEdit(window)
    window.show()
    assert nameless(window) == ["QLineEdit in QWidget"]
    label = QLabel("&Name", window)
    label.setBuddy(field)
    assert nameless(window) == []
    field.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    other = QLineEdit(window)
    other.setAccessibleName("Other")
    other.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    other.show()
    assert unreached(window) == []
