"""The cards that float over the canvas: what they are about may go meanwhile, and texts may be large."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFrame, QLineEdit, QWidget

from engine.graph.annotation_edits import AddAnnotation
from engine.graph.annotations import AnnotationId, Bookmark, Frame
from gui import theme
from gui.canvas.node_item import PortRef

if TYPE_CHECKING:
    from conftest import Hand


@pytest.fixture
def large(qapp: QApplication) -> Iterator[None]:
    """Texts at 200 %."""
    theme.set_text_scale(qapp, 2.0)
    yield
    theme.set_text_scale(qapp, 1.0)


@pytest.mark.parametrize(
    ("command", "card"),
    [
        ("quick_add", "quickAdd"),
        ("replace_layer", "quickAdd"),
        ("attach", "quickAdd"),
        ("repeat", "repeatPopover"),
    ],
)
def test_what_is_about_a_layer_closes_when_that_goes(hand: Hand, command: str, card: str) -> None:
    source = hand.add("input", 0.0, -100.0, shape=(3, 8, 8))
    hand.begin()
    node = hand.add("conv2d", 0.0, 0.0, source)
    hand.workspace.select([node])
    if command == "attach":
        hand.view.build.attach(PortRef(node, True, 0), (0.0, 200.0))
    else:
        hand.view.build.slots()[command]()
    shown = hand.view.findChild(QFrame, card)
    assert shown.isVisible()
    field: QWidget | None = QApplication.focusWidget()
    # By a click on the toolbar, which leaves the keys where they are.
    hand.workspace.undo_stack.undo()
    hand.settle()
    assert shown.isVisible()
    hand.workspace.undo_stack.undo()
    hand.settle()
    assert shown.isHidden()
    assert hand.view.hasFocus()
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert hand.refused == []
    hand.workspace.undo_stack.redo()
    hand.workspace.undo_stack.redo()
    hand.check_undo(2)


def bookmarks(hand: Hand, count: int) -> list[AnnotationId]:
    names = [AnnotationId(f"a{number}") for number in range(1, count + 1)]
    for name in names:
        assert hand.workspace.push(AddAnnotation(Bookmark(name, f"Place {name}", (0.0, 0.0), 1.0)))
    hand.settle()
    return names


def test_the_list_of_places_closes_when_one_of_them_goes_even_while_it_is_renamed(hand: Hand) -> None:
    hand.begin()
    names = bookmarks(hand, 2)
    hand.view.places.open(names[1])
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    QTest.keyClicks(field, "Other")
    hand.workspace.undo_stack.undo()
    hand.settle()
    assert hand.view.places.isHidden()
    assert [bookmark.name for bookmark in hand.view.bookmarks.all] == ["Place a1"]
    assert hand.refused == []


def test_at_any_text_size_the_list_of_places_stays_within_the_canvas(hand: Hand, large: None) -> None:
    bookmarks(hand, 20)
    hand.view.resize(700, 500)
    QApplication.processEvents()
    hand.view.places.open()
    QApplication.processEvents()
    assert hand.view.viewport().geometry().contains(hand.view.places.geometry())
    assert hand.view.places.list.height() >= 3 * theme.px(30)


@pytest.mark.parametrize("what", ["layer", "frame"])
def test_at_any_text_size_what_is_renamed_can_be_read_and_is_in_view(hand: Hand, large: None, what: str) -> None:
    node = hand.add("conv2d", 420.0, 0.0)
    assert hand.workspace.push(AddAnnotation(Frame(AnnotationId("a1"), "A stage", frozenset([node]), "blue")))
    hand.settle()
    start: Callable[[], object] = (
        (lambda: hand.view.renaming.start(node))
        if what == "layer"
        else (lambda: hand.view.annotating.rename_frame(AnnotationId("a1")))
    )
    start()
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    assert field.height() >= field.fontMetrics().height()
    assert hand.view.viewport().geometry().contains(field.geometry())
