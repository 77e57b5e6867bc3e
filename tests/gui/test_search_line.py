"""The search line: a magnifier that only the eye sees, and a button that clears it, with a name."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton, QWidget

from gui import theme
from gui.search_line import SearchLine


@pytest.fixture
def line(host: Callable[..., QWidget]) -> SearchLine:
    made = SearchLine()
    made.setAccessibleName("Search")
    host(made, 240, 60)
    return made


def spoken_inside(line: SearchLine) -> list[str]:
    spoken = QAccessible.queryAccessibleInterface(line)
    inside = [spoken.child(index) for index in range(spoken.childCount())]
    return [part.text(QAccessible.Text.Name) for part in inside]


def test_screen_readers_find_nothing_without_a_name(line: SearchLine) -> None:
    assert spoken_inside(line) == ["Clear the search"]
    QTest.keyClicks(line, "conv")
    assert spoken_inside(line) == ["Clear the search"]


def test_the_button_clears_it(line: SearchLine) -> None:
    QTest.keyClicks(line, "conv")
    (button,) = line.findChildren(QToolButton)
    button.click()
    assert line.text() == ""


def test_one_that_cannot_be_cleared_has_no_button(host: Callable[..., QWidget]) -> None:
    made = SearchLine(can_clear=False)
    host(made, 240, 60)
    QTest.keyClicks(made, "conv")
    assert spoken_inside(made) == []


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_the_text_begins_behind_the_magnifier(line: SearchLine, qapp: QApplication, scale: float) -> None:
    theme.set_text_scale(qapp, scale)
    line.setFocus()
    QApplication.processEvents()
    magnifier = QRect(QPoint(theme.GAP, 0), line.rect().bottomLeft() + QPoint(theme.GAP + theme.px(16) - 1, 0))
    assert line.cursorRect().center().x() > magnifier.right()
    picture = line.grab(magnifier).toImage()
    ground = picture.pixelColor(0, picture.height() // 2)
    inked = [
        x for x in range(picture.width()) for y in range(6, picture.height() - 6) if picture.pixelColor(x, y) != ground
    ]
    assert min(inked) < picture.width() / 3
    assert max(inked) > picture.width() * 2 / 3
