"""One sees that the keyboard is on the canvas."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLineEdit

from gui import theme
from gui.canvas.focus_ring import FocusRing


@pytest.fixture
def ring(hand):
    return FocusRing(hand.view)


@pytest.fixture
def field(hand):
    """Another place for the keyboard."""
    line = QLineEdit(hand.view.window())
    line.show()
    yield line
    line.deleteLater()


def border(hand) -> QColor:
    return hand.view.grab().toImage().pixelColor(1, hand.view.height() // 2)


def test_the_keyboard_on_the_canvas_is_seen_by_a_frame_or_by_the_node(hand, ring, field):
    (relu,) = hand.chain("relu")
    hand.workspace.select(())
    field.setFocus()
    hand.settle()
    assert ring.isHidden()
    before = border(hand)
    hand.view.setFocus(Qt.FocusReason.TabFocusReason)
    hand.settle()
    assert ring.isVisible()
    accent = theme.current().colour("accent_text")
    assert border(hand) == accent
    assert theme.contrast(accent, before) >= 3
    hand.workspace.select([relu])
    hand.settle()
    assert ring.isHidden()
    assert theme.contrast(theme.current().colour("node_selected"), theme.current().colour("node_outline")) >= 3
    hand.key(Qt.Key.Key_Escape)
    assert ring.isVisible()
    field.setFocus()
    assert ring.isHidden()


def test_the_mouse_needs_no_frame_and_passes_through_it(hand, ring, field):
    field.setFocus()
    hand.view.setFocus(Qt.FocusReason.MouseFocusReason)
    assert ring.isHidden()
    field.setFocus()
    hand.view.setFocus(Qt.FocusReason.TabFocusReason)
    assert ring.isVisible()
    assert hand.view.childAt(QPoint(1, 1)) is not ring


def test_the_frame_keeps_to_the_border(hand, ring):
    hand.view.clearFocus()
    hand.view.setFocus(Qt.FocusReason.TabFocusReason)
    hand.view.window().resize(700, 500)
    hand.settle()
    assert ring.size() == hand.view.size()
    assert not ring.mask().contains(ring.rect().center())
