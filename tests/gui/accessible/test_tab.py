"""Tab leads to every part of the window and its dialogs that waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow

if TYPE_CHECKING:
    from conftest import BringInto, InDialog

_MOST = 250
"""Nowhere are there more stops."""


def path(widget: QWidget | None) -> str:
    steps = []
    while widget is not None:
        steps.append(f"{widget.metaObject().className()} {widget.objectName()}".strip())
        widget = widget.parentWidget()
    return " in ".join(steps[:4])


def by_tab(top: QWidget) -> set[QWidget]:
    """What gets the focus while Tab is pressed again and again, until it comes round."""
    top.activateWindow()
    QApplication.processEvents()
    last, reached = None, set()
    for _ in range(_MOST):
        focus = QApplication.focusWidget()
        # The canvas keeps the focus while Tab goes from layer to layer.
        if focus in reached and focus is not last:
            break
        if focus is not None:
            reached.add(focus)
        last = focus
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


@pytest.mark.parametrize("state", ["a layer", "inside a block", "the setup"])
def test_tab_leads_everywhere(full: MainWindow, bring_into: BringInto, state: str) -> None:
    bring_into(full, state)
    QApplication.processEvents()
    assert unreached(full) == []


def test_tab_leads_everywhere_on_the_welcome_page(window: MainWindow) -> None:
    window.show_welcome()
    assert unreached(window) == []


@pytest.mark.parametrize("action", ["gallery", "weights", "export"])
def test_tab_leads_everywhere_in_dialogs(full: MainWindow, in_dialog: InDialog, action: str) -> None:
    found: list[list[str]] = []
    in_dialog(full.actions_table[action].trigger, lambda dialog: found.append(unreached(dialog)))
    assert found == [[]]


def test_what_tab_does_not_reach_is_found_out(qtbot: QtBot, dark: None) -> None:
    class Trap(QLineEdit):
        """Keeps Tab for itself."""

        def event(self, event: QEvent) -> bool:
            return event.type() == QEvent.Type.KeyPress or super().event(event)

    window = QWidget()
    qtbot.addWidget(window)
    row = QHBoxLayout(window)
    for field in (QLineEdit(), Trap(), QLineEdit()):
        row.addWidget(field)
    window.show()
    assert unreached(window) == ["QLineEdit in QWidget"]
    row.itemAt(0).widget().setFocus()
    row.itemAt(2).widget().setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    assert unreached(window) == []
