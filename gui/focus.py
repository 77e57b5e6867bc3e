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
        if _is_stop(widget) and widget.isEnabled() and widget.isVisible()
    ]


def enter(around: QWidget) -> bool:
    """Give the keyboard to the first part of `around` that takes it; False when none does."""
    found = stops(around)
    if found:
        found[0].setFocus(Qt.FocusReason.TabFocusReason)
    return bool(found)


def put_in_place(part: QWidget, place: QWidget) -> None:
    """Let Tab come to `part` where it comes to `place`, in which `part` was put later than all that is around it.

    Qt lets what comes late follow everything else in the window. It moves only what Tab stops at, and all that is in
    it if it passes the focus on to something inside: so is `part` for a moment, whatever else it is.
    """
    policies = [(widget, widget.focusPolicy()) for widget in (place, part)]
    stop = next((widget for widget in part.findChildren(QWidget) if _is_stop(widget)), None)
    if stop is not None:
        for widget, _ in policies:
            widget.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        part.setFocusProxy(stop)
        QWidget.setTabOrder(place, part)
        part.setFocusProxy(None)  # type: ignore[arg-type]
        for widget, policy in policies:
            widget.setFocusPolicy(policy)


def _is_stop(widget: QWidget) -> bool:
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
