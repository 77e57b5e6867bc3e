"""The actions of one window, made from the table; its menus, its toolbar and its keys are made of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtGui import QAction, QUndoStack
from PySide6.QtWidgets import QMainWindow, QToolBar

from gui.commands.shortcuts import Shortcuts
from gui.commands.spec import ActionSpec, written
from gui.commands.table import SECTIONS, TOOLBAR, all_actions
from gui.theme import icon


class Actions:
    """The actions of one window, by id."""

    def __init__(
        self, window: QMainWindow, slots: Mapping[str, Callable[[], object]], adopted: Mapping[str, QAction]
    ) -> None:
        """Make all actions, each calling the slot of its id; those of the panels are there already.

        Raises:
            KeyError: an action has no slot.
        """
        self.shortcuts = Shortcuts(SECTIONS, window)
        """Which keys call which action."""
        self.specs: dict[str, ActionSpec] = {spec.id: spec for spec in all_actions()}
        """What the table says of each."""
        self._actions: dict[str, QAction] = {}
        self._is_shown = False
        for spec in self.specs.values():
            action = adopted[spec.id] if spec.adopted else _made(spec, slots[spec.id], window)
            action.setObjectName(f"{spec.id}Action")
            action.setStatusTip(spec.help)
            if spec.icon:
                action.setIcon(icon(spec.icon))
            window.addAction(action)
            self._actions[spec.id] = action
        self.shortcuts.changed.connect(self._show_keys)
        self._show_keys()

    def __getitem__(self, action: str) -> QAction:
        return self._actions[action]

    def why_not(self, action: str) -> str:
        """Why the action cannot be used now, in a sentence; empty when it can."""
        if self._actions[action].isEnabled():
            return ""
        spec = self.specs[action]
        if not spec.anywhere and not self._is_shown:
            return "Open a project first."
        return spec.needs or "There is nothing to use it on now."

    def show_history(self, stack: QUndoStack) -> None:
        """Say in “Undo” and “Redo” what they would change."""
        for name, text in (("undo", stack.undoText()), ("redo", stack.redoText())):
            self._actions[name].setText(f"&{name.capitalize()} {text}".rstrip())

    def show_possible(self, possible: Mapping[str, bool], is_shown: bool) -> None:
        """Enable what can be used now: of what acts on a document nothing, unless one is shown."""
        self._is_shown = is_shown
        for name, action in self._actions.items():
            action.setEnabled(self.specs[name].anywhere or (is_shown and possible.get(name, True)))

    def show_checked(self, checked: Mapping[str, bool]) -> None:
        """Show what is on and what is off, of the actions that are switched on and off."""
        for name, is_on in checked.items():
            self._actions[name].setChecked(is_on)

    def fill_menus(self, window: QMainWindow) -> None:
        """Put the actions into the menu bar."""
        for section in SECTIONS:
            menu = window.menuBar().addMenu(section.text)
            for place, group in enumerate(section.groups):
                if place:
                    menu.addSeparator()
                menu.addActions([self._actions[spec.id] for spec in group])

    def fill_toolbar(self, toolbar: QToolBar) -> None:
        """Put the most used actions into `toolbar`."""
        for entry in TOOLBAR:
            if entry is None:
                toolbar.addSeparator()
            else:
                toolbar.addAction(self._actions[entry])

    def _show_keys(self) -> None:
        """Let all actions listen to their keys of now, and their tool tips say them."""
        for name, action in self._actions.items():
            keys = self.shortcuts.keys(name)
            action.setShortcuts(list(keys))
            title = self.specs[name].title
            action.setToolTip(f"{title} ({written(keys[0])})" if keys else title)


def _made(spec: ActionSpec, slot: Callable[[], object], window: QMainWindow) -> QAction:
    action = QAction(spec.text, window)
    action.setCheckable(spec.checkable)
    action.triggered.connect(lambda _checked=False: slot())
    return action
