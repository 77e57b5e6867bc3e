"""What is made when it is first seen: once, in time, and in its place for the eye and for Tab."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QSpinBox, QStackedWidget, QVBoxLayout, QWidget

from engine.layers.registry import spec
from gui.inspector.form_slot import FormSlot
from gui.late import Late

Host = Callable[..., QWidget]


class Part(QWidget):
    """Two fields."""

    made = 0

    def __init__(self) -> None:
        super().__init__()
        Part.made += 1
        column = QVBoxLayout(self)
        for name in ("first", "second"):
            field = QSpinBox()
            field.setObjectName(name)
            column.addWidget(field)

    def painted(self) -> None:
        """For tests to replace."""

    def paintEvent(self, event: QPaintEvent) -> None:
        self.painted()


@pytest.fixture(autouse=True)
def _none_made() -> None:
    Part.made = 0


def field(name: str) -> QLineEdit:
    line = QLineEdit()
    line.setObjectName(name)
    return line


def stops(start: QWidget) -> list[QWidget]:
    """What Tab stops at, from `start` on until it comes back there."""
    start.setFocus()
    found: list[QWidget] = []
    while not found or QApplication.focusWidget() is not start:
        here = QApplication.focusWidget()
        assert here is not None
        assert here not in found, "Tab leads around in a circle"
        found.append(here)
        QTest.keyClick(here, Qt.Key.Key_Tab)
    return found


def way(start: QWidget) -> list[str]:
    """Their names."""
    return [stop.objectName() for stop in stops(start)]


def test_a_part_is_made_when_it_is_first_shown(host: Host) -> None:
    pages, late = QStackedWidget(), Late(Part)
    pages.addWidget(QWidget())
    pages.addWidget(late)
    host(pages, 200, 300)
    assert late.made is None
    pages.setCurrentWidget(late)
    assert late.made is not None
    assert late.made.isVisible()
    for page in (0, 1, 0, 1):
        pages.setCurrentIndex(page)
    assert Part.made == 1


def test_a_part_that_is_asked_for_is_there_before_it_is_shown(host: Host) -> None:
    late = Late(Part)
    part = late.part
    assert not part.isVisible()
    host(late, 200, 300)
    assert part.isVisible()
    assert late.part is late.made is part
    assert Part.made == 1


def test_the_part_fills_its_place_when_that_is_painted_for_the_first_time(host: Host) -> None:
    pages, late = QStackedWidget(), Late(Part)
    pages.addWidget(QWidget())
    pages.addWidget(late)
    host(pages, 200, 300)
    pages.setCurrentWidget(late)
    sizes: list[QSize] = []
    late.part.painted = lambda: sizes.append(late.part.size())
    QApplication.processEvents()
    assert sizes[0] == late.size()


def test_tab_comes_to_a_late_part_where_it_stands(host: Host) -> None:
    around, late = QWidget(), Late(Part)
    before, after = field("before"), field("after")
    pages = QStackedWidget()
    pages.addWidget(QWidget())
    pages.addWidget(late)
    column = QVBoxLayout(around)
    for widget in (before, pages, after):
        column.addWidget(widget)
    host(around)
    assert way(before) == ["before", "after"]
    pages.setCurrentWidget(late)
    assert way(before) == ["before", "first", "second", "after"]
    assert late.focusPolicy() is Qt.FocusPolicy.NoFocus
    assert late.part.focusPolicy() is Qt.FocusPolicy.NoFocus
    assert late.part.focusProxy() is None


def test_tab_comes_to_every_form_of_a_slot_where_it_stands(host: Host) -> None:
    around, slot = QWidget(), FormSlot()
    before, after = field("before"), field("after")
    column = QVBoxLayout(around)
    for widget in (before, slot, after):
        column.addWidget(widget)
    host(around)
    for layer in ("conv2d", "linear", "conv2d"):
        form = slot.build(spec(layer).params, {})
        assert form is not None
        QApplication.processEvents()
        first, *inside, last = stops(before)
        assert (first, last) == (before, after)
        assert len(inside) > 2
        assert all(map(form.isAncestorOf, inside))


def test_what_tab_never_stops_at_is_put_in_place_without_harm(host: Host) -> None:
    around, late = QWidget(), Late(QWidget)
    before, after = field("before"), field("after")
    column = QVBoxLayout(around)
    for widget in (before, late, after):
        column.addWidget(widget)
    host(around)
    assert late.made is not None
    assert way(before) == ["before", "after"]
