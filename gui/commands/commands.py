"""The palette and the page of shortcuts of one window; each is imported and made when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMainWindow

from gui.actions import Actions
from gui.sheet import Sheet

if TYPE_CHECKING:
    from gui.commands.palette import CommandPalette


class Commands:
    """Opens what is about all actions of a window together."""

    def __init__(
        self,
        window: QMainWindow,
        actions: Actions,
        shown: Callable[[], Sheet | None],
        open_file: Callable[[Path], object],
    ) -> None:
        """Be about `actions`; see `gui.commands.entries.Finder` for the others."""
        self._window = window
        self._actions = actions
        self._shown = shown
        self._open_file = open_file
        self._palette: CommandPalette | None = None

    def open_palette(self) -> None:
        """Let anything be found by name and done."""
        from gui.commands.entries import Finder
        from gui.commands.palette import CommandPalette

        if self._palette is None:
            self._palette = CommandPalette(Finder(self._actions, self._shown, self._open_file), self._window)
        self._palette.open()

    def open_shortcuts(self) -> None:
        """Show all keys, and let them be changed."""
        from gui.commands.shortcuts_dialog import open_shortcuts

        open_shortcuts(self._actions.shortcuts, self._window)
