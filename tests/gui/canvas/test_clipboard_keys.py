"""Copy, cut, paste and duplicate by their keys, also from window to window and through a text editor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from engine.graph.annotation_edits import AddAnnotation
from engine.graph.annotations import AnnotationId, Note
from gui.canvas.camera import Look
from gui.canvas.scene import CanvasScene
from gui.canvas.view import CanvasView
from gui.workspace import Workspace

if TYPE_CHECKING:
    from conftest import Hand

CONTROL = Qt.KeyboardModifier.ControlModifier
KEYS = Qt.Key


@pytest.fixture(autouse=True)
def _empty_clipboard(qapp: QApplication) -> Iterator[None]:
    QGuiApplication.clipboard().clear()
    yield
    QGuiApplication.clipboard().clear()


@pytest.fixture
def show(qtbot: QtBot, hand: Hand) -> Callable[[QWidget], None]:
    """Shows a widget in another window than the canvas."""

    windows: list[QWidget] = []

    def in_a_window(widget: QWidget) -> None:
        window = QWidget()
        windows.append(window)
        QVBoxLayout(window).addWidget(widget)
        window.resize(1000, 800)
        qtbot.addWidget(window)
        window.show()
        with qtbot.waitActive(window):
            window.activateWindow()

    return in_a_window


@pytest.fixture
def other(hand: Hand, show: Callable[[QWidget], None]) -> Hand:
    """A canvas with a document of its own in another window."""
    view = CanvasView(CanvasScene(Workspace()))
    view.canvas_scene.setParent(view)
    view.workspace.setParent(view)
    show(view)
    made = type(hand)(view)
    made.add("input", 0.0, 300.0)
    made.begin()
    return made


@pytest.fixture
def editor(show: Callable[[QWidget], None]) -> QPlainTextEdit:
    """A text editor in a window of its own."""
    field = QPlainTextEdit()
    show(field)
    return field


def turn_to(widget: QWidget) -> None:
    """Work in the window of `widget`, with the pointer elsewhere."""
    widget.window().activateWindow()
    widget.setFocus()
    if isinstance(widget, CanvasView):
        QApplication.sendEvent(widget.viewport(), QEvent(QEvent.Type.Leave))
    QApplication.processEvents()
    assert QApplication.focusWidget() is widget


def chain(hand: Hand) -> None:
    """Select the two layers in the middle of four."""
    hand.workspace.select(hand.chain("input", "conv2d", "relu", "output")[1:3])
    hand.begin()
    turn_to(hand.view)


def test_what_is_copied_is_pasted_with_its_wires_in_one_step(hand: Hand) -> None:
    chain(hand)
    hand.key(KEYS.Key_C, CONTROL)
    hand.check_undo(0)
    hand.key(KEYS.Key_V, CONTROL)
    assert ("conv2", "relu2", 0) in hand.edges()
    hand.check_undo()


def test_what_is_cut_can_be_pasted_again(hand: Hand) -> None:
    chain(hand)
    hand.key(KEYS.Key_X, CONTROL)
    assert hand.edges() == set()
    hand.check_undo()
    hand.key(KEYS.Key_V, CONTROL)
    assert hand.edges() == {("conv", "relu", 0)}
    hand.check_undo(2)


def test_duplicates_are_one_step(hand: Hand) -> None:
    chain(hand)
    hand.key(KEYS.Key_D, CONTROL)
    assert ("conv2", "relu2", 0) in hand.edges()
    assert QGuiApplication.clipboard().text() == ""
    hand.check_undo()


@pytest.mark.parametrize("key", [KEYS.Key_V, KEYS.Key_D])
def test_a_note_that_comes_out_of_view_is_brought_into_it(hand: Hand, key: Qt.Key) -> None:
    hand.workspace.push(AddAnnotation(Note(AnnotationId("note"), "Some text", (0.0, 0.0))))
    hand.settle()
    hand.scene.annotations.select([AnnotationId("note")], ())
    turn_to(hand.view)
    hand.key(KEYS.Key_C, CONTROL)
    hand.view.camera.look_again(Look(1.0, (4000.0, 3000.0)))
    hand.key(key, CONTROL)
    (added,) = hand.scene.annotations.selected
    assert len(hand.scene.annotations.notes) == 2
    assert hand.view.camera.visible().contains(hand.scene.annotations.notes[added].rect)


@pytest.mark.parametrize("key", [KEYS.Key_C, KEYS.Key_X])
def test_layers_go_from_one_window_to_the_other(hand: Hand, other: Hand, key: Qt.Key) -> None:
    chain(hand)
    hand.key(key, CONTROL)
    turn_to(other.view)
    other.key(KEYS.Key_V, CONTROL)
    assert other.edges() == {("conv", "relu", 0)}
    other.check_undo()
    assert ("conv" in {name for edge in hand.edges() for name in edge[:2]}) is (key == KEYS.Key_C)
    hand.check_undo(0 if key == KEYS.Key_C else 1)


def test_layers_go_through_a_text_editor_and_back(hand: Hand, editor: QPlainTextEdit) -> None:
    chain(hand)
    hand.key(KEYS.Key_C, CONTROL)
    turn_to(editor)
    QTest.keyClick(editor, KEYS.Key_V, CONTROL)
    assert '"conv2d"' in editor.toPlainText()
    QTest.keyClick(editor, KEYS.Key_Home, CONTROL)
    QTest.keyClicks(editor, "  ")
    QTest.keyClick(editor, KEYS.Key_Return)
    editor.setPlainText(editor.toPlainText().replace('"relu"', '"tanh"'))
    QGuiApplication.clipboard().clear()
    QTest.keyClick(editor, KEYS.Key_A, CONTROL)
    QTest.keyClick(editor, KEYS.Key_C, CONTROL)
    turn_to(hand.view)
    hand.key(KEYS.Key_V, CONTROL)
    layers = [hand.workspace.graph.nodes[node].layer for node in hand.workspace.selection]
    assert layers == ["conv2d", "tanh"]
    hand.check_undo()
