"""What everything on the canvas that is no widget has in common for screen readers."""

from __future__ import annotations

import weakref
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect, QRectF, QTimer
from PySide6.QtGui import (
    QAccessible,
    QAccessibleActionInterface,
    QAccessibleInterface,
    QAccessibleSelectionInterface,
    QWindow,
)
from shiboken6 import Shiboken

if TYPE_CHECKING:
    from gui.canvas.accessibility import CanvasAccessible
    from gui.canvas.scene import CanvasScene


def pointer(thing: QAccessibleActionInterface | QAccessibleSelectionInterface | None) -> int:
    """What `interface_cast` has to return for `thing`, whatever its stub says: None or a number makes Qt crash."""
    return Shiboken.VoidPtr(0 if thing is None else thing)  # type: ignore[arg-type, return-value]


class Part(QAccessibleInterface):
    """A node, a port, a wire, a frame or a note: something on the canvas that Qt would know nothing of.

    Qt keeps a bare pointer to it once it has given it an id, so its maker holds it until `discard`.
    """

    ROLE = QAccessible.Role.Graphic

    def __init__(self, canvas: CanvasAccessible) -> None:
        super().__init__()
        self._canvas = weakref.ref(canvas)
        self._actions = _Actions(self)
        self.is_leaving = False
        """Whether screen readers are being told that it is gone, for which it has to be there a moment longer."""

    @property
    def canvas(self) -> CanvasAccessible | None:
        """The canvas that it is on; None once that is gone."""
        canvas = self._canvas()
        return canvas if canvas is not None and Shiboken.isValid(canvas) else None

    @property
    def scene(self) -> CanvasScene | None:
        """What it is part of; None once that is gone."""
        canvas = self.canvas
        return canvas.scene if canvas is not None else None

    # What each kind of part says for itself

    def area(self) -> QRectF:
        """The rectangle around it, in the scene; empty when it is gone."""
        raise NotImplementedError

    def speak(self, kind: QAccessible.Text) -> str:
        """What is said of it; asked only while it is there."""
        raise NotImplementedError

    def parts(self) -> list[Part]:
        """What is in it; asked only while it is there."""
        return []

    def actions(self) -> dict[str, str]:
        """What can be done with it: for the name of each action, which screen readers know, what to say of it."""
        return {}

    def act(self, action: str) -> None:
        """Do what one of `actions` names, if it is still there."""

    def forget_parts(self) -> None:
        """Discard what is in it."""

    def discard(self) -> None:
        """Let Qt delete it and everything in it; it must not be used any more."""
        self.forget_parts()
        if Shiboken.isValid(self):
            QAccessible.deleteAccessibleInterface(QAccessible.uniqueId(self))

    # QAccessibleInterface

    def isValid(self) -> bool:
        """Whether it is still there."""
        return self.is_leaving or not self.area().isEmpty()

    def object(self) -> QObject | None:  # type: ignore[override]
        """There is no QObject for it."""
        return None

    def window(self) -> QWindow | None:  # type: ignore[override]
        """The window around it."""
        view = self.canvas.view if self.canvas is not None else None
        return view.window().windowHandle() if view is not None else None

    def rect(self) -> QRect:
        """Where it is on the screen."""
        canvas = self.canvas
        return canvas.on_screen(self.area()) if canvas is not None else QRect()

    def text(self, kind: QAccessible.Text) -> str:
        """What is said of it."""
        return self.speak(kind) if self.isValid() else ""

    def setText(self, kind: QAccessible.Text, text: str) -> None:
        """Names are changed by the keys of the app alone."""

    def role(self) -> QAccessible.Role:
        """What it is like."""
        return self.ROLE

    def state(self) -> QAccessible.State:
        """Whether it is there, and in view."""
        state = QAccessible.State()
        canvas = self.canvas
        if canvas is None or not self.isValid():
            state.invalid = True
        elif not canvas.seen().intersects(self.rect()):
            state.offscreen = True
        return state

    def childCount(self) -> int:
        """How many parts are in it."""
        return len(self.parts()) if self.isValid() else 0

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        """One of the parts in it."""
        parts = self.parts() if self.isValid() else []
        return parts[index] if 0 <= index < len(parts) else None

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        """The number of a part in it; -1 for anything else."""
        parts = self.parts() if self.isValid() else []
        return next((index for index, part in enumerate(parts) if part is child), -1)

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]
        """The part at a place of the screen."""
        parts = self.parts() if self.isValid() else []
        return next((part for part in parts if part.rect().contains(x, y)), None)

    def interface_cast(self, kind: QAccessible.InterfaceType) -> int:
        """Its actions, if it has some."""
        wanted = kind == QAccessible.InterfaceType.ActionInterface and bool(self.actions())
        return pointer(self._actions if wanted else None)


class Stop(Part):
    """What the keyboard can be at, right on the canvas: a node, a frame or a note."""

    def parent(self) -> QAccessibleInterface | None:  # type: ignore[override]
        """The canvas."""
        return self.canvas

    def state(self) -> QAccessible.State:
        """Whether it is selected, and whether keys act on it."""
        state = super().state()
        canvas = self.canvas
        view = canvas.view if canvas is not None else None
        if view is None:
            return state
        state.selectable = state.focusable = state.multiSelectable = True
        state.selected = self._is_selected(view.canvas_scene)
        state.focused = view.hasFocus() and self._is_current(view.canvas_scene)
        return state

    def _is_selected(self, scene: CanvasScene) -> bool:
        raise NotImplementedError

    def _is_current(self, scene: CanvasScene) -> bool:
        """Whether it is what keys act on while the canvas has the keyboard."""
        raise NotImplementedError


class _Actions(QAccessibleActionInterface):
    """Lets a screen reader do what can be done with a part."""

    def __init__(self, part: Part) -> None:
        super().__init__()
        self._part = weakref.ref(part)

    def actionNames(self) -> list[str]:
        """The names of the actions, the usual one first."""
        return list(self._known)

    def localizedActionName(self, name: str) -> str:
        """What to say of one of them."""
        return self._known.get(name, "")

    def localizedActionDescription(self, name: str) -> str:
        """The same: it is short."""
        return self._known.get(name, "")

    def keyBindingsForAction(self, name: str) -> list[str]:
        """None: keys act on what is selected."""
        return []

    def doAction(self, name: str) -> None:
        """Do it once the screen reader, which is still holding the part, has let go of it."""
        part = self._part()
        if part is not None and name in self._known:
            QTimer.singleShot(0, partial(part.act, name))

    @property
    def _known(self) -> dict[str, str]:
        part = self._part()
        return part.actions() if part is not None else {}
