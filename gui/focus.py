"""Where Tab stops: to bring the keyboard into a panel without knowing what is in it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def stops(around: QWidget) -> list[QWidget]:
    """The parts of `around` that Tab stops at, as they were made, which is how they follow each other.

    `nextInFocusChain` would know for certain, but PySide takes what it returns for a part of what it was asked of: once
    that is deleted, so is to Python whatever came behind it in the window.
    """
    return [
        widget
        for widget in around.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isEnabled() and widget.isVisible()
    ]


def enter(around: QWidget) -> bool:
    """Give the keyboard to the first part of `around` that takes it; False when none does."""
    found = stops(around)
    if found:
        found[0].setFocus(Qt.FocusReason.TabFocusReason)
    return bool(found)
