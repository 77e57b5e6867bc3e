"""Keys that are pressed in a text field are about text, whatever else they mean in the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QSpinBox, QWidget

from engine.graph import document
from gui.main_window import MainWindow

if TYPE_CHECKING:
    from conftest import Layers, Press

NO_KEY = Qt.KeyboardModifier.NoModifier


@pytest.fixture(params=["search", "number", "name", "rename", "epochs"])
def field(request: pytest.FixtureRequest, lenet: MainWindow, layers: Layers, press: Press) -> QLineEdit:
    """One of the window's text fields, with the word or number in it selected, beside a selected layer."""
    layers.select("conv1")
    found: QWidget | None
    match request.param:
        case "search":
            press(Qt.Key.Key_F)
            QTest.keyClicks(QApplication.focusWidget(), "pool")
            found = QApplication.focusWidget()
        case "number":
            found = lenet.sheet.inspector.findChild(QWidget, "param_out_channels").findChild(QLineEdit)
        case "name":
            found = lenet.sheet.inspector.findChild(QLineEdit, "node_name")
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


def test_keys_pressed_in_a_text_field_are_about_text(
    lenet: MainWindow, layers: Layers, field: QLineEdit, press: Press
) -> None:
    before, text = document.dump(lenet.workspace.graph), field.selectedText()
    assert text
    press(Qt.Key.Key_C)
    assert QGuiApplication.clipboard().text() == text
    press(Qt.Key.Key_Delete, NO_KEY)
    assert text not in field.text()
    press(Qt.Key.Key_V)
    assert text in field.text()
    assert len(layers.names) == 14
    assert lenet.workspace.selection == (layers.id("conv1"),)
    press(Qt.Key.Key_Escape, NO_KEY)
    assert document.dump(lenet.workspace.graph) == before
