"""The keys of an action in a window where the actions of the main window are not listened to."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QWidget

from gui.commands import shortcuts
from gui.commands.spec import Context


class ActionShortcut(QShortcut):
    """Lets the keys that an action has, whatever they are now, do the same in a dialog, except those that type."""

    def __init__(self, action: str, dialog: QWidget, slot: Callable[[], object]) -> None:
        """Call `slot` when the keys of the action with this id are pressed in `dialog`."""
        super().__init__(dialog)
        self._action = action
        self.activated.connect(slot)
        shortcuts.current().changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        self.setKeys(list(shortcuts.current().keys_in(Context.WINDOW, self._action)))
